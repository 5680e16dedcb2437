/**
 * Changes to where the content of a sample site lies and whether it is there: moves, the archive, the trash, restrictions.
 * They are the same for pages, blog posts, folders, whiteboards, databases and embeds.
 */
import type { Item } from "./Collection.ts"
import type { TreeNode } from "./contentTree.ts"
import { isTreeType, type PlacedItem } from "./contentTypes.ts"
import type { ContentItem } from "./pages.ts"
import type { SiteUser } from "./people.ts"
import { type Operation, OPERATIONS } from "./restrictions.ts"
import { ImpossibleChange, SpaceChanges } from "./SpaceChanges.ts"
import type { TreeItem } from "./treeItems.ts"

/** A new version's data; what is left out follows from the old one. */
export interface NewVersion {
  readonly message?: string
  readonly minorEdit?: boolean
  readonly authorId?: string
  /** How far ahead of the site's clock it is dated, in milliseconds. */
  readonly aheadMs?: number
}

type Placed = ContentItem | TreeItem

const isTreeItem = (item: Placed): item is TreeItem => isTreeType(item.type)

export class TreeChanges extends SpaceChanges {
  /** Moves content into the trash; what lies below it stays, goes along or moves up (`belowTrash`). */
  trash(id: string): void {
    const item = this.placed(id)
    const { belowTrash } = this.settings.quirks
    if (belowTrash === "moves up")
      for (const child of this.children(item))
        this.alterSilently(child.id, (moved) => {
          moved.parentId = item.parentId
          moved.parentType = item.parentType
        })
    if (belowTrash === "goes along")
      for (const node of this.below(item))
        if (node.status !== "trashed")
          this.alterSilently(node.id, (taken) => {
            taken.status = "trashed"
            taken.trashedWith = id
          })
    this.alterSilently(id, (trashed) => (trashed.status = "trashed"))
  }

  /** Takes content out of the trash, and what went there with it. */
  restore(id: string): void {
    const back = this.below(this.placed(id)).filter(({ trashedWith }) => trashedWith === id)
    for (const each of [...back.map((node) => node.id), id])
      this.alterSilently(each, (restored) => {
        restored.status = "current"
        restored.trashedWith = undefined
      })
  }

  /** Deletes content for good, with its comments and attachments. What lies below it stays without it. */
  purge(id: string): void {
    this.alter(id, (item) => (item.gone = true))
  }

  archive(id: string): void {
    this.alterSilently(id, (item) => (item.status = "archived"))
  }

  unarchive(id: string): void {
    this.alterSilently(id, (item) => (item.status = "current"))
  }

  /** Moves content under another parent (null = to the top) or into another space; what lies below it goes with it. */
  move(id: string, details: { readonly parentId?: string | null; readonly spaceId?: string }): void {
    const item = this.placed(id)
    const parent = typeof details.parentId === "string" ? this.parent(item.type, details.parentId) : undefined
    const space = this.placeFor(details.spaceId, parent) ?? item.space
    const below = this.below(item)
    const isElsewhere = space !== item.space
    if (parent !== undefined && (parent.id === id || below.some((node) => node.id === parent.id)))
      throw new ImpossibleChange(`${item.type} ${id} cannot be moved below itself`)
    const toTop = details.parentId === null || (details.parentId === undefined && isElsewhere)
    this.alterSilently(id, (moved) => {
      moved.space = space
      if (parent === undefined && !toTop) return
      moved.parentId = parent?.id ?? null
      moved.parentType = parent?.type ?? null
    })
    if (isElsewhere) for (const node of below) this.alterSilently(node.id, (moved) => (moved.space = space))
  }

  /** The credential may no longer see content, nor what lies below it. */
  restrict(id: string): void {
    this.withBelow(id, (item) => (item.restricted = true))
  }

  /** The same as `restrict`: to the outside both are one. */
  hide(id: string): void {
    this.restrict(id)
  }

  /** The credential may see it again, with what lies below it. */
  reveal(id: string): void {
    this.withBelow(id, (item) => (item.restricted = false))
  }

  /**
   * Lets only those named read content (unless told otherwise), or change it. Reading holds for all that lies below, too: where the
   * credential is not among them, it no longer sees any of that. Nobody named opens it.
   */
  setRestriction(
    id: string,
    details: {
      readonly operation?: string
      readonly users?: readonly string[]
      readonly groups?: readonly string[]
    } = {},
  ): void {
    const { users = [], groups = [] } = details
    this.restrictions.set(this.placed(id), this.operation(details.operation ?? "read"), { users, groups })
  }

  /** Takes the content's own restrictions away, of one operation or of both. */
  clearRestrictions(id: string, details: { readonly operation?: string } = {}): void {
    const { operation } = details
    this.restrictions.clear(this.placed(id), operation === undefined ? undefined : this.operation(operation))
  }

  private operation(name: string): Operation {
    const operation = OPERATIONS.find((known) => known === name)
    if (operation === undefined)
      throw new ImpossibleChange(`there is no restriction of "${name}", only of read and update`)
    return operation
  }

  /** Content with a place: a page, a blog post or an item of the tree. */
  protected placed(id: string): Placed {
    const item = this.placedContent(id)
    if (item !== undefined) return item
    throw new ImpossibleChange(
      `there is no page or blog post with the id ${id}, nor a folder, whiteboard, database or embed`,
    )
  }

  /** What content of a type shall lie under. */
  protected parent(type: PlacedItem["type"], id: string): TreeNode {
    if (type === "blogpost") throw new ImpossibleChange("a blog post lies under nothing")
    const parent = this.treeNode(id)
    if (parent === undefined)
      throw new ImpossibleChange(`there is nothing with the id ${id} that content can lie under`)
    return parent
  }

  /** The space that content shall lie in, as far as it is told: that of its parent, if it has one. */
  protected placeFor(spaceId: string | undefined, parent: TreeNode | undefined): number | undefined {
    const given = spaceId === undefined ? undefined : this.space(spaceId).index
    if (given !== undefined && parent !== undefined && parent.space !== given)
      throw new ImpossibleChange(`${parent.type} ${parent.id} is not in the space ${spaceId}`)
    return given ?? parent?.space
  }

  protected alter(id: string, how: (item: Placed) => void): void {
    const item = this.placed(id)
    if (isTreeItem(item)) this.treeItems.change(item.ordinal, how)
    else this.collection(item.type).change(item.ordinal, how)
  }

  /** A change that carries no version, unless the site has the quirk that it does. */
  protected silently(item: Item, how: () => void): void {
    how()
    if (this.settings.quirks.versionOnEveryChange) this.newVersion(item, {})
  }

  /** Never before the version it follows, even when the site's clock was set back. */
  protected newVersion(item: Item, details: NewVersion): void {
    this.contentVersions.keep(item.id, item.version)
    item.version = {
      number: item.version.number + 1,
      at: Math.max(this.siteTime() + (details.aheadMs ?? 0), item.version.at),
      message: details.message ?? "",
      minorEdit: details.minorEdit ?? false,
      authorId: details.authorId ?? (this.users[0] as SiteUser).accountId,
    }
  }

  private alterSilently(id: string, how: (item: Placed) => void): void {
    this.alter(id, (item) => this.silently(item, () => how(item)))
  }

  private children(item: Placed): readonly TreeNode[] {
    return item.type === "blogpost" ? [] : this.tree.children(item as TreeNode)
  }

  /** What lies below content at every depth. */
  private below(item: Placed): readonly TreeNode[] {
    return item.type === "blogpost" ? [] : this.tree.below(item as TreeNode).map(({ node }) => node)
  }

  private withBelow(id: string, how: (item: Placed) => void): void {
    for (const node of this.below(this.placed(id))) this.alter(node.id, how)
    this.alter(id, how)
  }
}
