/** The burst limits of the sample site, as sites count them: windows, a bucket that refills steadily, requests in flight. */
import type { RateLimitSettings } from "./options.ts"

export class RateLimiter {
  private window = Number.NEGATIVE_INFINITY
  private used = 0
  private accepted: Array<number> = []
  private tokens = Number.POSITIVE_INFINITY
  private filledAt = 0
  private underWay = 0

  /** Whether a request at this time (ms) is let through; it is in flight then until it is told to have `finished`. */
  admits(limit: RateLimitSettings, now: number): boolean {
    const { inFlight = 0 } = limit
    if (inFlight > 0 && this.underWay >= inFlight) return false
    if (limit.perSecond > 0 && !this.isWithinRate(limit, now)) return false
    this.underWay++
    return true
  }

  finished(): void {
    this.underWay--
  }

  private isWithinRate(
    { perSecond, kind, windowSeconds = 1, room = perSecond }: RateLimitSettings,
    now: number,
  ): boolean {
    if (kind === "bucket") return this.fromBucket(perSecond, room, now)
    const most = perSecond * windowSeconds
    return kind === "sliding"
      ? this.since(now - windowSeconds * 1000, most, now)
      : this.inWindow(windowSeconds, most, now)
  }

  private inWindow(seconds: number, most: number, now: number): boolean {
    const window = Math.floor(now / 1000 / seconds)
    if (window !== this.window) {
      this.window = window
      this.used = 0
    }
    if (this.used >= most) return false
    this.used++
    return true
  }

  private since(begin: number, most: number, now: number): boolean {
    this.accepted = this.accepted.filter((at) => at > begin)
    if (this.accepted.length >= most) return false
    this.accepted.push(now)
    return true
  }

  private fromBucket(perSecond: number, room: number, now: number): boolean {
    this.tokens = Math.min(room, this.tokens + ((now - this.filledAt) / 1000) * perSecond)
    this.filledAt = now
    if (this.tokens < 1) return false
    this.tokens--
    return true
  }
}
