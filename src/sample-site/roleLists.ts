/** The lists of roles of the sample site: which there are, and who has which of them in a space. */
import { type Answer, errorV2, json, notFound, Refusal } from "./answers.ts"
import { ROLE_ASSIGNMENTS, SPACE_ROLES } from "./listForms.ts"
import type { EndpointRequest } from "./PagedLists.ts"
import type { Parameters } from "./parameters.ts"
import { SpaceLists } from "./spaceLists.ts"
import { assignmentKey, type RoleAssignment } from "./spaceRoles.ts"

/** Answers what is asked about the roles of one site. */
export class RoleLists extends SpaceLists {
  /** `GET /space-role-mode` */
  mode(request: EndpointRequest): Answer {
    const { roleMode, tellsRoleMode } = this.site.settings.quirks
    return tellsRoleMode ? json(200, { mode: roleMode }) : notFound(request.path)
  }

  /** `GET /space-roles` */
  roles(request: EndpointRequest): Answer {
    const p = this.parameters(request, SPACE_ROLES)
    const isThere = this.hasRoles(request)
    const spaceId = p.text("space-id")
    const spaces = spaceId === undefined ? this.site.spaces : [this.spaceOf(request, spaceId)]
    const who = (each: RoleAssignment) => isOf(p, each)
    const given =
      p.text("principal-id") === undefined
        ? undefined
        : new Set(spaces.flatMap((space) => this.site.assignmentsOf(space).filter(who)).map(({ roleId }) => roleId))
    const type = p.text("role-type")
    const roles = this.site.roles.filter(
      (role) => isThere && (type === undefined || role.type === type) && (given === undefined || given.has(role.id)),
    )
    return this.pageOf(request, p, roles, ({ id }) => id)
  }

  /** `GET /spaces/{id}/role-assignments` */
  assignments(request: EndpointRequest): Answer {
    const p = this.parameters(request, ROLE_ASSIGNMENTS)
    const isThere = this.hasRoles(request)
    const space = this.spaceOf(request)
    const [roleId, type] = [p.text("role-id"), p.text("role-type")]
    const typeOf = (id: string) => this.site.roles.find((role) => role.id === id)?.type
    const rows = this.site
      .assignmentsOf(space)
      .filter(
        (each) =>
          isThere &&
          isOf(p, each) &&
          (roleId === undefined || each.roleId === roleId) &&
          (type === undefined || typeOf(each.roleId) === type),
      )
    return this.pageOf(request, p, rows, assignmentKey)
  }

  /** Whether the site has roles; where it has none, its lists are empty, or refused. */
  private hasRoles({ path }: EndpointRequest): boolean {
    if (this.site.hasRoles) return true
    switch (this.site.settings.quirks.listsWithoutRoles) {
      case "404":
        throw new Refusal(notFound(path))
      case "501":
        throw new Refusal(errorV2(501, "NOT_IMPLEMENTED", "Role-based access control is not enabled"))
      case "403":
        throw new Refusal(errorV2(403, "FORBIDDEN", "Role-based access control is not enabled"))
      case "empty":
        return false
    }
  }
}

/** Whether an assignment is of the principal that is asked for, if any is. */
const isOf = (p: Parameters, { principal }: RoleAssignment): boolean => {
  const [type, id] = [p.text("principal-type"), p.text("principal-id")]
  return (type === undefined || principal.principalType === type) && (id === undefined || principal.principalId === id)
}
