/** The organization of the sample site: who may ask it, what its lists hold, and its export. */
import { parse } from "csv-parse/sync"
import { assert, describe, it } from "vitest"
import { addressOf } from "../../src/sample-site/people.ts"
import { SampleSite } from "../../src/sample-site/SampleSite.ts"
import { ask, type Row } from "./asking.ts"

const site = new SampleSite({ pages: 40, users: 300 })
const { organization, endpoints } = site.organizationSettings({}, true) as {
  organization: { id: string; api_key: string }
  endpoints: Row
}
const LISTS = {
  search: ["POST", "v2", "directories/-/users/search"],
  directories: ["GET", "v2", "directories/-/users"],
  "each directory": ["GET", "v2", "directories/northwind/users"],
  managed: ["GET", "v1", "users"],
} as const
type List = keyof typeof LISTS

const request = (list: List, cursor?: string, { id = organization.id, key = organization.api_key } = {}) => {
  const [method, version, rest] = LISTS[list]
  const body = method === "POST" ? JSON.stringify({ limit: 100, ...(cursor === undefined ? {} : { cursor }) }) : ""
  const query = new URLSearchParams({
    ...(method === "GET" && version === "v2" ? { limit: "100" } : {}),
    ...(method === "GET" && cursor !== undefined ? { cursor } : {}),
  })
  const headers = { authorization: `Bearer ${key}` }
  const response = site.handle({ method, path: `/admin/${version}/orgs/${id}/${rest}`, query, headers, body })
  response.finished()
  return { status: response.status, json: JSON.parse(`${response.body}`) as { data: Row[]; links: { next?: string } } }
}

const all = (list: List): readonly Row[] => {
  const rows: Row[] = []
  for (let cursor: string | undefined; ;) {
    const { status, json } = request(list, cursor)
    assert.strictEqual(status, 200)
    assert.isAtMost(json.data.length, 100)
    rows.push(...json.data)
    if (json.links.next === undefined) return rows
    cursor = json.links.next
  }
}

describe("the organization", () => {
  it("lists everybody who has an address, suspended people too, and some whom the site does not know", () => {
    const expected = site.users.flatMap((user) => (addressOf(user) === "" ? [] : [[user.accountId, addressOf(user)]]))
    for (const list of ["search", "directories", "each directory"] as const) {
      const rows = all(list).map((row) => [row["accountId"], row["email"]])
      assert.deepEqual(rows.slice(0, -3), expected)
      assert.isTrue(rows.slice(-3).every(([id]) => !site.users.some(({ accountId }) => accountId === id)))
    }
    const suspended = all("search").filter((row) => row["membershipStatus"] === "suspended")
    assert.sameMembers(
      suspended.map((row) => row["accountId"]),
      site.users
        .filter((user) => user.accountStatus === "inactive" && addressOf(user) !== "")
        .map((user) => user.accountId),
    )
  })

  it("lists as managed accounts those with an address of its own domain", () => {
    const rows = all("managed")
    assert.isAbove(all("search").length, rows.length)
    for (const row of rows) assert.match(String(row["email"]), /@northwind\.example$/)
  })

  it("shows the same address as a profile that shows one", () => {
    const shown = site.users.filter(({ email }) => email !== "")
    assert.isNotEmpty(shown)
    for (const user of shown) assert.strictEqual(addressOf(user), user.email)
  })

  it("refuses another key, another organization, and a site's own token", () => {
    assert.strictEqual(request("search", undefined, { key: "another" }).status, 401)
    assert.strictEqual(request("managed", undefined, { id: "another" }).status, 404)
    assert.strictEqual(ask(site, `/admin/v1/orgs/${organization.id}/users`).status, 401)
    assert.strictEqual(request("search", "no cursor").status, 400)
  })

  it("opens nothing of the site with its key", () => {
    const headers = { authorization: `Bearer ${organization.api_key}` }
    const query = new URLSearchParams()
    for (const path of ["/wiki/api/v2/spaces", `/ex/confluence/${site.cloudId}/wiki/api/v2/spaces`])
      assert.strictEqual(site.handle({ method: "GET", path, query, headers, body: "" }).status, 401)
  })

  it("is in a config where that is wanted, and is told by the control interface", () => {
    assert.notProperty(site.config(), "organization")
    const wanted = new SampleSite({ pages: 40, organization: true })
    for (const kind of ["classic", "oauth2.0", "service_account"] as const) {
      assert.deepNestedInclude(wanted.config(kind), { "endpoints.admin": wanted.gatewayUrl })
      assert.property(wanted.config(kind), "organization")
    }
    assert.deepEqual(ask(site, "/_control/organization").json, { organization, endpoints })
  })
})

describe("the export of users", () => {
  const rowsOf = (form: string) =>
    parse(ask(site, `/_control/export/${form}`).text, { columns: true }) as Record<string, string>[]

  it("has a row for everybody of the organization", () => {
    const rows = rowsOf("users").map((row) => [row["User id"], row["email"]])
    assert.deepEqual(rows, all("search").map((row) => [row["accountId"], row["email"]]) as string[][])
  })

  it("has, with groups, a row for each user and group", () => {
    const rows = rowsOf("groups")
    const groupsOf = (id: string) => site.groups.filter(({ members }) => members.has(id)).map((group) => group.id)
    const first = site.users.find((user) => addressOf(user) !== "" && groupsOf(user.accountId).length > 1)!.accountId
    const groups = groupsOf(first)
    assert.deepEqual(
      rows.filter((row) => row["User id"] === first).map((row) => row["Group id"]),
      groups,
    )
  })

  it("names its columns otherwise for managed accounts, and knows no other form", () => {
    assert.deepEqual(
      rowsOf("managed").map((row) => [row["Atlassian ID"], row["Email"]]),
      all("managed").map((row) => [row["account_id"], row["email"]]) as string[][],
    )
    assert.strictEqual(ask(site, "/_control/export/other").status, 400)
  })
})
