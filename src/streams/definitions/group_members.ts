/** Who is a member of which group. */
import { ONE_ROW } from "../collection.ts"
import { MEMBERS, walkMembers } from "../groupMembers.ts"
import { GROUPS } from "../../sync/SiteDirectory.ts"
import type { StreamDefinition } from "../StreamDefinition.ts"

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
