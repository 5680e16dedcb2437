/** The restrictions of many contents, side by side in one array; whom they name is kept once, however often they do. */
import { type Operation, OPERATIONS, type Principal, type Restriction, principalKey } from "./answers.ts"

export class RestrictionStore {
  readonly #principals: Array<Principal> = []
  readonly #numbers = new Map<string, number>()
  /** For each content that is restricted where its part of `#named` begins: for each operation a length, and so many principals. */
  readonly #from = new Map<number, number>()
  #named = new Uint32Array(1024)
  #length = 0

  /** Content that names nobody is open, and not kept. */
  set(place: number, restriction: Restriction): void {
    if (OPERATIONS.every((operation) => restriction[operation].length === 0)) return void this.#from.delete(place)
    this.#from.set(place, this.#length)
    for (const operation of OPERATIONS) {
      this.#push(restriction[operation].length)
      for (const principal of restriction[operation]) this.#push(this.#number(principal))
    }
  }

  #push(value: number): void {
    if (this.#length === this.#named.length) {
      const larger = new Uint32Array(this.#length * 2)
      larger.set(this.#named)
      this.#named = larger
    }
    this.#named[this.#length++] = value
  }

  #number(principal: Principal): number {
    const key = principalKey(principal)
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    const number = this.#principals.push(principal) - 1
    this.#numbers.set(key, number)
    return number
  }

  /** Those whom a content itself names. */
  of(place: number, operation: Operation): ReadonlyArray<Principal> {
    let at = this.#from.get(place)
    if (at === undefined) return []
    for (const each of OPERATIONS) {
      const count = this.#named[at]!
      if (each === operation)
        return Array.from(this.#named.subarray(at + 1, at + 1 + count), (number) => this.#principals[number]!)
      at += 1 + count
    }
    return []
  }

  /** Whether a content itself says who alone may read it. */
  isReadRestricted(place: number): boolean {
    const at = this.#from.get(place)
    return at !== undefined && this.#named[at]! > 0
  }

  /** Whether a content carries a restriction of either operation. */
  has(place: number): boolean {
    return this.#from.has(place)
  }
}
