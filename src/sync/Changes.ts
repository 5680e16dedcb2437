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
import { lacksBody } from "./lostBodies.ts"
import { RowIndex } from "./RowIndex.ts"
import type { StreamState } from "./StreamState.ts"

export interface ChangesOptions {
  /** What all ids of the stream begin with. */
  readonly idPrefix: string | undefined
  readonly declared: ReadonlyArray<string>
  readonly setup: string
  /** Names the filters; "" without any. */
  readonly scope: string
  /** The site's clock at the start of the sync, epoch milliseconds. */
  readonly startedAt: number
  readonly from: StreamState | undefined
}

export type DeletionReason = "trashed" | "purged" | "filtered" | "not_visible"

/** Most rows without a body that are kept by their ids. */
const MOST_LOST = 1000

/** In the place of the filters' name, while rows of a state were judged by one set of filters and others by another. */
const MIXED = "*"

/** What a scope names besides the filters: words behind their name. */
export const namedIn = (scope: string): ReadonlyArray<string> => scope.split(" ").slice(1)

const mixed = (...scopes: ReadonlyArray<string>): string => [MIXED, ...new Set(scopes.flatMap(namedIn))].join(" ")

const textOf = (time: number): string => new Date(time).toISOString()

export class Changes {
  readonly index: RowIndex
  /** The start of the sync, epoch milliseconds of the site's clock. */
  readonly startedAt: number
  /** The same as `changedAt` tells it: behind all that earlier syncs have told. */
  readonly #toldStart: number
  /** True when all rows have to be listed again, because the state does not say which ones are known, or as what. */
  readonly rescans: boolean
  /**
   * The scan that is under way is not the first one, or has made tombstones: the destination may have had any row before, also one
   * that is not known.
   */
  #again: boolean
  /** There is a state, but which rows it stands for cannot be made out. */
  readonly unknown: boolean
  /** The state was written under other filters: all is to be compared, whenever that was done last. */
  readonly otherScope: boolean
  /** What the state that the sync goes on from holds for. */
  readonly scopeBefore: string
  /** What the state holds for; other filters may have been in force for some of it. */
  #scope: string
  readonly #scopeNow: string
  /** When the first scan began. */
  readonly begun: number
  /** Whether all of the stream has been listed once. */
  scanned: boolean
  /** Changes of versions have been followed up to here. */
  newest: number | undefined
  reconciled: number | undefined
  /** Rows that were sent without their body, because it could not be had. */
  readonly lost: Set<string>
  /** Known rows that the site has shown in this sync, each counted once. */
  shown = 0

  readonly #digest: (row: Row) => number
  /** The highest `changedAt` that earlier syncs have sent. */
  readonly #floor: number
  #high: number
  /** The newest time of a version that this sync has seen. */
  #seen = Number.NEGATIVE_INFINITY

  constructor({ idPrefix, declared, setup, scope, startedAt, from }: ChangesOptions) {
    this.#digest = digestOf(declared)
    const decoded = from?.index === undefined ? undefined : RowIndex.decode(from.index, idPrefix)
    const otherSetup = from !== undefined && from.setup !== setup
    // Without its index a state says how far a scan has come, but not what it has sent: nothing can be built on it.
    this.unknown = from !== undefined && decoded === undefined
    this.rescans = otherSetup || this.unknown
    this.otherScope = from !== undefined && (from.scope ?? "") !== scope
    this.#scopeNow = scope
    this.scopeBefore = from?.scope ?? ""
    this.#scope = this.otherScope ? mixed(this.scopeBefore, scope) : scope
    this.#again = this.rescans || from?.again === 1
    this.index = decoded ?? new RowIndex(idPrefix)
    if (otherSetup) this.index.forgetDigests()
    this.lost = new Set(this.rescans ? [] : from?.lost)
    this.#floor = from?.high ?? Number.NEGATIVE_INFINITY
    this.#high = this.#floor
    this.startedAt = startedAt
    this.#toldStart = Math.max(startedAt, this.#floor + 1)
    this.scanned = !this.rescans && from?.scanned === 1
    this.begun = (this.rescans ? undefined : from?.begun) ?? startedAt
    this.newest = this.rescans ? undefined : from?.newest
    this.reconciled = this.rescans ? undefined : from?.reconciled
  }

  /** Judges a row that a list has shown, and completes it if it is news; it counts as sent then. */
  isNews(row: Row): boolean {
    const id = String(row["id"])
    const digest = this.#digest(row)
    const known = this.index.get(id)
    const updatedAt = Date.parse(String(row["updatedAt"]))
    const lacks = lacksBody(row)
    if (updatedAt > this.#seen) this.#seen = updatedAt
    if (known === undefined) this.index.set(id, digest)
    this.#see(id)
    // A row whose body was lost before is news as soon as the body comes. One whose body was sent is as it was without it.
    if (known === digest && (lacks || !this.lost.has(id))) return false
    if (lacks && known === 0 && !this.#again) return false
    // Once in a sync: a row that has changed again since it was sent stays as it is known, and is news to the next sync.
    if (!this.index.markSent(id)) return false
    if (known !== undefined) this.index.set(id, digest)
    if (lacks) this.#lose(id)
    else this.lost.delete(id)
    const isLate = (known !== undefined || this.scanned || this.#again) && !(updatedAt > this.#floor)
    const isUndated = Number.isNaN(updatedAt)
    if (isUndated || isLate) row["changedAt"] = textOf(this.#toldStart)
    this.#sent(isLate || isUndated ? this.#toldStart : updatedAt)
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

  #sent(changedAt: number): void {
    if (changedAt > this.#high) this.#high = changedAt
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
      rows.push({
        id,
        changedAt: textOf(this.#toldStart),
        _ab_cdc_deleted_at: textOf(this.startedAt),
        deletionReason,
      })
    }
    if (rows.length > 0) {
      this.#sent(this.#toldStart)
      this.#again ||= !this.scanned
    }
    return rows
  }

  /**
   * The lists of newest changes have been walked; `newest` is the newest time that they began with. What follows is never
   * above the start of this sync: a list may have been asked for long after another one, and a row may be dated ahead.
   */
  followedTo(newest: number): void {
    this.newest = Math.min(newest, this.startedAt)
  }

  /** All has been compared with what is known. */
  compared(): void {
    this.reconciled = this.startedAt
    this.#scope = this.#scopeNow
  }

  /**
   * All has been listed once. What was edited while that went on has a version newer than its beginning, so changes are
   * followed from there, however new the newest row is.
   */
  scanFinished(): void {
    this.scanned = true
    const seen = Math.max(this.#seen, this.newest ?? Number.NEGATIVE_INFINITY)
    this.newest = Math.min(seen, this.begun)
    this.reconciled ??= this.begun
  }

  state(): Partial<StreamState> {
    const { begun, newest, reconciled } = this
    const following = this.scanned ? newest : Math.max(this.#seen, newest ?? Number.NEGATIVE_INFINITY)
    return {
      ...(this.scanned ? { scanned: 1 } : { begun, ...(this.#again ? { again: 1 as const } : {}) }),
      ...(following === undefined || !Number.isFinite(following) ? {} : { newest: following }),
      ...(Number.isFinite(this.#high) ? { high: this.#high } : {}),
      ...(reconciled === undefined ? {} : { reconciled }),
      ...(this.#scope === "" ? {} : { scope: this.#scope }),
      ...(this.lost.size === 0 ? {} : { lost: [...this.lost] }),
      index: this.index.encode(),
    }
  }
}
