/**
 * What the destination has of what contents have of their own: for each content its kind, and the number of each of its rows (the id of a
 * property, the number of a version) with a digest. In some 25 bytes of memory a row and 25 a content. As text: childIndexText.ts.
 *
 * Ids are numbers in arrays (idNumbers.ts).
 */
import { IdNumbers, NumberArray, Words, hashOf } from "../site/idNumbers.ts"
import { childrenAsText, readChildren } from "./childIndexText.ts"

/** Tables grow when three quarters are taken. */
const LOAD = 0.75

/** Marks on a row, for the length of one sync. */
const SENT = 1
const SHOWN = 2
const MISSING = 4
const REMOVED = 8

export interface Child {
  readonly kind: number
  readonly contentId: string
  /** The row's own id or number. */
  readonly childId: string
}

const doubled = <A extends Uint32Array | Uint16Array | Uint8Array>(array: A, make: new (length: number) => A): A => {
  const larger = new make(array.length * 2)
  larger.set(array)
  return larger
}

export class ChildIndex {
  readonly #contents = new NumberArray()
  #kinds = new Uint8Array(512)
  /** The first row of each content, counted from 1. */
  #first = new Uint32Array(512)
  /** For each slot the number of a content, counted from 1; 0 is a free slot. */
  #table = new Uint32Array(1024)
  readonly #children = new NumberArray()
  #digests = new Uint16Array(1024)
  #marks = new Uint8Array(1024)
  /** The next row of the same content, counted from 1. */
  #next = new Uint32Array(1024)
  #removed = 0
  readonly #numbers = new IdNumbers()
  #missing = 0
  /** The numbers that are worked with. */
  readonly #content = new Words()
  readonly #child = new Words()

  /** Rows. */
  get size(): number {
    return this.#children.length - this.#removed
  }

  /** Rows that are marked as missing. */
  get missing(): number {
    return this.#missing
  }

  #slot(content: Words): number {
    const mask = this.#table.length - 1
    for (let slot = hashOf(content) & mask; ; slot = (slot + 1) & mask) {
      const place = this.#table[slot]!
      if (place === 0 || this.#contents.isAt(place - 1, content)) return slot
    }
  }

  #contentAt(place: number): string {
    return this.#numbers.idOf(this.#contents.at(place, this.#content))
  }

  #childAt(row: number): string {
    return this.#numbers.idOf(this.#children.at(row, this.#child))
  }

  /** The place of a content, or -1. */
  #place(contentId: string): number {
    const number = this.#numbers.known(contentId, this.#content)
    return number === undefined ? -1 : this.#table[this.#slot(number)]! - 1
  }

  #addContent(content: Words, kind: number): number {
    const place = this.#contents.length
    if (place === this.#kinds.length) {
      this.#kinds = doubled(this.#kinds, Uint8Array)
      this.#first = doubled(this.#first, Uint32Array)
    }
    this.#contents.push(content)
    this.#kinds[place] = kind
    if (place < this.#table.length * LOAD) {
      this.#table[this.#slot(content)] = place + 1
      return place
    }
    this.#table = new Uint32Array(this.#table.length * 2)
    const each = new Words()
    for (let old = 0; old <= place; old++) this.#table[this.#slot(this.#contents.at(old, each))] = old + 1
    return place
  }

  #addRow(place: number, child: Words, digest: number): number {
    const row = this.#children.length
    if (row === this.#digests.length) {
      this.#digests = doubled(this.#digests, Uint16Array)
      this.#marks = doubled(this.#marks, Uint8Array)
      this.#next = doubled(this.#next, Uint32Array)
    }
    this.#children.push(child)
    this.#digests[row] = digest
    this.#marks[row] = 0
    this.#next[row] = this.#first[place]!
    this.#first[place] = row + 1
    return row
  }

  /** The row, or -1. */
  #row(contentId: string, childId: string): number {
    const place = this.#place(contentId)
    if (place < 0) return -1
    const child = this.#numbers.known(childId, this.#child)
    if (child === undefined) return -1
    for (let row = this.#first[place]! - 1; row >= 0; row = this.#next[row]! - 1)
      if (this.#children.isAt(row, child) && (this.#marks[row]! & REMOVED) === 0) return row
    return -1
  }

  /** The digest of a known row; undefined for an unknown one. */
  get(contentId: string, childId: string): number | undefined {
    const row = this.#row(contentId, childId)
    return row < 0 ? undefined : this.#digests[row]
  }

  /** `digest`: 16 bits; 0 stands for "not known". */
  set(kind: number, contentId: string, childId: string, digest: number): void {
    const row = this.#row(contentId, childId)
    if (row >= 0) {
      this.#digests[row] = digest
      return
    }
    const known = this.#place(contentId)
    const place = known < 0 ? this.#addContent(this.#numbers.of(contentId, this.#content), kind) : known
    this.#kinds[place] = kind
    this.#addRow(place, this.#numbers.of(childId, this.#child), digest)
  }

  #mark(row: number, mark: number): boolean {
    if (row < 0) return false
    const before = (this.#marks[row]! & mark) !== 0
    this.#marks[row]! |= mark
    return !before
  }

  /** Notes that this sync has sent the row; false when it had been noted before. */
  markSent(contentId: string, childId: string): boolean {
    return this.#mark(this.#row(contentId, childId), SENT)
  }

  /** Notes that this sync has been shown the row; false when it had been noted before. */
  markShown(contentId: string, childId: string): boolean {
    return this.#mark(this.#row(contentId, childId), SHOWN)
  }

  #setMissing(row: number, isMissing: boolean): void {
    const was = (this.#marks[row]! & MISSING) !== 0
    if (was === isMissing) return
    this.#marks[row]! ^= MISSING
    this.#missing += isMissing ? 1 : -1
  }

  /** Whether anything is known of a content. */
  has(contentId: string): boolean {
    const place = this.#place(contentId)
    for (let row = place < 0 ? -1 : this.#first[place]! - 1; row >= 0; row = this.#next[row]! - 1)
      if ((this.#marks[row]! & REMOVED) === 0) return true
    return false
  }

  /** All that a content has was read: what of it is not among these is missing. */
  noteAll(contentId: string, childIds: ReadonlySet<string>): void {
    const place = this.#place(contentId)
    for (let row = place < 0 ? -1 : this.#first[place]! - 1; row >= 0; row = this.#next[row]! - 1)
      if ((this.#marks[row]! & REMOVED) === 0) this.#setMissing(row, !childIds.has(this.#childAt(row)))
  }

  /** All contents that something is known of, with their kinds. */
  *contents(): Generator<{ readonly kind: number; readonly contentId: string }> {
    for (let place = 0; place < this.#contents.length; place++) {
      const contentId = this.#contentAt(place)
      if (this.has(contentId)) yield { kind: this.#kinds[place]!, contentId }
    }
  }

  /** The rows of a content. */
  childrenOf(contentId: string): ReadonlyArray<string> {
    const place = this.#place(contentId)
    const found: Array<string> = []
    for (let row = place < 0 ? -1 : this.#first[place]! - 1; row >= 0; row = this.#next[row]! - 1)
      if ((this.#marks[row]! & REMOVED) === 0) found.push(this.#childAt(row))
    return found
  }

  /** The rows that are marked as missing. */
  missingRows(): ReadonlyArray<Child> {
    const found: Array<Child> = []
    if (this.#missing === 0) return found
    for (let place = 0; place < this.#contents.length; place++) {
      for (let row = this.#first[place]! - 1; row >= 0; row = this.#next[row]! - 1) {
        if ((this.#marks[row]! & (MISSING | REMOVED)) !== MISSING) continue
        const contentId = this.#contentAt(place)
        found.push({ kind: this.#kinds[place]!, contentId, childId: this.#childAt(row) })
      }
    }
    return found
  }

  delete(contentId: string, childId: string): void {
    const row = this.#row(contentId, childId)
    if (row < 0) return
    this.#setMissing(row, false)
    this.#marks[row]! |= REMOVED
    this.#removed++
  }

  /** Forgets what the rows were like, not that they are there: all of them count as changed. */
  forgetDigests(): void {
    this.#digests.fill(0)
  }

  /** The rows of a content, in the order of their numbers. */
  #rowsOf(place: number): ReadonlyArray<number> {
    const rows: Array<number> = []
    for (let row = this.#first[place]! - 1; row >= 0; row = this.#next[row]! - 1)
      if ((this.#marks[row]! & REMOVED) === 0) rows.push(row)
    return rows.length === 1 ? rows : rows.sort((one, other) => this.#children.compare(one, other))
  }

  encode(): string {
    const sorted = new NumberArray()
    for (let place = 0; place < this.#contents.length; place++) sorted.push(this.#contents.at(place, this.#content))
    sorted.sort()
    const places: Array<Array<number>> = []
    for (let at = 0; at < sorted.length; at++) {
      const place = this.#table[this.#slot(sorted.at(at, this.#content))]! - 1
      if (this.#rowsOf(place).length > 0) (places[this.#kinds[place]!] ??= []).push(place)
    }
    return childrenAsText({
      places,
      contentAt: (place, into) => this.#contents.at(place, into),
      rowsOf: (place) => this.#rowsOf(place),
      childAt: (row, into) => this.#children.at(row, into),
      digestAt: (row) => this.#digests[row]!,
      idOf: (number) => this.#numbers.idOf(number),
    })
  }

  /** The index that a text holds; undefined for a text that is none, or not whole. */
  static decode(text: string): ChildIndex | undefined {
    const index = new ChildIndex()
    let place = 0
    const isWhole = readChildren(text, {
      numbers: index.#numbers,
      content: (kind, content) => void (place = index.#addContent(content, kind)),
      row: (child, digest) => void index.#addRow(place, child, digest),
    })
    return isWhole ? index : undefined
  }
}
