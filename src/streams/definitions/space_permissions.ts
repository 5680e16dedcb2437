/** Who may do what in which space: users, groups, roles, and classes of people such as anonymous visitors. */
import type { Row } from "../../confluence/Listing.ts"
import { isRecord } from "../../json.ts"
import { childrenOf } from "../kinds/childrenOf.ts"

/** The account that a permission is given to; those of groups and classes name none. */
const accountsIn = ({ principal }: Row): ReadonlyArray<unknown> =>
  isRecord(principal) && principal["type"] === "user" ? [principal["id"]] : []

export const spacePermissions = childrenOf({
  name: "space_permissions",
  primaryKey: ["id"],
  children: {
    parents: "spaces",
    endpoint: { path: "/wiki/api/v2/spaces/{id}/permissions", scopes: [["read:space:confluence"]] },
  },
  what: "the permissions",
  row: (permission, spaceId) => ({ ...permission, spaceId }),
  accountsIn,
  filteredAs: "ofSpace",
})
