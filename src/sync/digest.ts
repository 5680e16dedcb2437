/**
 * A digest of a row by which a later sync sees that it has changed: over all columns but the body.
 *
 * The body is left out because a reconciliation lists without bodies; a new body has a new version, which the digest holds.
 * 32 bits: of four billion changes one goes unseen, until the row changes again.
 */
import type { Row } from "../confluence/Listing.ts"

/** Columns that say nothing of the row itself, or are not in every listing of it. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  "body",
  "updatedAt",
  "changedAt",
  "_ab_cdc_deleted_at",
  "deletionReason",
])

/** FNV-1a with a final mix, over the UTF-16 units of a text. */
const hash = (text: string): number => {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35)
  return (value ^ (value >>> 16)) >>> 0
}

/** Makes the digest of a stream's rows from its columns, in the schema's order. Never 0, which stands for "not known". */
export const digestOf = (columns: ReadonlyArray<string>): ((row: Row) => number) => {
  const counted = columns.filter((column) => !LEFT_OUT.has(column))
  return (row) => {
    let text = ""
    for (const column of counted) {
      const value = row[column]
      // What is absent in one answer and null in another is the same.
      if (value === undefined || value === null) text += "\n"
      else text += `${typeof value === "string" ? value : JSON.stringify(value)}\n`
    }
    return hash(text) || 1
  }
}
