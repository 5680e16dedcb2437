/** The short lists that each content of the sample site has of its own: who likes it, and how often it was viewed. */
import { type Answer, badParameter, errorV1, notFound, Refusal } from "./answers.ts"
import { answeredOf, itemOf, type ListedItem, type ParentKind } from "./contentOfLists.ts"
import { ATTACHMENT_VERSIONS, CONTENT_PROPERTIES, LIKES, VERSIONS } from "./listForms.ts"
import { type EndpointRequest, PagedLists } from "./PagedLists.ts"
import { allowParameters } from "./parametersV1.ts"
import type { ContentKind } from "./SiteCollections.ts"
import { versionRows } from "./versionRows.ts"

/** Answers what content is asked for of its own. */
export class ChildLists extends PagedLists {
  /** `GET /pages/{id}/likes/users` and the like */
  likes(request: EndpointRequest, kind: ContentKind): Answer {
    const p = this.parameters(request, LIKES)
    const { item, isShown } = this.parent(request, kind)
    const likes = isShown ? this.site.reactions.likesOf(item.id) : []
    return this.pageOf(
      request,
      p,
      likes.map((accountId) => ({ accountId })),
      ({ accountId }) => accountId,
    )
  }

  /** `GET /pages/{id}/properties` and the like; comments of both kinds have one list. */
  properties(request: EndpointRequest, kind: ParentKind | "comment"): Answer {
    const p = this.parameters(request, CONTENT_PROPERTIES)
    const { item, isShown } = this.parent(request, kind === "comment" ? this.commentKind(request) : kind)
    const key = p.text("key")
    const rows = isShown ? this.site.contentProperties.of(item.id) : []
    return this.pageOf(
      request,
      p,
      rows.filter((each) => key === undefined || each.key === key),
      (each) => each.key,
    )
  }

  /** `GET /pages/{id}/versions` and the like: the oldest first, without bodies. */
  versions(request: EndpointRequest, kind: ParentKind): Answer {
    const p = this.parameters(request, kind === "attachment" ? ATTACHMENT_VERSIONS : VERSIONS)
    const { item, isShown } = this.parent(request, kind)
    const { descending } = p.sort()
    return this.pageOf(request, p, isShown ? versionRows(this.site, this.rows, kind, item) : [], ({ number }) =>
      descending ? -Number(number) : Number(number),
    )
  }

  private commentKind({ parts }: EndpointRequest): ContentKind {
    return itemOf(this.site, "inline-comment", parts[0] ?? "") === undefined ? "footer-comment" : "inline-comment"
  }

  /** `GET /analytics/content/{contentId}/views` and `…/viewers`: a count alone. Not every plan has them. */
  views(request: EndpointRequest, what: "views" | "viewers"): Answer {
    allowParameters(request, ["fromDate"])
    const { path, parts } = request
    switch (this.site.settings.quirks.analytics) {
      case "404":
        throw new Refusal(notFound(path))
      case "501":
        throw new Refusal(errorV1(501, "NotImplementedException", "Analytics is not available on this plan"))
      case "403":
        throw new Refusal(errorV1(403, "PermissionException", "Analytics is not available on this plan"))
      case "there":
    }
    const kind = (["page", "blogpost"] as const).find((each) => itemOf(this.site, each, parts[0] ?? "") !== undefined)
    const { item, isShown } = this.parent(request, kind ?? "page")
    const count = isShown ? this.site.reactions.viewsOf(item.id)[what] : 0
    // Ids are numbers here, beyond what JavaScript's hold exactly.
    return {
      status: 200,
      headers: { "content-type": "application/json" },
      body: `{"id":${item.id},"count":${count}}`,
      rows: 1,
    }
  }

  /** The content that a list is asked of, and whether the list shows what it has. */
  protected parent(
    { path, parts, viewer }: EndpointRequest,
    kind: ParentKind,
  ): { readonly item: ListedItem; readonly isShown: boolean } {
    const id = parts[0] ?? ""
    if (!(kind === "attachment" ? /^(att)?\d+$/ : /^\d+$/).test(id)) throw new Refusal(badParameter(id, "id", "long"))
    const item = itemOf(this.site, kind, id)
    const answered = item === undefined ? "404" : answeredOf(this.site, item, viewer)
    if (item === undefined || answered === "404") throw new Refusal(notFound(path))
    return { item, isShown: answered === "all" }
  }
}
