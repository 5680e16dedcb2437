/**
 * The site's search, as far as it shows content: the search for content of the spaces in use, which can expand properties of its hits, and the
 * search of the site, which expands nothing and knows archived spaces where it is told to.
 *
 * Neither knows what is very new, in the archive or in the trash: what a search does not show may be there all the same.
 */
import { Effect } from "effect"
import type { ConfluenceError } from "../confluence/errors.ts"
import type { List, Row } from "../confluence/Listing.ts"
import { type Endpoint, scopeNames } from "../confluence/scopes.ts"
import { isRecord } from "../json.ts"
import { Reporter } from "../protocol/Reporter.ts"
import type { Missed } from "../site/Accounts.ts"
import { SiteDirectory } from "../site/SiteDirectory.ts"
import { spaceOf } from "../site/siteLists.ts"
import { type ReadFailure, isOfOnePart } from "./failures.ts"
import { batchesOf } from "./LookUp.ts"
import { quietPass } from "./Pass.ts"
import type { ReadServices } from "./readServices.ts"
import { Settings } from "./services.ts"
import type { StreamFacts } from "./StreamFacts.ts"
import { ITEM_TYPES } from "./treeContent.ts"
import { walkList } from "./walkList.ts"

const SCOPES: Endpoint["scopes"] = [["search:confluence"], ["read:content-details:confluence"]]
export const SEARCH: Endpoint = { path: "/wiki/rest/api/content/search", scopes: SCOPES }
export const SITE_SEARCH: Endpoint = { path: "/wiki/rest/api/search", scopes: SCOPES }

/** Hits in one answer, at most, where something is expanded. */
export const MOST_HITS = 200
/** So many spaces are named in one search. */
const MOST_KEYS = 50

/** A search for content of some types. */
export interface Search {
  /** The stream that pays for the requests. */
  readonly facts: StreamFacts
  readonly types: ReadonlyArray<string>
  /** In archived spaces, or in all others. */
  readonly archivedSpaces: boolean
  /** What is expanded of each hit; not in archived spaces. */
  readonly expand?: string
  readonly onHits: (hits: ReadonlyArray<Row>) => void
}

/** Types that could not be searched, and why. */
export interface Unsearched {
  readonly types: ReadonlyArray<string>
  readonly error: ConfluenceError
}

/** The keys of spaces that the filters let in, archived ones or the others. */
const keysOf = Effect.fnUntraced(function* (areArchived: boolean) {
  const { scope } = yield* Settings
  const spaces = yield* SiteDirectory.use((directory) => directory.spaces)
  return scope
    .spaces(spaces.map(spaceOf))
    .flatMap(({ key, status }) => ((status === "archived") === areArchived ? [key] : []))
})

/** Queries for some types in spaces, each for a search of its own. */
const queriesIn = (types: ReadonlyArray<string>, keys: ReadonlyArray<string>): ReadonlyArray<string> =>
  batchesOf(keys, MOST_KEYS).map(
    (some) => `type in (${types.join(",")}) and space in (${some.map((key) => `"${key}"`).join(",")})`,
  )

/** What is asked to search some types, a query for each search; one that names no space where all are let in. */
export const queriesOf = Effect.fnUntraced(function* (types: ReadonlyArray<string>) {
  const { scope } = yield* Settings
  return scope.narrowsSpaces ? queriesIn(types, yield* keysOf(false)) : [`type in (${types.join(",")})`]
})

/** The same for archived spaces, which have to be named. */
const queriesOfArchived = (types: ReadonlyArray<string>) => Effect.map(keysOf(true), (keys) => queriesIn(types, keys))

const listOf = ({ facts, archivedSpaces, expand }: Search, cql: string): List => {
  const of = (endpoint: Endpoint, paging: List["paging"], more: List["query"]): List => ({
    path: endpoint.path,
    query: [["cql", cql], ...more],
    paging,
    limit: MOST_HITS,
    stream: facts.name,
    scope: scopeNames(endpoint),
  })
  if (archivedSpaces) return of(SITE_SEARCH, "offset", [["includeArchivedSpaces", "true"]])
  return of(SEARCH, "cursor", expand === undefined ? [] : [["expand", expand]])
}

/**
 * Searches for content. A search that is refused is divided by its types: perhaps the site's search does not know one of them. Answers what
 * has failed. Where the spaces may not be listed, nobody knows what there is in the archived ones.
 */
export const searchFor = (search: Search): Effect.Effect<ReadonlyArray<Unsearched>, ReadFailure, ReadServices> => {
  const { facts, types, archivedSpaces, onHits } = search
  const walk = (cql: string) =>
    walkList(quietPass(facts), {
      id: "search",
      list: listOf(search, cql),
      ...(archivedSpaces ? { row: ({ content }: Row) => (isRecord(content) ? content : {}) } : {}),
      onRows: (hits) => Effect.sync(() => onHits(hits)),
    })
  const isOfSearch = (error: ReadFailure): error is ConfluenceError =>
    archivedSpaces && error._tag === "ScopeMissing" ? true : isOfOnePart(error)
  return (archivedSpaces ? queriesOfArchived(types) : queriesOf(types)).pipe(
    Effect.flatMap((queries) => Effect.forEach(queries, walk, { concurrency: 4, discard: true })),
    Effect.as<ReadonlyArray<Unsearched>>([]),
    Effect.catchIf(isOfSearch, (error) => {
      if (error._tag !== "BadRequest" || types.length === 1) return Effect.succeed([{ types, error }])
      const half = Math.ceil(types.length / 2)
      const halves = [types.slice(0, half), types.slice(half)]
      return Effect.map(
        Effect.forEach(halves, (some) => searchFor({ ...search, types: some })),
        (failed) => failed.flat(),
      )
    }),
  )
}

/** What folders and the like are missed because searches have failed. */
export const missedItems = Effect.fnUntraced(function* (stream: string, unsearched: ReadonlyArray<Unsearched>) {
  const reporter = yield* Reporter
  const missed: Array<Missed> = []
  for (const { types, error } of unsearched) {
    const items = types.filter((type) => (ITEM_TYPES as ReadonlyArray<string>).includes(type))
    if (items.length === 0) continue
    // A search that does not know the type cannot show any: those are known that others lie below.
    if (error._tag === "BadRequest") {
      yield* reporter.log(
        "WARN",
        `${stream}: the site's search does not know the type ${items.join(", ")}; those that nothing lies below are left out. ${error.message}`,
      )
    } else missed.push({ name: `the search for ${items.map((type) => `${type}s`).join(", ")}`, error })
  }
  return missed
})
