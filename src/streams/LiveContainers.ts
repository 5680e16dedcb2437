/**
 * Tells rows that hang on live content from those of content in the trash, for lists that may hold both and do not say which: a label's
 * list shows a file with a status of its own, be its page in the trash, and the list of tasks may do the like.
 *
 * The containers of each page of rows are looked for, 250 at a time and each once. Under filters nobody need ask: all content that is let in
 * is known, and none of it is in the trash. Content of which nothing tells, because the lists of the trash may not be read, is named.
 */
import { Effect, Semaphore } from "effect"
import type { Row } from "../confluence/Listing.ts"
import { Reporter } from "../protocol/Reporter.ts"
import type { Missed } from "../site/Accounts.ts"
import { LISTED_CONTAINERS, containerOf } from "../site/containers.ts"
import { KeySet } from "../site/KeySet.ts"
import type { ReadFailure } from "../sync/failures.ts"
import { type Place, lookAt } from "../sync/lookAt.ts"
import { eachAnywhere, idOf, withTrash } from "../sync/LookUp.ts"
import type { ReadServices } from "../sync/readServices.ts"
import { MOST_AT_ONCE } from "../sync/services.ts"

type Reading<A> = Effect.Effect<A, ReadFailure, ReadServices>

const KINDS = ["page", "blogpost"] as const
type Kind = (typeof KINDS)[number]

const CALLED: Readonly<Record<Kind, string>> = { page: "the page", blogpost: "the blog post" }

const isKind = (type: unknown): type is Kind => type === "page" || type === "blogpost"

/** Of what is there but in the trash, or was. */
export const isLive = (status: unknown): boolean =>
  status !== "trashed" && status !== "deleted" && status !== "draft" && status !== "historical"

/** What is known of the containers of one kind. */
interface Known {
  readonly live: KeySet
  readonly others: KeySet
  /** What is to be looked for: many lists are read at once, and one look takes what all of them need. */
  readonly wanted: Set<string>
}

type Refused = Extract<ReadFailure, { readonly _tag: "Forbidden" | "ScopeMissing" }>

/** Why a reading may not be done; undefined where it was. */
const whereAllowed = (reading: Reading<unknown>): Reading<Refused | undefined> =>
  reading.pipe(
    Effect.as(undefined),
    Effect.catchTag(["Forbidden", "ScopeMissing"], (refused) => Effect.succeed(refused)),
  )

const nothingKnown = (): Known => ({ live: new KeySet(), others: new KeySet(), wanted: new Set() })

export class LiveContainers {
  readonly #stream: string
  readonly #inDoubt: "live" | "gone"
  readonly #known: Readonly<Record<Kind, Known>> = { page: nothingKnown(), blogpost: nothingKnown() }
  readonly #turn = Semaphore.makeUnsafe(1)
  readonly #undecided: Array<Missed> = []
  #isTold = false

  /**
   * `stream` pays for the requests. `inDoubt`: what becomes of rows where it is refused to tell whether their content is in the trash. Where
   * that is "live", they are kept and their content is named; where it is "gone", the refusal is the failure of whoever asks.
   */
  constructor(stream: string, inDoubt: "live" | "gone") {
    this.#stream = stream
    this.#inDoubt = inDoubt
  }

  /** Those of some rows that hang on something live. Of what hangs on other content than pages and blog posts nothing is asked. */
  of(rows: ReadonlyArray<Row>): Reading<ReadonlyArray<Row>> {
    return Effect.gen({ self: this }, function* () {
      for (const kind of KINDS) {
        const unknown = this.#unknown(kind, rows)
        for (const id of unknown) this.#known[kind].wanted.add(id)
        if (unknown.size > 0) yield* this.#turn.withPermits(1)(this.#lookUp(kind, unknown))
      }
      return rows.filter((row) => {
        const container = containerOf(row)
        return !isKind(container?.containerType) || this.#known[container.containerType].live.has(container.containerId)
      })
    })
  }

  /** Content of which nothing tells whether it is in the trash, because what would tell was refused: it keeps its rows. */
  get undecided(): ReadonlyArray<Missed> {
    return this.#undecided
  }

  /** How many containers of some rows are still to be looked for. */
  unknown(rows: ReadonlyArray<Row>): number {
    return KINDS.reduce((sum, kind) => sum + this.#unknown(kind, rows).size, 0)
  }

  #isKnown(kind: Kind, id: string): boolean {
    const { live, others } = this.#known[kind]
    return live.has(id) || others.has(id)
  }

  #unknown(kind: Kind, rows: ReadonlyArray<Row>): ReadonlySet<string> {
    const ids = rows.flatMap((row) => {
      const container = containerOf(row)
      return container?.containerType === kind && !this.#isKnown(kind, container.containerId)
        ? container.containerId
        : []
    })
    return new Set(ids)
  }

  #note(kind: Kind, id: string, isLive: boolean): void {
    const { live, others } = this.#known[kind]
    const known = isLive ? live : others
    known.add(id)
  }

  /** Notes what an answer shows. A task may be of a draft, which no row of a label is. */
  #noteStatus(kind: Kind, id: string, status: string): void {
    this.#note(kind, id, this.#inDoubt === "live" ? status !== "trashed" && status !== "deleted" : isLive(status))
  }

  /**
   * Looks for these and for all else that is wanted by now. What another look has found meanwhile is known; what it has failed to find is
   * asked for again.
   */
  #lookUp(kind: Kind, own: ReadonlySet<string>): Reading<void> {
    return Effect.gen({ self: this }, function* () {
      const { wanted } = this.#known[kind]
      const ids = [...new Set([...own, ...wanted])].filter((id) => !this.#isKnown(kind, id))
      wanted.clear()
      if (ids.length === 0) return
      const look = this.#lookFor(kind, ids)
      if (this.#inDoubt === "gone") return yield* look
      const refused = yield* whereAllowed(look)
      if (refused === undefined) return
      const open = ids.filter((id) => !this.#isKnown(kind, id))
      if (refused._tag === "Forbidden") return this.#doubt(kind, open, refused)
      for (const id of open) this.#note(kind, id, true)
      yield* this.#tellScope(refused)
    })
  }

  #doubt(kind: Kind, ids: ReadonlyArray<string>, error: Refused): void {
    for (const id of ids) {
      this.#note(kind, id, true)
      this.#undecided.push({ name: `${CALLED[kind]} ${id}`, error })
    }
  }

  /** A credential that reads the rows need not be one that reads their content. */
  #tellScope({ message }: Refused) {
    return Effect.gen({ self: this }, function* () {
      if (this.#isTold) return
      this.#isTold = true
      const reporter = yield* Reporter
      yield* reporter.log(
        "WARN",
        `${this.#stream}: what is in the trash cannot be told from the rest, so all is sent. ${message}`,
      )
    })
  }

  #lookFor(kind: Kind, ids: ReadonlyArray<string>): Reading<void> {
    return Effect.gen({ self: this }, function* () {
      const place = { ...LISTED_CONTAINERS[kind], stream: this.#stream }
      const [list, trash] = withTrash({ ...place, query: [] })
      const noteRows = (rows: ReadonlyArray<Row>) =>
        Effect.sync(() => rows.forEach((row) => this.#noteStatus(kind, idOf(row), String(row["status"]))))
      const notListed = yield* eachAnywhere(list!, ids, noteRows)
      const refused = yield* whereAllowed(eachAnywhere(trash!, [...notListed], noteRows))
      if (refused?._tag === "ScopeMissing" && this.#inDoubt === "gone") return yield* refused
      const nowhere = [...notListed].filter((id) => !this.#isKnown(kind, id))
      // Doubt: whether the lists of the trash show all of it. And no list shows archived blog posts.
      yield* Effect.forEach(nowhere, (id) => this.#lookAlone(kind, place, id, refused), {
        concurrency: MOST_AT_ONCE,
        discard: true,
      })
    })
  }

  /**
   * Looks at one that no list has shown. `refused`: why the lists of the trash could not be read. What nothing shows, although nothing was
   * refused, has been purged, or hidden since its rows were listed.
   */
  #lookAlone(kind: Kind, place: Place, id: string, refused: Refused | undefined): Reading<void> {
    return Effect.gen({ self: this }, function* () {
      let found: Row | undefined
      const look = Effect.map(lookAt(place, id, []), (row) => void (found = row))
      const refusedAlone = yield* whereAllowed(look)
      if (found !== undefined) return this.#noteStatus(kind, id, String(found["status"]))
      const why = refused ?? refusedAlone
      if (why === undefined) return this.#note(kind, id, false)
      if (this.#inDoubt === "gone") return yield* why
      this.#doubt(kind, [id], why)
    })
  }
}
