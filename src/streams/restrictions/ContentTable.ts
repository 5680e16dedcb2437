/**
 * All content that restrictions concern, and what each lies below: about 30 bytes a content, so that a site of a million fits.
 *
 * A content is known by a number, its place in the table. What is only named, as the parent of another, has a place too: it is not
 * `placed` until it is known what it lies below itself.
 */
import type { Restriction } from "./answers.ts"
import { RestrictionStore } from "./RestrictionStore.ts"

/** The types by the number that the table keeps; 0 is any other. */
const TYPES = ["", "page", "blogpost", "folder", "whiteboard", "database", "embed"] as const

/** It is content of the stream: current or archived, and let in by the filters. */
const CONTENT = 1
/** It is known what it lies below. */
const PLACED = 2
/** Its own restrictions are known. */
const TOLD = 4
/** It is content of the stream, or lies above some. */
const NEEDED = 8
/** What it lies below could not be found out. */
const CUT_OFF = 16

const SMALL = /^[1-9][0-9]{0,14}$/
const LOAD = 0.75
/** Lies below nothing. */
const TOP = -1

export class ContentTable {
  readonly restrictions = new RestrictionStore()
  /** Ids; those that no number holds stand for a place among `#others`, below 0. */
  #ids = new Float64Array(1024)
  /** The places of what each lies below. */
  #above = new Int32Array(1024)
  #spaces = new Uint32Array(1024)
  #types = new Uint8Array(1024)
  #marks = new Uint8Array(1024)
  #size = 0
  /** For each slot a place, counted from 1. */
  #slots = new Uint32Array(2048)
  readonly #others: Array<string> = []
  readonly #otherNumbers = new Map<string, number>()
  readonly #spaceIds: Array<string> = [""]
  readonly #spaceNumbers = new Map<string, number>([["", 0]])
  readonly #otherTypes = new Map<number, string>()

  get size(): number {
    return this.#size
  }

  #number(id: string, isToAdd: boolean): number | undefined {
    if (SMALL.test(id)) return Number(id)
    const known = this.#otherNumbers.get(id)
    if (known !== undefined || !isToAdd) return known
    const number = -this.#others.push(id)
    this.#otherNumbers.set(id, number)
    return number
  }

  #slot(number: number): number {
    const mask = this.#slots.length - 1
    let hash = Math.imul(number >>> 0, 0x85ebca6b) ^ Math.imul(Math.floor(number / 0x1_0000_0000), 0x9e3779b1)
    hash ^= hash >>> 15
    let slot = hash & mask
    for (;;) {
      const place = this.#slots[slot]!
      if (place === 0 || this.#ids[place - 1] === number) return slot
      slot = (slot + 1) & mask
    }
  }

  /** The place of an id; undefined where it is not in the table. */
  find(id: string): number | undefined {
    const number = this.#number(id, false)
    if (number === undefined) return undefined
    const place = this.#slots[this.#slot(number)]!
    return place === 0 ? undefined : place - 1
  }

  /** The place of an id, which gets one if it has none. */
  add(id: string, type: string): number {
    const number = this.#number(id, true)!
    const known = this.#slots[this.#slot(number)]!
    if (known !== 0) return known - 1
    if (this.#size === this.#ids.length) this.#grow()
    const place = this.#size++
    this.#ids[place] = number
    this.#above[place] = TOP
    this.#setType(place, type)
    if (this.#size > this.#slots.length * LOAD) this.#rehash()
    else this.#slots[this.#slot(number)] = place + 1
    return place
  }

  #setType(place: number, type: string): void {
    const number = (TYPES as ReadonlyArray<string>).indexOf(type)
    this.#types[place] = Math.max(0, number)
    if (number < 0) this.#otherTypes.set(place, type)
  }

  #grow(): void {
    const grown = this.#size * 2
    const larger = <A extends Float64Array | Int32Array | Uint32Array | Uint8Array>(array: A, bigger: A): A => {
      bigger.set(array)
      return bigger
    }
    this.#ids = larger(this.#ids, new Float64Array(grown))
    this.#above = larger(this.#above, new Int32Array(grown))
    this.#spaces = larger(this.#spaces, new Uint32Array(grown))
    this.#types = larger(this.#types, new Uint8Array(grown))
    this.#marks = larger(this.#marks, new Uint8Array(grown))
  }

  #rehash(): void {
    this.#slots = new Uint32Array(this.#slots.length * 2)
    for (let place = 0; place < this.#size; place++) this.#slots[this.#slot(this.#ids[place]!)] = place + 1
  }

  /** Tells of a content what it lies below, and its space. */
  place(
    place: number,
    type: string,
    spaceId: string,
    above: { readonly id: string; readonly type: string } | undefined,
  ): void {
    this.#setType(place, type)
    if (spaceId !== "") this.#spaces[place] = this.#spaceNumber(spaceId)
    const parent = above === undefined ? TOP : this.add(above.id, above.type)
    this.#above[place] = parent === place ? TOP : parent
    this.#marks[place]! |= PLACED
  }

  #spaceNumber(spaceId: string): number {
    const known = this.#spaceNumbers.get(spaceId)
    if (known !== undefined) return known
    const number = this.#spaceIds.push(spaceId) - 1
    this.#spaceNumbers.set(spaceId, number)
    return number
  }

  /** What a content lies below; undefined at the top, or where that is not known. */
  above(place: number): number | undefined {
    const above = this.#above[place]!
    return above === TOP ? undefined : above
  }

  idOf(place: number): string {
    const number = this.#ids[place]!
    return number < 0 ? this.#others[-number - 1]! : String(number)
  }

  typeOf(place: number): string {
    return TYPES[this.#types[place]!] || (this.#otherTypes.get(place) ?? "")
  }

  spaceOf(place: number): string {
    return this.#spaceIds[this.#spaces[place]!]!
  }

  setContent(place: number, is: boolean): void {
    if (is) this.#marks[place]! |= CONTENT
    else this.#marks[place]! &= ~CONTENT
  }

  isContent(place: number): boolean {
    return (this.#marks[place]! & CONTENT) !== 0
  }

  isPlaced(place: number): boolean {
    return (this.#marks[place]! & PLACED) !== 0
  }

  /** Says that a content's own restrictions are known. */
  tell(place: number, restrictions: Restriction): void {
    this.#marks[place]! |= TOLD
    this.restrictions.set(place, restrictions)
  }

  isTold(place: number): boolean {
    return (this.#marks[place]! & TOLD) !== 0
  }

  markNeeded(place: number): void {
    this.#marks[place]! |= NEEDED
  }

  isNeeded(place: number): boolean {
    return (this.#marks[place]! & NEEDED) !== 0
  }

  cutOff(place: number): void {
    this.#marks[place]! |= CUT_OFF
  }

  isCutOff(place: number): boolean {
    return (this.#marks[place]! & CUT_OFF) !== 0
  }

  /** Negative, 0 or positive, by the order of ids: the small ones as numbers, then the others as text. */
  compare(one: number, other: number): number {
    const [a, b] = [this.#ids[one]!, this.#ids[other]!]
    if (a >= 0 && b >= 0) return a - b
    if (a >= 0 || b >= 0) return a >= 0 ? -1 : 1
    return this.#others[-a - 1]! < this.#others[-b - 1]! ? -1 : a === b ? 0 : 1
  }
}

/** The order of ids, as the table compares them. */
export const compareIds = (one: string, other: string): number => {
  const [a, b] = [SMALL.test(one), SMALL.test(other)]
  if (a && b) return Number(one) - Number(other)
  if (a || b) return a ? -1 : 1
  return one < other ? -1 : one > other ? 1 : 0
}
