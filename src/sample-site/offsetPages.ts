/** How the lists of Confluence's v1 API page: by offsets, with a way to the next page that may be missing. */
import { type Answer, json } from "./answers.ts"
import type { EndpointRequest } from "./PagedLists.ts"
import { MOST_ROWS_V1, windowOf } from "./parametersV1.ts"
import type { SiteContent } from "./SiteContent.ts"

/** How a list is paged. */
interface Paging {
  /** Rows in one answer where the request does not say, and most of them. */
  readonly unless: number
  readonly most?: number
  /** It is the search for users, which some sites give no way to the next page. */
  readonly isSearch?: boolean
  /** What the answer has beside its rows. */
  readonly more?: Readonly<Record<string, unknown>>
  /** Tells that the rows are already cut to the page. */
  readonly total?: number | undefined
}

/** One page of rows. */
export const offsetPage = (
  site: SiteContent,
  request: EndpointRequest,
  rows: readonly unknown[],
  { unless, most = MOST_ROWS_V1, isSearch = false, more = {}, total }: Paging,
): Answer => {
  const { start, limit } = windowOf(request, unless, most)
  const results = total === undefined ? rows.slice(start, start + limit) : rows
  const left = start + results.length < (total ?? rows.length) && results.length > 0
  const { nextInV1 } = site.settings.quirks
  const told = nextInV1 === "always" || (nextInV1 === "sometimes" && !isSearch)
  // Relative to the context, without "/wiki" (as Atlassian's v1 document shows it).
  const query = new URLSearchParams(request.query)
  query.set("start", String(start + results.length))
  query.set("limit", String(limit))
  const next = left && told ? { next: `${request.path.replace(/^\/wiki/, "")}?${query}` } : {}
  const value = {
    results,
    start,
    limit,
    size: results.length,
    ...more,
    _links: { ...next, base: `${site.siteUrl}/wiki`, context: "/wiki", self: `${site.siteUrl}${request.path}` },
  }
  return { ...json(200, value), rows: results.length }
}
