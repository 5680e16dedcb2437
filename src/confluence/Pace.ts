/**
 * How fast to send, learnt from answers alone. Atlassian publishes no numbers for its burst limits, so the pace is
 * unlimited until the site first answers 429, and from then on even: one request each 1/rate seconds.
 *
 * Nothing is assumed of the limiter. The first refusal says only that there is a limit: the rate that it leaves on the
 * average is where the search upwards begins, quick and up to the next refusal. What that one says of the limit (see
 * RateEstimates) becomes the base. The base is held for a while that is long against the wait that a refusal costs, and
 * then a step above it is tried: one that holds becomes the base and the next is twice as large, one that is refused is
 * taken back and the next is half as large. A limit that went down shows itself by a refusal of the base.
 *
 * Pure: every method takes the time (ms). The constants were chosen by simulation (see test/confluence/paceUnderLimits.proof.ts).
 */
import { AcceptedTimes } from "./AcceptedTimes.ts"
import { RateEstimates } from "./RateEstimates.ts"

/** Below an estimate: room for jitter. */
const MARGIN = 0.991

/** How much lateness (timers, a busy event loop) is made up by sending the next requests sooner, ms. */
const CATCH_UP_MS = 30

/** The slowest pace, requests per second. */
const SLOWEST = 0.2

/** After the first refusal the rate grows by this exponent a second: it doubles in half a second. */
const SEARCH = 1.5

/** The base is held for so many times the wait of the last refusal, before a step is tried. */
const HOLD_WAITS = 16
const SHORTEST_HOLD_MS = 8_000
const LONGEST_FIRST_HOLD_MS = 40_000

/** A step as small as this that was refused shows that the base is right: it is held four times as long, at most so long. */
const PRECISE = 1.05
const LONGEST_HOLD_MS = 128_000

/** Where the limit is above a base that fell by more than twice this share of itself, it is looked for soon. */
const FAR = 0.12

/** Steps above the base, as shares of it. */
const FIRST_STEP = 0.05
const LEAST_STEP = 0.025
const LARGEST_STEP = 0.5

/** A step is tried for as long as a bucket that is as large as the first burst could feed it, and half as long again. */
const DRY_TWICE = 1.5
const SHORTEST_STEP_MS = 3_000
const LONGEST_STEP_MS = 30_000

/** A base that is refused so soon (ms) so often in a row says that the limit is another one: it is learnt anew. */
const SOON_MS = 1_000
const MISSES_SOON = 2

/** What a refused step leaves of itself. */
const KEPT_OF_STEP = 0.7

/** A refused base falls at most to this share of itself. */
const LARGEST_FALL = 0.65

/** A site that asks for a longer wait than this (ms) counts in windows and means the rest of one: the average is the limit. */
const REST_OF_WINDOW_MS = 2_600

/** A round with fewer accepted requests than this share of the last one's belongs to the last one's refusal. */
const SHORT_ROUND = 0.2

/** Refusals are judged by what was accepted in the minute before. */
const LOOKING_BACK_MS = 60_000

/** What was sent from one resumption to the next. */
interface Round {
  readonly start: number
  /** Requests accepted before it began, of all. */
  readonly countBefore: number
}

/** The pace of one site, for all requests together. */
export class Pace {
  #rate: number | undefined
  #nextSlot = 0
  #heldBack = false
  readonly #accepted = new AcceptedTimes()
  #estimates = new RateEstimates()

  #round: Round | undefined
  /** The last round in which much was accepted: where nothing is accepted after a wait, its refusal lasts. */
  #lastRound: (Round & { readonly accepted: number }) | undefined
  #refusedAt: number | undefined

  #searching = false
  #base = 0
  #step = FIRST_STEP
  #holdMs = SHORTEST_HOLD_MS
  #misses = 0
  #missesSoon = 0
  #grownAt = 0
  /** When the hold or the step is over. */
  #nextStepAt = 0

  /** Requests per second, or undefined while no limit is known. */
  get rate(): number | undefined {
    return this.#rate
  }

  /** The earliest time (ms) at which the next request may be sent; not later than `now` if it may be sent at once. */
  nextSlot(now: number): number {
    if (this.#rate === undefined || this.#refusedAt !== undefined) return now
    if (this.#nextSlot > now) this.#heldBack = true
    return this.#nextSlot
  }

  /** A request is sent now. The first one after a refusal ends the pause that the refusal asked for. */
  sent(now: number): void {
    if (this.#refusedAt !== undefined) this.#resume(now, this.#refusedAt)
    this.#round ??= { start: now, countBefore: 0 }
    if (this.#rate === undefined) return
    this.#grow(now, this.#rate)
    this.#nextSlot = Math.max(this.#nextSlot, now - CATCH_UP_MS) + 1_000 / this.#rate
  }

  /** A request that was sent at `sentAt` was answered, and not refused for the rate. */
  accepted(sentAt: number): void {
    this.#accepted.add(sentAt)
  }

  /** A request that was sent at `sentAt` was refused (429). Late refusals of an earlier round say nothing new. */
  refused(sentAt: number): void {
    if (this.#round === undefined || sentAt < this.#round.start) return
    this.#refusedAt = Math.min(this.#refusedAt ?? sentAt, sentAt)
  }

  /** The refusal was that of another limit: the round goes on. */
  pardon(now: number): void {
    this.#refusedAt = undefined
    this.#nextSlot = now
  }

  #resume(now: number, refusedAt: number): void {
    const nothing = this.#accepted.count === this.#round!.countBefore && this.#lastRound !== undefined
    const round = nothing ? this.#lastRound! : this.#round!
    const accepted = Math.max(1, this.#accepted.count - round.countBefore)
    const average = accepted / ((now - round.start) / 1_000)
    if (nothing) {
      // Somewhere between the last refusal and now the limit's window ended.
      const ended = refusedAt + (now - refusedAt) / 3
      this.#settle(accepted / ((ended - round.start) / 1_000), FIRST_STEP, SHORTEST_HOLD_MS)
    } else {
      const since = Math.min(round.start, refusedAt - LOOKING_BACK_MS)
      const times = this.#accepted.since(since).filter((at) => at <= refusedAt)
      this.#forgetIfChanged(refusedAt - round.start < SOON_MS)
      this.#estimates.add({ at: refusedAt, accepted: times, since: round.start, average })
      const firstHoldMs = Math.max(SHORTEST_HOLD_MS, HOLD_WAITS * (now - refusedAt))
      this.#judge(average, now - refusedAt, Math.min(LONGEST_FIRST_HOLD_MS, firstHoldMs))
      if (this.#lastRound === undefined || accepted >= SHORT_ROUND * this.#lastRound.accepted) {
        this.#lastRound = { ...round, accepted }
      }
    }
    this.#rate = Math.max(SLOWEST, this.#base)
    this.#round = { start: now, countBefore: this.#accepted.count }
    this.#refusedAt = undefined
    this.#heldBack = false
    this.#nextSlot = now
    this.#grownAt = now
    this.#nextStepAt = now + this.#holdMs
  }

  get #baseIsRefused(): boolean {
    return this.#rate !== undefined && !this.#searching && this.#rate <= this.#base
  }

  #forgetIfChanged(soon: boolean): void {
    if (!soon) this.#missesSoon = 0
    else if (this.#baseIsRefused && ++this.#missesSoon >= MISSES_SOON) {
      this.#estimates = new RateEstimates()
      this.#rate = undefined
      this.#misses = 0
      this.#missesSoon = 0
    }
  }

  #settle(base: number, step: number, holdMs: number): void {
    this.#searching = false
    this.#base = base
    this.#step = step
    this.#holdMs = holdMs
  }

  /** What the rate is after a refusal, `waitMs` of pause and an `average` per second over both. */
  #judge(average: number, waitMs: number, firstHoldMs: number): void {
    const offered = this.#rate
    if (offered === undefined) {
      this.#base = average
      this.#searching = true
      return
    }
    if (waitMs > REST_OF_WINDOW_MS) {
      const least = this.#searching ? 0 : this.#base * LARGEST_FALL
      return this.#settle(Math.max(average, least), FIRST_STEP, SHORTEST_HOLD_MS)
    }
    const refusedBase = this.#baseIsRefused
    const estimate = Math.max(average, this.#estimates.rate(refusedBase)) * MARGIN
    if (this.#searching) return this.#settle(Math.min(estimate, offered * 0.95), FIRST_STEP, firstHoldMs)
    if (!refusedBase) {
      this.#misses = 0
      const kept = this.#base + (offered - this.#base) * KEPT_OF_STEP
      const base = Math.max(this.#base, Math.min(estimate, kept))
      const holdMs = offered / base > PRECISE ? firstHoldMs : Math.min(LONGEST_HOLD_MS, this.#holdMs * 4)
      return this.#settle(base, Math.max(LEAST_STEP, this.#step / 2), holdMs)
    }
    // Each refusal in a row takes away more, but not what the site has accepted on the average, the wait included.
    const most = this.#base * (1 - LEAST_STEP * 2 ** this.#misses++)
    const lower = Math.min(most, Math.max(estimate, this.#base * LARGEST_FALL))
    const base = Math.max(Math.min(average, this.#base * 0.99), lower)
    // Where it fell far, the limit is between the two: that is looked for soon, by halves.
    const halfway = (this.#base / base - 1) / 2
    this.#settle(base, Math.max(FIRST_STEP, halfway), halfway > FAR ? SHORTEST_HOLD_MS / 2 : firstHoldMs)
  }

  #grow(now: number, rate: number): void {
    const elapsed = now - this.#grownAt
    this.#grownAt = now
    // A pace that has held nobody back has proved nothing.
    if (!this.#heldBack) return
    this.#heldBack = false
    if (this.#searching) this.#rate = rate * Math.exp((SEARCH * Math.min(elapsed, 1_000)) / 1_000)
    else if (now >= this.#nextStepAt) this.#tryStep(now, rate)
  }

  #tryStep(now: number, rate: number): void {
    if (rate > this.#base) {
      this.#misses = 0
      this.#step = Math.min(LARGEST_STEP, this.#step * 2)
    }
    this.#base = rate
    this.#rate = rate * (1 + this.#step)
    const feedsMs = (1_000 * this.#estimates.room(rate)) / (this.#rate - rate)
    this.#nextStepAt = now + Math.min(LONGEST_STEP_MS, Math.max(SHORTEST_STEP_MS, DRY_TWICE * feedsMs))
  }
}
