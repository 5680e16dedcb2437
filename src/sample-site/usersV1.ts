/** Users and groups in the shapes of Confluence's v1 API. */
import type { SiteGroup, SiteUser } from "./people.ts"

/** A user. */
export const userV1 = (siteUrl: string, user: SiteUser) => ({
  type: "known",
  accountId: user.accountId,
  accountType: user.accountType === "customer" ? "" : user.accountType,
  email: user.email,
  publicName: user.publicName,
  profilePicture: { path: "/wiki/aa-avatar/default", width: 48, height: 48, isDefault: true },
  displayName: user.displayName,
  timeZone: user.timeZone,
  isExternalCollaborator: user.guest,
  isGuest: user.guest,
  locale: "en_US",
  accountStatus: user.accountStatus,
  _expandable: { operations: "", personalSpace: "" },
  _links: { self: `${siteUrl}/wiki/rest/api/user?accountId=${encodeURIComponent(user.accountId)}` },
})

/** An account of which nothing is known any more but its id. */
export const unknownUserV1 = (siteUrl: string, accountId: string) => ({
  type: "unknown",
  accountId,
  accountType: "",
  email: "",
  publicName: "Unknown user",
  profilePicture: { path: "/wiki/aa-avatar/default", width: 48, height: 48, isDefault: true },
  displayName: "Unknown user",
  isExternalCollaborator: false,
  isGuest: false,
  _expandable: { operations: "", personalSpace: "" },
  _links: { self: `${siteUrl}/wiki/rest/api/user?accountId=${encodeURIComponent(accountId)}` },
})

/** A group. */
export const groupV1 = (siteUrl: string, group: Omit<SiteGroup, "members">) => ({
  type: "group",
  name: group.name,
  id: group.id,
  usageType: group.usageType,
  managedBy: group.managedBy,
  _links: { self: `${siteUrl}/wiki/rest/api/group/by-id?id=${group.id}` },
})
