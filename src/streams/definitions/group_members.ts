/** Who is a member of which group. Suspended users are left out by Confluence itself. */
import type { Endpoint } from "../../confluence/scopes.ts"
import { type Children, childrenOf } from "../kinds/childrenOf.ts"

export const MEMBERS: Endpoint = {
  path: "/wiki/rest/api/group/{groupId}/membersByGroupId",
  scopes: [["read:confluence-groups"], ["read:group:confluence", "read:user:confluence"]],
}

/** The list of an unknown group is empty rather than an error. */
export const membersOfGroups: Children = {
  parents: "groups",
  endpoint: MEMBERS,
  // The total ends the list without a look at an empty page.
  query: [["shouldReturnTotalSize", "true"]],
  paging: "offset",
  // Above this the endpoint answers 400.
  limit: 200,
}

export const groupMembers = childrenOf({
  name: "group_members",
  primaryKey: ["groupId", "accountId"],
  children: membersOfGroups,
  what: "the members",
  row: (member, groupId) => ({ ...member, groupId }),
  accountsIn: (row) => [row["accountId"]],
  accountsListed: true,
})
