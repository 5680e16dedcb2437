/**
 * Where a stream's rows and states go: what a run needs of a writer. Types alone, so that a writer fits without importing them.
 *
 * A writer MUST write a page's rows before a state that tells of them, and both in one turn: what `news` answers is written, then
 * `state` is called if a state is due. Nothing is written after `ended`.
 */
import type { Effect } from "effect"
import type { Row } from "../confluence/Listing.ts"
import type { Output, OutputClosed } from "../protocol/Output.ts"
import type { StreamState } from "./StreamState.ts"

export type Writing = Effect.Effect<void, OutputClosed, Output>

export interface StreamWriter {
  /** Something has been written of the stream, or a page was taken that held nothing. */
  readonly isRunning: boolean
  readonly started: Writing
  /**
   * Takes a page, whole or not at all. `news` judges it, in the writer's turn, and answers the rows to write. `mayBeMalformed`: their
   * texts may hold a NUL or half of a surrogate pair.
   */
  readonly page: (news: () => ReadonlyArray<Row>, state: () => StreamState, mayBeMalformed: boolean) => Writing
  /** Writes a state whatever it costs. */
  readonly checkpoint: (state: () => StreamState) => Writing
  /** Whether a state should go out although no page came. */
  readonly isStateDue: (now: number) => boolean
  /** Tells how many rows the stream will have in all, as a guess; `sent` have come so far. */
  readonly estimate: (rows: number, sent: number) => Writing
  /** Requests are held up by the site's rate limit until then (epoch milliseconds). */
  readonly heldUp: (untilMs: number) => Writing
  readonly goesOn: Writing
  readonly ended: (status: "COMPLETE" | "INCOMPLETE") => Writing
}
