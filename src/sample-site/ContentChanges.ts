/** Changes to the pages, blog posts, comments and attachments of a sample site, as the people who write its wiki make them. */
import type { AttachmentItem } from "./attachments.ts"
import type { Collection, Item } from "./Collection.ts"
import type { CommentItem, ResolutionStatus } from "./comments.ts"
import type { ContentItem, ParentType } from "./pages.ts"
import type { SiteUser } from "./people.ts"
import { seededUuid } from "./seededChance.ts"
import { ImpossibleChange, SpaceChanges } from "./SpaceChanges.ts"

type CommentKind = "footer-comment" | "inline-comment"

/** A new version's data; what is left out follows from the old one. */
export interface NewVersion {
  readonly message?: string
  readonly minorEdit?: boolean
  readonly authorId?: string
}

export class ContentChanges extends SpaceChanges {
  /** Creates a page or blog post and answers its id. Without a space it goes where its parent is, else into the first space. */
  create(
    details: NewVersion & {
      readonly type?: "page" | "blogpost"
      readonly spaceId?: string
      readonly title?: string
      readonly parentId?: string
      readonly body?: string
      readonly subtype?: "live"
    } = {},
  ): string {
    const type = details.type ?? "page"
    const parent = details.parentId === undefined ? undefined : this.content(details.parentId).item
    const given = details.spaceId === undefined ? undefined : this.space(details.spaceId).index
    const space =
      given ?? parent?.space ?? this.spaces.findIndex((candidate) => !candidate.deleted && !candidate.hidden)
    const at = this.siteTime()
    const authorId = details.authorId ?? (this.users[0] as SiteUser).accountId
    return this.collection(type).add((ordinal): ContentItem => ({
      ordinal,
      id: this.idOf(type, ordinal),
      type,
      status: "current",
      title: details.title ?? `New ${type} ${ordinal}`,
      space,
      parentId: parent?.id ?? null,
      parentType: parent === undefined ? null : "page",
      position: null,
      authorId,
      ownerId: authorId,
      lastOwnerId: null,
      subtype: details.subtype ?? null,
      createdAt: at,
      version: { number: 1, at, message: details.message ?? "", minorEdit: false, authorId },
      restricted: false,
      gone: false,
      body: details.body,
      templateId: null,
    })).id
  }

  /** A new version of a page or blog post, with another body and perhaps another title. */
  edit(id: string, details: NewVersion & { readonly title?: string; readonly body?: string } = {}): void {
    this.alter(id, (item) => {
      if (details.title !== undefined) item.title = details.title
      item.body = details.body
      this.newVersion(item, details)
    })
  }

  rename(id: string, details: NewVersion & { readonly title: string }): void {
    this.edit(id, details)
  }

  trash(id: string): void {
    this.alter(id, (item) => this.silently(item, () => (item.status = "trashed")))
  }

  restore(id: string): void {
    this.alter(id, (item) => this.silently(item, () => (item.status = "current")))
  }

  /** Deletes a page or blog post for good, with its comments and attachments. */
  purge(id: string): void {
    this.alter(id, (item) => (item.gone = true))
  }

  archive(id: string): void {
    this.alter(id, (item) => this.silently(item, () => (item.status = "archived")))
  }

  unarchive(id: string): void {
    this.alter(id, (item) => this.silently(item, () => (item.status = "current")))
  }

  /** Moves a page under another parent or into another space; the pages below it go with it. */
  move(
    id: string,
    details: { readonly parentId?: string | null; readonly parentType?: ParentType; readonly spaceId?: string },
  ): void {
    const { item } = this.content(id)
    const parent =
      typeof details.parentId === "string" && (details.parentType ?? "page") === "page"
        ? this.content(details.parentId).item
        : undefined
    const space = details.spaceId === undefined ? (parent?.space ?? item.space) : this.space(details.spaceId).index
    const below = space === item.space ? [] : this.descendants(item)
    if (parent !== undefined && (parent.id === id || this.descendants(item).some((page) => page.id === parent.id)))
      throw new ImpossibleChange(`page ${id} cannot be moved below itself`)
    this.alter(id, (moved) =>
      this.silently(moved, () => {
        moved.space = space
        if (details.parentId === null || (details.parentId === undefined && space !== item.space)) {
          moved.parentId = null
          moved.parentType = null
        } else if (details.parentId !== undefined) {
          moved.parentId = details.parentId
          moved.parentType = details.parentType ?? "page"
        }
      }),
    )
    for (const page of below) this.alter(page.id, (moved) => this.silently(moved, () => (moved.space = space)))
  }

  /** The credential may no longer see a page (with those below it) or a blog post. */
  restrict(id: string): void {
    this.withDescendants(id, (item) => (item.restricted = true))
  }

  /** The same as `restrict`: to the outside both are one. */
  hide(id: string): void {
    this.restrict(id)
  }

  /** The credential may see it again, with the pages below it. */
  reveal(id: string): void {
    this.withDescendants(id, (item) => (item.restricted = false))
  }

  /** Comments on a page or blog post, or answers a comment of the same kind (`parentCommentId`). Answers the id. */
  addComment(
    containerId: string,
    details: {
      readonly type?: "footer" | "inline"
      readonly parentCommentId?: string
      readonly body?: string
      readonly authorId?: string
    } = {},
  ): string {
    const kind: CommentKind = details.type === "inline" ? "inline-comment" : "footer-comment"
    const { item: container } = this.content(containerId)
    const parent = details.parentCommentId === undefined ? undefined : this.comment(details.parentCommentId)
    if (parent !== undefined && (parent.kind !== kind || parent.item.container.ordinal !== container.ordinal))
      throw new ImpossibleChange(`comment ${details.parentCommentId} is not a ${kind} on ${containerId}`)
    const at = this.siteTime()
    const authorId = details.authorId ?? (this.users[0] as SiteUser).accountId
    const added = this.comments(kind).add((ordinal) => ({
      ordinal,
      id: this.idOf(kind, ordinal),
      title: "",
      space: -1,
      container: { type: container.type, ordinal: container.ordinal },
      parentOrdinal: parent?.item.ordinal ?? null,
      version: { number: 1, at, message: "", minorEdit: false, authorId },
      gone: false,
      body: details.body,
      resolution:
        kind === "inline-comment" ? { status: "open" as const, modifierId: undefined, at: undefined } : undefined,
    }))
    if (parent !== undefined) {
      const replies = this.addedReplies[kind].get(parent.item.ordinal) ?? []
      this.addedReplies[kind].set(parent.item.ordinal, [...replies, added.ordinal])
    }
    return added.id
  }

  editComment(id: string, details: NewVersion & { readonly body?: string } = {}): void {
    const { kind, item } = this.comment(id)
    this.comments(kind).change(item.ordinal, (comment) => {
      comment.body = details.body
      this.newVersion(comment, details)
    })
  }

  /** Deletes a comment for good, with its replies (or, by a quirk, leaving them without a parent). */
  deleteComment(id: string): void {
    const { kind, item } = this.comment(id)
    const doomed = [item.ordinal]
    for (const ordinal of doomed) {
      this.comments(kind).change(ordinal, (comment) => (comment.gone = true))
      if (!this.settings.quirks.orphanReplies) doomed.push(...this.replies(kind, ordinal))
    }
  }

  /** Changes how an inline comment stands; this creates no version. */
  resolveComment(id: string, details: { readonly status?: ResolutionStatus } = {}): void {
    const { kind, item } = this.comment(id)
    if (kind !== "inline-comment") throw new ImpossibleChange(`comment ${id} is not an inline comment`)
    const modifierId = (this.users[0] as SiteUser).accountId
    this.inlineComments.change(item.ordinal, (comment) => {
      comment.resolution = { status: details.status ?? "resolved", modifierId, at: this.siteTime() }
    })
  }

  /** Attaches a file to a page or blog post and answers its id. */
  addAttachment(
    containerId: string,
    details: {
      readonly title?: string
      readonly mediaType?: string
      readonly fileSize?: number
      readonly comment?: string
    } = {},
  ): string {
    const { item: container } = this.content(containerId)
    const at = this.siteTime()
    const authorId = (this.users[0] as SiteUser).accountId
    return this.attachments.add((ordinal): AttachmentItem => ({
      ordinal,
      id: this.idOf("attachment", ordinal),
      title: details.title ?? `file-${ordinal}.txt`,
      space: -1,
      container: { type: container.type, ordinal: container.ordinal },
      status: "current",
      mediaType: details.mediaType ?? "text/plain",
      mediaTypeDescription: "Text File",
      comment: details.comment ?? "",
      fileId: seededUuid(this.plan.seed, 99, ordinal),
      fileSize: details.fileSize ?? 1024,
      createdAt: at,
      version: { number: 1, at, message: "", minorEdit: false, authorId },
      gone: false,
    })).id
  }

  newAttachmentVersion(id: string, details: NewVersion & { readonly fileSize?: number } = {}): void {
    this.alterAttachment(id, (item) => {
      this.newVersion(item, details)
      item.fileId = seededUuid(this.plan.seed + item.version.number, 99, item.ordinal)
      item.fileSize = details.fileSize ?? item.fileSize + 1
    })
  }

  trashAttachment(id: string): void {
    this.alterAttachment(id, (item) => this.silently(item, () => (item.status = "trashed")))
  }

  restoreAttachment(id: string): void {
    this.alterAttachment(id, (item) => this.silently(item, () => (item.status = "current")))
  }

  purgeAttachment(id: string): void {
    this.alterAttachment(id, (item) => (item.gone = true))
  }

  /** The pages below a page, at every depth. */
  private descendants(item: ContentItem): ContentItem[] {
    if (item.type === "blogpost") return []
    const { items } = this.pages.scan({
      order: "id",
      descending: false,
      spaces: [item.space],
      limit: Number.POSITIVE_INFINITY,
      accepts: (page) => page.parentType === "page",
    })
    const children = Map.groupBy(items, (page) => page.parentId)
    const found: ContentItem[] = []
    const waiting: ContentItem[] = [item]
    for (const page of waiting)
      for (const child of children.get(page.id) ?? []) {
        found.push(child)
        waiting.push(child)
      }
    return found
  }

  private withDescendants(id: string, how: (item: ContentItem) => void): void {
    for (const page of this.descendants(this.content(id).item)) this.alter(page.id, how)
    this.alter(id, how)
  }

  private content(id: string): { readonly kind: "page" | "blogpost"; readonly item: ContentItem } {
    for (const kind of ["page", "blogpost"] as const) {
      const ordinal = this.ordinalOf(kind, id)
      const item = ordinal === undefined ? undefined : this.collection(kind).get(ordinal)
      if (item !== undefined && this.contentExists(item)) return { kind, item }
    }
    throw new ImpossibleChange(`there is no page or blog post with the id ${id}`)
  }

  private comment(id: string): { readonly kind: CommentKind; readonly item: CommentItem } {
    for (const kind of ["footer-comment", "inline-comment"] as const) {
      const ordinal = this.ordinalOf(kind, id)
      const item = ordinal === undefined ? undefined : this.comments(kind).get(ordinal)
      if (item !== undefined && !item.gone) return { kind, item }
    }
    throw new ImpossibleChange(`there is no comment with the id ${id}`)
  }

  private alter(id: string, how: (item: ContentItem) => void): void {
    const { kind, item } = this.content(id)
    this.collection(kind).change(item.ordinal, how)
  }

  private alterAttachment(id: string, how: (item: AttachmentItem) => void): void {
    const ordinal = this.ordinalOf("attachment", id)
    const item = ordinal === undefined ? undefined : this.attachments.get(ordinal)
    if (item === undefined || item.gone) throw new ImpossibleChange(`there is no attachment with the id ${id}`)
    const collection: Collection<AttachmentItem> = this.attachments
    collection.change(item.ordinal, how)
  }

  /** A change that carries no version, unless the site has the quirk that it does. */
  private silently(item: Item, how: () => void): void {
    how()
    if (this.settings.quirks.versionOnEveryChange) this.newVersion(item, {})
  }

  /** Never before the version it follows, even when the site's clock was set back. */
  private newVersion(item: Item, details: NewVersion): void {
    item.version = {
      number: item.version.number + 1,
      at: Math.max(this.siteTime(), item.version.at),
      message: details.message ?? "",
      minorEdit: details.minorEdit ?? false,
      authorId: details.authorId ?? (this.users[0] as SiteUser).accountId,
    }
  }
}
