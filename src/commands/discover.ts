/** `discover`: the catalog of streams, always in the same order. It asks the site nothing. */
import { Effect } from "effect"
import { schemas } from "../generated/schemas.ts"
import { streams } from "../generated/streams.ts"
import { catalogLine } from "../protocol/messages.ts"
import { Output } from "../protocol/Output.ts"
import type { StreamDefinition } from "../streams/StreamDefinition.ts"
import { type CommandInput, readConfig } from "./CommandInput.ts"

/** A stream as the catalog shows it (AirbyteStream). */
export const toCatalogStream = (definition: StreamDefinition) => ({
  name: definition.name,
  json_schema: schemas[definition.name as keyof typeof schemas],
  supported_sync_modes: definition.syncModes,
  source_defined_primary_key: definition.primaryKey.map((column) => [column]),
  source_defined_cursor: true,
  ...(definition.syncModes.includes("incremental") ? { default_cursor_field: ["changedAt"] } : {}),
  is_resumable: true,
})

export const discover = Effect.fnUntraced(function* (input: CommandInput) {
  yield* readConfig(input)
  const output = yield* Output
  yield* output.write(catalogLine(streams.map(toCatalogStream)))
  return 0
})
