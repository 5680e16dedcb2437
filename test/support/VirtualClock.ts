/**
 * A clock whose time passes only while everything waits: hours of a simulated sync take milliseconds, and take them in the
 * same order every time.
 */
import { type Clock, Duration, Effect } from "effect"

interface Sleeper {
  readonly at: number
  readonly order: number
  readonly wake: () => void
}

/** Turns of the event loop without a new sleeper after which everything waits for time to pass. */
const QUIET_TURNS = 3

export class VirtualClock implements Clock.Clock {
  #now: number
  #order = 0
  #sleepers: Array<Sleeper> = []
  #pumping = false

  constructor(startMs: number) {
    this.#now = startMs
  }

  readonly now = (): number => this.#now

  /** Lets time pass while nothing runs. */
  advance(milliseconds: number): void {
    this.#now += milliseconds
  }

  currentTimeMillisUnsafe(): number {
    return this.#now
  }
  readonly currentTimeMillis = Effect.sync(() => this.#now)
  currentTimeNanosUnsafe(): bigint {
    return BigInt(Math.round(this.#now)) * 1_000_000n
  }
  readonly currentTimeNanos = Effect.sync(() => this.currentTimeNanosUnsafe())
  monotonicTimeNanosUnsafe(): bigint {
    return this.currentTimeNanosUnsafe()
  }
  readonly monotonicTimeNanos = this.currentTimeNanos

  sleep(duration: Duration.Duration): Effect.Effect<void> {
    return Effect.callback<void>((resume) => {
      const sleeper: Sleeper = {
        at: this.#now + Math.max(0, Duration.toMillis(duration)),
        order: this.#order++,
        wake: () => resume(Effect.void),
      }
      this.#sleepers.push(sleeper)
      this.#pump()
      return Effect.sync(() => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper)
      })
    })
  }

  #pump(): void {
    if (this.#pumping) return
    this.#pumping = true
    let quiet = 0
    let seen = this.#order
    const turn = () => {
      quiet = seen === this.#order ? quiet + 1 : 0
      seen = this.#order
      if (quiet < QUIET_TURNS) return void setImmediate(turn)
      const next = this.#sleepers.reduce<Sleeper | undefined>(
        (best, each) =>
          best === undefined || each.at < best.at || (each.at === best.at && each.order < best.order) ? each : best,
        undefined,
      )
      if (next === undefined) {
        this.#pumping = false
        return
      }
      this.#sleepers = this.#sleepers.filter((other) => other !== next)
      this.#now = Math.max(this.#now, next.at)
      next.wake()
      quiet = 0
      setImmediate(turn)
    }
    setImmediate(turn)
  }
}
