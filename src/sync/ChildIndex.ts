/**
 * What the destination has of what contents have of their own: for each content its kind, and the number of each of its rows (the id of a
 * property, the number of a version) with a digest. In some 25 bytes of memory a row and 50 a content, and 12 of state.
 *
 * Ids are kept as numbers; the few that a number does not hold exactly have a place in a list instead, counted below 0.
 *
 * As text: base64 of a version byte, a CRC-32 of all that follows, the ids that are no numbers, and for each content its distance from
 * the one before and its kind, how many rows it has, and for each row its distance from the one before and two bytes of digest, all
 * but the digests as variable-length integers. A text that was cut or garbled does not pass for an index.
 */
import { crc32 } from "node:zlib"
import { ByteReader, ByteWriter } from "./varints.ts"

const VERSION = 1
/** Tables grow when three quarters are taken. */
const LOAD = 0.75
const SMALL = /^[1-9][0-9]{0,14}$/
/** More kinds than this do not fit beside a distance. */
const MOST_KINDS = 16

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

const doubled = <A extends Float64Array | Uint32Array | Uint16Array | Uint8Array>(
  array: A,
  make: new (length: number) => A,
): A => {
  const larger = new make(array.length * 2)
  larger.set(array)
  return larger
}

export class ChildIndex {
  #contents = new Float64Array(512)
  #kinds = new Uint8Array(512)
  /** The first row of each content, counted from 1. */
  #first = new Uint32Array(512)
  #contentCount = 0
  /** For each slot the number of a content, counted from 1; 0 is a free slot. */
  #table = new Uint32Array(1024)
  #children = new Float64Array(1024)
  #digests = new Uint16Array(1024)
  #marks = new Uint8Array(1024)
  /** The next row of the same content, counted from 1. */
  #next = new Uint32Array(1024)
  #rowCount = 0
  #removed = 0
  readonly #large: Array<string> = []
  readonly #largePlaces = new Map<string, number>()
  #missing = 0

  /** Rows. */
  get size(): number {
    return this.#rowCount - this.#removed
  }

  /** Rows that are marked as missing. */
  get missing(): number {
    return this.#missing
  }

  #number(id: string): number {
    if (SMALL.test(id)) return Number(id)
    const known = this.#largePlaces.get(id)
    if (known !== undefined) return -known
    this.#large.push(id)
    this.#largePlaces.set(id, this.#large.length)
    return -this.#large.length
  }

  #text(number: number): string {
    return number < 0 ? this.#large[-number - 1]! : String(number)
  }

  #slot(content: number): number {
    const mask = this.#table.length - 1
    let hash = Math.imul(content >>> 0, 0x85ebca6b) ^ Math.imul(Math.floor(content / 0x1_0000_0000), 0x9e3779b1)
    hash ^= hash >>> 15
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const place = this.#table[slot]!
      if (place === 0 || this.#contents[place - 1] === content) return slot
    }
  }

  /** The place of a content, or -1. */
  #place(contentId: string): number {
    if (!SMALL.test(contentId) && !this.#largePlaces.has(contentId)) return -1
    return this.#table[this.#slot(this.#number(contentId))]! - 1
  }

  #addContent(content: number, kind: number): number {
    if (this.#contentCount === this.#contents.length) {
      this.#contents = doubled(this.#contents, Float64Array)
      this.#kinds = doubled(this.#kinds, Uint8Array)
      this.#first = doubled(this.#first, Uint32Array)
    }
    const place = this.#contentCount++
    this.#contents[place] = content
    this.#kinds[place] = kind
    if (this.#contentCount > this.#table.length * LOAD) {
      this.#table = new Uint32Array(this.#table.length * 2)
      for (let each = 0; each < this.#contentCount; each++) this.#table[this.#slot(this.#contents[each]!)] = each + 1
    } else this.#table[this.#slot(content)] = place + 1
    return place
  }

  #addRow(place: number, child: number, digest: number): number {
    if (this.#rowCount === this.#children.length) {
      this.#children = doubled(this.#children, Float64Array)
      this.#digests = doubled(this.#digests, Uint16Array)
      this.#marks = doubled(this.#marks, Uint8Array)
      this.#next = doubled(this.#next, Uint32Array)
    }
    const row = this.#rowCount++
    this.#children[row] = child
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
    const child = this.#number(childId)
    for (let row = this.#first[place]! - 1; row >= 0; row = this.#next[row]! - 1)
      if (this.#children[row] === child && (this.#marks[row]! & REMOVED) === 0) return row
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
    const place = known < 0 ? this.#addContent(this.#number(contentId), kind) : known
    this.#kinds[place] = kind
    this.#addRow(place, this.#number(childId), digest)
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
      if ((this.#marks[row]! & REMOVED) === 0) this.#setMissing(row, !childIds.has(this.#text(this.#children[row]!)))
  }

  /** All contents that something is known of, with their kinds. */
  *contents(): Generator<{ readonly kind: number; readonly contentId: string }> {
    for (let place = 0; place < this.#contentCount; place++) {
      const contentId = this.#text(this.#contents[place]!)
      if (this.has(contentId)) yield { kind: this.#kinds[place]!, contentId }
    }
  }

  /** The rows of a content. */
  childrenOf(contentId: string): ReadonlyArray<string> {
    const place = this.#place(contentId)
    const found: Array<string> = []
    for (let row = place < 0 ? -1 : this.#first[place]! - 1; row >= 0; row = this.#next[row]! - 1)
      if ((this.#marks[row]! & REMOVED) === 0) found.push(this.#text(this.#children[row]!))
    return found
  }

  /** The rows that are marked as missing. */
  missingRows(): ReadonlyArray<Child> {
    const found: Array<Child> = []
    if (this.#missing === 0) return found
    for (let place = 0; place < this.#contentCount; place++) {
      for (let row = this.#first[place]! - 1; row >= 0; row = this.#next[row]! - 1) {
        if ((this.#marks[row]! & (MISSING | REMOVED)) !== MISSING) continue
        const contentId = this.#text(this.#contents[place]!)
        found.push({ kind: this.#kinds[place]!, contentId, childId: this.#text(this.#children[row]!) })
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

  encode(): string {
    const writer = new ByteWriter(64 + this.#contentCount * 4 + this.#rowCount * 4)
    writer.integer(this.#large.length)
    for (const id of this.#large) writer.text(id)
    writer.integer(this.#contentCount)
    let contentBefore = 0
    let childBefore = 0
    for (let place = 0; place < this.#contentCount; place++) {
      const rows: Array<number> = []
      for (let row = this.#first[place]! - 1; row >= 0; row = this.#next[row]! - 1)
        if ((this.#marks[row]! & REMOVED) === 0) rows.push(row)
      const content = this.#contents[place]!
      writer.signed(content - contentBefore)
      contentBefore = content
      writer.integer(rows.length * MOST_KINDS + this.#kinds[place]!)
      // In the order in which they came.
      for (const row of rows.toReversed()) {
        writer.signed(this.#children[row]! - childBefore)
        childBefore = this.#children[row]!
        writer.two(this.#digests[row]!)
      }
    }
    const body = writer.bytes
    const head = Buffer.alloc(5)
    head.writeUInt8(VERSION, 0)
    head.writeUInt32LE(crc32(body), 1)
    return Buffer.concat([head, body]).toString("base64")
  }

  /** The index that a text holds; undefined for a text that is none, or not whole. */
  static decode(text: string): ChildIndex | undefined {
    const bytes = Buffer.from(text, "base64")
    if (bytes.length < 7 || bytes.readUInt8(0) !== VERSION) return undefined
    const body = bytes.subarray(5)
    if (bytes.readUInt32LE(1) !== crc32(body)) return undefined
    const reader = new ByteReader(body)
    const index = new ChildIndex()
    for (let left = reader.integer(); left > 0; left--) index.#number(reader.text())
    let content = 0
    let child = 0
    for (let left = reader.integer(); left > 0; left--) {
      content += reader.signed()
      const told = reader.integer()
      const count = Math.floor(told / MOST_KINDS)
      if (count === 0) continue
      const place = index.#addContent(content, told % MOST_KINDS)
      for (let row = 0; row < count; row++) {
        child += reader.signed()
        index.#addRow(place, child, reader.two())
      }
    }
    return index
  }
}
