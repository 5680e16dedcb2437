/** The lists of labels of the sample site: which there are, what carries one, and what a space or content carries. */
import { type Answer, badParameter, errorV2, json, notFound, Refusal } from "./answers.ts"
import type { AttachmentItem } from "./attachments.ts"
import type { SiteLabel } from "./labels.ts"
import { CONTENT_LABELS, LABELLED_ATTACHMENTS, LABELLED_CONTENT, LABELS, SPACE_LABELS } from "./listForms.ts"
import { bodyWish, type EndpointRequest } from "./PagedLists.ts"
import type { ContentItem } from "./pages.ts"
import type { Parameters } from "./parameters.ts"
import { SpaceLists } from "./spaceLists.ts"

/** Answers what is asked about the labels of one site. */
export class LabelLists extends SpaceLists {
  /** `GET /labels` */
  labels(request: EndpointRequest): Answer {
    const p = this.parameters(request, LABELS)
    const [ids, prefixes] = [p.list("label-id"), p.list("prefix")]
    const labels = this.site.labels.all.filter(
      ({ id, prefix }) => (ids?.includes(id) ?? true) && (prefixes?.includes(prefix) ?? true),
    )
    return this.page(request, p, labels)
  }

  /** `GET /spaces/{id}/labels`: only labels of one person and of teams. */
  ofSpace(request: EndpointRequest): Answer {
    const p = this.parameters(request, SPACE_LABELS)
    const prefix = p.text("prefix")
    const labels = this.site
      .labelsOfSpace(this.spaceOf(request))
      .filter((label) => prefix === undefined || label.prefix === prefix)
    return this.page(request, p, labels)
  }

  /** `GET /pages/{id}/labels`, `GET /blogposts/{id}/labels` and `GET /attachments/{id}/labels` */
  ofContent(request: EndpointRequest, kind: "page" | "blogpost" | "attachment"): Answer {
    const p = this.parameters(request, CONTENT_LABELS)
    const id = request.parts[0] ?? ""
    const { fileIdsOfLabels } = this.site.settings.quirks
    const takesWhole = kind === "attachment" && fileIdsOfLabels !== "number"
    if (!(takesWhole ? /^(att)?\d+$/ : /^\d+$/).test(id)) throw new Refusal(badParameter(id, "id", "long"))
    if (kind === "attachment" && fileIdsOfLabels === "whole" && !id.startsWith("att"))
      throw new Refusal(notFound(request.path))
    const ordinal = this.site.ordinalOf(kind, id)
    if (ordinal === undefined || !this.isSeen(kind, ordinal, request)) throw new Refusal(notFound(request.path))
    const prefix = p.text("prefix")
    const labels = this.site.labels.of(kind, ordinal)
    return this.page(
      request,
      p,
      labels.filter((label) => prefix === undefined || label.prefix === prefix),
    )
  }

  /** `GET /labels/{id}/pages` and `GET /labels/{id}/blogposts` */
  content(request: EndpointRequest, type: "page" | "blogpost"): Answer {
    const p = this.parameters(request, LABELLED_CONTENT)
    const label = this.label(request)
    const spaceIds = p.list("space-id")
    const { trashedInLabelLists, contentOfArchivedSpaces } = this.site.settings.quirks
    const archived = contentOfArchivedSpaces || spaceIds !== undefined
    const accepts = (item: ContentItem) =>
      this.site.contentExists(item) &&
      (trashedInLabelLists || item.status !== "trashed") &&
      // No list of blog posts knows archived ones.
      (type === "page" || item.status !== "archived") &&
      (archived || this.site.spaces[item.space]?.status === "current") &&
      this.site.labels.has(type, item.ordinal, label.id)
    const { items, next, before } = this.scan(request, p, this.site.collection(type), {
      spaces: spaceIds && [...new Set(spaceIds.flatMap((id) => this.site.spaceById(id)?.index ?? []))],
      likely: (ordinal) => this.site.labels.has(type, ordinal, label.id),
      accepts,
    })
    const body = bodyWish(p)
    const shown = items.filter((item) => this.site.contentVisible(item, request.viewer))
    return this.answerWithBodies(request, shown, next, before, body, body === undefined ? 1100 : 6000, (w, item) =>
      this.rows.content(w, item, body),
    )
  }

  /** `GET /labels/{id}/attachments` */
  attachments(request: EndpointRequest): Answer {
    const p = this.parameters(request, LABELLED_ATTACHMENTS)
    const label = this.label(request)
    const { trashedInLabelLists } = this.site.settings.quirks
    const placeOf = (item: AttachmentItem) => this.site.containerFate(item.container, request.viewer)
    const { items, next, before } = this.scan(request, p, this.site.attachments, {
      likely: (ordinal) => this.site.labels.has("attachment", ordinal, label.id),
      accepts: (item) => {
        if (!this.site.labels.has("attachment", item.ordinal, label.id)) return false
        const { place } = placeOf(item)
        return place !== "gone" && (trashedInLabelLists || (place !== "trashed" && item.status !== "trashed"))
      },
    })
    const shown = items.filter((item) => placeOf(item).visible)
    return this.answer(request, shown, next, before, 1500, (w, item) => this.rows.attachment(w, item))
  }

  /** `GET /classification-levels`: bare, and whole at once. */
  levels(request: EndpointRequest): Answer {
    this.parameters(request, {})
    const { classifies, levelsWithoutEdition } = this.site.settings.quirks
    const { levels } = this.site
    if (classifies) return { ...json(200, levels), rows: levels.length }
    switch (levelsWithoutEdition) {
      case "404":
        throw new Refusal(notFound(request.path))
      case "501":
        throw new Refusal(errorV2(501, "NOT_IMPLEMENTED", "Data classification is not available"))
      case "403":
        throw new Refusal(errorV2(403, "FORBIDDEN", "Data classification is not available"))
    }
  }

  private page(request: EndpointRequest, p: Parameters, labels: readonly SiteLabel[]): Answer {
    const { field, descending } = p.sort()
    const keyOf = ({ id, name, prefix }: SiteLabel) => (field === "name" ? `${name} ${prefix}` : id.padStart(20, "0"))
    return this.pageOf(request, p, labels, keyOf, descending)
  }

  private label({ path, parts }: EndpointRequest): SiteLabel {
    const [id = ""] = parts
    if (!/^\d+$/.test(id)) throw new Refusal(badParameter(id, "id", "long"))
    const label = this.site.labels.byId(id)
    if (label === undefined) throw new Refusal(notFound(path))
    return label
  }

  /** Whether content is there for the viewer, in the trash too. */
  private isSeen(kind: "page" | "blogpost" | "attachment", ordinal: number, { viewer }: EndpointRequest): boolean {
    if (kind === "attachment") {
      const file = this.site.attachments.get(ordinal)
      return file?.gone === false && this.site.lookedUp(file.container, viewer) !== undefined
    }
    const item = this.site.collection(kind).get(ordinal)
    return item !== undefined && this.site.contentExists(item) && this.site.contentVisible(item, viewer)
  }
}
