/** The rows of the lists of versions. */
import type { ListedItem, ParentKind } from "./contentOfLists.ts"
import type { Rows } from "./rows.ts"
import type { SiteContent } from "./SiteContent.ts"

/** The field that names the content in a row of its versions. */
const FIELDS: Readonly<Record<ParentKind, string>> = {
  page: "page",
  blogpost: "blogpost",
  "footer-comment": "comment",
  "inline-comment": "comment",
  attachment: "attachment",
  "custom-content": "custom",
  folder: "folder",
  whiteboard: "whiteboard",
  database: "database",
  embed: "embed",
}

/** The versions of a content as its list shows them, all under its present title. */
export const versionRows = (
  site: SiteContent,
  rows: Rows,
  kind: ParentKind,
  item: ListedItem,
): readonly Readonly<Record<string, unknown>>[] => {
  const title = "parentOrdinal" in item ? `Re: ${rows.containerTitle(item.container)}` : item.title
  return site.contentVersions.of(item.id, item.version).map(({ number, at, message, minorEdit, authorId }) => ({
    number,
    message,
    minorEdit,
    authorId,
    createdAt: new Date(at).toISOString(),
    [FIELDS[kind]]: { id: item.id, title },
  }))
}
