/** Every way to sign in, against the sample site in virtual time: what is asked of whom, what is handed on, and what is said. */
import { describe, expect, test } from "vitest"
import type { SampleSiteOptions } from "../../src/sample-site/options.ts"
import { configsOf, errorsOf, type Ran, recordsOf, Simulation, statesOf, type Message } from "../support/inProcess.ts"
import { OF_CONTENTS } from "../support/ofContents.ts"
import { brokenRules } from "../support/protocolRules.ts"
import { ALL_STREAMS } from "./catalogs.ts"

const SITE: SampleSiteOptions = { seed: 61, pages: 400, settings: { maxPageSize: 50 } }

const statusOf = (ran: Ran) => ran.messages.findLast(({ connectionStatus }) => connectionStatus)!.connectionStatus!
const logsOf = (messages: ReadonlyArray<Message>) =>
  messages.flatMap(({ log }) => (log === undefined ? [] : [`${log.level} ${log.message}`]))
const tombstonesOf = (ran: Ran, stream: string) =>
  recordsOf(ran, stream).filter((row) => row["_ab_cdc_deleted_at"] !== undefined)
const idsOf = (rows: ReadonlyArray<Record<string, unknown>>) => rows.map((row) => row["id"]).toSorted()
const refreshes = (simulation: Simulation) => simulation.site.tokenRequests().length

describe("with OAuth 2.0", () => {
  test("check, discover and read refresh once, when each has the config that the one before handed on", async () => {
    const simulation = new Simulation(SITE)
    const config = { ...simulation.site.config("oauth2.0"), unknown_key: { kept: ["as it is"] } }
    const checked = await simulation.run("check", { config })
    expect(statusOf(checked).status).toBe("SUCCEEDED")
    expect(brokenRules(checked.lines)).toEqual([])
    const [renewed, ...more] = configsOf(checked)
    expect(more).toEqual([])
    expect(renewed).toEqual({
      ...config,
      credentials: {
        ...(config as { credentials?: object }).credentials,
        access_token: expect.any(String),
        refresh_token: expect.any(String),
        token_expiry_date: expect.stringMatching(/^2026-07-01T09:00:0\dZ|^2026-07-01T09:00:0\d\.\d+Z$/),
      },
    })
    const discovered = await simulation.run("discover", { config: renewed! })
    const read = await simulation.run("read", { config: renewed! })
    expect([discovered.exit, read.exit]).toEqual([0, 0])
    expect([...configsOf(discovered), ...configsOf(read)]).toEqual([])
    expect(refreshes(simulation)).toBe(1)
    expect(idsOf(recordsOf(read, "pages"))).toEqual(idsOf(simulation.site.truth("pages")))
  })

  test("a read that outlives many tokens is whole, and uses no refresh token twice", async () => {
    const simulation = new Simulation({
      ...SITE,
      latencyMs: 3_000,
      settings: { maxPageSize: 20, tokenLifetimeSeconds: 20 },
    })
    const ran = await simulation.run("read", { config: simulation.site.config("oauth2.0") })
    expect(ran.exit).toBe(0)
    for (const stream of ["pages", "comments", "attachments"] as const) {
      expect(idsOf(recordsOf(ran, stream))).toEqual(idsOf(simulation.site.truth(stream)))
    }
    const [grant] = simulation.site.grants()
    expect(configsOf(ran).length).toBeGreaterThan(3)
    expect(grant!.refreshTokens.slice(0, -1).map(({ uses }) => uses)).toEqual(configsOf(ran).map(() => 1))
    const last = configsOf(ran).at(-1)!["credentials"] as Record<string, unknown>
    expect(last["refresh_token"]).toBe(grant!.refreshTokens.at(-1)!.token)
  })

  for (const expiredTokenAnswer of ["401", "not found"] as const) {
    test(`a token that dies before its time, answered with ${expiredTokenAnswer}, costs no row and no tombstone`, async () => {
      const simulation = new Simulation({ ...SITE, latencyMs: 20, settings: { maxPageSize: 50, expiredTokenAnswer } })
      let config: Record<string, unknown> = simulation.site.config("oauth2.0")
      // Of those that ask each content, so many would wait that a token dies twice before one has its turn.
      const streams = ALL_STREAMS.filter((stream) => !OF_CONTENTS.has(stream))
      const first = await simulation.run("read", { config, streams, syncMode: "incremental" })
      config = configsOf(first).at(-1)!
      // After every twentieth good answer the access token dies, so that look-ups of single rows and whole lists are hit.
      let answers = 0
      simulation.onExchange = ({ request, response }) => {
        const opened = request.path.startsWith("/ex/") && response.status === 200
        if (opened && ++answers % 20 === 0) simulation.site.expireAccessTokens()
      }
      simulation.site.trash(String(simulation.site.truth("pages")[5]!["id"]))
      const deleted = String(simulation.site.truth("comments")[3]!["id"])
      simulation.site.deleteComment(deleted)
      const before = new Set(idsOf(recordsOf(first, "comments")))
      const second = await simulation.run("read", {
        config: { ...config, reconcile_interval_hours: 0 },
        streams,
        syncMode: "incremental",
        state: statesOf(first),
      })
      expect(errorsOf(second)).toEqual([])
      expect(second.exit).toBe(0)
      expect(configsOf(second).length).toBeGreaterThan(1)
      const after = new Set(idsOf(simulation.site.truth("comments")))
      const gone = [...before].filter((id) => !after.has(id))
      expect(gone).toContain(deleted)
      expect(idsOf(tombstonesOf(second, "comments"))).toEqual(gone.toSorted())
      expect(tombstonesOf(second, "pages")).toHaveLength(1)
      expect(simulation.site.grants()[0]!.killedByReuse).toBe(false)
    })
  }

  test("a site that the grant does not cover is told with those that it does", async () => {
    const simulation = new Simulation({
      ...SITE,
      otherSites: [
        { id: "11111111-2222-4333-8444-555555555555", name: "elsewhere", url: "https://elsewhere.atlassian.net" },
      ],
    })
    const config = simulation.site.config("oauth2.0", { sites: ["11111111-2222-4333-8444-555555555555"] })
    const ran = await simulation.run("check", { config })
    expect(statusOf(ran)).toMatchObject({
      status: "FAILED",
      message: expect.stringMatching(
        /does not cover 127\.0\.0\.1:1; it covers.*elsewhere\.atlassian\.net.*domain_name/,
      ),
    })
    expect(errorsOf(ran)).toMatchObject([{ failure_type: "config_error" }])
    // The new refresh token went out all the same.
    expect(configsOf(ran)).toHaveLength(1)
  })

  test("a site is found although Jira's scopes are listed for it too", async () => {
    const simulation = new Simulation({ ...SITE, settings: { quirks: { listsJiraToo: true } } })
    const ran = await simulation.run("check", { config: simulation.site.config("oauth2.0") })
    expect(statusOf(ran).status).toBe("SUCCEEDED")
  })

  test("a used refresh token is a config_error that says to authorize again", async () => {
    const simulation = new Simulation(SITE)
    const config = simulation.site.config("oauth2.0")
    await simulation.run("check", { config })
    const again = await simulation.run("check", { config })
    expect(errorsOf(again)).toMatchObject([
      { failure_type: "config_error", message: expect.stringMatching(/used by another run.*Authorize again/) },
    ])
    expect(simulation.site.grants()[0]!.killedByReuse).toBe(true)
  })

  test("a token endpoint that fails is a transient_error, asked once", async () => {
    const simulation = new Simulation(SITE)
    simulation.site.setFaults([{ kind: "status", status: 502, path: "/oauth/token" }])
    const ran = await simulation.run("check", { config: simulation.site.config("oauth2.0") })
    expect(errorsOf(ran)).toMatchObject([{ failure_type: "transient_error", message: expect.stringMatching(/502/) }])
    expect(simulation.exchanged).toHaveLength(1)
  })

  test("scopes that are missing cost their streams alone", async () => {
    const simulation = new Simulation(SITE)
    const scopes = ["read:space:confluence", "read:page:confluence", "read:confluence-user", "offline_access"]
    const config = simulation.site.config("oauth2.0", { scopes })
    const ran = await simulation.run("check", { config })
    const { status, message } = statusOf(ran)
    expect(status).toBe("SUCCEEDED")
    expect(message).toMatch(/[1-9]\d* of \d+ streams can be read.*read:comment:confluence \(comments/)
    expect(logsOf(ran.messages)).toContainEqual(
      expect.stringMatching(/^WARN comments: cannot be read\..*read:comment:confluence.*OAuth 2\.0 app/),
    )
  })
})

describe("with a service account", () => {
  test("reads all, with a token for each run and nothing handed on", async () => {
    const simulation = new Simulation({
      ...SITE,
      latencyMs: 3_000,
      settings: { maxPageSize: 20, tokenLifetimeSeconds: 20 },
    })
    const ran = await simulation.run("read", { config: simulation.site.config("service_account") })
    expect(ran.exit).toBe(0)
    expect(configsOf(ran)).toEqual([])
    expect(refreshes(simulation)).toBeGreaterThan(3)
    expect(idsOf(recordsOf(ran, "pages"))).toEqual(idsOf(simulation.site.truth("pages")))
  })

  for (const status of [401, 403, 404]) {
    test(`reads where Atlassian does not list its sites (${status}): the site tells its own id`, async () => {
      const simulation = new Simulation(SITE)
      simulation.site.setFaults([{ kind: "status", status, path: "/oauth/token/accessible-resources" }])
      const config = simulation.site.config("service_account")
      const ran = await simulation.run("read", { config, streams: ["spaces", "pages", "users"] })
      expect(ran.exit).toBe(0)
      expect(idsOf(recordsOf(ran, "pages"))).toEqual(idsOf(simulation.site.truth("pages")))
      // A grant's sites are listed: there it is a failure.
      const granted = await simulation.run("check", { config: simulation.site.config("oauth2.0") })
      expect(statusOf(granted).status).toBe("FAILED")
    })
  }

  test("without the scope to read its own name it reads all the same", async () => {
    const simulation = new Simulation({
      ...SITE,
      settings: { grantedScopes: ["read:space:confluence", "read:page:confluence"] },
    })
    const config = simulation.site.config("service_account")
    const checked = await simulation.run("check", { config })
    expect(statusOf(checked)).toMatchObject({
      status: "SUCCEEDED",
      message: expect.stringMatching(/[1-9]\d* of \d+ streams can be read/),
    })
    const ran = await simulation.run("read", { config, streams: ["spaces", "pages", "blog_posts"] })
    expect(ran.exit).toBe(0)
  })

  test("a wrong secret is a config_error that names the key", async () => {
    const simulation = new Simulation(SITE)
    const config = simulation.site.config("service_account")
    const credentials = { ...(config["credentials"] as object), client_secret: "not-the-secret" }
    const ran = await simulation.run("check", { config: { ...config, credentials } })
    expect(statusOf(ran)).toMatchObject({
      status: "FAILED",
      message: expect.stringContaining('"credentials.client_secret"'),
    })
    expect(ran.lines.join("\n")).not.toContain("not-the-secret")
  })
})
