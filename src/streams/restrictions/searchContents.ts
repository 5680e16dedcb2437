/**
 * The restrictions of many contents at once: by the search for content, which expands them for 200 hits an answer. It also shows folders,
 * whiteboards, databases and embeds, which no list does.
 *
 * Ancestors are never expanded: with one in the trash that fails the whole answer (CONFCLOUD-77618). The search knows neither archived
 * spaces nor what is very new: whatever it does not show is asked for one by one (askEach.ts).
 */
import { Effect } from "effect"
import type { ConfluenceError } from "../../confluence/errors.ts"
import type { Row } from "../../confluence/Listing.ts"
import { type Endpoint, scopeNames } from "../../confluence/scopes.ts"
import { isRecord } from "../../json.ts"
import { SiteDirectory } from "../../site/SiteDirectory.ts"
import { refusesSpaces, spaceOf } from "../../site/siteLists.ts"
import { type ReadFailure, isOfOnePart } from "../../sync/failures.ts"
import { batchesOf, idOf } from "../../sync/LookUp.ts"
import type { Pass } from "../../sync/Pass.ts"
import type { ReadServices } from "../../sync/readServices.ts"
import { Settings } from "../../sync/services.ts"
import { isTreeType } from "../../sync/treeContent.ts"
import { walkList } from "../../sync/walkList.ts"
import { OPERATIONS, type Told, distinct, isWhole, toldByHit } from "./answers.ts"
import type { ContentTable } from "./ContentTable.ts"
import { listingRun } from "./listContents.ts"

const SCOPES: Endpoint["scopes"] = [["search:confluence"], ["read:content-details:confluence"]]
export const SEARCH: Endpoint = { path: "/wiki/rest/api/content/search", scopes: SCOPES }
/** The other search, which expands nothing, and knows archived spaces where it is told to. */
export const SITE_SEARCH: Endpoint = { path: "/wiki/rest/api/search", scopes: SCOPES }

/** Hits in one answer, at most, where something is expanded. */
const MOST_HITS = 200
/** So many spaces are named in one search. */
const MOST_KEYS = 50

const EXPAND = OPERATIONS.flatMap((operation) =>
  ["user", "group"].map((part) => `restrictions.${operation}.restrictions.${part}`),
).join(",")

/** What the search has shown. */
export interface Searched {
  /** The places of folders, whiteboards, databases and embeds. */
  readonly tree: Array<number>
  /** Contents whose restrictions are longer than a hit shows, by their places. */
  readonly unfinished: Map<number, Told>
  readonly missed: Array<{ readonly types: ReadonlyArray<string>; readonly error: ConfluenceError }>
}

export const nothingSearched = (): Searched => ({ tree: [], unfinished: new Map(), missed: [] })

const note = (table: ContentTable, searched: Searched, hits: ReadonlyArray<Row>): void => {
  for (const hit of hits) {
    const { type } = hit
    if (typeof type !== "string") continue
    const place = table.add(idOf(hit), type)
    if (isTreeType(type) && type !== "page") searched.tree.push(place)
    const told = toldByHit(hit)
    if (told === undefined) continue
    if (!isWhole(told)) searched.unfinished.set(place, told)
    else {
      searched.unfinished.delete(place)
      table.tell(place, { read: distinct(told.read.principals), update: distinct(told.update.principals) })
    }
  }
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

/**
 * Searches for content of some types, and notes the restrictions of all hits. What fails is noted.
 */
export const searchContents = (
  pass: Pass,
  table: ContentTable,
  searched: Searched,
  types: ReadonlyArray<string>,
): Effect.Effect<void, ReadFailure, ReadServices> =>
  Effect.gen(function* () {
    const walk = (cql: string) =>
      walkList(quiet(pass), {
        id: "search",
        list: {
          path: SEARCH.path,
          query: [
            ["cql", cql],
            ["expand", EXPAND],
          ],
          paging: "cursor",
          limit: MOST_HITS,
          stream: pass.run.facts.name,
          scope: scopeNames(SEARCH),
        },
        onRows: (hits) => Effect.sync(() => note(table, searched, hits)),
      })
    yield* Effect.forEach(yield* queriesOf(types), walk, { concurrency: 4, discard: true })
  }).pipe(dividing(searched, types, (some) => searchContents(pass, table, searched, some)))

/** Searches for folders and the like in archived spaces, which the search for content leaves out. What fails is noted. */
export const searchArchivedSpaces = (
  pass: Pass,
  table: ContentTable,
  searched: Searched,
  types: ReadonlyArray<string>,
): Effect.Effect<void, ReadFailure, ReadServices> =>
  Effect.gen(function* () {
    // Where the spaces may not be listed, nobody knows what there is in the archived ones.
    const keys = yield* keysOf(true).pipe(
      Effect.catchIf(refusesSpaces, (error) =>
        Effect.sync((): ReadonlyArray<string> => {
          searched.missed.push({ types, error })
          return []
        }),
      ),
    )
    yield* Effect.forEach(
      queriesIn(types, keys),
      (cql) =>
        walkList(quiet(pass), {
          id: "search",
          list: {
            path: SITE_SEARCH.path,
            query: [
              ["cql", cql],
              ["includeArchivedSpaces", "true"],
            ],
            paging: "offset",
            limit: MOST_HITS,
            stream: pass.run.facts.name,
            scope: scopeNames(SITE_SEARCH),
          },
          row: ({ content }) => (isRecord(content) ? content : {}),
          onRows: (hits) => Effect.sync(() => note(table, searched, hits)),
        }),
      { discard: true },
    )
  }).pipe(dividing(searched, types, (some) => searchArchivedSpaces(pass, table, searched, some)))

/** A pass that takes nothing. */
const quiet = (pass: Pass): Pass => ({
  run: listingRun(pass.run),
  parts: new Map(),
  withBodies: false,
  sendsAll: false,
  take: (_, advance) => Effect.sync(advance),
})

/** A search that is refused is divided by its types: perhaps the site's search does not know one of them. What fails is noted. */
const dividing = (
  searched: Searched,
  types: ReadonlyArray<string>,
  search: (some: ReadonlyArray<string>) => Effect.Effect<void, ReadFailure, ReadServices>,
): ((searching: Effect.Effect<void, ReadFailure, ReadServices>) => Effect.Effect<void, ReadFailure, ReadServices>) =>
  Effect.catchIf(isOfOnePart, (error): Effect.Effect<void, ReadFailure, ReadServices> => {
    if (error._tag !== "BadRequest" || types.length === 1)
      return Effect.sync(() => void searched.missed.push({ types, error }))
    const half = Math.ceil(types.length / 2)
    return Effect.forEach([types.slice(0, half), types.slice(half)], search, { discard: true })
  })
