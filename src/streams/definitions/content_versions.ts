/**
 * Every version of pages, blog posts, comments, attachments and custom content. Content with one version alone tells it in the list of content, and is not
 * asked.
 */
import type { Row } from "../../confluence/Listing.ts"
import { isRecord } from "../../json.ts"
import type { KindName } from "../contentLists.ts"
import { endpointBelow } from "../kinds/childrenOfContent.ts"
import { followedChildren, listBelow } from "../kinds/followedChildren.ts"

const NAME = "content_versions"
const KINDS = [
  "page",
  "blogpost",
  "footer-comment",
  "inline-comment",
  "attachment",
  "custom-content",
] as const satisfies ReadonlyArray<KindName>

const endpointOf = (kind: KindName) =>
  endpointBelow(kind, "versions", kind === "custom-content" ? "custom-content-id" : "id")

/** The field by which a version names its content. */
const FIELDS: Readonly<Partial<Record<string, string>>> = { "custom-content": "custom" }

const dated = (row: Row): Row => Object.assign(row, { changedAt: row["createdAt"] ?? null })

export const contentVersions = followedChildren({
  name: NAME,
  primaryKey: ["contentId", "number"],
  kinds: KINDS,
  what: "the versions",
  endpointOf,
  filteredAs: "contents",
  key: {
    column: "number",
    timeOf: ({ createdAt }) => Date.parse(String(createdAt)),
    key: ({ contentId, childId }) => ({ contentId, number: Number(childId) }),
  },
  told: ({ contentType, id }, row) => {
    const { version, title } = row
    if (!isRecord(version) || version["number"] !== 1) return undefined
    return [dated({ ...version, contentId: id, contentType, [FIELDS[contentType] ?? contentType]: { id, title } })]
  },
  newestOf: ({ version }) => (isRecord(version) ? String(version["number"]) : undefined),
  read: listBelow(NAME, endpointOf, dated),
})
