/**
 * How many requests may be in flight at once: as many as there are workers, fewer for a while after the site was
 * overloaded (5xx, timeouts), and no more than a limit on requests in flight allows, where refusals show one.
 *
 * Such a limit shows itself by refusals that come with equally many accepted requests in flight, and never more: a limit
 * on the rate knows nothing of them. The first refusal of all is ambiguous, so that it is believed for a moment: more are
 * tried soon. Pure: every method takes the time (ms).
 */

/** More than the limit are tried after so long without a refusal (ms); once that was refused, far later: each try costs a wait. */
const FIRST_TRY_MS = 2_000
const LATER = 32
const LONGEST_TRY_MS = 320_000

/** And when that was accepted, still more after so long. */
const NEXT_TRY_MS = 500
const TRY_FACTOR = 1.25

/** Accepted requests that are remembered. */
const REMEMBERED = 256

/** A request that was sent. */
export interface Sent {
  readonly at: number
  /** How many were in flight, itself included. */
  readonly inFlight: number
}

interface Served {
  readonly from: number
  readonly to: number
}

/** The concurrency of one site. */
export class InFlight {
  readonly #workers: number
  #count = 0
  /** What the last overload leaves. */
  #eased: number
  #lastCut = Number.NEGATIVE_INFINITY

  /** Accepted requests since the last refusal. */
  #served: Array<Served> = []
  #refusedAt: number | undefined
  #first = true
  /** How many were in flight at the last refusal, if there never were more. */
  #suspected: number | undefined
  #limit = Number.POSITIVE_INFINITY
  /** The limit before a higher one was tried. */
  #proven: number | undefined
  /** The limit has held somebody back. */
  #bound = false
  #nextTry = 0
  #tryMs = FIRST_TRY_MS

  constructor(workers: number) {
    this.#workers = workers
    this.#eased = workers
  }

  get count(): number {
    return this.#count
  }

  /** The most at present. */
  get most(): number {
    return Math.max(1, Math.floor(Math.min(this.#eased, this.#limit)))
  }

  hasFreeSlot(): boolean {
    if (this.#count < this.most) return true
    this.#bound = true
    return false
  }

  /** A request is sent; how many are in flight with it. */
  sent(): number {
    return ++this.#count
  }

  /** A request was answered, or given up. */
  ended(): void {
    this.#count--
  }

  /** One cut for all requests that were in flight together. */
  overloaded(sentAt: number, now: number): void {
    if (sentAt <= this.#lastCut) return
    this.#lastCut = now
    this.#eased = Math.max(1, this.#eased / 2)
  }

  accepted({ at, inFlight }: Sent, now: number): void {
    this.#eased = Math.min(this.#workers, this.#eased + 1 / this.#eased)
    this.#served.push({ from: at, to: now })
    if (this.#served.length > 2 * REMEMBERED) this.#served = this.#served.slice(-REMEMBERED)
    const reached = this.#limit < this.#workers && this.#bound && inFlight >= this.#limit
    if (!reached || now < this.#nextTry) return
    this.#proven = this.#limit
    this.#limit = Math.ceil(this.#limit * TRY_FACTOR)
    this.#bound = false
    this.#nextTry = now + NEXT_TRY_MS
  }

  /** A request was refused; what it means is known once the others in flight are answered. */
  refused(sentAt: number): void {
    this.#refusedAt = Math.min(this.#refusedAt ?? sentAt, sentAt)
  }

  /** After the wait for refusals: whether they were only those of more requests in flight than the limit. */
  resume(now: number): boolean {
    const refusedAt = this.#refusedAt ?? now
    const inFlight = (time: number) => this.#served.filter(({ from, to }) => from <= time && time < to).length
    const then = inFlight(refusedAt)
    const most = Math.max(...this.#served.map(({ from }) => inFlight(from)))
    const proven = this.#proven
    const tried = proven !== undefined && this.#limit > proven && then >= proven
    const suspected = then > 0 && then >= most ? then : undefined
    if (tried) {
      this.#limit = proven
      this.#tryMs = Math.min(LONGEST_TRY_MS, this.#tryMs * LATER)
    } else {
      const believed = suspected !== undefined && (this.#first || suspected === this.#suspected)
      this.#limit = believed && suspected < this.#workers ? suspected : Number.POSITIVE_INFINITY
      this.#tryMs = FIRST_TRY_MS
      this.#proven = undefined
    }
    this.#suspected = suspected
    this.#first = false
    this.#served = []
    this.#refusedAt = undefined
    this.#bound = false
    this.#nextTry = now + this.#tryMs
    return tried
  }
}
