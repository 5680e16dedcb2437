/**
 * Tells rows that hang on live content from those of content in the trash, for a list that may hold both and does not say which.
 *
 * Doubt: whether the list of tasks holds those of content in the trash. Under filters all content that is let in is known, and none of
 * it is in the trash; without, the containers of each page of rows are looked for, 250 at a time and each once. One of which nothing tells,
 * because the lists of the trash may not be read, keeps its rows and is named.
 */
import { Effect } from "effect"
import { ConfluenceClient } from "../confluence/ConfluenceClient.ts"
import type { ConfluenceError } from "../confluence/errors.ts"
import type { Row } from "../confluence/Listing.ts"
import { isRecord } from "../json.ts"
import { Reporter } from "../protocol/Reporter.ts"
import type { Missed } from "../site/Accounts.ts"
import { LISTED_CONTAINERS, containerKey, toldContainer } from "../site/containers.ts"
import { KeySet } from "../site/KeySet.ts"
import type { ReadFailure } from "../sync/failures.ts"
import { reasonsInTrash } from "../sync/gone.ts"
import { type ById, eachAnywhere } from "../sync/LookUp.ts"
import type { ReadServices } from "../sync/readServices.ts"
import { MOST_AT_ONCE } from "../sync/services.ts"

type Refused = Extract<ConfluenceError, { readonly _tag: "Forbidden" | "ScopeMissing" }>
type Reading<A> = Effect.Effect<A, ReadFailure, ReadServices>

const KINDS = ["page", "blogpost"] as const
const CALLED = { page: "the page", blogpost: "the blog post" } as const
const NOT_LIVE: ReadonlySet<unknown> = new Set(["trashed", "deleted"])

/** What is known of the containers of one kind. */
interface Known {
  readonly seen: KeySet
  readonly inTrash: Set<string>
}

/** What a reading has found, or why it may not be read. */
const whereAllowed = <A>(reading: Reading<A>): Reading<{ readonly found?: A; readonly refused?: Refused }> =>
  reading.pipe(
    Effect.map((found) => ({ found })),
    Effect.catchTag(["Forbidden", "ScopeMissing"], (refused) => Effect.succeed({ refused })),
  )

/** What is known of one that no list shows; undefined where it does not answer. */
type Shown = { readonly isTrashed: boolean } | undefined

/** Content that no list shows is asked for by itself: an archived blog post, say, or one in a trash that is not listed. */
const shownAlone = (list: ById, id: string): Reading<Shown> =>
  Effect.flatMap(ConfluenceClient, (client) =>
    client.request({
      path: `${list.path}/${encodeURIComponent(id)}`,
      query: [],
      stream: list.stream,
      scope: list.scope,
    }),
  ).pipe(
    Effect.map(({ body }) => (isRecord(body) ? { isTrashed: NOT_LIVE.has(body["status"]) } : undefined)),
    Effect.catchTag(["NotFound", "Forbidden", "ScopeMissing"], () => Effect.succeed(undefined)),
  )

/** Those of some rows whose containers are not in the trash; asked page by page. `stream` pays for the requests. */
export const liveContainers = (stream: string) => {
  const known = new Map<string, Known>(KINDS.map((kind) => [kind, { seen: new KeySet(), inTrash: new Set() }]))
  /** Containers of which nothing tells whether they are in the trash, because something was refused that would. */
  const undecided: Array<Missed> = []
  let toldScope = false
  const learn = (kind: (typeof KINDS)[number], ids: ReadonlyArray<string>): Reading<void> =>
    Effect.gen(function* () {
      const { inTrash } = known.get(kind)!
      const list: ById = { ...LISTED_CONTAINERS[kind], query: [], stream }
      const doubt = (some: Iterable<string>, error: ConfluenceError) => {
        for (const id of some) undecided.push({ name: `${CALLED[kind]} ${id}`, error })
      }
      const listed = yield* whereAllowed(eachAnywhere(list, ids, () => Effect.void))
      if (listed.refused?._tag === "ScopeMissing") {
        // A credential that reads tasks need not be one that reads the content.
        if (!toldScope) {
          toldScope = true
          const reporter = yield* Reporter
          yield* reporter.log(
            "WARN",
            `${stream}: what is in the trash cannot be told from the rest, so all is sent. ${listed.refused.message}`,
          )
        }
        return
      }
      if (listed.refused !== undefined) return doubt(ids, listed.refused)
      const left = new Set(listed.found)
      const reasons = yield* whereAllowed(reasonsInTrash(list, left))
      for (const id of reasons.found?.keys() ?? []) {
        left.delete(id)
        inTrash.add(id)
      }
      yield* Effect.forEach(
        left,
        (id) =>
          Effect.map(shownAlone(list, id), (shown) => {
            if (shown?.isTrashed === true) inTrash.add(id)
            // Where the trash was looked through, what the site shows of it is not taken for gone.
            if (shown === undefined && reasons.refused !== undefined) doubt([id], reasons.refused)
          }),
        { concurrency: MOST_AT_ONCE, discard: true },
      )
    })
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
  return { unknown, only, undecided: undecided as ReadonlyArray<Missed> }
}
