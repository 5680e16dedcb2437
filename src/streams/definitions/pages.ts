/** Pages with their bodies: current and archived ones, which is what the list gives where no status is asked for. */
import { contentOfSpaces } from "../kinds/contentOfSpaces.ts"
import { accountsIn, withTimes } from "../rowFacts.ts"

export const pages = contentOfSpaces({
  name: "pages",
  primaryKey: ["id"],
  endpoint: { path: "/wiki/api/v2/pages", scopes: [["read:page:confluence"]] },
  row: withTimes,
  accountsIn,
  filteredAs: "page",
})
