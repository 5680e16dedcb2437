/**
 * Ids as numbers of 64 bits, each in two words of 32, so that they take 8 bytes in an array and are compared and subtracted exactly.
 *
 * Confluence's ids are decimal 64-bit integers, those of attachments with `att` in front. An id of any other form is kept as text, and its
 * number is its place among these, from 2^63 on, where no id is.
 */
import { endianness } from "node:os"

/** Which word of a number comes first in an array of words: as it does in an array of 64-bit numbers, by which they are sorted. */
const LOW = endianness() === "LE" ? 0 : 1
const HIGH = 1 - LOW

const WORD = 2 ** 32
/** The high word of numbers that stand for texts. */
const TEXT = 2 ** 31
const DECIMAL = /^[1-9][0-9]{0,18}$/
/** Integers of so many digits are exact as numbers. */
const EXACT = 15

/** A number that is worked with. */
export class Words {
  low = 0
  high = 0

  set(low: number, high: number): this {
    this.low = low
    this.high = high
    return this
  }

  get isText(): boolean {
    return this.high >= TEXT
  }

  /** Below 0 where another number comes after this one, 0 for the same one. */
  compare({ low, high }: Words): number {
    return this.high === high ? this.low - low : this.high - high
  }

  /** As much as two numbers differ, in 64 bits: from `before` to `after`. */
  difference(before: Words, after: Words): this {
    const borrowed = after.low < before.low ? 1 : 0
    return this.set((after.low - before.low) >>> 0, (after.high - before.high - borrowed) >>> 0)
  }

  add({ low, high }: Words): this {
    const sum = this.low + low
    return this.set(sum >>> 0, (this.high + high + (sum >= WORD ? 1 : 0)) >>> 0)
  }

  /** A difference that may be below 0 as a number that is small where it is near 0. */
  folded(): this {
    const sign = this.high >> 31
    return this.set(((this.low << 1) ^ sign) >>> 0, (((this.high << 1) | (this.low >>> 31)) ^ sign) >>> 0)
  }

  unfolded(): this {
    const sign = -(this.low & 1)
    return this.set((((this.low >>> 1) | (this.high << 31)) ^ sign) >>> 0, ((this.high >>> 1) ^ sign) >>> 0)
  }
}

/** Numbers in a typed array that grows. */
export class NumberArray {
  #words = new Uint32Array(2048)
  length = 0

  push(number: Words): void {
    if (2 * this.length === this.#words.length) {
      const larger = new Uint32Array(this.#words.length * 2)
      larger.set(this.#words)
      this.#words = larger
    }
    this.put(this.length++, number)
  }

  isAt(place: number, { low, high }: Words): boolean {
    return this.#words[2 * place + LOW] === low && this.#words[2 * place + HIGH] === high
  }

  at(place: number, into: Words): Words {
    return into.set(this.#words[2 * place + LOW]!, this.#words[2 * place + HIGH]!)
  }

  /** Keeps the first so many. */
  cut(length: number): void {
    this.length = length
  }

  put(place: number, { low, high }: Words): void {
    this.#words[2 * place + LOW] = low
    this.#words[2 * place + HIGH] = high
  }

  sort(): this {
    new BigUint64Array(this.#words.buffer, 0, this.length).sort()
    return this
  }

  /** By which two places are put in order. */
  compare(one: number, other: number): number {
    const high = this.#words[2 * one + HIGH]! - this.#words[2 * other + HIGH]!
    return high === 0 ? this.#words[2 * one + LOW]! - this.#words[2 * other + LOW]! : high
  }
}

/** A place to look for a number at first in a table of a power of two of slots. */
export const hashOf = ({ low, high }: Words): number => {
  const hash = Math.imul(low, 0x85ebca6b) ^ Math.imul(high, 0x9e3779b1)
  return hash ^ (hash >>> 15)
}

/** The number that a decimal id is; undefined for an id of another form. */
export const decimalOf = (digits: string, into: Words): Words | undefined => {
  if (!DECIMAL.test(digits)) return undefined
  if (digits.length <= EXACT) {
    const number = Number(digits)
    return into.set(number >>> 0, Math.floor(number / WORD))
  }
  const number = BigInt(digits)
  const high = Number(number >> 32n)
  return high < TEXT ? into.set(Number(BigInt.asUintN(32, number)), high) : undefined
}

export const asDecimal = ({ low, high }: Words): string => {
  const exact = high * WORD + low
  return String(Number.isSafeInteger(exact) ? exact : (BigInt(high) << 32n) + BigInt(low))
}

export class IdNumbers {
  readonly #prefix: string
  /** Ids that are texts, in the order of their numbers. */
  readonly texts: Array<string> = []
  readonly #places = new Map<string, number>()

  /** `prefix`: what ids begin with. */
  constructor(prefix = "") {
    this.#prefix = prefix
  }

  /** The number of an id; undefined for a text that has none yet. */
  known(id: string, into: Words): Words | undefined {
    const digits = id.startsWith(this.#prefix) ? id.slice(this.#prefix.length) : ""
    const number = decimalOf(digits, into)
    if (number !== undefined) return number
    const place = this.#places.get(id)
    return place === undefined ? undefined : into.set(place, TEXT)
  }

  of(id: string, into: Words): Words {
    const known = this.known(id, into)
    if (known !== undefined) return known
    this.#places.set(id, this.texts.length)
    return into.set(this.texts.push(id) - 1, TEXT)
  }

  idOf(number: Words): string {
    return number.isText ? this.texts[number.low]! : this.#prefix + asDecimal(number)
  }
}
