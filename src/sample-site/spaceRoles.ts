/**
 * The roles of the sample site, and who has which of them in which space. The assignments of the start are computed when they are
 * asked for; only those of spaces that were changed are kept.
 */
import { hash32, seededUuid } from "./seededChance.ts"
import type { SiteSpace } from "./spaces.ts"

/** A role: a name for what somebody may do in a space. */
export interface SpaceRole {
  readonly id: string
  readonly type: "SYSTEM" | "CUSTOM"
  name: string
  readonly description: string
  readonly spacePermissions: readonly string[]
}

/** Somebody has a role in a space. */
export interface RoleAssignment {
  readonly principal: { readonly principalType: string; readonly principalId: string }
  readonly roleId: string
}

const ROLE = 32

const VIEW = ["read/space"]
const COMMENT = [...VIEW, "create/comment"]
const WRITE = [...COMMENT, "create/page", "create/blogpost", "create/attachment", "delete/page"]
const MANAGE = [...WRITE, "administer/space", "export/space"]

const AT_THE_START: readonly (readonly [SpaceRole["type"], string, string, readonly string[]])[] = [
  ["SYSTEM", "Admin", "Manages the space and who may use it", MANAGE],
  ["SYSTEM", "Collaborator", "Writes and comments", WRITE],
  ["SYSTEM", "Commenter", "Reads and comments", COMMENT],
  ["SYSTEM", "Viewer", "Reads", VIEW],
  ["CUSTOM", "Prüfer & Freigeber", "", [...COMMENT, "export/space"]],
]

/** What tells an assignment from others of its space, and the order in which lists show them. */
export const assignmentKey = ({ roleId, principal }: RoleAssignment): string =>
  `${roleId} ${principal.principalType} ${principal.principalId}`

/** The roles of a site. */
export class SpaceRoles {
  readonly all: SpaceRole[]
  private readonly seed: number
  private readonly accountIds: readonly string[]
  private readonly groupIds: readonly string[]
  private readonly changed = new Map<number, readonly RoleAssignment[]>()
  private made = 0

  /** `accountIds`, `groupIds`: of the users and groups at the start. */
  constructor(seed: number, accountIds: readonly string[], groupIds: readonly string[]) {
    this.seed = seed
    this.accountIds = accountIds
    this.groupIds = groupIds
    this.all = AT_THE_START.map(([type, name, description, spacePermissions], index) => ({
      id: seededUuid(seed, ROLE, index),
      type,
      name,
      description,
      spacePermissions,
    }))
  }

  /** Makes a role and answers its id. */
  make(name: string): string {
    const id = seededUuid(this.seed, ROLE + 100, ++this.made)
    this.all.push({ id, type: "CUSTOM", name, description: "", spacePermissions: VIEW })
    return id
  }

  /** Who has which role in a space; what a role gave goes with the role. */
  of(space: SiteSpace): readonly RoleAssignment[] {
    const roles = new Set(this.all.map(({ id }) => id))
    return (this.changed.get(space.index) ?? this.generated(space)).filter(({ roleId }) => roles.has(roleId))
  }

  assign(space: SiteSpace, assignment: RoleAssignment): void {
    this.unassign(space, assignment)
    this.changed.set(space.index, [...this.of(space), assignment])
  }

  /** Takes a role from somebody; false where nobody like that has it. */
  unassign(space: SiteSpace, assignment: RoleAssignment): boolean {
    const all = this.of(space)
    const left = all.filter((each) => assignmentKey(each) !== assignmentKey(assignment))
    this.changed.set(space.index, left)
    return left.length < all.length
  }

  private generated(space: SiteSpace): readonly RoleAssignment[] {
    const [admin, collaborator, commenter, viewer, custom] = AT_THE_START.map((_, at) =>
      seededUuid(this.seed, ROLE, at),
    )
    const { accountIds, groupIds } = this
    const hash = hash32(this.seed, ROLE, space.index)
    const given = (roleId: string | undefined, principalType: string, principalId: string | undefined) =>
      roleId === undefined || principalId === undefined ? [] : [{ principal: { principalType, principalId }, roleId }]
    const [everyone, ...others] = space.type === "personal" ? [] : groupIds
    return [
      ...given(admin, "USER", space.ownerId),
      ...given(admin, "ACCESS_CLASS", "all-product-admins"),
      ...given(collaborator, "GROUP", everyone),
      ...given(commenter, "GROUP", others[hash % Math.max(1, others.length)]),
      ...given(space.index % 3 === 0 ? custom : undefined, "USER", accountIds[hash % accountIds.length]),
      ...given(space.type === "collaboration" ? viewer : undefined, "ACCESS_CLASS", "all-licensed-users"),
      ...given(space.anonymous ? viewer : undefined, "ACCESS_CLASS", "anonymous-users"),
    ]
  }
}
