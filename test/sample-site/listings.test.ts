/** How the sample site's lists page, sort, filter and refuse, as Confluence's do. */
import { assert, describe, it } from "vitest"
import { SampleSite } from "../../src/sample-site/SampleSite.ts"
import { ask, ids, nextOf, type Row, rowsOf, walk, walkOffsets } from "./asking.ts"

const V2 = "/wiki/api/v2"
const modified = (row: Row): string => (row["version"] as { createdAt: string }).createdAt
const byId = (a: string, b: string): number => (BigInt(a) < BigInt(b) ? -1 : BigInt(a) > BigInt(b) ? 1 : 0)

const ORDERS = {
  pages: ["id", "created-date", "modified-date", "title"],
  blogposts: ["id", "created-date", "modified-date"],
  "footer-comments": ["created-date", "modified-date"],
  "inline-comments": ["created-date", "modified-date"],
  attachments: ["created-date", "modified-date"],
  spaces: ["id", "key", "name"],
} as const

/** What a sort field compares. */
const keyOf: Readonly<Record<string, (row: Row) => string | bigint>> = {
  id: (row) => BigInt((row["id"] as string).replace("att", "")),
  "created-date": (row) => (row["createdAt"] as string | undefined) ?? "",
  "modified-date": modified,
  title: (row) => row["title"] as string,
  key: (row) => row["key"] as string,
  name: (row) => row["name"] as string,
}

describe("the lists of the sample site", () => {
  const site = new SampleSite({ pages: 900 })
  // Edited content leaves its generated place in every order.
  for (const id of ids(rowsOf(ask(site, `${V2}/pages?limit=40`))).slice(0, 20)) site.edit(id, { title: `Edited ${id}` })
  for (const id of ids(rowsOf(ask(site, `${V2}/footer-comments?limit=9`)))) site.editComment(id)
  for (let i = 0; i < 5; i++) site.create({ title: `Created ${i}` })

  for (const [list, fields] of Object.entries(ORDERS))
    for (const field of fields)
      it(`gives ${list} by ${field} in both directions, whole and without repetition, whatever the page size`, () => {
        const plain = ids(walk(site, `${V2}/${list}?limit=250`)).toSorted()
        const up = walk(site, `${V2}/${list}?limit=17&sort=${field}`)
        const down = walk(site, `${V2}/${list}?limit=101&sort=-${field}`)
        assert.isAbove(plain.length, 9)
        assert.deepStrictEqual(ids(up).toSorted(), plain)
        assert.deepStrictEqual(ids(down), ids(up).toReversed())
        const keys = up.map(keyOf[field] as (row: Row) => string | bigint)
        for (let i = 1; i < keys.length; i++) assert.isTrue((keys[i - 1] as string) <= (keys[i] as string), `${i}`)
      })

  it("gives pages by id, and ids ascend with creation", () => {
    const rows = walk(site, `${V2}/pages?limit=250`)
    assert.deepStrictEqual(ids(rows), ids(rows).toSorted(byId))
    const created = rows.map((row) => row["createdAt"] as string)
    assert.deepStrictEqual(created, created.toSorted())
    for (const row of rows) assert.isTrue(modified(row) >= (row["createdAt"] as string))
  })

  it("merges up to 100 spaces into one order, and a space's list is exactly its part of the whole", () => {
    const all = walk(site, `${V2}/pages?limit=250&sort=-modified-date`)
    const some = site.spaces.slice(0, 7).map((space) => space.id)
    const expected = all.filter((page) => some.includes(page["spaceId"] as string))
    assert.isAbove(expected.length, 100)
    for (const form of [`space-id=${some.join(",")}`, some.map((id) => `space-id=${id}`).join("&")])
      assert.deepStrictEqual(walk(site, `${V2}/pages?limit=33&sort=-modified-date&${form}`), expected)
    const many = Array.from({ length: 101 }, (_, i) => i + 1).join(",")
    assert.strictEqual(ask(site, `${V2}/pages?space-id=${many}`).status, 400)
  })

  it("takes out what may not be seen after paging: answers come short, even empty, with a next one", () => {
    const lengths: number[] = []
    const rows = walk(site, `${V2}/pages?limit=25&sort=id`, (asked) => {
      if (nextOf(asked) !== undefined) lengths.push(rowsOf(asked).length)
    })
    assert.include(lengths, 0)
    assert.isTrue(lengths.some((length) => length > 0 && length < 25))
    assert.deepStrictEqual(ids(rows), ids(site.truth("pages")))
  })

  it("names the next page relative to the site's root, in the body and in the Link header", () => {
    const asked = ask(site, `${V2}/pages?limit=2&body-format=storage`)
    const next = nextOf(asked) ?? ""
    assert.match(next, /^\/wiki\/api\/v2\/pages\?limit=2&body-format=storage&cursor=/)
    assert.strictEqual(asked.headers["link"], `<${next}>; rel="next", <${site.siteUrl}/wiki>; rel="base"`)
    const gateway = ask(site, `/ex/confluence/${site.cloudId}${V2}/pages?limit=2`, { as: "scoped" })
    assert.match(nextOf(gateway) ?? "", /^\/wiki\/api\/v2\/pages/)
    assert.strictEqual((gateway.json["_links"] as Row)["base"], `${site.siteUrl}/wiki`)
  })

  it("accepts a cursor only with the path, the parameters and the limit it was made for", () => {
    const cursor = new URLSearchParams(nextOf(ask(site, `${V2}/pages?limit=5&sort=id`))?.split("?")[1]).get("cursor")
    const at = (rest: string) => ask(site, `${V2}/${rest}&cursor=${encodeURIComponent(cursor ?? "")}`)
    assert.strictEqual(at("pages?limit=5&sort=id").status, 200)
    assert.strictEqual(at("pages?sort=id&limit=5").status, 200)
    for (const other of ["pages?limit=6&sort=id", "pages?limit=5&sort=-id", "blogposts?limit=5&sort=id"]) {
      const refused = at(other)
      assert.strictEqual(refused.status, 400)
      assert.match(refused.text, /INVALID_REQUEST_PARAMETER.*'cursor'/)
    }
    assert.strictEqual(ask(site, `${V2}/pages?cursor=nonsense`).status, 400)
  })

  it("refuses with 400 what Confluence does not know", () => {
    for (const bad of [
      "limit=0",
      "limit=251",
      "limit=x",
      "sort=size",
      "status=gone",
      "body-format=view",
      "start=5",
      "id=x",
    ]) {
      const asked = ask(site, `${V2}/pages?${bad}`)
      assert.strictEqual(asked.status, 400, bad)
      assert.strictEqual((asked.json["errors"] as Row[])[0]?.["code"], "INVALID_REQUEST_PARAMETER")
    }
    assert.strictEqual(ask(site, `${V2}/blogposts?status=archived`).status, 400)
    assert.strictEqual(ask(site, `${V2}/spaces?status=any`).status, 400)
    assert.strictEqual(ask(site, `${V2}/pages?id=9223372036854775808`).status, 400)
  })

  it("gives pages that are current or archived, blog posts that are current, and the trash only when asked", () => {
    const statuses = (list: string) => [...new Set(walk(site, list).map((row) => row["status"]))].toSorted()
    assert.deepStrictEqual(statuses(`${V2}/pages?limit=250`), ["archived", "current"])
    assert.deepStrictEqual(statuses(`${V2}/blogposts?limit=250`), ["current"])
    assert.deepStrictEqual(statuses(`${V2}/attachments?limit=250`), ["archived", "current"])
    assert.deepStrictEqual(statuses(`${V2}/pages?limit=250&status=trashed`), ["trashed"])
    assert.deepStrictEqual(walk(site, `${V2}/pages?status=deleted`), [])
  })

  it("finds content by id, title, subtype, media type and file name", () => {
    const [first, second] = rowsOf(ask(site, `${V2}/pages?limit=2`)) as [Row, Row]
    const wanted = [second["id"], "424242424242", first["id"]].join(",")
    assert.deepStrictEqual(ids(walk(site, `${V2}/pages?id=${wanted}&limit=1`)), [first["id"], second["id"]])
    const title = encodeURIComponent(first["title"] as string)
    assert.deepStrictEqual(ids(walk(site, `${V2}/pages?title=${title}`)), [first["id"]])
    assert.isNotEmpty(walk(site, `${V2}/pages?subtype=live&limit=250`))
    const file = rowsOf(ask(site, `${V2}/attachments?limit=1`))[0] as Row
    assert.include(
      ids(walk(site, `${V2}/attachments?filename=${encodeURIComponent(file["title"] as string)}`)),
      file["id"],
    )
    const images = walk(site, `${V2}/attachments?limit=250&mediaType=image/png`)
    assert.isTrue(images.length > 0 && images.every((row) => row["mediaType"] === "image/png"))
  })

  it("finds spaces by id, type, status and key, but not personal ones by key", () => {
    const all = walk(site, `${V2}/spaces?limit=250`)
    const personal = all.find((space) => space["type"] === "personal") as Row
    const plain = all.find((space) => space["type"] === "global") as Row
    assert.match(personal["key"] as string, /^~/)
    const keys = `keys=${encodeURIComponent(`${String(personal["key"])},${String(plain["key"])}`)}`
    assert.deepStrictEqual(ids(walk(site, `${V2}/spaces?${keys}`)), [plain["id"]])
    assert.include(ids(walk(site, `${V2}/spaces?type=personal`)), personal["id"])
    assert.deepStrictEqual(ids(walk(site, `${V2}/spaces?ids=${String(plain["id"])}`)), [plain["id"]])
    const archived = ids(walk(site, `${V2}/spaces?status=archived`))
    assert.isNotEmpty(archived)
    assert.deepStrictEqual(
      [...archived, ...ids(walk(site, `${V2}/spaces?status=current`))].toSorted(),
      ids(all).toSorted(),
    )
  })

  it("gives replies at every depth by their parents, and the lists of comments agree", () => {
    for (const kind of ["footer", "inline"] as const) {
      const all = walk(site, `${V2}/${kind}-comments?limit=250`)
      const roots = all.filter((row) => row["parentCommentId"] === undefined)
      const reached: string[] = []
      let deepest = 0
      const descend = (id: string, depth: number) => {
        reached.push(id)
        deepest = Math.max(deepest, depth)
        for (const reply of walk(site, `${V2}/${kind}-comments/${id}/children?limit=3`)) {
          assert.strictEqual(reply["parentCommentId"], id)
          assert.isFalse("pageId" in reply || "blogPostId" in reply)
          descend(reply["id"] as string, depth + 1)
        }
      }
      for (const id of ids(roots)) descend(id, 0)
      assert.deepStrictEqual(reached.toSorted(), ids(all).toSorted())
      assert.strictEqual(deepest, 4)
    }
  })

  it("gives groups, members and users by offset, members at most 200 at a time and without suspended users", () => {
    const groups = walkOffsets(site, "/wiki/rest/api/group?limit=3")
    const names = groups.map((group) => group["name"] as string)
    assert.deepStrictEqual(names, names.toSorted())
    assert.strictEqual(groups.length, site.groups.length)
    const everyone = groups.find((group) => group["name"] === "confluence-users-northwind") as Row
    const address = `/wiki/rest/api/group/${String(everyone["id"])}/membersByGroupId`
    const first = ask(site, `${address}?limit=200`)
    assert.strictEqual(rowsOf(first).length, 200)
    assert.match(nextOf(first) ?? "", /^\/rest\/api\/group\/.*start=200/)
    assert.isTrue(walkOffsets(site, address).every((user) => user["accountStatus"] === "active"))
    assert.strictEqual(ask(site, `${address}?limit=201`).status, 400)
    assert.deepStrictEqual(rowsOf(ask(site, "/wiki/rest/api/group/no-such-group/membersByGroupId")), [])
    const search = ask(site, "/wiki/rest/api/search/user?cql=type%3Duser&limit=50")
    assert.strictEqual(rowsOf(search).length, 50)
    assert.isUndefined(nextOf(search), "the search for users has no next although there is more")
    const found = walkOffsets(site, "/wiki/rest/api/search/user?cql=type%3Duser&limit=100")
    assert.strictEqual(found.length, search.json["totalSize"])
    assert.strictEqual(ask(site, "/wiki/rest/api/search/user?cql=colour%3Dred").status, 400)
  })

  it("counts the hits of a search", () => {
    const { json } = ask(site, "/wiki/rest/api/search?cql=type%3Dpage&limit=0&includeArchivedSpaces=true")
    const current = site.truth("pages").filter((page) => page["status"] === "current")
    assert.strictEqual(json["totalSize"], current.length)
    assert.deepStrictEqual(json["results"], [])
  })

  it("looks users up by 250 and leaves unknown ones out; types of ids by 100, null for what is not there", () => {
    const post = (path: string, body: unknown) => ask(site, `${V2}/${path}`, { method: "POST", body })
    const [user] = site.users
    const found = rowsOf(post("users-bulk", { accountIds: ["712020:nobody", user?.accountId] }))
    assert.deepStrictEqual(
      found.map((row) => row["accountId"]),
      [user?.accountId],
    )
    assert.strictEqual(post("users-bulk", { accountIds: Array.from({ length: 251 }, String) }).status, 400)
    assert.strictEqual(post("users-bulk", {}).status, 400)
    const [page] = ids(rowsOf(ask(site, `${V2}/pages?limit=1`)))
    const [file] = ids(rowsOf(ask(site, `${V2}/attachments?limit=1`)))
    const types = post("content/convert-ids-to-types", { contentIds: [page, file, "5"] })
    assert.deepStrictEqual(types.json["results"], { [`${page}`]: "page", [`${file}`]: "attachment", 5: null })
    assert.strictEqual(
      post("content/convert-ids-to-types", { contentIds: Array.from({ length: 101 }, String) }).status,
      400,
    )
  })

  it("answers removed endpoints with 410 and unknown ones with 404", () => {
    for (const path of ["content", "content/123", "content/123/child/comment", "space", "space/ENGI", "group/member"]) {
      const asked = ask(site, `/wiki/rest/api/${path}`)
      assert.strictEqual(asked.status, 410, path)
      assert.match(asked.text, /GoneException/)
    }
    assert.strictEqual(ask(site, "/wiki/rest/api/nonsense").json["statusCode"], 404)
    assert.deepInclude((ask(site, `${V2}/nonsense`).json["errors"] as Row[])[0], { status: 404, code: "NOT_FOUND" })
    assert.strictEqual(ask(site, `${V2}/pages/5`).status, 404)
    assert.strictEqual(ask(site, `${V2}/pages/abc`).status, 400)
  })
})

describe("the ways in which sites differ", () => {
  it("understands only the form of lists that it is told to", () => {
    const site = new SampleSite({ pages: 100 })
    const status = (query: string) => ask(site, `${V2}/pages?${query}`).status
    site.set({ quirks: { lists: "repeated" } })
    assert.deepStrictEqual([status("id=1&id=2"), status("id=1,2")], [200, 400])
    site.set({ quirks: { lists: "comma" } })
    assert.deepStrictEqual([status("id=1&id=2"), status("id=1,2")], [400, 200])
    site.set({ quirks: { lists: "one" } })
    assert.deepStrictEqual([status("id=1&id=2"), status("space-id=1,2"), status("id=1&space-id=2")], [400, 400, 200])
  })

  it("can leave replies, archived spaces and their content out of the lists", () => {
    const site = new SampleSite({ pages: 600 })
    const count = (list: string) => walk(site, `${V2}/${list}?limit=250`).length
    const before = [count("footer-comments"), count("spaces"), count("pages")]
    site.set({
      quirks: { repliesInCommentLists: false, archivedSpacesByDefault: false, contentOfArchivedSpaces: false },
    })
    const after = [count("footer-comments"), count("spaces"), count("pages")]
    for (const [i, number] of after.entries()) assert.isBelow(number, before[i] as number)
    const archived = new Set(site.truth("spaces").flatMap((row) => (row["status"] === "archived" ? [row["id"]] : [])))
    assert.strictEqual(after[2], site.truth("pages").filter((row) => !archived.has(row["spaceId"])).length)
    // A list to which the spaces are named holds them.
    const named = [...archived].map((id) => `space-id=${String(id)}`).join("&")
    assert.strictEqual(count(`pages?${named}`), before[2]! - after[2]!)
  })

  it("can give small pages, next links on every v1 list or on none, and cursors that take any limit", () => {
    const site = new SampleSite({ pages: 300, settings: { maxPageSize: 10, quirks: { cursorBindsLimit: false } } })
    const first = ask(site, `${V2}/blogposts?limit=250`)
    assert.strictEqual(rowsOf(first).length, 10)
    assert.strictEqual(ask(site, (nextOf(first) ?? "").replace("limit=250", "limit=20")).status, 200)
    const linked = (address: string) => nextOf(ask(site, address)) !== undefined
    const lists = ["/wiki/rest/api/group?limit=2", "/wiki/rest/api/search/user?cql=type%3Duser&limit=2"] as const
    site.set({ quirks: { nextInV1: "always" } })
    assert.deepStrictEqual(lists.map(linked), [true, true])
    site.set({ quirks: { nextInV1: "never" } })
    assert.deepStrictEqual(lists.map(linked), [false, false])
  })

  it("lets cursors expire by age and by use", () => {
    let now = Date.UTC(2026, 6, 1)
    const site = new SampleSite({ pages: 300, now: () => now, settings: { cursorLifetimeMs: 5000 } })
    const next = nextOf(ask(site, `${V2}/pages?limit=10`)) ?? ""
    now += 5000
    assert.strictEqual(ask(site, next).status, 200)
    now += 1
    assert.strictEqual(ask(site, next).status, 400)
    site.set({ cursorLifetimeMs: 0, cursorUses: 2 })
    const statuses: number[] = []
    for (let at: string | undefined = `${V2}/pages?limit=10`; at !== undefined;) {
      const asked = ask(site, at)
      statuses.push(asked.status)
      at = asked.status === 200 ? nextOf(asked) : undefined
    }
    assert.deepStrictEqual(statuses, [200, 200, 200, 400])
  })
})

describe("a seed", () => {
  const everything = (seed: number) => {
    const site = new SampleSite({ seed, pages: 400 })
    const lists = [
      "pages?body-format=storage&limit=250",
      "attachments?limit=250",
      "inline-comments?limit=250",
      "spaces",
    ]
    return lists.map((list) => ask(site, `${V2}/${list}`).text).join("\n")
  }

  it("gives the same site byte for byte, and another seed another one", () => {
    assert.strictEqual(everything(5), everything(5))
    assert.notStrictEqual(everything(5), everything(6))
  })

  it("gives bodies of exactly the size asked for", () => {
    const site = new SampleSite({ pages: 300, bodyBytes: 4096, varied: false })
    const pages = walk(site, `${V2}/pages?limit=250&body-format=storage`)
    assert.strictEqual(pages.length, 300)
    for (const page of pages)
      assert.strictEqual(Buffer.byteLength((page["body"] as { storage: { value: string } }).storage.value), 4096)
  })
})
