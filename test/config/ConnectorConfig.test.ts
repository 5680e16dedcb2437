/** How a config is taken: the forms that are good, the sentences that bad ones get, and where secrets go. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import {
  ConfigInvalid,
  type ConnectorConfig,
  decodeConfig,
  notInEffect,
  secretsIn,
} from "../../src/config/ConnectorConfig.ts"
import specification from "../../src/generated/spec.json" with { type: "json" }
import { good, SECRETS } from "./badConfig.ts"
import { badConfigs } from "./badConfigs.ts"

const accepted = (config: unknown, deploymentMode?: string): ConnectorConfig =>
  Effect.runSync(decodeConfig(config, { deploymentMode }))
const refused = (config: unknown, deploymentMode?: string) =>
  Effect.runSync(Effect.flip(decodeConfig(config, { deploymentMode })))

const secretsOf = ({ credentials, organization }: ConnectorConfig): ReadonlyArray<string> =>
  [...Object.values(credentials), organization?.api_key]
    .filter((field): field is Redacted.Redacted<string> => Redacted.isRedacted(field))
    .map((field) => Redacted.value(field))

const [TOKEN, CLIENT_SECRET, REFRESH_TOKEN, ORG_KEY, ACCESS_TOKEN] = SECRETS

describe("a config that is good", () => {
  it("needs a site and credentials alone, and has the documented defaults for the rest", () => {
    const { credentials, ...rest } = accepted(good)
    assert.deepStrictEqual(rest, {
      siteUrl: "https://acme.atlassian.net",
      filters: {
        spaces_include: [],
        spaces_exclude: [],
        include_archived_spaces: true,
        include_personal_spaces: true,
        page_ids_include: [],
        page_ids_exclude: [],
        blog_post_ids_include: [],
        blog_post_ids_exclude: [],
        include_archived: true,
        include_trashed: false,
      },
      body_format: "storage",
      custom_content_types: [],
      attachments: { max_file_size_mb: 100, media_types: [] },
      reconcile_interval_hours: 24,
      lookback_minutes: 10,
      max_deletion_percent: 50,
      num_workers: 8,
      endpoints: {
        gateway: "https://api.atlassian.com",
        auth: "https://auth.atlassian.com",
        admin: "https://api.atlassian.com",
      },
    })
    assert(credentials.auth_type === "api_token")
    assert.strictEqual(credentials.email, "ada@example.com")
    assert.strictEqual(Redacted.value(credentials.api_token), TOKEN)
  })

  it("keeps every setting that is given", () => {
    const settings = {
      filters: {
        spaces_include: ["ENG", "~*"],
        spaces_exclude: ["OLD*"],
        include_archived_spaces: false,
        include_personal_spaces: false,
        page_ids_include: ["9223372036854775807"],
        page_ids_exclude: ["2"],
        blog_post_ids_include: ["3"],
        blog_post_ids_exclude: ["4"],
        include_archived: false,
        include_trashed: true,
      },
      body_format: "none" as const,
      custom_content_types: ["ac:app:type"],
      attachments: { max_file_size_mb: 0.5, media_types: ["application/pdf", "image/*"] },
      reconcile_interval_hours: -1,
      lookback_minutes: 0,
      max_deletion_percent: 100,
      user_emails_csv: "User id,email\n1,a@example.com",
      num_workers: 50,
    }
    const {
      credentials: _,
      siteUrl: __,
      endpoints: ___,
      organization,
      ...rest
    } = accepted({
      ...good,
      ...settings,
      organization: { id: "o-1", api_key: ORG_KEY },
    })
    assert.deepStrictEqual(rest, settings)
    assert.strictEqual(organization?.id, "o-1")
  })

  it("has the dates of its filters as moments, whatever their offsets", () => {
    const { filters } = accepted({
      ...good,
      filters: {
        modified_after: "2026-01-31",
        modified_before: "2026-02-28T12:30:00.123+05:30",
        created_after: "2024-02-29t00:00:00z",
        created_before: "2026-01-31T00:00:00-08:00",
      },
    })
    const { modified_after, modified_before, created_after, created_before } = filters
    assert.deepStrictEqual(
      [modified_after, modified_before, created_after, created_before],
      [Date.UTC(2026, 0, 31), Date.UTC(2026, 1, 28, 7, 0, 0, 123), Date.UTC(2024, 1, 29), Date.UTC(2026, 0, 31, 8)],
    )
  })

  it("is taken in the form of Airbyte's own connector", () => {
    const config = accepted({
      domain_name: "acme.atlassian.net",
      email: "ada@example.com",
      api_token: TOKEN,
      num_workers: 25,
    })
    assert.strictEqual(config.num_workers, 25)
    assert(config.credentials.auth_type === "api_token")
    assert.strictEqual(config.credentials.email, "ada@example.com")
    assert.deepStrictEqual(secretsOf(config), [TOKEN])
  })

  it("goes by its credentials where the flat keys are there as well", () => {
    const config = accepted({ ...good, email: "old@example.com", api_token: "old-token" })
    assert.deepStrictEqual(secretsOf(config), [TOKEN])
  })

  it("may hold nulls and blanks for what is not given, as the platform sends them", () => {
    const blanks = {
      email: null,
      api_token: null,
      body_format: "",
      num_workers: null,
      filters: { spaces_include: null, modified_after: "", created_after: "  " },
      organization: { id: "", api_key: null },
      user_emails_csv: "",
      endpoints: { gateway: null },
    }
    assert.deepEqual(JSON.stringify(accepted({ ...good, ...blanks })), JSON.stringify(accepted(good)))
  })

  it("may hold keys that the connector does not know", () => {
    const unknown = { _limit: 5, __injected: { domain_name: 3 }, filters: { by_moon_phase: true } }
    assert.deepEqual(JSON.stringify(accepted({ ...good, ...unknown })), JSON.stringify(accepted(good)))
  })

  it("may nest what it does not know as deep as it likes", () => {
    const depth = 100_000
    const deep: unknown = JSON.parse(`${"[".repeat(depth)}${"]".repeat(depth)}`)
    assert.strictEqual(accepted({ ...good, deep }).siteUrl, "https://acme.atlassian.net")
  })

  it("loses the blanks that come with copied tokens and addresses", () => {
    const config = accepted({
      domain_name: " acme.atlassian.net\n",
      credentials: { auth_type: "api_token", email: " ada@example.com ", api_token: `\t${TOKEN}\r\n` },
    })
    assert.deepStrictEqual(secretsOf(config), [TOKEN])
    assert(config.credentials.auth_type === "api_token")
    assert.strictEqual(config.credentials.email, "ada@example.com")
  })

  it("may sign in by OAuth 2.0 or as a service account", () => {
    const oauth = accepted({
      domain_name: "acme",
      credentials: {
        auth_type: "oauth2.0",
        client_id: "app",
        client_secret: CLIENT_SECRET,
        refresh_token: REFRESH_TOKEN,
        access_token: ACCESS_TOKEN,
        token_expiry_date: "2026-01-31T00:00:00.000Z",
      },
    })
    assert(oauth.credentials.auth_type === "oauth2.0")
    assert.strictEqual(oauth.credentials.token_expiry_date, "2026-01-31T00:00:00.000Z")
    assert.sameMembers([...secretsOf(oauth)], [CLIENT_SECRET, REFRESH_TOKEN, ACCESS_TOKEN])
    const service = accepted({
      domain_name: "acme",
      credentials: { auth_type: "service_account", client_id: "app", client_secret: CLIENT_SECRET, refresh_token: "" },
    })
    assert.strictEqual(service.credentials.auth_type, "service_account")
    assert.deepStrictEqual(secretsOf(service), [CLIENT_SECRET])
  })

  it("has its endpoints reduced to origins", () => {
    const { endpoints } = accepted({
      ...good,
      endpoints: { gateway: "http://127.0.0.1:4711/", auth: "HTTPS://Auth.Example.com" },
    })
    assert.deepStrictEqual(endpoints, {
      gateway: "http://127.0.0.1:4711",
      auth: "https://auth.example.com",
      admin: "https://api.atlassian.com",
    })
  })
})

describe("a config that is bad", () => {
  it("comes in at least sixty kinds here, each named once", () => {
    assert.isAtLeast(badConfigs.length, 60)
    assert.strictEqual(new Set(badConfigs.map(({ what }) => what)).size, badConfigs.length)
  })

  it.each(badConfigs)("is refused for $what", ({ config, problems, mode }) => {
    const error = refused(config, mode)
    assert.deepStrictEqual(error.problems, problems)
    assert.strictEqual(error.message, problems.join(" "))
    assert.instanceOf(error, ConfigInvalid)
    assert.strictEqual(error.failureType, "config_error")
  })

  it("never has a secret in what is said about it", () => {
    for (const { config, mode } of badConfigs) {
      const error = refused(config, mode)
      const said = `${error.message} ${JSON.stringify(error)} ${String(error.stack)}`
      for (const secret of SECRETS) assert.notInclude(said, secret)
    }
  })

  it("never has a value of an unknown key in what is said about it", () => {
    const error = refused({
      ...good,
      num_workers: 0,
      password: "hunter2-unknown",
      filters: { secret: "hunter2-unknown" },
    })
    assert.notInclude(JSON.stringify(error), "hunter2-unknown")
  })

  it("is told three problems of, and how many more there are", () => {
    const five = {
      ...good,
      body_format: "x",
      lookback_minutes: -1,
      max_deletion_percent: -1,
      num_workers: 0,
      filters: 1,
    }
    assert.strictEqual(
      refused(five).message,
      [
        `"filters" must be an object, but is a number.`,
        `"body_format" must be "storage", "atlas_doc_format" or "none", but is "x".`,
        `"lookback_minutes" must be a number of 0 or more, but is -1.`,
        "There are 2 more problems.",
      ].join(" "),
    )
    const { body_format: _, ...four } = five
    assert.match(refused(four).message, / There is 1 more problem\.$/)
    assert.lengthOf(refused(four).problems, 4)
  })
})

describe("secrets", () => {
  it("are redacted wherever a config is printed", () => {
    const config = accepted({ ...good, organization: { id: "o-1", api_key: ORG_KEY } })
    assert.deepStrictEqual(secretsOf(config), [TOKEN, ORG_KEY])
    for (const secret of secretsOf(config)) assert.notInclude(JSON.stringify(config), secret)
  })

  it("are known before a config is accepted, in each of its forms and when it is a bad one", () => {
    const organization = { id: "o-1", api_key: ORG_KEY }
    assert.sameMembers([...secretsIn({ ...good, organization })], [TOKEN!, ORG_KEY!])
    assert.deepStrictEqual(secretsIn({ email: "ada@example.com", api_token: ` ${TOKEN}\n` }), [TOKEN])
    const tokens = { client_secret: CLIENT_SECRET, refresh_token: [REFRESH_TOKEN], access_token: { is: ACCESS_TOKEN } }
    assert.deepStrictEqual(secretsIn({ credentials: { ...tokens, client_id: "app" }, domain_name: 3 }), [
      CLIENT_SECRET,
      REFRESH_TOKEN,
      ACCESS_TOKEN,
    ])
    for (const nothing of [undefined, null, "text", 3, [], { api_token: null }]) {
      assert.deepStrictEqual(secretsIn(nothing), [])
    }
  })

  it("are known by every key that the settings form marks as secret", () => {
    const marked = JSON.stringify(specification).matchAll(/"([a-z_]+)":\{[^{}]*"airbyte_secret":true/g)
    const names = new Set([...marked].map(([, name]) => name!))
    assert.isAbove(names.size, 3)
    for (const name of names)
      assert.deepStrictEqual(secretsIn({ credentials: { [name]: "a-secret" } }), ["a-secret"], name)
  })
})

describe("settings without effect yet", () => {
  it("are none where nothing but defaults is given", () => {
    const defaults = {
      lookback_minutes: 10,
      filters: { include_trashed: false, spaces_include: [] },
      attachments: { max_file_size_mb: 100 },
    }
    assert.deepStrictEqual(notInEffect(accepted({ ...good, ...defaults })), [])
  })

  it("are named where they differ from their default, and those with an effect are not", () => {
    const given = {
      filters: { spaces_include: ["ENG"], include_trashed: true, created_after: "2026-01-31T00:00:00Z" },
      attachments: { media_types: ["image/*"] },
      custom_content_types: ["ac:app:type"],
      reconcile_interval_hours: 0,
      lookback_minutes: 11,
      max_deletion_percent: 49,
      user_emails_csv: "users.csv",
      organization: { id: "o-1", api_key: ORG_KEY },
      body_format: "none",
      num_workers: 2,
      endpoints: { gateway: "https://gateway.example.com" },
    }
    assert.deepStrictEqual(notInEffect(accepted({ ...good, ...given })), ["attachments.media_types"])
  })
})
