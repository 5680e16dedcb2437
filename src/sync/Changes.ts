/**
 * What one stream's destination has, and what a sync learns of changes to it.
 *
 * A row is news when its digest is not the one known. `changedAt` of news is the time of its version; or, where that was
 * passed by what has been sent before, and so says nothing of when the change was made, the start of this sync. Both are
 * times of the site's clock, and for one row `changedAt` never goes back, even if that clock does: where rows tell it, the
 * start of a sync is at least a millisecond after everything that an earlier one has sent. Nothing else goes by that raised
 * time. A row that is dated a year ahead (an import, a clock that was wrong) puts every later `changedAt` behind it, but what
 * a sync has followed, and when it has reconciled, is told by when it really started.
 */
import type { Row } from "../confluence/Listing.ts"
import { digestOf } from "./digest.ts"
import { Following, type FollowingOptions } from "./Following.ts"
import { lacksBody } from "./lostBodies.ts"
import { RowIndex } from "./RowIndex.ts"
import type { StreamState } from "./StreamState.ts"

export interface ChangesOptions extends FollowingOptions {
  /** What all ids of the stream begin with. */
  readonly idPrefix: string | undefined
}

export type DeletionReason = "trashed" | "purged" | "filtered" | "not_visible"

/** Most rows without a body that are kept by their ids. */
const MOST_LOST = 1000

export class Changes extends Following<RowIndex> {
  /** Rows that were sent without their body, because it could not be had. */
  readonly lost: Set<string>

  readonly #digest: (row: Row) => number

  constructor(options: ChangesOptions) {
    const { declared, from, idPrefix } = options
    const decoded = from?.index === undefined ? undefined : RowIndex.decode(from.index, idPrefix)
    super(options, decoded, () => new RowIndex(idPrefix))
    this.#digest = digestOf(declared)
    this.lost = new Set(this.rescans ? [] : from?.lost)
  }

  /** Judges a row that a list has shown, and completes it if it is news; it counts as sent then. */
  isNews(row: Row): boolean {
    const id = String(row["id"])
    const digest = this.#digest(row)
    const known = this.index.get(id)
    const updatedAt = Date.parse(String(row["updatedAt"]))
    const lacks = lacksBody(row)
    this.see(updatedAt)
    if (known === undefined) this.index.set(id, digest)
    this.#see(id)
    // A row whose body was lost before is news as soon as the body comes. One whose body was sent is as it was without it.
    if (known === digest && (lacks || !this.lost.has(id))) return false
    if (lacks && known === 0 && !this.isAgain) return false
    // Once in a sync: a row that has changed again since it was sent stays as it is known, and is news to the next sync.
    if (!this.index.markSent(id)) return false
    if (known !== undefined) this.index.set(id, digest)
    if (lacks) this.#lose(id)
    else this.lost.delete(id)
    this.date(row, updatedAt, known !== undefined)
    return true
  }

  #lose(id: string): void {
    if (this.lost.size < MOST_LOST) this.lost.add(id)
    // Beyond that each comparison takes the row for another one, and asks for its body.
    else this.index.set(id, 0)
  }

  #see(id: string): void {
    this.index.markListed(id)
    if (this.index.markShown(id)) this.shown++
  }

  /** Whether a row, perhaps without its body, is another than the one known. Notes that it was listed. */
  differs(row: Row): boolean {
    const id = String(row["id"])
    this.#see(id)
    return this.lost.has(id) || this.index.get(id) !== this.#digest(row)
  }

  /** The rows that no list has shown and that this sync has not sent itself. */
  notListed(): ReadonlyArray<string> {
    return this.index.notListed()
  }

  /** Makes tombstones of rows that are known, and forgets them. A row that this very sync has sent stays for the next one. */
  bury(gone: ReadonlyMap<string, DeletionReason>): ReadonlyArray<Row> {
    const rows: Array<Row> = []
    for (const [id, deletionReason] of gone) {
      if (this.index.get(id) === undefined || !this.index.markSent(id)) continue
      this.index.delete(id)
      this.lost.delete(id)
      rows.push({ id, ...this.deletedNow, deletionReason })
    }
    if (rows.length > 0) this.buried()
    return rows
  }

  override state(): Partial<StreamState> {
    const { index, ...state } = super.state()
    return {
      ...state,
      ...(this.lost.size === 0 ? {} : { lost: [...this.lost] }),
      ...(index === undefined ? {} : { index }),
    }
  }
}
