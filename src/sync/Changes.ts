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
import { digestOf, saltedDigest } from "./digest.ts"
import type { FileLimits, Treatment } from "./FileLimits.ts"
import { isUntried, lacksFile } from "./fileStatus.ts"
import { Following, type FollowingOptions } from "./Following.ts"
import { lacksBody } from "./lostBodies.ts"
import { RowIndex } from "./RowIndex.ts"
import type { StreamState } from "./StreamState.ts"

export interface ChangesOptions extends FollowingOptions {
  /** What all ids of the stream begin with. */
  readonly idPrefix: string | undefined
  /** The stream's rows stand for files. */
  readonly isFileBased: boolean
  /** Which of the files come with their rows; undefined: none. */
  readonly files: FileLimits | undefined
}

export type DeletionReason = "trashed" | "purged" | "filtered" | "not_visible"

const TREATMENTS: ReadonlyArray<Treatment> = ["fetch", "too_large", "other_type"]

/** Most rows without a body, or without a file, that are kept by their ids. */
const MOST_LOST = 1000

export class Changes extends Following<RowIndex> {
  /** Rows that were sent without their body, or their file, because it could not be had. */
  readonly lost: Set<string>

  /** Rows that this sync has made tombstones of, where files may still be on their way. */
  readonly #buried = new Set<string>()
  readonly #isFileBased: boolean
  readonly #files: FileLimits | undefined
  readonly #digest: (row: Row) => number

  constructor(options: ChangesOptions) {
    const { declared, files, from, idPrefix, isFileBased } = options
    const decoded = from?.index === undefined ? undefined : RowIndex.decode(from.index, idPrefix)
    super(options, decoded, () => new RowIndex(idPrefix))
    this.#digest = digestOf(declared)
    this.#isFileBased = isFileBased
    this.#files = files
    this.lost = new Set(this.rescans ? [] : from?.lost)
  }

  /** By what a row is known that is sent now: its columns, and what is done about its file. */
  #knownBy(row: Row): number {
    const digest = this.#digest(row)
    return this.#files === undefined ? digest : saltedDigest(digest, this.#files.treatmentOf(row))
  }

  /** Whether a row is the one known. A file that has come once is not asked for again because nobody wants it any more. */
  #isAsKnown(row: Row, known: number): boolean {
    const digest = this.#digest(row)
    if (!this.#isFileBased) return known === digest
    const isKnownAs = (treatment: Treatment) => known === saltedDigest(digest, treatment)
    if (this.#files === undefined) return known === digest || TREATMENTS.some(isKnownAs)
    return isKnownAs(this.#files.treatmentOf(row)) || isKnownAs("fetch")
  }

  /** Whether a row that a list has shown is to be sent with its file, which has to be fetched first. */
  awaitsFile(row: Row): boolean {
    if (this.#files?.treatmentOf(row) !== "fetch") return false
    const id = String(row["id"])
    if (this.#buried.has(id) || this.index.isSent(id)) return false
    const known = this.index.get(id)
    return known === undefined || this.lost.has(id) || !this.#isAsKnown(row, known)
  }

  /** A list has shown the row, which is sent when its file has come. */
  expectFile(row: Row): void {
    this.#see(String(row["id"]))
  }

  /** Judges a row that a list has shown, and completes it if it is news; it counts as sent then. */
  isNews(row: Row): boolean {
    const id = String(row["id"])
    if (this.#buried.has(id)) return false
    const digest = this.#knownBy(row)
    const known = this.index.get(id)
    const isSame = known !== undefined && this.#isAsKnown(row, known)
    const updatedAt = Date.parse(String(row["updatedAt"]))
    const lacks = lacksBody(row) || lacksFile(row)
    const isWithoutFiles = this.#isFileBased && this.#files === undefined
    this.see(updatedAt)
    if (known === undefined) this.index.set(id, digest)
    this.#see(id)
    // A row whose body was lost before is news as soon as the body comes. One whose body was sent is as it was without it.
    if (isSame && (lacks || isWithoutFiles || !this.lost.has(id))) return false
    if (lacks && known === 0 && !this.isAgain) return false
    // Once in a sync: a row that has changed again since it was sent stays as it is known, and is news to the next sync.
    if (!this.index.markSent(id)) return false
    if (known !== undefined) this.index.set(id, digest)
    if (lacks) this.#lose(id, isUntried(row))
    else this.lost.delete(id)
    this.date(row, updatedAt, known !== undefined)
    return true
  }

  #lose(id: string, isUntried: boolean): void {
    if (this.lost.size < MOST_LOST && !isUntried) this.lost.add(id)
    // Beyond that each comparison takes the row for another one, and asks for its body, or its file.
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
    const known = this.index.get(id)
    return this.lost.has(id) || known === undefined || !this.#isAsKnown(row, known)
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
      if (this.#files !== undefined) this.#buried.add(id)
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
