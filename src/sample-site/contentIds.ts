/**
 * Ids of the sample site. An id is computed from an item's kind and its ordinal (its place in the order of creation) and
 * can be turned back, so no table of ids is needed. Ids ascend with creation; the late ones have 19 digits, beyond what a
 * double can hold exactly, as long-lived sites have them.
 */
import { hash32 } from "./seededChance.ts"

/** The kinds that share Confluence's one range of content ids. The place in this list is the id's remainder by 7. */
const KINDS = ["page", "blogpost", "footer-comment", "inline-comment", "attachment", "tree item", "space"] as const

/** A kind of thing with ids; a "tree item" is a folder, whiteboard, database or embed. */
export type IdKind = (typeof KINDS)[number]

const SMALL_BASE = 65_604
const STRIDE = 13
/** 9,219,043 × 10^12 is below 2^63 − 1 = 9,223,372,036,854,775,807, so every long id still is an int64. */
const LONG_PREFIX = "9219043"
const LONG_BASE = 100_000_000_003

/** Turns ordinals of one kind into ids and back. */
export class IdScheme {
  private readonly code: number
  private readonly seed: number
  private readonly firstLong: number

  constructor(kind: IdKind, seed: number, firstLong: number) {
    this.code = KINDS.indexOf(kind)
    this.seed = seed
    this.firstLong = firstLong
  }

  /** The id of an ordinal. */
  id(ordinal: number): string {
    const long = ordinal >= this.firstLong
    const place = long ? ordinal - this.firstLong : ordinal
    const number = (place * STRIDE + (hash32(this.seed, 3, ordinal) % STRIDE)) * KINDS.length + this.code
    return long ? `${LONG_PREFIX}${roundedBase(LONG_BASE) + number}` : String(roundedBase(SMALL_BASE) + number)
  }

  /** The ordinal of an id, if it is one of this kind's ids (whether anything with it exists is another question). */
  ordinal(id: string): number | undefined {
    const long = id.length === 19 && id.startsWith(LONG_PREFIX)
    const number = Number(long ? id.slice(LONG_PREFIX.length) : id) - roundedBase(long ? LONG_BASE : SMALL_BASE)
    if (!Number.isSafeInteger(number) || number < 0 || number % KINDS.length !== this.code) return undefined
    const place = Math.floor((number - this.code) / KINDS.length / STRIDE)
    const ordinal = long ? place + this.firstLong : place
    return this.id(ordinal) === id ? ordinal : undefined
  }
}

const roundedBase = (base: number): number => base - (base % KINDS.length)
