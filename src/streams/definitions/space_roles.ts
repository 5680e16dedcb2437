/** The roles that can be given to people in spaces: those of every site, and the site's own. */
import type { StreamDefinition } from "../../sync/StreamDefinition.ts"
import { siteList } from "../kinds/siteList.ts"
import { ROLES, ROLES_PROBE, ROLE_MODE, ROLE_MODE_PROBE, whereRolesAre } from "../roles.ts"

const whole = siteList({ name: "space_roles", primaryKey: ["id"], endpoint: ROLES })

export const spaceRoles: StreamDefinition = {
  ...whole,
  endpoints: [ROLES, ROLE_MODE],
  probes: [ROLES_PROBE, ROLE_MODE_PROBE],
  read: (pass) => whereRolesAre(pass, whole.read(pass), false),
}
