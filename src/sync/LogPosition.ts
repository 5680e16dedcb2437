/**
 * How far a log has been read: up to which moment, and which of its last records are known, so that a later sync looks again at the time in
 * which records may still come late and sends only those.
 */

/**
 * As a state holds it: all records before `until` have been read. `seen` names those since `since`, eight characters each. Both are
 * milliseconds of the site's clock.
 */
export interface LogState {
  readonly since: number
  readonly until: number
  readonly seen: string
}

/** The site tells its clock in whole seconds. */
const SECOND_MS = 1000
/** So many characters of a key tell records of the lookback apart: 48 bits. */
const MARK = 8

const markOf = (key: string): string => key.slice(0, MARK)

export class LogPosition {
  /** Where reading begins. */
  readonly from: number
  readonly #lookbackMs: number
  /** What had been read before this sync. */
  readonly #untilBefore: number
  readonly #before: ReadonlySet<string>
  #until: number
  /** Records that this sync has seen, with their times, as long as they may be asked for again. */
  readonly #seen = new Map<string, number>()

  /** `state`: what is known; undefined for nothing. `now`: by the site's clock. */
  constructor(state: LogState | undefined, lookbackMs: number, now: number) {
    this.#lookbackMs = lookbackMs
    const { since = 0, until = 0, seen = "" } = state ?? {}
    this.#untilBefore = until
    this.#until = until
    this.#before = new Set(seen.match(/.{8}/g) ?? [])
    // What was written before `since` is not known: a longer lookback holds from now on. Where the clock was set back, records
    // are dated into a time that has been read; to send some of it again is better than to miss them.
    this.from =
      state === undefined
        ? 0
        : Math.max(0, now + SECOND_MS >= until ? Math.max(since, until - lookbackMs) : now - lookbackMs)
  }

  /** Which of some keys are of records that the destination does not have. */
  news(times: ReadonlyMap<string, number>): ReadonlySet<string> {
    return new Set([...times.keys()].filter((key) => !this.#before.has(markOf(key))))
  }

  /** All up to `to` has been taken, these records last. */
  advance(times: ReadonlyMap<string, number>, to: number): void {
    this.#until = Math.max(this.#until, to + 1)
    const isCaughtUp = to + 1 >= this.#untilBefore
    for (const [key, time] of times) this.#seen.set(markOf(key), time)
    if (!isCaughtUp) return
    for (const [mark, time] of this.#seen) if (time < this.#until - this.#lookbackMs) this.#seen.delete(mark)
    this.#isCaughtUp = true
  }

  #isCaughtUp = false

  get state(): LogState {
    // As long as the time before has not been gone through again, what was known of it is known still.
    const marks = this.#isCaughtUp ? this.#seen.keys() : new Set([...this.#before, ...this.#seen.keys()])
    const since = this.#isCaughtUp ? Math.max(this.from, this.#until - this.#lookbackMs) : this.from
    return { since: Math.max(0, since), until: this.#until, seen: [...marks].join("") }
  }
}
