/**
 * Reads the templates of the site and of its spaces: two lists for the site, those of pages and those of blueprints, and the same two
 * for each space.
 *
 * A space's list of blueprints repeats those of the site, which it inherits until it makes one its own. What the site's lists show is of
 * the site, and one row. Where these cannot be read, only what names the space is certainly the space's own; a space that shows more
 * than that is asked again with the site.
 */
import { Effect } from "effect"
import { UnexpectedResponse } from "../confluence/errors.ts"
import { type List, type Query, type Row, eachPage, readPage } from "../confluence/Listing.ts"
import { type Endpoint, scopeNames } from "../confluence/scopes.ts"
import { isRecord } from "../json.ts"
import { SiteDirectory } from "../site/SiteDirectory.ts"
import { spaceOf } from "../site/siteLists.ts"
import { unaskedEntry } from "../site/unasked.ts"
import { Contents } from "../sync/Contents.ts"
import { type ReadFailure, isOfOnePart } from "../sync/failures.ts"
import { type Parent, walkParents } from "../sync/parents.ts"
import { type Pass, takeAsGiven } from "../sync/Pass.ts"
import type { ReadServices } from "../sync/readServices.ts"
import { Settings } from "../sync/services.ts"

type Reading<A> = Effect.Effect<A, ReadFailure, ReadServices>

const KINDS = ["page", "blueprint"] as const
export const TEMPLATES: ReadonlyArray<Endpoint> = KINDS.map((kind) => ({
  path: `/wiki/rest/api/template/${kind}`,
  scopes: [["read:confluence-content.summary"], ["read:template:confluence", "read:content-details:confluence"]],
}))

/** The site among the parents: it goes first. */
const SITE: Owner = { id: "", name: "the site", key: undefined }
/** The API's document tells of fixed limits of its own. */
const LIMIT = 200
/** With more parents than this it is looked whether the site gives ways to the next page. */
const FEW = 3

/** What is no row is told of. */
const TOLD = { oddAsRows: true } as const

/** The site, or a space. */
interface Owner extends Parent {
  readonly key: string | undefined
}

const idOf = ({ templateId }: Row): string => String(templateId)

/** Whether a template says that it is this space's. */
const namesSpace = ({ space }: Row, { id, key }: Owner): boolean =>
  isRecord(space) && (space["key"] === key || String(space["id"]) === id)

/** The site, and the spaces that the filters let in. One without a key cannot be asked for, and of one without an id nothing tells what is its. */
const owners = Effect.gen(function* () {
  const { scope } = yield* Settings
  const directory = yield* SiteDirectory
  const all = scope.spaces((yield* directory.spaces).map(spaceOf))
  const withoutId = scope.spaces((yield* directory.withoutId("spaces")).map(spaceOf))
  const ofSpaces = all
    .filter(({ key }) => key !== "")
    .map(({ id, key, name }): Owner => ({ id, key, name: `the space "${name}" (${id})` }))
  return {
    parents: [SITE, ...ofSpaces],
    unasked: [
      ...withoutId.map((space) => unaskedEntry("spaces", space)),
      ...all.filter(({ key }) => key === "").map((space) => unaskedEntry("spaces", space, "a key")),
    ],
  }
})

const stillThere: Reading<ReadonlySet<string>> = Effect.map(
  SiteDirectory.use(({ spacesNow }) => spacesNow),
  (spaces) => new Set([SITE.id, ...spaces.map(({ id }) => String(id))]),
)

/** The template's body is in the storage format, whatever others are asked for in. */
const bodyOf = (pass: Pass) =>
  Effect.map(Settings, ({ bodyFormat }): Query =>
    bodyFormat === "none" || !pass.withBodies || !pass.run.wants("body") ? [] : [["expand", "body"]],
  )

/** Why a space cannot be told from the site. A site that is down is no reason to give up all spaces. */
const untold = (error: ReadFailure, { path }: Endpoint): ReadFailure =>
  error._tag === "SiteUnavailable"
    ? new UnexpectedResponse({
        message: `What is its own cannot be told, because the site's templates could not be read. ${error.message}`,
        endpoint: `GET ${path}`,
        status: error.status,
      })
    : error

export const readTemplates = Effect.fnUntraced(function* (
  pass: Pass,
): Effect.fn.Return<void, ReadFailure, ReadServices> {
  const { name, filteredAs } = pass.run.facts
  yield* Contents.use((contents) => contents.prepare(name, filteredAs))
  const body = yield* bodyOf(pass)
  const { parents, unasked } = yield* owners
  const listOf = (endpoint: Endpoint, query: Query, linked = false): List => ({
    path: endpoint.path,
    query,
    paging: "offset",
    limit: LIMIT,
    linked,
    stream: name,
    scope: scopeNames(endpoint),
  })
  // Doubt: whether version 1 gives a way to the next page. Where a look at one row of several shows one, the lists of many spaces need
  // no look at an empty page each.
  const links = yield* Effect.cached(
    Effect.map(
      Effect.result(readPage(listOf(TEMPLATES[1]!, [], true), undefined, 1)),
      (page) => page._tag === "Success" && page.success.next !== undefined,
    ),
  )
  const from = pass.parts.get("spaces")
  // An earlier attempt has sent the site's: then they are only to be known again.
  const isSent = from?.f?.l !== undefined && from.left?.includes(SITE.id) !== true
  const ofSite = new Set<string>()
  const take = (rows: ReadonlyArray<Row>, spaceId: string | null) =>
    takeAsGiven(
      pass,
      rows.map((row) => ({ ...row, spaceId })),
    )
  const takeOfSite = (rows: ReadonlyArray<Row>) => {
    for (const row of rows) if (row["templateId"] !== undefined && row["templateId"] !== null) ofSite.add(idOf(row))
    return isSent ? Effect.void : take(rows, null)
  }
  const site = yield* Effect.cached(
    Effect.forEach(TEMPLATES, (endpoint) => eachPage(listOf(endpoint, isSent ? [] : body), takeOfSite, TOLD), {
      concurrency: "unbounded",
      discard: true,
    }),
  )
  const readSpace = Effect.fnUntraced(function* (
    owner: Owner,
    key: string,
  ): Effect.fn.Return<void, ReadFailure, ReadServices> {
    const known = yield* Effect.result(site)
    if (known._tag === "Failure" && !isOfOnePart(known.failure)) return yield* known.failure
    let isUntold = false
    const takeOwn = (rows: ReadonlyArray<Row>) => {
      const others = rows.filter((row) => !ofSite.has(idOf(row)))
      const own = known._tag === "Success" ? others : others.filter((row) => namesSpace(row, owner))
      isUntold ||= own.length < others.length
      return take(own, owner.id)
    }
    const linked = parents.length > FEW && (yield* links)
    for (const endpoint of TEMPLATES) {
      yield* eachPage(listOf(endpoint, [["spaceKey", key], ...body], linked), takeOwn, TOLD)
    }
    if (isUntold && known._tag === "Failure") return yield* untold(known.failure, TEMPLATES[0]!)
  })
  yield* walkParents(pass, {
    kind: "spaces",
    what: "the templates",
    parents,
    unasked,
    read: (owner) => (owner.key === undefined ? site : readSpace(owner, owner.key)),
    stillThere: () => stillThere,
    // The document knows no 404: a space that is gone is refused like one that may not be read.
    mayBeGone: ({ _tag }) => _tag === "Forbidden",
  })
})
