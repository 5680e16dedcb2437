/** Custom content in Confluence's v2 API: the list of a type, and single ones. */
import { type Answer, badParameter, errorV2, json, notFound, Refusal } from "./answers.ts"
import { withBodies } from "./bodyTroubles.ts"
import { ByteWriter } from "./ByteWriter.ts"
import { CUSTOM_TYPES, type CustomItem } from "./customContent.ts"
import { CUSTOM_CONTENT, CUSTOM_CONTENT_SINGLE } from "./listForms.ts"
import { bodyWish, type EndpointRequest, PagedLists } from "./PagedLists.ts"
import type { Viewer } from "./SiteContent.ts"

const bodiesOf = (type: string): string => CUSTOM_TYPES.find(({ name }) => name === type)?.bodies ?? "storage"

/** Answers what is asked of the custom content of one site. */
export class CustomContentLists extends PagedLists {
  /** `GET /custom-content` */
  list(request: EndpointRequest): Answer {
    const p = this.parameters(request, CUSTOM_CONTENT)
    const { customContent: all, settings } = this.site
    const type = p.text("type")
    if (type === undefined) throw new Refusal(errorV2(400, "INVALID_REQUEST_PARAMETER", "'type' is missing"))
    if (!all.knows(type)) {
      throw new Refusal(
        settings.quirks.unknownCustomTypes === "404"
          ? notFound(request.path)
          : badParameter(type, "type", "a known type"),
      )
    }
    const body = bodyWish(p)
    this.refuseOtherFormat(type, body?.format)
    const spaceIds = p.list("space-id")
    const spaces = spaceIds && new Set(spaceIds.flatMap((id) => this.site.spaceById(id)?.index ?? []))
    const ids = p.list("id")
    const stateOf = (item: CustomItem) => all.listed(item, request.viewer, spaces !== undefined)
    const accepts = (item: CustomItem) =>
      item.type === type &&
      (spaces === undefined || spaces.has(all.fateOf(item, request.viewer).space)) &&
      stateOf(item) !== "absent"
    const ordinals = new Set((ids ?? []).flatMap((id) => all.byId(id)?.ordinal ?? []))
    const { items, next, before } =
      ids === undefined
        ? this.scan(request, p, all.items, { accepts })
        : this.chosen(request, p, all.items, [...ordinals], accepts)
    const shown = items.filter((item) => stateOf(item) === "shown")
    return this.answerWithBodies(request, shown, next, before, body, body === undefined ? 900 : 3000, (w, item) =>
      this.rows.customContent(w, item, body),
    )
  }

  /** `GET /custom-content/{id}` */
  one(request: EndpointRequest): Answer {
    const p = this.parameters(request, CUSTOM_CONTENT_SINGLE)
    const id = request.parts[0] ?? ""
    if (!/^\d+$/.test(id)) throw new Refusal(badParameter(id, "id", "long"))
    const item = this.site.customContent.byId(id)
    const status = item === undefined ? undefined : this.site.customContent.lookedUp(item, request.viewer)
    if (item === undefined || status === undefined) throw new Refusal(notFound(request.path))
    const body = bodyWish(p)
    this.refuseOtherFormat(item.type, body?.format)
    const w = new ByteWriter(4096)
    this.rows.customContent(w, item, body)
    w.text("}")
    const whole = JSON.parse(w.result().toString()) as Record<string, unknown>
    whole["status"] = status
    whole["_links"] = { ...(whole["_links"] as object), base: `${this.site.siteUrl}/wiki` }
    const answer = { ...json(200, whole), rows: 1 }
    return body === undefined ? answer : withBodies(answer, [item], this.site.settings)
  }

  /** The type of custom content that a viewer sees, by its id. */
  typeOf(id: string, viewer: Viewer): string | undefined {
    const item = this.site.customContent.byId(id)
    return item === undefined || this.site.customContent.lookedUp(item, viewer) === undefined ? undefined : item.type
  }

  /** By a quirk, bodies that the type does not have are refused. */
  private refuseOtherFormat(type: string, format: string | undefined): void {
    if (format === undefined || this.site.settings.quirks.rawBodies === "left out") return
    if ((bodiesOf(type) === "raw") !== (format === "raw"))
      throw new Refusal(badParameter(format, "body-format", `a format of the bodies of ${type}`))
  }
}
