/** Chance by a seed: the same seed draws the same history, on every machine. */
import { hash32 } from "../../src/sample-site/seededChance.ts"

export class Chance {
  #drawn = 0
  readonly seed: number

  constructor(seed: number) {
    this.seed = seed
  }

  /** An unsigned 32-bit number. */
  draw(): number {
    return hash32(this.seed, 7001, this.#drawn++)
  }

  /** In [0, 1). */
  fraction(): number {
    return this.draw() / 4_294_967_296
  }

  /** True with this probability. */
  happens(probability: number): boolean {
    return this.fraction() < probability
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.fraction() * (high - low + 1))
  }

  /** The same, small numbers being as likely as large ones on a logarithmic scale. `low` is at least 1. */
  spread(low: number, high: number): number {
    return Math.min(high, Math.floor(low * Math.exp(this.fraction() * Math.log((high + 1) / low))))
  }

  of<A>(list: ReadonlyArray<A>): A {
    return list[Math.floor(this.fraction() * list.length)]!
  }

  /** One of the names, each as likely as its weight says. */
  weighted<A extends string>(weights: Readonly<Record<A, number>>): A {
    const entries = Object.entries(weights) as Array<[A, number]>
    let left = this.fraction() * entries.reduce((sum, [, weight]) => sum + weight, 0)
    for (const [name, weight] of entries) if ((left -= weight) < 0) return name
    return entries.at(-1)![0]
  }
}
