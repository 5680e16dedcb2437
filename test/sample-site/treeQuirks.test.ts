/** Where nobody has said what Atlassian's sites do with the content tree, the sample site does each: what every answer looks like. */
import { assert, describe, it } from "vitest"
import { type Quirks, ALL_QUIRKS } from "../../src/sample-site/quirks.ts"
import { SampleSite } from "../../src/sample-site/SampleSite.ts"
import { ask, ids, type Row, rowsOf, walk } from "./asking.ts"

const V2 = "/wiki/api/v2"

/** top > middle > bottom: a folder, a page, a folder. */
const chain = (quirks: Partial<Quirks> = {}) => {
  const site = new SampleSite({ pages: 40, spaces: 3, settings: { quirks } })
  const top = site.create({ type: "folder" })
  const middle = site.create({ parentId: top })
  const bottom = site.create({ type: "folder", parentId: middle })
  return { site, top, middle, bottom }
}

const below = (site: SampleSite, folder: string, list = "descendants?depth=10") =>
  ids(walk(site, `${V2}/folders/${folder}/${list}`))

describe("descendants", () => {
  it("show what is archived or leave it out (archivedInTree), and direct children likewise", () => {
    const shown = ALL_QUIRKS.archivedInTree.map((archivedInTree) => {
      const { site, top, middle } = chain({ archivedInTree })
      site.archive(middle)
      return ["descendants?depth=10", "direct-children"].map((list) => below(site, top, list).includes(middle))
    })
    assert.deepEqual(shown, [
      [true, true],
      [false, false],
    ])
  })

  it("never show what is in the trash; what lies below it is shown or left out with it (belowLeftOut)", () => {
    for (const belowLeftOut of ALL_QUIRKS.belowLeftOut) {
      const { site, top, middle, bottom } = chain({ belowLeftOut })
      site.trash(middle)
      assert.deepEqual(below(site, top), belowLeftOut ? [bottom] : [])
      assert.deepEqual(below(site, top, "direct-children"), [])
      site.restore(middle)
      assert.deepEqual(below(site, top), [middle, bottom])
    }
  })

  it("leave out what lies below something archived only where they leave out that too", () => {
    const shown = (archivedInTree: boolean, belowLeftOut: boolean) => {
      const { site, top, middle, bottom } = chain({ archivedInTree, belowLeftOut })
      site.archive(middle)
      return below(site, top).includes(bottom)
    }
    assert.deepEqual([shown(true, false), shown(false, true), shown(false, false)], [true, true, false])
  })

  it("never show what may not be seen; what lies below it is shown or left out with it (belowHidden)", () => {
    for (const belowHidden of ALL_QUIRKS.belowHidden) {
      const { site, top, middle, bottom } = chain({ belowHidden })
      site.restrict(middle)
      site.reveal(bottom)
      assert.deepEqual(below(site, top), belowHidden ? [bottom] : [])
    }
  })

  it("of content in the trash are 404, empty or all there, as its other lists are (listsOfTrashed)", () => {
    for (const listsOfTrashed of ["404", "empty", "all"] as const) {
      const { site, top, middle, bottom } = chain({ listsOfTrashed })
      site.trash(top)
      const asked = ask(site, `${V2}/folders/${top}/descendants`)
      assert.strictEqual(asked.status, listsOfTrashed === "404" ? 404 : 200)
      if (asked.status === 200) assert.deepEqual(ids(rowsOf(asked)), listsOfTrashed === "all" ? [middle, bottom] : [])
    }
  })

  it("of an id of another type are 404 or told all the same (treeOfOtherType)", () => {
    for (const treeOfOtherType of ALL_QUIRKS.treeOfOtherType) {
      const { site, top } = chain({ treeOfOtherType })
      for (const list of ["descendants", "direct-children", "ancestors"])
        assert.strictEqual(ask(site, `${V2}/pages/${top}/${list}`).status, treeOfOtherType === "404" ? 404 : 200)
      assert.strictEqual(ask(site, `${V2}/pages/${top}`).status, 404)
      assert.strictEqual(ask(site, `${V2}/pages/424242424242/descendants`).status, 404)
    }
  })
})

it("ancestors name what may not be seen, or leave it out (hiddenAncestors)", () => {
  for (const hiddenAncestors of ALL_QUIRKS.hiddenAncestors) {
    const { site, top, middle, bottom } = chain({ hiddenAncestors })
    site.restrict(middle)
    site.reveal(bottom)
    const asked = ask(site, `${V2}/folders/${bottom}/ancestors`)
    assert.deepEqual(ids(rowsOf(asked)), hiddenAncestors ? [top, middle] : [top])
  }
})

it("a folder in the trash is told with its status, or is 404 (looksAtTrashedTree)", () => {
  const looks = ALL_QUIRKS.looksAtTrashedTree.map((looksAtTrashedTree) => {
    const { site, bottom } = chain({ looksAtTrashedTree })
    site.trash(bottom)
    const asked = ask(site, `${V2}/folders/${bottom}`)
    return asked.status === 404 ? "404" : asked.json["status"]
  })
  assert.deepEqual(looks, [...ALL_QUIRKS.looksAtTrashedTree])
})

it("types of ids are told of folders and the like, or null (typesOfTree)", () => {
  for (const typesOfTree of ALL_QUIRKS.typesOfTree) {
    const { site, top, middle } = chain({ typesOfTree })
    const body = { contentIds: [top, middle] }
    const { json } = ask(site, `${V2}/content/convert-ids-to-types`, { method: "POST", body })
    assert.deepEqual(json["results"], { [top]: typesOfTree ? "folder" : null, [middle]: "page" })
  }
})

it("the search finds what is archived or does not (archivedInSearch), and never what is in the trash", () => {
  for (const archivedInSearch of ALL_QUIRKS.archivedInSearch) {
    const { site, top, middle, bottom } = chain({ archivedInSearch })
    site.archive(top)
    site.archive(middle)
    site.trash(bottom)
    const hits = (type: string) =>
      rowsOf(ask(site, `/wiki/rest/api/search?cql=type%3D${type}&limit=200`)).map(
        (hit) => (hit["content"] as Row)["id"],
      )
    assert.strictEqual(hits("folder").includes(top), archivedInSearch)
    assert.strictEqual(hits("page").includes(middle), archivedInSearch)
    assert.notInclude(hits("folder"), bottom)
  }
})

it("a look at a folder wants its own scope, and lists of the tree want theirs", () => {
  const { site, top } = chain()
  const status = (path: string) => ask(site, `/ex/confluence/${site.cloudId}${V2}/${path}`, { as: "scoped" }).status
  const paths = [`folders/${top}`, `folders/${top}/descendants`, `folders/${top}/ancestors`, "pages"]
  assert.deepEqual(paths.map(status), [200, 200, 200, 200])
  site.set({ scopes: ["read:page:confluence", "read:whiteboard:confluence"] })
  assert.deepEqual(paths.map(status), [401, 401, 401, 200])
  site.set({ scopes: ["read:folder:confluence", "read:hierarchical-content:confluence"] })
  assert.deepEqual(paths.map(status), [200, 200, 401, 401])
})

it("settings take the answers about the tree, and no others", () => {
  const { site } = chain()
  const post = (quirks: Row) => ask(site, "/_control/settings", { method: "POST", body: { quirks } })
  assert.match(post({ treeOfOtherType: true }).text, /treeOfOtherType.+must be one of 404, taken/)
  assert.strictEqual(post({ treeOfOtherType: "taken", belowTrash: "moves up" }).status, 200)
})
