/** `discover`: the catalog of streams, always in the same order. It asks the site nothing. */
import { Effect } from "effect"
import { schemas } from "../generated/schemas.ts"
import { streams } from "../generated/streams.ts"
import { catalogLine } from "../protocol/messages.ts"
import { Output } from "../protocol/Output.ts"
import { toCatalogStream } from "../streams/catalogStream.ts"
import { type CommandInput, readConfig } from "./CommandInput.ts"

export const discover = Effect.fnUntraced(function* (input: CommandInput) {
  yield* readConfig(input)
  const output = yield* Output
  yield* output.write(catalogLine(streams.map((stream) => toCatalogStream(stream, schemas[stream.name]!))))
  return 0
})
