/**
 * Finds out whether content that no list has shown is gone, and why: by its list of given ids.
 *
 * A list may have missed a row that moved while it was read, or a site may have hidden it for a moment; so nothing is
 * believed to be gone that was not asked for by its id.
 */
import { Effect } from "effect"
import { eachPage, type List, type Row } from "../confluence/Listing.ts"
import type { DeletionReason } from "../sync/Changes.ts"
import { MOST_IDS } from "../sync/followChanges.ts"
import type { ReadFailure, ReadServices } from "../sync/services.ts"
import { SiteDirectory } from "../sync/SiteDirectory.ts"
import type { StreamRun } from "../sync/StreamRun.ts"
import { MOST_SPACES } from "../sync/SpaceGroups.ts"
import { MOST_AT_ONCE } from "../sync/walk.ts"

export const idOf = ({ id }: { readonly id?: unknown }): string => String(id)

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

/**
 * Goes through the rows of these ids, wherever they are.
 *
 * Doubt: whether a list that no space is named to holds the content of archived spaces. What it does not find is asked for once
 * more with the archived spaces named.
 */
export const eachAnywhere = Effect.fnUntraced(function* (
  list: ById,
  ids: ReadonlyArray<string>,
  onRows: (rows: ReadonlyArray<Row>) => Effect.Effect<void, ReadFailure, ReadServices>,
): Effect.fn.Return<ReadonlySet<string>, ReadFailure, ReadServices> {
  const left = new Set(ids)
  const take = (rows: ReadonlyArray<Row>) => {
    for (const row of rows) left.delete(idOf(row))
    return onRows(rows)
  }
  yield* eachById(list, ids, take)
  if (left.size === 0) return left
  const directory = yield* SiteDirectory
  const spaces = yield* Effect.result(directory.spaces)
  // Who may not list spaces reads the site as one list, and has no other question to ask.
  if (spaces._tag === "Failure") return left
  const archived = spaces.success.filter(({ status }) => status === "archived").map(idOf)
  const several = yield* directory.severalValues
  for (const some of batchesOf(archived, Math.min(MOST_SPACES, several.most))) {
    if (left.size === 0) break
    yield* eachById({ ...list, query: [...list.query, ...several.query("space-id", some)] }, [...left], take)
  }
  return left
})

/**
 * Of content that is not live: what is in the trash, and what has been purged from it. Doubt: how complete the lists of trashed
 * and deleted content are. What neither has cannot be told from what the credential may no longer see. `list` has no status.
 */
export const reasonsInTrash = Effect.fnUntraced(function* (
  list: ById,
  ids: Iterable<string>,
): Effect.fn.Return<ReadonlyMap<string, DeletionReason>, ReadFailure, ReadServices> {
  const left = new Set(ids)
  const reasons = new Map<string, DeletionReason>()
  for (const [status, reason] of [
    ["trashed", "trashed"],
    ["deleted", "purged"],
  ] as const) {
    if (left.size === 0) break
    yield* eachAnywhere({ ...list, query: [...list.query, ["status", status] as const] }, [...left], (rows) =>
      Effect.sync(() => {
        for (const row of rows) if (left.delete(idOf(row))) reasons.set(idOf(row), reason)
      }),
    )
  }
  return reasons
})

/** For content that its list finds by id: whatever is there is sent if it is news, the rest is looked for in the trash. */
export const goneById = Effect.fnUntraced(function* (
  run: StreamRun,
  live: ById,
  bare: ById,
  row: (row: Row) => Row,
  ids: ReadonlyArray<string>,
) {
  const send = (rows: ReadonlyArray<Row>) => run.page(rows.map(row))
  const reasons = yield* reasonsInTrash(bare, yield* eachAnywhere(live, ids, send))
  const left = ids.filter((id) => !reasons.has(id))
  // What came back from the trash between the two questions is in neither answer.
  const nowhere = left.length === 0 ? [] : yield* eachAnywhere(live, left, send)
  return new Map<string, DeletionReason>([...reasons, ...[...nowhere].map((id) => [id, "not_visible"] as const)])
})
