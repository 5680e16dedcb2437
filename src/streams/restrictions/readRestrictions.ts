/**
 * Reads who alone may read or change which content, in four steps: what content there is, and what the search tells of it; what each lies
 * below; the restrictions of what the search has not shown, one by one; and the rows.
 *
 * It fails closed. What could not be asked is named in an error, and the stream is not complete: nobody shall take for open what is not. What
 * cannot be seen at all is a limit of the API, and told as a warning: whoever may read what lies below it passes its restrictions.
 */
import { Effect } from "effect"
import { Reporter } from "../../protocol/Reporter.ts"
import type { Missed } from "../../site/Accounts.ts"
import { found } from "../../sync/byContent.ts"
import { Contents } from "../../sync/Contents.ts"
import { MOST_HITS, missedItems, queriesOf } from "../../sync/contentSearch.ts"
import { type ReadFailure, partsUnread } from "../../sync/failures.ts"
import type { Pass } from "../../sync/Pass.ts"
import type { ReadServices } from "../../sync/readServices.ts"
import { Settings } from "../../sync/services.ts"
import { ITEM_TYPES } from "../../sync/treeContent.ts"
import { askEach } from "./askEach.ts"
import { ContentTable } from "./ContentTable.ts"
import { listContents } from "./listContents.ts"
import { type Searched, nothingSearched, searchContents } from "./searchContents.ts"
import { WayUp, nameOf } from "./wayUp.ts"
import { writeRows } from "./writeRows.ts"

type Reading<A> = Effect.Effect<A, ReadFailure, ReadServices>

const LISTED: ReadonlyArray<string> = ["page", "blogpost"]
/** So few contents are asked for one by one without asking how long the search would be. */
const CHEAP = 3
/** So many are asked for one by one where the search cannot say how long it is. */
const CHEAP_UNKNOWN = 50
/** So many contents are asked for one by one where the search has failed. */
const MOST_WITHOUT_SEARCH = 5_000
/** So many are named in a warning. */
const MOST_NAMED = 5

/** Whether filters leave out contents of the spaces that they let in, so that the search would mostly show others. */
const narrowsContents = Effect.gen(function* () {
  const { scope } = yield* Settings
  const { include, exclude } = scope.blogPosts
  const { ancestry } = yield* Contents
  return ancestry.matters || include.size + exclude.size > 0 || scope.order !== undefined
})

/** Contents whose own restrictions count and are not known. */
const untold = (table: ContentTable): ReadonlyArray<number> => {
  const places: Array<number> = []
  for (let place = 0; place < table.size; place++) {
    if (table.isNeeded(place) && !table.isTold(place)) places.push(place)
  }
  return places
}

/** The ids of folders and the like that the searches show by now; all that are known where these fail. */
const searchAgain =
  (pass: Pass, table: ContentTable) =>
  (types: ReadonlyArray<string>): Reading<ReadonlySet<string>> =>
    Effect.gen(function* () {
      const again = nothingSearched()
      yield* searchContents(pass, table, again, types)
      yield* searchContents(pass, table, again, types, true)
      const all = again.missed.length > 0 ? Array.from({ length: table.size }, (_, place) => place) : again.tree
      return new Set(all.map((place) => table.idOf(place)))
    })

/** Searches for pages and blog posts where filters let in few of them, if that takes fewer requests than to ask for each. */
const searchIfCheaper = Effect.fnUntraced(function* (
  pass: Pass,
  table: ContentTable,
  searched: Searched,
  count: number,
): Effect.fn.Return<void, ReadFailure, ReadServices> {
  if (count <= CHEAP) return
  const totals = yield* Effect.forEach(yield* queriesOf(LISTED), (cql) => found(pass.run.facts.name, cql))
  const requests = totals.every((total) => total !== undefined)
    ? totals.reduce((sum, total) => sum + Math.max(1, Math.ceil(total / MOST_HITS)), 0)
    : CHEAP_UNKNOWN
  if (count > requests) yield* searchContents(pass, table, searched, LISTED)
})

/** What of the search has failed and nothing makes up for. Contents that are listed can be asked for one by one. */
const missedBySearch = Effect.fnUntraced(function* (
  pass: Pass,
  { missed }: Searched,
  toAsk: number,
): Effect.fn.Return<ReadonlyArray<Missed>, ReadFailure, ReadServices> {
  const reporter = yield* Reporter
  for (const { types, error } of missed) {
    if (types.some((type) => LISTED.includes(type))) {
      if (toAsk > MOST_WITHOUT_SEARCH) return yield* error
      yield* reporter.log(
        "WARN",
        `${pass.run.facts.name}: the search for content failed, so each content is asked for by itself. ${error.message}`,
      )
    }
  }
  return yield* missedItems(pass.run.facts.name, missed)
})

const tellUnseen = (pass: Pass, table: ContentTable, way: WayUp): Reading<void> => {
  const unseen = way.unseen.filter((place) => !table.isTold(place))
  if (unseen.length === 0) return Effect.void
  const named = unseen.slice(0, MOST_NAMED).map((place) => nameOf(table.typeOf(place), table.idOf(place)))
  const more = unseen.length > named.length ? ` and ${unseen.length - named.length} more` : ""
  return Reporter.use((reporter) =>
    reporter.log(
      "WARN",
      `${pass.run.facts.name}: content lies below ${named.join(", ")}${more}, which this account cannot see (deleted, or hidden from it), so that no restriction of that can be told. What lies above it counts all the same.`,
    ),
  )
}

export const readRestrictions = Effect.fnUntraced(function* (
  pass: Pass,
): Effect.fn.Return<void, ReadFailure, ReadServices> {
  const { filteredAs, name } = pass.run.facts
  const contents = yield* Contents
  yield* contents.prepare(name, filteredAs)
  const table = new ContentTable()
  const searched = nothingSearched()
  const isNarrow = yield* narrowsContents
  const [unlisted] = yield* Effect.all(
    [
      listContents(pass, table),
      searchContents(pass, table, searched, isNarrow ? ITEM_TYPES : [...LISTED, ...ITEM_TYPES]),
      searchContents(pass, table, searched, ITEM_TYPES, true),
    ],
    { concurrency: 3 },
  )
  const way = new WayUp(name, table, searchAgain(pass, table))
  yield* way.follow(searched.tree)
  if (isNarrow) {
    const listed = untold(table).filter((place) => LISTED.includes(table.typeOf(place)))
    yield* searchIfCheaper(pass, table, searched, listed.length)
  }
  const places = untold(table)
  const unsearched = yield* missedBySearch(pass, searched, places.length)
  const carriers: Array<number> = []
  const { unfinished } = searched
  const asking = { unfinished, isUnseen: (place: number) => way.isUnseen(place) }
  const unasked = yield* askEach(name, table, places, asking, (place) => void carriers.push(place))
  yield* tellUnseen(pass, table, way)
  const cutOff: Array<number> = []
  for (let place = 0; place < table.size; place++) if (table.isCutOff(place)) cutOff.push(place)
  const leftOut = { carriers, cutOff, contents: unlisted.length + unsearched.length > 0 }
  const isShown = (place: number) => LISTED.includes(table.typeOf(place)) || way.isShown(place)
  yield* writeRows(pass, table, leftOut, isShown)
  const missed = [...unlisted.flatMap((each) => each.missed), ...unsearched, ...way.missed, ...unasked]
  if (missed.length > 0) {
    yield* partsUnread(name, `the restrictions of some contents (${missed.length} questions)`, missed)
  }
})
