/**
 * The search for content of the sample site: what its index has, and `GET /rest/api/content/search`, which gives whole content objects
 * page by page by cursor, with the properties that shall be expanded. Archived spaces it never shows.
 */
import { type Answer, errorV1, json, notFound, Refusal } from "./answers.ts"
import type { Position } from "./Collection.ts"
import { isTreeType, type PlacedItem } from "./contentTypes.ts"
import { readCql, type Search, type SearchedType } from "./cql.ts"
import { readCursor, writeCursor } from "./cursors.ts"
import type { EndpointRequest } from "./PagedLists.ts"
import { allowParameters, badRequest, expansions, wholeNumber } from "./parametersV1.ts"
import { RestrictionLists } from "./restrictionLists.ts"
import type { SiteContent, Viewer } from "./SiteContent.ts"

/** Most hits in one answer: without expansions, with some, with bodies, with bodies for export. A larger limit is cut silently. */
const MOST_HITS = { plain: 1000, expanded: 200, bodies: 50, forExport: 25 } as const

/** Types whose hits are shown; others are counted at most. */
type FoundType = Exclude<SearchedType, "comment" | "attachment">

export const isFoundType = (type: SearchedType): type is FoundType => type !== "comment" && type !== "attachment"

/** Whether the index has an item, visible to the viewer; never from the trash. It may lag behind. */
export const isIndexed = (
  site: SiteContent,
  { spaces }: Search,
  item: PlacedItem,
  how: { readonly viewer: Viewer; readonly archivedSpaces: boolean },
): boolean => {
  const { archivedInSearch } = site.settings.quirks
  const { searchLagMs } = site.settings
  const space = site.spaces[item.space]
  return (
    (item.status === "current" || (item.status === "archived" && archivedInSearch)) &&
    site.contentExists(item) &&
    (how.archivedSpaces || space?.status === "current") &&
    (spaces === undefined || (space !== undefined && spaces.has(space.key))) &&
    (searchLagMs === 0 || item.createdAt <= site.siteTime() - searchLagMs) &&
    site.contentVisible(item, how.viewer)
  )
}

/** The next items of a type that fit, in order of creation, and whether there are more. */
export const itemsOfType = (
  site: SiteContent,
  type: FoundType,
  fits: (item: PlacedItem) => boolean,
  limit = Number.POSITIVE_INFINITY,
  after?: Position,
): { readonly items: readonly PlacedItem[]; readonly more: boolean } => {
  const how = { order: "id", descending: false, limit, after } as const
  const { items, next } = isTreeType(type)
    ? site.treeItems.scan({ ...how, accepts: (item) => item.type === type && fits(item) })
    : site.collection(type).scan({ ...how, accepts: fits })
  return { items, more: next !== undefined }
}

/** Answers `GET /rest/api/content/search` of one site. */
export class ContentSearch {
  private readonly site: SiteContent
  private readonly restrictions: RestrictionLists

  constructor(site: SiteContent) {
    this.site = site
    this.restrictions = new RestrictionLists(site)
  }

  search(request: EndpointRequest): Answer {
    allowParameters(request, ["cql", "cqlcontext", "expand", "cursor", "limit"])
    const cql = request.query.get("cql") ?? ""
    const search = readCql(cql)
    if (search === undefined) throw badRequest(`Could not parse cql : ${cql}`)
    const expand = expansions(request) ?? []
    const asked = wholeNumber(request, "limit", 25)
    const limit = Math.min(asked, this.mostHits(expand))
    const { after, before } = this.position(request)
    const { items, next } = this.page(search, request, limit, after)
    const results = items.map((item) => this.hit(request, item, expand))
    const { settings, siteUrl } = this.site
    const query = new URLSearchParams(request.query)
    if (next !== undefined)
      query.set("cursor", writeCursor(request.path, request.query, settings, this.site.siteTime(), next, before))
    // Relative to the context, without "/wiki" (as Atlassian's v1 document shows it).
    const link = next === undefined ? {} : { next: `${request.path.replace(/^\/wiki/, "")}?${query}` }
    const links = { ...link, base: `${siteUrl}/wiki`, context: "/wiki", self: `${siteUrl}${request.path}` }
    return { ...json(200, { results, limit, size: results.length, _links: links }), rows: results.length }
  }

  private mostHits(expand: readonly string[]): number {
    if (expand.some((name) => /^body\.(export_view|styled_view)/.test(name))) return MOST_HITS.forExport
    if (expand.some((name) => name.startsWith("body"))) return MOST_HITS.bodies
    return expand.length > 0 ? this.site.settings.quirks.mostExpandedHits : MOST_HITS.plain
  }

  /** A bad cursor is refused in the shape of v1. */
  private position(request: EndpointRequest) {
    try {
      return readCursor(request.path, request.query, this.site.settings, this.site.siteTime())
    } catch (error) {
      if (!(error instanceof Refusal) || error.answer.status !== 400) throw error
      throw badRequest("The cursor is not valid. Start the search again without a cursor.")
    }
  }

  /** Hits type by type. A position's key is the number of the type. */
  private page({ types, spaces }: Search, request: EndpointRequest, limit: number, after: Position | undefined) {
    const found: PlacedItem[] = []
    const how = { viewer: request.viewer, archivedSpaces: false }
    const fits = (item: PlacedItem) => isIndexed(this.site, { types, spaces }, item, how)
    const shown = types.filter(isFoundType)
    if (limit === 0) return { items: found, next: undefined }
    for (let at = Number(after?.key ?? 0); at < shown.length; at++) {
      if (found.length === limit) return { items: found, next: { key: at, ordinal: -1 } }
      const from = after !== undefined && after.key === at ? { key: 0, ordinal: after.ordinal } : undefined
      const { items, more } = itemsOfType(this.site, shown[at]!, fits, limit - found.length, from)
      found.push(...items)
      if (more) return { items: found, next: { key: at, ordinal: items.at(-1)!.ordinal } }
    }
    return { items: found, next: undefined }
  }

  private hit(request: EndpointRequest, item: PlacedItem, expand: readonly string[]) {
    const restrictions = this.restrictions.ofHit(item, expand)
    const self = `${this.site.siteUrl}/wiki/rest/api/content/${item.id}`
    const closed = ["container", "metadata", "history", "version", "space", "body", "descendants", "children"]
    const open = new Set(expand.map((name) => name.split(".")[0]))
    return {
      ...brief(item),
      ...(restrictions === undefined ? {} : { restrictions }),
      ...(open.has("ancestors") ? { ancestors: this.ancestors(request, item, expand) } : {}),
      extensions: { position: item.position ?? "none" },
      _expandable: Object.fromEntries(
        [...closed, ...["restrictions", "ancestors"].filter((name) => !open.has(name))].map((name) => [name, ""]),
      ),
      _links: { self, webui: `/spaces/viewpage.action?pageId=${item.id}` },
    }
  }

  /** The content above a hit, the highest first. With their restrictions one in the trash fails the whole answer (CONFCLOUD-77618). */
  private ancestors(request: EndpointRequest, item: PlacedItem, expand: readonly string[]) {
    const above = this.site.chainOf(item).slice(1).toReversed()
    const names = expand.filter((name) => name.startsWith("ancestors.")).map((name) => name.slice("ancestors.".length))
    const trashed = names.some((name) => name.startsWith("restrictions")) ? above.find(isTrashed) : undefined
    if (trashed !== undefined)
      throw new Refusal(
        errorV1(404, "NotFoundException", `Cannot find content. Outdated version/old_draft/trashed: ${trashed.id}`),
      )
    return above.map((each) => {
      if (!this.site.contentExists(each)) throw new Refusal(notFound(request.path))
      const restrictions = this.restrictions.ofHit(each, names)
      return restrictions === undefined ? brief(each) : Object.assign(brief(each), { restrictions })
    })
  }
}

const isTrashed = ({ status }: PlacedItem): boolean => status === "trashed"

const brief = ({ id, type, status, title }: PlacedItem) => ({ id, type, status, title: title.toWellFormed() })
