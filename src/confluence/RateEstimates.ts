/**
 * What refusals say about the limit behind them, for each way in which sites count. Which way this site counts is
 * unknown; of the ways that fit all that was seen the most generous one is believed, until it is disproved.
 */

/** Lengths of windows (seconds) that somebody would choose. */
const WINDOWS = [1, 2, 3, 5, 6, 10, 12, 15, 20, 30, 60]

/** Older refusals may be those of a limit that has changed since. */
const REMEMBERED = 3

/** Counts before refusals that differ by no more than this share agree. */
const AGREEMENT = 0.03

/** A rate over a shorter time (s) than this is noise. */
const SHORTEST_S = 0.3

/** A limit of even requests that is refused within so many of its windows does not count in them. */
const DISPROVING_WINDOWS = 4

/** A refusal and what was accepted before it. */
export interface Refusal {
  /** When the refused request was sent, ms. */
  readonly at: number
  /** When the accepted ones of at least the last minute were sent, oldest first. */
  readonly accepted: Float64Array
  /** When the round began that the refusal has ended. */
  readonly since: number
  /** Accepted requests per second from then to the end of the refusal's wait. */
  readonly average: number
}

/** For each of the windows: the requests accepted in it before the refusal, and the most that ever were in one. */
interface Counts {
  readonly at: number
  readonly last: ReadonlyArray<number>
  readonly most: ReadonlyArray<number>
}

const countLast = ({ at, accepted }: Refusal, seconds: number): number => {
  let count = 0
  for (let n = accepted.length - 1; n >= 0 && accepted[n]! > at - seconds * 1_000; n--) count++
  return count
}

const mostWithin = ({ accepted, since }: Refusal, seconds: number): number => {
  let most = 0
  for (let n = 0, begin = 0; n < accepted.length; n++) {
    while (accepted[begin]! <= accepted[n]! - seconds * 1_000) begin++
    if (accepted[n]! >= since) most = Math.max(most, n - begin + 1)
  }
  return most
}

/** Limits that explain the refusals so far. */
export class RateEstimates {
  #burst = { accepted: 0, seconds: 0 }
  #counts: ReadonlyArray<Counts> = []
  #last: Refusal | undefined
  /** Places in WINDOWS. */
  #believed: number | undefined
  readonly #disproved = new Set<number>()

  /** The first one is that of the first burst. */
  add(refusal: Refusal): void {
    const { at, accepted, since } = refusal
    if (this.#last === undefined) this.#burst = { accepted: accepted.length, seconds: (at - since) / 1_000 }
    this.#last = refusal
    const counts = {
      at,
      last: WINDOWS.map((seconds) => countLast(refusal, seconds)),
      most: WINDOWS.map((seconds) => mostWithin(refusal, seconds)),
    }
    this.#counts = [...this.#counts.slice(1 - REMEMBERED), counts]
  }

  /** How many requests a bucket that refills at `rate` holds, as the first burst has shown. */
  room(rate: number): number {
    return Math.max(1, this.#burst.accepted - rate * this.#burst.seconds)
  }

  /** Requests per second; `refusedBase`: the last refusal was one of the rate that was given here before. */
  rate(refusedBase: boolean): number {
    const refusal = this.#last!
    const believed = this.#believed
    this.#believed = undefined
    if (!refusedBase) this.#disproved.clear()
    else if (believed !== undefined) {
      const soon = refusal.at - refusal.since < DISPROVING_WINDOWS * 1_000 * WINDOWS[believed]!
      if (soon) this.#disproved.add(believed)
    }
    const ofBucket = this.#ofBucket(refusal)
    const window = this.#agreedWindow(ofBucket) ?? this.#largestWindow(ofBucket)
    if (window === undefined) return ofBucket
    this.#believed = window
    return this.#ofWindow(window)
  }

  /** No window of this length can allow more: a refusal came after so many. */
  #ofWindow(window: number): number {
    return Math.min(...this.#counts.map(({ last }) => last[window]!)) / WINDOWS[window]!
  }

  /** A bucket that was full whenever it may have been, and dry at the refusal. */
  #ofBucket({ at, accepted, since, average }: Refusal): number {
    let rate = average
    for (let turn = 0; turn < 3; turn++) {
      const room = this.room(rate)
      for (let n = accepted.length - 1, count = 1; n >= 0 && accepted[n]! >= since; n--, count++) {
        const seconds = (at - accepted[n]!) / 1_000
        if (seconds > SHORTEST_S) rate = Math.max(rate, (count - room) / seconds)
      }
    }
    return rate
  }

  /** Windows before whose end all refusals came after equally many requests. */
  #agreedWindow(above: number): number | undefined {
    const shortestGap = Math.min(...this.#counts.slice(1).map(({ at }, n) => at - this.#counts[n]!.at))
    let best: number | undefined
    let least = Number.POSITIVE_INFINITY
    for (const [window, seconds] of WINDOWS.entries()) {
      if (this.#counts.length < 2 || shortestGap < seconds * 900) break
      if (this.#disproved.has(window)) continue
      const counts = this.#counts.map(({ last }) => last[window]!)
      const difference = Math.max(...counts) - Math.min(...counts)
      if (difference > Math.max(1, AGREEMENT * Math.max(...counts)) || difference / seconds >= least) continue
      least = difference / seconds
      best = window
    }
    return best !== undefined && this.#ofWindow(best) > above ? best : undefined
  }

  /** The windows that allow most. A span of their length lies in two of them at most, and holds no more than these. */
  #largestWindow(above: number): number | undefined {
    let best: number | undefined
    let largest = above
    for (const [window, seconds] of WINDOWS.entries()) {
      const rate = this.#ofWindow(window)
      const most = Math.max(...this.#counts.map((counts) => counts.most[window]!))
      if (most > 2 * rate * seconds + 1 || this.#disproved.has(window) || rate <= largest) continue
      largest = rate
      best = window
    }
    return best
  }
}
