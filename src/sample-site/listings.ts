/**
 * The lists of Confluence's v2 API. A list pages over everything that its filters let through; what the viewer may not see
 * is taken out after that, so an answer can hold fewer rows than asked for, or none, and still have a next one.
 */
import { type Answer, notFound, Refusal, written } from "./answers.ts"
import { ByteWriter } from "./ByteWriter.ts"
import type { Collection, Item, Order, Position, Scan } from "./Collection.ts"
import { readCursor, writeCursor } from "./cursors.ts"
import type { Container } from "./comments.ts"
import type { ContentItem } from "./pages.ts"
import { ATTACHMENTS, BLOG_POSTS, COMMENTS, CONTAINER_COMMENTS, PAGES, SPACES } from "./listForms.ts"
import { type ParameterForms, Parameters } from "./parameters.ts"
import { type BodyWish, Rows } from "./rows.ts"
import type { SiteContent, Viewer } from "./SiteContent.ts"
import type { SiteSpace } from "./spaces.ts"

/** A request to an endpoint: its path below the site, its query and who asks. */
export interface EndpointRequest {
  readonly path: string
  readonly query: URLSearchParams
  readonly body: string
  readonly viewer: Viewer
  /** The values of the path's variable parts. */
  readonly parts: readonly string[]
}

type ContainerType = Container["type"]
type CommentKind = "footer-comment" | "inline-comment"

const isSame = (a: Container, b: Container): boolean => a.type === b.type && a.ordinal === b.ordinal

/** The order of a collection that a sort field asks for. */
const orderOf = (field: string): Order => (field === "modified-date" ? "modified" : field === "title" ? "title" : "id")

const bodyWish = (parameters: Parameters): BodyWish | undefined => {
  const format = parameters.text("body-format")
  return format === undefined ? undefined : { format }
}

/** Answers the v2 lists of one site. */
export class Listings {
  private readonly site: SiteContent
  private readonly rows: Rows

  constructor(site: SiteContent) {
    this.site = site
    this.rows = new Rows(site)
  }

  /** `GET /spaces` */
  spaces(request: EndpointRequest): Answer {
    const p = this.parameters(request, SPACES)
    const ids = p.list("ids")
    const keys = p.list("keys")
    const status = p.text("status") ?? (this.site.settings.quirks.archivedSpacesByDefault ? undefined : "current")
    const type = p.text("type")
    // Nothing on the sample site is labelled, and nobody has favourites.
    const nothing = p.list("labels") !== undefined || p.text("favorited-by") !== undefined
    const { field, descending } = p.sort()
    const keyOf = (space: SiteSpace) => (field === "key" ? space.key : field === "name" ? space.name : 0)
    const { after, before } = this.cursor(request)
    const follows = (space: SiteSpace) => {
      if (after === undefined) return true
      const order = compare(keyOf(space), space.index, after.key, after.ordinal)
      return descending ? order < 0 : order > 0
    }
    const matching = this.site.spaces
      .filter(
        (space) =>
          !nothing &&
          !space.deleted &&
          (ids === undefined || ids.includes(space.id)) &&
          // The filter by keys does not find personal spaces (reported: unreliable for keys that start with "~").
          (keys === undefined || (keys.includes(space.key) && space.type !== "personal")) &&
          (type === undefined || space.type === type) &&
          (status === undefined || space.status === status) &&
          follows(space),
      )
      .sort((a, b) => compare(keyOf(a), a.index, keyOf(b), b.index) * (descending ? -1 : 1))
    const limit = this.pageSize(p)
    const page = matching.slice(0, limit)
    const last = page[page.length - 1]
    const next = matching.length > limit && last !== undefined ? { key: keyOf(last), ordinal: last.index } : undefined
    const shown = page.filter((space) => this.site.spaceVisible(space, request.viewer))
    return this.answer(request, shown, next, before, 600, (w, space) =>
      this.rows.space(w, space, p.text("description-format"), p.flag("include-icon", false)),
    )
  }

  /** `GET /pages` and `GET /blogposts` */
  content(request: EndpointRequest, type: "page" | "blogpost"): Answer {
    const p = this.parameters(request, type === "page" ? PAGES : BLOG_POSTS)
    const ids = p.list("id")
    const spaceIds = p.list("space-id")
    const statuses = p.list("status") ?? (type === "page" ? ["current", "archived"] : ["current"])
    const title = p.text("title")
    const subtype = p.text("subtype")
    const archived = this.site.settings.quirks.contentOfArchivedSpaces || spaceIds !== undefined
    const accepts = (item: ContentItem) =>
      statuses.includes(item.status) &&
      this.site.contentExists(item) &&
      (archived || this.site.spaces[item.space]?.status === "current") &&
      (title === undefined || item.title === title) &&
      (subtype === undefined || (item.subtype ?? "page") === subtype)
    const collection = this.site.collection(type)
    const spaces = spaceIds && [...new Set(spaceIds.flatMap((id) => this.site.spaceById(id)?.index ?? []))]
    const { items, next, before } =
      ids === undefined
        ? this.scan(request, p, collection, {
            spaces,
            likely: (ordinal) => statuses.includes(this.site.generatedStatus(type, ordinal)),
            accepts,
          })
        : this.byId(
            request,
            p,
            collection,
            type,
            ids,
            (item) => accepts(item) && (spaces?.includes(item.space) ?? true),
          )
    const body = bodyWish(p)
    const shown = items.filter((item) => this.site.contentVisible(item, request.viewer))
    return this.answer(request, shown, next, before, body === undefined ? 1100 : 6000, (w, item) =>
      this.rows.content(w, item, body),
    )
  }

  /** `GET /footer-comments` and `GET /inline-comments` */
  comments(request: EndpointRequest, kind: "footer-comment" | "inline-comment"): Answer {
    const p = this.parameters(request, COMMENTS)
    const { repliesInCommentLists } = this.site.settings.quirks
    const { items, next, before } = this.scan(request, p, this.site.comments(kind), {
      accepts: (item) =>
        (repliesInCommentLists || item.parentOrdinal === null) &&
        this.site.containerState(item.container, request.viewer) !== "absent",
    })
    const shown = items.filter((item) => this.site.containerState(item.container, request.viewer) === "shown")
    return this.answer(request, shown, next, before, 1500, (w, item) =>
      this.rows.comment(w, kind, item, bodyWish(p), "site"),
    )
  }

  /** `GET /footer-comments/{id}/children` and `GET /inline-comments/{id}/children` */
  replies(request: EndpointRequest, kind: "footer-comment" | "inline-comment"): Answer {
    const p = this.parameters(request, COMMENTS)
    const collection = this.site.comments(kind)
    const ordinal = this.site.ordinalOf(kind, request.parts[0] ?? "")
    const parent = ordinal === undefined ? undefined : collection.get(ordinal)
    const fate = parent?.gone === false ? this.site.containerFate(parent.container, request.viewer) : undefined
    const { listsOfTrashed } = this.site.settings.quirks
    const isFound = fate?.visible === true && (fate.place !== "trashed" || listsOfTrashed !== "404")
    if (parent === undefined || !isFound || fate.place === "gone") throw new Refusal(notFound(request.path))
    const shows = fate.place !== "trashed" || listsOfTrashed === "all"
    const { items, next, before } = this.chosen(
      request,
      p,
      collection,
      this.site.replies(kind, parent.ordinal),
      () => shows,
    )
    return this.answer(request, items, next, before, 1500, (w, item) =>
      this.rows.comment(w, kind, item, bodyWish(p), "replies"),
    )
  }

  /** `GET /pages/{id}/footer-comments` and the like: the comments on the content itself. */
  commentsOn(request: EndpointRequest, type: ContainerType, kind: CommentKind): Answer {
    const p = this.parameters(request, CONTAINER_COMMENTS)
    const { container, shows } = this.container(request, type)
    const { items, next, before } = this.scan(request, p, this.site.comments(kind), {
      accepts: (item) => shows && item.parentOrdinal === null && isSame(item.container, container),
    })
    return this.answer(request, items, next, before, 1500, (w, item) =>
      this.rows.comment(w, kind, item, bodyWish(p), "container"),
    )
  }

  /** `GET /pages/{id}/attachments` and `GET /blogposts/{id}/attachments` */
  attachmentsOf(request: EndpointRequest, type: ContainerType): Answer {
    const p = this.parameters(request, ATTACHMENTS)
    const { container, shows } = this.container(request, type)
    const statuses = p.list("status") ?? ["current", "archived"]
    const { items, next, before } = this.scan(request, p, this.site.attachments, {
      accepts: (item) => shows && statuses.includes(item.status) && isSame(item.container, container),
    })
    return this.answer(request, items, next, before, 1500, (w, item) => this.rows.attachment(w, item))
  }

  /** The content that a list is asked of, and whether it shows what hangs on it. */
  private container(request: EndpointRequest, type: ContainerType) {
    const ordinal = this.site.ordinalOf(type, request.parts[0] ?? "")
    const container = ordinal === undefined ? undefined : { type, ordinal }
    const { place, visible } =
      container === undefined ? { place: "gone", visible: false } : this.site.containerFate(container, request.viewer)
    const { listsOfTrashed } = this.site.settings.quirks
    const isUnknown = place === "gone" || !visible || (place === "trashed" && listsOfTrashed === "404")
    if (container === undefined || isUnknown) throw new Refusal(notFound(request.path))
    return { container, shows: place !== "trashed" || listsOfTrashed === "all" }
  }

  /** `GET /attachments` */
  attachments(request: EndpointRequest): Answer {
    const p = this.parameters(request, ATTACHMENTS)
    const statuses = p.list("status") ?? ["current", "archived"]
    const mediaType = p.text("mediaType")
    const fileName = p.text("filename")
    const { items, next, before } = this.scan(request, p, this.site.attachments, {
      accepts: (item) =>
        statuses.includes(item.status) &&
        (mediaType === undefined || item.mediaType === mediaType) &&
        (fileName === undefined || item.title === fileName) &&
        this.site.containerState(item.container, request.viewer) !== "absent",
    })
    const shown = items.filter((item) => this.site.containerState(item.container, request.viewer) === "shown")
    return this.answer(request, shown, next, before, 1500, (w, item) => this.rows.attachment(w, item))
  }

  private parameters(request: EndpointRequest, forms: ParameterForms): Parameters {
    return new Parameters(request.query, forms, this.site.settings.quirks.lists)
  }

  private cursor(request: EndpointRequest) {
    return readCursor(request.path, request.query, this.site.settings, this.site.siteTime())
  }

  private pageSize(p: Parameters): number {
    const { maxPageSize } = this.site.settings
    return maxPageSize > 0 ? Math.min(maxPageSize, p.limit()) : p.limit()
  }

  private scan<I extends Item>(
    request: EndpointRequest,
    p: Parameters,
    collection: Collection<I>,
    how: Pick<Scan<I>, "accepts" | "likely" | "spaces">,
  ) {
    const { field, descending } = p.sort()
    const { after, before } = this.cursor(request)
    return { ...collection.scan({ ...how, order: orderOf(field), descending, after, limit: this.pageSize(p) }), before }
  }

  private byId(
    request: EndpointRequest,
    p: Parameters,
    collection: Collection<ContentItem>,
    type: "page" | "blogpost",
    ids: readonly string[],
    accepts: (item: ContentItem) => boolean,
  ) {
    const ordinals = new Set(ids.flatMap((id) => this.site.ordinalOf(type, id) ?? []))
    return this.chosen(request, p, collection, [...ordinals], accepts)
  }

  /** Pages over a few chosen items. */
  private chosen<I extends Item>(
    request: EndpointRequest,
    p: Parameters,
    collection: Collection<I>,
    ordinals: readonly number[],
    accepts: (item: I) => boolean,
  ) {
    const { field, descending } = p.sort()
    const order = orderOf(field)
    const keyOf = (item: I) => (order === "modified" ? item.version.at : order === "title" ? item.title : 0)
    const { after, before } = this.cursor(request)
    const matching = ordinals
      .flatMap((ordinal) => collection.get(ordinal) ?? [])
      .filter((item) => !item.gone && accepts(item))
      .sort((a, b) => compare(keyOf(a), a.ordinal, keyOf(b), b.ordinal) * (descending ? -1 : 1))
      .filter((item) => {
        const order = after === undefined ? 0 : compare(keyOf(item), item.ordinal, after.key, after.ordinal)
        return after === undefined || (descending ? order < 0 : order > 0)
      })
    const limit = this.pageSize(p)
    const items = matching.slice(0, limit)
    const last = items[items.length - 1]
    const next = matching.length > limit && last !== undefined ? { key: keyOf(last), ordinal: last.ordinal } : undefined
    return { items, next, before }
  }

  /** Puts the answer together. `next` in it is relative to the site's root, through the gateway too. */
  private answer<A>(
    request: EndpointRequest,
    rows: readonly A[],
    next: Position | undefined,
    before: number,
    bytesPerRow: number,
    write: (w: ByteWriter, row: A) => void,
  ): Answer {
    const { settings, siteUrl } = this.site
    const w = new ByteWriter(rows.length * bytesPerRow + 1024)
    w.text('{"results":[')
    for (const [i, row] of rows.entries()) {
      if (i > 0) w.text(",")
      write(w, row)
      w.text("}")
    }
    const base = `${siteUrl}/wiki`
    if (next === undefined) {
      w.text(`],"_links":{"base":"${base}"}}`)
      return written(w.result(), rows.length, { link: `<${base}>; rel="base"` })
    }
    const query = new URLSearchParams(request.query)
    query.set("cursor", writeCursor(request.path, request.query, settings, this.site.siteTime(), next, before))
    const address = `${request.path}?${query}`
    w.text(`],"_links":{"next":${JSON.stringify(address)},"base":"${base}"}}`)
    return written(w.result(), rows.length, { link: `<${address}>; rel="next", <${base}>; rel="base"` })
  }
}

const compare = (keyA: number | string, a: number, keyB: number | string, b: number): number =>
  keyA === keyB ? a - b : keyA < keyB ? -1 : 1
