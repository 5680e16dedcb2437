/**
 * Whether what labelled files hang on is live. A label's list shows a file with a status of its own, be its page in the trash; only the
 * page tells.
 */
import { Effect, Semaphore } from "effect"
import type { Row } from "../../confluence/Listing.ts"
import { type Container, LISTED_CONTAINERS, containerKey, containerOf } from "../../site/containers.ts"
import { KeySet } from "../../site/KeySet.ts"
import type { ReadFailure } from "../../sync/failures.ts"
import { lookAt } from "../../sync/lookAt.ts"
import { eachAnywhere, idOf, withTrash } from "../../sync/LookUp.ts"
import type { ReadServices } from "../../sync/readServices.ts"
import { MOST_AT_ONCE } from "../../sync/services.ts"

type Reading<A> = Effect.Effect<A, ReadFailure, ReadServices>

const KINDS = ["page", "blogpost"] as const

/** Of what is there but in the trash, or was. */
export const isLive = (status: unknown): boolean =>
  status !== "trashed" && status !== "deleted" && status !== "draft" && status !== "historical"

export class LiveContainers {
  readonly #stream: string
  readonly #live = new KeySet()
  readonly #others = new KeySet()
  /** What is to be looked for: many labels are read at once, and one look takes what all of them need. */
  readonly #wanted = { page: new Set<string>(), blogpost: new Set<string>() }
  readonly #turn = Semaphore.makeUnsafe(1)

  constructor(stream: string) {
    this.#stream = stream
  }

  /** Those of these files that hang on something live. Of one on custom content its own status tells, as far as that goes. */
  of(files: ReadonlyArray<Row>): Reading<ReadonlyArray<Row>> {
    return Effect.gen({ self: this }, function* () {
      const containers = files.map(containerOf)
      for (const kind of KINDS) {
        const unknown = containers.flatMap((each) =>
          each?.containerType === kind && !this.#isKnown(each) ? each.containerId : [],
        )
        for (const id of unknown) this.#wanted[kind].add(id)
        if (unknown.length > 0) yield* this.#turn.withPermits(1)(this.#lookUp(kind, unknown))
      }
      return files.filter((_, at) => {
        const container = containers[at]
        const isListed = container?.containerType === "page" || container?.containerType === "blogpost"
        return !isListed || this.#live.has(containerKey(container))
      })
    })
  }

  #isKnown(container: Container): boolean {
    const key = containerKey(container)
    return this.#live.has(key) || this.#others.has(key)
  }

  /**
   * Looks for these and for all else that is wanted by now. What another look has found meanwhile is known; what it has failed to find is
   * asked for again.
   */
  #lookUp(kind: (typeof KINDS)[number], own: ReadonlyArray<string>): Reading<void> {
    return Effect.gen({ self: this }, function* () {
      const wanted = [...new Set([...own, ...this.#wanted[kind]])]
      const ids = wanted.filter((containerId) => !this.#isKnown({ containerType: kind, containerId }))
      this.#wanted[kind].clear()
      if (ids.length === 0) return
      const { path, scope } = LISTED_CONTAINERS[kind]
      const note = (containerId: string, status: unknown) =>
        (status !== undefined && isLive(status) ? this.#live : this.#others).add(
          containerKey({ containerType: kind, containerId }),
        )
      const noteRows = (rows: ReadonlyArray<Row>) =>
        Effect.sync(() => rows.forEach((row) => note(idOf(row), String(row["status"]))))
      const place = { path, scope, stream: this.#stream }
      const [list, trash] = withTrash({ ...place, query: [] })
      const notListed = yield* eachAnywhere(list!, ids, noteRows)
      const inTrash = yield* Effect.result(eachAnywhere(trash!, [...notListed], noteRows))
      const refused = inTrash._tag === "Failure" ? inTrash.failure : undefined
      if (refused !== undefined && refused._tag !== "Forbidden") return yield* refused
      const nowhere = inTrash._tag === "Success" ? inTrash.success : notListed
      // Doubt: whether the lists of the trash show all of it. And no list shows archived blog posts.
      yield* Effect.forEach(
        nowhere,
        (id) =>
          lookAt(place, id, []).pipe(
            Effect.catchTag("Forbidden", () => Effect.succeed(undefined)),
            // Where the trash could not be looked through, what answers nothing is neither live nor gone.
            Effect.filterOrFail(
              (found) => found !== undefined || refused === undefined,
              () => refused!,
            ),
            Effect.map((found) => note(id, found?.["status"])),
          ),
        { concurrency: MOST_AT_ONCE, discard: true },
      )
    })
  }
}
