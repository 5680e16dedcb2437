/**
 * How far a stream that tells changes has come: what its scan has done, up to when changes have been followed, when all was compared, for
 * which filters that holds, and how what is sent is dated. What the destination has is an index of the stream's kind.
 */
import type { Row } from "../confluence/Listing.ts"
import type { StreamState } from "./StreamState.ts"

/** What the destination has of a stream, as far as this needs to know. */
export interface KnownIndex {
  /** Rows. */
  readonly size: number
  readonly encode: () => string
  /** Forgets what the rows were like, not that they are there. */
  readonly forgetDigests: () => void
}

export interface FollowingOptions {
  readonly declared: ReadonlyArray<string>
  readonly setup: string
  /** Names the filters; "" without any. */
  readonly scope: string
  /** The site's clock at the start of the sync, epoch milliseconds. */
  readonly startedAt: number
  readonly from: StreamState | undefined
}

/** In the place of the filters' name, while rows of a state were judged by one set of filters and others by another. */
const MIXED = "*"

/** What a scope names besides the filters: words behind their name. */
export const namedIn = (scope: string): ReadonlyArray<string> => scope.split(" ").slice(1)

const mixed = (...scopes: ReadonlyArray<string>): string => [MIXED, ...new Set(scopes.flatMap(namedIn))].join(" ")

export const textOf = (time: number): string => new Date(time).toISOString()

export abstract class Following<I extends KnownIndex> {
  readonly index: I
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
  /** Known rows that the site has shown in this sync, each counted once. */
  shown = 0

  /** The highest `changedAt` that earlier syncs have sent. */
  readonly #floor: number
  #high: number
  /** The newest time of a version that this sync has seen. */
  #seen = Number.NEGATIVE_INFINITY

  /** `decoded`: the index of the state, where it can be made out; `empty`: one that knows nothing. */
  constructor({ setup, scope, startedAt, from }: FollowingOptions, decoded: I | undefined, empty: () => I) {
    const otherSetup = from !== undefined && from.setup !== setup
    // Without its index a state says how far a scan has come, but not what it has sent: nothing can be built on it.
    this.unknown = from !== undefined && decoded === undefined
    this.rescans = otherSetup || this.unknown
    this.otherScope = from !== undefined && (from.scope ?? "") !== scope
    this.#scopeNow = scope
    this.scopeBefore = from?.scope ?? ""
    this.#scope = this.otherScope ? mixed(this.scopeBefore, scope) : scope
    this.#again = this.rescans || from?.again === 1
    this.index = decoded ?? empty()
    if (otherSetup) this.index.forgetDigests()
    this.#floor = from?.high ?? Number.NEGATIVE_INFINITY
    this.#high = this.#floor
    this.startedAt = startedAt
    this.#toldStart = Math.max(startedAt, this.#floor + 1)
    this.scanned = !this.rescans && from?.scanned === 1
    this.begun = (this.rescans ? undefined : from?.begun) ?? startedAt
    this.newest = this.rescans ? undefined : from?.newest
    this.reconciled = this.rescans ? undefined : from?.reconciled
  }

  /** All rows of the state may have been there before. */
  protected get isAgain(): boolean {
    return this.#again
  }

  protected see(updatedAt: number): void {
    if (updatedAt > this.#seen) this.#seen = updatedAt
  }

  /** Gives news its `changedAt`; `wasKnown`: as another row. */
  protected date(row: Row, updatedAt: number, wasKnown: boolean): void {
    const isLate = (wasKnown || this.scanned || this.#again) && !(updatedAt > this.#floor)
    const isUndated = Number.isNaN(updatedAt)
    if (isUndated || isLate) row["changedAt"] = textOf(this.#toldStart)
    this.#sent(isLate || isUndated ? this.#toldStart : updatedAt)
  }

  /** What a tombstone has beside its key and its reason. */
  protected get deletedNow(): Row {
    return { changedAt: textOf(this.#toldStart), _ab_cdc_deleted_at: textOf(this.startedAt) }
  }

  /** Tombstones have been made. */
  protected buried(): void {
    this.#sent(this.#toldStart)
    this.#again ||= !this.scanned
  }

  #sent(changedAt: number): void {
    if (changedAt > this.#high) this.#high = changedAt
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
      index: this.index.encode(),
    }
  }
}

const HOUR_MS = 3_600_000

/** Whether all is to be compared again. */
export const isDue = (
  { reconciled, startedAt }: Pick<Following<KnownIndex>, "reconciled" | "startedAt">,
  intervalHours: number,
): boolean => {
  if (intervalHours < 0) return false
  // A site's clock may have been set back since: then nothing is known of how long ago it was.
  return (
    intervalHours === 0 ||
    reconciled === undefined ||
    startedAt < reconciled ||
    startedAt - reconciled >= intervalHours * HOUR_MS
  )
}
