/** OAuth 2.0 at the sample site: what access tokens open, the sites of a token, what is told of grants, and all of it over HTTP. */
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { CUSTOM_TYPES } from "../../src/sample-site/customContent.ts"
import { type RunningSampleSite, startSampleSite } from "../../src/sample-site/server.ts"
import {
  APP,
  askGateway,
  askTokens,
  assertRefused,
  CALLBACK,
  clockedSite,
  codeOf,
  CONSENT,
  decide,
  HOUR_MS,
  redeem,
  refresh,
  resources,
  send,
  SERVICE,
  START,
} from "./signingIn.ts"

const ME = "/wiki/rest/api/user/current"
const GROUPS = "/wiki/rest/api/group"
const PAGES = "/wiki/api/v2/pages?limit=5"
const SPACES = "/wiki/api/v2/spaces"
const DEAD = "refresh_token is invalid"

describe("an access token", () => {
  it("opens the site through the gateway, as the account that consented, until it expires", () => {
    const { site, clock } = clockedSite({ settings: { tokenLifetimeSeconds: 600 } })
    const { access_token, token_expiry_date } = site.mintGrant()
    assert.strictEqual(token_expiry_date, new Date(START + 600_000).toISOString())
    assert.strictEqual(askGateway(site, ME, access_token).json["email"], "user0@northwind.example")
    clock.now += 599_999
    assert.strictEqual(askGateway(site, PAGES, access_token).status, 200)
    clock.now += 1
    for (const path of [PAGES, ME])
      assert.deepStrictEqual(askGateway(site, path, access_token).json, { code: 401, message: "Unauthorized" })
    site.set({ tokenLifetimeSeconds: 60 })
    assert.strictEqual(askTokens(site, { grant_type: "client_credentials", ...SERVICE }).json["expires_in"], 60)
  })

  it("that has expired or was revoked may also show as 404 on v2 and as 403 on v1; an unknown one is always a 401", () => {
    const { site, clock } = clockedSite({ settings: { expiredTokenAnswer: "not found" } })
    const revoked = site.mintGrant()
    assert.strictEqual(site.revokeGrant(revoked.access_token), 1)
    assertRefused(refresh(site, revoked.refresh_token), 403, "unauthorized_client", DEAD)
    const expired = site.mintGrant()
    clock.now += HOUR_MS
    for (const { access_token } of [revoked, expired]) {
      const v2 = askGateway(site, PAGES, access_token)
      assert.strictEqual(v2.status, 404)
      assert.match(v2.text, /"code":"NOT_FOUND"/)
      const v1 = askGateway(site, ME, access_token)
      assert.deepStrictEqual([v1.status, v1.json["statusCode"]], [403, 403])
      assert.strictEqual(resources(site, access_token).status, 401)
    }
    assert.strictEqual(askGateway(site, PAGES, "no-such-token").status, 401)
    assert.strictEqual(askGateway(site, PAGES, refresh(site, expired.refresh_token).json["access_token"]).status, 200)
  })

  it("can be made to expire before its time, while its refresh token stays good", () => {
    const { site } = clockedSite()
    const [{ access_token, refresh_token }, revoked] = [site.mintGrant(), site.mintGrant()]
    site.revokeGrant(revoked.refresh_token)
    assert.strictEqual(site.expireAccessTokens(), 1)
    assert.strictEqual(site.expireAccessTokens(), 0)
    assert.strictEqual(askGateway(site, PAGES, access_token).status, 401)
    assert.strictEqual(askGateway(site, PAGES, refresh(site, refresh_token).json["access_token"]).status, 200)
  })

  it("is refused on the site's own host, by sites that the consent leaves out, and where there is no site", () => {
    const other = { id: "other-cloud-id", url: "https://other.atlassian.net", name: "other" }
    const { site } = clockedSite({ otherSites: [other], settings: { anonymousAccess: true } })
    const { access_token } = site.mintGrant()
    const own = send(site, "GET", ME, { authorization: `Bearer ${access_token}` })
    assert.strictEqual(own.status, 401)
    assert.match(own.headers["www-authenticate"] ?? "", /OAuth realm=/)
    assert.strictEqual(askGateway(site, ME, access_token, "no-such-cloud-id").status, 404)
    const elsewhere = site.mintGrant({ sites: [other.id] })
    assert.strictEqual(askGateway(site, ME, elsewhere.access_token).status, 404)
    assert.throws(() => site.mintGrant({ sites: ["no-such-cloud-id"] }), /no site has the cloud id no-such-cloud-id/)
  })

  it("that has expired may be refused in the words of a missing scope, without their header, or as 403 or 404 everywhere", () => {
    for (const [expiredTokenAnswer, status] of [
      ["scope", 401],
      ["403", 403],
      ["404", 404],
    ] as const) {
      const { site } = clockedSite({ settings: { expiredTokenAnswer } })
      const { access_token } = site.mintGrant()
      site.expireAccessTokens()
      for (const path of [PAGES, ME]) {
        const refused = askGateway(site, path, access_token)
        assert.strictEqual(refused.status, status)
        assert.isUndefined(refused.headers["x-failure-category"])
        assert.strictEqual(refused.text.includes("scope does not match"), expiredTokenAnswer === "scope")
      }
    }
  })

  it("of a service account may open a site that is in no list", () => {
    const { site } = clockedSite({ settings: { quirks: { listsSitesOfServiceAccounts: false } } })
    const token = askTokens(site, { grant_type: "client_credentials", ...SERVICE }).json["access_token"]
    assert.strictEqual(resources(site, token).text, "[]")
    assert.strictEqual(askGateway(site, PAGES, token).status, 200)
    assert.notStrictEqual(resources(site, site.mintGrant().access_token).text, "[]")
  })

  it("opens what its own scopes allow, and gets 401 for the rest", () => {
    const { site } = clockedSite({ settings: { scopes: [] } })
    const { access_token } = site.mintGrant({ scopes: ["read:page:confluence"] })
    assert.strictEqual(askGateway(site, PAGES, access_token).status, 200)
    assert.deepStrictEqual(askGateway(site, SPACES, access_token).json, {
      code: 401,
      message: "Unauthorized; scope does not match",
    })
    const category = () => askGateway(site, SPACES, access_token).headers["x-failure-category"]
    assert.strictEqual(category(), "FAILURE_CLIENT_SCOPE_CHECK")
    site.set({ quirks: { scopeFaultsHaveHeader: false } })
    assert.isUndefined(category())
    assert.strictEqual(askGateway(site, SPACES, site.mintGrant().access_token).status, 200)
  })

  it("needs classic scopes for v1 where the site does not take granular ones, but for what has no classic scope", () => {
    const { site } = clockedSite({ settings: { quirks: { v1TakesGranularScopes: false } } })
    const granular = ["read:page:confluence", "read:group:confluence", "read:content-details:confluence"]
    const { access_token } = site.mintGrant({ scopes: granular })
    const both = site.mintGrant({ scopes: [...granular, "read:confluence-groups", "read:confluence-user"] })
    const users = "/wiki/rest/api/search/user?cql=type=user"
    for (const path of [GROUPS, ME]) {
      assert.match(askGateway(site, path, access_token).text, /scope does not match/)
      assert.strictEqual(askGateway(site, path, both.access_token).status, 200)
    }
    for (const path of [PAGES, users]) assert.strictEqual(askGateway(site, path, access_token).status, 200)
    site.set({ quirks: { v1TakesGranularScopes: true } })
    for (const path of [GROUPS, ME]) assert.strictEqual(askGateway(site, path, access_token).status, 200)
  })
})

describe("the list of a token's sites", () => {
  const before = { id: "a-cloud-id", url: "https://acme.atlassian.net", name: "acme" }
  const after = { id: "z-cloud-id", url: "https://zenith.atlassian.net", name: "zenith" }

  it("holds the sites that the consent covers, in the order of their names, with the scopes for them", () => {
    const { site } = clockedSite({ otherSites: [after, before], siteUrl: "https://nw.example" })
    const { access_token } = site.mintGrant({ scopes: ["read:page:confluence"] })
    const { sites } = resources(site, access_token)
    assert.deepStrictEqual(
      sites.map(({ id, url, name }) => ({ id, url, name })),
      [before, { id: site.cloudId, url: "https://nw.example", name: "northwind" }, after],
    )
    for (const { scopes } of sites) assert.deepStrictEqual(scopes, ["read:page:confluence"])
    assert.hasAllKeys(sites[0], ["id", "url", "name", "scopes", "avatarUrl"])
    const some = resources(site, site.mintGrant({ sites: [after.id] }).access_token)
    assert.deepStrictEqual(
      some.sites.map(({ id }) => id),
      [after.id],
    )
    const { access_token: service } = askTokens(site, { grant_type: "client_credentials", ...SERVICE }).json
    assert.strictEqual(resources(site, service).sites.length, 3)
  })

  it("may hold each site once more, first, as one of Jira", () => {
    const { site } = clockedSite({ otherSites: [before], settings: { quirks: { listsJiraToo: true } } })
    const { sites } = resources(site, site.mintGrant().access_token)
    assert.deepStrictEqual(
      sites.map(({ id }) => id),
      [before.id, before.id, site.cloudId, site.cloudId],
    )
    const confluence = sites.map(({ scopes }) => (scopes as string[]).includes("read:page:confluence"))
    assert.deepStrictEqual(confluence, [false, true, false, true])
  })

  it("is for a good Bearer token alone", () => {
    const { site, clock } = clockedSite()
    const { access_token } = site.mintGrant()
    const basic = Buffer.from(`${site.credentials.email}:${site.credentials.scopedToken}`).toString("base64")
    for (const headers of [{}, { authorization: `Basic ${basic}` }, { authorization: "Bearer nonsense" }])
      assert.strictEqual(send(site, "GET", "/oauth/token/accessible-resources", headers).status, 401)
    assert.strictEqual(resources(site, access_token).status, 200)
    clock.now += HOUR_MS
    assert.strictEqual(resources(site, access_token).status, 401)
  })
})

describe("a site that is signed in to", () => {
  it("hands out configs for OAuth, each with a refresh token of its own, and for the service account", () => {
    const { site } = clockedSite({ siteUrl: "http://127.0.0.1:1" })
    const [one, two] = [site.config("oauth2.0"), site.config("oauth2.0", { scopes: ["read:page:confluence"] })]
    const tokens = [one, two].map((config) => (config["credentials"] as Record<string, string>)["refresh_token"])
    assert.deepStrictEqual(one, {
      domain_name: "http://127.0.0.1:1",
      credentials: { auth_type: "oauth2.0", ...APP, refresh_token: tokens[0] },
      endpoints: { gateway: "http://127.0.0.1:1", auth: "http://127.0.0.1:1" },
      custom_content_types: CUSTOM_TYPES.map(({ name }) => name),
    })
    assert.deepStrictEqual(
      site.grants().map(({ accessTokens }) => accessTokens),
      [[], []],
    )
    assert.notStrictEqual(tokens[0], tokens[1])
    assert.strictEqual(refresh(site, tokens[1]).json["scope"], "read:page:confluence offline_access")
    assert.deepStrictEqual(site.config("service_account")["credentials"], { auth_type: "service_account", ...SERVICE })
  })

  it("tells each grant with its tokens and requests, and the requests that belong to none", () => {
    const { site, clock } = clockedSite()
    const { refresh_token } = site.mintGrant({ scopes: ["read:page:confluence"] })
    clock.now += 1000
    const { json } = refresh(site, refresh_token)
    refresh(site, "no-such-token")
    redeem(site, codeOf(site))
    refresh(site, refresh_token)
    const [grant, redeemed] = site.grants()
    const at = START + 1000
    const seen = { at, grantType: "refresh_token", refreshToken: refresh_token, processed: true, delivered: true }
    assert.deepStrictEqual(grant, {
      id: "grant-1",
      grantType: "authorization_code",
      clientId: APP.client_id,
      scopes: ["read:page:confluence", "offline_access"],
      siteIds: [site.cloudId],
      createdAt: START,
      killedByReuse: true,
      revoked: false,
      refreshTokens: [
        { token: refresh_token, issuedAt: START, uses: 2 },
        { token: json["refresh_token"] as string, issuedAt: at, uses: 0 },
      ],
      accessTokens: [START, at].map((issuedAt, index) => ({
        token: grant?.accessTokens[index]?.token as string,
        issuedAt,
        expiresAt: issuedAt + HOUR_MS,
        scopes: ["read:page:confluence", "offline_access"],
      })),
      tokenRequests: [
        { ...seen, grant: "grant-1", status: 200 },
        { ...seen, grant: "grant-1", status: 403 },
      ],
    })
    assert.strictEqual(grant?.accessTokens[1]?.token, json["access_token"])
    assert.deepInclude(redeemed?.tokenRequests[0], { grantType: "authorization_code", status: 200 })
    assert.deepStrictEqual(
      site.tokenRequests().map(({ grant: id, status }) => [id, status]),
      [
        ["grant-1", 200],
        [undefined, 403],
        ["grant-2", 200],
        ["grant-1", 403],
      ],
    )
  })

  it("revokes the grant that is named by its id or a token, or all of them, and forgets them when it is reset", () => {
    const { site } = clockedSite()
    const [one, two, three] = [site.mintGrant(), site.mintGrant(), site.mintGrant()]
    assert.strictEqual(site.revokeGrant("grant-1"), 1)
    assert.strictEqual(site.revokeGrant(two.refresh_token), 1)
    assert.strictEqual(site.revokeGrant("nothing"), 0)
    assertRefused(refresh(site, one.refresh_token), 403, "unauthorized_client", DEAD)
    assertRefused(refresh(site, two.refresh_token), 403, "unauthorized_client", DEAD)
    assert.strictEqual(refresh(site, three.refresh_token).status, 200)
    assert.strictEqual(site.revokeGrant(), 3)
    site.reset()
    assert.deepStrictEqual([site.grants(), site.tokenRequests()], [[], []])
    const fresh = site.mintGrant()
    assert.notInclude(
      [one, two, three].map(({ access_token }) => access_token),
      fresh.access_token,
    )
    assert.strictEqual(askGateway(site, PAGES, three.access_token).status, 401)
  })

  it("counts the endpoints of signing in, without any token in an address", () => {
    const { site } = clockedSite()
    decide(site, { decision: "cancel", state: "s" })
    const { access_token, refresh_token } = redeem(site, codeOf(site)).json
    refresh(site, refresh_token)
    resources(site, access_token)
    const counted = Object.entries(site.statistics().endpoints).map(([path, { requests }]) => [path, requests])
    assert.deepStrictEqual(counted, [
      ["/authorize", 2],
      ["/oauth/token", 2],
      ["/oauth/token/accessible-resources", 1],
    ])
    const secrets = [access_token, refresh_token, ...site.grants()[0]!.accessTokens.map(({ token }) => token)]
    for (const { address } of site.requests())
      for (const secret of secrets) assert.notInclude(address, secret as string)
  })
})

describe("signing in over HTTP", () => {
  let running: RunningSampleSite
  beforeAll(async () => {
    running = await startSampleSite({
      pages: 60,
      otherSites: [{ id: "acme-id", url: "https://acme.atlassian.net", name: "acme" }],
    })
  })
  afterAll(() => running.close())

  const control = async (what: string, body?: unknown): Promise<{ status: number; json: any }> => {
    const post = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }
    const response = await fetch(`${running.url}/_control/${what}`, post)
    return { status: response.status, json: await response.json() }
  }
  const tokens = async (body: object): Promise<{ status: number; json: any }> => {
    const response = await fetch(`${running.url}/oauth/token`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    })
    return { status: response.status, json: await response.json() }
  }

  it("goes from the page of consent by a code to tokens, sites and content", async () => {
    const { url } = running
    const request = new URLSearchParams({ ...CONSENT, state: "state-1" })
    const page = await (await fetch(`${url}/authorize?${request}`)).text()
    const form = new URLSearchParams({ decision: "accept" })
    for (const [, name, value] of page.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g))
      form.set(name as string, value as string)
    form.set("site", /<option value="([^"]+)">northwind/.exec(page)?.[1] ?? "")
    const accepted = await fetch(`${url}/authorize`, { method: "POST", body: form, redirect: "manual" })
    assert.strictEqual(accepted.status, 302)
    const { searchParams } = new URL(accepted.headers.get("location") ?? "")
    assert.strictEqual(searchParams.get("state"), "state-1")
    const code = searchParams.get("code")
    const { json } = await tokens({ grant_type: "authorization_code", ...APP, code, redirect_uri: CALLBACK })
    const headers = { authorization: `Bearer ${json.access_token}` }
    const sites = (await (await fetch(`${url}/oauth/token/accessible-resources`, { headers })).json()) as any[]
    assert.deepStrictEqual(
      sites.map((site) => [site.id, site.url]),
      [[running.site.cloudId, url]],
    )
    assert.strictEqual((await fetch(`${url}/ex/confluence/${sites[0].id}${PAGES}`, { headers })).status, 200)
    assert.strictEqual((await fetch(`${url}/ex/confluence/acme-id${PAGES}`, { headers })).status, 404)
  })

  it("is set up and looked into by the control interface", async () => {
    await control("reset", {})
    const { json: config } = await control("config/oauth2.0")
    assert.deepInclude(config.endpoints, { gateway: running.url, auth: running.url })
    assert.strictEqual((await control("config/service_account")).json.credentials.auth_type, "service_account")
    assert.strictEqual((await control("config/scoped")).json.credentials.api_token, "sample-scoped-token")
    const { json: minted } = await control("mint-grant", { scopes: ["read:page:confluence"], sites: ["acme-id"] })
    assert.hasAllKeys(minted, ["refresh_token", "access_token", "token_expiry_date"])
    const settings = { tokenLifetimeSeconds: 5, grantedScopes: ["read:page:confluence"], reuseLeewayMs: 9 }
    assert.deepInclude((await control("settings", settings)).json, settings)
    const { refresh_token } = config.credentials
    const refreshed = await tokens({ grant_type: "refresh_token", ...APP, refresh_token })
    assert.strictEqual(refreshed.json.expires_in, 5)
    const { json: grants } = await control("grants")
    assert.deepStrictEqual(
      grants.map((grant: any) => [grant.siteIds.length, grant.tokenRequests.length, grant.killedByReuse]),
      [
        [2, 1, false],
        [1, 0, false],
      ],
    )
    assert.deepStrictEqual((await control("expire-access-tokens", {})).json, { expired: 2 })
    assert.deepStrictEqual((await control("revoke-grant", { grant: minted.access_token })).json, { revoked: 1 })
    assert.deepStrictEqual((await control("revoke-grant", {})).json, { revoked: 2 })
    assert.strictEqual((await control("token-requests")).json.length, 1)
    const lost = await tokens({ grant_type: "refresh_token", ...APP, refresh_token: refreshed.json.refresh_token })
    assert.deepStrictEqual([lost.status, lost.json.error], [403, "unauthorized_client"])
    await control("reset", {})
    assert.deepStrictEqual((await control("grants")).json, [])
  })

  it("says in one sentence what a control request about it lacks", async () => {
    const error = async (what: string, body?: unknown) => {
      const { status, json } = await control(what, body)
      assert.strictEqual(status, 400)
      return json.error as string
    }
    assert.match(await error("config/password"), /configs for classic, scoped, oauth2.0, service_account/)
    assert.match(await error("mint-grant", []), /a consent must be an object/)
    assert.match(await error("mint-grant", { scopes: "all" }), /"scopes" must be a list of texts/)
    assert.match(await error("mint-grant", { sites: [1] }), /"sites" must be a list of texts/)
    assert.match(await error("mint-grant", { sites: ["nowhere"] }), /no site has the cloud id nowhere/)
    assert.match(await error("mint-grant", { refreshTokenAgeMs: "old" }), /"refreshTokenAgeMs" must be a number/)
    assert.match(await error("revoke-grant", { grant: 1 }), /"grant" must be/)
    assert.match(
      await error("settings", { expiredTokenAnswer: "418" }),
      /"expiredTokenAnswer" must be one of 401, not found/,
    )
    assert.match(await error("settings", { grantedScopes: "all" }), /"grantedScopes" must be a list of texts/)
    assert.match(await error("faults", { kind: "reset", processed: "yes" }), /"processed" must be true or false/)
  })

  it("loses the answer after the rotation, as a connection that breaks at the wrong moment does", async () => {
    const { refresh_token } = running.site.mintGrant()
    await control("faults", { kind: "reset", path: "/oauth/token", processed: true, times: 1 })
    const body = { grant_type: "refresh_token", ...APP, refresh_token }
    assert.strictEqual(await tokens(body).then(String, (error: Error) => error.message), "fetch failed")
    assert.strictEqual((await tokens(body)).json.error, "unauthorized_client")
    assert.isTrue((await control("grants")).json[0].killedByReuse)
    await control("reset", {})
  })
})
