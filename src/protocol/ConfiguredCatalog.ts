/**
 * The configured catalog: which streams to read, how, and with which columns. What `discover` printed does as well: then all streams
 * are read, incrementally where they can be.
 *
 * The platform and the CDK write every optional field, absent ones as null; what a source has no use for
 * (generation_id, sync_id, destination_object_name …) is passed over.
 */
import { Effect, type FileSystem } from "effect"
import { isRecord } from "../json.ts"
import { InputInvalid, parseJson, readText } from "./inputFile.ts"
import type { StreamDescriptor } from "./messages.ts"

export type SyncMode = "full_refresh" | "incremental"

export interface ConfiguredStream {
  readonly descriptor: StreamDescriptor
  readonly syncMode: SyncMode
  /** The top-level columns that the destination wants, or undefined where the catalog does not restrict them. */
  readonly columns: ReadonlySet<string> | undefined
}

const SYNC_MODES = ["full_refresh", "incremental"] as const
const DESTINATION_SYNC_MODES = ["append", "overwrite", "append_dedup", "update", "soft_delete"] as const

const show = (value: unknown): string => {
  if (value === undefined) return "missing"
  const json = JSON.stringify(value)
  return json.length > 60 ? `${json.slice(0, 60)}…` : json
}

/** Reads one entry of `streams`; a problem is thrown as the sentence about it. */
const decodeStream = (entry: unknown, at: string): ConfiguredStream => {
  if (!isRecord(entry)) throw new Error(`"${at}" must be an object, but is ${show(entry)}`)
  const stream = entry["stream"]
  if (!isRecord(stream)) throw new Error(`"${at}.stream" must be an object with a name, but is ${show(stream)}`)
  const name = stream["name"]
  if (typeof name !== "string" || name === "") {
    throw new Error(`"${at}.stream.name" must be the name of a stream, but is ${show(name)}`)
  }
  const namespace = stream["namespace"] ?? ""
  if (typeof namespace !== "string") {
    throw new Error(`"${at}.stream.namespace" must be a text or absent, but is ${show(namespace)}`)
  }
  const syncMode = entry["sync_mode"]
  if (!SYNC_MODES.some((mode) => mode === syncMode)) {
    throw new Error(`"${at}.sync_mode" must be one of ${SYNC_MODES.join(", ")}, but is ${show(syncMode)}`)
  }
  const destinationSyncMode = entry["destination_sync_mode"] ?? undefined
  if (destinationSyncMode !== undefined && !DESTINATION_SYNC_MODES.some((mode) => mode === destinationSyncMode)) {
    throw new Error(
      `"${at}.destination_sync_mode" must be one of ${DESTINATION_SYNC_MODES.join(", ")}, ` +
        `but is ${show(destinationSyncMode)}`,
    )
  }
  const schema = stream["json_schema"] ?? undefined
  if (schema !== undefined && !isRecord(schema)) {
    throw new Error(`"${at}.stream.json_schema" must be an object, but is ${show(schema)}`)
  }
  const properties = schema?.["properties"] ?? undefined
  if (properties !== undefined && !isRecord(properties)) {
    throw new Error(`"${at}.stream.json_schema.properties" must be an object, but is ${show(properties)}`)
  }
  return {
    descriptor: namespace === "" ? { name } : { name, namespace },
    syncMode: syncMode as SyncMode,
    columns: properties === undefined ? undefined : new Set(Object.keys(properties)),
  }
}

/** A stream as `discover` prints it, configured; anything else stays as it is. */
const configured = (entry: unknown): unknown => {
  if (!isRecord(entry) || "stream" in entry || typeof entry["name"] !== "string") return entry
  const modes = entry["supported_sync_modes"]
  const isIncremental = Array.isArray(modes) && modes.includes("incremental")
  return { stream: entry, sync_mode: isIncremental ? "incremental" : "full_refresh" }
}

const decode = (catalog: unknown): ReadonlyArray<ConfiguredStream> => {
  if (!isRecord(catalog)) throw new Error(`it must be an object with a list "streams", but is ${show(catalog)}`)
  const entries = catalog["streams"]
  if (!Array.isArray(entries))
    throw new Error(`"streams" must be a list of configured streams, but is ${show(entries)}`)
  const streams = entries.map((entry, index) => decodeStream(configured(entry), `streams[${index}]`))
  const seen = new Set<string>()
  for (const { descriptor } of streams) {
    const key = JSON.stringify(descriptor)
    if (seen.has(key)) throw new Error(`the stream "${descriptor.name}" is there twice; each stream may be there once`)
    seen.add(key)
  }
  return streams
}

/** The catalog in a message of the protocol; anything else stays as it is. */
const catalogIn = (value: unknown): unknown =>
  isRecord(value) && value["type"] === "CATALOG" && "catalog" in value ? value["catalog"] : value

/** The CATALOG among the lines that `discover` has printed, its logs being others. */
const printedCatalog = (text: string): unknown => {
  for (const line of text.split("\n")) {
    if (!line.includes('"CATALOG"')) continue
    try {
      const message: unknown = JSON.parse(line)
      if (catalogIn(message) !== message) return catalogIn(message)
    } catch {
      // Then it is no message, and the file is judged as a whole.
    }
  }
  return undefined
}

/** Decodes a configured catalog; the failure is one sentence that names the key, what was wrong and what is allowed. */
const decodeCatalog = (catalog: unknown, path: string): Effect.Effect<ReadonlyArray<ConfiguredStream>, InputInvalid> =>
  Effect.try({
    try: () => decode(catalogIn(catalog)),
    catch: (cause) => new InputInvalid({ message: `--catalog ${path}: ${(cause as Error).message}.` }),
  })

/** Reads the file of --catalog: a configured catalog, or what `discover` printed. */
export const readCatalog = Effect.fnUntraced(function* (
  path: string,
): Effect.fn.Return<ReadonlyArray<ConfiguredStream>, InputInvalid, FileSystem.FileSystem> {
  const text = yield* readText("--catalog", path)
  const printed = printedCatalog(text)
  return yield* decodeCatalog(printed ?? (yield* parseJson("--catalog", path, text)), path)
})
