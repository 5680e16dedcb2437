/**
 * Writes one stream as messages of the protocol: its records, its statuses, and states as often as their size allows.
 *
 * A page's records, then perhaps a STATE: in this order and in one turn, so that a state never tells of rows that were not
 * written. After the stream has ended, well or not, nothing more of it is written.
 */
import { Clock, Effect, Semaphore } from "effect"
import { estimateLine, rateLimitedLine, stateLine, statusLine, type StreamDescriptor } from "./messages.ts"
import { Output, type OutputClosed } from "./Output.ts"
import { recordLines, type RecordData } from "./recordLines.ts"

/**
 * The states before the last one take this share of the bytes of the records at most. A tenth is promised; half of it keeps
 * what a cut-off sync repeats below a few percent, and the making of states below what the records cost.
 */
const STATE_SHARE = 0.05
/** A state is due when this time has gone by since the last one, as soon as its size allows. */
const STATE_EVERY_MS = 50_000

type Writing = Effect.Effect<void, OutputClosed, Output>

export class RecordWriter {
  readonly #descriptor: StreamDescriptor
  readonly #turn = Semaphore.makeUnsafe(1)
  #started = false
  #running = false
  #ended = false
  /** Records since the last state. */
  #sinceState = 0
  #recordBytes = 0
  #stateBytes = 0
  /** Characters of the last state that was made: about what the next one will take. */
  #stateSize = 0
  #lastStateAt: number | undefined

  constructor(descriptor: StreamDescriptor) {
    this.#descriptor = descriptor
  }

  get isRunning(): boolean {
    return this.#running
  }

  /** Writes a line of text outside of pages; in a turn of its own, so that nothing follows the stream's end. */
  #tell(line: (now: number) => string | undefined): Writing {
    return Effect.gen({ self: this }, function* () {
      if (!this.#started || this.#ended) return
      const output = yield* Output
      const text = line(yield* Clock.currentTimeMillis)
      if (text !== undefined) yield* output.write(text)
    }).pipe(this.#turn.withPermits(1), Effect.uninterruptible)
  }

  readonly started: Writing = Effect.suspend(() => {
    this.#started = true
    return this.#tell((now) => statusLine(this.#descriptor, "STARTED", now))
  })

  /** Writes the rows that `news` answers, and a STATE where one is due. A page is taken whole or not at all. */
  page(news: () => ReadonlyArray<RecordData>, state: () => object, mayBeMalformed: boolean): Writing {
    return Effect.gen({ self: this }, function* () {
      if (this.#ended) return
      const output = yield* Output
      const now = yield* Clock.currentTimeMillis
      const rows = news()
      let written = ""
      if (!this.#running) {
        this.#running = true
        this.#lastStateAt = now
        written = statusLine(this.#descriptor, "RUNNING", now)
      }
      const records = rows.length === 0 ? "" : recordLines(this.#descriptor, rows, now, mayBeMalformed)
      this.#sinceState += rows.length
      this.#recordBytes += records.length
      written += records
      written += this.#dueState(state, now)
      if (written !== "") yield* output.write(written)
    }).pipe(this.#turn.withPermits(1), Effect.uninterruptible)
  }

  /** A STATE line if the budget allows one now, else nothing. */
  #dueState(state: () => object, now: number): string {
    // A state is not made to be thrown away: the last one's length tells whether there is room for another.
    const room = STATE_SHARE * this.#recordBytes - this.#stateBytes
    if (room < this.#stateSize) return ""
    const line = stateLine(this.#descriptor, state(), this.#sinceState)
    this.#stateSize = line.length
    return line.length > room ? "" : this.#wrote(line, now)
  }

  #wrote(line: string, now: number): string {
    this.#stateBytes += line.length
    this.#stateSize = line.length
    this.#lastStateAt = now
    this.#sinceState = 0
    return line
  }

  /** Writes a STATE whatever it costs, for the end of the stream or of the process. */
  checkpoint(state: () => object): Writing {
    return Effect.gen({ self: this }, function* () {
      if (this.#ended) return
      const output = yield* Output
      const now = yield* Clock.currentTimeMillis
      yield* output.write(this.#wrote(stateLine(this.#descriptor, state(), this.#sinceState), now))
    }).pipe(this.#turn.withPermits(1), Effect.uninterruptible)
  }

  /** Whether a state should go out although no page came: asked now and then beside the reading. */
  isStateDue(now: number): boolean {
    return (
      this.#lastStateAt !== undefined &&
      now - this.#lastStateAt >= STATE_EVERY_MS &&
      STATE_SHARE * this.#recordBytes - this.#stateBytes >= this.#stateSize
    )
  }

  estimate(rows: number, sent: number): Writing {
    return this.#tell((now) => {
      if (sent === 0) return undefined
      const bytes = Math.round((rows * this.#recordBytes) / sent)
      return estimateLine(this.#descriptor, Math.round(rows), bytes, now)
    })
  }

  heldUp(untilMs: number): Writing {
    return this.#tell((now) => rateLimitedLine(this.#descriptor, untilMs, now))
  }

  readonly goesOn: Writing = Effect.suspend(() => this.#tell((now) => statusLine(this.#descriptor, "RUNNING", now)))

  ended(status: "COMPLETE" | "INCOMPLETE"): Writing {
    return this.#tell((now) => {
      this.#ended = true
      return statusLine(this.#descriptor, status, now)
    })
  }
}
