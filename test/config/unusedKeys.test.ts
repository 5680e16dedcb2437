/** Keys that nothing obeys are named, with what was probably meant; what is obeyed, and what a form leaves empty, is not. */
import { readdirSync, readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { unusedKeys } from "../../src/config/unusedKeys.ts"

const token = { auth_type: "api_token", email: "ada@example.com", api_token: "t" }
const grant = { auth_type: "oauth2.0", client_id: "i", client_secret: "s", refresh_token: "r" }
const good = { domain_name: "acme", credentials: token }

const unknown = (key: string, meant?: string) =>
  `The config's key "${key}" is not known and has no effect${meant === undefined ? "." : `: did you mean "${meant}"?`}`

describe("an unknown key", () => {
  it.each([
    [{ num_worker: 4 }, "num_worker", "num_workers"],
    [{ numWorkers: 4 }, "numWorkers", "num_workers"],
    [{ "body-format": "none" }, "body-format", "body_format"],
    [{ reconcile_interval: 4 }, "reconcile_interval", "reconcile_interval_hours"],
    [{ spaces_include: ["ENG"] }, "spaces_include", "filters.spaces_include"],
    [{ filters: { space_include: ["ENG"] } }, "filters.space_include", "filters.spaces_include"],
    [{ filters: { include_trash: true } }, "filters.include_trash", "filters.include_trashed"],
    [{ endpoints: { gatway: "https://x.example" } }, "endpoints.gatway", "endpoints.gateway"],
    [{ credentials: { ...token, apitoken: "u" } }, "credentials.apitoken", "credentials.api_token"],
    [{ completely_different: true }, "completely_different", undefined],
  ])("is named with the nearest that there is: %j", (more, key, meant) => {
    expect(unusedKeys({ ...good, ...more })).toEqual([unknown(key, meant)])
  })

  it("is not shown where it may be no name at all", () => {
    const secret = "ATATT3xFfGF0secretsecretsecretsecretsecretsecret"
    const [sentence] = unusedKeys({ ...good, [secret]: 1 })
    expect(sentence).toContain(`(a key of ${secret.length} characters)`)
    expect(sentence).not.toContain("ATATT")
  })
})

describe("a setting without effect", () => {
  it("is one of another way to sign in", () => {
    const withGrant = { ...good, credentials: { ...token, client_id: "i", refresh_token: "r" } }
    expect(unusedKeys(withGrant)).toEqual([
      'The setting "credentials.client_id" has no effect: it belongs to the auth_type "oauth2.0" and "service_account", but the auth_type is "api_token".',
      'The setting "credentials.refresh_token" has no effect: it belongs to the auth_type "oauth2.0", but the auth_type is "api_token".',
    ])
    expect(unusedKeys({ ...good, credentials: { ...grant, email: "a@b.example" } })).toEqual([
      expect.stringMatching(/"credentials\.email" has no effect: .* "api_token", but the auth_type is "oauth2\.0"\.$/),
    ])
  })

  it("is a token beside credentials", () => {
    expect(unusedKeys({ ...good, api_token: "u" })).toEqual([
      expect.stringMatching(/^The setting "api_token" has no effect, because there are "credentials"/),
    ])
  })

  it("is the authorization server of an API token", () => {
    const endpoints = { auth: "https://auth.example", gateway: "https://api.example" }
    expect(unusedKeys({ ...good, endpoints })).toEqual([
      expect.stringMatching(/^The setting "endpoints\.auth" has no effect/),
    ])
    expect(unusedKeys({ ...good, credentials: grant, endpoints })).toEqual([])
  })

  it("is the administration API without an organization", () => {
    const endpoints = { admin: "https://api.example" }
    expect(unusedKeys({ ...good, endpoints })).toEqual([
      'The setting "endpoints.admin" has no effect without "organization".',
    ])
    expect(unusedKeys({ ...good, endpoints, organization: { id: "o", api_key: "k" } })).toEqual([])
  })
})

describe("nothing is said", () => {
  it.each(readdirSync(new URL("../../secrets.example", import.meta.url)))("of %s", (name) => {
    const text = readFileSync(new URL(`../../secrets.example/${name}`, import.meta.url), "utf8")
    expect(unusedKeys(JSON.parse(text))).toEqual([])
  })

  it("of what a form leaves empty, of the platform's own keys, and of values", () => {
    const empty = { unknown: null, other: "", group: {}, _limit: 3, filters: { _internal: 1 } }
    expect(unusedKeys({ ...good, ...empty, credentials: { ...token, client_id: "", refresh_token: null } })).toEqual([])
    expect(unusedKeys({ ...good, body_format: "sideways" })).toEqual([])
  })
})
