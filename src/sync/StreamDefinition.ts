/**
 * The contract of a stream: its facts, how all of it is read, and how it tells changes.
 *
 * Most definitions are made by a kind (src/streams/kinds); one has code of its own only where the API is odd.
 */
import type { Effect } from "effect"
import type { DeletionReason } from "./Changes.ts"
import type { ChildKey } from "./ChildChanges.ts"
import type { ReadFailure } from "./failures.ts"
import type { Pass } from "./Pass.ts"
import type { ReadServices } from "./readServices.ts"
import type { StreamFacts } from "./StreamFacts.ts"
import type { StreamRun } from "./StreamRun.ts"
import type { Walk } from "./Walk.ts"

/** How a stream tells changes. */
export interface ChangeFacts {
  /** The stream's lists sorted by their last change, newest first. */
  readonly newest: (pass: Pass) => Effect.Effect<ReadonlyArray<Walk>, ReadFailure, ReadServices>
  /** Sends the rows of these ids, in batches, and answers the ids that it has not found. Undefined where lists must carry what is sent. */
  readonly fetch?: (
    run: StreamRun,
    ids: ReadonlyArray<string>,
  ) => Effect.Effect<ReadonlySet<string>, ReadFailure, ReadServices>
  /** Asks once more for rows whose bodies could not be had; left out: `fetch` does. */
  readonly again?: (run: StreamRun, ids: ReadonlyArray<string>) => Effect.Effect<void, ReadFailure, ReadServices>
  /**
   * Of rows that no list has shown: which are gone, and why. Those that are there after all are sent, if they are news, or
   * left as they are.
   */
  readonly gone: (
    run: StreamRun,
    ids: ReadonlyArray<string>,
  ) => Effect.Effect<ReadonlyMap<string, DeletionReason>, ReadFailure, ReadServices>
}

/** How a stream of what contents have tells changes. */
export interface ChildFacts {
  readonly key: ChildKey
  /** Reads it from where its state left it, and tells what has changed. */
  readonly follow: (run: StreamRun) => Effect.Effect<void, ReadFailure, ReadServices>
}

export interface StreamDefinition extends StreamFacts {
  readonly ofContents?: ChildFacts
  /** How it tells changes; a stream without this is read whole each time. */
  readonly changes?: ChangeFacts
  /**
   * Goes through all of the stream. MUST show every row that is there at least once, or fail. MUST NOT write: it hands pages to
   * `pass.take`.
   */
  readonly read: (pass: Pass) => Effect.Effect<void, ReadFailure, ReadServices>
}

/** Whether a stream tells changes; one that does not is read whole each time. */
export const tellsChanges = ({ changes, ofContents }: Pick<StreamDefinition, "changes" | "ofContents">): boolean =>
  changes !== undefined || ofContents !== undefined
