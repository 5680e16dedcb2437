import { GROUPS } from "../../site/siteLists.ts"
import type { StreamDefinition } from "../../sync/StreamDefinition.ts"
/** Who is a member of which group. */
import { MEMBERS, walkMembers } from "../kinds/childrenOf.ts"
import { ONE_ROW } from "../kinds/lists.ts"

export const groupMembers: StreamDefinition = {
  name: "group_members",
  primaryKey: ["groupId", "accountId"],
  syncModes: ["full_refresh"],
  endpoints: [MEMBERS, GROUPS],
  probes: [
    { endpoint: GROUPS, query: [ONE_ROW] },
    { endpoint: MEMBERS, query: [ONE_ROW] },
  ],
  accountsIn: (row) => [row["accountId"]],
  accountsListed: true,
  read: (pass) => walkMembers(pass, (member, groupId) => ({ ...member, groupId })),
}
