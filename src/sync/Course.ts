/**
 * How far a walk of a list has come from its two ends, and what the ends know of each other: pure, so that it can be tested alone.
 */
import type { Row } from "../confluence/Listing.ts"
import type { EndPosition } from "./StreamState.ts"

/** The key that a list is sorted by, as its rows show it. */
export interface SortKey {
  readonly of: (row: Row) => string
  readonly compare: (a: string, b: string) => number
  /** About where a key lies, for guesses of how far there is to go. */
  readonly place: (key: string) => number
}

/** Ids are decimal numbers of up to 64 bits as text, those of attachments with a prefix of equal length. */
export const byId: SortKey = {
  of: (row) => String(row["id"]),
  compare: (a, b) => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0),
  place: Number,
}

/** Times of Confluence's v2 API: some with milliseconds and some without, so that their order is not that of the text. */
export const byCreation: SortKey = {
  of: (row) => String(row["createdAt"]),
  compare: (a, b) => Date.parse(a) - Date.parse(b),
  place: Date.parse,
}

/** What of a page's rows is taken. */
export interface Taken {
  readonly rows: ReadonlyArray<Row>
  /** The key of the last row that this end has come to; undefined where the order says nothing. */
  readonly last: string | undefined
  /** False while all rows are passed over because they were taken before. */
  readonly isBeyond: boolean
}

/** One end of a walk as far as it has come. */
export class Side {
  position: EndPosition
  first: string | undefined
  rows = 0
  over = false
  constructor(position: EndPosition) {
    this.position = position
    this.first = position.l
  }
}

/** Both ends of one walk, and what they know of each other. */
export class Course {
  readonly front: Side
  readonly back: Side
  /** False from when the site was seen to sort otherwise than by the key: then only the front counts. */
  sorted: boolean
  readonly #key: SortKey | undefined
  constructor(key: SortKey | undefined, front: EndPosition, back: EndPosition) {
    this.#key = key
    this.front = new Side(front)
    this.back = new Side(back)
    this.sorted = key !== undefined
  }

  /** Whether every key has been passed by one end or the other. Only strictly: rows of the same key may be in any order. */
  get met(): boolean {
    const { l: front } = this.front.position
    const { l: back } = this.back.position
    return this.sorted && front !== undefined && back !== undefined && this.#key!.compare(front, back) > 0
  }

  /** Rows for each step of the key, where this end has been. */
  #density({ first, position, rows }: Side): number {
    if (first === undefined || position.l === undefined) return 0
    const { place } = this.#key!
    const gone = Math.abs(place(position.l) - place(first))
    return gone === 0 ? 0 : rows / gone
  }

  /** Rows still to come, by how much of the way between the keys has gone; undefined while that cannot be told. */
  rowsLeft(): number | undefined {
    const front = this.front.position.l
    const back = this.back.position.l
    if (this.#key === undefined || !this.sorted || front === undefined || back === undefined) return undefined
    const { place } = this.#key
    // Of the two ends the denser one: a few odd keys (ids from an import, say) make an end look empty.
    const density = Math.max(this.#density(this.front), this.#density(this.back))
    return density * Math.max(0, place(back) - place(front))
  }

  /** All of the list has been read. */
  get over(): boolean {
    return this.front.over || (this.back.over && this.sorted) || this.met
  }

  /** Where `key` lies from `other` on the way of that end: above 0 is further on. */
  #ahead(side: Side, key: string, other: string): number {
    return side === this.front ? this.#key!.compare(key, other) : this.#key!.compare(other, key)
  }

  /**
   * Takes in a page's rows at one end. `passTo`: rows up to this key were taken before the list was begun anew, and are passed over.
   * Doubt: that the lists are sorted as the documents say. A list that is not is walked from its front alone.
   */
  take(side: Side, rows: ReadonlyArray<Row>, passTo: string | undefined): Taken {
    if (this.#key === undefined) return { rows, last: side.position.l, isBeyond: true }
    const keys = rows.map(this.#key.of)
    let previous = passTo === undefined ? side.position.l : undefined
    for (const key of keys) {
      if (previous !== undefined && this.#ahead(side, key, previous) < 0) this.sorted = false
      previous = key
    }
    side.first ??= keys[0]
    if (!this.sorted) return { rows, last: undefined, isBeyond: true }
    if (passTo === undefined) return { rows, last: previous ?? side.position.l, isBeyond: true }
    // The row at which the walk had stopped is seen again each time: only what is beyond it is progress.
    const isBeyond = keys.some((key) => this.#ahead(side, key, passTo) > 0)
    return {
      rows: rows.filter((_, place) => this.#ahead(side, keys[place]!, passTo) >= 0),
      last: isBeyond ? previous : side.position.l,
      isBeyond,
    }
  }
}
