/** Limits as sites may count them, and what each of them allows to those who know it. */

export interface SiteLimit {
  /** Whether a request that arrives now (ms) is accepted. */
  readonly admits: (at: number) => boolean
  /** An accepted request is answered. */
  readonly answered?: () => void
  /** Seconds until a refused request would be accepted. */
  readonly rest: (at: number) => number
  /**
   * Requests of the first `seconds`, the initial burst included. Of a window that has begun only the time that has
   * passed counts: an even pace cannot have used it up.
   */
  readonly allowed: (seconds: number, latencyMs: number) => number
  /** Requests that a wait of so many seconds costs whoever has just been refused: what is not there afterwards. */
  readonly lostBy: (waitSeconds: number, latencyMs: number) => number
}

/** Windows lose nothing by a wait that ends within them. */
const lostByWindow = (perSecond: number, seconds: number) => (waitSeconds: number) =>
  seconds >= 2 * waitSeconds ? 0 : perSecond * waitSeconds

/** `depth` is the room for a burst, in seconds' worth of requests. */
export const bucket = (perSecond: number, depth: number): SiteLimit => {
  const room = perSecond * depth
  let tokens = room
  let filledAt = 0
  return {
    admits: (at) => {
      tokens = Math.min(room, tokens + ((at - filledAt) * perSecond) / 1_000)
      filledAt = at
      if (tokens < 1) return false
      tokens--
      return true
    },
    rest: () => 1 / perSecond,
    allowed: (seconds) => room + perSecond * seconds,
    lostBy: (waitSeconds) => perSecond * Math.max(0, waitSeconds - depth),
  }
}

/** Windows by the site's clock: a part of the first one has passed. */
export const fixed = (perSecond: number, seconds: number, passed = 0.35): SiteLimit => {
  let window = Number.NaN
  let count = 0
  return {
    admits: (at) => {
      const current = Math.floor(at / 1_000 / seconds + passed)
      if (current !== window) count = 0
      window = current
      return ++count <= perSecond * seconds
    },
    rest: (at) => seconds - ((at / 1_000 + passed * seconds) % seconds),
    allowed: (time) => perSecond * (seconds + Math.max(0, time - seconds * (1 - passed))),
    lostBy: lostByWindow(perSecond, seconds),
  }
}

export const sliding = (perSecond: number, seconds: number): SiteLimit => {
  const accepted: Array<number> = []
  let begin = 0
  return {
    admits: (at) => {
      while (begin < accepted.length && accepted[begin]! <= at - seconds * 1_000) begin++
      if (accepted.length - begin >= perSecond * seconds) return false
      accepted.push(at)
      return true
    },
    rest: (at) => (accepted[begin]! + seconds * 1_000 - at) / 1_000,
    allowed: (time) => perSecond * (seconds + Math.max(0, time - seconds)),
    lostBy: lostByWindow(perSecond, seconds),
  }
}

/** So many requests in flight. */
export const concurrent = (most: number): SiteLimit => {
  let count = 0
  return {
    admits: () => {
      if (count >= most) return false
      count++
      return true
    },
    answered: () => {
      count--
    },
    rest: () => 1,
    allowed: (seconds, latencyMs) => (most / latencyMs) * 1_000 * seconds,
    lostBy: (waitSeconds, latencyMs) => (most / latencyMs) * 1_000 * waitSeconds,
  }
}

/** One limit until a time (ms), and then another. */
export const changing = (before: SiteLimit, until: number, after: SiteLimit): SiteLimit => ({
  ...before,
  admits: (at) => (at < until ? before : after).admits(at),
})
