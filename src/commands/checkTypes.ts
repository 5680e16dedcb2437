/**
 * What `check` tells of the types of custom content that the config names: that there are none, or those that the site does not
 * know. One request for each type.
 */
import { Effect } from "effect"
import type { ConfluenceClient } from "../confluence/ConfluenceClient.ts"
import type { OutputClosed } from "../protocol/Output.ts"
import { Reporter } from "../protocol/Reporter.ts"
import { isKnownType, noTypes, unknownType } from "../streams/customContent/typesOfRun.ts"

/** `types`: those that the config names. What cannot be told is told elsewhere, as a stream that cannot be read. */
export const checkTypes = (
  types: ReadonlyArray<string>,
): Effect.Effect<void, OutputClosed, ConfluenceClient | Reporter> =>
  Effect.gen(function* () {
    const reporter = yield* Reporter
    if (types.length === 0) yield* reporter.log("INFO", noTypes("custom_content"))
    const known = yield* Effect.forEach(types, (type) => Effect.orElseSucceed(isKnownType(type), () => true), {
      concurrency: "unbounded",
    })
    for (const [at, type] of types.entries()) {
      if (!known[at]) yield* reporter.log("WARN", unknownType("custom_content", type))
    }
  })
