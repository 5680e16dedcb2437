/**
 * Finds out whether rows that no list has shown are gone, and why.
 *
 * A list may have missed a row that moved while it was read, or a site may have hidden it for a moment; so nothing is
 * believed to be gone that was not asked for by its id, or, where there is no such way for many, listed a second time.
 */
import { Effect } from "effect"
import { ConfluenceClient } from "../confluence/ConfluenceClient.ts"
import { eachPage, type List, type Query, type Row } from "../confluence/Listing.ts"
import type { DeletionReason } from "../sync/Changes.ts"
import { MOST_IDS } from "../sync/followChanges.ts"
import { type Pass, scanOf } from "../sync/Pass.ts"
import type { ReadFailure, ReadServices } from "../sync/services.ts"
import { SiteDirectory } from "../sync/SiteDirectory.ts"
import type { StreamRun } from "../sync/StreamRun.ts"
import { MOST_AT_ONCE } from "../sync/walk.ts"

type Gone = Effect.Effect<ReadonlyMap<string, DeletionReason>, ReadFailure, ReadServices>

/** More rows than this are not asked for one by one. */
const MOST_SINGLES = 100

const idOf = (row: Row): string => String(row["id"])

/** Ids in the portions that one request takes. */
export const batchesOf = (ids: ReadonlyArray<string>, size: number): ReadonlyArray<ReadonlyArray<string>> =>
  Array.from({ length: Math.ceil(ids.length / size) }, (_, batch) => ids.slice(batch * size, (batch + 1) * size))

/** A list that finds rows by `id`, 250 at a time. */
export type ById = Omit<List, "paging" | "limit">

/** Goes through the rows of these ids that the list has. */
export const eachById = Effect.fnUntraced(function* (
  list: ById,
  ids: ReadonlyArray<string>,
  onRows: (rows: ReadonlyArray<Row>) => Effect.Effect<void, ReadFailure, ReadServices>,
): Effect.fn.Return<void, ReadFailure, ReadServices> {
  const directory = yield* SiteDirectory
  const several = yield* directory.severalValues
  const batches = batchesOf(ids, Math.min(MOST_IDS, several.most))
  yield* Effect.forEach(
    batches,
    (batch) =>
      eachPage(
        { ...list, query: [...list.query, ...several.query("id", batch)], paging: "cursor", limit: MOST_IDS },
        onRows,
      ),
    { concurrency: MOST_AT_ONCE, discard: true },
  )
})

/** For content that its list finds by id: whatever is there is sent if it is news, the rest is looked for in the trash. */
export const goneById = Effect.fnUntraced(function* (
  run: StreamRun,
  live: ById,
  bare: ById,
  row: (row: Row) => Row,
  ids: ReadonlyArray<string>,
) {
  const left = new Set(ids)
  yield* eachById(live, ids, (rows) => {
    for (const each of rows) left.delete(idOf(each))
    return run.page(rows.map(row))
  })
  const gone = new Map<string, DeletionReason>()
  // Doubt: how complete the lists of trashed and deleted content are. What neither has cannot be told from what the
  // credential may no longer see.
  for (const [status, reason] of [
    ["trashed", "trashed"],
    ["deleted", "purged"],
  ] as const) {
    const list = { ...bare, query: [...bare.query, ["status", status] as const] }
    yield* eachById(list, [...left], (rows) =>
      Effect.sync(() => {
        for (const each of rows) {
          if (left.delete(idOf(each))) gone.set(idOf(each), reason)
        }
      }),
    )
  }
  // What came back from the trash between the two questions is in neither answer.
  yield* eachById(live, [...left], (rows) => {
    for (const each of rows) left.delete(idOf(each))
    return run.page(rows.map(row))
  })
  for (const id of left) gone.set(id, "not_visible")
  return gone
})

/** One row as the API gives it by its id. */
export interface Single {
  /** From the site's root, up to the id. */
  readonly path: string
  readonly query?: Query
  /** Turns what was found into a row of the stream. */
  readonly row: (row: Row) => Effect.Effect<Row, ReadFailure, ReadServices>
}

interface Looking {
  readonly scope: string
  /** Where a row may be. */
  readonly singles: Effect.Effect<ReadonlyArray<Single>, never, ReadServices>
  readonly relist: (pass: Pass) => Effect.Effect<void, ReadFailure, ReadServices>
  /** A list of what is in the trash, where there is one. */
  readonly trash?: List
}

/** For rows that are found one at a time alone: what is there after all is sent if it is news. */
export const goneByLooking = (run: StreamRun, ids: ReadonlyArray<string>, how: Looking): Gone =>
  ids.length <= MOST_SINGLES ? lookAtEach(run, ids, how) : listAgain(run, how)

const lookAtEach = Effect.fnUntraced(function* (run: StreamRun, ids: ReadonlyArray<string>, how: Looking) {
  const client = yield* ConfluenceClient
  const singles = yield* how.singles
  const gone = new Map<string, DeletionReason>()
  const lookAt = Effect.fnUntraced(function* (id: string) {
    for (const { path, query = [], row } of singles) {
      const request = {
        path: `${path}/${encodeURIComponent(id)}`,
        query,
        scope: how.scope,
        stream: run.definition.name,
      }
      const found = yield* client.request(request).pipe(
        Effect.map(({ body }) => body as Row),
        Effect.catchTag("NotFound", () => Effect.succeed(undefined)),
      )
      const status = found?.["status"]
      if (found === undefined || status === undefined) continue
      if (status === "trashed") return void gone.set(id, "trashed")
      if (status === "deleted") return void gone.set(id, "purged")
      return yield* run.page([yield* row(asListed(found))])
    }
    gone.set(id, "not_visible")
  })
  yield* Effect.forEach(ids, lookAt, { concurrency: MOST_AT_ONCE, discard: true })
  return gone
})

/** A single object's links have the site's address beside them, which a list has once for all its rows. */
const asListed = (found: Row): Row => {
  const links = found["_links"]
  if (typeof links !== "object" || links === null) return found
  const { base: _base, ...listed } = links as Row
  return { ...found, _links: listed }
}

const listAgain = Effect.fnUntraced(function* (run: StreamRun, how: Looking) {
  const changes = run.changes!
  changes.index.forgetListed()
  yield* how.relist({ ...scanOf(run), parts: new Map() })
  const gone = new Map<string, DeletionReason>(changes.notListed().map((id) => [id, "not_visible"]))
  if (how.trash !== undefined) {
    yield* eachPage(how.trash, (rows) =>
      Effect.sync(() => {
        for (const each of rows) if (gone.has(idOf(each))) gone.set(idOf(each), "trashed")
      }),
    )
  }
  return gone
})
