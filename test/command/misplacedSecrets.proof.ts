/** Where somebody has put a secret in the wrong place, or a wrong thing in a secret's place, the message does not repeat it. */
import { describe, expect, it } from "vitest"
import { errorsOf, type InputFiles, type Row, runConnector } from "../support/runConnector.ts"
import { SecretFinder } from "../support/SecretFinder.ts"
import { catalogOf } from "./catalogs.ts"
import { leaksOf, runWatched } from "./leaks.ts"

const TOKEN = `m1sPl4c3d/+=%2F"\\n&<b>'$\`:{}~Qw8Er5Ty`
/** As short and plain as the words that messages repeat. */
const SHORT = "h4Rm1355L00king"
const SECRETS = { TOKEN, SHORT }

const domain_name = "acme.example"
const apiToken = (api_token: unknown = TOKEN): Row => ({ auth_type: "api_token", email: "you@example.com", api_token })
const oauth = (change: Row = {}): Row => ({
  auth_type: "oauth2.0",
  client_id: "app",
  client_secret: TOKEN,
  refresh_token: TOKEN,
  ...change,
})
const good = { domain_name, credentials: apiToken() }

/** What cannot be a secret: sent as it is, it would break a header, or tell a part of itself. */
const UNFIT: Readonly<Record<string, unknown>> = {
  "a line break": `${TOKEN}\n${TOKEN}`,
  blanks: `${TOKEN} ${TOKEN}`,
  "letters of other alphabets": `${TOKEN}é漢${TOKEN}`,
  "a zero": `${TOKEN}\0${TOKEN}`,
  "a list": [TOKEN],
  "an object": { value: TOKEN },
}

const unfit = (name: string, configWith: (value: unknown) => Row): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(UNFIT).map(([what, value]) => [`the place of the ${name}, with ${what}`, configWith(value)]),
  )

const configs: Readonly<Record<string, unknown>> = {
  "a user name and a password in the site's address": { ...good, domain_name: `https://you:${TOKEN}@acme.example` },
  "the site's address": { ...good, domain_name: TOKEN },
  "the name of the site": { ...good, domain_name: `${SHORT}.invalid`, credentials: apiToken(SHORT) },
  "the name of the site, with a port": {
    ...good,
    domain_name: `http://${SHORT}.invalid:8080`,
    credentials: apiToken(SHORT),
  },
  "the way to sign in": { ...good, credentials: { ...apiToken(), auth_type: TOKEN } },
  "the way to sign in, a short one": { ...good, credentials: { ...apiToken(SHORT), auth_type: SHORT } },
  "the credentials": { ...good, credentials: TOKEN },
  "the email": { ...good, credentials: { ...apiToken(), email: TOKEN } },
  "the number of workers": { ...good, num_workers: TOKEN },
  "the number of workers, a short one": { ...good, credentials: apiToken(SHORT), num_workers: SHORT },
  "the format of bodies": { ...good, body_format: TOKEN },
  "the format of bodies, a short one": { ...good, credentials: apiToken(SHORT), body_format: SHORT },
  "the end of the access token": { ...good, credentials: oauth({ token_expiry_date: TOKEN }) },
  "an id of content": { ...good, filters: { page_ids_include: [TOKEN] } },
  "a date": { ...good, filters: { modified_after: TOKEN } },
  "a media type": { ...good, attachments: { media_types: [TOKEN] } },
  "a switch": { ...good, filters: { include_trashed: TOKEN } },
  "a percentage": { ...good, max_deletion_percent: TOKEN },
  "an address of Atlassian's": { ...good, endpoints: { gateway: `https://x:${TOKEN}@api.example` } },
  "an address of Atlassian's, as its path": { ...good, endpoints: { auth: `https://api.example/${TOKEN}` } },
  "the key of the organization, beside no id": { ...good, organization: { api_key: TOKEN } },
  "a list of secrets": [TOKEN],
  "the whole config": JSON.stringify(TOKEN),
  "a config that is no JSON": `{"credentials": {"api_token": ${JSON.stringify(TOKEN)},}`,
  ...unfit("API token", (value) => ({ ...good, credentials: apiToken(value) })),
  ...unfit("client secret", (client_secret) => ({ ...good, credentials: oauth({ client_secret }) })),
  ...unfit("refresh token", (refresh_token) => ({ ...good, credentials: oauth({ refresh_token }) })),
  ...unfit("access token", (access_token) => ({ ...good, credentials: oauth({ access_token }) })),
}

const stateOf = (stream: string, state: unknown) => ({
  type: "STREAM",
  stream: { stream_descriptor: { name: stream }, stream_state: state },
})
const inputs: Readonly<Record<string, InputFiles>> = {
  "the config in the place of the catalog": { catalog: good },
  "a sync mode": { catalog: { streams: [{ stream: { name: "pages" }, sync_mode: TOKEN }] } },
  "a stream's name": { catalog: catalogOf([TOKEN]) },
  "the config in the place of the state": { state: good },
  "a state": { state: [stateOf("pages", TOKEN)] },
  "a state's site": { state: [stateOf("pages", { v: 1, site: TOKEN, setup: "storage" })] },
  "a catalog that is no JSON": { catalog: `{"streams": ["${TOKEN}` },
  "a state that is no JSON": { state: `[{"type": "${TOKEN}` },
}

describe("a secret in a wrong place is not repeated:", () => {
  it.each(Object.keys(configs))("%s", async (what) => {
    const run = await runWatched("check", { config: configs[what] })
    expect(errorsOf(run)).toMatchObject([{ failure_type: "config_error" }])
    expect(run.messages.at(-1)).toMatchObject({ connectionStatus: { status: "FAILED" } })
    expect(leaksOf(run, SECRETS)).toEqual([])
  })

  it.each(Object.keys(inputs))("%s", async (what) => {
    const config = { domain_name: "http://127.0.0.1:1", credentials: apiToken() }
    const run = await runWatched("read", { config, catalog: catalogOf(["pages"]), ...inputs[what] })
    expect(errorsOf(run).length).toBeGreaterThan(0)
    expect(leaksOf(run, SECRETS)).toEqual([])
  })

  it.each(["check", "authorize"])("the config itself in the place of its file's name: %s", async (command) => {
    const run = await runConnector([command, "--config", JSON.stringify(good), "--debug"])
    expect(run.exitCode === 0).toBe(command === "check")
    expect(`${run.stderr}${run.lines.join("\n")}`).toMatch(
      /JSON in the place of a file's name.*: there is no such file/,
    )
    expect(leaksOf({ ...run, left: {} }, SECRETS)).toEqual([])
  })

  it("a flag's value", async () => {
    const run = await runConnector(["check", `--api-token=${TOKEN}`])
    expect(errorsOf(run)).toHaveLength(1)
    expect(leaksOf({ ...run, left: {} }, SECRETS)).toEqual([])
  })
})

describe("a word in a wrong place", () => {
  it("is repeated: the message would be of little use without it", async () => {
    const run = await runWatched("check", { config: { ...good, body_format: "markdown-or-so" } })
    expect(errorsOf(run)[0]!.message).toContain('"markdown-or-so"')
    expect(new SecretFinder({ word: "markdown-or-so" }).findings(run.lines.join("\n"))).not.toEqual([])
  })
})
