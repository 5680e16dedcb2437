/**
 * Who alone may read or change a content: `GET /rest/api/content/{id}/restriction` and below. Only what the content itself carries is
 * told, never what it inherits; each list of users or of groups is paged by itself.
 */
import { type Answer, errorV1, json, notFound, Refusal } from "./answers.ts"
import { isTreeType, type PlacedItem } from "./contentTypes.ts"
import type { EndpointRequest } from "./PagedLists.ts"
import { allowParameters, badRequest, expansions, MOST_ROWS_V1, windowOf } from "./parametersV1.ts"
import { type Operation, OPERATIONS } from "./restrictions.ts"
import { fingerprint } from "./seededChance.ts"
import type { SiteContent } from "./SiteContent.ts"
import { groupV1, unknownUserV1, userV1 } from "./usersV1.ts"

/** How many users, and how many groups, an answer names unless it is told. */
const USUAL_LIMIT = 100

const PARTS = ["user", "group"] as const
type Part = (typeof PARTS)[number]

const OF_BOTH = ["restrictions.user", "restrictions.group", "content"]
const OF_EACH = OPERATIONS.flatMap((operation) => PARTS.map((part) => `${operation}.restrictions.${part}`))

/** Which principals to tell of an operation, and which page of them. */
interface Wish {
  readonly parts: readonly Part[]
  readonly content: boolean
  readonly start: number
  readonly limit: number
}

/** Answers what is asked about the restrictions of one site's content. */
export class RestrictionLists {
  private readonly site: SiteContent

  constructor(site: SiteContent) {
    this.site = site
  }

  /** `GET /content/{id}/restriction` */
  both(request: EndpointRequest): Answer {
    allowParameters(request, ["expand", "start", "limit"])
    const expand = this.expand(request, [...OF_BOTH, ...OF_EACH])
    const item = this.content(request)
    const { start, limit } = windowOf(request, USUAL_LIMIT)
    const results = OPERATIONS.map((operation) => {
      const parts = PARTS.filter(
        (part) => isWanted(expand, part) || expand?.includes(`${operation}.restrictions.${part}`),
      )
      return this.restriction(item, operation, { ...this.wish(expand, parts), start, limit })
    })
    const restrictionsHash = fingerprint(JSON.stringify(this.site.restrictionsOf(item)))
    const value = { results, start, limit, size: results.length, restrictionsHash, _links: this.links(request.path) }
    return { ...json(200, value), rows: results.length }
  }

  /** `GET /content/{id}/restriction/byOperation` */
  byOperation(request: EndpointRequest): Answer {
    allowParameters(request, ["expand"])
    const expand = this.expand(request, OF_BOTH)
    const item = this.content(request)
    const { restrictionShape } = this.site.settings.quirks
    const each = (operation: Operation) => {
      const wish = this.wish(
        expand,
        PARTS.filter((part) => isWanted(expand, part)),
      )
      const told = this.restriction(item, operation, { ...wish, start: 0, limit: USUAL_LIMIT })
      return restrictionShape === "direct" ? told : { operationType: told, _links: this.links(request.path) }
    }
    const operations = Object.fromEntries(OPERATIONS.map((operation) => [operation, each(operation)]))
    return { ...json(200, { ...operations, _links: this.links(request.path) }), rows: OPERATIONS.length }
  }

  /** `GET /content/{id}/restriction/byOperation/{operationKey}` */
  ofOperation(request: EndpointRequest): Answer {
    allowParameters(request, ["expand", "start", "limit"])
    const expand = this.expand(request, OF_BOTH)
    const operation = OPERATIONS.find((known) => known === request.parts[1])
    if (operation === undefined) throw new Refusal(notFound(request.path))
    const item = this.content(request)
    const wish = this.wish(
      expand,
      PARTS.filter((part) => isWanted(expand, part)),
    )
    const value = this.restriction(item, operation, { ...wish, ...windowOf(request, USUAL_LIMIT) })
    return { ...json(200, value), rows: 1 }
  }

  /** What a hit of the search tells of its restrictions, by the properties that shall be expanded. */
  ofHit(item: PlacedItem, expand: readonly string[]): Readonly<Record<string, unknown>> | undefined {
    const wanted = expand.filter((name) => /^restrictions(\.|$)/.test(name))
    if (wanted.length === 0 || (isTreeType(item.type) && this.site.settings.quirks.restrictionsOfTree === "404"))
      return undefined
    const self = `/wiki/rest/api/content/${item.id}/restriction/byOperation`
    const told = OPERATIONS.filter((operation) => wanted.some((name) => name.startsWith(`restrictions.${operation}`)))
    const restrictions = told.map((operation) => {
      const parts = PARTS.filter((part) => wanted.includes(`restrictions.${operation}.restrictions.${part}`))
      return [operation, this.restriction(item, operation, { parts, content: false, start: 0, limit: MOST_ROWS_V1 })]
    })
    const left = OPERATIONS.filter((operation) => !told.includes(operation)).map((operation) => [
      operation,
      `${self}/${operation}`,
    ])
    return { ...Object.fromEntries(restrictions), _expandable: Object.fromEntries(left), _links: this.links(self) }
  }

  /** The content that is asked about, if the endpoints know it. */
  private content({ parts: [id = ""], path, viewer }: EndpointRequest): PlacedItem {
    const { restrictionsOfTree, restrictionsOfArchived, restrictionsOfTrashed, restrictionsOfHidden } =
      this.site.settings.quirks
    const item = this.site.placedContent(id)
    if (item === undefined) throw new Refusal(notFound(path))
    if (!this.site.contentVisible(item, viewer))
      throw new Refusal(restrictionsOfHidden === "403" ? forbidden(id) : notFound(path))
    const isKnown =
      (!isTreeType(item.type) || restrictionsOfTree === "200") &&
      (item.status !== "archived" || restrictionsOfArchived === "200") &&
      (item.status !== "trashed" || restrictionsOfTrashed === "200")
    if (!isKnown) throw new Refusal(notFound(path))
    return item
  }

  private expand(request: EndpointRequest, known: readonly string[]): readonly string[] | undefined {
    const expand = expansions(request)
    const odd = expand?.find((name) => !known.includes(name))
    if (odd !== undefined) throw badRequest(`'${odd}' is not a valid expansion`)
    return expand
  }

  private wish(expand: readonly string[] | undefined, parts: readonly Part[]): Pick<Wish, "parts" | "content"> {
    return { parts, content: expand?.includes("content") === true }
  }

  private restriction(item: PlacedItem, operation: Operation, wish: Wish) {
    const { id, type, status } = item
    const content = { id, type, status, title: item.title.toWellFormed() }
    const named = this.site.namedIn(this.site.restrictionsOf(item)[operation])
    const lists = {
      user: () => this.page(named.users, wish, (accountId) => this.user(accountId)),
      group: () => this.page(named.groups, wish, (groupId) => this.group(groupId)),
    }
    const left = PARTS.filter((part) => !wish.parts.includes(part)).map((part) => [part, ""])
    return {
      operation,
      restrictions: {
        ...Object.fromEntries(wish.parts.map((part) => [part, lists[part]()])),
        ...(left.length === 0 ? {} : { _expandable: Object.fromEntries(left) }),
      },
      ...(wish.content ? { content } : {}),
      _expandable: wish.content ? {} : { content: `/rest/api/content/${id}` },
      _links: this.links(`/wiki/rest/api/content/${id}/restriction/byOperation/${operation}`),
    }
  }

  /** One page of principals; it tells its size and its limit, but not whether there are more. */
  private page<A>(ids: readonly string[], { start, limit }: Wish, show: (id: string) => A) {
    const { maxPrincipals } = this.site.settings
    const most = maxPrincipals === 0 ? limit : Math.min(maxPrincipals, limit)
    const results = ids.slice(start, start + most).map(show)
    return { results, start, limit: most, size: results.length }
  }

  private user(accountId: string) {
    const user = this.site.users.find((each) => each.accountId === accountId)
    return user === undefined || user.accountStatus === "closed"
      ? unknownUserV1(this.site.siteUrl, accountId)
      : userV1(this.site.siteUrl, user)
  }

  private group(id: string) {
    const known = this.site.groups.find((each) => each.id === id)
    const deleted = { id, name: "deleted-group", usageType: "USERBASE_GROUP", managedBy: "ADMINS" } as const
    return groupV1(this.site.siteUrl, known ?? deleted)
  }

  private links(path: string) {
    return { self: `${this.site.siteUrl}${path}`, base: `${this.site.siteUrl}/wiki`, context: "/wiki" }
  }
}

/** Without an `expand` both lists are told. */
const isWanted = (expand: readonly string[] | undefined, part: Part): boolean =>
  expand === undefined || expand.includes(`restrictions.${part}`)

const forbidden = (id: string): Answer =>
  errorV1(403, "PermissionException", `User is not permitted to view the content with id ${id}`)
