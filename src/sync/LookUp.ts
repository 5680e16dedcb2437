/**
 * Finds rows by their ids: in lists that take 250 of them, divided where a batch is too heavy for the site. Where they take one alone, many
 * ids are looked for in the list of all.
 */
import { Data, Effect } from "effect"
import type { ConfluenceClient } from "../confluence/ConfluenceClient.ts"
import { type ConfluenceError, isHeavy } from "../confluence/errors.ts"
import { type List, type Query, type Row, eachPage } from "../confluence/Listing.ts"
import { MOST_IDS, MOST_SPACES } from "../site/manyValues.ts"
import { SiteDirectory } from "../site/SiteDirectory.ts"
import { type Entries, type Entry, refusesSpaces } from "../site/siteLists.ts"
import type { ReadFailure } from "./failures.ts"
import { withoutBody } from "./lostBodies.ts"
import { HEAVY_TRIES, LAST_TIMEOUT_MS, LAST_TRIES, MOST_BYTES } from "./PageSize.ts"
import { type AskServices, MOST_AT_ONCE } from "./services.ts"
import { WalkBoard } from "./WalkBoard.ts"

export const idOf = ({ id }: { readonly id?: unknown }): string => String(id)

/** Ids in the portions that one request takes. */
export const batchesOf = (ids: ReadonlyArray<string>, size: number): ReadonlyArray<ReadonlyArray<string>> =>
  Array.from({ length: Math.ceil(ids.length / size) }, (_, batch) => ids.slice(batch * size, (batch + 1) * size))

/** A list that finds rows by `id`, 250 at a time. */
export type ById = Omit<List, "paging" | "limit"> & {
  /** The parameter that takes the ids; left out: `id`. */
  readonly by?: string
}

export type OnRows<R> = (rows: ReadonlyArray<Row>) => Effect.Effect<void, ReadFailure, R>

/**
 * Goes through the rows of these ids that the list has, in one request. Where the batch is too heavy for the site it is divided, until
 * a row that spoils every batch stands alone; that one comes without its body.
 */
const eachOf = Effect.fnUntraced(function* <R>(
  list: Omit<List, "limit">,
  query: (ids: ReadonlyArray<string>) => Query,
  ids: ReadonlyArray<string>,
  onRows: OnRows<R>,
  known: "nothing" | "one spoils it" | "one may spoil it",
): Effect.fn.Return<"whole" | "divided", ReadFailure, R | AskServices> {
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

/** With fewer ids than this, each is asked for by itself where the site takes one at a time. */
const FEWEST_THROUGH_LIST = 10
const PAGE = 250

class Enough extends Data.TaggedError("Enough") {}

/**
 * Goes through the rows of these ids in the list of all, and answers the ids that are still to be asked for: all that it has not shown
 * where it turns out to have more pages than there are ids, else none.
 */
const throughList = Effect.fnUntraced(function* <R>(
  list: ById,
  ids: ReadonlyArray<string>,
  onRows: OnRows<R>,
): Effect.fn.Return<ReadonlyArray<string>, ReadFailure, R | AskServices> {
  const left = new Set(ids)
  let pages = 0
  const take = Effect.fnUntraced(function* (rows: ReadonlyArray<Row>) {
    yield* onRows(rows.filter((row) => left.delete(idOf(row))))
    if (left.size === 0 || ++pages >= ids.length) return yield* new Enough()
  })
  return yield* eachPage({ ...list, query: [...list.query, ["sort", "id"]], paging: "cursor", limit: PAGE }, take).pipe(
    Effect.as([]),
    Effect.catchTag("Enough", () => Effect.succeed([...left])),
  )
})

/**
 * Goes through the rows of these ids that the list has. `suspects`: those whose bodies could not be had before are asked for alone. Where
 * the site takes one id at a time, many are looked for in the list of all, without bodies, as long as that has fewer pages.
 */
export const eachById = Effect.fnUntraced(function* <R>(
  list: ById,
  ids: ReadonlyArray<string>,
  onRows: OnRows<R>,
  suspects: ReadonlySet<string> = new Set(),
): Effect.fn.Return<void, ReadFailure, R | AskServices> {
  const directory = yield* SiteDirectory
  const { weights } = yield* WalkBoard
  const several = yield* directory.severalValues
  const paged: Omit<List, "limit"> = { ...list, paging: "cursor" }
  const most = Math.min(MOST_IDS, several.most)
  const size = list.body === undefined ? most : batchSize(most, weights.of(list.path))
  const isListed = most === 1 && ids.length >= FEWEST_THROUGH_LIST && (list.body?.length ?? 0) === 0
  const open = isListed ? yield* throughList(list, ids, onRows) : ids
  const usual = open.filter((id) => !suspects.has(id))
  const alone = open.filter((id) => suspects.has(id))
  const batches = [...batchesOf(usual, size), ...alone.map((id) => [id])]
  yield* Effect.forEach(
    batches,
    (batch) => eachOf(paged, (some) => several.query(list.by ?? "id", some), batch, onRows, "nothing"),
    { concurrency: MOST_AT_ONCE, discard: true },
  )
})

export const archivedOf = (spaces: ReadonlyArray<Entry>): ReadonlyArray<string> =>
  spaces.filter(({ status }) => status === "archived").map(idOf)

/** The ids of the archived spaces; none for a credential that may not list spaces, and so cannot ask about each of them. */
const archivedIn = (spaces: Effect.Effect<Entries, ConfluenceError, ConfluenceClient>) =>
  Effect.map(
    Effect.catchIf(spaces, refusesSpaces, () => Effect.succeed<ReadonlyArray<Entry>>([])),
    archivedOf,
  )
const archivedSpaces = SiteDirectory.use(({ spaces }) => archivedIn(spaces))
/** The same, read anew: a space that was archived while spaces were listed may have been in none of their lists. */
export const archivedNow = SiteDirectory.use(({ spacesNow }) => archivedIn(spacesNow))

/**
 * Goes through the rows of these ids, wherever they are, and answers the ids that it has not found.
 *
 * Doubt: whether a list that no space is named to holds the content of archived spaces. What it does not find is asked for once
 * more with the archived spaces named.
 */
export const eachAnywhere = Effect.fnUntraced(function* <R>(
  list: ById,
  ids: ReadonlyArray<string>,
  onRows: OnRows<R>,
  suspects?: ReadonlySet<string>,
  archivedNow?: ReadonlyArray<string>,
): Effect.fn.Return<ReadonlySet<string>, ReadFailure, R | AskServices> {
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

/** A list, and the same for what is in the trash: to find content by its id wherever it is. */
export const withTrash = (list: ById): ReadonlyArray<ById> => [list, { ...list, query: [["status", "trashed"]] }]

/** The same in several lists, one after the other, each for what the ones before have not found. */
export const eachLive = Effect.fnUntraced(function* <R>(
  lists: ReadonlyArray<ById>,
  ids: ReadonlyArray<string>,
  onRows: OnRows<R>,
  suspects?: ReadonlySet<string>,
  archivedNow?: ReadonlyArray<string>,
): Effect.fn.Return<ReadonlySet<string>, ReadFailure, R | AskServices> {
  let left: ReadonlySet<string> = new Set(ids)
  for (const list of lists) {
    if (left.size > 0) left = yield* eachAnywhere(list, [...left], onRows, suspects, archivedNow)
  }
  return left
})
