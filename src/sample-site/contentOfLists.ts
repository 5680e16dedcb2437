/** The content whose own lists are asked for: what there is of it, and whether its lists answer. */
import type { AttachmentItem } from "./attachments.ts"
import type { CommentItem } from "./comments.ts"
import { isTreeType, type TreeType } from "./contentTypes.ts"
import { type CustomItem, customOrdinal } from "./customContent.ts"
import type { ContentItem } from "./pages.ts"
import type { ContentKind } from "./SiteCollections.ts"
import type { SiteContent, Viewer } from "./SiteContent.ts"
import type { TreeItem } from "./treeItems.ts"

export type ListedItem = ContentItem | CommentItem | AttachmentItem | CustomItem | TreeItem
/** The kinds of content that have lists of their own. */
export type ParentKind = ContentKind | TreeType | "custom-content"

/** What the lists of a content say: all that it has, nothing, or that there is no such content. */
export type Answered = "all" | "nothing" | "404"

/** The item of an id, if there ever was one. */
export const itemOf = (site: SiteContent, kind: ParentKind, id: string): ListedItem | undefined => {
  if (kind === "custom-content") return site.customContent.byId(id)
  if (isTreeType(kind)) {
    const item = site.treeItem(id)
    return item?.type === kind ? item : undefined
  }
  const ordinal = site.ordinalOf(kind, id)
  if (ordinal === undefined) return undefined
  if (kind === "page" || kind === "blogpost") return site.collection(kind).get(ordinal)
  return kind === "attachment" ? site.attachments.get(ordinal) : site.comments(kind).get(ordinal)
}

const isCustom = (item: ListedItem): item is CustomItem =>
  "type" in item && "container" in item && customOrdinal(item.id) !== undefined

/** What the lists of an item's own answer a viewer. */
export const answeredOf = (site: SiteContent, item: ListedItem, viewer: Viewer): Answered => {
  if (item.gone) return "404"
  if (isCustom(item)) {
    const { place, visible } = site.customContent.fateOf(item, viewer)
    if (place === "gone" || !visible) return "404"
    return place === "trashed" || item.status === "trashed" ? inTrash(site) : "all"
  }
  if ("container" in item) {
    const { place, visible } = site.containerFate(item.container, viewer)
    if (place === "gone" || !visible) return "404"
    return place === "trashed" || ("status" in item && item.status === "trashed") ? inTrash(site) : "all"
  }
  if (!site.contentExists(item) || !site.contentVisible(item, viewer)) return "404"
  return item.status === "trashed" ? inTrash(site) : "all"
}

const inTrash = (site: SiteContent): Answered => {
  const { childrenOfTrashed } = site.settings.quirks
  return childrenOfTrashed === "empty" ? "nothing" : childrenOfTrashed === "all" ? "all" : "404"
}
