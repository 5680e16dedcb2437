/**
 * What a registry is told of the connector: valid by Airbyte's definition, and in agreement with the package, the image and the
 * streams.
 */
import { assert, describe, it } from "@effect/vitest"
import packageJson from "../../package.json" with { type: "json" }
import spec from "../../src/generated/spec.json" with { type: "json" }
import { streams } from "../../src/generated/streams.ts"
import { metadataValidator } from "./definition.ts"
import { metadata, readText } from "./metadata.ts"

const { metadataSpecVersion, data } = metadata

// Airbyte's own connector for Confluence (airbyte-integrations/connectors/source-confluence/metadata.yaml).
const AIRBYTES_DEFINITION = "cf40a7f8-71f8-45ce-a7fa-fca053e4028c"

describe("metadata.yaml", () => {
  const isMetadata = metadataValidator()

  it("is valid by Airbyte's definition", () => {
    isMetadata(metadata)
    assert.deepEqual(isMetadata.errors ?? [], [])
  })

  it.each([
    ["no definitionId", { ...data, definitionId: undefined }],
    ["a definitionId that is no UUID", { ...data, definitionId: "confluence" }],
    ["a key that the definition does not know", { ...data, dockerTag: "0.1.0" }],
    ["an unknown release stage", { ...data, releaseStage: "ready" }],
    [
      "an unknown type of document",
      { ...data, externalDocumentationUrls: [{ title: "A", url: "https://a.example", type: "blog" }] },
    ],
  ])("would not be valid with %s", (_, broken) => {
    assert.isFalse(isMetadata(JSON.parse(JSON.stringify({ metadataSpecVersion, data: broken }))))
  })

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
    assert.notMatch(data.dockerRepository, /(^|\/)airbyte\//)
  })

  it("has a diagram of the streams where it says", () => {
    const [, path] = /\/blob\/main\/(.+)$/.exec(data.erdUrl) ?? []
    assert.isDefined(path)
    assert.include(readText(path!), "erDiagram")
  })

  it("allows the site in both forms of its setting, the gateway and the authorization server", () => {
    assert.includeMembers(
      [...data.allowedHosts.hosts],
      ["${domain_name}", "${domain_name}.atlassian.net", "api.atlassian.com", "auth.atlassian.com"],
    )
    assert.property(spec.connectionSpecification.properties, "domain_name")
  })

  it("suggests streams that exist", () => {
    assert.isNotEmpty(data.suggestedStreams.streams)
    assert.includeMembers(
      streams.map(({ name }) => name),
      [...data.suggestedStreams.streams],
    )
  })

  it("lets an hour of waiting pass, refreshes, and says what the connector is written in", () => {
    assert.isAbove(data.maxSecondsBetweenMessages, 3600)
    assert.isTrue(data.supportsRefreshes)
    assert.isTrue(data.supportsFileTransfer)
    assert.include(data.tags, "language:typescript")
  })

  it("names an icon that is a square drawing", () => {
    const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(readText(data.icon)) ?? []
    assert.isDefined(width)
    assert.strictEqual(width, height)
    assert.match(readText(data.icon), new RegExp(`width="${width}" height="${width}"`))
  })
})

describe("the Dockerfile", () => {
  const labels = new Map(
    [...readText("Dockerfile").matchAll(/([\w.]+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
  )

  it("labels the image with the repository and the version of metadata.yaml", () => {
    assert.strictEqual(labels.get("io.airbyte.name"), data.dockerRepository)
    assert.strictEqual(labels.get("io.airbyte.version"), data.dockerImageTag)
    assert.strictEqual(labels.get("org.opencontainers.image.version"), data.dockerImageTag)
    assert.strictEqual(labels.get("org.opencontainers.image.licenses"), data.license)
  })
})
