/** What is true of what content has of its own: the rows that a faultless reading of the lists of all content would bring. */
import type { Item } from "./Collection.ts"
import { answeredOf, type ListedItem } from "./contentOfLists.ts"
import type { ContentKind, SiteContent } from "./SiteContent.ts"

type TrueRow = Record<string, unknown>

/** The types of content as rows name them. */
const TYPES: Readonly<Record<ContentKind, string>> = {
  page: "page",
  blogpost: "blogpost",
  "footer-comment": "comment",
  "inline-comment": "comment",
  attachment: "attachment",
}

const allOf = <I extends Item>(collection: {
  readonly size: number
  get(ordinal: number): I | undefined
}): readonly I[] => Array.from({ length: collection.size }, (_, ordinal) => collection.get(ordinal) as I)

/** All content of a kind that some list shows. */
export const listedOf = (site: SiteContent, kind: ContentKind): readonly ListedItem[] => {
  if (kind === "page" || kind === "blogpost")
    return allOf(site.collection(kind)).filter(
      (item) =>
        item.status !== "trashed" &&
        (kind === "page" || item.status !== "archived") &&
        site.contentExists(item) &&
        site.contentVisible(item, "user"),
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
  kinds: readonly ContentKind[],
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
