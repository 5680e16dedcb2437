/** The streams' schemas: Airbyte's rules for them, and the columns that the connector promises. */
import { readdirSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { Ajv } from "ajv"
import addFormats from "ajv-formats"
import { schemas } from "../../src/generated/schemas.ts"
import { added, changes, columnsOf, primaryKeys, undocumented, walk } from "./columns.ts"

/** Columns of Airbyte's own connector (its manifest.yaml), which ours must not lack. */
const ofAirbytesConnector: { readonly [stream: string]: ReadonlyArray<string> } = {
  spaces: [
    "type",
    "description.plain",
    "description.view",
    "id",
    "key",
    "name",
    "status",
    "authorId",
    "createdAt",
    "homepageId",
    "icon.path",
    "icon.apiDownloadLink",
    "_links.webui",
  ],
  pages: [
    "version.createdAt",
    "version.message",
    "version.number",
    "version.minorEdit",
    "version.authorId",
    "id",
    "status",
    "title",
    "spaceId",
    "parentId",
    "parentType",
    "position",
    "authorId",
    "ownerId",
    "lastOwnerId",
    "createdAt",
    "body.storage",
    "body.atlas_doc_format",
    "_links.webui",
    "_links.editui",
    "_links.tinyui",
  ],
  blog_posts: [
    "version.createdAt",
    "version.message",
    "version.number",
    "version.minorEdit",
    "version.authorId",
    "id",
    "status",
    "title",
    "spaceId",
    "authorId",
    "createdAt",
    "body.storage",
    "body.atlas_doc_format",
    "_links.webui",
    "_links.editui",
    "_links.tinyui",
  ],
  groups: ["type", "_links", "id", "name"],
}

const names = Object.keys(primaryKeys)

const ajv = new Ajv({ strict: true, allowUnionTypes: true, keywords: ["airbyte_type"], allErrors: true })
addFormats.default(ajv)

it("there is a schema for each stream, and every file in schemas/ is in the bundle", () => {
  const files = readdirSync(new URL("../../schemas", import.meta.url)).map((file) => file.replace(/\.json$/, ""))
  assert.sameMembers(files, Object.keys(schemas))
  assert.includeMembers(files, names)
})

describe.each(Object.keys(schemas))("the schema of %s", (stream) => {
  const schema = schemas[stream]!
  const all = walk(columnsOf(stream), "")

  it("is draft-07, strict, an object with a title and a description", () => {
    assert.strictEqual(schema["$schema"], "http://json-schema.org/draft-07/schema#")
    assert.strictEqual(schema["type"], "object")
    assert.isNotEmpty(schema.title)
    assert.match(schema.description, /^[A-Z].*\.$/)
    ajv.compile(schema)
  })

  it("lets every column be null, and be absent", () => {
    assert.notProperty(schema, "required")
    for (const [path, column] of all) {
      assert.strictEqual(column.type[0], "null", path)
      assert.isAtLeast(column.type.length, 2, path)
      assert.notProperty(column, "required", path)
    }
  })

  it("takes unknown fields at every level", () => {
    assert.isTrue(schema["additionalProperties"])
    for (const [path, column] of all.filter(([, { type }]) => type.includes("object"))) {
      assert.isTrue(column.additionalProperties, path)
    }
  })

  it("uses no keyword that destinations stumble over", () => {
    const known = ["type", "description", "format", "airbyte_type", "additionalProperties", "properties", "items"]
    for (const [path, column] of all) for (const keyword of Object.keys(column)) assert.include(known, keyword, path)
  })

  it("has timestamps with a time zone, which the names of columns show", () => {
    for (const [path, column] of all) {
      const isTimestamp = /(At|_at)$/.test(path)
      assert.strictEqual(column.format, isTimestamp ? "date-time" : undefined, path)
      assert.strictEqual(column.airbyte_type, isTimestamp ? "timestamp_with_timezone" : undefined, path)
    }
  })

  it("has ids that are texts, because they go beyond what a number holds", () => {
    for (const [path, column] of all.filter(([name]) => /(^|\.)(id|\w+Id)$/.test(name)))
      assert.deepEqual(column.type, ["null", "string"], path)
  })

  it("describes every column in a sentence, and what an object or a list holds", () => {
    for (const [path, column] of all) {
      assert.match(column.description, /^[A-Z].*\.$/, path)
      if (column.type.join() === "null,object") assert.isNotEmpty(column.properties, path)
      if (column.type.join() === "null,array") assert.isDefined(column.items, path)
    }
  })

  it("has columns whose names stay apart in destinations that ignore case", () => {
    const lower = Object.keys(columnsOf(stream)).map((name) => name.toLowerCase().replace(/[^a-z0-9_]/g, "_"))
    assert.strictEqual(new Set(lower).size, lower.length)
  })
})

describe.each(names)("the columns of %s", (stream) => {
  const columns = columnsOf(stream)

  it("hold the primary key, as texts", () => {
    for (const key of primaryKeys[stream]!)
      assert.deepEqual(columns[key]?.type, ["null", key === "number" ? "integer" : "string"], key)
  })

  it("hold what the connector adds", () => {
    assert.includeMembers(Object.keys(columns), [...(added[stream] ?? []), ...(undocumented[stream] ?? [])])
  })

  it("hold all that Airbyte's own connector has", () => {
    const paths = walk(columns, "").map(([path]) => path)
    assert.includeMembers(paths, [...(ofAirbytesConnector[stream] ?? [])])
  })

  it("take a tombstone and a row of nulls, and no number as an id", () => {
    const validate = ajv.compile(schemas[stream]!)
    const nulls = Object.fromEntries(Object.keys(columns).map((name) => [name, null]))
    assert.isTrue(validate(nulls), ajv.errorsText(validate.errors))
    const keys = Object.fromEntries(primaryKeys[stream]!.map((key) => [key, key === "number" ? 1 : "1"]))
    const tombstone = changes.every((name) => name in columns)
      ? {
          ...keys,
          changedAt: "2026-06-01T10:00:00.000Z",
          _ab_cdc_deleted_at: "2026-06-01T10:00:00.000Z",
          deletionReason: "trashed",
        }
      : keys
    assert.isTrue(validate(tombstone), ajv.errorsText(validate.errors))
    assert.isFalse(validate({ ...tombstone, [primaryKeys[stream]![0]!]: 1 }))
  })
})
