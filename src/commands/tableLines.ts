/** Rows as lines of JSON for a table. What no table takes is mended as it is for messages. */
import type { Row } from "../confluence/Listing.ts"
import { cleanValue, isSuspect } from "../protocol/wellFormed.ts"

export const tableLines = (rows: ReadonlyArray<Row>, mayBeMalformed: boolean): ReadonlyArray<string> =>
  rows.map((row) => {
    const line = JSON.stringify(row)
    return `${mayBeMalformed && isSuspect(line) ? JSON.stringify(cleanValue(row)) : line}\n`
  })
