/**
 * A set of keys of any kind: 8 bytes a key in a table that is half to three quarters full, whatever the keys are. For the rows
 * that a sync has sent, and for the content that filters let in.
 *
 * A key is kept as 64 bits of hash. Two keys out of a million have the same ones once in forty million syncs.
 */

/** Tables grow when three quarters are taken. */
const LOAD = 0.75

/** Two independent hashes of 32 bits: FNV-1a with other beginnings, primes and final mixes. Never both 0, which is a free place. */
const hashesOf = (key: string): readonly [number, number] => {
  let one = 0x811c9dc5
  let two = 0x9747b28c
  for (let i = 0; i < key.length; i++) {
    const unit = key.charCodeAt(i)
    one = Math.imul(one ^ unit, 0x01000193)
    two = Math.imul(two ^ unit, 0x5bd1e995)
    two ^= two >>> 15
  }
  one = Math.imul(one ^ (one >>> 16), 0x85ebca6b)
  one = Math.imul(one ^ (one >>> 13), 0xc2b2ae35)
  two = Math.imul(two ^ (two >>> 13), 0x5bd1e995)
  return [(one ^ (one >>> 16)) >>> 0, (two ^ (two >>> 15)) >>> 0 || 1]
}

export class KeySet {
  /** Both hashes of each key, side by side. */
  #table = new Uint32Array(2 * 1024)
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Takes a key in; false where it was there before. */
  add(key: string): boolean {
    const [one, two] = hashesOf(key)
    if (!this.#put(one, two)) return false
    this.#size++
    if (this.#size > (this.#table.length / 2) * LOAD) this.#grow()
    return true
  }

  has(key: string): boolean {
    const [one, two] = hashesOf(key)
    const table = this.#table
    const mask = table.length / 2 - 1
    for (let place = one & mask; table[2 * place + 1] !== 0; place = (place + 1) & mask) {
      if (table[2 * place] === one && table[2 * place + 1] === two) return true
    }
    return false
  }

  #put(one: number, two: number): boolean {
    const table = this.#table
    const mask = table.length / 2 - 1
    for (let place = one & mask; ; place = (place + 1) & mask) {
      if (table[2 * place + 1] === 0) {
        table[2 * place] = one
        table[2 * place + 1] = two
        return true
      }
      if (table[2 * place] === one && table[2 * place + 1] === two) return false
    }
  }

  #grow(): void {
    const before = this.#table
    this.#table = new Uint32Array(before.length * 2)
    for (let at = 0; at < before.length; at += 2) if (before[at + 1] !== 0) this.#put(before[at]!, before[at + 1]!)
  }
}
