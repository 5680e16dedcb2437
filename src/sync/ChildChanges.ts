/**
 * What the destination has of what contents have of their own, and what a sync learns of changes to it: as Changes.ts for streams whose
 * rows are found by their content and a number within it.
 */
import type { Row } from "../confluence/Listing.ts"
import type { DeletionReason } from "./Changes.ts"
import { type Child, ChildIndex } from "./ChildIndex.ts"
import { digestOf } from "./digest.ts"
import { Following, type FollowingOptions } from "./Following.ts"

/** How the rows of a stream are told apart. */
export interface ChildKey {
  /** The column with what tells a row from the others of its content. */
  readonly column: string
  /** When the row was changed. */
  readonly timeOf: (row: Row) => number
  /** The number of the row's own version, where it has one: a change of that shows whatever the digest. */
  readonly versionOf?: (row: Row) => unknown
  /** A tombstone's key. */
  readonly key: (child: Child) => Row
}

/** On a row on its way: the number that its kind of content has in states. */
const KIND = Symbol("kind of content")

export const withKind = (row: Row, kind: number): Row => Object.assign(row, { [KIND]: kind })
const kindOf = (row: { readonly [KIND]?: number }): number => row[KIND] ?? 0

export class ChildChanges extends Following<ChildIndex> {
  readonly #key: ChildKey
  readonly #digest: (row: Row) => number

  constructor(options: FollowingOptions & { readonly key: ChildKey }) {
    const { declared, from, key } = options
    super(options, from?.index === undefined ? undefined : ChildIndex.decode(from.index), () => new ChildIndex())
    this.#key = key
    this.#digest = digestOf(declared)
  }

  /** Sixteen bits, never 0. */
  #digestOf(row: Row): number {
    const hash = this.#digest(row)
    const version = this.#key.versionOf?.(row)
    const low = typeof version === "number" ? version & 0xff : (hash >>> 24) & 0xff
    return ((hash & 0xff) << 8) | low || 1
  }

  childOf(row: Row): string {
    return String(row[this.#key.column])
  }

  /** Judges a row that a list has shown, and completes it if it is news; it counts as sent then. */
  isNews(row: Row): boolean {
    const contentId = String(row["contentId"])
    const childId = this.childOf(row)
    const digest = this.#digestOf(row)
    const known = this.index.get(contentId, childId)
    const time = this.#key.timeOf(row)
    this.see(time)
    if (known === undefined) this.index.set(kindOf(row), contentId, childId, digest)
    if (this.index.markShown(contentId, childId)) this.shown++
    if (known === digest) return false
    if (!this.index.markSent(contentId, childId)) return false
    if (known !== undefined) this.index.set(kindOf(row), contentId, childId, digest)
    this.date(row, time, known !== undefined)
    return true
  }

  /** Makes tombstones of rows that are known, and forgets them. One that this very sync has sent stays for the next one. */
  buryRows(gone: Iterable<readonly [Child, DeletionReason]>): ReadonlyArray<Row> {
    const rows: Array<Row> = []
    for (const [child, deletionReason] of gone) {
      const { contentId, childId } = child
      if (this.index.get(contentId, childId) === undefined || !this.index.markSent(contentId, childId)) continue
      this.index.delete(contentId, childId)
      rows.push({ ...this.#key.key(child), ...this.deletedNow, deletionReason })
    }
    if (rows.length > 0) this.buried()
    return rows
  }
}
