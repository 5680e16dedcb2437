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
import type { Endpoint } from "../confluence/scopes.ts"

/** A request that tells cheaply whether a credential can read an endpoint. */
export interface Probe {
  /** A variable part stands for nothing that exists: what is asked for is whether one may ask. */
  readonly endpoint: Endpoint
  readonly query?: Query
  /** For a look-up: what to send, given the credential's own account id. */
  readonly body?: (accountId: string) => unknown
  /** What the stream lacks where this endpoint is refused, as a clause; left out: without it the stream cannot be read. */
  readonly without?: string
}

export interface StreamDefinition {
  readonly name: string
  readonly primaryKey: ReadonlyArray<string>
  readonly syncModes: ReadonlyArray<SyncMode>
  /** The endpoints it reads, its own first, then those of others that it needs. The scopes follow from them. */
  readonly endpoints: ReadonlyArray<Endpoint>
  readonly probes: ReadonlyArray<Probe>
  /** True for a stream that is read when all others are done, because their rows tell it what to ask for. */
  readonly last?: boolean
  /** The list of the directory that a whole reading of this stream makes up. */
  readonly feeds?: DirectoryList
  /** The accounts that a row names, for the stream of users. */
  readonly accountsIn?: (row: Row) => ReadonlyArray<unknown>
  /** The stream of users finds these accounts by lists of its own, so that no state need keep them. */
  readonly accountsListed?: boolean
  /** How it tells changes; a stream without this is read whole each time. */
  readonly changes?: ChangeFacts
  /** Goes through all of the stream. */
  readonly read: (pass: Pass) => Effect.Effect<void, ReadFailure, ReadServices>
}
