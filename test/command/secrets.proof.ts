/** No secret in any form leaves the connector but in the requests to Atlassian, whatever fails and however loud the log is. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest"
import type { ConfigKind } from "../../src/sample-site/credentials.ts"
import type { Fault } from "../../src/sample-site/Fault.ts"
import type { SettingsChange } from "../../src/sample-site/options.ts"
import { type RunningSampleSite, startSampleSite } from "../../src/sample-site/server.ts"
import { errorsOf, logsOf, type Row } from "../support/runConnector.ts"
import { ALL_STREAMS, catalogOf } from "./catalogs.ts"
import { type Echo, formsSentIn, startEchoing } from "./echoing.ts"
import { CREDENTIALS, leaksOf, runWatched, secretsOf, STRANGER, type WatchedRun } from "./leaks.ts"

let server: RunningSampleSite
beforeAll(async () => {
  server = await startSampleSite({ pages: 60, credentials: CREDENTIALS })
})
afterAll(() => server.close())
beforeEach(() => server.site.reset())

const KINDS = ["classic", "scoped", "oauth2.0", "service_account"] as const satisfies ReadonlyArray<ConfigKind>
type Kind = (typeof KINDS)[number]

const WITH_TOKENS: ReadonlyArray<Kind> = ["oauth2.0", "service_account"]

const withCredentials = (config: Row, change: Row): Row => ({
  ...config,
  credentials: { ...(config["credentials"] as Row), ...change },
})

/** A config that signs in; with OAuth 2.0 it has an access token that has expired, so that a new generation is given out. */
const configOf = (kind: Kind): Row => {
  const config = server.site.config(kind)
  if (kind !== "oauth2.0") return config
  return withCredentials(config, { ...server.site.mintGrant({ refreshTokenAgeMs: 7_200_000 }) })
}

/** The same with a secret that is not the right one. */
const strangerOf = (kind: Kind): Row =>
  withCredentials(configOf(kind), WITH_TOKENS.includes(kind) ? { client_secret: STRANGER } : { api_token: STRANGER })

interface Failing {
  readonly kinds?: ReadonlyArray<Kind>
  readonly command?: "check" | "read"
  readonly config?: (kind: Kind) => Row
  readonly echo?: Echo
  readonly faults?: ReadonlyArray<Fault>
  readonly settings?: SettingsChange
  /** After the config was made. */
  readonly before?: () => void
}

const TOKEN_PATH = "/oauth/token"
const isList = (path: string) => path.startsWith("/wiki/") && !path.endsWith("/user/current")
const SIGN_IN = /user\/current$|tenant_info$|accessible-resources$/
const STATUSES = [400, 403, 404, 405, 410, 302, 413, 501]

const failing: Readonly<Record<string, Failing>> = {
  "a credential that Atlassian does not know": { config: strangerOf, command: "check" },
  "a read with one": { config: strangerOf },
  "one on a site with visitors": {
    kinds: ["classic", "scoped"],
    config: strangerOf,
    settings: { anonymousAccess: true },
    command: "check",
  },
  "lists that are refused with what was sent": {
    echo: (path) => (isList(path) ? STATUSES[path.length % 8] : undefined),
  },
  "a check whose lists are refused so": {
    command: "check",
    echo: (path) => (isList(path) ? STATUSES[(path.length + 3) % 8] : undefined),
  },
  "lists that reject the credential, and repeat it": { echo: (path) => (isList(path) ? 401 : undefined) },
  "lists that fail with what was sent, every time": { echo: (path) => (isList(path) ? 500 : undefined) },
  "lists that answer 200 with what was sent": { echo: (path) => (isList(path) ? 200 : undefined) },
  "a sign-in that is refused with what was sent": {
    command: "check",
    echo: (path) => (SIGN_IN.test(path) ? 400 : undefined),
  },
  "a sign-in that is rejected with what was sent": { echo: (path) => (SIGN_IN.test(path) ? 401 : undefined) },
  "a sign-in that is forbidden with what was sent": { echo: (path) => (SIGN_IN.test(path) ? 403 : undefined) },
  "a sign-in that is redirected to what was sent": {
    command: "check",
    echo: (path) => (SIGN_IN.test(path) ? 302 : undefined),
  },
  "a sign-in that answers 200 with what was sent": { echo: (path) => (SIGN_IN.test(path) ? 200 : undefined) },
  "redirects that repeat the query": { faults: [{ kind: "redirect" }], command: "check" },
  "connections that break": { faults: [{ kind: "reset", path: "/wiki/*" }] },
  "a token endpoint that refuses with what was sent": {
    kinds: WITH_TOKENS,
    echo: (path) => (path === TOKEN_PATH ? 400 : undefined),
  },
  "one that rejects with it": { kinds: WITH_TOKENS, echo: (path) => (path === TOKEN_PATH ? 401 : undefined) },
  "one that forbids with it": { kinds: WITH_TOKENS, echo: (path) => (path === TOKEN_PATH ? 403 : undefined) },
  "one that answers 200 with it": { kinds: WITH_TOKENS, echo: (path) => (path === TOKEN_PATH ? 200 : undefined) },
  "one that redirects to it": { kinds: WITH_TOKENS, echo: (path) => (path === TOKEN_PATH ? 307 : undefined) },
  "one that fails with it": { kinds: WITH_TOKENS, echo: (path) => (path === TOKEN_PATH ? 503 : undefined) },
  "new tokens whose answer is lost": {
    kinds: WITH_TOKENS,
    faults: [{ kind: "reset", path: TOKEN_PATH, processed: true }],
  },
  "new tokens whose answer is cut": { kinds: WITH_TOKENS, faults: [{ kind: "cut", path: TOKEN_PATH }] },
  "new tokens in JSON that breaks off": {
    kinds: WITH_TOKENS,
    faults: [{ kind: "truncated-json", path: TOKEN_PATH }],
  },
  "a grant that was revoked": { kinds: ["oauth2.0"], before: () => void server.site.revokeGrant() },
  "a grant for other sites": {
    kinds: ["oauth2.0"],
    config: (kind) => ({ ...configOf(kind), domain_name: "elsewhere.atlassian.net" }),
  },
  "a site that cannot be reached": {
    kinds: ["classic", "scoped"],
    command: "check",
    config: (kind) => ({ ...configOf(kind), domain_name: "http://127.0.0.1:1" }),
  },
  "hosts of Atlassian's that cannot be reached": {
    kinds: WITH_TOKENS,
    command: "check",
    config: (kind) => ({
      ...configOf(kind),
      endpoints: { gateway: "http://127.0.0.1:1", auth: "http://127.0.0.1:1" },
    }),
  },
}

const problemIn = (run: WatchedRun): boolean =>
  errorsOf(run).length > 0 || logsOf(run).some((line) => line.startsWith("WARN"))

describe("a secret is nowhere in the output of", () => {
  let seed = 0
  for (const [what, { kinds = KINDS, command = "read", config, echo, faults, settings, before }] of Object.entries(
    failing,
  )) {
    it.each(kinds)(`${what}: %s`, async (kind) => {
      const given = (config ?? configOf)(kind)
      server.site.set(settings ?? {})
      server.site.setFaults(faults ?? [])
      before?.()
      const echoing = startEchoing(server.site, echo ?? (() => undefined), (seed += 7))
      const run = await runWatched(
        command,
        { config: given, ...(command === "read" && { catalog: catalogOf(ALL_STREAMS) }) },
        { args: seed % 2 === 0 ? ["--debug"] : [] },
      )
      const echoed = echoing.stop()
      expect(echoed > 0, "the site has repeated something").toBe(echo !== undefined)
      expect(problemIn(run), "the run tells of a problem").toBe(true)
      expect(leaksOf(run, secretsOf(server.site))).toEqual([])
      expect(run.left).toEqual({})
    })
  }
})

describe("a secret that an answer repeats in the place of a name is nowhere in the output:", () => {
  const answerWith = (path: string, answer: (sent: ReadonlyArray<string>) => unknown): void => {
    const usual = server.site.handle.bind(server.site)
    server.site.handle = (request) => {
      const response = usual(request)
      return request.path.endsWith(path) && response.status === 200
        ? { ...response, body: JSON.stringify(answer(formsSentIn(request))) }
        : response
    }
  }
  // The instance's own way goes, and that of its class is back.
  afterEach(() => void Reflect.deleteProperty(server.site, "handle"))

  it.each(KINDS)("the account's, %s", async (kind) => {
    answerWith("/user/current", (sent) => ({ type: "known", accountId: "5b10", displayName: sent.join(", ") }))
    for (const command of ["check", "read"] as const) {
      const run = await runWatched(
        command,
        { config: configOf(kind), ...(command === "read" && { catalog: catalogOf(["spaces"]) }) },
        { args: ["--debug"] },
      )
      expect(run.exitCode).toBe(0)
      expect(run.lines.join("\n")).toMatch(/ as .*\*{4}, /)
      expect(leaksOf(run, secretsOf(server.site))).toEqual([])
    }
  })

  it.each(WITH_TOKENS)("those of the token's sites, %s", async (kind) => {
    answerWith("/accessible-resources", (sent) =>
      sent.map((text, at) => ({
        id: `site-${at}`,
        name: text,
        url: `https://${text.replaceAll(/[^A-Za-z0-9]/g, "").slice(0, 60)}.example`,
      })),
    )
    const run = await runWatched("check", { config: configOf(kind) }, { args: ["--debug"] })
    expect(errorsOf(run)).toMatchObject([{ message: expect.stringMatching(/it covers .*\*{4}\.example/) }])
    expect(leaksOf(run, secretsOf(server.site))).toEqual([])
  })
})
