/** What filters say of rows. */
import type { Row } from "../confluence/Listing.ts"

/**
 * `in`; `filtered`: it is there, and the filters do not let it in; `trashed`: it is in the trash, and the filters leave that out;
 * `unknown`: what decides cannot be found.
 */
export type Verdict = "in" | "filtered" | "trashed" | "unknown"

/** What the filters of spaces say of a row that lies in one. */
export const inSpace = (isSpaceIn: (row: Row) => boolean | undefined, row: Row): Verdict => {
  const isIn = isSpaceIn(row)
  return isIn === undefined ? "unknown" : isIn ? "in" : "filtered"
}
