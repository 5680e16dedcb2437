/**
 * The platform's "Authenticate" button, done by hand: consent and token request are rendered from the specification as the
 * platform renders them (declarative flow of Airbyte's platform), and sent to the authorization server of a sample site.
 */
import { assert, afterAll, beforeAll, describe, it } from "@effect/vitest"
import { Ajv } from "ajv"
import addFormats from "ajv-formats"
import { Effect } from "effect"
import { decodeConfig } from "../../src/config/ConnectorConfig.ts"
import { scopesFor } from "../../src/confluence/scopes.ts"
import { endpoints } from "../../src/generated/endpoints.ts"
import spec from "../../src/generated/spec.json" with { type: "json" }
import { type RunningSampleSite, startSampleSite } from "../../src/sample-site/server.ts"

type Texts = Readonly<Record<string, string>>

interface Described {
  readonly properties: Readonly<Record<string, { readonly [keyword: string]: unknown }>>
  readonly [keyword: string]: unknown
}

const { oauth_config_specification: flow, predicate_key, predicate_value } = spec.advanced_auth
const input = flow.oauth_connector_input_specification
const AUTHORIZATION_SERVER = "https://auth.atlassian.com"
const REDIRECT_URI = "http://localhost:8000/auth_flow?from=airbyte&x=a b"

/** As Java's URLEncoder: blanks become plus signs. */
const encoded = (value: string): string => new URLSearchParams({ value }).toString().slice("value=".length)

const filters: Readonly<Record<string, (value: string) => string>> = {
  urlencode: encoded,
  b64encode: (value) => Buffer.from(value).toString("base64"),
}

/** The names of the parameters, none of which the specification overrides. */
const KEYS: Texts = {
  client_id: "client_id",
  client_secret: "client_secret",
  auth_code: "code",
  redirect_uri: "redirect_uri",
  scope: "scope",
  state: "state",
}

/** What templates may name: `<name>_key`, `<name>_value` and `<name>_param`, which is percent-encoded for two of them. */
const templateValues = (given: Texts): Texts =>
  Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => {
      const shown = name === "redirect_uri" || name === "scope" ? encoded(value) : value
      return [
        [`${name}_key`, KEYS[name]!],
        [`${name}_value`, value],
        [`${name}_param`, `${KEYS[name]!}=${shown}`],
      ]
    }),
  )

/** The platform renders a name that it does not know as nothing; here it is an error. */
const render = (template: string, values: Texts): string => {
  const rendered = template.replaceAll(/\{\{\s*(\w+)\s*(?:\|\s*(\w+)\s*)?\}\}/g, (_, name: string, filter?: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(`nothing is given for ${name}`)
    return filter === undefined ? value : filters[filter]!(value)
  })
  if (/[{}]/.test(rendered)) throw new Error(`${rendered} is not rendered to its end`)
  return rendered
}

const renderAll = (templates: Texts, values: Texts): Texts =>
  Object.fromEntries(Object.entries(templates).map(([key, value]) => [render(key, values), render(value, values)]))

/** What the flow hands over to the config: the properties of the specification, each at its path. */
const placed = (described: Described, output: Texts): ReadonlyArray<readonly [ReadonlyArray<string>, string]> =>
  Object.entries(described.properties).map(([key, { path_in_connector_config: path }]) => {
    assert.isDefined(output[key], key)
    return [path as ReadonlyArray<string>, output[key]!]
  })

/** The fields that the browser sends along from a page's form. */
const hiddenFields = (page: string): Texts =>
  Object.fromEntries(
    [...page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)].map(([, name, value]) => [
      name!,
      value!.replaceAll(/&#(\d+);/g, (__, code: string) => String.fromCodePoint(Number(code))),
    ]),
  )

let server: RunningSampleSite
beforeAll(async () => {
  server = await startSampleSite({ pages: 10 })
})
afterAll(() => server.close())

/** The address on the sample site's authorization server instead of Atlassian's. */
const onSampleSite = (address: string): string => {
  assert.isTrue(address.startsWith(`${AUTHORIZATION_SERVER}/`), address)
  return address.replace(AUTHORIZATION_SERVER, server.url)
}

describe("advanced_auth", () => {
  it("overrides no name of a parameter", () => {
    assert.isEmpty(Object.keys(input).filter((key) => key.endsWith("_key")))
  })

  it("is about the first way to sign in, which its predicate selects", () => {
    assert.deepEqual(predicate_key, ["credentials", "auth_type"])
    const [first] = spec.connectionSpecification.properties.credentials.oneOf
    assert.strictEqual(first!.properties.auth_type.const, predicate_value)
  })

  it("names paths that the settings form has", () => {
    const [first] = spec.connectionSpecification.properties.credentials.oneOf
    for (const described of [
      flow.complete_oauth_output_specification,
      flow.complete_oauth_server_output_specification,
    ]) {
      for (const { path_in_connector_config: path } of Object.values(described.properties)) {
        assert.strictEqual(path[0], "credentials")
        assert.property(first!.properties, path[1]!)
      }
    }
    assert.sameMembers(
      Object.keys(flow.complete_oauth_server_input_specification.properties),
      Object.keys(flow.complete_oauth_server_output_specification.properties),
    )
  })

  it("takes out of the answer what its output is made of", () => {
    const { properties } = flow.complete_oauth_output_specification
    assert.sameMembers(
      [...input.extract_output],
      Object.values(properties).flatMap(({ path_in_oauth_response: path }) => path),
    )
  })

  it("asks for the scopes of all streams, and for tokens that can be renewed", () => {
    assert.deepEqual(input.scope.split(" "), [...scopesFor(Object.values(endpoints).flat(), "oauth2.0")])
    assert.include(input.scope, "offline_access")
  })

  it("gives, rendered as the platform does, tokens with which the sample site is read", async () => {
    const app = { client_id: "sample-client-id", client_secret: "sample-client-secret" }
    const state = "s".repeat(input.state.min - 2) + "._"
    const asked = { client_id: app.client_id, redirect_uri: REDIRECT_URI, scope: input.scope, state }

    const consent = new URL(onSampleSite(render(input.consent_url, templateValues(asked))))
    assert.deepEqual(Object.fromEntries(consent.searchParams), {
      audience: "api.atlassian.com",
      response_type: "code",
      prompt: "consent",
      ...asked,
    })
    const page = await fetch(consent)
    assert.strictEqual(page.status, 200)
    const accepted = await fetch(new URL("/authorize", server.url), {
      method: "POST",
      body: new URLSearchParams({ ...hiddenFields(await page.text()), decision: "accept" }),
      redirect: "manual",
    })
    assert.strictEqual(accepted.status, 302)
    const back = new URL(accepted.headers.get("location")!)
    assert.strictEqual(`${back.origin}${back.pathname}`, "http://localhost:8000/auth_flow")
    assert.strictEqual(back.searchParams.get("state"), state)

    const values = templateValues({ ...app, ...asked, auth_code: back.searchParams.get("code")! })
    const answer = await fetch(onSampleSite(render(input.access_token_url, values)), {
      method: "POST",
      headers: renderAll(input.access_token_headers, values),
      body: JSON.stringify(renderAll(input.access_token_params, values)),
    })
    assert.strictEqual(answer.status, 200)
    const answered = (await answer.json()) as Readonly<Record<string, unknown>>
    for (const key of input.extract_output) assert.isDefined(answered[key], key)
    const output: Texts = {
      access_token: String(answered["access_token"]),
      refresh_token: String(answered["refresh_token"]),
      token_expiry_date: new Date(Date.now() + Number(answered["expires_in"]) * 1000).toISOString(),
    }

    const config = {
      ...server.site.config(),
      credentials: Object.fromEntries([
        ["auth_type", predicate_value],
        ...[
          ...placed(flow.complete_oauth_server_output_specification, app),
          ...placed(flow.complete_oauth_output_specification, output),
        ].map(([[group, key], value]) => {
          assert.strictEqual(group, "credentials")
          return [key!, value]
        }),
      ]),
    }
    assert.deepEqual(config.credentials, { auth_type: "oauth2.0", ...app, ...output })
    const ajv = new Ajv({ strict: false })
    addFormats.default(ajv)
    assert.isTrue(ajv.validate(spec.connectionSpecification, config), ajv.errorsText())
    const { credentials } = await Effect.runPromise(decodeConfig(config, {}))
    assert.strictEqual(credentials.auth_type, "oauth2.0")

    const sites = await fetch(new URL("/oauth/token/accessible-resources", server.url), {
      headers: { authorization: `Bearer ${output["access_token"]}` },
    })
    assert.strictEqual(sites.status, 200)
    const [site] = (await sites.json()) as ReadonlyArray<{
      readonly id: string
      readonly scopes: ReadonlyArray<string>
    }>
    assert.includeMembers([...site!.scopes], ["read:page:confluence", "read:confluence-groups"])
    const spaces = await fetch(new URL(`/ex/confluence/${site!.id}/wiki/api/v2/spaces`, server.url), {
      headers: { authorization: `Bearer ${output["access_token"]}` },
    })
    assert.strictEqual(spaces.status, 200)
  })
})
