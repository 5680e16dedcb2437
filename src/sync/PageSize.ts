/**
 * How many rows of a list are asked for at once.
 *
 * As many as the list allows, unless their bodies are heavy: then as many as make an answer of a few megabytes, by what rows have
 * weighed so far. Where a page fails because of some row in it, smaller and smaller pages are asked for from the same place, by
 * halves, until that row stands alone; the pages that succeed on the way are taken like any others. Example: the row at place 100
 * of 250 spoils its page. Asked for are 125 (fails), 63 (taken), 31 (taken), 16 (fails), 8 (fails), 4 (fails), 2 (taken), 2
 * (fails), 1 (taken), 1: the row. Where no row turns out to spoil it, it was the page that was too long, and pages stay as small as
 * those that succeeded; after some of them a larger one is tried, and later each time that fails.
 */

/** Tries of a page that may be too heavy, before less is asked for; and of a single row, before its body is given up. */
export const HEAVY_TRIES = 2
export const LAST_TRIES = 4
export const LAST_TIMEOUT_MS = 15_000

/** An answer of about this many bytes is aimed at. */
const AIM_BYTES = 6_000_000
/** Longer answers are broken off, unless they are of one row. */
export const MOST_BYTES = 16_000_000
/** Where an answer was broken off, rows may be so much heavier than it takes to reach the limit. */
const PERHAPS_HEAVIER = 8
/** So many pages are asked for before a larger one is tried; twice as many after each time that it fails. */
const FIRST_PATIENCE = 8
/** A try of a whole page is given up after 55 s; of a part of a page sooner, but not before this, ms. */
const WHOLE_PAGE_MS = 55_000
const LEAST_MS = 10_000

/** Bytes a row, by what answers of a list have had. Shared by all that read the same list. */
export class RowWeights {
  readonly #bytes = new Map<string, number>()

  of(path: string): number | undefined {
    return this.#bytes.get(path)
  }

  /** Heavier rows count at once, lighter ones by and by. */
  note(path: string, bytes: number): void {
    const known = this.#bytes.get(path)
    this.#bytes.set(path, known === undefined || bytes > known ? bytes : (known + bytes) / 2)
  }
}

export class PageSize {
  readonly #path: string
  readonly #most: number
  readonly #weights: RowWeights
  /** From here on so many rows, of which one spoils every page that it is in; undefined while no page has failed. */
  #spoiled: number | undefined
  /** The largest part of the failed page that has come. */
  #largest = 1
  /** Larger pages have failed, and not for a single row. */
  #bearable: number | undefined
  /** Pages until a larger one is tried, and how many there were the last time. */
  #untilLarger = 0
  #patience = FIRST_PATIENCE
  /** The site takes a cursor with this limit alone. */
  #fixed: number | undefined

  /** `most`: the rows that the list takes as `limit`. */
  constructor(path: string, most: number, weights: RowWeights) {
    this.#path = path
    this.#most = most
    this.#weights = weights
  }

  /** The rows to ask for. */
  get limit(): number {
    if (this.#fixed !== undefined) return this.#fixed
    const weight = this.#weights.of(this.#path)
    const most = Math.min(this.#most, this.#bearable ?? this.#most)
    const byWeight = weight === undefined ? most : Math.min(most, Math.max(1, Math.floor(AIM_BYTES / weight)))
    return this.#spoiled === undefined ? byWeight : Math.min(byWeight, Math.max(1, Math.ceil(this.#spoiled / 2)))
  }

  /** Whether a row is being looked for that spoils its page. */
  get isSearching(): boolean {
    return this.#spoiled !== undefined
  }

  /** How long to wait for such a page, ms. */
  get timeoutMs(): number {
    return this.isSearching ? Math.max(LEAST_MS, (WHOLE_PAGE_MS * this.limit) / this.#most) : WHOLE_PAGE_MS
  }

  /** About how many bytes such a page will have: as many as may be, while nothing is known. */
  get expectedBytes(): number {
    const weight = this.#weights.of(this.#path)
    return weight === undefined ? MOST_BYTES : Math.ceil(1.2 * weight * this.limit)
  }

  /** A page of `limit` rows has come, with so many rows and bytes. */
  answered(limit: number, rows: number, bytes: number): void {
    if (rows > 0) this.#weights.note(this.#path, bytes / rows)
    if (this.#spoiled === undefined) {
      if (this.#bearable !== undefined && --this.#untilLarger <= 0) {
        this.#bearable *= 2
        this.#untilLarger = this.#patience
        if (this.#bearable >= this.#most) this.#bearable = undefined
      }
      return
    }
    this.#largest = Math.max(this.#largest, limit)
    this.#spoiled -= limit
    if (this.#spoiled > 0) return
    this.#spoiled = undefined
    this.#bearable = this.#largest
    this.#untilLarger = this.#patience
    this.#patience *= 2
  }

  /** A page of `limit` rows has failed. */
  failed(limit: number): void {
    if (this.#spoiled === undefined) this.#largest = 1
    this.#spoiled = limit
  }

  /** A page of `limit` rows was broken off because it was too long. */
  tooLong(limit: number): void {
    this.#weights.note(this.#path, (PERHAPS_HEAVIER * MOST_BYTES) / limit)
  }

  /** From now on the list is asked for by so many rows: the site takes no cursor with another limit than it was made for. */
  fix(limit: number): void {
    this.#fixed = Math.max(1, Math.floor(limit))
    this.#spoiled = undefined
  }

  /** The row that spoiled its page has been passed. */
  passed(): void {
    this.#spoiled = undefined
  }
}
