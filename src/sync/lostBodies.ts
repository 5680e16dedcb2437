/**
 * Rows whose body cannot be had: every page with it fails. They arrive without it, and say so in `meta.changes`.
 */
import type { Row } from "../confluence/Listing.ts"
import { CHANGES, type Change, changesOf } from "../protocol/recordLines.ts"

const LOST: Change = { field: "body", change: "NULLED", reason: "SOURCE_RETRIEVAL_ERROR" }

/** The row without its body. */
export const withoutBody = (row: Row): Row => Object.assign(row, { body: null, [CHANGES]: [...changesOf(row), LOST] })

/** The row with the body that another answer has of it, or without one where that lacks it. */
export const withBodyOf = (row: Row, other: Row): Row =>
  lacksBody(other) ? withoutBody(row) : Object.assign(row, { body: other["body"] })

export const lacksBody = (row: Row): boolean => changesOf(row).includes(LOST)
