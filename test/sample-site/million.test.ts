/** A million pages: they start at once, cost no memory each, and are read from any place in any order. */
import { assert, describe, it } from "vitest"
import { SampleSite } from "../../src/sample-site/SampleSite.ts"
import { ask, ids, nextOf, type Row, rowsOf } from "./asking.ts"

const V2 = "/wiki/api/v2"

describe("a site of a million pages", () => {
  const before = process.memoryUsage()
  const started = performance.now()
  const site = new SampleSite({ pages: 1_000_000 })
  const startMs = performance.now() - started

  it("starts within seconds, in less memory than the titles alone would need", () => {
    const after = process.memoryUsage()
    const grown = (after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers) / 1_048_576
    assert.isBelow(startMs, 3000)
    assert.isBelow(grown, 150)
    assert.strictEqual(site.spaces.length, 1500)
  })

  it("gives the right pages of 100 spaces by date, deep in the walk, as fast as the first ones", () => {
    const spaces = new Set(site.spaces.slice(40, 140).map((space) => space.id))
    let at = `${V2}/pages?limit=250&sort=-modified-date&space-id=${[...spaces].join(",")}`
    ask(site, at)
    const begun = performance.now()
    let last = "9999"
    for (let i = 0; i < 20; i++) {
      const asked = ask(site, at)
      for (const page of rowsOf(asked)) {
        const modified = (page["version"] as Row)["createdAt"] as string
        assert.isTrue(modified <= last && spaces.has(page["spaceId"] as string))
        last = modified
      }
      at = nextOf(asked) ?? ""
    }
    assert.isBelow((performance.now() - begun) / 20, 100)
  })

  it("finds single pages, the first and the last", () => {
    for (const query of ["sort=id", "sort=-id"]) {
      const [page] = rowsOf(ask(site, `${V2}/pages?limit=1&${query}`))
      assert.strictEqual(ask(site, `${V2}/pages/${String(page?.["id"])}`).json["title"], page?.["title"])
    }
    assert.lengthOf(site.idOf("page", 999_999), 19)
  })

  it("tells what lies below the largest space's homepage, page by page", () => {
    const homepage = `${V2}/pages/${site.idOf("page", 0)}`
    const below = site.tree.below(site.treeNode(site.idOf("page", 0))!, 10)
    assert.isAbove(below.length, 10_000)
    const seen: string[] = []
    for (let at: string | undefined = `${homepage}/descendants?depth=10&limit=250`; at !== undefined;) {
      const asked = ask(site, at)
      seen.push(...ids(rowsOf(asked)))
      at = nextOf(asked)
    }
    const visible = below.filter(({ node }) => !node.restricted && node.status !== "trashed")
    assert.deepEqual(
      seen,
      visible.map(({ node }) => node.id),
    )
    assert.isAbove(new Set(visible.map(({ node }) => node.type)).size, 2)
  })

  it("counts what was changed among them in every order", () => {
    const id = site.idOf("page", 777_777)
    site.edit(id, { title: "Needle" })
    const first = rowsOf(ask(site, `${V2}/pages?limit=1&sort=-modified-date`))[0]
    assert.deepInclude(first, { id, title: "Needle" })
  })
})
