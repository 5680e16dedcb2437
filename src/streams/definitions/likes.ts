/** Who likes which page, blog post or comment. The API has no list of all likes: each content is asked for its own. */
import { eachPage } from "../../confluence/Listing.ts"
import { scopeNames } from "../../confluence/scopes.ts"
import { LAST } from "../../sync/manyParents.ts"
import type { KindName } from "../contentLists.ts"
import { childrenOfContent, endpointBelow, pathOf, takeRows } from "../kinds/childrenOfContent.ts"

const KINDS = ["page", "blogpost", "footer-comment", "inline-comment"] as const satisfies ReadonlyArray<KindName>

const endpointOf = (kind: KindName) => endpointBelow(kind, "likes/users")

export const likes = childrenOfContent({
  name: "likes",
  primaryKey: ["contentId", "accountId"],
  kinds: KINDS,
  what: "the likes",
  endpoints: KINDS.map(endpointOf),
  accountsIn: ({ accountId }) => [accountId],
  filteredAs: "contents",
  read: (pass, { kind, contentType, id }) => {
    const endpoint = endpointOf(kind)
    return eachPage(
      {
        path: pathOf(endpoint, id),
        query: [],
        paging: "cursor",
        limit: 250,
        stream: "likes",
        scope: scopeNames(endpoint),
      },
      (rows) =>
        takeRows(
          pass,
          rows.map(({ accountId }) => ({ contentId: id, contentType, accountId })),
        ),
      { priority: LAST, oftenEmpty: true, oddAsRows: true },
    )
  },
})
