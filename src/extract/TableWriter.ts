/**
 * Writes one stream into its table. Rows are lines of JSON in a file until there are enough of them, or until it is time; then they come
 * into the table together with the state that tells of them. What a killed extract leaves behind is the table of the last state.
 *
 * A stream that is read whole each time has one batch, which comes into the table when all has been read; until then the table is as the
 * extract before left it.
 */
import { type FileHandle, open, rm } from "node:fs/promises"
import { Clock, Effect, Semaphore } from "effect"
import { DELETED_AT } from "./columns.ts"
import type { StreamProgress } from "./progress.ts"
import type { TableLoad } from "./TableLoad.ts"
import { failedWriting, type TargetFailed } from "./TargetFailed.ts"

/** A batch is loaded when its lines take so many bytes, */
const BATCH_BYTES = 32_000_000
/** or, where the state is large, so many times what that takes, */
const TIMES_STATE = 4
/** but never more than this, */
const MOST_BATCH_BYTES = 64_000_000
/** or when it has so many rows, */
const BATCH_ROWS = 65_536
/** or so long after the last one: what a kill costs. */
const COMMIT_EVERY_MS = 30_000
/** Lines of fewer characters need no room of their own. */
const LONG = 250_000

type Row = Readonly<Record<string, unknown>>

export interface TableWriterOptions<E> {
  readonly load: TableLoad
  /** The target as the person named it. */
  readonly name: string
  /** The stream is read whole each time. */
  readonly whole: boolean
  /** A new path for a batch. */
  readonly file: () => string
  /** Rows as lines of JSON. `mayBeMalformed`: their texts may hold what no table takes. */
  readonly toLines: (rows: ReadonlyArray<Row>, mayBeMalformed: boolean) => ReadonlyArray<string>
  readonly progress: StreamProgress
  /** What writing fails with. */
  readonly failed: (failure: TargetFailed) => E
}

interface Lines {
  readonly path: string
  readonly file: FileHandle
  rows: number
  bytes: number
  longest: number
  hasTombstones: boolean
}

export class TableWriter<E> {
  readonly #options: TableWriterOptions<E>
  readonly #turn = Semaphore.makeUnsafe(1)
  #lines: Lines | undefined
  #running = false
  #ended = false
  #committedAt = 0
  #stateBytes = 0
  /** Something has happened that no state in the target tells of. */
  #isOwing = false
  /** The state that a stream which is read whole ends with. */
  #lastState: object | undefined

  constructor(options: TableWriterOptions<E>) {
    this.#options = options
  }

  get isRunning(): boolean {
    return this.#running
  }

  #inTurn<A>(work: (now: number) => Promise<A>): Effect.Effect<A | undefined, E> {
    return Effect.gen({ self: this }, function* () {
      if (this.#ended) return undefined
      const now = yield* Clock.currentTimeMillis
      return yield* Effect.tryPromise({
        try: () => work(now),
        catch: (error) => this.#options.failed(failedWriting(this.#options.name, error)),
      })
    }).pipe(this.#turn.withPermits(1), Effect.uninterruptible)
  }

  readonly started: Effect.Effect<void> = Effect.sync(() => this.#options.progress.started())

  page(news: () => ReadonlyArray<Row>, state: () => object, mayBeMalformed: boolean): Effect.Effect<void, E> {
    return this.#inTurn(async (now) => {
      if (!this.#running) this.#committedAt = now
      this.#running = true
      const rows = news()
      this.#isOwing = true
      if (rows.length > 0) await this.#append(rows, mayBeMalformed)
      if (!this.#options.whole && this.#isDue(now)) await this.#commit(state(), now)
    })
  }

  async #append(rows: ReadonlyArray<Row>, mayBeMalformed: boolean): Promise<void> {
    const texts = this.#options.toLines(rows, mayBeMalformed)
    this.#lines ??= await this.#begun()
    const lines = this.#lines
    const tombstones = rows.filter((row) => row[DELETED_AT] !== undefined && row[DELETED_AT] !== null).length
    if (tombstones > 0) lines.hasTombstones = true
    for (const text of texts) {
      if (text.length > LONG) lines.longest = Math.max(lines.longest, Buffer.byteLength(text))
    }
    const bytes = Buffer.from(texts.join(""))
    await lines.file.writeFile(bytes)
    lines.rows += rows.length
    lines.bytes += bytes.length
    this.#options.progress.took(rows.length - tombstones, tombstones)
  }

  async #begun(): Promise<Lines> {
    const path = this.#options.file()
    const file = await open(path, "wx", 0o600)
    return { path, file, rows: 0, bytes: 0, longest: 0, hasTombstones: false }
  }

  #isDue(now: number): boolean {
    const { bytes = 0, rows = 0 } = this.#lines ?? {}
    const enough = Math.max(BATCH_BYTES, Math.min(TIMES_STATE * this.#stateBytes, MOST_BATCH_BYTES))
    return bytes >= enough || rows >= BATCH_ROWS || this.isStateDue(now)
  }

  /** Brings the lines into the table by `use`, and takes the file away. */
  async #settle(use: (batch: Omit<Lines, "file"> | undefined) => Promise<void>): Promise<void> {
    const lines = this.#lines
    this.#lines = undefined
    if (lines === undefined) return use(undefined)
    try {
      await lines.file.close()
      await use(lines)
    } finally {
      await rm(lines.path, { force: true })
    }
  }

  async #commit(state: object, now: number): Promise<void> {
    await this.#settle((batch) => this.#options.load.apply(batch, state))
    this.#stateBytes = (state as { readonly index?: string }).index?.length ?? 0
    this.#committedAt = now
    this.#isOwing = false
  }

  checkpoint(state: () => object): Effect.Effect<void, E> {
    return this.#inTurn(async (now) => {
      this.#lastState = state()
      if (!this.#options.whole) await this.#commit(this.#lastState, now)
    })
  }

  isStateDue(now: number): boolean {
    return !this.#options.whole && this.#isOwing && now - this.#committedAt >= COMMIT_EVERY_MS
  }

  estimate(rows: number): Effect.Effect<void> {
    return Effect.sync(() => this.#options.progress.expects(rows))
  }

  heldUp(untilMs: number): Effect.Effect<void> {
    return Effect.sync(() => this.#options.progress.waits(untilMs))
  }

  readonly goesOn: Effect.Effect<void> = Effect.sync(() => this.#options.progress.waits(undefined))

  ended(status: "COMPLETE" | "INCOMPLETE"): Effect.Effect<void, E> {
    const { load, whole, progress } = this.#options
    return this.#inTurn(async () => {
      const state = this.#lastState
      if (status === "COMPLETE" && state !== undefined) {
        await (whole ? this.#settle((batch) => load.replace(batch, state)) : load.finish(state))
      } else await this.#settle(() => Promise.resolve())
      this.#ended = true
      progress.ended(status === "COMPLETE")
    })
  }
}
