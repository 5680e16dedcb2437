/** The addresses of the sample site below its root: which endpoint answers, under which scopes, and what has been removed. */
import type { Answer } from "./answers.ts"
import { errorV1 } from "./answers.ts"
import { AuditLists } from "./auditLists.ts"
import { ChildLists } from "./childLists.ts"
import { ContainerLists } from "./containerLists.ts"
import { ContentSearch } from "./contentSearch.ts"
import { TREE_TYPES } from "./contentTypes.ts"
import type { ScopeChoices } from "./credentials.ts"
import { CustomContentLists } from "./CustomContentLists.ts"
import { LabelLists } from "./labelLists.ts"
import { ATTACHMENTS, COMMENTS } from "./listForms.ts"
import { Listings } from "./listings.ts"
import { ListingsV1 } from "./listingsV1.ts"
import type { EndpointRequest } from "./PagedLists.ts"
import { RestrictionLists } from "./restrictionLists.ts"
import { RoleLists } from "./roleLists.ts"
import { Singles } from "./singles.ts"
import type { SiteContent } from "./SiteContent.ts"
import { TaskLists } from "./taskLists.ts"
import { TemplateLists } from "./templateLists.ts"
import { TreeLists } from "./treeLists.ts"

/** An endpoint: its path with {} for variable parts, and what answers it. */
export interface Endpoint {
  readonly method: "GET" | "POST"
  readonly template: string
  readonly scopes: ScopeChoices
  readonly answer: (request: EndpointRequest) => Answer
}

/** v1 reads that Atlassian has removed (CHANGE-864). Paths below /wiki/rest/api. */
const REMOVED: readonly RegExp[] = [
  /^\/content$/,
  /^\/content\/\d+$/,
  /^\/content\/[^/]+\/child(\/(?!attachment\/[^/]+\/download$).*)?$/,
  /^\/content\/[^/]+\/(history|label|property(\/.*)?|version(\/.*)?)$/,
  /^\/space$/,
  /^\/space\/[^/]+$/,
  /^\/space\/[^/]+\/(content(\/.*)?|property(\/.*)?)$/,
  /^\/inlinetasks\/.*$/,
  /^\/group\/(member|by-name|[^/]+\/member)$/,
  /^\/user\/bulk\/migration$/,
]

const MEMBER_SCOPES = [["read:confluence-groups"], ["read:group:confluence", "read:user:confluence"]] as const

/** Content that has lists of its own: its name in paths, its kind, and its scope. */
const CONTENT = [
  ["pages", "page", "page"],
  ["blogposts", "blogpost", "page"],
  ["footer-comments", "footer-comment", "comment"],
  ["inline-comments", "inline-comment", "comment"],
  ["attachments", "attachment", "attachment"],
] as const

/** The endpoints of one site. */
export class Endpoints {
  private readonly fixed = new Map<string, Endpoint>()
  private readonly variable: { readonly pattern: RegExp; readonly endpoint: Endpoint }[] = []

  constructor(site: SiteContent) {
    const lists = new Listings(site)
    const own = new ContainerLists(site)
    const singles = new Singles(site)
    const v1 = new ListingsV1(site)
    const tree = new TreeLists(site)
    const ofSpace = new RoleLists(site)
    const page = [["read:page:confluence"]]
    const comment = [["read:comment:confluence"]]
    const attachment = [["read:attachment:confluence"]]
    this.get("/wiki/api/v2/spaces", [["read:space:confluence"]], (r) => lists.spaces(r))
    this.get("/wiki/api/v2/spaces/{}/permissions", [["read:space:confluence"]], (r) => ofSpace.permissions(r))
    this.get("/wiki/api/v2/spaces/{}/properties", [["read:space:confluence"]], (r) => ofSpace.properties(r))
    const roles = [["read:space.permission:confluence"]]
    this.get("/wiki/api/v2/spaces/{}/role-assignments", roles, (r) => ofSpace.assignments(r))
    this.get("/wiki/api/v2/space-roles", roles, (r) => ofSpace.roles(r))
    this.get("/wiki/api/v2/space-role-mode", [["read:configuration:confluence"]], (r) => ofSpace.mode(r))
    this.get("/wiki/api/v2/pages", page, (r) => lists.content(r, "page"))
    this.get("/wiki/api/v2/blogposts", page, (r) => lists.content(r, "blogpost"))
    this.get("/wiki/api/v2/footer-comments", comment, (r) => lists.comments(r, "footer-comment"))
    this.get("/wiki/api/v2/inline-comments", comment, (r) => lists.comments(r, "inline-comment"))
    this.get("/wiki/api/v2/footer-comments/{}/children", comment, (r) => own.replies(r, "footer-comment"))
    this.get("/wiki/api/v2/inline-comments/{}/children", comment, (r) => own.replies(r, "inline-comment"))
    this.get("/wiki/api/v2/attachments", attachment, (r) => lists.attachments(r))
    for (const [plural, type] of [
      ["pages", "page"],
      ["blogposts", "blogpost"],
    ] as const) {
      for (const kind of ["footer-comment", "inline-comment"] as const) {
        this.get(`/wiki/api/v2/${plural}/{}/${kind}s`, comment, (r) => own.commentsOn(r, type, kind))
      }
      this.get(`/wiki/api/v2/${plural}/{}/attachments`, attachment, (r) => own.attachmentsOf(r, type))
    }
    this.get("/wiki/api/v2/attachments/{}/footer-comments", comment, (r) => own.commentsOnFile(r))
    this.get("/wiki/api/v2/custom-content/{}/footer-comments", comment, (r) => own.ofCustomContent(r, COMMENTS))
    this.get("/wiki/api/v2/custom-content/{}/attachments", attachment, (r) => own.ofCustomContent(r, ATTACHMENTS))
    const custom = new CustomContentLists(site)
    const customContent = [["read:custom-content:confluence"]]
    this.get("/wiki/api/v2/custom-content", customContent, (r) => custom.list(r))
    this.get("/wiki/api/v2/custom-content/{}", customContent, (r) => custom.one(r))
    this.get("/wiki/api/v2/pages/{}", page, (r) => singles.one(r, "page"))
    this.get("/wiki/api/v2/blogposts/{}", page, (r) => singles.one(r, "blogpost"))
    this.get("/wiki/api/v2/attachments/{}", attachment, (r) => singles.one(r, "attachment"))
    this.get("/wiki/api/v2/footer-comments/{}", comment, (r) => singles.one(r, "footer-comment"))
    this.get("/wiki/api/v2/inline-comments/{}", comment, (r) => singles.one(r, "inline-comment"))
    for (const type of TREE_TYPES)
      this.get(`/wiki/api/v2/${type}s/{}`, [[`read:${type}:confluence`]], (r) => singles.one(r, type))
    const hierarchy = [["read:hierarchical-content:confluence"]]
    for (const type of ["page", ...TREE_TYPES] as const) {
      this.get(`/wiki/api/v2/${type}s/{}/descendants`, hierarchy, (r) => tree.descendants(r, type))
      this.get(`/wiki/api/v2/${type}s/{}/direct-children`, hierarchy, (r) => tree.directChildren(r, type))
      this.get(`/wiki/api/v2/${type}s/{}/ancestors`, [["read:content.metadata:confluence"]], (r) =>
        tree.ancestors(r, type),
      )
    }
    this.put("POST", "/wiki/api/v2/users-bulk", [["read:user:confluence"]], (r) => singles.usersBulk(r))
    this.put("POST", "/wiki/api/v2/content/convert-ids-to-types", [["read:content.metadata:confluence"]], (r) =>
      singles.types(r),
    )
    this.get("/wiki/rest/api/user/current", [["read:confluence-user"], ["read:content-details:confluence"]], (r) =>
      v1.currentUser(r),
    )
    this.get("/wiki/rest/api/group", [["read:confluence-groups"], ["read:group:confluence"]], (r) => v1.groups(r))
    this.get("/wiki/rest/api/group/{}/membersByGroupId", MEMBER_SCOPES, (r) => v1.members(r))
    this.get("/wiki/rest/api/search/user", [["read:content-details:confluence"]], (r) => v1.searchUsers(r))
    this.ofContent(new ChildLists(site))
    const labels = new LabelLists(site)
    this.get("/wiki/api/v2/labels", [["read:label:confluence"]], (r) => labels.labels(r))
    this.get("/wiki/api/v2/spaces/{}/labels", [["read:space:confluence"]], (r) => labels.ofSpace(r))
    for (const [plural, type] of [
      ["pages", "page"],
      ["blogposts", "blogpost"],
    ] as const) {
      this.get(`/wiki/api/v2/labels/{}/${plural}`, page, (r) => labels.content(r, type))
      this.get(`/wiki/api/v2/${plural}/{}/labels`, page, (r) => labels.ofContent(r, type))
    }
    this.get("/wiki/api/v2/labels/{}/attachments", attachment, (r) => labels.attachments(r))
    this.get("/wiki/api/v2/attachments/{}/labels", attachment, (r) => labels.ofContent(r, "attachment"))
    this.get("/wiki/api/v2/classification-levels", [["read:configuration:confluence"]], (r) => labels.levels(r))
    const search = new ContentSearch(site)
    const bySearch = [["search:confluence"], ["read:content-details:confluence"]]
    this.get("/wiki/rest/api/content/search", bySearch, (r) => search.search(r))
    const restrictions = new RestrictionLists(site)
    const details = [["read:confluence-content.all"], ["read:content-details:confluence"]]
    const restriction = "/wiki/rest/api/content/{}/restriction"
    this.get(restriction, details, (r) => restrictions.both(r))
    this.get(`${restriction}/byOperation`, details, (r) => restrictions.byOperation(r))
    this.get(`${restriction}/byOperation/{}`, details, (r) => restrictions.ofOperation(r))
    const audit = new AuditLists(site)
    this.get("/wiki/rest/api/audit", [["read:audit-log:confluence"]], (r) => audit.records(r))
    const taskLists = new TaskLists(site)
    this.get("/wiki/api/v2/tasks", [["read:task:confluence"]], (r) => taskLists.tasks(r))
    const templates = new TemplateLists(site)
    const template = [
      ["read:confluence-content.summary"],
      ["read:template:confluence", "read:content-details:confluence"],
    ]
    this.get("/wiki/rest/api/template/page", template, (r) => templates.pages(r))
    this.get("/wiki/rest/api/template/blueprint", template, (r) => templates.blueprints(r))
    this.get("/wiki/rest/api/search", bySearch, (r) => v1.search(r))
  }

  /** What content has of its own. */
  private ofContent(children: ChildLists): void {
    for (const [plural, kind, scope] of CONTENT) {
      const scopes = [[`read:${scope}:confluence`]]
      const isComment = kind === "footer-comment" || kind === "inline-comment"
      if (!isComment) this.get(`/wiki/api/v2/${plural}/{}/properties`, scopes, (r) => children.properties(r, kind))
      this.get(`/wiki/api/v2/${plural}/{}/versions`, scopes, (r) => children.versions(r, kind))
      if (kind !== "attachment")
        this.get(`/wiki/api/v2/${plural}/{}/likes/users`, scopes, (r) => children.likes(r, kind))
    }
    const custom = [["read:custom-content:confluence"]]
    this.get("/wiki/api/v2/custom-content/{}/properties", custom, (r) => children.properties(r, "custom-content"))
    this.get("/wiki/api/v2/custom-content/{}/versions", custom, (r) => children.versions(r, "custom-content"))
    for (const type of TREE_TYPES)
      this.get(`/wiki/api/v2/${type}s/{}/properties`, [[`read:${type}:confluence`]], (r) =>
        children.properties(r, type),
      )
    this.get("/wiki/api/v2/comments/{}/properties", [["read:comment:confluence"]], (r) =>
      children.properties(r, "comment"),
    )
    const analytics = [["read:confluence-content.summary"], ["read:analytics.content:confluence"]]
    for (const what of ["views", "viewers"] as const)
      this.get(`/wiki/rest/api/analytics/content/{}/${what}`, analytics, (r) => children.views(r, what))
  }

  /** The endpoint of a request and the values of its path's variable parts. */
  find(method: string, path: string): { readonly endpoint: Endpoint; readonly parts: readonly string[] } | undefined {
    const fixed = this.fixed.get(`${method} ${path}`)
    if (fixed !== undefined) return { endpoint: fixed, parts: [] }
    for (const { pattern, endpoint } of this.variable) {
      const match = endpoint.method === method ? pattern.exec(path) : null
      if (match !== null) return { endpoint, parts: match.slice(1) }
    }
    return undefined
  }

  /** Every scope that some endpoint takes, in the order of the alphabet. */
  scopes(): readonly string[] {
    const endpoints = [...this.fixed.values(), ...this.variable.map(({ endpoint }) => endpoint)]
    return [...new Set(endpoints.flatMap((endpoint) => endpoint.scopes.flat()))].toSorted()
  }

  private get(template: string, scopes: ScopeChoices, answer: Endpoint["answer"]): void {
    this.put("GET", template, scopes, answer)
  }

  private put(method: Endpoint["method"], template: string, scopes: ScopeChoices, answer: Endpoint["answer"]): void {
    const endpoint = { method, template, scopes, answer }
    if (!template.includes("{}")) this.fixed.set(`${method} ${template}`, endpoint)
    else this.variable.push({ pattern: new RegExp(`^${template.replaceAll("{}", "([^/]+)")}$`), endpoint })
  }
}

/** The answer of an endpoint that Atlassian has removed, if the path is one's. */
export const removedEndpoint = (path: string): Answer | undefined => {
  const below = path.startsWith("/wiki/rest/api/") ? path.slice("/wiki/rest/api".length) : undefined
  return below !== undefined && REMOVED.some((pattern) => pattern.test(below))
    ? errorV1(410, "GoneException", "This deprecated endpoint has been removed.")
    : undefined
}
