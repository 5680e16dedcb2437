/** Pages, current and archived, with their bodies. */
import { contentOfSpaces } from "../collection.ts"
import { accountsIn, withTimes } from "../rowFacts.ts"

export const pages = contentOfSpaces({
  name: "pages",
  primaryKey: ["id"],
  path: "/wiki/api/v2/pages",
  scope: "read:page:confluence",
  query: [
    ["status", "current"],
    ["status", "archived"],
  ],
  row: withTimes,
  accountsIn,
})
