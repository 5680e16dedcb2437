/** The search of the sample site: which queries it understands, and what it finds. */
import { assert, describe, it } from "vitest"
import { readCql } from "../../src/sample-site/cql.ts"
import { SampleSite } from "../../src/sample-site/SampleSite.ts"
import { ask, type Row, walkOffsets } from "./asking.ts"

const TYPES = ["folder", "whiteboard", "database", "embed"] as const
const address = (cql: string, more = "") => `/wiki/rest/api/search?cql=${encodeURIComponent(cql)}${more}`

const found = (site: SampleSite, cql: string, more = "&includeArchivedSpaces=true"): readonly string[] =>
  walkOffsets(site, address(cql, `${more}&limit=7`)).map((hit) => (hit["content"] as Row)["id"] as string)

describe("a query", () => {
  const spaces = (...keys: readonly string[]) => new Set(keys)
  const READ = [
    ["type=page", { types: ["page"], spaces: undefined }],
    [' type = "BlogPost" ', { types: ["blogpost"], spaces: undefined }],
    ["type in (folder, embed)", { types: ["folder", "embed"], spaces: undefined }],
    ['type = smartlink and space = "~7a"', { types: ["embed"], spaces: spaces("~7a") }],
    ['space.key in ("ENG", OPS) AND type in (page)', { types: ["page"], spaces: spaces("ENG", "OPS") }],
  ] as const
  for (const [cql, search] of READ) it(`is read: ${cql}`, () => assert.deepEqual(readCql(cql), search as never))

  for (const cql of ["", "space = ENG", "type = user", "type = page or type = folder", "type != page", "colour = red"])
    it(`is refused: "${cql}"`, () => assert.strictEqual(ask(new SampleSite({ pages: 9 }), address(cql)).status, 400))
})

describe("the search", () => {
  const site = new SampleSite({ pages: 600 })
  const current = (type: string) =>
    site
      .truth("content_tree")
      .filter((place) => place["type"] === type && place["status"] === "current" && place["visible"])

  it("finds each type of the tree, current and visible, and tells how many there are", () => {
    for (const type of TYPES) {
      const expected = current(type).map(({ id }) => id)
      assert.deepEqual(found(site, `type = ${type}`), expected as string[])
      const { json } = ask(site, address(`type = ${type}`, "&limit=2&includeArchivedSpaces=true"))
      assert.deepInclude(json, { totalSize: expected.length, size: 2, start: 0, limit: 2 })
      const [hit] = json["results"] as Row[]
      assert.deepInclude(hit?.["content"], { type, status: "current" })
    }
    const all = found(site, `type in (${TYPES.join(",")})`)
    assert.sameMembers(
      [...all],
      TYPES.flatMap((type) => current(type).map(({ id }) => id as string)),
    )
  })

  it("finds what is in the spaces named, and in archived ones only when asked", () => {
    const keyOf = new Map(site.spaces.map(({ id, key }) => [id, key]))
    const [one, two] = site.spaces.filter(({ status, hidden }) => status === "current" && !hidden)
    const inSpaces = current("folder").filter(({ spaceId }) => spaceId === one!.id || spaceId === two!.id)
    assert.isNotEmpty(inSpaces)
    const expected = inSpaces.map(({ id }) => id as string)
    assert.deepEqual(found(site, `type = folder and space in ("${one!.key}", "${two!.key}")`), expected)
    const archived = site.spaces.find(({ status, hidden }) => status === "archived" && !hidden)!
    const ofArchived = `type = folder and space = "${String(keyOf.get(archived.id))}"`
    assert.deepEqual(found(site, ofArchived, ""), [])
    assert.isNotEmpty(found(site, ofArchived))
  })

  it("learns of new content late where the index lags, and of all else at once", () => {
    const clock = { now: Date.UTC(2026, 6, 1) }
    const lagging = new SampleSite({ pages: 60, now: () => clock.now, settings: { searchLagMs: 5000 } })
    const before = found(lagging, "type = folder")
    assert.isNotEmpty(before)
    const id = lagging.create({ type: "folder" })
    clock.now += 4999
    assert.notInclude(found(lagging, "type = folder"), id)
    clock.now += 1
    assert.deepEqual(found(lagging, "type = folder"), [...before, id])
    lagging.trash(id)
    assert.deepEqual(found(lagging, "type = folder"), before)
  })
})
