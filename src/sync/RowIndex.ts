/**
 * What the destination has of a stream: every id with a digest of its row, in about 21 bytes of memory each. As text: rowIndexText.ts.
 *
 * Ids are numbers in an array (idNumbers.ts), in the order in which they came, and found by a hash table.
 */
import { IdNumbers, NumberArray, Words, hashOf } from "../site/idNumbers.ts"
import { readRows, rowsAsText } from "./rowIndexText.ts"

/** Tables grow when three quarters are taken. */
const LOAD = 0.75

/** Marks on a row, for the length of one sync. */
const LISTED = 1
const SENT = 2
const SHOWN = 4
const REMOVED = 8

export class RowIndex {
  readonly #numbers: IdNumbers
  /** The rows, in the order in which they came. */
  readonly #ids = new NumberArray()
  #digests = new Uint32Array(1024)
  #marks = new Uint8Array(1024)
  #removed = 0
  /** For each slot the number of a row, counted from 1; 0 is a free slot. */
  #table = new Uint32Array(2048)
  /** The number that is looked for. */
  readonly #wanted = new Words()

  /** `prefix`: what all ids of the stream begin with, such as `att`. */
  constructor(prefix = "") {
    this.#numbers = new IdNumbers(prefix)
  }

  get size(): number {
    return this.#ids.length - this.#removed
  }

  #isRemoved(row: number): boolean {
    return (this.#marks[row]! & REMOVED) !== 0
  }

  /** The slot of `id`, or the first free one on its way. A removed row keeps its slot, and is not found. */
  #slot(id: Words): number {
    const mask = this.#table.length - 1
    for (let slot = hashOf(id) & mask; ; slot = (slot + 1) & mask) {
      const row = this.#table[slot]! - 1
      if (row < 0 || (this.#ids.isAt(row, id) && !this.#isRemoved(row))) return slot
    }
  }

  /** The place of a number in the arrays, or -1. */
  #find(id: Words): number {
    return this.#table[this.#slot(id)]! - 1
  }

  #place(id: string): number {
    const number = this.#numbers.known(id, this.#wanted)
    return number === undefined ? -1 : this.#find(number)
  }

  #append(id: Words, digest: number): void {
    const row = this.#ids.length
    if (row === this.#digests.length) {
      const digests = new Uint32Array(row * 2)
      const marks = new Uint8Array(row * 2)
      digests.set(this.#digests)
      marks.set(this.#marks)
      this.#digests = digests
      this.#marks = marks
    }
    this.#ids.push(id)
    this.#digests[row] = digest
    this.#marks[row] = 0
    if (row < this.#table.length * LOAD) {
      this.#table[this.#slot(id)] = row + 1
      return
    }
    this.#table = new Uint32Array(this.#table.length * 2)
    const each = new Words()
    for (let old = 0; old <= row; old++)
      if (!this.#isRemoved(old)) this.#table[this.#slot(this.#ids.at(old, each))] = old + 1
  }

  /** The digest of a known row; undefined for an unknown one. */
  get(id: string): number | undefined {
    const row = this.#place(id)
    return row < 0 ? undefined : this.#digests[row]
  }

  set(id: string, digest: number): void {
    const number = this.#numbers.of(id, this.#wanted)
    const row = this.#find(number)
    if (row < 0) this.#append(number, digest)
    else this.#digests[row] = digest
  }

  delete(id: string): void {
    const row = this.#place(id)
    if (row < 0) return
    this.#marks[row]! |= REMOVED
    this.#removed++
  }

  #mark(id: string, mark: number): boolean {
    const row = this.#place(id)
    if (row < 0) return false
    const before = (this.#marks[row]! & mark) !== 0
    this.#marks[row]! |= mark
    return !before
  }

  /** Notes that a listing has shown the row. */
  markListed(id: string): void {
    this.#mark(id, LISTED)
  }

  /** Notes that this sync has sent the row; false when it had been noted before. */
  markSent(id: string): boolean {
    return this.#mark(id, SENT)
  }

  /** Notes that this sync has been shown the row; false when it had been noted before, or the row is unknown. */
  markShown(id: string): boolean {
    return this.#mark(id, SHOWN)
  }

  forgetListed(): void {
    for (let row = 0; row < this.#ids.length; row++) this.#marks[row]! &= ~LISTED
  }

  /** The rows that no listing has shown since `forgetListed`. */
  notListed(): ReadonlyArray<string> {
    const ids: Array<string> = []
    for (let row = 0; row < this.#ids.length; row++)
      if ((this.#marks[row]! & (LISTED | REMOVED)) === 0) ids.push(this.#numbers.idOf(this.#ids.at(row, this.#wanted)))
    return ids
  }

  /** Forgets what the rows were like, not that they are there: all of them count as changed. */
  forgetDigests(): void {
    this.#digests.fill(0)
  }

  encode(): string {
    const numbers = new NumberArray()
    for (let row = 0; row < this.#ids.length; row++)
      if (!this.#isRemoved(row)) numbers.push(this.#ids.at(row, this.#wanted))
    return rowsAsText({
      numbers: numbers.sort(),
      digestOf: (number) => this.#digests[this.#find(number)]!,
      idOf: (number) => this.#numbers.idOf(number),
    })
  }

  /** The index that a text holds; undefined for a text that is none, or not whole. */
  static decode(text: string, prefix = ""): RowIndex | undefined {
    const index = new RowIndex(prefix)
    const isWhole = readRows(text, {
      number: (number, digest) => index.#append(number, digest),
      text: (id, digest) => index.set(id, digest),
    })
    return isWhole ? index : undefined
  }
}
