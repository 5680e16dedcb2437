/**
 * Finds out whether content that no list has shown is gone, and why: by its list of given ids.
 *
 * A list may have missed a row that moved while it was read, or a site may have hidden it for a moment; so nothing is
 * believed to be gone that was not asked for by its id.
 */
import { Effect } from "effect"
import { isHeavy } from "../confluence/errors.ts"
import { eachPage, type List, type Query, type Row } from "../confluence/Listing.ts"
import type { DeletionReason } from "../sync/Changes.ts"
import { MOST_IDS } from "../sync/followChanges.ts"
import { withoutBody } from "../sync/lostBodies.ts"
import { LAST_TIMEOUT_MS, LAST_TRIES } from "../sync/heavyPages.ts"
import { MOST_BYTES } from "../sync/PageSize.ts"
import type { ReadFailure, ReadServices } from "../sync/services.ts"
import { SiteDirectory } from "../sync/SiteDirectory.ts"
import type { StreamRun } from "../sync/StreamRun.ts"
import { MOST_SPACES } from "../sync/SpaceGroups.ts"
import { MOST_AT_ONCE } from "../sync/walk.ts"
import { WalkBoard } from "../sync/WalkBoard.ts"

export const idOf = ({ id }: { readonly id?: unknown }): string => String(id)

/** Ids in the portions that one request takes. */
export const batchesOf = (ids: ReadonlyArray<string>, size: number): ReadonlyArray<ReadonlyArray<string>> =>
  Array.from({ length: Math.ceil(ids.length / size) }, (_, batch) => ids.slice(batch * size, (batch + 1) * size))

/** A list that finds rows by `id`, 250 at a time. */
export type ById = Omit<List, "paging" | "limit">

type OnRows = (rows: ReadonlyArray<Row>) => Effect.Effect<void, ReadFailure, ReadServices>

/** Tries of a batch that may hold a row whose body cannot be had, before it is divided. */
const HEAVY_TRIES = 2

/**
 * Goes through the rows of these ids that the list has, in one request. Where the batch is too heavy for the site it is divided, until
 * a row that spoils every batch stands alone; that one comes without its body.
 */
const eachOf = Effect.fnUntraced(function* (
  list: Omit<List, "limit">,
  query: (ids: ReadonlyArray<string>) => Query,
  ids: ReadonlyArray<string>,
  onRows: OnRows,
  tries: number,
): Effect.fn.Return<void, ReadFailure, ReadServices> {
  const { weights } = yield* WalkBoard
  const hasBodies = (list.body?.length ?? 0) > 0
  const of: List = { ...list, query: [...list.query, ...query(ids)], limit: ids.length }
  const weight = weights.of(list.path)
  const read = eachPage(
    of,
    (rows, bytes) => {
      if (rows.length > 0 && hasBodies) weights.note(list.path, bytes / rows.length)
      return onRows(rows)
    },
    hasBodies
      ? {
          ...(ids.length === 1 ? { tries: LAST_TRIES, timeoutMs: LAST_TIMEOUT_MS } : { tries }),
          ...(ids.length === 1 ? {} : { mostBytes: MOST_BYTES }),
          expectedBytes: weight === undefined ? MOST_BYTES : 1.2 * weight * ids.length,
        }
      : {},
  )
  const ended = yield* Effect.result(read)
  if (ended._tag === "Success") return
  const error = ended.failure
  if (!hasBodies || error._tag !== "SiteUnavailable" || !isHeavy(error.kind)) return yield* error
  if (ids.length === 1) {
    return yield* eachPage(of, (rows) => onRows(rows.map(withoutBody)), { light: true })
  }
  const middle = Math.ceil(ids.length / 2)
  for (const half of [ids.slice(0, middle), ids.slice(middle)]) yield* eachOf(list, query, half, onRows, 1)
})

/** Rows for one request, by what they have weighed so far. */
const batchSize = (most: number, weight: number | undefined): number =>
  weight === undefined ? most : Math.min(most, Math.max(1, Math.floor(MOST_BYTES / 2 / weight)))

/** Goes through the rows of these ids that the list has. `suspects`: those whose bodies could not be had before are asked for alone. */
export const eachById = Effect.fnUntraced(function* (
  list: ById,
  ids: ReadonlyArray<string>,
  onRows: OnRows,
  suspects: ReadonlySet<string> = new Set(),
): Effect.fn.Return<void, ReadFailure, ReadServices> {
  const directory = yield* SiteDirectory
  const { weights } = yield* WalkBoard
  const several = yield* directory.severalValues
  const paged: Omit<List, "limit"> = { ...list, paging: "cursor" }
  const most = Math.min(MOST_IDS, several.most)
  const size = list.body === undefined ? most : batchSize(most, weights.of(list.path))
  const usual = ids.filter((id) => !suspects.has(id))
  const alone = ids.filter((id) => suspects.has(id))
  const batches = [...batchesOf(usual, size), ...alone.map((id) => [id])]
  yield* Effect.forEach(
    batches,
    (batch) => eachOf(paged, (some) => several.query("id", some), batch, onRows, HEAVY_TRIES),
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
  onRows: OnRows,
  suspects?: ReadonlySet<string>,
): Effect.fn.Return<ReadonlySet<string>, ReadFailure, ReadServices> {
  const left = new Set(ids)
  const take = (rows: ReadonlyArray<Row>) => {
    for (const row of rows) left.delete(idOf(row))
    return onRows(rows)
  }
  yield* eachById(list, ids, take, suspects)
  if (left.size === 0) return left
  const directory = yield* SiteDirectory
  const spaces = yield* Effect.result(directory.spaces)
  // Who may not list spaces reads the site as one list, and has no other question to ask.
  if (spaces._tag === "Failure") return left
  const archived = spaces.success.filter(({ status }) => status === "archived").map(idOf)
  const several = yield* directory.severalValues
  for (const some of batchesOf(archived, Math.min(MOST_SPACES, several.most))) {
    if (left.size === 0) break
    yield* eachById({ ...list, query: [...list.query, ...several.query("space-id", some)] }, [...left], take, suspects)
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
  const { lost } = run.changes!
  const reasons = yield* reasonsInTrash(bare, yield* eachAnywhere(live, ids, send, lost))
  const left = ids.filter((id) => !reasons.has(id))
  // What came back from the trash between the two questions is in neither answer.
  const nowhere = left.length === 0 ? [] : yield* eachAnywhere(live, left, send, lost)
  return new Map<string, DeletionReason>([...reasons, ...[...nowhere].map((id) => [id, "not_visible"] as const)])
})
