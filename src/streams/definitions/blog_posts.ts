/** Blog posts with their bodies. Their list knows no archived ones. */
import { contentOfSpaces } from "../kinds/contentOfSpaces.ts"
import { accountsIn, withTimes } from "../rowFacts.ts"

export const blogPosts = contentOfSpaces({
  name: "blog_posts",
  primaryKey: ["id"],
  endpoint: { path: "/wiki/api/v2/blogposts", scopes: [["read:page:confluence"]] },
  query: [["status", "current"]],
  row: withTimes,
  accountsIn,
  filteredAs: "blogpost",
})
