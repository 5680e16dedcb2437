/**
 * Numbers as bits, for what a state says of many rows: those of a known width, and distances, which are mostly small, in as few bits as they
 * need.
 *
 * A distance is written in Rice's code: what is above its lowest `width` bits as so many ones and a zero, then these bits. That is within
 * a bit or two of the least that sorted numbers can take. `Widths` finds the best width for some of them.
 */
import type { Words } from "../site/idNumbers.ts"

/** More ones than this are not written: the distance follows whole, so that one far away costs little. */
const MOST_ONES = 24
const WORD = 32
const WORD_SIZE = 2 ** WORD
/** Above this, distances are written whole: they are not exact as numbers. */
const MOST_EXACT = 53

export class BitWriter {
  #bytes: Buffer
  #length = 0
  /** Bits that make no whole byte yet. */
  #held = 0
  #heldCount = 0
  constructor(capacity: number) {
    this.#bytes = Buffer.allocUnsafe(capacity)
  }

  /** `count`: at most 32. */
  bits(value: number, count: number): void {
    // With seven bits held at most, this stays exact.
    this.#held += value * 2 ** this.#heldCount
    this.#heldCount += count
    if (this.#length + 8 > this.#bytes.length) {
      const larger = Buffer.allocUnsafe((this.#length + 8) * 2)
      this.#bytes.copy(larger, 0, 0, this.#length)
      this.#bytes = larger
    }
    while (this.#heldCount >= 8) {
      this.#bytes[this.#length++] = this.#held % 0x100
      this.#held = Math.floor(this.#held / 0x100)
      this.#heldCount -= 8
    }
  }

  distance({ low, high }: Words, width: number): void {
    const value = high * WORD_SIZE + low
    const scale = 2 ** width
    const ones = Math.floor(value / scale)
    if (ones >= MOST_ONES || value >= 2 ** MOST_EXACT) {
      this.bits(2 ** MOST_ONES - 1, MOST_ONES)
      this.bits(low, WORD)
      this.bits(high, WORD)
      return
    }
    this.bits(2 ** ones - 1, ones + 1)
    const rest = value - ones * scale
    if (width <= WORD) return this.bits(rest, width)
    this.bits(rest % WORD_SIZE, WORD)
    this.bits(Math.floor(rest / WORD_SIZE), width - WORD)
  }

  text(value: string): void {
    const bytes = Buffer.from(value)
    this.bits(bytes.length, WORD)
    for (const byte of bytes) this.bits(byte, 8)
  }

  get bytes(): Buffer {
    if (this.#heldCount > 0) this.bits(0, 8 - this.#heldCount)
    return this.#bytes.subarray(0, this.#length)
  }
}

export class BitReader {
  readonly #bytes: Buffer
  #at = 0
  #held = 0
  #heldCount = 0
  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  bits(count: number): number {
    while (this.#heldCount < count) {
      this.#held += this.#bytes.readUInt8(this.#at++) * 2 ** this.#heldCount
      this.#heldCount += 8
    }
    const scale = 2 ** count
    const value = this.#held % scale
    this.#held = Math.floor(this.#held / scale)
    this.#heldCount -= count
    return value
  }

  distance(width: number, into: Words): Words {
    let ones = 0
    while (this.bits(1) === 1) {
      if (++ones < MOST_ONES) continue
      const low = this.bits(WORD)
      return into.set(low, this.bits(WORD))
    }
    const low = this.bits(Math.min(width, WORD))
    const value = ones * 2 ** width + low + (width > WORD ? this.bits(width - WORD) * WORD_SIZE : 0)
    return into.set(value >>> 0, Math.floor(value / WORD_SIZE))
  }

  text(): string {
    const bytes = Buffer.alloc(this.bits(WORD))
    for (let at = 0; at < bytes.length; at++) bytes[at] = this.bits(8)
    return bytes.toString()
  }
}

/** What some distances take, by their width. */
export class Widths {
  /** How many distances there are of each length in bits. */
  readonly #lengths = new Float64Array(2 * WORD + 1)

  note({ low, high }: Words): void {
    this.#lengths[high > 0 ? 2 * WORD - Math.clz32(high) : WORD - Math.clz32(low)]!++
  }

  #cost(width: number): number {
    let bits = 0
    for (let length = 0; length < this.#lengths.length; length++) {
      // Some way between the least and the largest of that length.
      const ones = Math.floor((0.75 * 2 ** length) / 2 ** width)
      const isWhole = ones >= MOST_ONES || length > MOST_EXACT
      bits += this.#lengths[length]! * (isWhole ? MOST_ONES + 2 * WORD : ones + 1 + width)
    }
    return bits
  }

  get best(): number {
    const costs = Array.from({ length: MOST_EXACT }, (_, width) => this.#cost(width))
    return costs.indexOf(Math.min(...costs))
  }
}
