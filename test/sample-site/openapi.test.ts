/** Every endpoint of the sample site answers as Atlassian's OpenAPI documents say, over several seeds and all odd rows. */
import { assert, describe, it } from "vitest"
import { CUSTOM_TYPES } from "../../src/sample-site/customContent.ts"
import { SampleSite } from "../../src/sample-site/SampleSite.ts"
import { loadOpenApiDocuments } from "../support/openapiDocuments.ts"
import { OpenapiValidator } from "../support/openapiValidator.ts"
import { ask, type Asking, ids, nextOf, type Row, rowsOf, walk } from "./asking.ts"
import { CONTENT } from "./childRows.ts"

const documents = loadOpenApiDocuments()
const V2 = "/wiki/api/v2"
const LISTS = [
  `${V2}/spaces?limit=250&status=current`,
  `${V2}/spaces?limit=7&status=archived&include-icon=true&description-format=view&sort=-name`,
  `${V2}/spaces?type=personal&description-format=plain`,
  `${V2}/pages?limit=250&status=current&status=archived&body-format=storage&sort=id`,
  `${V2}/pages?limit=250&status=current,archived,trashed,deleted&body-format=atlas_doc_format&sort=-modified-date`,
  `${V2}/pages?limit=100&subtype=live&sort=title`,
  `${V2}/blogposts?limit=250&body-format=storage&sort=created-date`,
  `${V2}/blogposts?limit=250&status=trashed`,
  `${V2}/footer-comments?limit=250&body-format=storage`,
  `${V2}/footer-comments?limit=250&sort=-modified-date&body-format=atlas_doc_format`,
  `${V2}/inline-comments?limit=250&body-format=storage`,
  `${V2}/inline-comments?limit=50&sort=modified-date`,
  `${V2}/attachments?limit=250&sort=-created-date`,
  `${V2}/tasks?limit=250&body-format=storage&include-blank-tasks=true`,
  `${V2}/tasks?limit=90&body-format=atlas_doc_format&status=complete&completed-at-from=1500000000000`,
  `${V2}/attachments?status=trashed&status=archived&mediaType=application/pdf`,
] as const

describe.skipIf(documents === undefined)("the sample site against Atlassian's documents", () => {
  const validator = documents === undefined ? undefined : new OpenapiValidator(documents)
  const valid = (site: SampleSite, address: string, asking: Asking = {}) => {
    const asked = ask(site, address, asking)
    const request = { method: asking.method ?? "GET", address, body: asking.body && JSON.stringify(asking.body) }
    const problems = validator?.validateExchange(request as never, { status: asked.status, body: asked.text })
    assert.deepStrictEqual(problems, [], `${address}: ${asked.text.slice(0, 200)}`)
    return asked
  }

  for (const seed of [1, 2, 77]) {
    it(`answers every list of a v2 collection with rows of the described shape (seed ${seed})`, () => {
      const site = new SampleSite({ seed, pages: 700 })
      for (const address of LISTS) {
        let rows = 0
        for (let at: string | undefined = address; at !== undefined;) {
          const asked = valid(site, at)
          rows += rowsOf(asked).length
          at = nextOf(asked)
        }
        assert.isAbove(rows, 0, address)
      }
    })

    it(`answers single objects, lookups and the v1 endpoints in the described shape (seed ${seed})`, () => {
      const site = new SampleSite({ seed, pages: 400 })
      const names = ["pages", "blogposts", "attachments", "footer-comments", "inline-comments"] as const
      const all: string[] = []
      for (const name of names) {
        const found = ids(rowsOf(ask(site, `${V2}/${name}?limit=40`)))
        all.push(...found)
        for (const id of found.slice(0, 25)) valid(site, `${V2}/${name}/${id}`)
        valid(site, `${V2}/${name}/${found[0]}?include-versions=true&include-operations=true&include-properties=true`)
      }
      valid(site, `${V2}/pages/${all[0]}?body-format=view&include-labels=true&include-likes=true`)
      for (const kind of ["footer", "inline"])
        for (const id of ids(rowsOf(ask(site, `${V2}/${kind}-comments?limit=60`))))
          valid(site, `${V2}/${kind}-comments/${id}/children?limit=250&body-format=storage`)
      const types = { contentIds: [...all.slice(0, 98), "123", "att7"] }
      valid(site, `${V2}/content/convert-ids-to-types`, { method: "POST", body: types })
      const accountIds = site.users.slice(0, 250).map((user) => user.accountId)
      valid(site, `${V2}/users-bulk`, { method: "POST", body: { accountIds } })
      const groups = rowsOf(valid(site, "/wiki/rest/api/group?start=0&limit=200"))
      for (const id of ids(groups)) valid(site, `/wiki/rest/api/group/${id}/membersByGroupId?start=0&limit=200`)
      for (const id of ids(rowsOf(ask(site, `${V2}/spaces?limit=250`))))
        for (const list of ["permissions?limit=9", "role-assignments?limit=2", "role-assignments?role-type=SYSTEM"])
          for (let at: string | undefined = `${V2}/spaces/${id}/${list}`; at !== undefined;) {
            const asked = valid(site, at)
            assert.isAbove(rowsOf(asked).length, 0, at)
            at = nextOf(asked)
          }
      let properties = 0
      for (const id of ids(rowsOf(ask(site, `${V2}/spaces?limit=250`))))
        properties += rowsOf(valid(site, `${V2}/spaces/${id}/properties?limit=250`)).length
      assert.isAbove(properties, 2)
      for (const more of [
        "",
        "?limit=20&start=5",
        "?startDate=1750000000000&endDate=1780000000000",
        "?searchString=App",
      ])
        assert.isAbove(rowsOf(valid(site, `/wiki/rest/api/audit${more}`)).length, 5)
      const templates = new Set<unknown>()
      for (const key of [undefined, ...site.truth("spaces").map((space) => String(space["key"]))])
        for (const kind of ["page", "blueprint"])
          for (const more of ["", "&expand=body", "&expand=body.storage"]) {
            const of = key === undefined ? "" : `&spaceKey=${encodeURIComponent(key)}`
            const address = `/wiki/rest/api/template/${kind}?limit=200${of}${more}`
            for (const row of rowsOf(valid(site, address))) templates.add(row["templateId"])
          }
      assert.strictEqual(templates.size, site.truth("templates").length)
      assert.isAbove(rowsOf(valid(site, `${V2}/space-roles?limit=3`)).length, 2)
      const { accountId = "" } = site.users.find((user) => user.personalSpaceId !== null) ?? {}
      const his = rowsOf(valid(site, `${V2}/space-roles?principal-type=USER&principal-id=${accountId}`))
      assert.deepStrictEqual(
        his.map(({ name }) => name),
        ["Admin"],
      )
      valid(site, `${V2}/space-role-mode`)
      valid(site, "/wiki/rest/api/search/user?cql=type%3Duser&limit=100&start=0")
      valid(site, "/wiki/rest/api/search?cql=type%3Dpage&limit=10")
      valid(site, "/wiki/rest/api/user/current")
      site.set({ anonymousAccess: true })
      valid(site, "/wiki/rest/api/user/current", { as: "nobody" })
    })
  }

  for (const seed of [1, 2, 77]) {
    it(`answers all that is asked of the content tree in the described shape (seed ${seed})`, () => {
      const site = new SampleSite({ seed, pages: 300 })
      const places = site.truth("content_tree").filter(({ visible }) => visible)
      const byType = Map.groupBy(places, ({ type }) => String(type))
      assert.sameMembers([...byType.keys()], ["page", "folder", "whiteboard", "database", "embed"])
      const told = new Set<string>()
      for (const [type, all] of byType)
        for (const id of ids(all).slice(0, 60)) {
          const path = `${V2}/${type}s/${id}`
          valid(site, path)
          valid(site, `${path}/ancestors?limit=3`)
          for (const list of ["descendants?depth=10&limit=20", "direct-children?limit=5&sort=-modified-date"])
            for (let at: string | undefined = `${path}/${list}`; at !== undefined;) {
              const asked = valid(site, at)
              if (asked.status === 404) break
              for (const each of rowsOf(asked)) told.add(`${list.slice(0, 6)} ${String(each["type"])}`)
              at = nextOf(asked)
            }
        }
      assert.lengthOf([...told], 10, "both lists tell of all five types")
      for (const type of ["folder", "whiteboard", "database", "embed"]) {
        const [id = ""] = ids(byType.get(type)!.filter(({ status }) => status === "current"))
        valid(site, `${V2}/${type}s/${id}?include-operations=true&include-properties=true`)
        valid(site, `${V2}/${type}s/${id}?include-collaborators=true&include-direct-children=true`)
        valid(site, `/wiki/rest/api/search?cql=type%3D${type}&limit=10&includeArchivedSpaces=true`)
      }
      const body = { contentIds: ids(places).slice(-100) }
      valid(site, `${V2}/content/convert-ids-to-types`, { method: "POST", body })
    })
  }

  it("answers all that is asked of custom content in the described shape", () => {
    const site = new SampleSite({ seed: 3, pages: 300 })
    const told = new Set<string>()
    for (const { name } of CUSTOM_TYPES) {
      const found: string[] = []
      for (const body of ["raw", "storage", "atlas_doc_format"])
        for (
          let at: string | undefined =
            `${V2}/custom-content?type=${encodeURIComponent(name)}&limit=5&sort=-modified-date&body-format=${body}`;
          at !== undefined;
        ) {
          const asked = valid(site, at)
          found.push(...ids(rowsOf(asked)))
          for (const row of rowsOf(asked)) for (const field of Object.keys(row)) told.add(field)
          at = nextOf(asked)
        }
      assert.isAbove(found.length, 9)
      const spaces = ids(site.truth("spaces")).join("&space-id=")
      valid(
        site,
        `${V2}/custom-content?type=${encodeURIComponent(name)}&id=${found.slice(0, 9).join(",")}&space-id=${spaces}`,
      )
      for (const id of found.slice(0, 9)) valid(site, `${V2}/custom-content/${id}?body-format=storage`)
      valid(site, `${V2}/content/convert-ids-to-types`, { method: "POST", body: { contentIds: found.slice(0, 9) } })
    }
    assert.includeMembers([...told], ["pageId", "blogPostId", "customContentId", "spaceId"])
    for (const unknownCustomTypes of ["404", "400"] as const) {
      site.set({ quirks: { unknownCustomTypes } })
      assert.strictEqual(valid(site, `${V2}/custom-content?type=ac:none:none`).status, Number(unknownCustomTypes))
    }
    assert.strictEqual(ask(site, `${V2}/custom-content`).status, 400)
  })

  it("answers what content has of its own in the described shape", () => {
    const site = new SampleSite({ seed: 5, pages: 120 })
    let likes = 0
    for (const [list] of CONTENT)
      for (const id of ids(rowsOf(ask(site, `${V2}/${list}?limit=250`)))) {
        for (let at: string | undefined = `${V2}/${list}/${id}/likes/users?limit=2`; at !== undefined;) {
          const asked = valid(site, at)
          likes += rowsOf(asked).length
          at = nextOf(asked)
        }
        if (list.includes("comments")) continue
        for (const what of ["views", "viewers?fromDate=2026-01-01"])
          valid(site, `/wiki/rest/api/analytics/content/${id}/${what}`)
      }
    assert.isAbove(likes, 20)
    for (const analytics of ["404", "403"] as const) {
      site.set({ quirks: { analytics } })
      assert.strictEqual(valid(site, `/wiki/rest/api/analytics/content/1/views`).status, Number(analytics))
    }
  })

  it("answers all that is asked of labels, and of levels of classification, in the described shape", () => {
    const site = new SampleSite({ seed: 2, pages: 300 })
    const walked = (address: string): number => {
      let rows = 0
      for (let at: string | undefined = address; at !== undefined;) {
        const asked = valid(site, at)
        rows += rowsOf(asked).length
        at = nextOf(asked)
      }
      return rows
    }
    assert.isAbove(walked(`${V2}/labels?limit=6&sort=-name`), 6)
    assert.isAbove(walked(`${V2}/labels?prefix=my&prefix=team`), 2)
    for (const list of ["pages?limit=20&sort=-modified-date", "blogposts?body-format=storage", "attachments?limit=9"])
      assert.isAbove(
        ids(site.truth("labels")).reduce((rows, id) => rows + walked(`${V2}/labels/${id}/${list}`), 0),
        5,
        list,
      )
    const labelled = new Map(site.truth("content_labels").map(({ contentId, contentType }) => [contentId, contentType]))
    for (const [contentId, contentType] of labelled) {
      const id = String(contentId).replace("att", "")
      assert.isAbove(walked(`${V2}/${String(contentType)}s/${id}/labels?limit=1`), 0)
    }
    for (const { spaceId } of site.truth("space_labels"))
      assert.isAbove(walked(`${V2}/spaces/${String(spaceId)}/labels?limit=1`), 0)
    assert.strictEqual(valid(site, `${V2}/classification-levels`).status, 200)
  })

  for (const seed of [1, 2])
    it(`answers all that is asked of restrictions in the described shape (seed ${seed})`, () => {
      const site = new SampleSite({ seed, pages: 300 })
      const rows = site.truth("content_restrictions")
      const carriers = new Set(rows.map((row) => String(row["restrictedById"])))
      assert.isAbove(carriers.size, 10)
      const open = ids(rowsOf(ask(site, `${V2}/pages?limit=20`)))
      for (const restrictionShape of ["direct", "envelope"] as const) {
        site.set({ quirks: { restrictionShape } })
        for (const id of [...carriers, ...open]) {
          const path = `/wiki/rest/api/content/${id}/restriction`
          valid(site, `${path}?expand=read.restrictions.user,update.restrictions.group,content&start=0&limit=2`)
          for (const more of ["", "/byOperation", "/byOperation?expand=restrictions.user,content"])
            valid(site, `${path}${more}`)
          for (const operation of ["read", "update"])
            valid(site, `${path}/byOperation/${operation}?expand=restrictions.user,restrictions.group&start=1&limit=1`)
        }
      }
      const expand = ["read", "update"].flatMap((operation) =>
        ["user", "group"].map((part) => `restrictions.${operation}.restrictions.${part}`),
      )
      const cql = encodeURIComponent("type in (page, blogpost, folder, whiteboard, database, embed)")
      let hits = 0
      for (const more of [expand.join(","), "ancestors,version", "restrictions", "body.storage"])
        for (
          let at: string | undefined = `/wiki/rest/api/content/search?cql=${cql}&limit=90&expand=${more}`;
          at !== undefined;
        ) {
          const asked = valid(site, at)
          hits += rowsOf(asked).length
          const next = nextOf(asked)
          at = next && `/wiki${next}`
        }
      assert.isAbove(hits, 1000)
    })

  it("finds what is undescribed, deprecated, undeclared, out of bounds or wrongly shaped", () => {
    const problems = (address: string, body?: Row) =>
      validator?.validateExchange({ method: "GET", address }, body && { status: 200, body: JSON.stringify(body) }) ?? []
    assert.match(problems("/wiki/rest/api/content")[0] ?? "", /not described/)
    assert.match(problems(`${V2}/pages/1/children`)[0] ?? "", /deprecated/)
    assert.match(problems(`${V2}/pages?start=3`)[0] ?? "", /start is not declared/)
    assert.match(problems(`${V2}/pages?limit=251`)[0] ?? "", /must be <= 250/)
    assert.match(problems(`${V2}/pages?status=current,gone`)[0] ?? "", /status/)
    assert.match(problems(`${V2}/folders/1/direct-children?sort=size`)[0] ?? "", /sort/)
    assert.deepStrictEqual(problems(`${V2}/folders/1/direct-children?sort=-title`), [])
    assert.match(problems("/wiki/rest/api/search/user?limit=5")[0] ?? "", /cql .* is missing/)
    assert.match(problems(`${V2}/pages`, { results: [{ id: 5 }] })[0] ?? "", /must be string/)
    assert.match(problems(`${V2}/pages`, { results: [{ id: "5", colour: "red" }] })[0] ?? "", /undeclared field colour/)
    const shape = { method: "POST", address: `${V2}/users-bulk`, body: '{"accountIds":[]}' }
    assert.match(validator?.validateExchange(shape)[0] ?? "", /fewer than 1/)
    assert.deepStrictEqual(problems(`/ex/confluence/some-id${V2}/pages?limit=250&status=current&status=archived`), [])
    for (const path of [
      "/_edge/tenant_info",
      "/authorize?scope=x",
      "/oauth/token",
      "/oauth/token/accessible-resources",
    ])
      assert.deepStrictEqual(problems(path), [], path)
    assert.match(problems("/oauth/revoke")[0] ?? "", /not described/)
  })

  it("shows, in the described shapes, every oddity known of real sites", () => {
    const site = new SampleSite({ pages: 1200 })
    const pages = walk(site, `${V2}/pages?limit=250&body-format=storage&status=current,archived,trashed`)
    const titles = pages.map((page) => page["title"] as string)
    for (const odd of ["\u0000", "\u0085", "\u2028", "\u2029", "\u202B", "\uD83D ", "🎉", "<script>", "e\u0301"])
      assert.isTrue(
        titles.some((title) => title.includes(odd)),
        JSON.stringify(odd),
      )
    assert.isTrue(titles.some((title) => title.length === 255))
    const has = (field: string, value: unknown) => pages.some((page) => page[field] === value)
    for (const field of ["parentId", "ownerId", "position", "subtype"]) assert.isTrue(has(field, null), field)
    for (const type of ["page", "folder", "whiteboard", "database", "embed"])
      assert.isTrue(has("parentType", type), type)
    for (const status of ["current", "archived", "trashed"]) assert.isTrue(has("status", status), status)
    assert.isTrue(ids(pages).some((id) => id.length === 19 && !Number.isSafeInteger(Number(id))))
    const bodies = pages.map((page) => (page["body"] as { storage: { value: string } }).storage.value).join("")
    for (const part of [
      "ac:structured-macro",
      "<table",
      "ri:user",
      "ri:page",
      "ac:task-list",
      "CDATA",
      "ac:layout",
      "status",
    ])
      assert.include(bodies, part)
    const users = site.truth("users")
    const authors = new Set(pages.map((page) => page["authorId"]))
    assert.isTrue([...authors].some((author) => !users.some((user) => user["accountId"] === author)))
    for (const type of ["atlassian", "app", "customer"])
      assert.isTrue(users.some((user) => user["accountType"] === type))
    for (const status of ["active", "inactive", "closed"])
      assert.isTrue(users.some((user) => user["accountStatus"] === status))
    assert.isTrue(users.some((user) => user["email"] === ""))
  })

  it("gives bodies in the document format that parse as documents, one for each body in storage format", () => {
    const site = new SampleSite({ pages: 300 })
    let documentsSeen = 0
    for (const page of walk(site, `${V2}/pages?limit=250&body-format=atlas_doc_format`)) {
      const { value } = (page["body"] as { atlas_doc_format: { value: string } }).atlas_doc_format
      if (value === "") continue
      const document = JSON.parse(value) as Row
      assert.strictEqual(document["type"], "doc")
      assert.isNotEmpty(document["content"])
      documentsSeen++
    }
    assert.isAbove(documentsSeen, 200)
  })
})
