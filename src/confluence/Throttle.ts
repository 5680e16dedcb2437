/**
 * What may be sent when: not while a wait is in force that the site has asked for, not sooner than the pace allows, and
 * not more at once than the site bears. Pure: every method takes the time (ms), so that it can be simulated.
 */
import { InFlight, type Sent } from "./InFlight.ts"
import { Pace } from "./Pace.ts"
import type { Wait } from "./RequestLog.ts"
import type { RequestedWait } from "./retryTiming.ts"

/** After 429 without any hint: 1, 2, 4 … s, at most this many ms. */
const LONGEST_UNTOLD_WAIT_MS = 30_000

/** Where a told wait proves too short, the next ones are at least this share of the time since the first refusal. */
const LONGER_WAIT = 0.25

/** A wait that is in force. */
export interface Hold extends Wait {
  readonly since: number
}

/** The state of one site's gate. */
export class Throttle {
  readonly #pace = new Pace()
  readonly #inFlight: InFlight
  #hold: Hold | undefined
  /** A refusal whose meaning is judged when the wait is over. */
  #unjudged = false
  #refusals = 0
  #untoldRefusals = 0
  #refusedSince: number | undefined
  #acceptedSinceHold = true
  /** The first request after a wait was refused: they go one by one until one is accepted. */
  #oneByOne = false

  constructor(workers: number) {
    this.#inFlight = new InFlight(workers)
  }

  /** Requests per second, or undefined while no limit is known. */
  get rate(): number | undefined {
    return this.#pace.rate
  }

  /** Most requests in flight at present. */
  get concurrency(): number {
    return this.#oneByOne ? 1 : this.#inFlight.most
  }

  get inFlight(): number {
    return this.#inFlight.count
  }

  /** Refusals with waits in between and no success. */
  get refusals(): number {
    return this.#refusals
  }

  /** The last wait, over or not. */
  get hold(): Hold | undefined {
    return this.#hold
  }

  hasFreeSlot(): boolean {
    return this.#oneByOne ? this.#inFlight.count === 0 : this.#inFlight.hasFreeSlot()
  }

  /** The earliest time (ms) at which the next request may be sent, as far as the pace is concerned. */
  nextSlot(now: number): number {
    return this.#pace.nextSlot(now)
  }

  sent(now: number): Sent {
    if (this.#unjudged) {
      this.#unjudged = false
      if (this.#inFlight.resume(now)) this.#pace.pardon(now)
    }
    this.#pace.sent(now)
    return { at: now, inFlight: this.#inFlight.sent() }
  }

  /** A request was answered, or given up. */
  ended(): void {
    this.#inFlight.ended()
  }

  timedOut(sent: Sent, now: number): void {
    this.#inFlight.overloaded(sent.at, now)
  }

  /** `random` (0 to 1) spreads the waits that the site does not tell. */
  answered(sent: Sent, now: number, status: number, wait: RequestedWait | undefined, random: number): void {
    if (status === 429) return this.#refused(sent, now, wait, random)
    if (status === 503 || status === 504) this.#inFlight.overloaded(sent.at, now)
    if (status < 500) this.#accepted(sent, now)
    if (wait !== undefined) {
      this.#holdUntil(now, now + wait.waitMs, wait.quota ? "quota" : status >= 500 ? "backoff" : "rate limit")
    }
  }

  #accepted(sent: Sent, now: number): void {
    this.#pace.accepted(sent.at)
    this.#inFlight.accepted(sent, now)
    this.#refusals = 0
    this.#untoldRefusals = 0
    if (this.#hold !== undefined && sent.at <= this.#hold.since) return
    this.#acceptedSinceHold = true
    this.#oneByOne = false
    this.#refusedSince = undefined
  }

  #refused(sent: Sent, now: number, wait: RequestedWait | undefined, random: number): void {
    // Those of one burst arrive together, and are one refusal.
    const fresh = this.#hold === undefined || sent.at > this.#hold.since
    if (fresh) this.#refusals++
    if (fresh && !this.#acceptedSinceHold) this.#oneByOne = true
    this.#refusedSince ??= now
    if (wait?.quota !== true) {
      this.#inFlight.refused(sent.at)
      this.#pace.refused(sent.at)
      this.#unjudged ||= fresh
    }
    if (wait !== undefined) {
      const longer = fresh && this.#oneByOne ? LONGER_WAIT * (now - this.#refusedSince) : 0
      const waitMs = Math.max(wait.waitMs, Math.min(LONGEST_UNTOLD_WAIT_MS, longer))
      this.#holdUntil(now, now + waitMs, wait.quota ? "quota" : "rate limit")
    } else if (fresh) {
      const waitMs = 1_000 * 2 ** this.#untoldRefusals++ * (1 + 0.25 * random)
      this.#holdUntil(now, now + Math.round(Math.min(LONGEST_UNTOLD_WAIT_MS, waitMs)), "rate limit")
    }
  }

  #holdUntil(now: number, until: number, reason: Wait["reason"]): void {
    const inForce = this.#hold !== undefined && now < this.#hold.untilMs ? this.#hold : undefined
    if (inForce !== undefined && inForce.untilMs >= until) return
    if (inForce === undefined) this.#acceptedSinceHold = false
    const quota = reason === "quota" ? { quotaResetMs: until } : {}
    this.#hold = { since: inForce?.since ?? now, untilMs: until, reason, ...quota }
  }
}
