/** The lists that content has of its own: its comments, their replies, its attachments. */
import { type Answer, notFound, Refusal } from "./answers.ts"
import type { Container } from "./comments.ts"
import { ATTACHMENTS, COMMENTS, CONTAINER_COMMENTS } from "./listForms.ts"
import { bodyWish, type EndpointRequest, PagedLists } from "./PagedLists.ts"
import type { ParameterForms } from "./parameters.ts"

type ContainerType = Container["type"]
type CommentKind = "footer-comment" | "inline-comment"

const isSame = (a: Container, b: Container): boolean => a.type === b.type && a.ordinal === b.ordinal

/** Answers the lists of content of one site. */
export class ContainerLists extends PagedLists {
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
    const body = bodyWish(p)
    return this.answerWithBodies(request, items, next, before, body, 1500, (w, item) =>
      this.rows.comment(w, kind, item, body, "replies"),
    )
  }

  /** `GET /pages/{id}/footer-comments` and the like: the comments on the content itself. */
  commentsOn(request: EndpointRequest, type: ContainerType, kind: CommentKind): Answer {
    const p = this.parameters(request, CONTAINER_COMMENTS)
    const { container, shows } = this.container(request, type)
    const { items, next, before } = this.scan(request, p, this.site.comments(kind), {
      accepts: (item) => shows && item.parentOrdinal === null && isSame(item.container, container),
    })
    const body = bodyWish(p)
    return this.answerWithBodies(request, items, next, before, body, 1500, (w, item) =>
      this.rows.comment(w, kind, item, body, "container"),
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

  /** `GET /attachments/{id}/footer-comments`: nobody on the sample site comments on files. */
  commentsOnFile(request: EndpointRequest): Answer {
    this.parameters(request, COMMENTS)
    const ordinal = this.site.ordinalOf("attachment", request.parts[0] ?? "")
    const file = ordinal === undefined ? undefined : this.site.attachments.get(ordinal)
    const isSeen = file?.gone === false && this.site.lookedUp(file.container, request.viewer) !== undefined
    if (!isSeen) throw new Refusal(notFound(request.path))
    return this.answer(request, [], undefined, 0, 0, () => {})
  }

  /** `GET /custom-content/{id}/…`: the sample site has no custom content. */
  ofCustomContent(request: EndpointRequest, forms: ParameterForms): Answer {
    this.parameters(request, forms)
    throw new Refusal(notFound(request.path))
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
}
