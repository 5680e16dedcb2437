/**
 * Who can read what, computed from the tables that the connector fills and from nothing else: the space lets an active account read, and
 * every restriction of the content names it. docs/permissions.md says the same in words and as a query.
 */

export type Row = Readonly<Record<string, unknown>>

/** The tables that it takes. */
export const TABLES = [
  "pages",
  "blog_posts",
  "users",
  "groups",
  "group_members",
  "space_permissions",
  "space_roles",
  "space_role_assignments",
  "content_restrictions",
] as const

export type Tables = Readonly<Record<(typeof TABLES)[number], ReadonlyArray<Row>>>

/** Somebody who can read a content; `via` is the first of class, group, role and user that the space lets them read by. */
export interface Reader {
  readonly contentId: string
  readonly accountId: string
  readonly via: "class" | "group" | "role" | "user"
}

/** Whom a space lets read: a user, a group or a class of people, and whether by a role. */
interface Grant {
  readonly spaceId: string
  readonly type: string
  readonly id: string
  readonly byRole: boolean
}

/** The names of a role's permission to read a space. */
const READS: ReadonlySet<unknown> = new Set(["read/space", "VIEW_CONTENT"])

const ADMINS: ReadonlySet<string> = new Set([
  "confluence-administrators",
  "administrators",
  "site-admins",
  "org-admins",
])

/** Whether a group is one of those whose members administer Confluence; nothing but its name tells. */
const isOfAdmins = (name: string): boolean => name.startsWith("confluence-admins") || ADMINS.has(name)

const text = (value: unknown): string => (typeof value === "string" ? value : "")

const grantsOf = (tables: Tables): ReadonlyArray<Grant> => {
  const reading = new Set(
    tables.space_roles
      .filter((role) => (role["spacePermissions"] as ReadonlyArray<unknown> | null)?.some((each) => READS.has(each)))
      .map((role) => text(role["id"])),
  )
  const assigned = tables.space_role_assignments.map((row) => ({
    spaceId: text(row["spaceId"]),
    type: text(row["principalType"]).toLowerCase().replace("_", "-"),
    id: text(row["principalId"]),
    roleId: text(row["roleId"]),
    byRole: true,
  }))
  const permitted = tables.space_permissions.flatMap((row) => {
    const operation = row["operation"] as Row
    const principal = row["principal"] as Row
    if (operation["key"] !== "read" || operation["targetType"] !== "space") return []
    const grant = { spaceId: text(row["spaceId"]), type: text(principal["type"]), id: text(principal["id"]) }
    if (grant.type !== "role") return [{ ...grant, byRole: false }]
    return assigned.filter(({ spaceId, roleId }) => spaceId === grant.spaceId && roleId === grant.id)
  })
  return [...permitted, ...assigned.filter(({ roleId }) => reading.has(roleId))]
}

/** Who can read each content. */
export const effectiveReaders = (tables: Tables): ReadonlyArray<Reader> => {
  const active = tables.users.filter((user) => user["accountStatus"] === "active")
  const accountIds = new Set(active.map((user) => text(user["accountId"])))
  const membersOf = new Map<string, Set<string>>()
  for (const row of tables.group_members) {
    const groupId = text(row["groupId"])
    const members = membersOf.get(groupId) ?? new Set<string>()
    membersOf.set(groupId, members.add(text(row["accountId"])))
  }
  const inClass = (id: string): ReadonlyArray<string> => {
    if (id === "anonymous-users") return [...accountIds]
    if (id === "all-licensed-users")
      return active
        .filter((user) => user["accountType"] === "atlassian" && user["isExternalCollaborator"] !== true)
        .map((user) => text(user["accountId"]))
    if (id !== "all-product-admins") return []
    const groups = new Set(tables.groups.filter(({ name }) => isOfAdmins(text(name))).map((group) => group["id"]))
    return tables.group_members.filter(({ groupId }) => groups.has(groupId)).map((row) => text(row["accountId"]))
  }

  const spaceReaders = new Map<string, Map<string, Reader["via"]>>()
  for (const { spaceId, type, id, byRole } of grantsOf(tables)) {
    const kind = type === "access-class" ? "class" : type === "group" ? "group" : "user"
    const via = byRole ? "role" : kind
    const all = kind === "class" ? inClass(id) : kind === "group" ? (membersOf.get(id) ?? []) : [id]
    const readers = spaceReaders.get(spaceId) ?? new Map<string, Reader["via"]>()
    spaceReaders.set(spaceId, readers)
    for (const accountId of all) {
      const before = readers.get(accountId)
      if (accountIds.has(accountId) && (before === undefined || via < before)) readers.set(accountId, via)
    }
  }

  const layers = new Map<string, Map<string, Set<string>>>()
  for (const row of tables.content_restrictions) {
    if (row["operation"] !== "read") continue
    const [contentId, carrier, principal] = [row["contentId"], row["restrictedById"], row["principalId"]].map(text)
    const ofContent = layers.get(contentId!) ?? new Map<string, Set<string>>()
    const named = ofContent.get(carrier!) ?? new Set<string>()
    const all = row["principalType"] === "group" ? (membersOf.get(principal!) ?? []) : [principal!]
    for (const accountId of all) named.add(accountId)
    layers.set(contentId!, ofContent.set(carrier!, named))
  }

  return [...tables.pages, ...tables.blog_posts]
    .filter((content) => content["status"] !== "trashed")
    .flatMap((content) => {
      const contentId = text(content["id"])
      const restrictions = [...(layers.get(contentId)?.values() ?? [])]
      return [...(spaceReaders.get(text(content["spaceId"])) ?? [])]
        .filter(([accountId]) => restrictions.every((named) => named.has(accountId)))
        .map(([accountId, via]) => ({ contentId, accountId, via }))
    })
}
