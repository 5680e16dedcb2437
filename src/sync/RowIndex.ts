/**
 * What the destination has of a stream: every id with a digest of its row, in about 21 bytes of memory and 9 of state each.
 *
 * Confluence's ids are decimal 64-bit integers, those of attachments with `att` in front. Those below 2^52 are kept in
 * typed arrays, in the order in which they came, and found by a hash table; the few that are not go into an ordinary map.
 *
 * As text: base64 of a version byte, a CRC-32 of all that follows, the number of ids, and for each id its distance from the one
 * before as a variable-length integer, and four bytes of digest. Lists come sorted by id, so the distances are small. A
 * text that was cut or garbled does not pass for an index.
 */
import { crc32 } from "node:zlib"
import { ByteReader, ByteWriter } from "./varints.ts"

const VERSION = 1
/** Tables grow when three quarters are taken. */
const LOAD = 0.75
/** No id is 0: the place of a row that was removed. */
const REMOVED = 0
const SMALL = /^[1-9][0-9]{0,15}$/
/** Distances of smaller ids, with their sign, are exact as numbers. */
const LARGE = 2 ** 52

/** Marks on a row, for the length of one sync. */
const LISTED = 1
const SENT = 2
const SHOWN = 4

interface Large {
  digest: number
  marks: number
}

const toNumber = (digits: string): number | undefined => {
  if (!SMALL.test(digits)) return undefined
  const value = Number(digits)
  return value < LARGE ? value : undefined
}

export class RowIndex {
  readonly #prefix: string
  /** The rows, in the order in which they came. */
  #ids = new Float64Array(1024)
  #digests = new Uint32Array(1024)
  #marks = new Uint8Array(1024)
  #rows = 0
  #removed = 0
  /** For each slot the number of a row, counted from 1; 0 is a free slot. */
  #table = new Uint32Array(2048)
  readonly #large = new Map<string, Large>()

  /** `prefix`: what all ids of the stream begin with, such as `att`. */
  constructor(prefix = "") {
    this.#prefix = prefix
  }

  get size(): number {
    return this.#rows - this.#removed + this.#large.size
  }

  #number(id: string): number | undefined {
    return id.startsWith(this.#prefix) ? toNumber(id.slice(this.#prefix.length)) : undefined
  }

  /** The slot of `id`, or the first free one on its way. A removed row keeps its slot, with no id to be found by. */
  #slot(id: number): number {
    const mask = this.#table.length - 1
    let hash = Math.imul(id >>> 0, 0x85ebca6b) ^ Math.imul(Math.floor(id / 0x1_0000_0000), 0x9e3779b1)
    hash ^= hash >>> 15
    let slot = hash & mask
    for (;;) {
      const row = this.#table[slot]!
      if (row === 0 || this.#ids[row - 1] === id) return slot
      slot = (slot + 1) & mask
    }
  }

  /** The place of `id` in the arrays, or -1. */
  #find(id: number): number {
    return this.#table[this.#slot(id)]! - 1
  }

  #append(id: number, digest: number): void {
    if (this.#rows === this.#ids.length) {
      const grown = this.#rows * 2
      const ids = new Float64Array(grown)
      const digests = new Uint32Array(grown)
      const marks = new Uint8Array(grown)
      ids.set(this.#ids)
      digests.set(this.#digests)
      marks.set(this.#marks)
      this.#ids = ids
      this.#digests = digests
      this.#marks = marks
    }
    this.#ids[this.#rows] = id
    this.#digests[this.#rows] = digest
    this.#marks[this.#rows] = 0
    this.#rows++
    if (this.#rows > this.#table.length * LOAD) {
      this.#table = new Uint32Array(this.#table.length * 2)
      for (let row = 0; row < this.#rows; row++) {
        if (this.#ids[row] !== REMOVED) this.#table[this.#slot(this.#ids[row]!)] = row + 1
      }
    } else {
      this.#table[this.#slot(id)] = this.#rows
    }
  }

  /** The digest of a known row; undefined for an unknown one. */
  get(id: string): number | undefined {
    const number = this.#number(id)
    if (number === undefined) return this.#large.get(id)?.digest
    const row = this.#find(number)
    return row < 0 ? undefined : this.#digests[row]
  }

  set(id: string, digest: number): void {
    const number = this.#number(id)
    if (number === undefined) {
      this.#large.set(id, { digest, marks: this.#large.get(id)?.marks ?? 0 })
      return
    }
    const row = this.#find(number)
    if (row < 0) this.#append(number, digest)
    else this.#digests[row] = digest
  }

  delete(id: string): void {
    const number = this.#number(id)
    if (number === undefined) {
      this.#large.delete(id)
      return
    }
    const row = this.#find(number)
    if (row < 0) return
    this.#ids[row] = REMOVED
    this.#removed++
  }

  #mark(id: string, mark: number): boolean {
    const number = this.#number(id)
    if (number === undefined) {
      const entry = this.#large.get(id)
      if (entry === undefined) return false
      const before = (entry.marks & mark) !== 0
      entry.marks |= mark
      return !before
    }
    const row = this.#find(number)
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
    for (let row = 0; row < this.#rows; row++) this.#marks[row]! &= ~LISTED
    for (const entry of this.#large.values()) entry.marks &= ~LISTED
  }

  /** The rows that no listing has shown since `forgetListed`. */
  notListed(): ReadonlyArray<string> {
    const ids: Array<string> = []
    for (let row = 0; row < this.#rows; row++) {
      const id = this.#ids[row]!
      if (id !== REMOVED && (this.#marks[row]! & LISTED) === 0) ids.push(this.#prefix + String(id))
    }
    for (const [id, entry] of this.#large) if ((entry.marks & LISTED) === 0) ids.push(id)
    return ids
  }

  /** Forgets what the rows were like, not that they are there: all of them count as changed. */
  forgetDigests(): void {
    this.#digests.fill(0)
    for (const entry of this.#large.values()) entry.digest = 0
  }

  encode(): string {
    const writer = new ByteWriter(32 + this.#rows * 8)
    writer.integer(this.#rows - this.#removed)
    let before = 0
    for (let row = 0; row < this.#rows; row++) {
      const id = this.#ids[row]!
      if (id === REMOVED) continue
      writer.signed(id - before)
      writer.four(this.#digests[row]!)
      before = id
    }
    writer.integer(this.#large.size)
    for (const [id, { digest }] of this.#large) {
      writer.text(id)
      writer.four(digest)
    }
    const body = writer.bytes
    const head = Buffer.alloc(5)
    head.writeUInt8(VERSION, 0)
    head.writeUInt32LE(crc32(body), 1)
    return Buffer.concat([head, body]).toString("base64")
  }

  /** The index that a text holds; undefined for a text that is none, or not whole. */
  static decode(text: string, prefix = ""): RowIndex | undefined {
    const bytes = Buffer.from(text, "base64")
    if (bytes.length < 7 || bytes.readUInt8(0) !== VERSION) return undefined
    const body = bytes.subarray(5)
    if (bytes.readUInt32LE(1) !== crc32(body)) return undefined
    const reader = new ByteReader(body)
    const index = new RowIndex(prefix)
    let id = 0
    for (let left = reader.integer(); left > 0; left--) {
      id += reader.signed()
      index.#append(id, reader.four())
    }
    for (let left = reader.integer(); left > 0; left--) {
      const large = reader.text()
      index.set(large, reader.four())
    }
    return index
  }
}
