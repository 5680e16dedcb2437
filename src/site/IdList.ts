/**
 * Ids in the order in which they came, in 8 bytes each: for lists that may be as long as the site has rows.
 *
 * Confluence's ids are decimal 64-bit integers. Those that a number holds exactly are kept as numbers, the few others as text.
 */
const SMALL = /^[1-9][0-9]{0,14}$/

export class IdList {
  #numbers = new Float64Array(256)
  #count = 0
  readonly #others: Array<string> = []

  get length(): number {
    return this.#count + this.#others.length
  }

  add(id: string): void {
    if (!SMALL.test(id)) return void this.#others.push(id)
    if (this.#count === this.#numbers.length) {
      const larger = new Float64Array(this.#count * 2)
      larger.set(this.#numbers)
      this.#numbers = larger
    }
    this.#numbers[this.#count++] = Number(id)
  }

  clear(): void {
    this.#numbers = new Float64Array(256)
    this.#count = 0
    this.#others.length = 0
  }

  /** Puts the ids in order: the small ones as numbers, then the others as text. */
  sort(): void {
    this.#numbers.subarray(0, this.#count).sort()
    this.#others.sort()
  }

  /** Takes out what is there twice, and puts the ids in order. */
  sortOnce(): void {
    this.sort()
    let kept = 0
    for (let place = 0; place < this.#count; place++) {
      const id = this.#numbers[place]!
      if (kept === 0 || this.#numbers[kept - 1] !== id) this.#numbers[kept++] = id
    }
    this.#count = kept
    const others = [...new Set(this.#others)]
    this.#others.length = 0
    for (const id of others) this.#others.push(id)
  }

  /** Whether a sorted list has an id. */
  has(id: string): boolean {
    if (!SMALL.test(id)) return this.#others.includes(id)
    const wanted = Number(id)
    let from = 0
    let to = this.#count
    while (from < to) {
      const middle = (from + to) >>> 1
      if (this.#numbers[middle]! < wanted) from = middle + 1
      else to = middle
    }
    return from < this.#count && this.#numbers[from] === wanted
  }

  /** The ids in portions of `size`, each made as it is taken. `after`: those of a sorted list that come behind this one alone. */
  *portions(size: number, after?: string): Generator<ReadonlyArray<string>> {
    const numbers = this.#numbers.subarray(0, this.#count)
    const isSmall = after !== undefined && SMALL.test(after)
    const skipped = after === undefined ? 0 : isSmall ? numbers.findIndex((id) => id > Number(after)) : -1
    for (let from = skipped < 0 ? this.#count : skipped; from < this.#count; from += size) {
      yield Array.from(numbers.subarray(from, Math.min(from + size, this.#count)), String)
    }
    const others = after === undefined || isSmall ? this.#others : this.#others.filter((id) => id > after)
    for (let from = 0; from < others.length; from += size) yield others.slice(from, from + size)
  }
}
