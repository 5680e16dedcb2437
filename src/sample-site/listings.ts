/**
 * The lists of Confluence's v2 API. A list pages over everything that its filters let through; what the viewer may not see
 * is taken out after that, so an answer can hold fewer rows than asked for, or none, and still have a next one.
 */
import type { Answer } from "./answers.ts"
import { ATTACHMENTS, BLOG_POSTS, COMMENTS, PAGES, SPACES } from "./listForms.ts"
import { bodyWish, compare, type EndpointRequest, PagedLists } from "./PagedLists.ts"
import type { ContentItem } from "./pages.ts"
import type { SiteSpace } from "./spaces.ts"

/** Answers the v2 lists of one whole site. */
export class Listings extends PagedLists {
  /** `GET /spaces` */
  spaces(request: EndpointRequest): Answer {
    const p = this.parameters(request, SPACES)
    const ids = p.list("ids")
    const keys = p.list("keys")
    const status = p.text("status") ?? (this.site.settings.quirks.archivedSpacesByDefault ? undefined : "current")
    const type = p.text("type")
    const labels = p.list("labels")
    // Nobody has favourites.
    const nothing = p.text("favorited-by") !== undefined
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
          (labels === undefined ||
            this.site.labels.of("space", space.index).some(({ name }) => labels.includes(name))) &&
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
    const { quirks } = this.site.settings
    const wanted = p.list("status") ?? (type === "page" ? ["current", "archived"] : ["current"])
    const statuses = quirks.trashListed ? wanted : wanted.filter((status) => status !== "trashed")
    const goneToo = quirks.deletedListed && statuses.includes("deleted")
    const title = p.text("title")
    const subtype = p.text("subtype")
    const archived = quirks.contentOfArchivedSpaces || spaceIds !== undefined
    const accepts = (item: ContentItem) =>
      statuses.includes(item.gone ? "deleted" : item.status) &&
      this.site.spaces[item.space]?.deleted === false &&
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
            goneToo,
          })
        : this.byId(
            request,
            p,
            collection,
            type,
            ids,
            (item) => accepts(item) && (spaces?.includes(item.space) ?? true),
            goneToo,
          )
    const body = bodyWish(p)
    const shown = items.filter((item) => this.site.contentVisible(item, request.viewer))
    return this.answerWithBodies(request, shown, next, before, body, body === undefined ? 1100 : 6000, (w, item) =>
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
    const body = bodyWish(p)
    return this.answerWithBodies(request, shown, next, before, body, 1500, (w, item) =>
      this.rows.comment(w, kind, item, body, "site"),
    )
  }

  /** `GET /attachments` */
  attachments(request: EndpointRequest): Answer {
    const p = this.parameters(request, ATTACHMENTS)
    const wanted = p.list("status") ?? ["current", "archived"]
    const statuses = this.site.settings.quirks.trashListed ? wanted : wanted.filter((status) => status !== "trashed")
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
}
