/**
 * The people of the sample site: users of every account type and status, and groups with their members. A site has few of
 * them compared with its content, so they are kept as objects.
 */
import { groupName, personName } from "./prose.ts"
import { chance, hash32, seededUuid } from "./seededChance.ts"

/** A user as the site knows one. `email` is what the credential may see of it: empty where the profile hides it. */
export interface SiteUser {
  readonly accountId: string
  displayName: string
  publicName: string
  email: string
  accountType: "atlassian" | "app" | "customer"
  accountStatus: "active" | "inactive" | "closed"
  timeZone: string | null
  readonly guest: boolean
  personalSpaceId: string | null
}

/** A group, with the account ids of its members in the order in which they joined. */
export interface SiteGroup {
  readonly id: string
  name: string
  readonly usageType: "USERBASE_GROUP" | "TEAM_COLLABORATION"
  readonly managedBy: "ADMINS" | "EXTERNAL" | "TEAM_MEMBERS" | "OPEN"
  readonly members: Set<string>
}

/** The address that the organization knows, whatever the profile shows: apps, customers and former users have none. */
export const addressOf = (user: SiteUser): string => {
  if (user.email !== "") return user.email
  if (user.accountType !== "atlassian" || user.accountStatus === "closed") return ""
  return `${user.accountId.slice(-12)}@${user.guest ? "partner" : "northwind"}.example`
}

const ACCOUNT_ID = 11
const PERSON = 12
const GROUP = 13

/** The place among the groups at the start of the one whose members administer the product. */
export const PLACE_OF_ADMINS = 5

/** The names of some groups, by their place; others are called after teams. */
const NAMES_OF_GROUPS: Readonly<Record<number, string>> = {
  0: "confluence-users-northwind",
  1: "Zentrale Qualitätssicherung 🔍",
  [PLACE_OF_ADMINS]: "confluence-admins-northwind",
  7: "human-resources",
}

const accountId = (seed: number, index: number, customer: boolean): string => {
  const uuid = seededUuid(seed, ACCOUNT_ID, index)
  if (customer) return `qm:${uuid}:${seededUuid(seed, ACCOUNT_ID + 50, index)}`
  // Accounts made before 2017 or so have 24 hexadecimal digits, later ones a prefix and a UUID.
  if (index % 5 === 2) return `5${uuid.replaceAll("-", "").slice(0, 23)}`
  return `${index % 3 === 0 ? "557058" : "712020"}:${uuid}`
}

/** The account id of an author whom users-bulk does not know (real rows name users whom nobody can resolve). */
export const unresolvableAccount = (seed: number, number: number): string =>
  `557058:${seededUuid(seed, ACCOUNT_ID + 90, number % 3)}`

const generatedUser = (seed: number, index: number): SiteUser => {
  const hash = hash32(seed, PERSON, index)
  // The first users are plain active people: number 0 is the one whom the sample credentials belong to.
  const turn = index < 8 ? 0 : index % 20
  const accountType = turn === 9 ? "app" : turn === 14 ? "customer" : "atlassian"
  const accountStatus = turn === 11 ? "inactive" : turn === 17 ? "closed" : "active"
  const name =
    accountStatus === "closed"
      ? "Former user (Deleted)"
      : accountType === "app"
        ? `${personName(hash, 1).split(" ")[0]} Bot for Confluence ${index}`
        : personName(hash, index)
  const emailShown = accountType === "atlassian" && accountStatus === "active" && (index === 0 || hash % 10 < 4)
  return {
    accountId: accountId(seed, index, accountType === "customer"),
    displayName: name,
    publicName: index % 7 === 3 ? (name.split(" ")[0] as string) : name,
    email: emailShown ? `user${index}@northwind.example` : "",
    accountType,
    accountStatus,
    timeZone: hash % 4 === 0 ? null : hash % 4 === 1 ? "Europe/Berlin" : "America/New_York",
    guest: turn === 6,
    personalSpaceId: null,
  }
}

/** The id of the group at a place among those at the start. */
export const generatedGroupId = (seed: number, index: number): string => seededUuid(seed, GROUP, index)

const generatedGroup = (seed: number, index: number, users: readonly SiteUser[]): SiteGroup => {
  const everyone = index === 0
  const nobody = index === 4
  const members = users.filter(
    (user, number) =>
      user.accountType !== "customer" &&
      user.accountStatus !== "closed" &&
      !nobody &&
      (everyone || chance(seed, GROUP + index, number) < 0.04 + (index % 5) * 0.02),
  )
  return {
    id: generatedGroupId(seed, index),
    name: NAMES_OF_GROUPS[index] ?? groupName(index),
    usageType: index % 4 === 2 ? "TEAM_COLLABORATION" : "USERBASE_GROUP",
    managedBy: index % 4 === 2 ? "TEAM_MEMBERS" : index % 6 === 5 ? "EXTERNAL" : "ADMINS",
    members: new Set(members.map((user) => user.accountId)),
  }
}

/** The people at the start: users by their place, groups by their place. */
export const generatePeople = (
  seed: number,
  counts: { readonly users: number; readonly groups: number },
): { readonly users: SiteUser[]; readonly groups: SiteGroup[] } => {
  const users = Array.from({ length: Math.max(1, counts.users) }, (_, index) => generatedUser(seed, index))
  return { users, groups: Array.from({ length: counts.groups }, (_, index) => generatedGroup(seed, index, users)) }
}
