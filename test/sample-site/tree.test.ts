/** The content tree of the sample site: folders, whiteboards, databases and embeds between the pages, and the lists of what lies where. */
import { assert, describe, it } from "vitest"
import { SampleSite } from "../../src/sample-site/SampleSite.ts"
import { ask, ids, nextOf, type Row, row, rowsOf, walk } from "./asking.ts"

const V2 = "/wiki/api/v2"
const TYPES = ["folder", "whiteboard", "database", "embed"] as const
const TRUTHS = { folder: "folders", whiteboard: "whiteboards", database: "databases", embed: "embeds" } as const

/** A tree as the truth tells it, with each content's place looked up by its id. */
const placesOf = (site: SampleSite) => {
  const places = site.truth("content_tree")
  const byId = new Map(places.map((place) => [place["id"] as string, place]))
  const above = (place: Row): readonly Row[] => {
    const found: Row[] = []
    for (let at = byId.get(place["parentId"] as string); at !== undefined; at = byId.get(at["parentId"] as string))
      found.push(at)
    return found
  }
  return { places, byId, above }
}

/** What a reader of parents would expect of `/descendants`: ids with their depths, by depth. */
const expectedBelow = (site: SampleSite, root: string, depth: number): ReadonlyMap<string, number> => {
  const { places, above } = placesOf(site)
  const found = places.flatMap((place): [string, number][] => {
    const at = above(place).findIndex(({ id }) => id === root) + 1
    const isListed = place["visible"] === true && place["status"] !== "trashed"
    return at > 0 && at <= depth && isListed ? [[place["id"] as string, at]] : []
  })
  return new Map(found)
}

const pathOf = ({ id, type }: Row): string => `${V2}/${String(type)}s/${String(id)}`

describe("the tree of a generated site", () => {
  const site = new SampleSite({ pages: 900 })
  const { places, byId, above } = placesOf(site)

  it("has under the parent that a page names a content of that type, in its space, that lies not below the page", () => {
    for (const place of places) {
      if (place["parentId"] === null) continue
      const parent = byId.get(place["parentId"] as string)
      assert.deepInclude(parent, { type: place["parentType"], spaceId: place["spaceId"] })
      assert.notInclude(ids(above(place)), place["id"])
    }
  })

  it("has each type at the top, inside others, between pages, with pages below it and without, and in an archived space", () => {
    const archived = new Set(site.spaces.filter(({ status }) => status === "archived").map(({ id }) => id))
    const named = new Set(places.filter(({ type }) => type === "page").map(({ parentId }) => parentId))
    for (const type of TYPES) {
      const own = places.filter((place) => place["type"] === type)
      const parents = new Set(own.map((place) => place["parentType"]))
      assert.includeMembers([...parents], [null, "page", "folder"], type)
      assert.isTrue(own.some(({ id }) => named.has(id)) && own.some(({ id }) => !named.has(id)), type)
      assert.isTrue(
        own.some(({ spaceId }) => archived.has(spaceId as string)),
        type,
      )
      assert.isTrue(own.some((place) => place["parentType"] === "page" && named.has(place["id"])))
    }
    const statuses = places.filter(({ type }) => type !== "page").map(({ status }) => status)
    assert.includeMembers(statuses, ["current", "archived", "trashed"])
    assert.isAbove(Math.max(...places.map((place) => above(place).length)), 10)
    const empty = site.spaces.find((space) => space.homepageOrdinal === undefined)
    assert.isTrue(places.some(({ type, spaceId }) => type !== "page" && spaceId === empty?.id))
  })

  it("tells each visible one by its id as the truth does, and a page's id under no other type", () => {
    for (const type of TYPES) {
      const truth = site.truth(TRUTHS[type], { trashed: true })
      assert.isAbove(truth.length, 5)
      for (const known of truth) {
        const { json } = ask(site, `${V2}/${type}s/${String(known["id"])}`)
        const { base, ...links } = json["_links"] as Row
        assert.strictEqual(base, `${site.siteUrl}/wiki`)
        assert.deepEqual({ ...json, _links: links }, known)
        assert.deepInclude(known, { type })
      }
      const hidden = places.find((place) => place["type"] === type && place["visible"] === false)!
      assert.strictEqual(ask(site, pathOf(hidden)).status, 404)
      assert.strictEqual(ask(site, `${V2}/${type}s/${site.idOf("page", 1)}`).status, 404)
      assert.strictEqual(ask(site, `${V2}/${type}s/abc`).status, 400)
    }
    const urls = site.truth("embeds").map((embed) => embed["embedUrl"])
    assert.isTrue(urls.includes(undefined) && urls.some((url) => String(url).startsWith("https://")))
  })

  it("is quiet where nothing shall vary", () => {
    const plain = placesOf(new SampleSite({ pages: 300, varied: false })).places
    assert.isTrue(plain.every((place) => place["status"] === "current" && place["visible"]))
  })

  it("has its types told by their ids", () => {
    const some = TYPES.map((type) => places.find((place) => place["type"] === type && place["visible"])!)
    const body = { contentIds: ids(some) }
    const { json } = ask(site, `${V2}/content/convert-ids-to-types`, { method: "POST", body })
    assert.deepEqual(json["results"], Object.fromEntries(some.map(({ id, type }) => [id, type])))
  })
})

describe("what lies below", () => {
  const site = new SampleSite({ pages: 400, spaces: 5 })
  const { places } = placesOf(site)
  const roots = places.filter((place) => place["visible"] && place["status"] !== "trashed")

  it("is told level by level for every root, to the depth asked for, through every type, whole at any page size", () => {
    for (const [i, root] of roots.entries()) {
      const depth = 1 + (i % 10)
      const rows = walk(site, `${pathOf(root)}/descendants?depth=${depth}&limit=${3 + (i % 40)}`)
      const expected = expectedBelow(site, root["id"] as string, depth)
      assert.deepEqual(new Map(rows.map((each) => [each["id"] as string, each["depth"] as number])), new Map(expected))
      assert.strictEqual(rows.length, expected.size, "none twice")
      const depths = rows.map((each) => each["depth"] as number)
      assert.deepEqual(
        depths,
        depths.toSorted((a, b) => a - b),
      )
    }
  })

  it("is told with parents, titles and statuses, two levels deep unless asked for more, ten at most", () => {
    const homepage = `${V2}/pages/${site.idOf("page", 0)}`
    const rows = walk(site, `${homepage}/descendants?depth=10`)
    const deepest = Math.max(...walk(site, `${homepage}/descendants`).map((each) => each["depth"] as number))
    assert.strictEqual(deepest, 2)
    assert.strictEqual(Math.max(...rows.map((each) => each["depth"] as number)), 10)
    const pages = site.truth("pages")
    for (const each of rows.filter(({ type }) => type === "page")) {
      const { parentId, title, status, position } = row(pages, each["id"] as string)!
      assert.deepInclude(each, { parentId, title, status, childPosition: position })
    }
    for (const depth of [0, 11, "x"])
      assert.strictEqual(ask(site, `${homepage}/descendants?depth=${depth}`).status, 400)
  })

  it("is told directly too, by position unless sorted otherwise, in both directions and in pages", () => {
    const sorts = ["child-position", "created-date", "modified-date", "id", "title"]
    for (const root of roots) {
      const expected = [...expectedBelow(site, root["id"] as string, 1).keys()].toSorted()
      const plain = walk(site, `${pathOf(root)}/direct-children?limit=250`)
      assert.deepEqual(ids(plain).toSorted(), expected)
      if (expected.length < 4) continue
      assert.deepEqual(walk(site, `${pathOf(root)}/direct-children?limit=3&sort=child-position`), plain)
      for (const sort of sorts) {
        const up = ids(walk(site, `${pathOf(root)}/direct-children?limit=3&sort=${sort}`))
        assert.deepEqual(ids(walk(site, `${pathOf(root)}/direct-children?limit=2&sort=-${sort}`)), up.toReversed())
      }
      const positions = plain.map((each) => (each["childPosition"] as number | null) ?? 1e9)
      assert.deepEqual(
        positions,
        positions.toSorted((a, b) => a - b),
      )
      assert.isTrue(plain.every((each) => each["spaceId"] === root["spaceId"]))
    }
  })

  it("comes in short answers where some of it may not be seen", () => {
    const lengths: number[] = []
    walk(site, `${V2}/pages/${site.idOf("page", 0)}/descendants?depth=10&limit=10`, (asked) => {
      if (nextOf(asked) !== undefined) lengths.push(rowsOf(asked).length)
    })
    assert.isTrue(lengths.some((length) => length < 10) && lengths.includes(10))
  })
})

describe("what lies above", () => {
  const site = new SampleSite({ pages: 400, spaces: 5 })
  const { places, above } = placesOf(site)

  it("is told with its types from the top down, and beyond the limit by asking the highest again", () => {
    const isOpen = (place: Row) => place["visible"] === true && place["status"] !== "trashed"
    let longest = 0
    for (const place of places.filter(isOpen)) {
      const expected = above(place).map(({ id, type }) => ({ id, type }))
      assert.deepEqual(rowsOf(ask(site, `${pathOf(place)}/ancestors?limit=250`)), expected.toReversed() as Row[])
      if (!above(place).every(isOpen)) continue
      const found: Row[] = []
      for (let highest = place; ; highest = found[0]!) {
        const some = rowsOf(ask(site, `${pathOf(highest)}/ancestors?limit=3`))
        assert.isAtMost(some.length, 3)
        if (some.length === 0) break
        found.unshift(...some)
      }
      assert.deepEqual(found, expected.toReversed() as Row[])
      longest = Math.max(longest, found.length)
    }
    assert.isAbove(longest, 6)
  })
})
