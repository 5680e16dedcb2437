/**
 * What apps have stored with content: the properties of pages, blog posts, comments, attachments, custom content,
 * folders, whiteboards, databases and embeds. The last four have no list that tells of new versions: a reconciliation looks at them.
 */
import { eachPage } from "../../confluence/Listing.ts"
import { type Endpoint, scopeNames } from "../../confluence/scopes.ts"
import { isRecord } from "../../json.ts"
import { LAST } from "../../sync/manyParents.ts"
import type { KindName } from "../contentLists.ts"
import { KINDS as CONTENT } from "../contentParents.ts"
import { endpointBelow, pathOf } from "../kinds/childrenOfContent.ts"
import { followedChildren } from "../kinds/followedChildren.ts"
import { withTimes } from "../rowFacts.ts"

const KINDS = [
  "page",
  "blogpost",
  "footer-comment",
  "inline-comment",
  "attachment",
  "custom-content",
  "folder",
  "whiteboard",
  "database",
  "embed",
] as const satisfies ReadonlyArray<KindName>

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

const whole = followedChildren({
  name: "content_properties",
  primaryKey: ["id"],
  kinds: KINDS,
  what: "the properties",
  endpointOf,
  filteredAs: "contents",
  key: {
    column: "id",
    timeOf: ({ updatedAt }) => Date.parse(String(updatedAt)),
    versionOf,
    key: ({ childId }) => ({ id: childId }),
  },
  read: ({ kind, contentType, id }, mayBeEmpty, onRows) => {
    const endpoint = endpointOf(kind)
    return eachPage(
      {
        path: pathOf(endpoint, id),
        query: [],
        paging: "cursor",
        limit: 250,
        stream: "content_properties",
        scope: scopeNames(endpoint),
      },
      (rows) => onRows(rows.map((row) => withTimes(Object.assign(row, { contentId: id, contentType })))),
      { priority: LAST, oftenEmpty: mayBeEmpty, oddAsRows: true },
    )
  },
})

export const contentProperties = {
  ...whole,
  endpoints: [...new Map(whole.endpoints.map((endpoint) => [endpoint.path, endpoint])).values()],
}
