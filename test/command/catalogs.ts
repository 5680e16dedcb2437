/** Configured catalogs for tests, made of the streams as `discover` shows them. */
import { schemas } from "../../src/generated/schemas.ts"
import { streams } from "../../src/generated/streams.ts"
import type { CatalogStream, ConfiguredCatalog } from "../support/runConnector.ts"

/** Every stream's name, in the order of the catalog. */
export const ALL_STREAMS: ReadonlyArray<string> = streams.map(({ name }) => name)

interface Choice {
  readonly syncMode?: "full_refresh" | "incremental"
  readonly namespace?: string
  /** The top-level columns that the destination wants; all, where it is left out. */
  readonly columns?: ReadonlyArray<string>
}

/** A stream as `discover` shows it, perhaps with fewer columns. A name that there is not gets a schema of its own. */
const catalogStream = (name: string, columns: ReadonlyArray<string> | undefined): CatalogStream => {
  const definition = streams.find((each) => each.name === name)
  const stream: CatalogStream = {
    name,
    json_schema: schemas[name] ?? { properties: {} },
    supported_sync_modes: definition?.syncModes ?? ["full_refresh"],
    source_defined_primary_key: (definition?.primaryKey ?? []).map((column) => [column]),
  }
  if (columns === undefined) return stream
  const kept = Object.entries(stream.json_schema.properties ?? {}).filter(([column]) => columns.includes(column))
  return { ...stream, json_schema: { ...stream.json_schema, properties: Object.fromEntries(kept) } }
}

/** A catalog of these streams, as a connection that reads them whole has it. */
export const catalogOf = (names: ReadonlyArray<string>, choice: Choice = {}): ConfiguredCatalog => ({
  streams: names.map((name) => ({
    stream: {
      ...catalogStream(name, choice.columns),
      ...(choice.namespace === undefined ? {} : { namespace: choice.namespace }),
    },
    sync_mode: choice.syncMode ?? "full_refresh",
    destination_sync_mode: "append",
  })),
})

/** The same catalog as the platform writes it: every optional field is there, the ones without a value as null. */
export const asPlatformWritesIt = (catalog: ConfiguredCatalog): ConfiguredCatalog => ({
  streams: catalog.streams.map(({ stream, ...configured }) => ({
    cursor_field: null,
    primary_key: null,
    destination_object_name: null,
    generation_id: null,
    minimum_generation_id: null,
    sync_id: null,
    include_files: null,
    ...configured,
    stream: { namespace: null, default_cursor_field: null, is_file_based: null, ...stream },
  })),
})
