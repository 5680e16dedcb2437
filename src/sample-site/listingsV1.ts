/** The endpoints of Confluence's v1 API that are still there and needed: who am I, groups, members, searches. */
import { type Answer, json } from "./answers.ts"
import { isFoundType, isIndexed, itemsOfType } from "./contentSearch.ts"
import type { PlacedItem } from "./contentTypes.ts"
import { readCql, type Search } from "./cql.ts"
import { offsetPage } from "./offsetPages.ts"
import type { EndpointRequest } from "./PagedLists.ts"
import { allowParameters, badRequest, MOST_ROWS_V1, windowOf } from "./parametersV1.ts"
import type { SiteUser } from "./people.ts"
import type { SiteContent } from "./SiteContent.ts"
import { groupV1, userV1 } from "./usersV1.ts"

/** Answers the v1 endpoints of one site. */
export class ListingsV1 {
  private readonly site: SiteContent

  constructor(site: SiteContent) {
    this.site = site
  }

  /** `GET /rest/api/user/current`; an anonymous visitor is answered too. */
  currentUser(request: EndpointRequest): Answer {
    allowParameters(request, ["expand"])
    if (request.viewer === "user") return { ...json(200, this.user(this.site.users[0] as SiteUser)), rows: 1 }
    return json(200, {
      type: "anonymous",
      accountId: null,
      accountType: "",
      email: "",
      publicName: "Anonymous",
      displayName: "Anonymous",
      profilePicture: { path: "/wiki/aa-avatar/default", width: 48, height: 48, isDefault: true },
      _links: {
        self: `${this.site.siteUrl}/wiki/rest/api/user/anonymous`,
        base: `${this.site.siteUrl}/wiki`,
        context: "/wiki",
      },
    })
  }

  /** `GET /rest/api/group`, by name. */
  groups(request: EndpointRequest): Answer {
    allowParameters(request, ["start", "limit", "accessType"])
    const groups = this.site.groups.toSorted((a, b) =>
      a.name < b.name ? -1 : a.name > b.name ? 1 : a.id < b.id ? -1 : 1,
    )
    const rows = groups.map((group) => groupV1(this.site.siteUrl, group))
    return this.page(request, rows, 200, "groups", {})
  }

  /** `GET /rest/api/group/{id}/membersByGroupId`: suspended users are left out, an unknown group is empty. */
  members(request: EndpointRequest): Answer {
    allowParameters(request, ["start", "limit", "shouldReturnTotalSize", "expand"])
    if (Number(request.query.get("limit") ?? 0) > MOST_ROWS_V1)
      throw badRequest(`limit must not be greater than ${MOST_ROWS_V1}`)
    const rows = this.membersOf(request.parts[0] ?? "")
    const total = request.query.get("shouldReturnTotalSize") === "true" ? { totalSize: rows.length } : {}
    return this.page(request, rows, 200, "members", total)
  }

  /** The members of a group as the list gives them. */
  membersOf(groupId: string): unknown[] {
    const group = this.site.groups.find((candidate) => candidate.id === groupId)
    return this.site.users
      .filter((user) => group?.members.has(user.accountId) === true && user.accountStatus === "active")
      .map((user) => this.user(user))
  }

  /** `GET /rest/api/search/user`: licensed active users only. */
  searchUsers(request: EndpointRequest): Answer {
    allowParameters(request, ["cql", "start", "limit", "expand", "sitePermissionTypeFilter"])
    const cql = request.query.get("cql") ?? ""
    if (!/^\s*type\s*=\s*"?user"?\s*$/i.test(cql)) throw badRequest(`Could not parse cql : ${cql}`)
    const all = request.query.get("sitePermissionTypeFilter") === "all"
    const found = this.searchable(all)
    const rows = found.map((user) => ({
      user: this.user(user),
      title: user.displayName,
      excerpt: "",
      url: `/people/${user.accountId}`,
      breadcrumbs: [],
      entityType: "user",
      iconCssClass: "aui-icon content-type-profile",
      lastModified: new Date(0).toISOString(),
      score: 0,
    }))
    return this.page(request, rows, 25, "users", { totalSize: rows.length, cqlQuery: cql, searchDuration: 7 })
  }

  /** The users that the search finds: people with a licence, and guests only when all are asked for. */
  searchable(guestsToo: boolean): readonly SiteUser[] {
    return this.site.users.filter(
      (user) => user.accountType === "atlassian" && user.accountStatus === "active" && (guestsToo || !user.guest),
    )
  }

  /** `GET /rest/api/search` for content (cql.ts): hits by offset, and how many there are in all. */
  search(request: EndpointRequest): Answer {
    allowParameters(request, ["cql", "cqlcontext", "start", "limit", "includeArchivedSpaces", "excerpt", "expand"])
    const cql = request.query.get("cql") ?? ""
    const search = readCql(cql)
    if (search === undefined) throw badRequest(`Could not parse cql : ${cql}`)
    const found = this.found(search, request)
    const counted = this.counted(search)
    const { start, limit } = windowOf(request, 25)
    const hits = found.slice(start, start + limit).map((item) => this.hit(item))
    return this.page(
      request,
      hits,
      25,
      "hits",
      { totalSize: found.length + counted, cqlQuery: cql, searchDuration: 12 },
      found.length,
    )
  }

  /** How many comments and attachments there are, as far as they are searched for; their hits are not shown. */
  private counted({ types }: Search): number {
    const { site } = this
    const lists = [
      ...(types.includes("comment") ? [site.footerComments, site.inlineComments] : []),
      ...(types.includes("attachment") ? [site.attachments] : []),
    ]
    return lists.reduce((sum, { size }) => sum + size, 0)
  }

  /** Visible content of the searched types, type by type. */
  private found(search: Search, { query, viewer }: EndpointRequest): readonly PlacedItem[] {
    const how = { viewer, archivedSpaces: query.get("includeArchivedSpaces") === "true" }
    const fits = (item: PlacedItem) => isIndexed(this.site, search, item, how)
    return search.types.filter(isFoundType).flatMap((type) => itemsOfType(this.site, type, fits).items)
  }

  private hit(item: PlacedItem) {
    const title = item.title.toWellFormed()
    return {
      content: { id: item.id, type: item.type, status: item.status, title },
      title,
      excerpt: "",
      url: `/spaces/viewpage.action?pageId=${item.id}`,
      breadcrumbs: [],
      entityType: "content",
      iconCssClass: `aui-icon content-type-${item.type}`,
      lastModified: new Date(item.version.at).toISOString(),
      score: 0,
    }
  }

  /** A user in the older shape. */
  private user(user: SiteUser) {
    return userV1(this.site.siteUrl, user)
  }

  /** One page of rows; `total` tells that the rows are already cut to the page. */
  private page(
    request: EndpointRequest,
    rows: readonly unknown[],
    unless: number,
    list: "groups" | "members" | "users" | "hits",
    more: Readonly<Record<string, unknown>>,
    total?: number,
  ): Answer {
    return offsetPage(this.site, request, rows, { unless, isSearch: list === "users", more, total })
  }
}
