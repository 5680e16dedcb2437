/**
 * Rows whose body cannot be had: every page with it fails. They arrive without it, and say so in `meta.changes`.
 */
import type { Row } from "../confluence/Listing.ts"
import { type Change, CHANGES, changesOf } from "../protocol/recordLines.ts"

const LOST: ReadonlyArray<Change> = [{ field: "body", change: "NULLED", reason: "SOURCE_RETRIEVAL_ERROR" }]

/** The row without its body. */
export const withoutBody = (row: Row): Row => Object.assign(row, { body: null, [CHANGES]: LOST })

export const lacksBody = (row: Row): boolean => changesOf(row) === LOST
