/**
 * One stream in one sync: takes pages of rows, writes what is new of them, and vouches for it with states.
 *
 * A page's records, then the position behind it, then perhaps a STATE: in this order and in one turn, so that a state never
 * tells of rows that were not written. After the stream has ended, well or not, nothing more of it is written.
 */
import { Clock, Effect, Semaphore } from "effect"
import type { Row } from "../confluence/Listing.ts"
import type { ConfiguredStream } from "../protocol/ConfiguredCatalog.ts"
import { estimateLine, rateLimitedLine, type StreamDescriptor, stateLine, statusLine } from "../protocol/messages.ts"
import { Output, type OutputClosed } from "../protocol/Output.ts"
import { CHANGES, changesOf, recordLines } from "../protocol/recordLines.ts"
import { Reporter } from "../protocol/Reporter.ts"
import type { StreamDefinition } from "../streams/StreamDefinition.ts"
import type { NamedAccounts } from "./Accounts.ts"
import { Changes } from "./Changes.ts"
import type { Defect } from "./defects.ts"
import { SoundRows } from "./SoundRows.ts"
import { SentKeys } from "./SentKeys.ts"
import type { PartPosition, StreamState } from "./StreamState.ts"

/**
 * The states before the last one take this share of the bytes of the records at most. A tenth is promised; half of it keeps
 * what a cut-off sync repeats below a few percent, and the making of states below what the records cost.
 */
const STATE_SHARE = 0.05
/** A state takes this much for each row known at most, promised, with what its rows name. */
const BYTES_PER_ROW = 12
/** What the names of a state's longest values take. */
const KEYS = 40
/** A state is due when this time has gone by since the last one, as soon as its size allows. */
const STATE_EVERY_MS = 50_000

export interface Counts {
  emitted: number
  deleted: number
  /** Rows that were not sent because this sync had sent them before, or because their parent vanished. */
  skipped: number
  failed: number
}

export interface StreamRunOptions {
  readonly definition: StreamDefinition
  readonly configured: ConfiguredStream
  /** The properties of the stream's schema. */
  readonly properties: Readonly<Record<string, unknown>>
  readonly site: string
  readonly setup: string
  /** The site's clock at the start of the sync, in epoch milliseconds. */
  readonly startedAt: number
  readonly defects: ReadonlySet<Defect>
  /** The platform's job, where there is one. */
  readonly jobId: string | undefined
  /** An earlier attempt of the same job has read the stream to its end. */
  readonly finished: boolean
  /** The state to go on from, already known to be of this site and setup; undefined starts anew. */
  readonly from: StreamState | undefined
  /** Whom the rows name; undefined when nobody asks for them. */
  readonly accounts: NamedAccounts | undefined
}

export class StreamRun {
  readonly definition: StreamDefinition
  readonly descriptor: StreamDescriptor
  readonly defects: ReadonlySet<Defect>
  readonly counts: Counts = { emitted: 0, deleted: 0, skipped: 0, failed: 0 }
  /** Whether an earlier attempt of the same job has read the stream to its end. */
  readonly finishedBefore: boolean
  /** Whether this sync goes on from an earlier one, so that it does not send all rows itself. */
  readonly resumed: boolean
  readonly accounts: NamedAccounts | undefined
  /** Set where the stream, once complete, has to be read again by the next attempt of its job all the same. */
  isOpen = false
  /** How far each part of the stream has been read; told with each state. */
  readonly parts: Map<string, PartPosition>
  /** What the destination has, for a stream that tells changes. */
  readonly changes: Changes | undefined

  readonly #isFullRefresh: boolean
  readonly #jobId: string | undefined
  readonly #columns: ReadonlyArray<string>
  readonly #site: string
  readonly #setup: string
  readonly #turn = Semaphore.makeUnsafe(1)
  /** Keys that this sync has sent, of a stream that is read whole. */
  readonly #sent = new SentKeys()
  /** Rows that earlier attempts have sent, of a stream that is read whole. */
  readonly #sentBefore: number
  readonly #soundRows: SoundRows
  readonly #toldOdd = new Set<"row" | "value">()
  #started = false
  #running = false
  #ended = false
  #done = false
  #sinceState = 0
  #recordBytes = 0
  #stateBytes = 0
  /** Characters of the last state that was made: about what the next one will take. */
  #stateSize = 0
  #lastStateAt: number | undefined

  constructor(options: StreamRunOptions) {
    this.definition = options.definition
    this.defects = options.defects
    this.descriptor = options.configured.descriptor
    const declared = Object.keys(options.properties)
    this.#soundRows = new SoundRows(options.definition.primaryKey, options.properties)
    this.#columns = declared.filter((column) => options.configured.columns?.has(column) ?? true)
    // A passing failure to learn the cloud id does not make it another site.
    this.#site = /[.:]/.test(options.site) ? (options.from?.site ?? options.site) : options.site
    this.#setup = options.setup
    this.accounts = options.accounts
    const { definition, from, configured } = options
    const tracked = definition.changes
    this.changes = tracked === undefined ? undefined : new Changes({ ...options, declared, tracked })
    this.#isFullRefresh = configured.syncMode === "full_refresh"
    this.#jobId = this.#isFullRefresh ? options.jobId : undefined
    this.finishedBefore = options.finished && this.changes?.rescans !== true
    this.resumed = from !== undefined
    this.parts = new Map(this.changes?.rescans === true ? [] : Object.entries(from?.parts ?? {}))
    this.#sentBefore = this.changes === undefined ? (from?.rows ?? 0) : 0
  }

  /** Rows that the site has shown, each counted once however often it was asked for. */
  get listed(): number {
    return this.changes?.shown ?? this.#sent.size
  }

  /** Whether the destination wants this column: what nobody wants need not be asked for. */
  wants(column: string): boolean {
    return this.#columns.includes(column)
  }

  #state(): StreamState {
    const rows = this.#sentBefore + this.counts.emitted + this.counts.deleted
    const { index, ...state }: StreamState = {
      v: 1,
      site: this.#site,
      setup: this.#setup,
      rows,
      ...(this.#done ? { done: 1 } : {}),
      ...(this.#jobId === undefined ? {} : { job: this.#jobId }),
      ...(this.parts.size === 0 || this.#done ? {} : { parts: Object.fromEntries(this.parts) }),
      ...this.changes?.state(),
    }
    const taken = JSON.stringify(state).length + KEYS + (index?.length ?? 0)
    const room = BYTES_PER_ROW * (this.changes?.index.size ?? rows) - taken
    return { ...state, ...this.accounts?.state(room), ...(index === undefined ? {} : { index }) }
  }

  #keyOf(row: Row): string {
    const [first, ...rest] = this.definition.primaryKey
    if (rest.length === 0) return String(row[first!])
    return JSON.stringify(this.definition.primaryKey.map((column) => row[column]))
  }

  /** The rows that this sync has not sent yet, with the wanted columns alone. */
  #newRows(rows: ReadonlyArray<Row>): ReadonlyArray<Row> {
    const fresh: Array<Row> = []
    this.accounts?.note(rows)
    for (const row of rows) {
      const isNews = this.changes === undefined ? this.#sent.add(this.#keyOf(row)) : this.changes.isNews(row)
      if (!isNews) continue
      fresh.push(this.#pruned(row))
    }
    return fresh
  }

  /** Writes a line of text outside of pages; in a turn of its own, so that nothing follows the stream's end. */
  #tell(line: (now: number) => string | undefined): Effect.Effect<void, OutputClosed, Output> {
    return Effect.gen({ self: this }, function* () {
      if (!this.#started || this.#ended) return
      const output = yield* Output
      const text = line(yield* Clock.currentTimeMillis)
      if (text !== undefined) yield* output.write(text)
    }).pipe(this.#turn.withPermits(1), Effect.uninterruptible)
  }

  readonly started: Effect.Effect<void, OutputClosed, Output> = Effect.suspend(() => {
    this.#started = true
    return this.#tell((now) => statusLine(this.descriptor, "STARTED", now))
  })

  /**
   * Takes a page: writes the rows that are new, then a STATE where one is due. Also for an empty page, which moves the position. Not
   * interruptible: a page is taken whole or not at all.
   */
  page(rows: ReadonlyArray<Row>): Effect.Effect<void, OutputClosed, Output> {
    return Effect.suspend(() => this.take(this.sound(rows), () => {}))
  }

  /**
   * The same for rows that are known to be sound. `advance` notes the position behind them; `mayBeMalformed`: their texts may hold
   * a NUL or half of a surrogate pair.
   */
  take(
    rows: ReadonlyArray<Row>,
    advance: () => void,
    mayBeMalformed = true,
  ): Effect.Effect<void, OutputClosed, Output> {
    return Effect.gen({ self: this }, function* () {
      if (this.#ended) return
      const output = yield* Output
      const now = yield* Clock.currentTimeMillis
      const fresh = this.#newRows(rows)
      let written = ""
      if (!this.#running) {
        this.#running = true
        this.#lastStateAt = now
        written = statusLine(this.descriptor, "RUNNING", now)
      }
      const records = fresh.length === 0 ? "" : recordLines(this.descriptor, fresh, now, mayBeMalformed)
      written += records
      this.counts.emitted += fresh.length
      if (this.changes === undefined) this.counts.skipped += rows.length - fresh.length
      this.#sinceState += fresh.length
      this.#recordBytes += records.length
      advance()
      const state = this.#dueState(now)
      written = this.defects.has("state-before-records") ? state + written : written + state
      if (written !== "") yield* output.write(written)
    }).pipe(this.#turn.withPermits(1), Effect.uninterruptible)
  }

  /**
   * Sends tombstones: rows of their key, changedAt and the two columns that say when and why. A full refresh sends none, even
   * if it goes on from an attempt that sent rows which are gone by now: a destination that overwrites its table keeps every
   * row of the job, a tombstone too.
   */
  tombstones(rows: ReadonlyArray<Row>): Effect.Effect<void, OutputClosed, Output> {
    return Effect.gen({ self: this }, function* () {
      if (this.#ended || rows.length === 0 || this.#isFullRefresh) return
      const output = yield* Output
      const now = yield* Clock.currentTimeMillis
      const records = recordLines(
        this.descriptor,
        rows.map((row) => this.#pruned(row)),
        now,
      )
      this.counts.deleted += rows.length
      this.#sinceState += rows.length
      this.#recordBytes += records.length
      yield* output.write(records + this.#dueState(now))
    }).pipe(this.#turn.withPermits(1), Effect.uninterruptible)
  }

  /** The rows that can be sent, with values of the types that the schema declares. */
  sound(rows: ReadonlyArray<Row>): ReadonlyArray<Row> {
    return this.#soundRows.of(rows)
  }

  /** Counts rows that cannot be sent because they lack their key, or are no rows, and tells each sort of oddity once. */
  tellOdd(count: number): Effect.Effect<void, OutputClosed, Reporter> {
    this.counts.failed += count
    const { name, primaryKey } = this.definition
    const column = this.#soundRows.oddColumn
    const news: Array<string> = []
    if (count > 0 && !this.#toldOdd.has("row")) {
      news.push(
        `Confluence listed rows without ${primaryKey.join(" or ")}; they cannot be sent and are counted as failed. All others are read.`,
      )
      this.#toldOdd.add("row")
    }
    if (column !== undefined && !this.#toldOdd.has("value")) {
      news.push(
        `Confluence gave ${column} as something else than its documents say. What is no such value is left out, and the record's meta.changes says so.`,
      )
      this.#toldOdd.add("value")
    }
    return Reporter.use((reporter) =>
      Effect.forEach(news, (each) => reporter.log("WARN", `${name}: ${each}`), { discard: true }),
    )
  }

  /** Whether a value was odd that the log does not tell of yet. */
  get isOdd(): boolean {
    return this.#soundRows.oddColumn !== undefined && !this.#toldOdd.has("value")
  }

  #pruned(row: Row): Row {
    const record: Row = {}
    const changes = changesOf(row)
    if (changes.length > 0) Object.assign(record, { [CHANGES]: changes })
    for (const column of this.#columns) {
      const value = row[column]
      if (value !== undefined) record[column] = value
    }
    return record
  }

  /** A STATE line if the budget allows one now, else nothing. */
  #dueState(now: number): string {
    // A state is not made to be thrown away: the last one's length tells whether there is room for another.
    const room = STATE_SHARE * this.#recordBytes - this.#stateBytes
    if (room < this.#stateSize) return ""
    const line = stateLine(this.descriptor, this.#state(), this.#sinceState)
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
  readonly checkpoint: Effect.Effect<void, OutputClosed, Output> = Effect.gen({ self: this }, function* () {
    if (this.#ended) return
    const output = yield* Output
    const now = yield* Clock.currentTimeMillis
    yield* output.write(this.#wrote(stateLine(this.descriptor, this.#state(), this.#sinceState), now))
  }).pipe((effect) => this.#turn.withPermits(1)(effect), Effect.uninterruptible)

  /** The process is being ended: vouches for what was written. */
  readonly interrupted: Effect.Effect<void, OutputClosed, Output> = Effect.suspend(() =>
    this.#running && !this.defects.has("index-not-written-on-cut") ? this.checkpoint : Effect.void,
  )

  /** Whether a state should go out although no page came: called now and then beside the reading. */
  isStateDue(now: number): boolean {
    return (
      this.#lastStateAt !== undefined &&
      now - this.#lastStateAt >= STATE_EVERY_MS &&
      STATE_SHARE * this.#recordBytes - this.#stateBytes >= this.#stateSize
    )
  }

  /** Tells how many rows the stream will have in all, as a guess. */
  estimate(rows: number): Effect.Effect<void, OutputClosed, Output> {
    return this.#tell((now) => {
      if (this.counts.emitted === 0) return undefined
      const bytes = Math.round((rows * this.#recordBytes) / this.counts.emitted)
      return estimateLine(this.descriptor, Math.round(rows), bytes, now)
    })
  }

  /** Requests are held up by the site's rate limit until then (epoch milliseconds). */
  heldUp(untilMs: number): Effect.Effect<void, OutputClosed, Output> {
    return this.#tell((now) => rateLimitedLine(this.descriptor, untilMs, now))
  }

  /** The hold-up is over. */
  readonly goesOn: Effect.Effect<void, OutputClosed, Output> = Effect.suspend(() =>
    this.#tell((now) => statusLine(this.descriptor, "RUNNING", now)),
  )

  /** The stream has been read to its end: RUNNING if nothing came, the last STATE, COMPLETE. */
  readonly complete: Effect.Effect<void, OutputClosed, Output> = Effect.gen({ self: this }, function* () {
    if (!this.#running) yield* this.page([])
    this.#done = !this.isOpen
    yield* this.checkpoint
    yield* this.#end("COMPLETE")
  })

  /** The stream could not be read to its end. What was read is vouched for, and nothing of it is written after that. */
  readonly incomplete: Effect.Effect<void, OutputClosed, Output> = Effect.gen({ self: this }, function* () {
    if (this.#running) yield* this.checkpoint
    yield* this.#end("INCOMPLETE")
  })

  #end(status: "COMPLETE" | "INCOMPLETE"): Effect.Effect<void, OutputClosed, Output> {
    return this.#tell((now) => {
      this.#ended = true
      return statusLine(this.descriptor, status, now)
    })
  }
}
