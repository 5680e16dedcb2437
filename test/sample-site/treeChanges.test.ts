/** Changes to the content tree of the sample site: what they do to what lies below, and what they leave alone. */
import { assert, describe, it } from "vitest"
import type { SampleSiteOptions } from "../../src/sample-site/options.ts"
import { ALL_QUIRKS, type Quirks } from "../../src/sample-site/quirks.ts"
import { SampleSite } from "../../src/sample-site/SampleSite.ts"
import { hash32, pick } from "../../src/sample-site/seededChance.ts"
import { ImpossibleChange } from "../../src/sample-site/SpaceChanges.ts"
import { ask, ids, type Row, row, rowsOf, walk } from "./asking.ts"

const V2 = "/wiki/api/v2"
const START = Date.UTC(2026, 6, 1)

const small = (quirks: Partial<Quirks> = {}, options: SampleSiteOptions = {}) => {
  const clock = { now: START }
  const site = new SampleSite({ pages: 60, spaces: 4, now: () => clock.now, settings: { quirks }, ...options })
  /** folder > whiteboard > page, and a page beside the whiteboard. */
  const folder = site.create({ type: "folder", title: "Plans" })
  const whiteboard = site.create({ type: "whiteboard", parentId: folder })
  const page = site.create({ parentId: whiteboard })
  const beside = site.create({ parentId: folder })
  return { site, clock, folder, whiteboard, page, beside }
}

const place = (site: SampleSite, id: string): Row => row(site.truth("content_tree"), id) as Row
const one = (site: SampleSite, type: string, id: string) => ask(site, `${V2}/${type}s/${id}`)

describe("folders, whiteboards, databases and embeds", () => {
  it("are created with the next ids, at the top or below anything of the tree, in its space", () => {
    const { site, folder } = small()
    const spaceId = site.spaces[2]!.id
    const database = site.create({ type: "database", spaceId, title: "Parts" })
    const embed = site.create({ type: "embed", parentId: database, embedUrl: "https://northwind.example/a?b=1" })
    assert.isTrue(BigInt(folder) > 2n ** 53n && BigInt(embed) > BigInt(database) && BigInt(database) > BigInt(folder))
    assert.deepInclude(one(site, "database", database).json, {
      type: "database",
      title: "Parts",
      status: "current",
      spaceId,
      parentId: null,
      parentType: null,
      createdAt: new Date(START).toISOString(),
    })
    assert.deepInclude(one(site, "embed", embed).json, {
      embedUrl: "https://northwind.example/a?b=1",
      spaceId,
      parentId: database,
      parentType: "database",
    })
    const post = site.create({ type: "blogpost" })
    assert.throws(() => site.create({ type: "folder", parentId: post }), /nothing with the id/)
    assert.throws(() => site.create({ type: "blogpost", parentId: folder }), /lies under nothing/)
    assert.throws(() => site.create({ parentId: folder, spaceId }), /is not in the space/)
    assert.throws(() => site.create({ type: "table" as "page" }), /no content of the type table/)
  })

  it("are renamed with a version, archived and back without one, and hold no body", () => {
    const { site, clock, folder } = small()
    clock.now += 1000
    site.rename(folder, { title: "Renamed \u2028" })
    assert.deepInclude(one(site, "folder", folder).json, { title: "Renamed \u2028" })
    assert.deepInclude(one(site, "folder", folder).json["version"], {
      number: 2,
      createdAt: new Date(START + 1000).toISOString(),
    })
    site.archive(folder)
    assert.strictEqual(one(site, "folder", folder).json["status"], "archived")
    site.unarchive(folder)
    assert.deepInclude(one(site, "folder", folder).json["version"], { number: 2 })
    assert.throws(() => site.edit(folder), ImpossibleChange)
    assert.throws(() => site.addComment(folder), ImpossibleChange)
  })

  it("are in the trash when they are trashed, there again when restored, and unknown when purged", () => {
    const { site, whiteboard, page } = small()
    const before = one(site, "whiteboard", whiteboard).json
    site.trash(whiteboard)
    assert.strictEqual(one(site, "whiteboard", whiteboard).json["status"], "trashed")
    assert.notInclude(ids(site.truth("whiteboards")), whiteboard)
    assert.include(ids(site.truth("whiteboards", { trashed: true })), whiteboard)
    site.restore(whiteboard)
    assert.deepEqual(one(site, "whiteboard", whiteboard).json, before)
    site.purge(whiteboard)
    assert.strictEqual(one(site, "whiteboard", whiteboard).status, 404)
    assert.isUndefined(place(site, whiteboard))
    assert.deepInclude(place(site, page), { parentId: whiteboard, parentType: "whiteboard", status: "current" })
    assert.deepEqual(rowsOf(ask(site, `${V2}/pages/${page}/ancestors`)), [])
    assert.throws(() => site.rename(whiteboard, { title: "x" }), /no page or blog post .* nor a folder/)
  })

  it("move below pages and one another with all that lies below, but never below themselves", () => {
    const { site, folder, whiteboard, page, beside } = small()
    site.move(whiteboard, { parentId: beside })
    assert.deepInclude(place(site, whiteboard), { parentId: beside, parentType: "page" })
    assert.throws(() => site.move(folder, { parentId: page }), /below itself/)
    assert.throws(() => site.move(folder, { parentId: folder }), /below itself/)
    const spaceId = site.spaces[2]!.id
    site.move(beside, { spaceId })
    assert.deepInclude(place(site, beside), { parentId: null, parentType: null, spaceId })
    for (const id of [whiteboard, page]) assert.strictEqual(place(site, id)["spaceId"], spaceId)
    assert.strictEqual(place(site, folder)["spaceId"], site.spaces[0]!.id)
    const target = site.create({ type: "database", spaceId })
    site.move(folder, { parentId: target })
    assert.deepInclude(place(site, folder), { parentId: target, parentType: "database", spaceId })
    assert.deepEqual(ids(walk(site, `${V2}/databases/${target}/descendants`)), [folder])
  })

  it("are hidden with all that lies below, through every type, and come back with it", () => {
    const { site, folder, whiteboard, page, beside } = small()
    const seen = () => [folder, whiteboard, page, beside].map((id) => place(site, id)["visible"])
    site.restrict(folder)
    assert.deepEqual(seen(), [false, false, false, false])
    assert.strictEqual(one(site, "folder", folder).status, 404)
    assert.notInclude(ids(walk(site, `${V2}/pages?limit=250`)), page)
    site.reveal(folder)
    assert.deepEqual(seen(), [true, true, true, true])
  })

  it("can be changed from outside, and everything is as it was after a reset", () => {
    const site = new SampleSite({ pages: 60, now: () => START })
    const before = site.truth("content_tree")
    const post = (body: unknown) => ask(site, "/_control/change", { method: "POST", body })
    const folder = post({ action: "create", type: "folder", title: "From outside" }).json["id"] as string
    const page = site.idOf("page", 7)
    assert.strictEqual(post({ action: "move", id: page, parentId: folder }).status, 200)
    assert.deepInclude(place(site, page), { parentId: folder, spaceId: place(site, folder)["spaceId"] })
    assert.strictEqual(post({ action: "trash", id: folder }).status, 200)
    assert.strictEqual(post({ action: "create", type: "table" }).status, 400)
    assert.include(
      ask(site, "/_control/truth/content_tree").text,
      `{"id":"${folder}","type":"folder","status":"trashed"`,
    )
    site.reset()
    assert.deepEqual(site.truth("content_tree"), before)
  })
})

describe("what lies below content that goes to the trash", () => {
  const statuses = (site: SampleSite, of: readonly string[]) => of.map((id) => place(site, id)["status"])
  const parents = (site: SampleSite, of: readonly string[]) => of.map((id) => place(site, id)["parentId"])

  for (const belowTrash of ALL_QUIRKS.belowTrash) {
    it(`${belowTrash}, and a restored one is there with what went along`, () => {
      const { site, folder, whiteboard, page, beside } = small({ belowTrash })
      const all = [folder, whiteboard, page, beside]
      const top = site.create({ type: "database" })
      site.move(folder, { parentId: top })
      site.trash(folder)
      const along = belowTrash === "goes along" ? "trashed" : "current"
      assert.deepEqual(statuses(site, all), ["trashed", along, along, along])
      const below = belowTrash === "moves up" ? top : folder
      assert.deepEqual(parents(site, all), [top, below, whiteboard, below])
      site.restore(folder)
      assert.deepEqual(statuses(site, all), ["current", "current", "current", "current"])
      assert.deepEqual(parents(site, all), [top, below, whiteboard, below])
    })
  }

  it("stays in the trash where it was there before, and is restored by itself", () => {
    const { site, folder, whiteboard, page, beside } = small({ belowTrash: "goes along" })
    site.trash(beside)
    site.trash(folder)
    site.restore(page)
    assert.deepEqual(statuses(site, [folder, whiteboard, page, beside]), ["trashed", "trashed", "current", "trashed"])
    site.restore(folder)
    assert.deepEqual(statuses(site, [folder, whiteboard, page, beside]), ["current", "current", "current", "trashed"])
  })

  it("is the same for pages, without versions unless every change has one", () => {
    for (const versionOnEveryChange of [false, true]) {
      const { site } = small({ belowTrash: "goes along", versionOnEveryChange })
      const top = site.create({})
      const below = site.create({ type: "folder", parentId: top })
      site.trash(top)
      const { status, version } = one(site, "folder", below).json
      assert.deepEqual([status, (version as Row)["number"]], ["trashed", versionOnEveryChange ? 2 : 1])
    }
  })
})

it("the tree after many changes in a row is the one that the parents tell", () => {
  const site = new SampleSite({ pages: 80, spaces: 4, settings: { quirks: { belowTrash: "moves up" } } })
  const some = (turn: number, salt: number) => {
    const places = site.truth("content_tree")
    return pick(places, hash32(turn, 7100, salt))["id"] as string
  }
  let carriedOut = 0
  for (let turn = 0; turn < 400; turn++) {
    try {
      const what = hash32(turn, 7101, 0) % 7
      if (what === 0) site.create({ type: pick(["page", "folder", "embed"], turn), parentId: some(turn, 1) })
      else if (what === 1) site.trash(some(turn, 1))
      else if (what === 2) site.restore(some(turn, 1))
      else if (what === 3) site.purge(some(turn, 1))
      else if (what === 4) site.move(some(turn, 1), { spaceId: pick(site.spaces, turn).id })
      else site.move(some(turn, 1), { parentId: some(turn, 2) })
      carriedOut++
    } catch (error) {
      if (!(error instanceof ImpossibleChange)) throw error
    }
  }
  assert.isAbove(carriedOut, 250)
  const places = site.truth("content_tree")
  const spaceOf = new Map(places.map(({ id, spaceId }) => [id, spaceId]))
  const childrenOf = Map.groupBy(places, ({ parentId }) => parentId)
  for (const { id, spaceId } of places) {
    const node = site.treeNode(id as string)!
    assert.deepEqual(
      site.tree
        .children(node)
        .map((child) => child.id)
        .toSorted(),
      ids(childrenOf.get(id) ?? []).toSorted(),
    )
    const above = site.tree.above(node).map((each) => each.id)
    assert.notInclude(above, id)
    for (const each of above) assert.strictEqual(spaceOf.get(each), spaceId)
  }
})
