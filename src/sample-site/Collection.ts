/**
 * One kind of content of the sample site, from the first item to the last: generated items that exist only as numbers,
 * and over them a map of those that were changed or created since. It reads in any order, from any position, filtered by
 * spaces, at a cost that depends on the rows asked for and not on the size of the site.
 */

import { precedes, sortByTime, sortByTitle } from "./sortedOrdinals.ts"

/** What every item has, whatever its kind. */
export interface Item {
  readonly ordinal: number
  readonly id: string
  title: string
  version: ItemVersion
  /** The index of the space it lies in; −1 where the kind is not kept by space. */
  space: number
  /** True once it is purged: it answers as if it had never been. */
  gone: boolean
}

/** The newest version of an item; `at` in milliseconds. */
export interface ItemVersion {
  number: number
  at: number
  message: string
  minorEdit: boolean
  authorId: string
}

/** Computes the items as they were at the start. */
export interface ItemSource<I extends Item> {
  readonly count: number
  readonly item: (ordinal: number) => I
  /** Cheaper than `item`: when the item was last modified (ms). */
  readonly modifiedAt: (ordinal: number) => number
  readonly title: (ordinal: number) => string
  readonly spaceOf: (ordinal: number) => number
}

/** The orders in which a collection can be read. Ordinals follow creation, so "id" is also the order of creation dates. */
export type Order = "id" | "modified" | "title"

/** A place between two items in an order. */
export interface Position {
  readonly key: number | string
  readonly ordinal: number
}

/** What to read. */
export interface Scan<I extends Item> {
  readonly order: Order
  readonly descending: boolean
  /** Only items of these spaces (by index). */
  readonly spaces?: readonly number[] | undefined
  readonly after?: Position | undefined
  readonly limit: number
  /** A cheap first test of generated items, before they are computed. */
  readonly likely?: ((ordinal: number) => boolean) | undefined
  readonly accepts: (item: I) => boolean
  /** Purged items are offered to `accepts` too. */
  readonly goneToo?: boolean
}

/** One sorted sequence of ordinals to merge. */
interface Run {
  readonly ordinals: Uint32Array | undefined
  /** The next place to look at, and the place after the last, in reading direction. */
  next: number
  readonly end: number
  readonly keyOf: (ordinal: number) => number | string
  readonly changed: boolean
  head: number
  headKey: number | string
}

/** A run for each space, laid out one after the other. */
interface SpaceRuns {
  readonly offsets: Uint32Array
  readonly ordinals: Uint32Array
}

export class Collection<I extends Item> {
  readonly source: ItemSource<I>
  /** Items that differ from what is generated, and all those created since. */
  private readonly changed = new Map<number, I>()
  private nextOrdinal: number
  private generation = 0
  private readonly orders = new Map<string, Uint32Array>()
  private readonly spaceRuns = new Map<Order, SpaceRuns>()
  private readonly changedOrders = new Map<Order, { readonly generation: number; readonly ordinals: Uint32Array }>()
  private readonly spaceCount: number

  /** `spaceCount` is how many spaces hold generated items; 0 for a kind that is not kept by space. */
  constructor(source: ItemSource<I>, spaceCount: number) {
    this.source = source
    this.nextOrdinal = source.count
    this.spaceCount = spaceCount
  }

  /** One more than the last ordinal. */
  get size(): number {
    return this.nextOrdinal
  }

  /** An item as it is now; undefined for one that never was. A purged one is `gone`. */
  get(ordinal: number): I | undefined {
    return (
      this.changed.get(ordinal) ?? (ordinal >= 0 && ordinal < this.source.count ? this.source.item(ordinal) : undefined)
    )
  }

  /** The item if it differs from the generated one: the cheap way to ask for one field of many items. */
  changedItem(ordinal: number): I | undefined {
    return this.changed.get(ordinal)
  }

  /** All that differ from the generated ones. */
  changedItems(): readonly I[] {
    return [...this.changed.values()]
  }

  /** How many changes there have been: another number, and what was computed of the items before may be no longer so. */
  get changes(): number {
    return this.generation
  }

  /** Changes an item in place. */
  change(ordinal: number, how: (item: I) => void): void {
    const item = this.get(ordinal)
    if (item === undefined) return
    how(item)
    this.changed.set(ordinal, item)
    this.generation++
  }

  /** Adds an item with the next ordinal. */
  add(make: (ordinal: number) => I): I {
    const item = make(this.nextOrdinal)
    this.changed.set(this.nextOrdinal++, item)
    this.generation++
    return item
  }

  /** Everything back to the start. */
  reset(): void {
    this.changed.clear()
    this.nextOrdinal = this.source.count
    this.generation++
  }

  /** Reads up to `limit` accepted items; `next` is the place to go on from when there are more. */
  scan(scan: Scan<I>): { readonly items: I[]; readonly next: Position | undefined } {
    const runs = this.runs(scan)
    const items: I[] = []
    for (;;) {
      const run = this.first(runs, scan.descending)
      if (run === undefined) return { items, next: undefined }
      const item = run.changed ? (this.changed.get(run.head) as I) : this.source.item(run.head)
      const accepted = (!item.gone || scan.goneToo === true) && scan.accepts(item)
      if (accepted && items.length === scan.limit) {
        const last = items[items.length - 1] as I
        return { items, next: { key: this.keyOf(scan.order, last), ordinal: last.ordinal } }
      }
      if (accepted) items.push(item)
      this.advance(run, scan)
    }
  }

  /** Whether the item at a position in a given order comes before another. */
  private keyOf(order: Order, item: I): number | string {
    return order === "modified" ? item.version.at : order === "title" ? item.title : 0
  }

  private baseKey(order: Order): (ordinal: number) => number | string {
    return order === "modified" ? this.source.modifiedAt : order === "title" ? this.source.title : () => 0
  }

  private runs(scan: Scan<I>): Run[] {
    const runs: Run[] = []
    const keyOf = this.baseKey(scan.order)
    if (scan.spaces === undefined) {
      const ordinals = scan.order === "id" ? undefined : this.sorted(scan.order)
      runs.push(this.run(scan, ordinals, 0, this.source.count, keyOf, false))
    } else {
      const { offsets, ordinals } = this.bySpace(scan.order)
      for (const space of scan.spaces) {
        const from = offsets[space]
        const to = offsets[space + 1]
        if (from !== undefined && to !== undefined && from < to)
          runs.push(this.run(scan, ordinals, from, to, keyOf, false))
      }
    }
    if (this.changed.size > 0) {
      const ordinals = this.sortedChanges(scan.order)
      const changedKey = (ordinal: number) => this.keyOf(scan.order, this.changed.get(ordinal) as I)
      runs.push(this.run(scan, ordinals, 0, ordinals.length, changedKey, true))
    }
    return runs
  }

  private run(
    scan: Scan<I>,
    ordinals: Uint32Array | undefined,
    from: number,
    to: number,
    keyOf: Run["keyOf"],
    changed: boolean,
  ): Run {
    const cut =
      scan.after === undefined ? undefined : lowerBound(ordinals, from, to, keyOf, scan.after, scan.descending)
    const run: Run = scan.descending
      ? { ordinals, next: (cut ?? to) - 1, end: from - 1, keyOf, changed, head: -1, headKey: 0 }
      : { ordinals, next: cut ?? from, end: to, keyOf, changed, head: -1, headKey: 0 }
    this.advance(run, scan)
    return run
  }

  /** Moves a run to its next candidate; −1 as head means that it is used up. */
  private advance(run: Run, scan: Scan<I>): void {
    const step = scan.descending ? -1 : 1
    for (; run.next !== run.end; run.next += step) {
      const ordinal = run.ordinals === undefined ? run.next : (run.ordinals[run.next] as number)
      if (run.changed) {
        if (scan.spaces !== undefined && !scan.spaces.includes((this.changed.get(ordinal) as I).space)) continue
      } else if ((this.changed.size > 0 && this.changed.has(ordinal)) || scan.likely?.(ordinal) === false) continue
      run.head = ordinal
      run.headKey = scan.order === "id" ? 0 : run.keyOf(ordinal)
      run.next += step
      return
    }
    run.head = -1
  }

  private first(runs: readonly Run[], descending: boolean): Run | undefined {
    let best: Run | undefined
    for (const run of runs) {
      if (run.head < 0) continue
      if (best === undefined || precedes(run.headKey, run.head, best.headKey, best.head) !== descending) best = run
    }
    return best
  }

  private sorted(order: "modified" | "title"): Uint32Array {
    let sorted = this.orders.get(order)
    if (sorted === undefined) {
      sorted =
        order === "modified"
          ? sortByTime(this.source.count, this.source.modifiedAt)
          : sortByTitle(this.source.count, this.source.title)
      this.orders.set(order, sorted)
    }
    return sorted
  }

  /** Deals the ordinals, in the given order, out to their spaces. */
  private bySpace(order: Order): SpaceRuns {
    let runs = this.spaceRuns.get(order)
    if (runs === undefined) {
      const sorted = order === "id" ? undefined : this.sorted(order)
      const { count, spaceOf } = this.source
      const offsets = new Uint32Array(this.spaceCount + 1)
      for (let i = 0; i < count; i++) offsets[spaceOf(i) + 1]!++
      for (let s = 0; s < this.spaceCount; s++) offsets[s + 1]! += offsets[s]!
      const free = offsets.slice()
      const ordinals = new Uint32Array(count)
      for (let i = 0; i < count; i++) {
        const ordinal = sorted === undefined ? i : sorted[i]!
        ordinals[free[spaceOf(ordinal)]!++] = ordinal
      }
      runs = { offsets, ordinals }
      this.spaceRuns.set(order, runs)
    }
    return runs
  }

  private sortedChanges(order: Order): Uint32Array {
    const known = this.changedOrders.get(order)
    if (known !== undefined && known.generation === this.generation) return known.ordinals
    const items = [...this.changed.values()]
    items.sort((a, b) => (precedes(this.keyOf(order, a), a.ordinal, this.keyOf(order, b), b.ordinal) ? -1 : 1))
    const ordinals = Uint32Array.from(items, (item) => item.ordinal)
    this.changedOrders.set(order, { generation: this.generation, ordinals })
    return ordinals
  }
}

/** Ascending: the first place after the position. Descending: the first place at or after it (the one before comes next). */
const lowerBound = (
  ordinals: Uint32Array | undefined,
  from: number,
  to: number,
  keyOf: (ordinal: number) => number | string,
  position: Position,
  descending: boolean,
): number => {
  let low = from
  let high = to
  while (low < high) {
    const middle = (low + high) >>> 1
    const ordinal = ordinals === undefined ? middle : ordinals[middle]!
    const key = keyOf(ordinal)
    const before =
      precedes(key, ordinal, position.key, position.ordinal) ||
      (!descending && key === position.key && ordinal === position.ordinal)
    if (before) low = middle + 1
    else high = middle
  }
  return low
}
