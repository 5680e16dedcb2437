/**
 * Ids in the order in which they came, in 8 bytes each: for lists that may be as long as the site has rows.
 *
 * Confluence's ids are decimal 64-bit integers, which are kept as numbers (idNumbers.ts); the others, such as those of attachments, as text.
 */
import { NumberArray, Words, asDecimal, decimalOf } from "./idNumbers.ts"

/** The first of `count` places of a sorted list of which `isBehind` holds. */
const firstOf = (count: number, isBehind: (place: number) => boolean): number => {
  let from = 0
  let to = count
  while (from < to) {
    const middle = (from + to) >>> 1
    if (isBehind(middle)) to = middle
    else from = middle + 1
  }
  return from
}

export class IdList {
  #numbers = new NumberArray()
  readonly #others: Array<string> = []
  /** The numbers that are worked with. */
  readonly #one = new Words()
  readonly #other = new Words()

  get length(): number {
    return this.#numbers.length + this.#others.length
  }

  add(id: string): void {
    const number = decimalOf(id, this.#one)
    if (number === undefined) this.#others.push(id)
    else this.#numbers.push(number)
  }

  clear(): void {
    this.#numbers = new NumberArray()
    this.#others.length = 0
  }

  /** Puts the ids in order: the decimal ones as numbers, then the others as text. */
  sort(): void {
    this.#numbers.sort()
    this.#others.sort()
  }

  /** Takes out what is there twice, and puts the ids in order. */
  sortOnce(): void {
    this.sort()
    let kept = 0
    for (let place = 0; place < this.#numbers.length; place++) {
      const id = this.#numbers.at(place, this.#one)
      if (kept === 0 || !this.#numbers.isAt(kept - 1, id)) this.#numbers.put(kept++, id)
    }
    this.#numbers.cut(kept)
    const others = [...new Set(this.#others)]
    this.#others.length = 0
    for (const id of others) this.#others.push(id)
  }

  /** Whether a sorted list has an id. */
  has(id: string): boolean {
    const wanted = decimalOf(id, this.#one)
    if (wanted === undefined) {
      return this.#others[firstOf(this.#others.length, (place) => this.#others[place]! >= id)] === id
    }
    const place = firstOf(this.#numbers.length, (at) => this.#numbers.at(at, this.#other).compare(wanted) >= 0)
    return place < this.#numbers.length && this.#numbers.isAt(place, wanted)
  }

  /** The ids in portions of `size`, each made as it is taken. `after`: those of a sorted list that come behind this one alone. */
  *portions(size: number, after?: string): Generator<ReadonlyArray<string>> {
    const numbers = this.#numbers
    const count = numbers.length
    const last = after === undefined ? undefined : decimalOf(after, new Words())
    const isText = after !== undefined && last === undefined
    const skipped =
      last === undefined ? (isText ? count : 0) : firstOf(count, (at) => numbers.at(at, this.#other).compare(last) > 0)
    for (let from = skipped; from < count; from += size) {
      const length = Math.min(size, count - from)
      yield Array.from({ length }, (_, at) => asDecimal(numbers.at(from + at, this.#one)))
    }
    const others = isText ? this.#others.filter((id) => id > after) : this.#others
    for (let from = 0; from < others.length; from += size) yield others.slice(from, from + size)
  }
}
