/** Changes to the sample site: what each does to the lists, to single objects and to the truth, and what it leaves alone. */
import { assert, describe, it } from "vitest"
import { SampleSite } from "../../src/sample-site/SampleSite.ts"
import type { TruthStream } from "../../src/sample-site/truth.ts"
import { ask, ids, nextOf, row, type Row, rowsOf, walk, walkOffsets } from "./asking.ts"
import { likesIn, viewsIn } from "./childRows.ts"

const V2 = "/wiki/api/v2"
const START = Date.UTC(2026, 6, 1)
const version = (found: Row | undefined): Row => found?.["version"] as Row

/** A small site with its own clock. */
const small = (options = {}) => {
  const clock = { now: START }
  const site = new SampleSite({ pages: 150, now: () => clock.now, ...options })
  return { site, clock }
}

const listed = (site: SampleSite, list: string, query = "") => walk(site, `${V2}/${list}?limit=250${query}`)
const status = (site: SampleSite, path: string) => ask(site, `${V2}/${path}`).status

/** A visible current page that is no homepage and has no page below it. */
const leaf = (site: SampleSite): string => {
  const pages = listed(site, "pages")
  const parents = new Set(pages.map((page) => page["parentId"]))
  return pages.find((page) => page["status"] === "current" && !parents.has(page["id"]) && page["parentId"] !== null)?.[
    "id"
  ] as string
}

describe("the truth about the sample site", () => {
  const LISTS: readonly (readonly [TruthStream, string])[] = [
    ["spaces", "spaces"],
    ["pages", "pages"],
    ["blog_posts", "blogposts"],
    ["footer_comments", "footer-comments"],
    ["inline_comments", "inline-comments"],
    ["attachments", "attachments"],
  ]

  it("is what reading every list to its end gives, row for row, before and after a hundred changes", () => {
    const { site, clock } = small()
    const check = () => {
      for (const [stream, list] of LISTS) {
        const body = stream === "spaces" || stream === "attachments" ? "" : "&body-format=storage"
        const read = walk(site, `${V2}/${list}?limit=40${body}`)
        const order = (rows: readonly Row[]) => rows.toSorted((a, b) => (String(a["id"]) < String(b["id"]) ? -1 : 1))
        assert.deepStrictEqual(order(read), order(site.truth(stream)), stream)
      }
      const groups = walkOffsets(site, "/wiki/rest/api/group")
      assert.deepStrictEqual(new Set(ids(groups)), new Set(ids(site.truth("groups"))))
      const members = ids(groups).flatMap((id) =>
        walkOffsets(site, `/wiki/rest/api/group/${id}/membersByGroupId`).map((user) =>
          Object.assign({ groupId: id }, user),
        ),
      )
      assert.sameDeepMembers(members, site.truth("group_members"))
      const permissions = ids(site.truth("spaces")).flatMap((id) =>
        walk(site, `${V2}/spaces/${id}/permissions?limit=3`).map((each) => Object.assign({ spaceId: id }, each)),
      )
      assert.sameDeepMembers(permissions, site.truth("space_permissions"))
      const properties = ids(site.truth("spaces")).flatMap((id) =>
        walk(site, `${V2}/spaces/${id}/properties?limit=1`).map((each) => Object.assign({ spaceId: id }, each)),
      )
      assert.sameDeepMembers(walk(site, `${V2}/tasks?limit=20&body-format=storage`), site.truth("tasks"))
      assert.sameDeepMembers(properties, site.truth("space_properties"))
      assert.sameDeepMembers([...walk(site, `${V2}/space-roles?limit=2`)], site.truth("space_roles"))
      const assignments = ids(site.truth("spaces")).flatMap((spaceId) =>
        walk(site, `${V2}/spaces/${spaceId}/role-assignments?limit=2`).map((each) =>
          Object.assign({ spaceId }, each["principal"], each),
        ),
      )
      assert.sameDeepMembers(assignments, site.truth("space_role_assignments"))
      assert.sameDeepMembers(likesIn(site), site.truth("likes"))
      assert.sameDeepMembers(viewsIn(site), site.truth("content_views"))
    }
    check()
    const visible = ids(listed(site, "pages", "&sort=-id")).slice(0, 60)
    for (const [i, id] of visible.entries()) {
      clock.now += 60_000
      if (i % 6 === 0) site.edit(id, { title: `Changed ${i}` })
      else if (i % 6 === 1) site.trash(id)
      else if (i % 6 === 2) site.archive(id)
      else if (i % 6 === 3) site.purge(id)
      else if (i % 6 === 4) site.addComment(id, { type: i % 4 === 0 ? "inline" : "footer" })
      else site.addAttachment(id)
    }
    site.archiveSpace(site.spaces[1]?.id ?? "")
    site.hideSpace(site.spaces[2]?.id ?? "")
    site.removeGroup(site.groups[2]?.id ?? "")
    const home = site.spaces[0]!
    site.grantPermission(home.id, { principalType: "group", principalId: site.groups[1]!.id, key: "export" })
    site.revokePermission(home.id, { permissionId: site.permissionsOf(home)[4]!.id })
    const [someone] = site.assignmentsOf(home)
    site.unassignRole(home.id, { roleId: someone!.roleId, ...someone!.principal })
    site.assignRole(home.id, { roleId: site.addRole({ name: "Guest" }), principalId: site.users[5]!.accountId })
    const [property] = site.truth("space_properties")
    site.removeSpaceProperty(String(property!["spaceId"]), { key: String(property!["key"]) })
    site.setSpaceProperty(home.id, { key: "new", value: "one" })
    site.setSpaceProperty(home.id, { key: "new", value: "two" })
    const blueprint = site.belongings.templates.ofSite.find(({ kind }) => kind === "blueprint")
    site.editTemplate(site.customizeBlueprint(blueprint!.id, { spaceId: home.id }), { name: "Ours" })
    site.editTask(site.addTask(String(site.truth("pages")[0]!["id"])), { body: "Write it down" })
    const [done, gone] = ids(site.truth("tasks"))
    site.completeTask(done!)
    site.removeTask(gone!)
    site.removeTemplate(site.addTemplate({ spaceId: home.id }))
    site.addTemplate({ name: "Of the site" })
    site.renameRole(site.roles[1]!.id, { name: "Writer" })
    site.removeRole(site.roles[3]!.id)
    const [liked, viewed] = ids(listed(site, "pages"))
    site.like(liked!, { accountId: site.users[6]!.accountId })
    site.unlike(String(site.truth("likes")[0]!["contentId"]))
    site.view(viewed!, { views: 3, viewers: 2 })
    check()
    site.reset()
    const fresh = new SampleSite({ pages: 150, now: () => clock.now })
    for (const stream of [
      ...LISTS.map(([name]) => name),
      "space_permissions",
      "space_roles",
      "space_role_assignments",
      "likes",
      "content_views",
      "space_properties",
      "templates",
      "tasks",
    ] as const)
      assert.deepStrictEqual(site.truth(stream), fresh.truth(stream))
  })

  it("counts as users all whom the search, a group or a row names, and no account that nobody can resolve", () => {
    const { site } = small()
    const accounts = new Set(site.truth("users").map((user) => user["accountId"]))
    for (const user of walkOffsets(site, "/wiki/rest/api/search/user?cql=type%3Duser&limit=100"))
      assert.isTrue(accounts.has((user["user"] as Row)["accountId"]))
    const known = new Set(site.users.map((user) => user.accountId))
    for (const page of site.truth("pages"))
      assert.strictEqual(accounts.has(page["authorId"]), known.has(page["authorId"] as string))
  })
})

describe("pages and blog posts", () => {
  it("get a new version, another body and the site's time when they are edited, and come first by date", () => {
    const { site, clock } = small()
    const id = leaf(site)
    const before = row(listed(site, "pages", "&body-format=storage"), id) as Row
    clock.now += 5000
    site.set({ clockSkewMs: 3_600_000 })
    site.edit(id, { title: "Renamed \u2028", message: "why", minorEdit: true })
    const after = rowsOf(ask(site, `${V2}/pages?limit=1&sort=-modified-date&body-format=storage`))[0] as Row
    assert.strictEqual(after["id"], id)
    assert.strictEqual(after["title"], "Renamed \u2028")
    assert.notDeepEqual(after["body"], before["body"])
    assert.deepInclude(version(after), {
      number: (version(before)["number"] as number) + 1,
      createdAt: new Date(START + 3_605_000).toISOString(),
      message: "why",
      minorEdit: true,
    })
    assert.strictEqual(after["createdAt"], before["createdAt"])
  })

  it("go to the trash and come back without a version; only a purge makes them 404", () => {
    const { site } = small()
    const id = leaf(site)
    const before = row(listed(site, "pages"), id)
    site.trash(id)
    assert.isUndefined(row(listed(site, "pages"), id))
    assert.strictEqual(row(listed(site, "pages", "&status=trashed"), id)?.["status"], "trashed")
    assert.strictEqual(ask(site, `${V2}/pages/${id}`).json["status"], "trashed")
    site.restore(id)
    assert.deepStrictEqual(row(listed(site, "pages"), id), before)
    site.purge(id)
    assert.strictEqual(status(site, `pages/${id}`), 404)
    assert.deepStrictEqual(listed(site, "pages", `&id=${id}&status=current,archived,trashed`), [])
    assert.throws(() => site.restore(id), /no page or blog post/)
  })

  it("get a version from every change where the site has that quirk", () => {
    const { site } = small({ settings: { quirks: { versionOnEveryChange: true } } })
    const id = leaf(site)
    const number = () => version(row(listed(site, "pages"), id))["number"] as number
    const first = number()
    site.archive(id)
    site.unarchive(id)
    site.move(id, { parentId: null })
    assert.strictEqual(number(), first + 3)
  })

  it("are archived in the default list, and move with all pages below them to another space", () => {
    const { site } = small()
    const id = leaf(site)
    site.archive(id)
    assert.strictEqual(row(listed(site, "pages"), id)?.["status"], "archived")
    const top = site.create({ title: "Top", spaceId: site.spaces[0]?.id ?? "" })
    const middle = site.create({ title: "Middle", parentId: top })
    const bottom = site.create({ title: "Bottom", parentId: middle })
    const target = site.createSpace({ key: "TARGET" })
    site.move(top, { spaceId: target })
    const there = listed(site, "pages", `&space-id=${target}`)
    assert.sameMembers(ids(there), [top, middle, bottom])
    assert.strictEqual(row(there, middle)?.["parentId"], top)
    assert.strictEqual(version(row(there, bottom))["number"], 1)
    assert.throws(() => site.move(top, { parentId: bottom }), /below itself/)
    const folder = site.create({ type: "folder" })
    site.move(bottom, { parentId: folder })
    assert.deepInclude(row(listed(site, "pages"), bottom), { parentId: folder, parentType: "folder" })
    assert.throws(() => site.move(bottom, { parentId: "777" }), /nothing with the id 777/)
  })

  it("disappear with the pages below them when they are restricted, and come back when revealed", () => {
    const { site } = small()
    const top = site.create({ title: "Top" })
    const below = site.create({ title: "Below", parentId: top })
    const comment = site.addComment(below)
    site.restrict(top)
    for (const path of [`pages/${top}`, `pages/${below}`, `footer-comments/${comment}`])
      assert.strictEqual(status(site, path), 404)
    const types = ask(site, `${V2}/content/convert-ids-to-types`, {
      method: "POST",
      body: { contentIds: [top, comment] },
    })
    assert.deepStrictEqual(types.json["results"], { [top]: null, [comment]: null })
    site.reveal(top)
    assert.includeMembers(ids(listed(site, "pages")), [top, below])
    assert.include(ids(listed(site, "footer-comments")), comment)
  })

  it("that are created get ids above all others of their kind, with 19 digits", () => {
    const { site } = small()
    const before = listed(site, "blogposts")
    const id = site.create({ type: "blogpost", title: "Hello", body: '<p>"given" &amp; kept</p>' })
    assert.strictEqual(id.length, 19)
    const after = listed(site, "blogposts", "&body-format=storage")
    assert.deepStrictEqual(ids(after), [...ids(before), id])
    assert.deepInclude(after.at(-1)?.["body"] as Row, {
      storage: { representation: "storage", value: '<p>"given" &amp; kept</p>' },
    })
  })

  it("that are edited during a walk by date are seen again or at the front, never lost", () => {
    const { site, clock } = small()
    const all = ids(listed(site, "pages"))
    const seen: string[] = []
    let at: string | undefined = `${V2}/pages?limit=20&sort=modified-date`
    for (let turn = 0; at !== undefined; turn++) {
      const asked = ask(site, at)
      seen.push(...ids(rowsOf(asked)))
      at = nextOf(asked)
      clock.now += 1000
      if (turn < 3) site.edit(seen[turn] as string)
      if (turn === 1) site.edit(all.find((id) => !seen.includes(id)) as string)
    }
    assert.sameMembers([...new Set(seen)], all)
    assert.strictEqual(seen.length, all.length + 3)
  })
})

describe("spaces", () => {
  it("vanish with their content when they are deleted or hidden, and come back when revealed", () => {
    const { site } = small()
    const [space] = site.spaces
    const id = space?.id ?? ""
    const before = site.truth("pages").length
    const inside = listed(site, "pages", `&space-id=${id}`).length
    site.hideSpace(id)
    assert.isUndefined(row(listed(site, "spaces"), id))
    assert.strictEqual(site.truth("pages").length, before - inside)
    site.revealSpace(id)
    assert.strictEqual(site.truth("pages").length, before)
    const file = ids(site.truth("attachments")).length
    site.deleteSpace(id)
    assert.isUndefined(row(listed(site, "spaces"), id))
    assert.deepStrictEqual(listed(site, "pages", `&space-id=${id}`), [])
    assert.isBelow(ids(site.truth("attachments")).length, file)
    assert.throws(() => site.archiveSpace(id), /no space/)
  })

  it("are archived and restored without their content changing, renamed, and created", () => {
    const { site } = small()
    const id = site.createSpace({ key: "LAB", name: "Laboratory", type: "collaboration" })
    site.archiveSpace(id)
    site.renameSpace(id, { name: "Lab", key: "LABS" })
    const page = site.create({ spaceId: id })
    const found = row(listed(site, "spaces", "&status=archived"), id)
    assert.deepInclude(found, { key: "LAB", currentActiveAlias: "LABS", name: "Lab", homepageId: null })
    assert.strictEqual(row(listed(site, "pages"), page)?.["status"], "current")
    site.restoreSpace(id)
    assert.strictEqual(row(listed(site, "spaces"), id)?.["status"], "current")
  })

  it("can be hidden in part for a moment", () => {
    const { site } = small({ pages: 2000 })
    const all = listed(site, "spaces").length
    site.set({ hiddenSpaceShare: 0.5 })
    assert.approximately(listed(site, "spaces").length, all / 2, all / 4)
    site.set({ hiddenSpaceShare: 0 })
    assert.strictEqual(listed(site, "spaces").length, all)
  })
})

describe("comments and attachments", () => {
  it("are added, answered, edited, resolved and deleted with their replies", () => {
    const { site, clock } = small()
    const page = leaf(site)
    const root = site.addComment(page, { type: "inline", body: "<p>Hm</p>" })
    const reply = site.addComment(page, { type: "inline", parentCommentId: root })
    const deeper = site.addComment(page, { type: "inline", parentCommentId: reply })
    assert.deepStrictEqual(ids(walk(site, `${V2}/inline-comments/${root}/children`)), [reply])
    clock.now += 1000
    site.editComment(reply, { body: "<p>Better</p>" })
    assert.strictEqual(version(row(listed(site, "inline-comments"), reply))["number"], 2)
    site.resolveComment(root)
    const resolved = row(listed(site, "inline-comments"), root)
    assert.deepInclude(resolved, {
      resolutionStatus: "resolved",
      resolutionLastModifiedAt: new Date(START + 1000).toISOString(),
    })
    assert.strictEqual(version(resolved)["number"], 1)
    site.deleteComment(root)
    for (const id of [root, reply, deeper]) assert.strictEqual(status(site, `inline-comments/${id}`), 404)
    assert.throws(() => site.addComment(page, { parentCommentId: "1" }), /no comment/)
  })

  it("leave orphans behind when a comment is deleted, where the site has that quirk", () => {
    const { site } = small({ settings: { quirks: { orphanReplies: true } } })
    const page = leaf(site)
    const root = site.addComment(page)
    const reply = site.addComment(page, { parentCommentId: root })
    site.deleteComment(root)
    assert.strictEqual(row(listed(site, "footer-comments"), reply)?.["parentCommentId"], root)
  })

  it("are out of the lists while their page is in the trash, and gone when it is purged", () => {
    const { site } = small()
    const page = leaf(site)
    const comment = site.addComment(page)
    const file = site.addAttachment(page, { title: "ü.bin", fileSize: 3 })
    const there = () => [
      ids(listed(site, "footer-comments")).includes(comment),
      ids(listed(site, "attachments")).includes(file),
    ]
    assert.deepStrictEqual(there(), [true, true])
    site.trash(page)
    assert.deepStrictEqual(there(), [false, false])
    site.restore(page)
    assert.deepStrictEqual(there(), [true, true])
    site.purge(page)
    assert.deepStrictEqual(there(), [false, false])
    assert.strictEqual(status(site, `footer-comments/${comment}`), 404)
  })

  it("of the kind file get versions, go to the trash, come back and are purged", () => {
    const { site } = small()
    const file = site.addAttachment(leaf(site))
    const before = row(listed(site, "attachments"), file)
    site.newAttachmentVersion(file, { fileSize: 99 })
    const after = row(listed(site, "attachments"), file)
    assert.strictEqual(version(after)["number"], 2)
    assert.strictEqual(after?.["fileSize"], 99)
    assert.notStrictEqual(after?.["fileId"], before?.["fileId"])
    site.trashAttachment(file)
    assert.isUndefined(row(listed(site, "attachments"), file))
    assert.strictEqual(row(listed(site, "attachments", "&status=trashed"), file)?.["status"], "trashed")
    site.restoreAttachment(file)
    assert.deepStrictEqual(row(listed(site, "attachments"), file), after)
    site.purgeAttachment(file)
    assert.strictEqual(status(site, `attachments/${file}`), 404)
  })
})

describe("people", () => {
  it("join, are renamed, are deactivated and leave groups", () => {
    const { site } = small()
    const account = site.addUser({ displayName: "Ada", email: "ada@northwind.example" })
    const group = site.addGroup({ name: "aaa-first" })
    site.addMember(group, { accountId: account })
    const members = () =>
      walkOffsets(site, `/wiki/rest/api/group/${group}/membersByGroupId`).map((user) => user["accountId"])
    assert.deepStrictEqual(members(), [account])
    assert.strictEqual(rowsOf(ask(site, "/wiki/rest/api/group?limit=1"))[0]?.["name"], "Zentrale Qualitätssicherung 🔍")
    site.renameGroup(group, { name: "A first" })
    assert.strictEqual(rowsOf(ask(site, "/wiki/rest/api/group?limit=1"))[0]?.["name"], "A first")
    site.renameUser(account, { name: "Ada L." })
    site.deactivateUser(account)
    assert.deepStrictEqual(members(), [])
    const found = ask(site, `${V2}/users-bulk`, { method: "POST", body: { accountIds: [account] } })
    assert.deepInclude(rowsOf(found)[0], { displayName: "Ada L.", accountStatus: "inactive" })
    site.reactivateUser(account)
    assert.deepStrictEqual(members(), [account])
    site.removeMember(group, { accountId: account })
    assert.deepStrictEqual(members(), [])
    site.removeGroup(group)
    assert.notInclude(ids(site.truth("groups")), group)
    assert.throws(() => site.renameGroup(group, { name: "x" }), /no group/)
    assert.throws(() => site.deactivateUser("nobody"), /no user/)
  })
})
