/** What the readers of streams share within one sync. */
import { Context } from "effect"
import type { ConfluenceClient } from "../confluence/ConfluenceClient.ts"
import type { ConfluenceError } from "../confluence/errors.ts"
import type { Output, OutputClosed } from "../protocol/Output.ts"
import type { Reporter } from "../protocol/Reporter.ts"
import type { Accounts } from "./Accounts.ts"
import type { PartsUnread } from "./failures.ts"
import type { TooMuchMissing } from "./followChanges.ts"
import type { SiteDirectory } from "./SiteDirectory.ts"
import type { StateUnusable } from "./StreamState.ts"
import type { WalkBoard } from "./WalkBoard.ts"

export type ReadFailure = ConfluenceError | OutputClosed | StateUnusable | TooMuchMissing | PartsUnread

/** What of the config the readers act on. */
export interface ReadSettings {
  readonly bodyFormat: "storage" | "atlas_doc_format" | "none"
  /** Each row that is listed costs a point of an hourly quota: in the OAuth modes. */
  readonly rowsCost: boolean
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

export type ReadServices = ConfluenceClient | Output | Reporter | Settings | SiteDirectory | Accounts | WalkBoard
