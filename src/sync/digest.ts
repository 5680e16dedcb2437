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
  "fileStatus",
  "fileSha256",
])

/** FNV-1a over the UTF-16 units of a text, begun with what came before. */
const hashed = (value: number, text: string): number => {
  let hash = value
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash
}

const START = 0x811c9dc5
const LINE_END = 10

const mixed = (value: number): number => {
  let hash = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** Makes the digest of a stream's rows from its columns, in the schema's order. Never 0, which stands for "not known". */
export const digestOf = (columns: ReadonlyArray<string>): ((row: Row) => number) => {
  const counted = columns.filter((column) => !LEFT_OUT.has(column))
  return (row) => {
    let hash = START
    for (const column of counted) {
      const value = row[column]
      // What is absent in one answer and null in another is the same.
      if (value !== undefined && value !== null) {
        hash = hashed(hash, typeof value === "string" ? value : JSON.stringify(value))
      }
      hash = Math.imul(hash ^ LINE_END, 0x01000193)
    }
    return mixed(hash) || 1
  }
}

/** The digest of a row that is known together with something else, which `salt` names. */
export const saltedDigest = (digest: number, salt: string): number => mixed(hashed(digest, salt)) || 1
