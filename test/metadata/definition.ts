/**
 * Airbyte's definition of metadata.yaml as a validator.
 *
 * The document does not compile as it is published: the `$id`s of the documents that it was made of break its references, and
 * what Airbyte's own tools add (`generated`) is described by a type that JSON Schema does not know. Both are left out.
 */
import { Ajv, type ValidateFunction } from "ajv"
import addFormats from "ajv-formats"
import { readText } from "./metadata.ts"

type Json = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value)

/** Takes `$id` and `$schema` out of a schema and all below it; a property of that name would be an object, and stays. */
const withoutIdentity = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(withoutIdentity)
  if (!isObject(schema)) return schema
  return Object.fromEntries(
    Object.entries(schema).flatMap(([key, value]) =>
      (key === "$id" || key === "$schema") && typeof value === "string" ? [] : [[key, withoutIdentity(value)]],
    ),
  )
}

/** A property of an object, with its path in the message where it is absent. */
const at = (value: unknown, ...path: ReadonlyArray<string>): Json =>
  path.reduce<Json>((inner, key) => {
    const next = inner[key]
    if (!isObject(next)) throw new Error(`Airbyte's definition of metadata has no ${path.join(".")}`)
    return next
  }, value as Json)

/** Judges a parsed metadata.yaml. */
export const metadataValidator = (): ValidateFunction => {
  const document = withoutIdentity(JSON.parse(readText("test/metadata/airbyte/ConnectorMetadataDefinitionV0.json")))
  const { generated: _, ...properties } = at(document, "properties", "data", "properties")
  const data = { ...at(document, "properties", "data"), properties }
  const ajv = new Ajv({ strict: false, allErrors: true })
  addFormats.default(ajv)
  return ajv.compile({ ...at(document), properties: { ...at(document, "properties"), data } })
}
