/**
 * What is known of a stream without reading it: all that `check`, `discover`, `scopes`, the documents and a stream's run need.
 *
 * Data alone, in the same order in every definition. What it does is in StreamDefinition.ts.
 */
import type { Query, Row } from "../confluence/Listing.ts"
import type { Endpoint } from "../confluence/scopes.ts"
import type { SyncMode } from "../protocol/ConfiguredCatalog.ts"
import type { DirectoryList } from "../site/siteLists.ts"

/** A request that tells cheaply whether a credential can read an endpoint. */
export interface Probe {
  /** A variable part stands for nothing that exists: what is asked for is whether one may ask. */
  readonly endpoint: Endpoint
  readonly query?: Query
  /** What stands for the variable part; then "not found" is an answer too: one may ask, and there is nothing of this id. */
  readonly nothing?: string
  /** Not every site has it: to say so is an answer, and the stream is empty. */
  readonly mayBeAbsent?: boolean
  /** Asked for what no site knows, a site may refuse that with 400: an answer, too. */
  readonly mayBeRefused?: boolean
  /** Whether an answer says that the site has nothing of the stream, so that it is empty whatever its other endpoints answer. */
  readonly saysNone?: (body: unknown) => boolean
  /** For a look-up: what to send, given the credential's own account id. */
  readonly body?: (accountId: string) => unknown
  /** What the stream lacks where this endpoint is refused, as a clause; left out: without it the stream cannot be read. */
  readonly without?: string
}

/**
 * By what filters let a row in. `space`: the row is a space; `page`, `blogpost`: it is that content; `container`: it hangs on what
 * its columns containerType and containerId name; `contained`: it hangs on what its own fields name (pageId and the like), or else lies in its space; `ofSpace`: it is of the space that its column spaceId names; `contents`: the stream asks
 * of each content what it makes rows of.
 */
export type FilteredAs = "space" | "ofSpace" | "page" | "blogpost" | "container" | "contained" | "contents"

export interface StreamFacts {
  readonly name: string
  readonly primaryKey: ReadonlyArray<string>
  readonly syncModes: ReadonlyArray<SyncMode>
  /** The column by which an incremental stream goes forward, that of a log; left out: those that tell changes have `changedAt`. */
  readonly cursor?: string
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
  /** Left out: filters do not concern the stream. */
  readonly filteredAs?: FilteredAs
  /** The config says what types of it are read (`custom_content_types`); another choice is another scope. */
  readonly ofTypes?: true
  /** What all ids of the stream begin with, such as `att`. */
  readonly idPrefix?: string
}
