/** Who is a member of which group. */
import { ONE_ROW } from "../collection.ts"
import { MEMBERS_ENDPOINT, walkMembers } from "../groupMembers.ts"
import { GROUPS_PATH } from "../../sync/SiteDirectory.ts"
import type { StreamDefinition } from "../StreamDefinition.ts"

export const groupMembers: StreamDefinition = {
  name: "group_members",
  primaryKey: ["groupId", "accountId"],
  syncModes: ["full_refresh"],
  endpoints: [MEMBERS_ENDPOINT, GROUPS_PATH],
  probes: [
    { endpoint: GROUPS_PATH, query: [ONE_ROW] },
    { endpoint: MEMBERS_ENDPOINT, query: [ONE_ROW] },
  ],
  accountsIn: (row) => [row["accountId"]],
  read: (pass) => walkMembers(pass, (member, groupId) => ({ ...member, groupId })),
}
