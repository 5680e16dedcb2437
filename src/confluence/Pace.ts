// How fast to send, learnt from answers alone. Atlassian publishes no numbers for its burst limits, so the pace is
// unlimited until the site first answers 429, and from then on even: one request each 1/rate seconds, just below what
// the site has shown to accept. A careful search upwards follows: towards a rate that was refused before, and, rarely,
// beyond it, since a limit may have been raised or misjudged.
//
// Pure: every method takes the time (ms), so that the learning can be simulated without a clock. The constants were
// chosen by simulating fixed, sliding and first-request windows and token buckets of 5 to 200 requests/s (see its test).
import { windowLimit } from "./windowLimit.ts"
import type { RefusedRound } from "./windowLimit.ts"

/** Below a limit of N requests/s by 3 %, N + 1 evenly spaced requests take 30 ms more than a second: room for jitter. */
const MARGIN = 0.97

/** Share of the way to a rate that was refused before by which the rate grows at each step. */
const APPROACH = 0.04

/** How much lateness (timers, a busy event loop) is made up by sending the next requests sooner, ms. What the margin
 * leaves: 1.03 × 0.97 is still below 1. */
const CATCH_UP_MS = 30

/** The slowest pace, requests per second. */
const SLOWEST = 0.2

/** The rate grows at most twice a second. */
const STEP_MS = 500

/** How long before a refusal (ms) the rate is taken as accepted: a one-second window and the latency lie between. */
const PROVEN_MS = 1_500

/** A round longer than this (seconds) has outlived two one-second windows: its rate was nearly right. */
const LONG_ROUND = 2.5

/** A round shorter than this (seconds) probably lies within one window of the limit. */
const SHORT_ROUND = 0.8

/** Requests overtake each other: those sent up to this share of the latency after the refused one count as before it. */
const OVERTAKING = 0.3

/** A limit is tried anew after so long without a 429 (ms): sooner where a mere burst (shorter than `BURST` seconds) has
 * shown it, twice as late after each time it proved to be still there. */
const PROBE_AFTER_BURST_MS = 45_000
const PROBE_AFTER_MS = 90_000
const PROBE_AFTER_MOST_MS = 360_000
const BURST = 0.1

/** Times of accepted requests that are kept: more than a site allows in a second. */
const REMEMBERED = 4_096

/** The pace of one site, for all requests together. */
export class Pace {
  #rate: number | undefined
  #nextSlot = 0
  /** The lowest rate that the site is known to refuse. */
  #ceiling = Number.POSITIVE_INFINITY

  // A round is what was sent since the last pause for a 429. The next 429 ends it; it is judged after the pause.
  #roundStart: number | undefined
  #accepted = 0
  readonly #acceptedAt = new Float64Array(REMEMBERED)
  #refusal: { readonly sentAt: number; readonly latency: number } | undefined

  /** The last two rounds. */
  #refused: ReadonlyArray<RefusedRound> = []

  /** The last rates, newest last. */
  #steps: ReadonlyArray<{ readonly at: number; readonly rate: number }> = []
  #heldBack = false
  #resumedAt = 0
  #probeAfter = PROBE_AFTER_MS
  #probe: { readonly from: number; steps: number } | undefined

  /** Requests per second, or undefined while no limit is known. */
  get rate(): number | undefined {
    return this.#rate
  }

  /** The earliest time (ms) at which the next request may be sent; not later than `now` if it may be sent at once. */
  nextSlot(now: number): number {
    if (this.#rate === undefined || this.#refusal !== undefined) return now
    if (this.#nextSlot > now) this.#heldBack = true
    return this.#nextSlot
  }

  /** A request is sent now. The first one after a refusal ends the pause that the refusal asked for. */
  sent(now: number): void {
    if (this.#refusal !== undefined) this.#resume(now, this.#refusal)
    this.#roundStart ??= now
    if (this.#rate === undefined) return
    this.#grow(now, this.#rate)
    const interval = 1_000 / this.#rate
    this.#nextSlot = Math.max(this.#nextSlot, now - CATCH_UP_MS) + interval
  }

  /** A request that was sent at `sentAt` was answered, and not refused for the rate. */
  accepted(sentAt: number): void {
    this.#acceptedAt[this.#accepted % REMEMBERED] = sentAt
    this.#accepted++
  }

  /** A request that was sent at `sentAt` was refused for the rate (429). Late refusals of an earlier round say nothing new. */
  refused(sentAt: number, now: number): void {
    if (this.#roundStart === undefined || sentAt < this.#roundStart) return
    if (this.#refusal === undefined || sentAt < this.#refusal.sentAt) this.#refusal = { sentAt, latency: now - sentAt }
  }

  #resume(now: number, refusal: { readonly sentAt: number; readonly latency: number }): void {
    const seconds = Math.max(1, refusal.sentAt - (this.#roundStart ?? refusal.sentAt)) / 1_000
    const acceptedAt = this.#acceptedBefore(refusal.sentAt + OVERTAKING * refusal.latency)
    this.#refused = [...this.#refused.slice(-1), { refusedAt: refusal.sentAt, acceptedAt }]
    const accepted = Math.max(1, acceptedAt.length)
    const rate =
      this.#rate !== undefined && seconds > LONG_ROUND
        ? this.#afterLongRound(this.#rate, refusal.sentAt, seconds)
        : this.#afterShortRound(this.#rate, accepted, seconds)
    this.#rate = Math.max(SLOWEST, rate)
    this.#roundStart = now
    this.#accepted = 0
    this.#refusal = undefined
    this.#resumedAt = now
    this.#probe = undefined
    this.#heldBack = false
    this.#nextSlot = now
    this.#steps = [{ at: now, rate: this.#rate }]
  }

  /** A paced rate was accepted for seconds, and then refused. */
  #afterLongRound(rate: number, refusedAt: number, seconds: number): number {
    const proven = this.#rateAt(refusedAt - PROVEN_MS)
    this.#probeAfter = Math.min(PROBE_AFTER_MOST_MS, Math.max(PROBE_AFTER_MS, this.#probeAfter * 2))
    const next =
      this.#probe !== undefined
        ? Math.max(this.#probe.from, proven * MARGIN * MARGIN)
        : proven < rate * 0.995
          ? proven * MARGIN
          : // It did not grow: a token bucket of a second's worth has run dry (such a bucket allows s / (1 + s) of the
            // rate that it bore for s seconds), or a window's limit was missed by a hair.
            rate * Math.min(0.98, Math.max(0.85, seconds / (1 + seconds)))
    // Which of the explanations holds is unknown, so the rate may grow half of the way back.
    this.#ceiling = this.#probe === undefined ? (next / MARGIN + rate) / 2 : next / MARGIN
    return next
  }

  /** The first refusal of all, or one soon after a pause. A limit counted in one-second windows explains both. */
  #afterShortRound(rate: number | undefined, accepted: number, seconds: number): number {
    if (rate === undefined) this.#probeAfter = seconds < BURST ? PROBE_AFTER_BURST_MS : PROBE_AFTER_MS
    const offered = rate ?? accepted / Math.min(1, seconds)
    const most = rate === undefined ? Number.POSITIVE_INFINITY : rate * MARGIN
    if (seconds <= SHORT_ROUND) {
      this.#ceiling = Math.min(this.#ceiling, accepted)
      return Math.min(most, this.#ceiling * MARGIN)
    }
    // Begun in one window and ended in the next: what the second one accepted is unknown, but within these bounds.
    const least = Math.min(0.95, Math.max(seconds - 1, seconds / 2))
    const limit = rate === undefined ? undefined : windowLimit(this.#refused)
    if (limit !== undefined && limit >= offered * least * 0.95 && limit <= offered) {
      this.#ceiling = limit
      return limit * MARGIN
    }
    this.#ceiling = Math.min(this.#ceiling, offered)
    return Math.min(most, accepted * MARGIN, offered * (least + 0.3 * (1 - least)) * MARGIN)
  }

  /** Accepted requests of the second before `end`. */
  #acceptedBefore(end: number): ReadonlyArray<number> {
    const times = this.#acceptedAt.subarray(0, Math.min(this.#accepted, REMEMBERED))
    return Array.from(times.filter((at) => at > end - 1_000 && at <= end))
  }

  #rateAt(time: number): number {
    return (this.#steps.findLast((step) => step.at <= time) ?? this.#steps[0]!).rate
  }

  #grow(now: number, rate: number): void {
    if (now - this.#steps[this.#steps.length - 1]!.at < STEP_MS) return
    let next = rate
    // A pace that has held nobody back has proved nothing.
    if (this.#heldBack) {
      if (now - this.#resumedAt >= this.#probeAfter) {
        this.#probe ??= { from: rate, steps: 0 }
        this.#probe.steps++
        next = rate * (1 + 0.005 * this.#probe.steps)
      } else {
        next = rate + Math.max(0, this.#ceiling * MARGIN - rate) * APPROACH
      }
    }
    this.#heldBack = false
    this.#rate = next
    this.#steps = [...this.#steps.slice(-7), { at: now, rate: next }]
  }
}
