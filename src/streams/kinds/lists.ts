/** What kinds of streams have in common: lists, how their bodies are asked for, how they are probed. */
import { Effect } from "effect"
import type { List, Query } from "../../confluence/Listing.ts"
import type { Endpoint } from "../../confluence/scopes.ts"
import type { ReadFailure } from "../../sync/failures.ts"
import type { ById } from "../../sync/LookUp.ts"
import type { Pass } from "../../sync/Pass.ts"
import type { ReadServices } from "../../sync/readServices.ts"
import { Settings } from "../../sync/services.ts"
import type { StreamDefinition } from "../../sync/StreamDefinition.ts"

export type Facts = Omit<StreamDefinition, "read" | "probes" | "endpoints" | "syncModes" | "changes" | "ofContents">

export interface ListFacts {
  readonly endpoint: Endpoint
  readonly query?: Query
}

/** `body-format`, unless nobody wants the body: then it is not asked for. */
export const bodyQuery = Effect.fnUntraced(function* (pass: Pass) {
  const { bodyFormat } = yield* Settings
  const query: Query =
    bodyFormat === "none" || !pass.withBodies || !pass.run.wants("body") ? [] : [["body-format", bodyFormat]]
  return query
})

/** Enough to see whether a list can be read. */
export const ONE_ROW = ["limit", "1"] as const

export const definition = (
  facts: Facts & ListFacts,
  read: (pass: Pass) => Effect.Effect<void, ReadFailure, ReadServices>,
): StreamDefinition => {
  const { endpoint, query = [], ...rest } = facts
  return {
    ...rest,
    syncModes: ["full_refresh"],
    endpoints: [endpoint],
    probes: [{ endpoint, query: [...query, ONE_ROW] }],
    read,
  }
}

/** A list by its last changes, the newest first. */
export const newestFirst = (list: ById): List => ({
  ...list,
  query: [...list.query, ["sort", "-modified-date"]],
  paging: "cursor",
  limit: 250,
})
