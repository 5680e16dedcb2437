/** What comes into a table at once, and what became of the table. */

/** Rows as lines of JSON in a file. */
export interface Batch {
  readonly path: string
  readonly rows: number
  readonly bytes: number
  /** Bytes of the longest line. */
  readonly longest: number
  /** Some of the rows are tombstones. */
  readonly hasTombstones: boolean
}

/** What became of the table in this extract. */
export interface Done {
  readonly added: number
  readonly changed: number
  readonly deleted: number
}

export const plus = (one: Done, other: Done): Done => ({
  added: one.added + other.added,
  changed: one.changed + other.changed,
  deleted: one.deleted + other.deleted,
})
