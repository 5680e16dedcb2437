/**
 * Who of those that wait goes next: the one with the highest priority, and of equals the one that came first. One at a
 * time has the turn; it may take long to make use of it, and gives way when somebody more urgent comes meanwhile.
 */
import { Effect } from "effect"

interface Place {
  readonly priority: number
  readonly order: number
  hasTurn: boolean
  call: (() => void) | undefined
}

/** The turn while one has it. */
export interface Turn {
  /** Somebody more urgent waits. */
  readonly isOvertaken: () => boolean
  /** Lets those go first, and comes back with the turn. */
  readonly giveWay: Effect.Effect<void>
}

const goesBefore = (a: Place, b: Place): boolean =>
  a.priority > b.priority || (a.priority === b.priority && a.order < b.order)

/** A queue for one turn. */
export class Turns {
  /** In the order in which they go. */
  readonly #waiting: Array<Place> = []
  #taken = false
  #order = 0

  /** How many wait, the one that has the turn left out. */
  get waiting(): number {
    return this.#waiting.length
  }

  /** Runs `use` with the turn, and hands the turn on when it ends, fails or is interrupted. */
  withTurn<A, E, R>(priority: number, use: (turn: Turn) => Effect.Effect<A, E, R>): Effect.Effect<A, E, R> {
    return Effect.suspend(() => {
      const place: Place = { priority, order: this.#order++, hasTurn: false, call: undefined }
      const take = this.#take(place)
      const turn: Turn = {
        isOvertaken: () => this.#waiting.length > 0 && goesBefore(this.#waiting[0]!, place),
        // In the queue again before the turn goes on: whoever has it next may be done with it at once.
        giveWay: Effect.callback((resume) => {
          const cancel = this.#wait(place, resume)
          this.#leave(place)
          return cancel
        }),
      }
      return Effect.ensuring(
        Effect.andThen(
          take,
          Effect.suspend(() => use(turn)),
        ),
        Effect.sync(() => {
          if (place.hasTurn) this.#leave(place)
        }),
      )
    })
  }

  #take(place: Place): Effect.Effect<void> {
    return Effect.callback((resume) => {
      if (!this.#taken) {
        this.#taken = true
        place.hasTurn = true
        return resume(Effect.void)
      }
      return this.#wait(place, resume)
    })
  }

  /** Joins the queue; the effect leaves it again. */
  #wait(place: Place, resume: (effect: Effect.Effect<void>) => void): Effect.Effect<void> {
    // Resumed fibers run within this call; without the yield a long queue would be as deep a stack.
    place.call = () => resume(Effect.yieldNow)
    const at = this.#waiting.findIndex((other) => goesBefore(place, other))
    this.#waiting.splice(at < 0 ? this.#waiting.length : at, 0, place)
    return Effect.sync(() => {
      const index = this.#waiting.indexOf(place)
      if (index >= 0) this.#waiting.splice(index, 1)
    })
  }

  #leave(place: Place): void {
    place.hasTurn = false
    const next = this.#waiting.shift()
    if (next === undefined) {
      this.#taken = false
      return
    }
    next.hasTurn = true
    next.call?.()
  }
}
