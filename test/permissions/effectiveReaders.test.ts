/** Who can read what follows from the tables: each part of the rule, in the code and in the query of docs/permissions.md alike. */
import { readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { root } from "../support/runConnector.ts"
import { readersByQuery } from "./asQuery.ts"
import { effectiveReaders, type Reader, type Row, type Tables } from "./effectiveReaders.ts"

const EMPTY: Tables = {
  pages: [],
  blog_posts: [],
  users: [],
  groups: [],
  group_members: [],
  space_permissions: [],
  space_roles: [],
  space_role_assignments: [],
  content_restrictions: [],
}

const user = (accountId: string, more: Row = {}): Row => ({
  accountId,
  accountType: "atlassian",
  accountStatus: "active",
  isExternalCollaborator: false,
  ...more,
})
const member = (groupId: string, accountId: string): Row => ({ groupId, accountId })
const permission = (type: string, id: string, key = "read", targetType = "space"): Row => ({
  spaceId: "S",
  principal: { type, id },
  operation: { key, targetType },
})
const role = (principalType: string, principalId: string, roleId = "viewer"): Row => ({
  spaceId: "S",
  roleId,
  principalType,
  principalId,
})
const restriction = (contentId: string, restrictedById: string, principalId: string, more: Row = {}): Row => ({
  contentId,
  operation: "read",
  restrictedById,
  principalType: "user",
  principalId,
  ...more,
})

/** The readers of each content, such as `page: ann (user)`, by the code; the query must say the same. */
const readers = (tables: Partial<Tables>): Readonly<Record<string, ReadonlyArray<string>>> => {
  const all = { ...EMPTY, pages: [{ id: "page", spaceId: "S", status: "current" }], ...tables }
  const told = (found: ReadonlyArray<Reader>) =>
    found.map(({ contentId, accountId, via }) => `${contentId}: ${accountId} (${via})`).toSorted()
  const found = effectiveReaders(all)
  expect(told(readersByQuery(all))).toEqual(told(found))
  const byContent = Map.groupBy(found, ({ contentId }) => contentId)
  return Object.fromEntries(
    [...byContent].map(([id, some]) => [id, some.map(({ accountId, via }) => `${accountId} (${via})`).toSorted()]),
  )
}

const users = [
  user("ann"),
  user("bob"),
  user("guest", { isExternalCollaborator: true }),
  user("bot", { accountType: "app", isExternalCollaborator: null }),
  user("gone", { accountStatus: "closed" }),
  user("away", { accountStatus: "inactive" }),
]
const groups = [
  { id: "g", name: "team" },
  { id: "a", name: "confluence-admins-northwind" },
]

describe("a space lets read", () => {
  test("the active accounts that a permission to read it names, themselves or by a group, and by no other permission", () => {
    const group_members = [member("g", "bob"), member("g", "away"), member("other", "guest")]
    const named = [permission("user", "ann"), permission("user", "gone"), permission("group", "g")]
    expect(readers({ users, group_members, space_permissions: named })).toEqual({ page: ["ann (user)", "bob (group)"] })
    const others = [permission("user", "ann", "administer"), permission("user", "bob", "read", "page")]
    expect(readers({ users, space_permissions: [...others, { ...named[0]!, spaceId: "T" }] })).toEqual({})
  })

  test("the classes: anybody active, all with a licence but guests, the members of the groups of administrators", () => {
    const of = (id: string) =>
      readers({
        users,
        groups,
        group_members: [member("a", "bob"), member("g", "ann")],
        space_permissions: [permission("access-class", id)],
      })
    expect(of("anonymous-users")).toEqual({ page: ["ann (class)", "bob (class)", "bot (class)", "guest (class)"] })
    expect(of("all-licensed-users")).toEqual({ page: ["ann (class)", "bob (class)"] })
    expect(of("all-product-admins")).toEqual({ page: ["bob (class)"] })
    expect(of("some-other-class")).toEqual({})
  })

  test("those with a role that reads, however the role names that, and those with a role that a permission is given to", () => {
    const space_roles = [
      { id: "viewer", spacePermissions: ["create/comment", "read/space"] },
      { id: "newer", spacePermissions: ["VIEW_CONTENT"] },
      { id: "writer", spacePermissions: ["create/page"] },
      { id: "odd", spacePermissions: null },
    ]
    const space_role_assignments = [
      role("USER", "ann"),
      role("GROUP", "g", "newer"),
      role("ACCESS_CLASS", "all-licensed-users", "writer"),
      role("USER", "bot", "odd"),
    ]
    const tables = { users, space_roles, space_role_assignments, group_members: [member("g", "guest")] }
    expect(readers(tables)).toEqual({ page: ["ann (role)", "guest (role)"] })
    const space_permissions = [permission("role", "writer")]
    expect(readers({ ...tables, space_permissions })).toEqual({ page: ["ann (role)", "bob (role)", "guest (role)"] })
  })
})

describe("a restriction of reading", () => {
  const open = { users, space_permissions: [permission("access-class", "anonymous-users")] }

  test("lets through whom it names, themselves or by a group; each further one narrows that", () => {
    const group_members = [member("g", "bob"), member("g", "guest")]
    const own = [
      restriction("page", "page", "ann"),
      restriction("page", "page", "gone"),
      restriction("page", "page", "g", { principalType: "group" }),
    ]
    const named = readers({ ...open, group_members, content_restrictions: own })
    expect(named).toEqual({ page: ["ann (class)", "bob (class)", "guest (class)"] })
    const inherited = [restriction("page", "folder", "ann"), restriction("page", "folder", "bot")]
    expect(readers({ ...open, group_members, content_restrictions: [...own, ...inherited] })).toEqual({
      page: ["ann (class)"],
    })
  })

  test("counts once for whom it names twice, and never stands in for another one", () => {
    const content_restrictions = [
      restriction("page", "page", "bob"),
      restriction("page", "page", "g", { principalType: "group" }),
      restriction("page", "folder", "ann"),
    ]
    expect(readers({ ...open, group_members: [member("g", "bob")], content_restrictions })).toEqual({})
  })

  test("closes content whose people are all gone, and does not widen what the space allows", () => {
    const deleted = [restriction("page", "page", "no-such-group", { principalType: "group" })]
    expect(readers({ ...open, content_restrictions: deleted })).toEqual({})
    const closed = { users, space_permissions: [permission("user", "bob")] }
    expect(readers({ ...closed, content_restrictions: [restriction("page", "page", "ann")] })).toEqual({})
  })

  test("is none where it is of changing content, of other content, or of something in the trash", () => {
    const pages = [
      { id: "page", spaceId: "S", status: "archived" },
      { id: "trashed", spaceId: "S", status: "trashed" },
    ]
    const content_restrictions = [
      restriction("page", "page", "ann", { operation: "update" }),
      restriction("post", "post", "ann"),
    ]
    const blog_posts = [{ id: "post", spaceId: "S", status: "current" }]
    const found = readers({ ...open, pages, blog_posts, content_restrictions })
    expect(found["page"]).toHaveLength(4)
    expect(found["post"]).toEqual(["ann (class)"])
    expect(found["trashed"]).toBeUndefined()
  })
})

test("the example of the documentation comes out as it says", () => {
  const people = ["ann", "bob", "cleo", "frank"].map((name) => user(name))
  const content = ["handbook", "salaries", "bonuses", "board"]
  const salaries = (contentId: string) => ["ann", "bob", "dan"].map((name) => restriction(contentId, "salaries", name))
  const text = readFileSync(`${root}/docs/permissions.md`, "utf8")
  const rows = [...text.matchAll(/^\| (board) +\| read +\| (\w+) +\| (?:true|false) +\| user +\| (\w+) +\|$/gm)]
  expect(rows).toHaveLength(6)
  const found = readers({
    users: [...people, user("dan", { accountStatus: "closed" }), user("eve", { isExternalCollaborator: true })],
    group_members: ["ann", "bob", "cleo", "dan"].map((name) => member("g", name)),
    space_permissions: [permission("group", "g"), permission("user", "eve")],
    // The folder stands in for a page here: the rule is the same.
    pages: content.map((id) => ({ id, spaceId: "S", status: "current" })),
    content_restrictions: [
      ...salaries("salaries"),
      ...salaries("bonuses"),
      ...rows.map(([, contentId = "", carrier = "", name = ""]) => restriction(contentId, carrier, name)),
    ],
  })
  const names = (id: string) =>
    found[id]?.map((each) =>
      each.replace(/^(\w)(\w*) .*/, (_, first: string, rest: string) => first.toUpperCase() + rest),
    )
  for (const [title, id] of [
    ["page Handbook", "handbook"],
    ["folder Salaries", "salaries"],
    ["page Bonuses", "bonuses"],
    ["page Board", "board"],
  ] as const) {
    const [, who] = new RegExp(`^\\| ${title}[^|]*\\|[^|]*\\|([^|]*)\\|`, "m").exec(text) ?? []
    expect(names(id)?.join(", "), title).toBe(who?.trim())
  }
})
