/** Rate limits as sites count them: each tells whether it accepts a request that arrives at a time (ms). */

export type Limiter = (at: number) => boolean

/** Windows of one second by the site's clock, which is `phase` ms off ours. */
export const fixedWindow = (perSecond: number, phase = 0): Limiter => {
  let window = Number.NaN
  let count = 0
  return (at) => {
    const current = Math.floor((at + phase) / 1_000)
    if (current !== window) {
      window = current
      count = 0
    }
    return ++count <= perSecond
  }
}

/** Windows of one second, each beginning with the first request after the last one. */
export const firstRequestWindow = (perSecond: number): Limiter => {
  let begun = Number.NEGATIVE_INFINITY
  let count = 0
  return (at) => {
    if (at - begun >= 1_000) {
      begun = at
      count = 0
    }
    return ++count <= perSecond
  }
}

/** At most so many in any second. */
export const slidingWindow = (perSecond: number): Limiter => {
  const accepted: Array<number> = []
  return (at) => {
    while (accepted.length > 0 && accepted[0]! <= at - 1_000) accepted.shift()
    if (accepted.length >= perSecond) return false
    accepted.push(at)
    return true
  }
}

/** A bucket of a second's worth of tokens, or of `depth`. */
export const tokenBucket = (perSecond: number, depth = perSecond): Limiter => {
  let tokens = depth
  let last = 0
  return (at) => {
    tokens = Math.min(depth, tokens + ((at - last) * perSecond) / 1_000)
    last = at
    if (tokens < 1) return false
    tokens--
    return true
  }
}
