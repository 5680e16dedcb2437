/** Who has which role in which space: users, groups, and classes of people such as anonymous visitors. */
import type { Endpoint } from "../../confluence/scopes.ts"
import { isRecord } from "../../json.ts"
import type { StreamDefinition } from "../../sync/StreamDefinition.ts"
import { childrenOf } from "../kinds/childrenOf.ts"
import { ROLES, ROLES_PROBE, ROLE_MODE, ROLE_MODE_PROBE, whereRolesAre } from "../roles.ts"

const ASSIGNMENTS: Endpoint = {
  path: "/wiki/api/v2/spaces/{id}/role-assignments",
  scopes: [["read:space.permission:confluence"]],
}

const whole = childrenOf({
  name: "space_role_assignments",
  primaryKey: ["spaceId", "roleId", "principalType", "principalId"],
  children: { parents: "spaces", endpoint: ASSIGNMENTS },
  what: "the role assignments",
  row: (assignment, spaceId) => {
    const { principalType, principalId } = isRecord(assignment["principal"]) ? assignment["principal"] : {}
    return { ...assignment, spaceId, principalType, principalId }
  },
  accountsIn: ({ principalType, principalId }) => (principalType === "USER" ? [principalId] : []),
  filteredAs: "ofSpace",
})

export const spaceRoleAssignments: StreamDefinition = {
  ...whole,
  endpoints: [...whole.endpoints, ROLES, ROLE_MODE],
  probes: [...whole.probes.map((probe) => ({ ...probe, mayBeAbsent: true })), ROLES_PROBE, ROLE_MODE_PROBE],
  read: (pass) => whereRolesAre(pass, whole.read(pass), true),
}
