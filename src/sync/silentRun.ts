/** A run that sends nothing: for a stream that is listed for another one's sake. */
import { Effect } from "effect"
import type { StreamFacts } from "./StreamFacts.ts"
import { StreamRun } from "./StreamRun.ts"
import type { StreamWriter, Writing } from "./StreamWriter.ts"

const nothing: Writing = Effect.void

const SILENT: StreamWriter = {
  isRunning: false,
  started: nothing,
  page: (news) => Effect.sync(() => void news()),
  checkpoint: () => nothing,
  isStateDue: () => false,
  estimate: () => nothing,
  heldUp: () => nothing,
  goesOn: nothing,
  ended: () => nothing,
}

export const silentRun = (facts: StreamFacts): StreamRun =>
  new StreamRun({
    facts,
    tellsChanges: false,
    writer: SILENT,
    configured: { descriptor: { name: facts.name }, syncMode: "full_refresh", columns: new Set(facts.primaryKey) },
    properties: Object.fromEntries(facts.primaryKey.map((column) => [column, { type: ["string"] }])),
    site: "",
    setup: "",
    scope: "",
    startedAt: 0,
    from: undefined,
    jobId: undefined,
    finished: false,
    accounts: undefined,
  })
