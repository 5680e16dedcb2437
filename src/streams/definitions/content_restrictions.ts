/**
 * Who alone may read or change a content: pages, blog posts, folders, whiteboards, databases and embeds, each with what it inherits from what it
 * lies below.
 */
import type { Endpoint } from "../../confluence/scopes.ts"
import { SPACES } from "../../site/siteLists.ts"
import { SEARCH, SITE_SEARCH } from "../../sync/contentSearch.ts"
import type { StreamDefinition } from "../../sync/StreamDefinition.ts"
import { ANCESTORS_SCOPE, TREE_TYPES } from "../../sync/treeContent.ts"
import { ONE_ROW } from "../kinds/lists.ts"
import { BY_OPERATION, RESTRICTION } from "../restrictions/askEach.ts"
import { BLOG_POSTS, BLOG_POSTS_QUERY, PAGES } from "../restrictions/listContents.ts"
import { readRestrictions } from "../restrictions/readRestrictions.ts"

/** An id of nothing, of the right form. */
const NOTHING = "1"

const { page, ...others } = TREE_TYPES
const singles = Object.values(others).map(({ path, scope }): Endpoint => ({ path: `${path}/{id}`, scopes: [[scope]] }))
const ancestors = [page, ...Object.values(others)].map(({ path }): Endpoint => ({
  path: `${path}/{id}/ancestors`,
  scopes: [[ANCESTORS_SCOPE]],
}))

export const contentRestrictions: StreamDefinition = {
  name: "content_restrictions",
  primaryKey: ["contentId", "operation", "restrictedById", "principalType", "principalId"],
  syncModes: ["full_refresh"],
  endpoints: [SEARCH, SITE_SEARCH, RESTRICTION, BY_OPERATION, PAGES, BLOG_POSTS, ...singles, ...ancestors, SPACES],
  probes: [
    { endpoint: SEARCH, query: [["cql", "type = page"], ONE_ROW] },
    { endpoint: RESTRICTION, query: [], nothing: NOTHING },
    { endpoint: PAGES, query: [ONE_ROW] },
    { endpoint: BLOG_POSTS, query: [...BLOG_POSTS_QUERY, ONE_ROW] },
    ...singles.map((endpoint) => ({ endpoint, nothing: NOTHING })),
    {
      endpoint: ancestors[0]!,
      nothing: NOTHING,
      without: "what lies above content that this account cannot see cannot be told",
    },
  ],
  accountsIn: ({ principalType, principalId }) => (principalType === "user" ? [principalId] : []),
  filteredAs: "contents",
  read: readRestrictions,
}
