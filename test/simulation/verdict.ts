/** What the judge looks at, and how it says what is wrong. */
import type { ConfiguredCatalog, ProtocolMessage } from "../support/runConnector.ts"
import type { Table } from "./destination.ts"
import type { ConnectionConfig } from "./history.ts"
import type { Moment, Row } from "./moments.ts"

export const RULES = {
  protocol: "every line keeps the rules of the protocol",
  ends: "a sync ends by itself, and its exit code says whether every stream is complete",
  endless: "a sync comes to an end",
  "complete in spite of a refusal": "a stream whose list was refused for good is not complete",
  "failure stays where it is": "a stream does not fail by an endpoint that it does not need",
  "one parent": "a group that cannot be read costs its own members, and the stream names it",
  "body withheld": "only a body that cannot be had is withheld, and meta says so",
  "body asked for again": "a body that was withheld comes with the next sync that can have it",
  "failed without a reason":
    "a stream is incomplete only where a fault was met or the guard against mass deletion may hold",
  "record of no moment": "a record is what its row was at some moment of the sync",
  "outside the filters": "a record is of a row that the filters let in at some moment of the sync",
  times: "updatedAt is the version's time; changedAt is not before it, and not after the site's own clock",
  "changedAt goes back": "changedAt of a row never goes back",
  "sent again": "what the destination has is not sent again after a sync that ended well",
  "tombstone's form": "a tombstone has its key, changedAt, the time and a known reason of the deletion",
  "false tombstone":
    "a tombstone is of a row that was sent, and that was not visible, or not let in, at some moment of the sync",
  "false reason": "a tombstone's reason was true at some moment of the sync",
  guard: "a reconciliation that misses more than max_deletion_percent deletes nothing",
  missing: "a row that the credential sees and the filters let in is in the table",
  stale: "a row of the table is what the site has",
  extra: "a row that is gone, or left out by the filters, is not in the table",
  "newer version": "a sync that does not reconcile brings every new version all the same",
  "state size": "a state takes at most 12 bytes for each row known, and a little",
  "state at SIGTERM": "a sync that is told to end vouches for what it has sent",
  "state bytes": "all states but the last take less than a tenth of the records' bytes",
  "finished full refresh": "a finished full refresh with its own state sends nothing more within its job",
  "last sync": "the sync that nothing disturbs is complete",
} as const

export type Rule = keyof typeof RULES

export interface Violation {
  readonly rule: Rule
  readonly stream: string | undefined
  readonly detail: string
}

/** A sync as it was seen from outside. */
export interface SyncSeen {
  readonly lines: ReadonlyArray<string>
  readonly messages: ReadonlyArray<ProtocolMessage>
  /** `cut`: it was ended from outside; `told` to end by SIGTERM, unless it was killed. */
  readonly ended: "done" | "failed" | "cut" | "crashed"
  readonly told: boolean
  readonly catalog: ConfiguredCatalog
  readonly config: ConnectionConfig
  readonly syncMode: "incremental" | "full_refresh"
  /** From before its first request to after its last one. */
  readonly moments: ReadonlyArray<Moment>
  /** By our clock, in milliseconds. */
  readonly startedAt: number
  readonly endedAt: number
  /** By the site's clock, in milliseconds. */
  readonly siteTimeAtEnd: number
  /** A fault was met, so that a stream may have failed. */
  readonly troubled: boolean
  /** Streams whose list was refused, and would have been again. */
  readonly refused: ReadonlySet<string>
  /** The path of the one fault that was met, if it was a refusal for good. */
  readonly refusedPath: string | undefined
  /** Whether the newest versions come first in lists that are asked for so. */
  readonly newestFirst: boolean
  /** Lists were empty so often that the site has lied about what there is. */
  readonly lied: boolean
  /** Folders or the like were not shown, so that nobody can tell what filters that name pages let in. */
  readonly treeHidden?: boolean
  /** Rows that the site once listed without their id. */
  readonly withoutId: ReadonlySet<string>
  /** Content that filters could not judge: it came without what they ask for more than once, so also where it was asked for again. */
  readonly unjudged: ReadonlySet<string>
  /** The spaces could not be listed, and so content of archived ones may not have been either. */
  readonly spacesRefused: boolean
  /** Whether lists that name no space hold the content of archived ones. Where not, new versions there come with reconciliations. */
  readonly archivesListed: boolean
  /** Whether replies are in the lists of comments. */
  readonly repliesListed: boolean
  /** The site has no roles, refuses their lists, and does not tell that it has none. */
  readonly rolesRefused: boolean
  /** It begins a new job. */
  readonly newJob: boolean
}

/** A stream in a sync: what it sent, and what the destination had before. */
export interface StreamSeen {
  readonly name: string
  readonly sync: SyncSeen
  readonly records: ReadonlyArray<Row>
  readonly complete: boolean
  readonly incomplete: boolean
  /** What had arrived before this sync, and with it. */
  readonly before: Table
  readonly after: Table
}
