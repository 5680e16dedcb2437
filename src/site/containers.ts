/** The content that a comment or an attachment hangs on, as rows of Confluence's API name it. */
import type { Row } from "../confluence/Listing.ts"

/** Where content that others can hang on is found: pages and blog posts in lists that take ids, the others one at a time. */
export const LISTED_CONTAINERS = {
  page: { path: "/wiki/api/v2/pages", scope: "read:page:confluence" },
  blogpost: { path: "/wiki/api/v2/blogposts", scope: "read:page:confluence" },
} as const
export const SINGLE_CONTAINERS: Readonly<Record<string, { readonly path: string; readonly scope: string }>> = {
  attachment: { path: "/wiki/api/v2/attachments", scope: "read:attachment:confluence" },
  "custom-content": { path: "/wiki/api/v2/custom-content", scope: "read:custom-content:confluence" },
}

const CONTAINERS = [
  ["pageId", "page", "/wiki/api/v2/pages"],
  ["blogPostId", "blogpost", "/wiki/api/v2/blogposts"],
  ["attachmentId", "attachment", "/wiki/api/v2/attachments"],
  ["customContentId", "custom-content", "/wiki/api/v2/custom-content"],
] as const

export interface Container {
  readonly containerType: string
  readonly containerId: string
}

/** The same text for the same container. */
export const containerKey = ({ containerType, containerId }: Container): string => `${containerType} ${containerId}`

/** The container that a row of a stream tells in its columns. */
export const toldContainer = ({ containerType, containerId }: Row): Container | undefined =>
  typeof containerType === "string" && typeof containerId === "string" ? { containerType, containerId } : undefined

/** The content that a comment or an attachment hangs on; undefined where the row does not say. */
export const containerOf = (row: Row): Container | undefined => {
  for (const [field, containerType] of CONTAINERS) {
    const id = row[field]
    if (id !== undefined && id !== null && id !== "") return { containerType, containerId: String(id) }
  }
  return undefined
}

/** Adds the container's type and id, and the id under the API's own name where only a parent named it; null if none does. */
export const withContainer = (row: Row, container = containerOf(row)): Row => {
  const named = CONTAINERS.find(([, type]) => type === container?.containerType)
  if (named !== undefined) row[named[0]] ??= container!.containerId
  row["containerType"] = container?.containerType ?? null
  row["containerId"] = container?.containerId ?? null
  return row
}

/** The list of what hangs on the container of a row beside it, such as `attachments`; undefined where the row names none. */
export const pathBelow = (row: Row, what: string): string | undefined => {
  const named = CONTAINERS.find(([, type]) => type === row["containerType"])
  return named === undefined ? undefined : `${named[2]}/${encodeURIComponent(String(row["containerId"]))}/${what}`
}

/**
 * The ids below which the API may know the file of an attachment: of the content that the row names; and, where another one is in the
 * address that browsers download it from, that one. What hangs on a comment is named by its page, and known by the comment.
 */
export const containersOfFile = (row: Row): ReadonlyArray<string> => {
  const named = toldContainer(row)?.containerId ?? containerOf(row)?.containerId
  const linked = /\/download\/attachments\/(\d+)\//.exec(String(row["downloadLink"] ?? ""))?.[1]
  return [...new Set([named, linked].filter((id) => id !== undefined))]
}
