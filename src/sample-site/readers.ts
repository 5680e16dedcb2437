/**
 * Who can truly read what of the sample site: active accounts with the space's permission to read, directly, by a group, by a role or by
 * a class of people, whom every restriction of reading lets through that the content or anything above it carries.
 */
import type { PlacedItem } from "./contentTypes.ts"
import { generatedGroupId, PLACE_OF_ADMINS, type SiteUser } from "./people.ts"
import { isRestricted } from "./restrictions.ts"
import type { SiteContent } from "./SiteContent.ts"
import type { SiteSpace } from "./spaces.ts"

/** What of a role lets people read a space. */
const READS = "read/space"

/** Tells the readers of one site as it is at this moment; another moment needs another. */
export class Readers {
  private readonly site: SiteContent
  private readonly ofSpaces = new Map<number, ReadonlySet<string>>()

  constructor(site: SiteContent) {
    this.site = site
  }

  /** The account ids of those who can read content. */
  of(item: PlacedItem): readonly string[] {
    const space = this.site.spaces[item.space]
    if (space === undefined) return []
    const restrictions = this.site
      .chainOf(item)
      .map((each) => this.site.restrictionsOf(each).read)
      .filter(isRestricted)
    return [...this.ofSpace(space)].filter((accountId) =>
      restrictions.every((restriction) => this.site.passes(restriction, accountId)),
    )
  }

  private ofSpace(space: SiteSpace): ReadonlySet<string> {
    const known = this.ofSpaces.get(space.index)
    if (known !== undefined) return known
    const byPermission = this.site
      .permissionsOf(space)
      .filter(({ operation }) => operation.key === "read" && operation.targetType === "space")
      .map(({ principal }) => principal)
    const reading = new Set(this.site.roles.filter((role) => role.spacePermissions.includes(READS)).map(({ id }) => id))
    const byRole = (this.site.hasRoles ? this.site.assignmentsOf(space) : [])
      .filter(({ roleId }) => reading.has(roleId))
      .map(({ principal }) => ({ type: principal.principalType.toLowerCase(), id: principal.principalId }))
    const principals = [...byPermission, ...byRole]
    const readers = this.site.users.filter((user) => principals.some(({ type, id }) => this.isOf(user, type, id)))
    const ids = new Set(readers.map(({ accountId }) => accountId))
    this.ofSpaces.set(space.index, ids)
    return ids
  }

  /** Whether an active account is a principal, or one of those whom it stands for. */
  private isOf(user: SiteUser, type: string, id: string): boolean {
    if (user.accountStatus !== "active") return false
    if (type === "user") return user.accountId === id
    if (type === "group") return this.isIn(user, id)
    switch (id) {
      case "anonymous-users":
        return true
      case "all-licensed-users":
        return user.accountType === "atlassian" && !user.guest
      case "all-product-admins":
        return this.isIn(user, generatedGroupId(this.site.plan.seed, PLACE_OF_ADMINS))
      default:
        return false
    }
  }

  private isIn(user: SiteUser, groupId: string): boolean {
    return this.site.groups.some(({ id, members }) => id === groupId && members.has(user.accountId))
  }
}
