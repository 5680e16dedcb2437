/**
 * Reads what hangs on content by the lists of each content, where filters let in so little of it that this takes fewer requests than
 * the list of the whole site, most of whose rows would be dropped.
 *
 * How long the site's list is tells the search, which may lag, or else a guess from both of its ends; either is near enough to
 * choose by. Content by content does not show what hangs on custom content: that comes with its next change, or where the site's
 * list is read. Archived content is left to the site's lists.
 */
import { Effect } from "effect"
import { ConfluenceClient } from "../confluence/ConfluenceClient.ts"
import { type List, type Row, readPage } from "../confluence/Listing.ts"
import { scopeNames } from "../confluence/scopes.ts"
import { isRecord } from "../json.ts"
import { type Container, LISTED_CONTAINERS } from "../site/containers.ts"
import type { FilteredKind } from "../site/Scope.ts"
import { Contents } from "./Contents.ts"
import { SITE_SEARCH } from "./contentSearch.ts"
import { byCreation } from "./Course.ts"
import type { ReadFailure } from "./failures.ts"
import { eachAnywhere } from "./LookUp.ts"
import { type Parent, walkParents } from "./parents.ts"
import type { Pass } from "./Pass.ts"
import type { ReadServices } from "./readServices.ts"
import { Settings } from "./services.ts"

type Reading<A> = Effect.Effect<A, ReadFailure, ReadServices>

/** Names the position in the state. */
const KIND = "contents"
const PAGE = 250
/** So few requests are made without asking what the site's lists would take. */
const CHEAP = 3

/** What hangs on content, as the choice between the two ways needs it. */
export interface HangingLists {
  /** In the search's language. */
  readonly type: "comment" | "attachment"
  /** The site's lists, by creation. */
  readonly lists: ReadonlyArray<List>
  /** Requests that one content takes at first. */
  readonly perContent: number
  /** The share of what the site's lists take that these may take. */
  readonly atMost: number
}

/** A content that is let in. */
export interface ContentParent extends Parent, Container {
  /** The path of the content, below which its lists are. */
  readonly path: string
}

const KINDS = ["page", "blogpost"] as const
const NAMES = { page: "the page", blogpost: "the blog post" } as const

const parentOf = (containerType: FilteredKind, containerId: string): ContentParent => ({
  id: containerId,
  name: `${NAMES[containerType]} ${containerId}`,
  containerType,
  containerId,
  path: `${LISTED_CONTAINERS[containerType].path}/${encodeURIComponent(containerId)}`,
})

/** All content that is let in; only after `Contents.prepare`. */
export const contentParents = Effect.map(Contents, (contents): ReadonlyArray<ContentParent> =>
  KINDS.flatMap((kind) => [...contents.idsOf(kind).portions(PAGE)].flat().map((id) => parentOf(kind, id))),
)

/** How many rows the site's search finds; undefined where it does not tell. */
export const found = Effect.fnUntraced(function* (stream: string, cql: string) {
  const client = yield* ConfluenceClient
  const query = [
    ["cql", cql],
    ["limit", "1"],
  ] as const
  return yield* client
    .request({ path: SITE_SEARCH.path, query, stream, scope: scopeNames(SITE_SEARCH), tries: 2 })
    .pipe(
      Effect.map(({ body }) => {
        const total = isRecord(body) ? body["totalSize"] : undefined
        return typeof total === "number" ? total : undefined
      }),
      Effect.catchTag(["BadRequest", "Forbidden", "NotFound", "ScopeMissing", "SiteUnavailable"], () =>
        Effect.succeed(undefined),
      ),
    )
})

/** How many rows a list has, by its first page, or guessed from the first and the last one. */
const guessed = Effect.fnUntraced(function* (list: List) {
  const first = yield* readPage(list, undefined, PAGE, { light: true })
  if (first.next === undefined) return first.rows.length
  const backwards = list.query.map(([name, value]) => [name, name === "sort" ? `-${value}` : value] as const)
  const last = yield* readPage({ ...list, query: backwards }, undefined, PAGE, { light: true })
  const places = (rows: ReadonlyArray<Row>) => rows.map((row) => byCreation.place(byCreation.of(row)))
  const [front, back] = [places(first.rows), places(last.rows)]
  const density = (at: ReadonlyArray<number>) => at.length / Math.max(1, Math.abs(at.at(-1)! - at[0]!))
  const between = Math.max(0, (back.at(-1) ?? 0) - (front.at(-1) ?? 0))
  return front.length + back.length + Math.max(density(front), density(back)) * between
})

/** Requests that the site's lists take, about. */
const requestsOfSite = ({ type, lists }: HangingLists): Reading<number> =>
  found(lists[0]!.stream, `type = ${type}`).pipe(
    Effect.flatMap((total) =>
      total === undefined
        ? Effect.map(Effect.forEach(lists, guessed, { concurrency: 2 }), (rows) =>
            rows.reduce((sum, each) => sum + Math.max(1, Math.ceil(each / PAGE)), 0),
          )
        : Effect.succeed(Math.ceil(total / PAGE) + lists.length - 1),
    ),
  )

/**
 * Reads all that hangs on content. `whole`: by the site's lists; `own`: by the lists of the contents, given what the site's would take.
 * Where filters have just changed, rows that they leave out are better seen in the site's lists than looked for one by one.
 */
export const readHanging = Effect.fnUntraced(function* (
  pass: Pass,
  hanging: HangingLists,
  whole: Reading<void>,
  own: (parents: ReadonlyArray<ContentParent>, requestsOfSite: number) => Reading<void>,
): Effect.fn.Return<void, ReadFailure, ReadServices> {
  const { scope } = yield* Settings
  if (scope.isEverything) return yield* whole
  const contents = yield* Contents
  yield* contents.prepare(pass.run.facts.name, "container")
  const count = KINDS.reduce((sum, kind) => sum + contents.idsOf(kind).length, 0)
  const sought = pass.run.changes?.otherScope === true ? pass.run.changes.index.size : 0
  const isBegun = pass.parts.has(KIND)
  // The site's lists have been begun by an earlier attempt.
  if (!isBegun && pass.parts.size > 0) return yield* whole
  const cost = count * hanging.perContent + sought
  const site = isBegun || cost <= CHEAP ? Number.POSITIVE_INFINITY : yield* requestsOfSite(hanging)
  if (cost >= site * hanging.atMost) return yield* whole
  // Doubt: whether the site's lists hold what hangs in archives. There the lists of a content may show what those leave out.
  if (yield* contents.isAnyArchived) return yield* whole
  yield* own(yield* contentParents, site)
})

/** Reads one list a content, from where an earlier attempt has stopped. */
export const walkContents = (
  pass: Pass,
  what: string,
  parents: ReadonlyArray<ContentParent>,
  read: (parent: ContentParent) => Reading<void>,
): Reading<void> =>
  walkParents(pass, { kind: KIND, what, parents, read, stillThere: (some) => stillThere(pass.run.facts.name, some) })

/** Which contents the lists of content still show. */
export const stillThere = Effect.fnUntraced(function* (stream: string, parents: ReadonlyArray<ContentParent>) {
  const there = new Set<string>()
  const note = (rows: ReadonlyArray<Row>) => Effect.sync(() => rows.forEach((row) => there.add(String(row["id"]))))
  for (const kind of KINDS) {
    const ids = parents.flatMap(({ containerType, id }) => (containerType === kind ? id : []))
    const list = { ...LISTED_CONTAINERS[kind], query: [], stream }
    if (ids.length > 0) yield* eachAnywhere(list, ids, note)
  }
  return there
})
