/** The burst limit of the sample site: so many requests in each second of its clock, or a bucket that refills steadily. */
import type { RateLimitSettings } from "./options.ts"

export class RateLimiter {
  private window = Number.NEGATIVE_INFINITY
  private used = 0
  private tokens = Number.POSITIVE_INFINITY
  private filledAt = 0

  /** Whether a request at this time (ms) is let through. */
  admits(limit: RateLimitSettings, now: number): boolean {
    if (limit.perSecond <= 0) return true
    return limit.kind === "bucket" ? this.fromBucket(limit.perSecond, now) : this.inWindow(limit.perSecond, now)
  }

  private inWindow(perSecond: number, now: number): boolean {
    const window = Math.floor(now / 1000)
    if (window !== this.window) {
      this.window = window
      this.used = 0
    }
    if (this.used >= perSecond) return false
    this.used++
    return true
  }

  /** The bucket holds one second's worth. */
  private fromBucket(perSecond: number, now: number): boolean {
    this.tokens = Math.min(perSecond, this.tokens + ((now - this.filledAt) / 1000) * perSecond)
    this.filledAt = now
    if (this.tokens < 1) return false
    this.tokens--
    return true
  }
}
