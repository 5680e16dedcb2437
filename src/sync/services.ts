/** What the readers of streams share within one sync. */
import { Context } from "effect"
import type { ConfluenceClient } from "../confluence/ConfluenceClient.ts"
import type { Output } from "../protocol/Output.ts"
import type { Reporter } from "../protocol/Reporter.ts"
import type { Accounts } from "../site/Accounts.ts"
import type { Emails } from "../site/Emails.ts"
import type { Scope } from "../site/Scope.ts"
import type { SiteDirectory } from "../site/SiteDirectory.ts"
import type { Once } from "./Once.ts"
import type { WalkBoard } from "./WalkBoard.ts"

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
  /** What the filters let in. */
  readonly scope: Scope
  /** A reconciliation that misses a larger share of the known rows deletes nothing. */
  readonly maxDeletionPercent: number
  /** The types of custom content that are read, each once. */
  readonly customContentTypes: ReadonlyArray<string>
}

export class Settings extends Context.Service<Settings, ReadSettings>()("source-confluence/Settings") {}

/** What it takes to ask the site. */
export type AskServices =
  | ConfluenceClient
  | Output
  | Reporter
  | Settings
  | SiteDirectory
  | Accounts
  | Emails
  | Once
  | WalkBoard

/** Lists and look-ups begun at once; how many requests are in flight is the client's business. */
export const MOST_AT_ONCE = 50
