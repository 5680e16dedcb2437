/** Who may read what on the sample site: what its endpoints tell of restrictions, every doubt about them, and who can truly read. */
import { assert, describe, it } from "vitest"
import { ALL_QUIRKS } from "../../src/sample-site/quirks.ts"
import { deletedGroupId } from "../../src/sample-site/restrictions.ts"
import { SampleSite } from "../../src/sample-site/SampleSite.ts"
import { ask, nextOf, type Row, rowsOf } from "./asking.ts"

const API = "/wiki/rest/api"
const of = (id: string, more = "") => `${API}/content/${id}/restriction${more}`
const FULL = ["read", "update"].flatMap((operation) =>
  ["user", "group"].map((part) => `restrictions.${operation}.restrictions.${part}`),
)

interface SubList {
  readonly results: readonly Row[]
  readonly start: number
  readonly limit: number
  readonly size: number
}
interface Told {
  readonly operation: string
  readonly restrictions: { readonly user?: SubList; readonly group?: SubList }
}

const users = (told: Told) => told.restrictions.user?.results.map((user) => user["accountId"])
const groups = (told: Told) => told.restrictions.group?.results.map((group) => group["id"])

/** A site on which nothing is restricted, and some of its people: the first is the credential's. */
const plainSite = (pages = 40) => {
  const site = new SampleSite({ pages, varied: false })
  const [me = "", ann = "", bob = ""] = site.users.map(({ accountId }) => accountId)
  return { site, me, ann, bob }
}

const search = (site: SampleSite, cql: string, more = "") => {
  const hits: Row[] = []
  const sizes: number[] = []
  let at: string | undefined = `${API}/content/search?cql=${encodeURIComponent(cql)}${more}`
  for (let answers = 0; at !== undefined && answers < 500; answers++) {
    const asked = ask(site, at)
    const rows = rowsOf(asked)
    hits.push(...rows)
    sizes.push(rows.length)
    const next = nextOf(asked)
    at = next && `/wiki${next}`
  }
  return { hits, sizes, ids: hits.map(({ id }) => id as string) }
}

/** Makes a space in which nobody may do anything. */
const closedSpace = (site: SampleSite): string => {
  const spaceId = site.createSpace()
  const space = site.spaceById(spaceId)!
  for (const { id } of site.permissionsOf(space)) site.revokePermission(spaceId, { permissionId: id })
  for (const { roleId, principal } of site.assignmentsOf(space)) site.unassignRole(spaceId, { roleId, ...principal })
  return spaceId
}

const readersOf = (site: SampleSite, id: string) =>
  site
    .truth("effective_readers")
    .filter(({ contentId }) => contentId === id)
    .map(({ accountId }) => accountId as string)

describe("the endpoints of restrictions", () => {
  it("tell what content of every type carries itself, both operations, open content too", () => {
    const { site, me, ann } = plainSite()
    const folder = site.create({ type: "folder" })
    const page = site.create({ parentId: folder })
    const all = [folder, page, site.create({ type: "blogpost" })]
    for (const type of ["whiteboard", "database", "embed"] as const) all.push(site.create({ type, parentId: folder }))
    for (const id of all) {
      const open = rowsOf(ask(site, of(id))) as unknown as Told[]
      assert.deepEqual(
        open.map((told) => [told.operation, users(told), groups(told)]),
        [
          ["read", [], []],
          ["update", [], []],
        ],
      )
    }
    const group = site.groups[1]!.id
    for (const id of all) site.setRestriction(id, { operation: "update", users: [ann, me], groups: [group] })
    site.setRestriction(folder, { users: [me] })
    for (const id of all) {
      const { read, update } = ask(site, of(id, "/byOperation")).json as unknown as Record<string, Told>
      assert.deepEqual(users(update!), [ann, me])
      assert.deepEqual(groups(update!), [group])
      assert.deepEqual(users(read!), id === folder ? [me] : [], "what is inherited is not told")
      assert.deepEqual(ask(site, of(id, "/byOperation/update")).json, update as never)
    }
    site.clearRestrictions(page)
    assert.deepEqual(users(ask(site, of(page, "/byOperation/update")).json as unknown as Told), [])
  })

  it("page users and groups each by itself, by 100 unless told, and never by more than the site gives", () => {
    const { site, me } = plainSite()
    const page = site.create()
    const everybody = [me, ...site.users.slice(1, 130).map(({ accountId }) => accountId)]
    site.setRestriction(page, { users: everybody, groups: site.groups.map(({ id }) => id) })
    const asked = (more: string) => ask(site, of(page, `/byOperation/read${more}`)).json as unknown as Told
    const sizes = ({ restrictions: { user, group } }: Told) =>
      [user, group].map((list) => list && [list.start, list.limit, list.size])
    assert.deepEqual(sizes(asked("")), [
      [0, 100, 100],
      [0, 100, 8],
    ])
    assert.deepEqual(sizes(asked("?start=100&limit=7")), [
      [100, 7, 7],
      [100, 7, 0],
    ])
    assert.deepEqual(sizes(asked("?limit=500")), [
      [0, 200, 130],
      [0, 200, 8],
    ])
    site.set({ maxPrincipals: 30 })
    const told: unknown[] = []
    for (let start = 0; start < 150; start += 30) told.push(...users(asked(`?start=${start}&limit=200`))!)
    assert.deepEqual(told, everybody)
    const hit = search(site, "type = page", `&expand=${FULL}`).hits.find(({ id }) => id === page)
    assert.deepEqual(sizes((hit!["restrictions"] as Record<string, Told>)["read"]!), [
      [0, 30, 30],
      [0, 30, 8],
    ])
  })

  it("expand what is asked for, and refuse what they do not know", () => {
    const { site, me } = plainSite()
    const page = site.create()
    site.setRestriction(page, { users: [me] })
    const [read, update] = rowsOf(ask(site, of(page, "?expand=read.restrictions.user"))) as unknown as Told[]
    assert.deepEqual([users(read!), groups(read!), users(update!)], [[me], undefined, undefined])
    for (const bad of ["?expand=history", "?limit=x", "?cursor=1", "/byOperation?start=0"])
      assert.strictEqual(ask(site, of(page, bad)).status, 400, bad)
    for (const gone of [of(page, "/byOperation/delete"), of("1"), of(`${page}0`)])
      assert.strictEqual(ask(site, gone).status, 404, gone)
  })

  it("take classic and granular scopes", () => {
    const { site } = plainSite()
    const page = site.create()
    const status = (scope: string, address: string) => {
      site.set({ scopes: [scope] })
      const at = `/ex/confluence/${site.cloudId}${address}`
      return ask(site, at, { as: "scoped" }).status
    }
    for (const address of [of(page), of(page, "/byOperation/read")]) {
      assert.strictEqual(status("read:confluence-content.all", address), 200)
      assert.strictEqual(status("read:content-details:confluence", address), 200)
      assert.strictEqual(status("read:page:confluence", address), 401)
    }
    assert.strictEqual(status("search:confluence", `${API}/content/search?cql=type%3Dpage`), 200)
  })
})

describe("a doubt about restrictions", () => {
  const statusOf = (quirk: keyof typeof ALL_QUIRKS, answer: unknown, prepare: (site: SampleSite) => string) => {
    const { site } = plainSite()
    site.set({ quirks: { [quirk]: answer } })
    const id = prepare(site)
    return ["", "/byOperation", "/byOperation/read"].map((more) => ask(site, of(id, more)).status)
  }

  it("restrictionsOfTree: folders and the like are known, or not; then their hits tell nothing either", () => {
    for (const answer of ALL_QUIRKS.restrictionsOfTree)
      for (const type of ["folder", "whiteboard", "database", "embed"] as const) {
        const made = (site: SampleSite) => site.create({ type })
        assert.deepEqual(new Set(statusOf("restrictionsOfTree", answer, made)), new Set([Number(answer)]))
        const site = new SampleSite({ pages: 40, settings: { quirks: { restrictionsOfTree: answer } } })
        const { hits } = search(site, `type = ${type}`, `&expand=${FULL}`)
        assert.isNotEmpty(hits)
        for (const hit of hits) assert.strictEqual("restrictions" in hit, answer === "200")
      }
  })

  it("restrictionsOfArchived, restrictionsOfTrashed: they are told, or 404", () => {
    for (const [quirk, change] of [
      ["restrictionsOfArchived", "archive"],
      ["restrictionsOfTrashed", "trash"],
    ] as const)
      for (const answer of ALL_QUIRKS[quirk]) {
        const made = (site: SampleSite) => {
          const id = site.create()
          site[change](id)
          return id
        }
        assert.deepEqual(new Set(statusOf(quirk, answer, made)), new Set([Number(answer)]))
      }
  })

  it("restrictionsOfHidden: 404 or 403, where the content is hidden or its restriction does not name the credential", () => {
    for (const answer of ALL_QUIRKS.restrictionsOfHidden)
      for (const hide of [
        (site: SampleSite, id: string) => site.restrict(id),
        (site: SampleSite, id: string) => site.setRestriction(id, { users: [site.users[3]!.accountId] }),
      ]) {
        const made = (site: SampleSite) => {
          const id = site.create()
          hide(site, id)
          return id
        }
        assert.deepEqual(new Set(statusOf("restrictionsOfHidden", answer, made)), new Set([Number(answer)]))
      }
  })

  it("restrictionShape: the operations directly, or in an envelope", () => {
    const { site, me } = plainSite()
    const page = site.create()
    site.setRestriction(page, { users: [me] })
    const told = ALL_QUIRKS.restrictionShape.map((restrictionShape) => {
      site.set({ quirks: { restrictionShape } })
      const { read } = ask(site, of(page, "/byOperation")).json as unknown as Record<
        string,
        Told & { operationType: Told }
      >
      return restrictionShape === "direct" ? read! : read!.operationType
    })
    assert.deepEqual(told.map(users), [[me], [me]])
    assert.deepEqual(told[0]!.operation, "read")
  })

  it("deletedPrincipals: deleted groups and accounts are still named, or left out as if the content were open", () => {
    for (const deletedPrincipals of ALL_QUIRKS.deletedPrincipals) {
      const { site, me } = plainSite()
      site.set({ quirks: { deletedPrincipals } })
      const leaver = site.users.find(({ accountStatus }) => accountStatus === "closed")!.accountId
      const group = site.addGroup({ name: "contractors" })
      site.addMember(group, { accountId: me })
      const page = site.create()
      site.setRestriction(page, { operation: "update", users: [leaver], groups: [group] })
      site.removeGroup(group)
      const told = ask(site, of(page, "/byOperation/update")).json as unknown as Told
      const named = deletedPrincipals === "named"
      assert.deepEqual([users(told), groups(told)], named ? [[leaver], [group]] : [[], []])
      if (named) assert.strictEqual(told.restrictions.user?.results[0]?.["type"], "unknown")
      assert.lengthOf(site.truth("content_restrictions"), named ? 2 : 0)
    }
  })

  it("mostExpandedHits: a larger limit is cut without a word where properties are expanded", () => {
    const { site } = plainSite(450)
    for (const mostExpandedHits of ALL_QUIRKS.mostExpandedHits) {
      site.set({ quirks: { mostExpandedHits } })
      const { sizes } = search(site, "type = page", `&limit=500&expand=${FULL}`)
      assert.strictEqual(sizes[0], mostExpandedHits)
      const all = search(site, "type = page", "&limit=1000").sizes
      assert.deepEqual([sizes.reduce((sum, size) => sum + size)], all)
    }
  })

  it("permissionsBesideRoles: a site with roles alone lists permissions too, or none", () => {
    for (const roleMode of ALL_QUIRKS.roleMode)
      for (const permissionsBesideRoles of ALL_QUIRKS.permissionsBesideRoles) {
        const site = new SampleSite({ pages: 40, settings: { quirks: { roleMode, permissionsBesideRoles } } })
        const rows = rowsOf(ask(site, `/wiki/api/v2/spaces/${site.spaces[0]!.id}/permissions`))
        assert.strictEqual(rows.length === 0, roleMode === "ROLES" && !permissionsBesideRoles)
      }
  })
})

describe("the search for content", () => {
  const site = new SampleSite({ pages: 450 })
  const live = (type: string) => {
    const current = new Set(site.spaces.filter(({ status }) => status === "current").map(({ id }) => id))
    return site
      .truth("content_tree")
      .filter((place) => place["type"] === type && place["status"] === "current" && place["visible"])
      .filter((place) => current.has(place["spaceId"] as string))
      .map(({ id }) => id as string)
  }

  it("finds by cursor what is current, visible and in no archived space, whole at any page size", () => {
    const expected = [...live("page"), ...live("folder"), ...live("embed")]
    for (const limit of [3, 20, live("page").length, 1000])
      assert.deepEqual(search(site, "type in (page, folder, embed)", `&limit=${limit}`).ids, expected, `${limit}`)
    assert.deepEqual(search(site, "type = page").sizes[0], 25)
    assert.deepEqual(search(site, "type = page", "&limit=0").sizes, [0])
  })

  it("gives fewer hits with bodies, and refuses foreign cursors and parameters in the shape of v1", () => {
    assert.strictEqual(search(site, "type = page", "&limit=300&expand=body.storage").sizes[0], 50)
    assert.strictEqual(search(site, "type = page", "&limit=300&expand=body.export_view").sizes[0], 25)
    for (const bad of ["&cursor=abc", "&start=5", "&includeArchivedSpaces=true"]) {
      const asked = ask(site, `${API}/content/search?cql=type%3Dpage${bad}`)
      assert.strictEqual(asked.status, 400, bad)
      assert.include(asked.text, "BadRequestException")
    }
  })

  it("shows archived pages where the index has them, and learns of new ones late where it lags", () => {
    const clock = { now: Date.UTC(2026, 6, 1) }
    const lagging = new SampleSite({ pages: 30, varied: false, now: () => clock.now, settings: { searchLagMs: 5000 } })
    const id = lagging.create()
    assert.notInclude(search(lagging, "type = page").ids, id)
    clock.now += 5000
    assert.include(search(lagging, "type = page").ids, id)
    lagging.archive(id)
    for (const archivedInSearch of ALL_QUIRKS.archivedInSearch) {
      lagging.set({ quirks: { archivedInSearch } })
      assert.strictEqual(search(lagging, "type = page").ids.includes(id), archivedInSearch)
    }
  })

  it("tells each hit's own restrictions as its endpoint does", () => {
    for (const hit of search(site, "type in (page, blogpost, folder)", `&limit=200&expand=${FULL}`).hits) {
      const { read, update } = hit["restrictions"] as Record<string, Told>
      const own = ask(site, of(String(hit["id"]), "/byOperation")).json as unknown as Record<string, Told>
      for (const [told, same] of [
        [read!, own["read"]!],
        [update!, own["update"]!],
      ] as const)
        assert.deepEqual([users(told), groups(told)], [users(same), groups(same)])
    }
  })

  it("fails the whole answer where restrictions of ancestors are expanded and one of them is in the trash", () => {
    const { site, me } = plainSite()
    const top = site.create()
    const below = site.create({ parentId: top })
    site.setRestriction(top, { users: [me] })
    const address = `${API}/content/search?cql=type%3Dpage&limit=200&expand=ancestors.restrictions.read.restrictions.user`
    const hit = rowsOf(ask(site, address)).find(({ id }) => id === below)
    const [ancestor] = hit!["ancestors"] as Row[]
    assert.deepEqual(users((ancestor!["restrictions"] as Record<string, Told>)["read"]!), [me])
    site.trash(top)
    assert.strictEqual(ask(site, address).status, 404)
    const plain = `${API}/content/search?cql=type%3Dpage&limit=200&expand=ancestors`
    assert.isTrue(rowsOf(ask(site, plain)).some(({ id }) => id === below))
  })
})

describe("a restriction of reading", () => {
  it("keeps all that lies below from the credential where it does not name it, through folders, moves and groups", () => {
    const { site, me, ann } = plainSite()
    const [top, other] = [site.create({ type: "folder" }), site.create({ type: "folder" })]
    const middle = site.create({ parentId: top })
    const page = site.create({ parentId: middle })
    const comment = site.addComment(page)
    const seen = () =>
      [`pages/${page}`, `footer-comments/${comment}`].map((path) => ask(site, `/wiki/api/v2/${path}`).status)
    assert.deepEqual(seen(), [200, 200])
    site.setRestriction(top, { users: [ann] })
    assert.deepEqual(seen(), [404, 404])
    assert.notInclude(search(site, "type = page").ids, page)
    site.move(middle, { parentId: other })
    assert.deepEqual(seen(), [200, 200])
    const group = site.addGroup()
    site.setRestriction(other, { groups: [group] })
    assert.deepEqual(seen(), [404, 404])
    site.addMember(group, { accountId: me })
    assert.deepEqual(seen(), [200, 200])
    site.trash(other)
    site.removeMember(group, { accountId: me })
    assert.deepEqual(seen(), [404, 404], "a folder in the trash counts too")
    site.clearRestrictions(other)
    assert.deepEqual(seen(), [200, 200])
    site.setRestriction(page, { operation: "update", users: [ann] })
    assert.deepEqual(seen(), [200, 200], "who may change it is another question")
  })

  it("keeps content from anonymous visitors, with all that lies below", () => {
    const site = new SampleSite({ pages: 60, varied: false, settings: { anonymousAccess: true } })
    const top = site.create({ spaceId: site.spaces[0]!.id })
    const page = site.create({ parentId: top })
    const status = () => ask(site, `/wiki/api/v2/pages/${page}`, { as: "nobody" }).status
    assert.strictEqual(status(), 200)
    site.setRestriction(top, { users: [site.users[0]!.accountId] })
    assert.strictEqual(status(), 404)
  })

  it("is set and taken away by the control interface", () => {
    const { site, me } = plainSite()
    const page = site.create()
    const change = (body: unknown) => ask(site, "/_control/change", { method: "POST", body })
    assert.strictEqual(
      change({ action: "setRestriction", id: page, operation: "read", users: [me], groups: [] }).status,
      200,
    )
    assert.lengthOf(site.truth("content_restrictions"), 1)
    assert.strictEqual(change({ action: "clearRestrictions", id: page }).status, 200)
    assert.lengthOf(site.truth("content_restrictions"), 0)
    for (const bad of [{ users: "me" }, { users: [5] }, { operation: "delete" }])
      assert.strictEqual(change({ action: "setRestriction", id: page, ...bad }).status, 400, JSON.stringify(bad))
  })
})

describe("who can read", () => {
  it("are active accounts whom the space lets read and every restriction lets through", () => {
    for (const roleMode of ALL_QUIRKS.roleMode) {
      const { site, me, ann, bob } = plainSite()
      site.set({ quirks: { roleMode } })
      const spaceId = closedSpace(site)
      const folder = site.create({ type: "folder", spaceId })
      const page = site.create({ parentId: folder })
      assert.deepEqual(readersOf(site, page), [])
      const reading = site.roles.find(({ name }) => name === "Viewer")!.id
      const group = site.addGroup()
      for (const accountId of [me, ann]) site.addMember(group, { accountId })
      const letIn = (type: string, principalId: string) =>
        roleMode === "PRE_ROLES"
          ? site.grantPermission(spaceId, { principalType: type, principalId, key: "read" })
          : site.assignRole(spaceId, {
              roleId: reading,
              principalType: type.toUpperCase().replace("-", "_"),
              principalId,
            })
      letIn("group", group)
      letIn("user", bob)
      assert.sameMembers(readersOf(site, page), [me, ann, bob])
      site.setRestriction(folder, { users: [me, bob] })
      assert.sameMembers(readersOf(site, page), [me, bob])
      site.setRestriction(page, { users: [me, ann] })
      assert.sameMembers(readersOf(site, page), [me])
      site.clearRestrictions(folder)
      site.deactivateUser(ann)
      assert.sameMembers(readersOf(site, page), [me])
      site.clearRestrictions(page)
      site.reactivateUser(ann)
      site.removeGroup(group)
      assert.sameMembers(readersOf(site, page), [bob])
      letIn("access-class", "all-product-admins")
      const admins = site.groups.find(({ name }) => name === "confluence-admins-northwind")!
      const active = site.users.filter(({ accountStatus }) => accountStatus === "active")
      const withAdmins = active.filter(({ accountId }) => accountId === bob || admins.members.has(accountId))
      assert.sameMembers(
        readersOf(site, page),
        withAdmins.map(({ accountId }) => accountId),
      )
      letIn("access-class", "all-licensed-users")
      const licensed = active.filter(({ accountType, guest }) => accountType === "atlassian" && !guest)
      const all = new Set([...withAdmins, ...licensed].map(({ accountId }) => accountId))
      assert.sameMembers(readersOf(site, page), [...all])
      letIn("access-class", "anonymous-users")
      assert.sameMembers(
        readersOf(site, page),
        active.map(({ accountId }) => accountId),
      )
    }
  })

  it("are few of the human resources' space, some of a restricted folder, and everybody where a space is open", () => {
    const site = new SampleSite({})
    const readers = Map.groupBy(site.truth("effective_readers"), ({ contentId }) => contentId)
    const restrictions = Map.groupBy(site.truth("content_restrictions"), ({ contentId }) => contentId)
    const pages = Map.groupBy(site.truth("pages", { bodyFormat: null }), ({ spaceId }) => spaceId)
    const inSpace = (index: number) => pages.get(site.spaces[index]!.id)!
    const below = inSpace(1).filter((page) => restrictions.get(page["id"])?.some(({ inherited }) => inherited))
    assert.isAbove(below.length, 30)
    const team = site.groups.find(({ name }) => name === "human-resources")!
    for (const { id } of below) assert.isAtMost(readers.get(id)?.length ?? 0, team.members.size + 1)
    const active = site.users.filter(({ accountStatus }) => accountStatus === "active").length
    const openPages = inSpace(0).filter(({ id }) => restrictions.get(id) === undefined)
    assert.isAbove(openPages.length, 30)
    for (const { id } of openPages) assert.lengthOf(readers.get(id)!, active)
    const all = [...restrictions.values()].flat()
    const types = new Set(all.filter(({ inherited }) => inherited !== true).map(({ contentType }) => contentType))
    assert.sameMembers([...types], ["page", "blogpost", "folder", "whiteboard", "database", "embed"])
    const closed = site.users.filter(({ accountStatus }) => accountStatus === "closed")
    const leavers = new Set<unknown>(closed.map(({ accountId }) => accountId))
    assert.isTrue(all.some(({ principalId }) => leavers.has(principalId)))
    assert.isTrue(all.some(({ principalId }) => principalId === deletedGroupId(1)))
    const guests = new Set(site.users.filter(({ guest }) => guest).map(({ accountId }) => accountId))
    assert.isTrue([...readers.values()].flat().some(({ accountId }) => guests.has(accountId as string)))
  })
})
