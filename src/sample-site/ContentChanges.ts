/** Changes to the comments and attachments of a sample site, on top of those to its pages. */
import type { AttachmentItem } from "./attachments.ts"
import type { CommentItem, ResolutionStatus } from "./comments.ts"
import { PageChanges } from "./PageChanges.ts"
import type { SiteUser } from "./people.ts"
import { seededUuid } from "./seededChance.ts"
import { ImpossibleChange } from "./SpaceChanges.ts"
import type { NewVersion } from "./TreeChanges.ts"

type CommentKind = "footer-comment" | "inline-comment"

export class ContentChanges extends PageChanges {
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

  /** The body of a comment cannot be rendered from now on: what would hold it fails. */
  poisonComment(id: string): void {
    this.alterComment(id, true)
  }

  /** Its body can be rendered again. */
  healComment(id: string): void {
    this.alterComment(id, false)
  }

  /** Deletes a comment for good, with its replies (or, by a quirk, leaving them without a parent). */
  deleteComment(id: string): void {
    const { kind, item } = this.comment(id)
    const doomed = [item.ordinal]
    for (const ordinal of doomed) {
      this.comments(kind).change(ordinal, (comment) => {
        comment.gone = true
        if (ordinal !== item.ordinal) comment.lost = true
      })
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
      const { fileId, fileSize, version } = item
      item.earlier = [...(item.earlier ?? []), { number: version.number, fileId, fileSize }]
      this.lostFiles.delete(item.id)
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

  /** Loses the file of an attachment, whose row stays as it is. */
  loseFile(id: string): void {
    this.alterAttachment(id, () => void this.lostFiles.add(id))
  }

  /** Has the file of an attachment back. */
  findFile(id: string): void {
    this.alterAttachment(id, () => void this.lostFiles.delete(id))
  }

  purgeAttachment(id: string): void {
    this.alterAttachment(id, (item) => (item.gone = true))
  }

  private comment(id: string): { readonly kind: CommentKind; readonly item: CommentItem } {
    for (const kind of ["footer-comment", "inline-comment"] as const) {
      const ordinal = this.ordinalOf(kind, id)
      const item = ordinal === undefined ? undefined : this.comments(kind).get(ordinal)
      if (item !== undefined && !item.gone) return { kind, item }
    }
    throw new ImpossibleChange(`there is no comment with the id ${id}`)
  }

  private alterComment(id: string, poisoned: boolean): void {
    const { kind, item } = this.comment(id)
    this.comments(kind).change(item.ordinal, (comment) => (comment.poisoned = poisoned))
  }

  private alterAttachment(id: string, how: (item: AttachmentItem) => void): void {
    const ordinal = this.ordinalOf("attachment", id)
    const item = ordinal === undefined ? undefined : this.attachments.get(ordinal)
    if (item === undefined || item.gone) throw new ImpossibleChange(`there is no attachment with the id ${id}`)
    this.attachments.change(item.ordinal, how)
  }
}
