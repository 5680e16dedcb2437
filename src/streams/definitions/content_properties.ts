/**
 * What apps have stored with content: the properties of pages, blog posts, comments, attachments, custom content,
 * folders, whiteboards, databases and embeds. The last four have no list that tells of new versions: a reconciliation looks at them.
 */
import type { Endpoint } from "../../confluence/scopes.ts"
import { isRecord } from "../../json.ts"
import { KIND_NAMES, type KindName } from "../contentLists.ts"
import { KINDS as CONTENT } from "../contentParents.ts"
import { endpointBelow } from "../kinds/childrenOfContent.ts"
import { followedChildren, listBelow } from "../kinds/followedChildren.ts"
import { withTimes } from "../rowFacts.ts"

const NAME = "content_properties"

/** What stands for the id in Atlassian's documents. */
const PARAMETERS: Readonly<Partial<Record<KindName, string>>> = {
  page: "page-id",
  blogpost: "blogpost-id",
  attachment: "attachment-id",
  "custom-content": "custom-content-id",
}

/** Comments of both kinds have one endpoint. */
const endpointOf = (kind: KindName): Endpoint =>
  CONTENT[kind].contentType === "comment"
    ? { path: "/wiki/api/v2/comments/{comment-id}/properties", scopes: [[CONTENT[kind].scope]] }
    : endpointBelow(kind, "properties", PARAMETERS[kind])

const versionOf = ({ version }: Readonly<Record<string, unknown>>) =>
  isRecord(version) ? version["number"] : undefined

export const contentProperties = followedChildren({
  name: NAME,
  primaryKey: ["id"],
  kinds: KIND_NAMES,
  what: "the properties",
  endpointOf,
  filteredAs: "contents",
  key: {
    column: "id",
    timeOf: ({ updatedAt }) => Date.parse(String(updatedAt)),
    versionOf,
    key: ({ childId }) => ({ id: childId }),
  },
  read: listBelow(NAME, endpointOf, withTimes),
})
