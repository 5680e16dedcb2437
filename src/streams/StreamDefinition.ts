/**
 * What a stream is: a value full of facts, and a reader.
 *
 * Facts come first and in the same order in every definition. Most readers are made by `collection` and its like; a
 * definition has code of its own only where the API is odd.
 */
import type { Effect } from "effect"
import type { Query, Row } from "../confluence/Listing.ts"
import type { SyncMode } from "../protocol/ConfiguredCatalog.ts"
import type { ReadFailure, ReadServices } from "../sync/services.ts"
import type { ChangeFacts } from "../sync/followChanges.ts"
import type { DirectoryList } from "../sync/SiteDirectory.ts"
import type { Pass } from "../sync/Pass.ts"

/** The cheapest request that tells whether a credential can read a stream. */
export interface Probe {
  readonly path: string
  readonly scope: string
  readonly query?: Query
  /** For a look-up: what to send, given the credential's own account id. */
  readonly body?: (accountId: string) => unknown
}

export interface StreamDefinition {
  readonly name: string
  readonly primaryKey: ReadonlyArray<string>
  readonly syncModes: ReadonlyArray<SyncMode>
  /** The endpoints it reads, as the documentation shows them. */
  readonly endpoints: ReadonlyArray<string>
  /** The granular scopes that these endpoints need. */
  readonly scopes: ReadonlyArray<string>
  readonly probe: Probe
  /** True for a stream that is read when all others are done, because their rows tell it what to ask for. */
  readonly last?: boolean
  /** The list of the directory that a whole reading of this stream makes up. */
  readonly feeds?: DirectoryList
  /** The accounts that a row names, for the stream of users. */
  readonly accountsIn?: (row: Row) => ReadonlyArray<unknown>
  /** How it tells changes; a stream without this is read whole each time. */
  readonly changes?: ChangeFacts
  /** Goes through all of the stream. */
  readonly read: (pass: Pass) => Effect.Effect<void, ReadFailure, ReadServices>
}
