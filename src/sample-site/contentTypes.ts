/**
 * What a site's content can be, and where it lies: pages, folders, whiteboards, databases and embeds (Smart Links) form the
 * tree of a space, each below any other; blog posts lie beside it.
 */
import type { Item } from "./Collection.ts"

/** What lies in the content tree beside pages, by Confluence's names. */
export const TREE_TYPES = ["folder", "whiteboard", "database", "embed"] as const

/** A type of content in the tree that is no page. */
export type TreeType = (typeof TREE_TYPES)[number]

/** What content can lie under. */
export type ParentType = "page" | TreeType

/** Whether a type is one of the tree's that is no page. */
export const isTreeType = (type: string): type is TreeType => TREE_TYPES.some((known) => known === type)

/** Content with a place: in a space, and in its tree under a parent or at the top. */
export interface PlacedItem extends Item {
  readonly type: ParentType | "blogpost"
  status: "current" | "archived" | "trashed"
  parentId: string | null
  parentType: ParentType | null
  position: number | null
  readonly authorId: string
  ownerId: string | null
  readonly createdAt: number
  /** The credential may not see it. */
  restricted: boolean
  /** The id of the content above it that took it along into the trash. */
  trashedWith?: string | undefined
}

/** How many items of the tree each space has at the start that are no pages. */
export const TREE_ITEMS_PER_SPACE = 8

/** The place of a generated item among those of its space: five folders, a whiteboard, a database, an embed. */
export const turnOf = (ordinal: number): number => ordinal % TREE_ITEMS_PER_SPACE

/** The type of a generated item. */
export const generatedTreeType = (ordinal: number): TreeType => {
  const turn = turnOf(ordinal)
  return turn < 5 ? "folder" : turn === 5 ? "whiteboard" : turn === 6 ? "database" : "embed"
}
