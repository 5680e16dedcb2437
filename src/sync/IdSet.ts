/**
 * An exact set of ids that stays small: 16 to 32 bytes for a numeric id instead of the 100 of a Set of strings.
 *
 * Confluence's ids are decimal 64-bit integers, those of attachments with `att` in front; they are kept as two 32-bit
 * halves in open-addressed tables. Anything else (account ids, keys of several columns) goes into an ordinary Set.
 */

const NUMERIC = /^(?:att)?[1-9][0-9]{0,18}$/
/** Tables grow when three quarters are taken. */
const LOAD = 0.75

class HalvesTable {
  #high = new Uint32Array(1024)
  #low = new Uint32Array(1024)
  #size = 0

  /** No id is 0, so an empty slot is two zero halves. */
  #slot(high: number, low: number): number {
    const mask = this.#high.length - 1
    let hash = Math.imul(low ^ Math.imul(high, 0x9e3779b1), 0x85ebca6b)
    hash ^= hash >>> 15
    let slot = hash & mask
    while (
      (this.#high[slot] !== 0 || this.#low[slot] !== 0) &&
      (this.#high[slot] !== high || this.#low[slot] !== low)
    ) {
      slot = (slot + 1) & mask
    }
    return slot
  }

  #grow(): void {
    const high = this.#high
    const low = this.#low
    this.#high = new Uint32Array(high.length * 2)
    this.#low = new Uint32Array(low.length * 2)
    for (let i = 0; i < high.length; i++) {
      if (high[i] === 0 && low[i] === 0) continue
      const slot = this.#slot(high[i]!, low[i]!)
      this.#high[slot] = high[i]!
      this.#low[slot] = low[i]!
    }
  }

  has(high: number, low: number): boolean {
    const slot = this.#slot(high, low)
    return this.#high[slot] !== 0 || this.#low[slot] !== 0
  }

  add(high: number, low: number): boolean {
    const slot = this.#slot(high, low)
    if (this.#high[slot] !== 0 || this.#low[slot] !== 0) return false
    this.#high[slot] = high
    this.#low[slot] = low
    this.#size++
    if (this.#size > this.#high.length * LOAD) this.#grow()
    return true
  }
}

/** The upper and lower 32 bits of a decimal text. */
const halvesOf = (digits: string): readonly [number, number] => {
  if (digits.length < 16) {
    const value = Number(digits)
    return [Math.floor(value / 0x1_0000_0000), value >>> 0]
  }
  const value = BigInt(digits)
  return [Number(value >> 32n), Number(value & 0xffff_ffffn)]
}

export class IdSet {
  #plain = new HalvesTable()
  #attachments = new HalvesTable()
  #others = new Set<string>()

  /** Adds `id`; false when it was there already. */
  add(id: string): boolean {
    if (!NUMERIC.test(id)) {
      const before = this.#others.size
      return this.#others.add(id).size > before
    }
    const attachment = id.charCodeAt(0) === 97
    const [high, low] = halvesOf(attachment ? id.slice(3) : id)
    return (attachment ? this.#attachments : this.#plain).add(high, low)
  }

  has(id: string): boolean {
    if (!NUMERIC.test(id)) return this.#others.has(id)
    const attachment = id.charCodeAt(0) === 97
    const [high, low] = halvesOf(attachment ? id.slice(3) : id)
    return (attachment ? this.#attachments : this.#plain).has(high, low)
  }
}
