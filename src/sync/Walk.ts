/** One list that is to be walked: what a stream tells of it. How it is walked is in walk.ts. */
import type { Effect } from "effect"
import type { ConfluenceError } from "../confluence/errors.ts"
import type { List, Row } from "../confluence/Listing.ts"
import type { SortKey } from "./Course.ts"
import type { ReadFailure } from "./failures.ts"
import type { ReadServices } from "./readServices.ts"
import type { StreamRun } from "./StreamRun.ts"

export interface Walk {
  /** Names the part in the stream's state. */
  readonly id: string
  readonly list: List
  /** The same list in the opposite order; with `key`. */
  readonly backwards?: List
  readonly key?: SortKey
  /** Turns a row of the API into one of the stream. */
  readonly row?: (row: Row) => Row
  /** Sees each page's rows before they are written. */
  readonly onRows?: (rows: ReadonlyArray<Row>) => Effect.Effect<void, ReadFailure, ReadServices>
  /** Whether the state keeps the walk's position, asked after each page. Without it, it does. */
  readonly keeps?: () => boolean
  /** Whether an empty list is as likely as any, so that it need not be asked for again: replies to a comment, say. */
  readonly oftenEmpty?: boolean
  /** Finds rows with their bodies by their ids, for a list that the site gives without bodies alone. */
  readonly find?: (
    run: StreamRun,
    ids: ReadonlyArray<string>,
  ) => Effect.Effect<ReadonlyArray<Row>, ReadFailure, ReadServices>
  /**
   * For a list that may show rows which a look by their id does not find: finds those, with their bodies, in the lists beside them. A row
   * that none of them shows arrives without body.
   */
  readonly findBeside?: (
    run: StreamRun,
    rows: ReadonlyArray<Row>,
  ) => Effect.Effect<ReadonlyArray<Row>, ReadFailure, ReadServices>
  /** Told when the list is begun anew, so that rows are seen once more. */
  readonly onBeginAnew?: () => void
  /** The walk ends with the page of which this says so. */
  readonly until?: (rows: ReadonlyArray<Row>) => boolean
  /** Stop after this many pages from each end: a look at the list. `atOnce` where the list is surely longer than that. */
  readonly pages?: number
  readonly atOnce?: boolean
  /** Of a walk of newest changes: rows come without their bodies, and what is news is fetched by its id. */
  readonly isLight?: true
  /** Of a walk of newest changes where rows cost points: so many are looked at first. */
  readonly few?: number
  /** Whether a refusal says that there is nothing of what the list is of; then it is an empty one. */
  readonly isNothing?: (error: ConfluenceError) => Effect.Effect<boolean, ReadFailure, ReadServices>
}
