/** Who is a member of which group. */
import { ONE_ROW } from "../collection.ts"
import { walkMembers } from "../groupMembers.ts"
import { GROUPS_PATH, GROUPS_SCOPE } from "../../sync/SiteDirectory.ts"
import type { StreamDefinition } from "../StreamDefinition.ts"

export const groupMembers: StreamDefinition = {
  name: "group_members",
  primaryKey: ["groupId", "accountId"],
  syncModes: ["full_refresh"],
  endpoints: [GROUPS_PATH, "/wiki/rest/api/group/{groupId}/membersByGroupId"],
  scopes: [GROUPS_SCOPE],
  probe: { path: GROUPS_PATH, scope: GROUPS_SCOPE, query: [ONE_ROW] },
  accountsIn: (row) => [row["accountId"]],
  read: (pass) => walkMembers(pass, (member, groupId) => ({ ...member, groupId })),
}
