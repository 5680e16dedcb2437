/**
 * Tells rows that hang on live content from those of content in the trash, for a list that may hold both and does not say which.
 *
 * Doubt: whether the list of tasks holds those of content in the trash. Under filters all content that is let in is known, and none of
 * it is in the trash; without, the containers of each page of rows are looked for, 250 at a time and each once.
 */
import { Effect } from "effect"
import { ConfluenceClient } from "../confluence/ConfluenceClient.ts"
import type { Row } from "../confluence/Listing.ts"
import { isRecord } from "../json.ts"
import { LISTED_CONTAINERS, containerKey, toldContainer } from "../site/containers.ts"
import { KeySet } from "../site/KeySet.ts"
import type { ReadFailure } from "../sync/failures.ts"
import { reasonsInTrash } from "../sync/gone.ts"
import { type ById, eachAnywhere } from "../sync/LookUp.ts"
import type { ReadServices } from "../sync/readServices.ts"
import { MOST_AT_ONCE } from "../sync/services.ts"

type Reading<A> = Effect.Effect<A, ReadFailure, ReadServices>

const KINDS = ["page", "blogpost"] as const
const NOT_LIVE: ReadonlySet<unknown> = new Set(["trashed", "deleted"])

/** What is known of the containers of one kind. */
interface Known {
  readonly seen: KeySet
  readonly inTrash: Set<string>
}

/** Content that no list shows is asked for by itself: an archived blog post, say, or one in a trash that is not listed. */
const looksTrashed = (list: ById, id: string): Reading<boolean> =>
  Effect.flatMap(ConfluenceClient, (client) =>
    client.request({ path: `${list.path}/${id}`, query: [], stream: list.stream, scope: list.scope }),
  ).pipe(
    Effect.map(({ body }) => isRecord(body) && NOT_LIVE.has(body["status"])),
    // What the site shows of it is not taken for gone.
    Effect.catchTag(["NotFound", "Forbidden", "ScopeMissing"], () => Effect.succeed(false)),
  )

/** Those of some rows whose containers are not in the trash; asked page by page. `stream` pays for the requests. */
export const liveContainers = (stream: string) => {
  const known = new Map<string, Known>(KINDS.map((kind) => [kind, { seen: new KeySet(), inTrash: new Set() }]))
  const learn = (kind: (typeof KINDS)[number], ids: ReadonlyArray<string>): Reading<void> =>
    Effect.gen(function* () {
      const { inTrash } = known.get(kind)!
      const list: ById = { ...LISTED_CONTAINERS[kind], query: [], stream }
      const left = new Set(yield* eachAnywhere(list, ids, () => Effect.void))
      for (const id of (yield* reasonsInTrash(list, left)).keys()) {
        left.delete(id)
        inTrash.add(id)
      }
      yield* Effect.forEach(
        left,
        (id) => Effect.map(looksTrashed(list, id), (isTrashed) => void (isTrashed && inTrash.add(id))),
        { concurrency: MOST_AT_ONCE, discard: true },
      )
    }).pipe(
      // A credential that reads tasks need not be one that reads the content.
      Effect.catchTag(["Forbidden", "ScopeMissing"], () => Effect.void),
    )
  /** How many containers of some rows are still to be looked for. */
  const unknown = (rows: ReadonlyArray<Row>): number => {
    const news = rows
      .map(toldContainer)
      .filter((each) => known.get(each?.containerType ?? "")?.seen.has(each!.containerId) === false)
    return new Set(news.map((each) => containerKey(each!))).size
  }
  const only = (rows: ReadonlyArray<Row>): Reading<ReadonlyArray<Row>> =>
    Effect.gen(function* () {
      const containers = rows.map(toldContainer)
      for (const kind of KINDS) {
        const ids = containers.flatMap((each) => (each?.containerType === kind ? each.containerId : []))
        const { seen } = known.get(kind)!
        const news = [...new Set(ids)].filter((id) => seen.add(id))
        if (news.length > 0) yield* learn(kind, news)
      }
      return rows.filter((_, at) => {
        const container = containers[at]
        return (
          container === undefined || known.get(container.containerType)?.inTrash.has(container.containerId) !== true
        )
      })
    })
  return { unknown, only }
}
