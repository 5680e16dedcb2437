/**
 * What the destination has of a stream: every id with a digest of its row, in about 13 bytes of memory and 9 of state each.
 *
 * Confluence's ids are decimal 64-bit integers, those of attachments with `att` in front. Those below 2^53 are kept in an
 * open-addressed table of typed arrays; the few that are not go into an ordinary map.
 *
 * As text: base64 of a version byte, a CRC-32 of all that follows, the number of ids, and for each id in rising order its
 * distance from the one before as a variable-length integer and four bytes of digest. A text that was cut or garbled does not
 * pass for an index.
 */
import { crc32 } from "node:zlib"

const VERSION = 1
/** Tables grow when three quarters are taken. */
const LOAD = 0.75
const FREE = 0
const REMOVED = -1
const SMALL = /^[1-9][0-9]{0,15}$/

/** Marks on a row, for the length of one sync. */
const LISTED = 1
const SENT = 2

interface Large {
  digest: number
  marks: number
}

const toNumber = (digits: string): number | undefined => {
  if (!SMALL.test(digits)) return undefined
  const value = Number(digits)
  return value <= Number.MAX_SAFE_INTEGER ? value : undefined
}

/** Grows a buffer as needed; integers of seven bits a byte, least significant first. */
class Writer {
  #bytes: Buffer
  #length = 0
  constructor(capacity: number) {
    this.#bytes = Buffer.allocUnsafe(capacity)
  }
  #need(more: number): void {
    if (this.#length + more <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe((this.#length + more) * 2)
    this.#bytes.copy(larger, 0, 0, this.#length)
    this.#bytes = larger
  }
  integer(value: number): void {
    this.#need(8)
    let rest = value
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80
      rest = Math.floor(rest / 0x80)
    }
    this.#bytes[this.#length++] = rest
  }
  digest(value: number): void {
    this.#need(4)
    this.#length = this.#bytes.writeUInt32LE(value, this.#length)
  }
  text(value: string): void {
    const bytes = Buffer.from(value)
    this.integer(bytes.length)
    this.#need(bytes.length)
    this.#length += bytes.copy(this.#bytes, this.#length)
  }
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }
}

class Reader {
  #at = 0
  readonly #bytes: Buffer
  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }
  integer(): number {
    let value = 0
    let scale = 1
    for (;;) {
      const byte = this.#bytes.readUInt8(this.#at++)
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
      scale *= 0x80
    }
  }
  digest(): number {
    this.#at += 4
    return this.#bytes.readUInt32LE(this.#at - 4)
  }
  text(): string {
    const length = this.integer()
    this.#at += length
    return this.#bytes.toString("utf8", this.#at - length, this.#at)
  }
}

export class RowIndex {
  readonly #prefix: string
  #ids = new Float64Array(1024)
  #digests = new Uint32Array(1024)
  #marks = new Uint8Array(1024)
  /** Slots that are not free, removed ones too. */
  #taken = 0
  #count = 0
  readonly #large = new Map<string, Large>()

  /** `prefix`: what all ids of the stream begin with, such as `att`. */
  constructor(prefix = "") {
    this.#prefix = prefix
  }

  get size(): number {
    return this.#count + this.#large.size
  }

  #number(id: string): number | undefined {
    return id.startsWith(this.#prefix) ? toNumber(id.slice(this.#prefix.length)) : undefined
  }

  /** The slot of `id`, or the first free one on its way. */
  #slot(id: number): number {
    const mask = this.#ids.length - 1
    let hash = Math.imul(id >>> 0, 0x85ebca6b) ^ Math.imul(Math.floor(id / 0x1_0000_0000), 0x9e3779b1)
    hash ^= hash >>> 15
    let slot = hash & mask
    while (this.#ids[slot] !== FREE && this.#ids[slot] !== id) slot = (slot + 1) & mask
    return slot
  }

  #grow(): void {
    const ids = this.#ids
    const digests = this.#digests
    const marks = this.#marks
    // Removed slots are left behind: the table grows only when it is truly full.
    const length = this.#count > ids.length * 0.5 ? ids.length * 2 : ids.length
    this.#ids = new Float64Array(length)
    this.#digests = new Uint32Array(length)
    this.#marks = new Uint8Array(length)
    this.#taken = this.#count
    for (let i = 0; i < ids.length; i++) {
      if (ids[i]! <= 0) continue
      const slot = this.#slot(ids[i]!)
      this.#ids[slot] = ids[i]!
      this.#digests[slot] = digests[i]!
      this.#marks[slot] = marks[i]!
    }
  }

  /** The digest of a known row; undefined for an unknown one. */
  get(id: string): number | undefined {
    const number = this.#number(id)
    if (number === undefined) return this.#large.get(id)?.digest
    const slot = this.#slot(number)
    return this.#ids[slot] === FREE ? undefined : this.#digests[slot]
  }

  set(id: string, digest: number): void {
    const number = this.#number(id)
    if (number === undefined) {
      this.#large.set(id, { digest, marks: this.#large.get(id)?.marks ?? 0 })
      return
    }
    const slot = this.#slot(number)
    if (this.#ids[slot] === FREE) {
      this.#ids[slot] = number
      this.#marks[slot] = 0
      this.#taken++
      this.#count++
    }
    this.#digests[slot] = digest
    if (this.#taken > this.#ids.length * LOAD) this.#grow()
  }

  delete(id: string): void {
    const number = this.#number(id)
    if (number === undefined) {
      this.#large.delete(id)
      return
    }
    const slot = this.#slot(number)
    if (this.#ids[slot] === FREE) return
    this.#ids[slot] = REMOVED
    this.#count--
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
    const slot = this.#slot(number)
    if (this.#ids[slot] === FREE) return false
    const before = (this.#marks[slot]! & mark) !== 0
    this.#marks[slot]! |= mark
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

  forgetListed(): void {
    for (let slot = 0; slot < this.#marks.length; slot++) this.#marks[slot]! &= ~LISTED
    for (const entry of this.#large.values()) entry.marks &= ~LISTED
  }

  /** The rows that no listing has shown since `forgetListed`. */
  notListed(): ReadonlyArray<string> {
    const ids: Array<string> = []
    for (let slot = 0; slot < this.#ids.length; slot++) {
      const id = this.#ids[slot]!
      if (id > 0 && (this.#marks[slot]! & LISTED) === 0) ids.push(this.#prefix + String(id))
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
    const sorted = this.#ids.filter((id) => id > 0).sort()
    const writer = new Writer(16 + sorted.length * 8)
    writer.integer(sorted.length)
    let before = 0
    for (const id of sorted) {
      writer.integer(id - before)
      writer.digest(this.#digests[this.#slot(id)]!)
      before = id
    }
    writer.integer(this.#large.size)
    for (const [id, { digest }] of this.#large) {
      writer.text(id)
      writer.digest(digest)
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
    const reader = new Reader(body)
    const index = new RowIndex(prefix)
    let id = 0
    for (let left = reader.integer(); left > 0; left--) {
      id += reader.integer()
      const digest = reader.digest()
      index.set(prefix + String(id), digest)
    }
    for (let left = reader.integer(); left > 0; left--) {
      const large = reader.text()
      index.set(large, reader.digest())
    }
    return index
  }
}
