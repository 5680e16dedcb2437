/** Changes to the spaces and people of a sample site, as their users and administrators make them. */
import type { SiteGroup, SiteUser } from "./people.ts"
import { seededUuid } from "./seededChance.ts"
import { SiteContent } from "./SiteContent.ts"
import type { RoleAssignment, SpaceRole } from "./spaceRoles.ts"
import type { SiteSpace } from "./spaces.ts"

/** Somebody asked for a change of something that is not there, or in a form that makes no sense. */
export class ImpossibleChange extends Error {}

interface AssignmentDetails {
  readonly roleId?: string
  readonly principalType?: string
  readonly principalId?: string
}

export class SpaceChanges extends SiteContent {
  private spaceSerial = 0
  private userSerial = 0
  private groupSerial = 0

  /** Creates an empty space and answers its id. */
  createSpace(
    details: { readonly key?: string; readonly name?: string; readonly type?: SiteSpace["type"] } = {},
  ): string {
    const index = this.spaces.length
    const id = this.spaceIds.id(index)
    const key = details.key ?? `NEW${++this.spaceSerial}`
    const owner = (this.users[0] as SiteUser).accountId
    this.spaces.push({
      index,
      id,
      key,
      alias: key,
      name: details.name ?? `New space ${key}`,
      type: details.type ?? "global",
      status: "current",
      authorId: owner,
      ownerId: owner,
      createdAt: this.siteTime(),
      homepageOrdinal: undefined,
      description: "",
      hidden: false,
      deleted: false,
      anonymous: false,
    })
    return id
  }

  /** The space and all that is in it are gone. */
  deleteSpace(id: string): void {
    this.space(id).deleted = true
  }

  archiveSpace(id: string): void {
    this.space(id).status = "archived"
  }

  restoreSpace(id: string): void {
    this.space(id).status = "current"
  }

  renameSpace(id: string, details: { readonly name?: string; readonly key?: string }): void {
    const space = this.space(id)
    if (details.name !== undefined) space.name = details.name
    if (details.key !== undefined) space.alias = details.key
  }

  /** The credential no longer sees the space, nor anything in it. */
  hideSpace(id: string): void {
    this.space(id).hidden = true
  }

  revealSpace(id: string): void {
    this.space(id).hidden = false
  }

  /** Gives somebody a permission in a space and answers its id. Without details the first user gets the space's administration. */
  grantPermission(
    spaceId: string,
    details: {
      readonly principalType?: string
      readonly principalId?: string
      readonly key?: string
      readonly targetType?: string
    } = {},
  ): string {
    const { principalType = "user", principalId = this.users[0]!.accountId } = details
    const { key = "administer", targetType = "space" } = details
    return this.permissions.grant(this.space(spaceId), { type: principalType, id: principalId }, { key, targetType })
  }

  revokePermission(spaceId: string, details: { readonly permissionId: string }): void {
    if (!this.permissions.revoke(this.space(spaceId), details.permissionId))
      throw new ImpossibleChange(`there is no permission ${details.permissionId} in the space ${spaceId}`)
  }

  /** Makes a role of the site's own and answers its id. */
  addRole(details: { readonly name?: string } = {}): string {
    return this.spaceRoles.make(details.name ?? "New role")
  }

  renameRole(id: string, details: { readonly name: string }): void {
    this.role(id).name = details.name
  }

  /** The role is gone, and with it what it gave to people. */
  removeRole(id: string): void {
    this.spaceRoles.all.splice(this.spaceRoles.all.indexOf(this.role(id)), 1)
  }

  /** Gives somebody a role in a space; without details the first user gets the first role. */
  assignRole(spaceId: string, details: AssignmentDetails = {}): void {
    this.spaceRoles.assign(this.space(spaceId), this.assignment(details))
  }

  unassignRole(spaceId: string, details: AssignmentDetails): void {
    if (!this.spaceRoles.unassign(this.space(spaceId), this.assignment(details)))
      throw new ImpossibleChange(`nobody like that has such a role in the space ${spaceId}`)
  }

  private assignment(details: AssignmentDetails): RoleAssignment {
    const { roleId = this.roles[0]?.id ?? "" } = details
    const { principalType = "USER", principalId = this.users[0]!.accountId } = details
    return { roleId: this.role(roleId).id, principal: { principalType, principalId } }
  }

  private role(id: string): SpaceRole {
    const role = this.roles.find((candidate) => candidate.id === id)
    if (role === undefined) throw new ImpossibleChange(`there is no role with the id ${id}`)
    return role
  }

  /** Adds a user and answers the account id. */
  addUser(details: Partial<Omit<SiteUser, "accountId" | "guest">> & { readonly guest?: boolean } = {}): string {
    const accountId = `712020:${seededUuid(this.plan.seed, 97, ++this.userSerial)}`
    this.users.push({
      displayName: `New Colleague ${this.userSerial}`,
      publicName: `New Colleague ${this.userSerial}`,
      email: "",
      accountType: "atlassian",
      accountStatus: "active",
      timeZone: null,
      guest: false,
      personalSpaceId: null,
      ...details,
      accountId,
    })
    return accountId
  }

  deactivateUser(accountId: string): void {
    this.userById(accountId).accountStatus = "inactive"
  }

  reactivateUser(accountId: string): void {
    this.userById(accountId).accountStatus = "active"
  }

  renameUser(accountId: string, details: { readonly name: string }): void {
    this.userById(accountId).displayName = details.name
  }

  /** Adds a group without members and answers its id. */
  addGroup(details: { readonly name?: string } = {}): string {
    const id = seededUuid(this.plan.seed, 98, ++this.groupSerial)
    const name = details.name ?? `new-group-${this.groupSerial}`
    this.groups.push({ id, name, usageType: "USERBASE_GROUP", managedBy: "ADMINS", members: new Set() })
    return id
  }

  renameGroup(id: string, details: { readonly name: string }): void {
    this.group(id).name = details.name
  }

  removeGroup(id: string): void {
    this.groups.splice(this.groups.indexOf(this.group(id)), 1)
    this.memberChanges++
  }

  addMember(groupId: string, details: { readonly accountId: string }): void {
    this.group(groupId).members.add(this.userById(details.accountId).accountId)
    this.memberChanges++
  }

  removeMember(groupId: string, details: { readonly accountId: string }): void {
    this.group(groupId).members.delete(details.accountId)
    this.memberChanges++
  }

  protected resetSerials(): void {
    this.spaceSerial = 0
    this.userSerial = 0
    this.groupSerial = 0
  }

  protected space(id: string): SiteSpace {
    const space = this.spaceById(id)
    if (space === undefined || space.deleted) throw new ImpossibleChange(`there is no space with the id ${id}`)
    return space
  }

  private userById(accountId: string): SiteUser {
    const user = this.users.find((candidate) => candidate.accountId === accountId)
    if (user === undefined) throw new ImpossibleChange(`there is no user with the account id ${accountId}`)
    return user
  }

  private group(id: string): SiteGroup {
    const group = this.groups.find((candidate) => candidate.id === id)
    if (group === undefined) throw new ImpossibleChange(`there is no group with the id ${id}`)
    return group
  }
}
