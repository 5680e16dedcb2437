/** What is true of what content has of its own: the rows that a faultless reading of the lists of all content would bring. */
import type { Item } from "./Collection.ts"
import { answeredOf, type ListedItem, type ParentKind } from "./contentOfLists.ts"
import { isTreeType, TREE_TYPES } from "./contentTypes.ts"
import type { Rows } from "./rows.ts"
import type { SiteContent } from "./SiteContent.ts"
import { versionRows } from "./versionRows.ts"

type TrueRow = Record<string, unknown>

/** The types of content as rows name them. */
const TYPES: Readonly<Record<ParentKind, string>> = {
  page: "page",
  blogpost: "blogpost",
  "footer-comment": "comment",
  "inline-comment": "comment",
  attachment: "attachment",
  "custom-content": "custom-content",
  folder: "folder",
  whiteboard: "whiteboard",
  database: "database",
  embed: "embed",
}

const allOf = <I extends Item>(collection: {
  readonly size: number
  get(ordinal: number): I | undefined
}): readonly I[] => Array.from({ length: collection.size }, (_, ordinal) => collection.get(ordinal) as I)

/** All content of a kind that some list shows. */
export const listedOf = (site: SiteContent, kind: ParentKind): readonly ListedItem[] => {
  if (kind === "page" || kind === "blogpost")
    return allOf(site.collection(kind)).filter(
      (item) =>
        item.status !== "trashed" &&
        (kind === "page" || item.status !== "archived") &&
        site.contentExists(item) &&
        site.contentVisible(item, "user"),
    )
  if (isTreeType(kind))
    return allOf(site.treeItems).filter(
      (item) =>
        item.type === kind &&
        item.status !== "trashed" &&
        site.contentExists(item) &&
        site.contentVisible(item, "user"),
    )
  if (kind === "custom-content")
    return allOf(site.customContent.items).filter(
      (item) => !item.gone && item.status === "current" && site.customContent.listed(item, "user", true) === "shown",
    )
  if (kind === "attachment")
    return allOf(site.attachments).filter(
      (item) => !item.gone && item.status !== "trashed" && site.containerState(item.container, "user") === "shown",
    )
  return allOf(site.comments(kind)).filter((item) => !item.gone && site.commentShown(item, "user"))
}

/** A row for each of what `of` finds of the contents of these kinds. */
const each = (
  site: SiteContent,
  kinds: readonly ParentKind[],
  of: (item: ListedItem) => readonly TrueRow[],
): TrueRow[] =>
  kinds.flatMap((kind) =>
    listedOf(site, kind)
      .filter((item) => answeredOf(site, item, "user") === "all")
      .flatMap((item) =>
        of(item).map((row) => Object.assign<TrueRow, TrueRow>({ contentId: item.id, contentType: TYPES[kind] }, row)),
      ),
  )

/** The rows of `likes`: who likes which page, blog post or comment. */
export const likesTruth = (site: SiteContent): TrueRow[] =>
  each(site, ["page", "blogpost", "footer-comment", "inline-comment"], ({ id }) =>
    site.reactions.likesOf(id).map((accountId) => ({ accountId })),
  )

/** The rows of `content_views`: of each page and blog post, where the site's plan has analytics. */
export const viewsTruth = (site: SiteContent): TrueRow[] =>
  site.settings.quirks.analytics === "there"
    ? each(site, ["page", "blogpost"], ({ id }) => [{ ...site.reactions.viewsOf(id) }])
    : []

const WITH_VERSIONS = ["page", "blogpost", "footer-comment", "inline-comment", "attachment", "custom-content"] as const

/** The rows of `content_properties`. */
export const propertiesTruth = (site: SiteContent): TrueRow[] =>
  each(site, [...WITH_VERSIONS, ...TREE_TYPES], ({ id }) =>
    site.contentProperties.of(id).map((property) => Object.assign<TrueRow, object>({}, property)),
  )

/**
 * The rows of `content_versions`. What has one version alone tells it in the lists of content; the others are asked, which those in the
 * trash may refuse.
 */
export const versionsTruth = (site: SiteContent, rows: Rows): TrueRow[] =>
  WITH_VERSIONS.flatMap((kind) =>
    listedOf(site, kind)
      .filter((item) => item.version.number === 1 || answeredOf(site, item, "user") === "all")
      .flatMap((item) =>
        versionRows(site, rows, kind, item).map((row) =>
          Object.assign<TrueRow, TrueRow>({ contentId: item.id, contentType: TYPES[kind] }, row),
        ),
      ),
  )
