/**
 * The rules that Airbyte's acceptance tests and its settings form put on a connector's specification, re-created as checks
 * over the generated spec.json, and its agreement with the decoder.
 */
import { readdirSync, readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { Ajv } from "ajv"
import addFormats from "ajv-formats"
import { Effect, Result } from "effect"
import { keysOf } from "../../src/config/configSchema.ts"
import { decodeConfig } from "../../src/config/ConnectorConfig.ts"
import * as allowed from "../../src/config/settings.ts"
import { specification } from "../../src/config/specification.ts"
import { scopesFor } from "../../src/confluence/scopes.ts"
import { endpoints } from "../../src/generated/endpoints.ts"
import spec from "../../src/generated/spec.json" with { type: "json" }
import { good } from "./badConfig.ts"
import { badConfigs } from "./badConfigs.ts"

interface Node {
  readonly type?: string | ReadonlyArray<string>
  readonly title?: string
  readonly description?: string
  readonly properties?: { readonly [key: string]: Node }
  readonly required?: ReadonlyArray<string>
  readonly oneOf?: ReadonlyArray<Node>
  readonly items?: Node
  readonly const?: unknown
  readonly enum?: ReadonlyArray<unknown>
  readonly default?: unknown
  readonly examples?: ReadonlyArray<unknown>
  readonly order?: number
  readonly group?: string
  readonly pattern?: string
  readonly pattern_descriptor?: string
  readonly airbyte_secret?: boolean
  readonly airbyte_hidden?: boolean
  readonly additionalProperties?: boolean
  readonly [keyword: string]: unknown
}

const form: Node & { readonly groups: ReadonlyArray<{ readonly id: string; readonly title: string }> } =
  spec.connectionSpecification as never

/** Every schema in the form with its path: the form itself, properties, variants of oneOf, items. */
const walk = (node: Node, path: string): ReadonlyArray<readonly [string, Node]> => [
  [path, node],
  ...Object.entries(node.properties ?? {}).flatMap(([key, inside]) => walk(inside, `${path}.${key}`)),
  ...(node.oneOf ?? []).flatMap((variant, at) => walk(variant, `${path}.oneOf[${at}]`)),
  ...(node.items === undefined ? [] : walk(node.items, `${path}[]`)),
]

const nodes = walk(form, "spec")
const properties = nodes.flatMap(([path, node]) =>
  Object.entries(node.properties ?? {}).map(([key, property]) => [`${path}.${key}`, key, property] as const),
)
const isConst = (node: Node): boolean => "const" in node

// Airbyte's list of names that stand for secrets when they are scalars.
const SECRET_NAMES =
  /^(client_token|access_token|api_token|token|secret|client_secret|password|key|service_account_info|service_account|tenant_id|certificate|jwt|credentials|app_id|appid|refresh_token)$/
const BANNED = [
  "not",
  "anyOf",
  "patternProperties",
  "prefixItems",
  "allOf",
  "if",
  "then",
  "else",
  "dependentSchemas",
  "dependentRequired",
  "$ref",
]

describe("the specification", () => {
  it("is the generated file, as the source has it", () => {
    const scopes = scopesFor(Object.values(endpoints).flat(), "oauth2.0")
    assert.deepEqual(JSON.parse(JSON.stringify(specification(scopes))), spec)
  })

  it("has the fields of a ConnectorSpecification", () => {
    assert.hasAllKeys(spec, [
      "protocol_version",
      "documentationUrl",
      "changelogUrl",
      "connectionSpecification",
      "advanced_auth",
    ])
    assert.match(spec.protocol_version, /^\d+\.\d+\.\d+$/)
    for (const url of [spec.documentationUrl, spec.changelogUrl]) assert.isTrue(URL.canParse(url))
  })

  it("is a valid JSON Schema of draft-07", () => {
    const ajv = new Ajv({ strict: false, allErrors: true })
    addFormats.default(ajv)
    assert.isTrue(ajv.validateSchema(form as object), ajv.errorsText())
    ajv.compile(form as object)
  })

  it("shows the settings that this version acts on, and requires the site and the credentials alone", () => {
    assert.deepEqual(Object.keys(form.properties ?? {}), [
      "domain_name",
      "credentials",
      "filters",
      "custom_content_types",
      "body_format",
      "num_workers",
      "reconcile_interval_hours",
      "lookback_minutes",
      "max_deletion_percent",
      "user_emails_csv",
      "organization",
      "endpoints",
    ])
    assert.deepEqual(form.required, ["domain_name", "credentials"])
  })

  it("uses no banned keyword", () => {
    for (const [path, node] of nodes) for (const keyword of BANNED) assert.notProperty(node, keyword, path)
  })

  it("never forbids additional properties", () => {
    for (const [path, node] of nodes) {
      assert.notStrictEqual(node.additionalProperties, false, path)
      if (node.properties !== undefined) assert.isTrue(node.additionalProperties, path)
    }
  })

  it("has a title in title case and a whole sentence in the second person for every setting", () => {
    for (const [path, , property] of properties.filter(([, , node]) => !isConst(node))) {
      assert.match(property.title ?? "", /^[A-Z]\w*( ([A-Z]\w*|of|and|or|the))*$/, path)
      assert.match(property.description ?? "", /^[A-Z].*\.$/s, path)
      assert.match(property.description ?? "", /\b(you|your)\b/i, path)
    }
  })

  it("has for every setting one type, and for every object properties or variants", () => {
    for (const [path, , property] of properties) {
      assert.isString(property.type, path)
      if (property.type === "object") assert.isNotEmpty(property.properties ?? property.oneOf ?? {}, path)
      if (property.type === "array") assert.isDefined(property.items, path)
    }
  })

  it("orders the settings of each level and group without a tie", () => {
    for (const [path, node] of nodes) {
      const ranks = Object.values(node.properties ?? {}).map((property) => `${property.group ?? ""}:${property.order}`)
      assert.strictEqual(new Set(ranks).size, ranks.length, path)
      for (const property of Object.values(node.properties ?? {})) assert.isNumber(property.order, path)
    }
  })

  it("uses groups at the top level only, each of which is declared and has a title", () => {
    const declared = form.groups.map(({ id }) => id)
    assert.strictEqual(new Set(declared).size, declared.length)
    for (const { title } of form.groups) assert.isNotEmpty(title)
    for (const property of Object.values(form.properties ?? {})) assert.include(declared, property.group)
    for (const [path, node] of nodes.filter(([inside]) => inside.split(".").length > 2))
      assert.notProperty(node, "group", path)
  })

  it("tells the variants of a oneOf apart by one required const without default or enum", () => {
    const parents = nodes.filter(([, node]) => node.oneOf !== undefined)
    assert.isNotEmpty(parents)
    for (const [path, parent] of parents) {
      assert.strictEqual(parent.type, "object", path)
      const keys = new Set<string>()
      const values = new Set<unknown>()
      for (const variant of parent.oneOf ?? []) {
        const consts = Object.entries(variant.properties ?? {}).filter(([, node]) => isConst(node))
        assert.lengthOf(consts, 1, path)
        const [key, node] = consts[0]!
        assert.notProperty(node, "default", path)
        assert.notProperty(node, "enum", path)
        assert.include(variant.required ?? [], key, path)
        assert.isString(variant.title, path)
        keys.add(key)
        values.add(node.const)
      }
      assert.strictEqual(keys.size, 1, path)
      assert.strictEqual(values.size, parent.oneOf?.length, path)
    }
  })

  it("offers the ways to sign in in the order of the decoder, OAuth first", () => {
    const offered = form.properties?.["credentials"]?.oneOf?.map((way) => way.properties?.["auth_type"]?.const)
    assert.deepEqual(offered, [...allowed.authTypes])
  })

  it("uses display_type beside a oneOf only", () => {
    for (const [path, node] of nodes) if ("display_type" in node) assert.isDefined(node.oneOf, path)
  })

  it("marks every scalar with a secret's name as a secret, and no secret has an example or a default", () => {
    const secrets = properties.filter(([, , node]) => node.airbyte_secret === true)
    assert.deepEqual(
      secrets.map(([, key]) => key),
      ["client_secret", "refresh_token", "access_token", "client_secret", "api_token", "api_key"],
    )
    for (const [path, key, property] of properties) {
      if (SECRET_NAMES.test(key) && property.type !== "object") assert.isTrue(property.airbyte_secret, path)
    }
    for (const [path, , property] of secrets) {
      assert.notProperty(property, "examples", path)
      assert.notProperty(property, "default", path)
    }
  })

  it("describes every pattern, and its patterns are valid in JavaScript and free of look-behind", () => {
    for (const [path, , property] of properties.filter(([, , node]) => node.pattern !== undefined)) {
      assert.isString(property.pattern_descriptor, path)
      assert.doesNotThrow(() => new RegExp(property.pattern ?? ""), path)
      assert.notMatch(property.pattern ?? "", /\(\?</, path)
    }
  })

  it("has examples, defaults and enums that its own rules allow", () => {
    const ajv = new Ajv({ strict: false })
    addFormats.default(ajv)
    for (const [path, , property] of properties) {
      const values = [
        ...(property.examples ?? []),
        ...(property.enum ?? []),
        ...("default" in property ? [property.default] : []),
      ]
      const { examples: _, ...rule } = property
      for (const value of values) assert.isTrue(ajv.validate(rule, value), `${path}: ${JSON.stringify(value)}`)
      if (property.enum !== undefined) assert.strictEqual(new Set(property.enum).size, property.enum.length, path)
    }
  })

  it("hides what only tests change", () => {
    assert.deepEqual(
      properties.filter(([, , node]) => node.airbyte_hidden === true).map(([, key]) => key),
      ["endpoints"],
    )
  })
})

describe("the specification and the decoder", () => {
  const ajv = new Ajv({ strict: false })
  addFormats.default(ajv)
  const validate = ajv.compile(form as object)
  const isDecoded = (config: unknown): boolean =>
    Result.isSuccess(Effect.runSync(Effect.result(decodeConfig(config, {}))))

  it("have the same defaults and limits", () => {
    const decoded = Effect.runSync(decodeConfig(good, {}))
    const { body_format, num_workers, endpoints: hosts } = form.properties ?? {}
    assert.strictEqual(body_format?.default, decoded.body_format)
    assert.deepEqual(body_format?.enum, [...allowed.bodyFormats])
    assert.strictEqual(num_workers?.default, decoded.num_workers)
    const shown = Object.entries(hosts?.properties ?? {}).map(([key, host]) => [key, host.default])
    assert.deepEqual(Object.fromEntries(shown), decoded.endpoints)
    for (const workers of [num_workers?.["minimum"], num_workers?.["maximum"]] as ReadonlyArray<number>) {
      assert.isTrue(isDecoded({ ...good, num_workers: workers }))
    }
    for (const workers of [Number(num_workers?.["minimum"]) - 1, Number(num_workers?.["maximum"]) + 1]) {
      assert.isFalse(isDecoded({ ...good, num_workers: workers }))
    }
  })

  it("have the same filters, with the same defaults, and the decoder takes each example of the form", () => {
    const shown = Object.entries(form.properties?.["filters"]?.properties ?? {})
    assert.sameMembers(
      shown.map(([key]) => key),
      [...keysOf("api_token")["filters"]!],
    )
    const decoded: Readonly<Record<string, unknown>> = Effect.runSync(decodeConfig(good, {})).filters
    for (const [key, setting] of shown) {
      assert.deepStrictEqual(setting.default, decoded[key], key)
      for (const example of setting.examples ?? []) {
        assert.isTrue(isDecoded({ ...good, filters: { [key]: example } }), `${key}: ${JSON.stringify(example)}`)
      }
    }
  })

  it("refuse the same ids and dates of filters, as far as a pattern can tell", () => {
    for (const [key, given] of [
      ["page_ids_include", ["0"]],
      ["page_ids_include", ["12a"]],
      ["page_ids_include", [12]],
      ["blog_post_ids_exclude", "12"],
      ["spaces_include", ["K".repeat(256)]],
      ["created_after", "2026-01"],
      ["created_after", "2026-01-31T00:00:00"],
      ["include_trashed", "yes"],
    ] as const) {
      const config = { ...good, filters: { [key]: given } }
      assert.deepEqual([validate(config), isDecoded(config)], [false, false], key)
    }
  })

  const examples = readdirSync(new URL("../../secrets.example", import.meta.url))

  const OF_API_TOKEN = ["flat.json", "emails.json"]
  it("have an example of each way to sign in, of the flat form, and of the sources of addresses", () => {
    assert.sameMembers(examples, [...allowed.authTypes.map((authType) => `${authType}.json`), ...OF_API_TOKEN])
  })

  it.each(examples)("accept secrets.example/%s", (file) => {
    const config: unknown = JSON.parse(readFileSync(new URL(`../../secrets.example/${file}`, import.meta.url), "utf8"))
    const { credentials } = Effect.runSync(decodeConfig(config, {}))
    assert.strictEqual(credentials.auth_type, OF_API_TOKEN.includes(file) ? "api_token" : file.replace(".json", ""))
    // The flat form belongs to another connector's settings form.
    assert.strictEqual(validate(config), file !== "flat.json")
  })

  it("agree in what the form can tell: whatever it refuses, the decoder refuses", () => {
    const refusedByForm = badConfigs.filter(({ config }) => !validate(config))
    assert.isAtLeast(refusedByForm.length, 30)
    for (const { what, config } of refusedByForm) assert.isFalse(isDecoded(config), what)
  })
})
