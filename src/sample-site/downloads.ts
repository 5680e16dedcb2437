/** Where the files of attachments are: v1's `…/child/attachment/{id}/download`, which answers by a redirect to the media host. */
import { type Answer, notFound } from "./answers.ts"
import type { AttachmentItem } from "./attachments.ts"
import { type FileVersion, UNKNOWN_FILE } from "./MediaHost.ts"
import type { EndpointRequest } from "./PagedLists.ts"
import { allowParameters, badRequest, wholeNumber } from "./parametersV1.ts"
import type { SiteContent } from "./SiteContent.ts"

/** An address of the media host that is good for a version of a file. */
export type Sign = (item: AttachmentItem, version: FileVersion) => string

export class Downloads {
  private readonly site: SiteContent
  private readonly sign: Sign

  constructor(site: SiteContent, sign: Sign) {
    this.site = site
    this.sign = sign
  }

  /** `GET /content/{id}/child/attachment/{attachmentId}/download` */
  redirect(request: EndpointRequest): Answer {
    allowParameters(request, ["version", "status"])
    const { parts, path, query, viewer } = request
    const [containerId = "", attachmentId = ""] = parts
    const { site } = this
    const ordinal = site.ordinalOf("attachment", attachmentId)
    const item = ordinal === undefined ? undefined : site.attachments.get(ordinal)
    if (item === undefined || item.gone) return notFound(path)
    const statuses = query.getAll("status").flatMap((value) => value.split(","))
    if (!(statuses.length === 0 ? ["current"] : statuses).includes(item.status)) return notFound(path)
    const { place, visible } = site.containerFate(item.container, viewer)
    if (containerId !== site.downloadedFrom(item) || !visible || place === "trashed" || place === "gone")
      return notFound(path)
    const number = wholeNumber(request, "version", item.version.number)
    if (number < 1 || number > item.version.number) throw badRequest(`There is no version ${number}`)
    const file = site.fileVersion(item, number)
    if (file === undefined) return notFound(path)
    const isLost = file.fileId === UNKNOWN_FILE || site.lostFiles.has(item.id)
    if (isLost && site.settings.quirks.lostFiles === "no address") return notFound(path)
    return { status: 302, headers: { location: this.sign(item, file) }, body: "" }
  }
}
