/** Spaces of every type, current and archived. They carry no modification date, so they are read whole each time. */
import { SPACES, SPACE_STATUSES } from "../../site/siteLists.ts"
import { byId } from "../../sync/Course.ts"
import { siteList } from "../kinds/siteList.ts"
import { accountsIn } from "../rowFacts.ts"

export const spaces = siteList({
  name: "spaces",
  primaryKey: ["id"],
  endpoint: SPACES,
  query: [
    ["description-format", "plain"],
    ["include-icon", "true"],
  ],
  parts: Object.fromEntries(SPACE_STATUSES.map((status) => [status, [["status", status]]])),
  sort: { front: "id", back: "-id", key: byId },
  feeds: "spaces",
  accountsIn,
  filteredAs: "space",
})
