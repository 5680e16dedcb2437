/** The token endpoint of the sample site: what each grant gives, what is refused and how, and faults before and after the rotation. */
import { createHash } from "node:crypto"
import { assert, describe, it } from "vitest"
import {
  APP,
  askGateway,
  askTokens,
  assertRefused,
  CALLBACK,
  clockedSite,
  codeOf,
  DAY_MS,
  HOUR_MS,
  redeem,
  refresh,
  resources,
  send,
  SERVICE,
  START,
} from "./signingIn.ts"

const PAGES = "/wiki/api/v2/pages?limit=5"
const SPACES = "/wiki/api/v2/spaces"
const DEAD = "refresh_token is invalid"

/** Of an answer or of a minted consent. */
interface Tokens {
  readonly refresh_token?: unknown
  readonly access_token?: unknown
}

describe("the token endpoint", () => {
  it("takes JSON and forms alike, and nothing else", () => {
    const { site } = clockedSite()
    const given = { grant_type: "client_credentials", ...SERVICE }
    assert.strictEqual(askTokens(site, given, "json").status, 200)
    assert.strictEqual(askTokens(site, given, "form").status, 200)
    const body = JSON.stringify(given)
    assertRefused(send(site, "POST", "/oauth/token", {}, body), 400, "invalid_request")
    assertRefused(send(site, "POST", "/oauth/token", { "content-type": "text/plain" }, body), 400, "invalid_request")
    for (const broken of ["{", "[]", "null", '"text"'])
      assertRefused(
        send(site, "POST", "/oauth/token", { "content-type": "application/json" }, broken),
        400,
        "invalid_request",
      )
    assert.strictEqual(send(site, "GET", "/oauth/token").status, 405)
  })

  it("redeems a code for the tokens of the consent, with a refresh token only for offline_access", () => {
    const { site } = clockedSite()
    const { access_token, refresh_token, ...rest } = redeem(site, codeOf(site)).json
    assert.deepStrictEqual(rest, {
      expires_in: 3600,
      scope: "read:page:confluence offline_access",
      token_type: "Bearer",
    })
    assert.strictEqual(askGateway(site, PAGES, access_token).status, 200)
    assert.strictEqual(refresh(site, refresh_token).status, 200)
    const online = redeem(site, codeOf(site, { scope: "read:page:confluence" })).json
    assert.hasAllKeys(online, ["access_token", "expires_in", "scope", "token_type"])
  })

  it("redeems a code once, within ten minutes, for its app and its callback address", () => {
    const { site, clock } = clockedSite()
    const refused = (code: string, more = {}) => assertRefused(redeem(site, code, more), 400, "invalid_request")
    refused("no-such-code")
    const code = codeOf(site)
    assert.strictEqual(redeem(site, code).status, 200)
    refused(code)
    const slow = codeOf(site)
    clock.now += 10 * 60_000 - 1
    assert.strictEqual(redeem(site, slow).status, 200)
    const late = codeOf(site)
    clock.now += 10 * 60_000
    refused(late)
    const strayed = codeOf(site)
    refused(strayed, { redirect_uri: `${CALLBACK}/` })
    refused(strayed)
    for (const missing of ["code", "redirect_uri"]) {
      const body = { grant_type: "authorization_code", ...APP, code: codeOf(site), redirect_uri: CALLBACK }
      const asked = askTokens(site, { ...body, [missing]: undefined })
      assertRefused(asked, 400, "invalid_request", `${missing} is missing`)
    }
  })

  it("demands the verifier of a code that was asked for with a challenge, and of no other", () => {
    const { site } = clockedSite()
    const code_challenge = createHash("sha256").update("a-long-verifier").digest("base64url")
    const challenged = () => codeOf(site, { code_challenge, code_challenge_method: "S256" })
    assert.strictEqual(redeem(site, challenged(), { code_verifier: "a-long-verifier" }).status, 200)
    assertRefused(redeem(site, challenged(), { code_verifier: "another" }), 400, "invalid_request")
    assertRefused(redeem(site, challenged()), 400, "invalid_request")
    assert.strictEqual(redeem(site, codeOf(site), { code_verifier: "unasked" }).status, 200)
  })

  it("rotates refresh tokens: each use gives another one, and the tokens before it live on", () => {
    const { site, clock } = clockedSite()
    let { refresh_token, access_token }: Tokens = site.mintGrant()
    const seen = new Set([refresh_token])
    for (let use = 1; use <= 5; use++) {
      clock.now += 60_000
      const { json } = refresh(site, refresh_token)
      assert.strictEqual(askGateway(site, PAGES, access_token).status, 200)
      assert.strictEqual(askGateway(site, PAGES, json["access_token"]).status, 200)
      ;({ refresh_token, access_token } = json as Tokens)
      seen.add(refresh_token)
    }
    assert.strictEqual(seen.size, 6)
    const [grant] = site.grants()
    assert.deepStrictEqual(
      grant?.refreshTokens.map(({ uses }) => uses),
      [1, 1, 1, 1, 1, 0],
    )
    assert.deepStrictEqual(new Set(grant?.refreshTokens.map(({ token }) => token)), seen)
  })

  it("ends the whole grant when a replaced refresh token is used again", () => {
    const { site, clock } = clockedSite()
    const untouched = site.mintGrant()
    const first = site.mintGrant()
    const second = refresh(site, first.refresh_token).json
    clock.now += 1
    assertRefused(refresh(site, first.refresh_token), 403, "unauthorized_client", DEAD)
    assertRefused(refresh(site, second["refresh_token"]), 403, "unauthorized_client", DEAD)
    for (const token of [first.access_token, second["access_token"]])
      assert.deepStrictEqual(askGateway(site, PAGES, token).json, { code: 401, message: "Unauthorized" })
    assert.deepStrictEqual(
      site.grants().map(({ killedByReuse }) => killedByReuse),
      [false, true],
    )
    assert.strictEqual(refresh(site, untouched.refresh_token).status, 200)
  })

  it("forgives a reuse within the leeway, and gives yet another refresh token for it", () => {
    const { site, clock } = clockedSite({ settings: { reuseLeewayMs: 600_000 } })
    const { refresh_token } = site.mintGrant()
    const once = refresh(site, refresh_token).json
    clock.now += 599_999
    const twice = refresh(site, refresh_token).json
    assert.notStrictEqual(once["refresh_token"], twice["refresh_token"])
    assert.strictEqual(refresh(site, once["refresh_token"]).status, 200)
    assert.strictEqual(refresh(site, twice["refresh_token"]).status, 200)
    clock.now += 1
    assertRefused(refresh(site, refresh_token), 403, "unauthorized_client", DEAD)
    assert.isTrue(site.grants()[0]?.killedByReuse)
  })

  it("gives no new refresh token, and keeps the old one good, where it does not rotate", () => {
    const { site, clock } = clockedSite({ settings: { quirks: { rotateRefreshTokens: false } } })
    const { refresh_token } = site.mintGrant()
    for (const days of [0, 80, 80]) {
      clock.now += days * DAY_MS
      const asked = refresh(site, refresh_token)
      assert.strictEqual(asked.status, 200)
      assert.notProperty(asked.json, "refresh_token")
    }
    assert.strictEqual(site.grants()[0]?.refreshTokens[0]?.uses, 3)
  })

  it("lets a refresh token expire after 90 days without use, and a consent after 365 days", () => {
    const { site, clock } = clockedSite()
    assert.strictEqual(refresh(site, site.mintGrant({ refreshTokenAgeMs: 89 * DAY_MS }).refresh_token).status, 200)
    const old = site.mintGrant({ refreshTokenAgeMs: 90 * DAY_MS })
    assertRefused(refresh(site, old.refresh_token), 403, "invalid_grant")
    assert.strictEqual(old.token_expiry_date, new Date(START - 90 * DAY_MS + HOUR_MS).toISOString())
    assert.strictEqual(askGateway(site, PAGES, old.access_token).status, 401)
    let { refresh_token }: Tokens = site.mintGrant()
    for (let days = 0; days + 60 < 365; days += 60) {
      clock.now += 60 * DAY_MS
      refresh_token = refresh(site, refresh_token).json["refresh_token"]
    }
    clock.now += 5 * DAY_MS
    assertRefused(refresh(site, refresh_token), 403, "invalid_grant")
  })

  it("gives the service account an access token alone, with the scopes that it has at that moment", () => {
    const { site } = clockedSite()
    const { json } = askTokens(site, { grant_type: "client_credentials", ...SERVICE })
    assert.hasAllKeys(json, ["access_token", "expires_in", "scope", "token_type"])
    assert.include(json["scope"] as string, "read:page:confluence")
    site.set({ grantedScopes: ["read:page:confluence"] })
    const narrow = askTokens(site, { grant_type: "client_credentials", ...SERVICE }).json
    assert.strictEqual(narrow["scope"], "read:page:confluence")
    assert.strictEqual(askGateway(site, SPACES, json["access_token"]).status, 200)
    assert.strictEqual(askGateway(site, SPACES, narrow["access_token"]).status, 401)
    assert.strictEqual(site.grants().length, 1)
    assert.strictEqual(site.grants()[0]?.accessTokens.length, 2)
    assert.strictEqual(site.revokeGrant(), 1)
    assert.strictEqual(askGateway(site, SPACES, json["access_token"]).status, 401)
    const again = askTokens(site, { grant_type: "client_credentials", ...SERVICE }).json
    assert.strictEqual(askGateway(site, PAGES, again["access_token"]).status, 200)
  })

  it("refuses unknown grants, unknown clients and wrong secrets, and clients that may not have the grant", () => {
    const { site } = clockedSite()
    const { refresh_token } = site.mintGrant()
    const ask = (body: Record<string, unknown>) => askTokens(site, { ...APP, refresh_token, ...body })
    assertRefused(ask({ grant_type: "password" }), 400, "unsupported_grant_type")
    assertRefused(ask({}), 400, "unsupported_grant_type")
    for (const wrong of [{ client_secret: "wrong" }, { client_id: "wrong" }, { client_secret: undefined }])
      assertRefused(ask({ grant_type: "refresh_token", ...wrong }), 401, "access_denied")
    assertRefused(ask({ grant_type: "client_credentials" }), 403, "unauthorized_client")
    assertRefused(ask({ grant_type: "refresh_token", ...SERVICE }), 403, "unauthorized_client")
    assertRefused(ask({ grant_type: "refresh_token", refresh_token: undefined }), 400, "invalid_request")
    assertRefused(ask({ grant_type: "refresh_token", refresh_token: "x" }), 403, "unauthorized_client", DEAD)
    assert.strictEqual(ask({ grant_type: "refresh_token" }).status, 200)
  })

  it("knows clients and an account of one's own in place of the documented ones", () => {
    const { site } = clockedSite({ credentials: { clientId: "mine", clientSecret: "secret" } })
    const { refresh_token } = site.mintGrant()
    assertRefused(refresh(site, refresh_token), 401, "access_denied")
    const own = { grant_type: "refresh_token", client_id: "mine", client_secret: "secret", refresh_token }
    assert.strictEqual(askTokens(site, own).status, 200)
  })
})

describe("faults at the token endpoint", () => {
  it("that come before anything is done leave the refresh token good", () => {
    const { site } = clockedSite()
    const { refresh_token } = site.mintGrant()
    for (const kind of ["status", "html", "reset", "hang", "redirect", "rate-limit", "empty-list"] as const) {
      site.setFaults([{ kind, path: "/oauth/token", times: 1, waitMs: 0 }])
      const { response } = refresh(site, refresh_token)
      assert.strictEqual(site.listFaults()[0]?.hit, 1)
      assert.isTrue(response.status !== 200 || !Buffer.from(response.body).includes("access_token"), kind)
    }
    assert.deepStrictEqual(
      site.tokenRequests().map(({ processed, delivered }) => [processed, delivered]),
      [true, true, false, false, true, true, true].map((delivered) => [false, delivered]),
    )
    assert.strictEqual(refresh(site, refresh_token).status, 200)
  })

  it("that come after the rotation have used the refresh token up, and the new one is lost", () => {
    const after = [
      ...(["status", "html", "reset", "hang"] as const).map((kind) => ({ kind, processed: true })),
      { kind: "cut" } as const,
      { kind: "truncated-json" } as const,
      { kind: "cut", processed: true } as const,
    ]
    for (const fault of after) {
      const { site } = clockedSite()
      const { refresh_token } = site.mintGrant()
      site.setFaults([{ ...fault, path: "/oauth/token", times: 1 }])
      refresh(site, refresh_token)
      const uses = site.grants()[0]?.refreshTokens.map(({ uses }) => uses)
      assert.deepStrictEqual(uses, [1, 0], fault.kind)
      assert.isTrue(site.tokenRequests()[0]?.processed)
      assertRefused(refresh(site, refresh_token), 403, "unauthorized_client", DEAD)
    }
  })

  it("have the shape of the authorization server's errors, and hit neither the list of sites nor the other way round", () => {
    const { site } = clockedSite()
    const { access_token, refresh_token } = site.mintGrant()
    site.setFaults([{ kind: "status", status: 400, path: "/oauth/token" }])
    assertRefused(refresh(site, refresh_token), 400, "invalid_request")
    assert.strictEqual(resources(site, access_token).status, 200)
    site.setFaults([{ kind: "status", status: 503, path: "/oauth/token/accessible-resources" }])
    assert.strictEqual(resources(site, access_token).status, 503)
    assert.strictEqual(refresh(site, refresh_token).status, 200)
  })

  it("are not the API's rate limit: its waits and the authorization server's are kept apart", () => {
    const { site, clock } = clockedSite({ rateLimit: 1 })
    const { access_token, refresh_token } = site.mintGrant()
    assert.deepStrictEqual(
      [1, 2].map(() => askGateway(site, PAGES, access_token).status),
      [200, 429],
    )
    clock.now += 500
    const next = refresh(site, refresh_token)
    assert.strictEqual(next.status, 200)
    assert.strictEqual(site.statistics().early, 0)
    askGateway(site, PAGES, access_token)
    assert.strictEqual(site.statistics().early, 1)
    clock.now += 10_000
    site.setFaults([{ kind: "rate-limit", path: "/oauth/token", waitMs: 5000, times: 1 }])
    assert.strictEqual(refresh(site, next.json["refresh_token"]).status, 429)
    clock.now += 1000
    assert.strictEqual(askGateway(site, PAGES, access_token).status, 200)
    assert.strictEqual(site.statistics().early, 1)
    refresh(site, next.json["refresh_token"])
    assert.strictEqual(site.statistics().early, 2)
  })
})
