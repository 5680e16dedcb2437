/** What the readers of streams share within one sync. */
import { Context } from "effect"
import type { ConfluenceClient } from "../confluence/ConfluenceClient.ts"
import type { ConfluenceError } from "../confluence/errors.ts"
import type { Output, OutputClosed } from "../protocol/Output.ts"
import type { Reporter } from "../protocol/Reporter.ts"
import type { PartsUnread } from "./failures.ts"
import type { TooMuchMissing } from "./followChanges.ts"
import type { SiteDirectory } from "./SiteDirectory.ts"
import type { StateUnusable } from "./StreamState.ts"
import type { WalkBoard } from "./WalkBoard.ts"

export type ReadFailure = ConfluenceError | OutputClosed | StateUnusable | TooMuchMissing | PartsUnread

/** What of the config the readers act on. */
export interface ReadSettings {
  readonly bodyFormat: "storage" | "atlas_doc_format" | "none"
  /** Most requests in flight. */
  readonly workers: number
  /** How far behind the newest change known a sync looks again. */
  readonly lookbackMs: number
  /** Hours between reconciliations; 0 = every sync, below 0 = never. */
  readonly reconcileIntervalHours: number
  /** A reconciliation that misses a larger share of the known rows deletes nothing. */
  readonly maxDeletionPercent: number
}

export class Settings extends Context.Service<Settings, ReadSettings>()("source-confluence/Settings") {}

/** The accounts that rows of this sync name, collected for the stream of users. */
export class Accounts extends Context.Service<
  Accounts,
  {
    readonly named: Set<string>
    /**
     * Streams that this sync has read from beginning to end, with what of them it could not have: what their rows name need
     * not be listed again.
     */
    readonly readWhole: Map<string, PartsUnread | undefined>
  }
>()("source-confluence/Accounts") {}

export type ReadServices = ConfluenceClient | Output | Reporter | Settings | SiteDirectory | Accounts | WalkBoard
