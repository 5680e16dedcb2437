// What a registry is told of the connector: the rules of Airbyte's metadata definition that do not need its file, and that
// what is said agrees with the package.
import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { parse } from "yaml"
import packageJson from "../../package.json" with { type: "json" }
import { schemas } from "../../src/generated/schemas.ts"
import spec from "../../src/generated/spec.json" with { type: "json" }

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8")

interface Metadata {
  readonly metadataSpecVersion: string
  readonly data: {
    readonly definitionId: string
    readonly connectorType: string
    readonly dockerRepository: string
    readonly dockerImageTag: string
    readonly protocolVersion: string
    readonly license: string
    readonly icon: string
    readonly documentationUrl: string
    readonly maxSecondsBetweenMessages: number
    readonly supportsRefreshes: boolean
    readonly tags: ReadonlyArray<string>
    readonly allowedHosts: { readonly hosts: ReadonlyArray<string> }
    readonly suggestedStreams: { readonly streams: ReadonlyArray<string> }
  }
}

const { metadataSpecVersion, data } = parse(read("metadata.yaml")) as Metadata

// Airbyte's own connector for Confluence (airbyte-integrations/connectors/source-confluence/metadata.yaml).
const AIRBYTES_DEFINITION = "cf40a7f8-71f8-45ce-a7fa-fca053e4028c"

describe("metadata.yaml", () => {
  it("has the version, licence, protocol and documentation of the package", () => {
    assert.strictEqual(metadataSpecVersion, "1.0")
    assert.strictEqual(data.dockerImageTag, packageJson.version)
    assert.strictEqual(data.license, packageJson.license)
    assert.strictEqual(data.protocolVersion, spec.protocol_version)
    assert.strictEqual(data.documentationUrl, spec.documentationUrl)
  })

  it("has an identity of its own", () => {
    assert.strictEqual(data.connectorType, "source")
    assert.match(data.definitionId, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    assert.notStrictEqual(data.definitionId, AIRBYTES_DEFINITION)
    assert.notMatch(data.dockerRepository, /^airbyte\//)
  })

  it("allows the site in both forms of its setting, and the gateway", () => {
    assert.includeMembers(
      [...data.allowedHosts.hosts],
      ["${domain_name}", "${domain_name}.atlassian.net", "api.atlassian.com"],
    )
    assert.property(spec.connectionSpecification.properties, "domain_name")
  })

  it("suggests streams that exist", () => {
    assert.isNotEmpty(data.suggestedStreams.streams)
    for (const stream of data.suggestedStreams.streams) assert.property(schemas, stream)
  })

  it("lets an hour of waiting pass, refreshes, and says what the connector is written in", () => {
    assert.isAbove(data.maxSecondsBetweenMessages, 3600)
    assert.isTrue(data.supportsRefreshes)
    assert.include(data.tags, "language:typescript")
  })

  it("names an icon that is a square drawing", () => {
    const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(read(data.icon)) ?? []
    assert.isDefined(width)
    assert.strictEqual(width, height)
  })
})
