/** Who may ask the sample site, where, and for what. */
import { assert, describe, it } from "vitest"
import { SampleSite } from "../../src/sample-site/SampleSite.ts"
import { ask, ids, rowsOf, walk } from "./asking.ts"

const ME = "/wiki/rest/api/user/current"
const PAGES = "/wiki/api/v2/pages?limit=250"

describe("credentials of the sample site", () => {
  const site = new SampleSite({ pages: 300 })
  const gateway = `/ex/confluence/${site.cloudId}`

  it("work on the site when classic, through the gateway when scoped, and nowhere else", () => {
    assert.strictEqual(ask(site, ME).json["email"], "user0@northwind.example")
    assert.strictEqual(ask(site, `${gateway}${ME}`, { as: "scoped" }).status, 200)
    assert.strictEqual(ask(site, `${gateway}${ME}`).status, 401)
    assert.strictEqual(ask(site, ME, { as: "scoped" }).status, 401)
    assert.strictEqual(ask(site, `/ex/confluence/another-site${ME}`, { as: "scoped" }).status, 404)
  })

  it("are refused with a web page and a challenge when expired or absent", () => {
    for (const as of ["expired", "nobody"] as const) {
      const asked = ask(site, ME, { as })
      assert.strictEqual(asked.status, 401)
      assert.match(asked.headers["content-type"] ?? "", /html/)
      assert.match(asked.headers["www-authenticate"] ?? "", /OAuth realm=/)
    }
  })

  it("of somebody without a licence are refused with 403 everywhere", () => {
    const asked = ask(site, ME, { as: "unlicensed" })
    assert.deepStrictEqual(asked.json, { message: "Current user not permitted to use Confluence", statusCode: 403 })
  })

  it("do not matter for the cloud id", () => {
    assert.deepStrictEqual(ask(site, "/_edge/tenant_info", { as: "nobody" }).json, { cloudId: site.cloudId })
  })

  it("with too few scopes get 401 from the endpoints that need others", () => {
    const scoped = new SampleSite({
      pages: 50,
      settings: { scopes: ["read:page:confluence", "read:group:confluence"] },
    })
    const at = (path: string) => ask(scoped, `/ex/confluence/${scoped.cloudId}${path}`, { as: "scoped" })
    assert.strictEqual(at(PAGES).status, 200)
    assert.strictEqual(at("/wiki/rest/api/group").status, 200)
    for (const path of ["/wiki/api/v2/spaces", ME, `/wiki/rest/api/group/${scoped.groups[0]?.id}/membersByGroupId`]) {
      assert.strictEqual(at(path).status, 401, path)
      assert.deepStrictEqual(at(path).json, { code: 401, message: "Unauthorized; scope does not match" })
    }
  })

  it("that are bad show, on a site with anonymous access, an anonymous user and the public spaces alone", () => {
    const open = new SampleSite({ pages: 300, settings: { anonymousAccess: true } })
    const asked = ask(open, ME, { as: "expired" })
    assert.deepInclude(asked.json, { type: "anonymous", accountId: null })
    const pages = rowsOf(ask(open, PAGES, { as: "expired" }))
    const open2 = new Set(open.spaces.filter((space) => space.anonymous).map((space) => space.id))
    assert.isNotEmpty(pages)
    assert.isTrue(pages.every((page) => open2.has(page["spaceId"] as string)))
    assert.isBelow(pages.length, walk(open, PAGES).length)
    assert.sameMembers(ids(rowsOf(ask(open, "/wiki/api/v2/spaces", { as: "nobody" }))), [...open2])
  })

  it("may be forbidden single endpoints", () => {
    const strict = new SampleSite({
      pages: 50,
      settings: { forbidden: ["/wiki/rest/api/group*", "/wiki/api/v2/attachments"] },
    })
    assert.strictEqual(ask(strict, "/wiki/rest/api/group").json["statusCode"], 403)
    assert.match(ask(strict, "/wiki/api/v2/attachments").text, /FORBIDDEN/)
    assert.strictEqual(ask(strict, PAGES).status, 200)
  })

  it("of one's own take the place of the documented ones", () => {
    const own = new SampleSite({
      pages: 10,
      credentials: { email: "me@acme.example", classicToken: "mine:with:colons" },
    })
    assert.deepInclude(own.config()["credentials"], { email: "me@acme.example", api_token: "mine:with:colons" })
    assert.strictEqual(ask(own, ME).status, 200)
  })
})
