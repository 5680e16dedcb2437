/** Changes to what content of a sample site has of its own: likes, views and properties. None of them gives the content a version. */
import { BelongingChanges } from "./BelongingChanges.ts"
import { itemOf, type ListedItem } from "./contentOfLists.ts"
import { TREE_TYPES } from "./contentTypes.ts"
import type { SiteUser } from "./people.ts"
import { ImpossibleChange } from "./SpaceChanges.ts"

const KINDS = [
  "page",
  "blogpost",
  "footer-comment",
  "inline-comment",
  "attachment",
  "custom-content",
  ...TREE_TYPES,
] as const

export class ChildChanges extends BelongingChanges {
  /** Somebody likes content: a page, blog post or comment. Unless told otherwise, it is the credential's account. */
  like(id: string, details: { readonly accountId?: string } = {}): void {
    this.reactions.like(this.existing(id).id, details.accountId ?? (this.users[0] as SiteUser).accountId)
  }

  /** Nobody, or the one account that is named, likes it any more. */
  unlike(id: string, details: { readonly accountId?: string } = {}): void {
    const { accountId } = details
    const likers = accountId === undefined ? this.reactions.likesOf(this.existing(id).id) : [accountId]
    for (const each of likers)
      if (!this.reactions.unlike(id, each)) throw new ImpossibleChange(`${each} does not like ${id}`)
  }

  /** A page or blog post is viewed: once, unless told otherwise, and by nobody new. */
  view(id: string, details: { readonly views?: number; readonly viewers?: number } = {}): void {
    const { views = 1, viewers = 0 } = details
    this.reactions.view(this.existing(id).id, { views, viewers })
  }

  /** An app keeps something with content, in a new version of the property of this key; the content gets none. */
  setProperty(
    id: string,
    details: { readonly key: string; readonly value?: unknown; readonly authorId?: string },
  ): void {
    const { key, value = null, authorId = (this.users[0] as SiteUser).accountId } = details
    this.contentProperties.set(this.existing(id).id, key, value, { at: this.siteTime(), authorId })
  }

  removeProperty(id: string, details: { readonly key: string }): void {
    if (!this.contentProperties.remove(this.existing(id).id, details.key))
      throw new ImpossibleChange(`${id} has no property of the key ${details.key}`)
  }

  /** Deletes a version of content that is not its last. */
  deleteVersion(id: string, { number }: { readonly number: number }): void {
    const item = this.existing(id)
    if (!this.contentVersions.delete(item.id, number, item.version))
      throw new ImpossibleChange(`${id} has no earlier version ${number}`)
  }

  /** Content that is there, in the trash or not. */
  protected existing(id: string): ListedItem {
    for (const kind of KINDS) {
      const item = itemOf(this, kind, id)
      if (item !== undefined && !item.gone) return item
    }
    throw new ImpossibleChange(`there is no content with the id ${id}`)
  }
}
