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
import { type Entry, refusesSpaces, SiteDirectory } from "../sync/SiteDirectory.ts"
import type { StreamRun } from "../sync/StreamRun.ts"
import { MOST_SPACES } from "../sync/SpaceGroups.ts"
import { MOST_AT_ONCE } from "../sync/walk.ts"
import { WalkBoard } from "../sync/WalkBoard.ts"
import { lookAt } from "./lookAt.ts"

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
  known: "nothing" | "one spoils it" | "one may spoil it",
): Effect.fn.Return<"whole" | "divided", ReadFailure, ReadServices> {
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
          ...(ids.length === 1
            ? { tries: LAST_TRIES, timeoutMs: LAST_TIMEOUT_MS }
            : { tries: known === "nothing" ? HEAVY_TRIES : 1 }),
          ...(ids.length === 1 ? {} : { mostBytes: MOST_BYTES }),
          expectedBytes: weight === undefined ? MOST_BYTES : 1.2 * weight * ids.length,
        }
      : {},
  )
  if (known !== "one spoils it" || ids.length === 1) {
    const ended = yield* Effect.result(read)
    if (ended._tag === "Success") return "whole"
    const error = ended.failure
    if (!hasBodies || error._tag !== "SiteUnavailable" || !isHeavy(error.kind)) return yield* error
  }
  if (ids.length === 1) {
    yield* eachPage(of, (rows) => onRows(rows.map(withoutBody)), { light: true })
    return "divided"
  }
  const middle = Math.ceil(ids.length / 2)
  const first = yield* eachOf(list, query, ids.slice(0, middle), onRows, "one may spoil it")
  yield* eachOf(list, query, ids.slice(middle), onRows, first === "whole" ? "one spoils it" : "one may spoil it")
  return "divided"
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
    (batch) => eachOf(paged, (some) => several.query("id", some), batch, onRows, "nothing"),
    { concurrency: MOST_AT_ONCE, discard: true },
  )
})

const archivedOf = (spaces: ReadonlyArray<Entry>): ReadonlyArray<string> =>
  spaces.filter(({ status }) => status === "archived").map(idOf)

/** The ids of the archived spaces; none for a credential that may not list spaces, and so cannot ask about each of them. */
const archivedSpaces = Effect.gen(function* () {
  const directory = yield* SiteDirectory
  return archivedOf(
    yield* directory.spaces.pipe(Effect.catchIf(refusesSpaces, () => Effect.succeed<ReadonlyArray<Entry>>([]))),
  )
})

/**
 * Goes through the rows of these ids, wherever they are, and answers the ids that it has not found.
 *
 * Doubt: whether a list that no space is named to holds the content of archived spaces. What it does not find is asked for once
 * more with the archived spaces named.
 */
export const eachAnywhere = Effect.fnUntraced(function* (
  list: ById,
  ids: ReadonlyArray<string>,
  onRows: OnRows,
  suspects?: ReadonlySet<string>,
  archivedNow?: ReadonlyArray<string>,
): Effect.fn.Return<ReadonlySet<string>, ReadFailure, ReadServices> {
  const left = new Set(ids)
  const take = (rows: ReadonlyArray<Row>) => {
    for (const row of rows) left.delete(idOf(row))
    return onRows(rows)
  }
  yield* eachById(list, ids, take, suspects)
  if (left.size === 0) return left
  const directory = yield* SiteDirectory
  const archived = archivedNow ?? (yield* archivedSpaces)
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
  archivedNow?: ReadonlyArray<string>,
): Effect.fn.Return<ReadonlyMap<string, DeletionReason>, ReadFailure, ReadServices> {
  const left = new Set(ids)
  const reasons = new Map<string, DeletionReason>()
  for (const [status, reason] of [
    ["trashed", "trashed"],
    ["deleted", "purged"],
  ] as const) {
    if (left.size === 0) break
    const note = (rows: ReadonlyArray<Row>) =>
      Effect.sync(() => {
        for (const row of rows) if (left.delete(idOf(row))) reasons.set(idOf(row), reason)
      })
    const there: ById = { ...list, query: [...list.query, ["status", status] as const] }
    yield* eachAnywhere(there, [...left], note, undefined, archivedNow)
  }
  return reasons
})

/**
 * The rows of ids that no list shows, each asked for alone: for who may not list spaces, and so cannot ask the lists about archived ones.
 * Answers those that are there neither.
 */
const eachAlone = Effect.fnUntraced(function* (
  list: ById,
  ids: ReadonlyArray<string>,
  onRows: OnRows,
): Effect.fn.Return<ReadonlyArray<string>, ReadFailure, ReadServices> {
  const left: Array<string> = []
  const look = Effect.fnUntraced(function* (id: string) {
    const row = yield* lookAt(list, id, list.body ?? [])
    if (row?.["status"] === "current" || row?.["status"] === "archived") yield* onRows([row])
    else left.push(id)
  })
  yield* Effect.forEach(ids, look, { concurrency: MOST_AT_ONCE, discard: true })
  return left
})

/** For content that its list finds by id: whatever is there is sent if it is news, the rest is looked for in the trash. */
export const goneById = Effect.fnUntraced(function* (
  run: StreamRun,
  live: ById,
  bare: ById,
  row: (row: Row) => Row,
  ids: ReadonlyArray<string>,
): Effect.fn.Return<ReadonlyMap<string, DeletionReason>, ReadFailure, ReadServices> {
  const send = (rows: ReadonlyArray<Row>) => run.page(rows.map(row))
  const { lost } = run.changes!
  const reasons = yield* reasonsInTrash(bare, yield* eachAnywhere(live, ids, send, lost))
  const left = ids.filter((id) => !reasons.has(id))
  if (left.length === 0) return reasons
  const directory = yield* SiteDirectory
  const spaces = yield* Effect.result(directory.spaces)
  // What came back from the trash between the two questions is in neither answer; nor is what is in a space that was archived since.
  if (spaces._tag === "Failure") {
    const unseen = yield* eachAlone(live, [...(yield* eachAnywhere(live, left, send, lost))], send)
    return new Map<string, DeletionReason>([...reasons, ...notVisible(unseen)])
  }
  const archived = archivedOf(yield* directory.spacesNow)
  const nowhere = yield* eachAnywhere(live, left, send, lost, archived)
  const known = new Set(archivedOf(spaces.success))
  const late = archived.every((id) => known.has(id)) ? [] : yield* reasonsInTrash(bare, nowhere, archived)
  return new Map<string, DeletionReason>([...reasons, ...notVisible(nowhere), ...late])
})

const notVisible = (ids: Iterable<string>) => [...ids].map((id) => [id, "not_visible"] as const)
