/**
 * The rows of Confluence's v2 lists as JSON text, fields in the order in which live sites give them, with the additions that
 * live sites make to the published documents (`edituiv2`, `ncsStepVersion`, hyphenated marker keys, `spaceOwnerId`…).
 */
import type { AttachmentItem } from "./attachments.ts"
import type { BodyFormat } from "./bodies.ts"
import type { ByteWriter } from "./ByteWriter.ts"
import type { Item } from "./Collection.ts"
import type { CommentItem } from "./comments.ts"
import type { TreeNode } from "./contentTree.ts"
import { CUSTOM_TYPES, type CustomItem } from "./customContent.ts"
import type { ContentItem } from "./pages.ts"
import type { SiteUser } from "./people.ts"
import { sentence } from "./prose.ts"
import { hash32 } from "./seededChance.ts"
import type { ContentKind } from "./SiteCollections.ts"
import type { SiteContent } from "./SiteContent.ts"
import type { SiteSpace } from "./spaces.ts"
import type { TreeItem } from "./treeItems.ts"

const iso = (at: number): string => new Date(at).toISOString()
const text = (value: string | null): string => (value === null ? "null" : JSON.stringify(value))
const slug = (title: string): string => title.replaceAll(/[^A-Za-z0-9.-]+/g, "+")

const versionOf = ({ version }: Item): string =>
  `"version":{"number":${version.number},"message":${text(version.message)},"minorEdit":${version.minorEdit},"authorId":"${version.authorId}","createdAt":"${iso(version.at)}","ncsStepVersion":null}`

/** Which kind of body a row shall have, if any. The rendered formats of single objects show the storage format's text. */
export interface BodyWish {
  readonly format: string
}

/** Writes rows of one site. */
export class Rows {
  private readonly site: SiteContent

  constructor(site: SiteContent) {
    this.site = site
  }

  /** A page or blog post, without its closing brace, so that a single object can have more. */
  content(w: ByteWriter, item: ContentItem, body: BodyWish | undefined): void {
    const space = this.site.spaces[item.space] as SiteSpace
    const page = item.type === "page"
    const tree = page
      ? `"parentType":${text(item.parentType)},"parentId":${text(item.parentId)},"ownerId":${text(item.ownerId)},"lastOwnerId":${text(item.lastOwnerId)},`
      : ""
    w.text(
      `{${tree}"createdAt":"${iso(item.createdAt)}","authorId":"${item.authorId}",${page ? `"position":${item.position},` : ""}${versionOf(item)},"body":{`,
    )
    if (body !== undefined) this.contentBody(w, item, body.format)
    const place = page ? "pages" : "blog"
    const path = `/spaces/${encodeURIComponent(space.alias)}/${place}/${page ? "" : `${iso(item.createdAt).slice(0, 10).replaceAll("-", "/")}/`}${item.id}/${slug(item.title)}`
    w.text(
      `},"status":"${item.gone ? "deleted" : item.status}","title":${text(item.title)},"spaceId":"${space.id}",${page ? `"subtype":${text(item.subtype)},` : ""}${item.templateId === null ? "" : `"sourceTemplateEntityId":"${item.templateId}",`}"id":"${item.id}","_links":{"editui":"/pages/resumedraft.action?draftId=${item.id}","webui":"${path}","edituiv2":"/spaces/${encodeURIComponent(space.alias)}/pages/edit-v2/${item.id}","tinyui":"/x/${Number(item.id.slice(-9)).toString(36)}"}`,
    )
  }

  /** A folder, whiteboard, database or embed. */
  treeItem(w: ByteWriter, item: TreeItem): void {
    const { id, alias } = this.site.spaces[item.space] as SiteSpace
    const embedUrl = item.embedUrl === undefined ? "" : `"embedUrl":${text(item.embedUrl)},`
    w.text(
      `{"id":"${item.id}","type":"${item.type}","status":"${item.status}","title":${text(item.title)},"parentId":${text(item.parentId)},"parentType":${text(item.parentType)},"position":${item.position},"authorId":"${item.authorId}","ownerId":${text(item.ownerId)},"createdAt":"${iso(item.createdAt)}",${embedUrl}"spaceId":"${id}",${versionOf(item)},"_links":{"webui":"/spaces/${encodeURIComponent(alias)}/${item.type}/${item.id}"}`,
    )
  }

  /** What `/descendants` tells of content, open at its end. */
  descendant(w: ByteWriter, node: TreeNode, depth: number): void {
    this.inTree(w, node, `"parentId":${text(node.parentId)},"depth":${depth}`)
  }

  /** What `/direct-children` tells of content, open at its end. */
  child(w: ByteWriter, node: TreeNode): void {
    this.inTree(w, node, `"spaceId":"${(this.site.spaces[node.space] as SiteSpace).id}"`)
  }

  private inTree(w: ByteWriter, node: TreeNode, more: string): void {
    w.text(
      `{"id":"${node.id}","status":"${node.status}","title":${text(node.title)},"type":"${node.type}",${more},"childPosition":${node.position}`,
    )
  }

  /** A comment: lists of replies name no container, and those of a container do not tell who resolved one. */
  comment(
    w: ByteWriter,
    kind: "footer-comment" | "inline-comment",
    item: CommentItem,
    body: BodyWish | undefined,
    shownIn: "site" | "container" | "replies" | "single",
  ): void {
    const container = this.site.idOf(item.container.type, item.container.ordinal)
    w.text(`{${versionOf(item)},"body":{`)
    if (body !== undefined) this.commentBody(w, kind, item, body.format)
    w.text(`},"status":"current","title":${text(`Re: ${this.containerTitle(item.container)}`)},`)
    const isNamed = item.parentOrdinal === null || shownIn !== "site" || this.site.settings.quirks.repliesNameContent
    if (shownIn !== "replies" && isNamed)
      w.text(`"${item.container.type === "page" ? "pageId" : "blogPostId"}":"${container}",`)
    if (item.parentOrdinal !== null) w.text(`"parentCommentId":"${this.site.idOf(kind, item.parentOrdinal)}",`)
    if (item.resolution !== undefined)
      this.inlineFields(w, item, item.resolution, shownIn === "site" || shownIn === "single")
    w.text(
      `"id":"${item.id}","_links":{"webui":"/spaces/viewpage.action?pageId=${container}&focusedCommentId=${item.id}"}`,
    )
  }

  /** An attachment. */
  attachment(w: ByteWriter, item: AttachmentItem): void {
    const { container } = item
    const containerId = this.site.idOf(container.type, container.ordinal)
    const webui = `/pages/viewpageattachments.action?pageId=${containerId}&preview=%2F${containerId}%2F${item.id.slice(3)}`
    const download = `/download/attachments/${containerId}/${encodeURIComponent(item.title.toWellFormed())}?version=${item.version.number}&modificationDate=${item.version.at}&cacheVersion=1&api=v2`
    w.text(
      `{"mediaTypeDescription":${text(item.mediaTypeDescription)},"webuiLink":"${webui}","createdAt":"${iso(item.createdAt)}","fileId":"${item.fileId}","fileSize":${item.fileSize},"comment":${text(item.comment)},"mediaType":${text(item.mediaType)},"${container.type === "page" ? "pageId" : "blogPostId"}":"${containerId}",${versionOf(item)},"downloadLink":"${download}","status":"${item.status}","title":${text(item.title)},"id":"${item.id}","_links":{"webui":"${webui}","download":"${download}"}`,
    )
  }

  /** Custom content, open at its end. A body is there in the formats of its type alone. */
  customContent(w: ByteWriter, item: CustomItem, body: BodyWish | undefined): void {
    const { customContent } = this.site
    const space = this.site.spaces[customContent.fateOf(item, "user").space]
    const container = customContent.containerField(item.container)
    const named = container === undefined ? "" : `"${container[0]}":"${container[1]}",`
    w.text(
      `{"id":"${item.id}","type":${text(item.type)},"createdAt":"${iso(item.createdAt)}","authorId":"${item.authorId}",${versionOf(item)},"body":{`,
    )
    if (body !== undefined) this.customBody(w, item, body.format)
    w.text(
      `},"status":"${item.status}","title":${text(item.title)},"spaceId":${text(space?.id ?? null)},${named}"_links":{"webui":"/spaces/${encodeURIComponent(space?.alias ?? "")}/custom-content/${item.id}"}`,
    )
  }

  /** A space. `description` is a format; `icon` tells whether its icon is asked for. */
  space(w: ByteWriter, space: SiteSpace, description: string | undefined, icon: boolean): void {
    const homepage = space.homepageOrdinal
    const shown =
      description === undefined
        ? "null"
        : `{"${description}":{"representation":"${description}","value":${text(description === "view" && space.description !== "" ? `<p>${space.description}</p>` : space.description)}}}`
    const path = `/wiki/aa-avatar/${space.id}`
    w.text(
      `{"authorId":"${space.authorId}","spaceOwnerId":"${space.ownerId}","createdAt":"${iso(space.createdAt)}","homepageId":${homepage === undefined ? "null" : `"${this.site.idOf("page", homepage)}"`},"icon":${icon ? `{"path":"${path}","apiDownloadLink":"${path}?api=v2"}` : "null"},"description":${shown},"status":"${space.status}","name":${text(space.name)},"key":${text(space.key)},"id":"${space.id}","type":"${space.type}","currentActiveAlias":${text(space.alias)},"_links":{"webui":"/spaces/${encodeURIComponent(space.alias)}"}`,
    )
  }

  /** A user as `users-bulk` gives one. */
  user(w: ByteWriter, user: SiteUser): void {
    w.text(
      JSON.stringify({
        displayName: user.displayName,
        timeZone: user.timeZone,
        personalSpaceId: user.personalSpaceId,
        isExternalCollaborator: user.guest,
        accountStatus: user.accountStatus,
        accountId: user.accountId,
        email: user.email,
        accountType: user.accountType,
        publicName: user.publicName,
        profilePicture: { path: "/wiki/aa-avatar/default", isDefault: true },
      }).slice(0, -1),
    )
  }

  private contentBody(w: ByteWriter, item: ContentItem, format: string): void {
    const hash = hash32(this.site.plan.seed + item.version.number, item.type === "page" ? 63 : 64, item.ordinal)
    w.text(`"${format}":{"representation":"${format}","value":"`)
    if (item.body !== undefined) writeGiven(w, item.body, format)
    else if (this.site.plan.bodyLength === "varied" && hash % 50 === 7) w.text("")
    else
      this.site.bodies.write(
        w,
        bodyFormat(format),
        hash,
        `${item.title} (version ${item.version.number})`,
        this.site.plan.bodyLength,
      )
    w.text('"}')
  }

  private commentBody(w: ByteWriter, kind: string, item: CommentItem, format: string): void {
    const hash = hash32(this.site.plan.seed + item.version.number, kind === "footer-comment" ? 65 : 66, item.ordinal)
    w.text(`"${format}":{"representation":"${format}","value":"`)
    if (item.body !== undefined) writeGiven(w, item.body, format)
    else this.site.bodies.write(w, bodyFormat(format), hash, sentence(hash), "comment")
    w.text('"}')
  }

  private customBody(w: ByteWriter, item: CustomItem, format: string): void {
    const isRaw = CUSTOM_TYPES.find(({ name }) => name === item.type)?.bodies === "raw"
    if (isRaw !== (format === "raw")) return
    const hash = hash32(this.site.plan.seed + item.version.number, 69, item.ordinal)
    w.text(`"${format}":{"representation":"${format}","value":"`)
    if (item.body !== undefined) writeGiven(w, item.body, format)
    else if (isRaw) w.text(JSON.stringify(JSON.stringify({ shapes: hash % 90, caption: sentence(hash) })).slice(1, -1))
    else this.site.bodies.write(w, bodyFormat(format), hash, sentence(hash), "comment")
    w.text('"}')
  }

  private inlineFields(
    w: ByteWriter,
    item: CommentItem,
    resolution: NonNullable<CommentItem["resolution"]>,
    withModifier: boolean,
  ): void {
    const marker = `${hash32(7, 67, item.ordinal).toString(16).padStart(8, "0")}-0000-4000-8000-${String(item.ordinal).padStart(12, "0")}`
    const selection = text(sentence(hash32(7, 68, item.ordinal)).slice(0, 24))
    const changed =
      withModifier && resolution.modifierId !== undefined && resolution.at !== undefined
        ? `"resolutionLastModifierId":"${resolution.modifierId}","resolutionLastModifiedAt":"${iso(resolution.at)}",`
        : ""
    w.text(
      `"resolutionStatus":"${resolution.status}",${changed}"properties":{"inlineMarkerRef":"${marker}","inlineOriginalSelection":${selection},"inline-marker-ref":"${marker}","inline-original-selection":${selection}},`,
    )
  }

  /** The title of what a comment hangs on. */
  containerTitle(container: CommentItem["container"]): string {
    const collection = this.site.collection(container.type)
    return collection.changedItem(container.ordinal)?.title ?? collection.source.title(container.ordinal)
  }
}

const bodyFormat = (format: string): BodyFormat => (format === "atlas_doc_format" ? "atlas_doc_format" : "storage")

/** A body that a change gave: plain text becomes one paragraph of a document. */
const writeGiven = (w: ByteWriter, body: string, format: string): void => {
  const document = {
    type: "doc",
    version: 1,
    content: [{ type: "paragraph", content: [{ type: "text", text: body }] }],
  }
  w.text(JSON.stringify(format === "atlas_doc_format" ? JSON.stringify(document) : body).slice(1, -1))
}

/** The kinds of content under the names that `content/convert-ids-to-types` uses. */
export const CONTENT_KINDS: readonly ContentKind[] = [
  "page",
  "blogpost",
  "footer-comment",
  "inline-comment",
  "attachment",
]
