/**
 * Brings rows to the writer whose files have to be fetched first, and lets those go ahead that have none. Types alone, so that a run
 * can have one without knowing how it is done (Deliveries.ts).
 */
import type { Effect } from "effect"
import type { Row } from "../confluence/Listing.ts"
import type { Output } from "../protocol/Output.ts"
import type { ReadFailure } from "./failures.ts"

/** What became of files. */
export interface FileCounts {
  transferred: number
  bytes: number
  missing: number
  failed: number
}

export interface Courier {
  readonly counts: FileCounts
  /** Takes a page. Rows with files are sent later; no more pages are taken while many are on their way. */
  readonly take: (
    rows: ReadonlyArray<Row>,
    advance: () => void,
    mayBeMalformed: boolean,
  ) => Effect.Effect<void, ReadFailure, Output>
  /** Waits until every row that was taken has been sent. A state that says "all" is to be written after that. */
  readonly settled: Effect.Effect<void, ReadFailure>
}
