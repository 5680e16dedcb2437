/**
 * One stream in one sync: judges pages of rows, hands what is new of them to the writer, and vouches for it with states.
 */
import { Effect } from "effect"
import type { Row } from "../confluence/Listing.ts"
import type { ConfiguredStream } from "../protocol/ConfiguredCatalog.ts"
import type { StreamDescriptor } from "../protocol/messages.ts"
import type { OutputClosed } from "../protocol/Output.ts"
import { CHANGES, changesOf } from "../protocol/recordLines.ts"
import { Reporter } from "../protocol/Reporter.ts"
import type { NamedAccounts } from "../site/Accounts.ts"
import { KeySet } from "../site/KeySet.ts"
import { Changes, type DeletionReason } from "./Changes.ts"
import { ChildChanges, type ChildKey } from "./ChildChanges.ts"
import type { Child } from "./ChildIndex.ts"
import type { LogState } from "./LogPosition.ts"
import { SoundRows } from "./SoundRows.ts"
import type { StreamFacts } from "./StreamFacts.ts"
import type { PartPosition, StreamState } from "./StreamState.ts"
import type { StreamWriter, Writing } from "./StreamWriter.ts"

/** A state takes this much for each row known at most, promised, with what its rows name. */
const BYTES_PER_ROW = 12
/** What the names of a state's longest values take. */
const KEYS = 40

/** A part of which nothing has been read is made anew by who goes on from the state. */
const isBegun = ({ f, b, done }: PartPosition): boolean => f !== undefined || b !== undefined || done === 1

export interface Counts {
  emitted: number
  deleted: number
  /** Rows that were not sent because this sync had sent them before, or because their parent vanished. */
  skipped: number
  failed: number
}

export interface StreamRunOptions {
  readonly facts: StreamFacts
  /** Whether the stream tells changes; one that does not is read whole each time. */
  readonly tellsChanges: boolean
  /** For a stream that tells changes of what contents have. */
  readonly childKey?: ChildKey | undefined
  readonly configured: ConfiguredStream
  readonly writer: StreamWriter
  /** The properties of the stream's schema. */
  readonly properties: Readonly<Record<string, unknown>>
  readonly site: string
  readonly setup: string
  /** Names the filters that concern the stream; "" without any. */
  readonly scope: string
  /** The site's clock at the start of the sync, in epoch milliseconds. */
  readonly startedAt: number
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
  readonly facts: StreamFacts
  readonly writer: StreamWriter
  readonly descriptor: StreamDescriptor
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
  /** How far a log has been read; told with each state. */
  log: LogState | undefined
  /** The site's clock at the start of the sync, in epoch milliseconds. */
  readonly startedAt: number
  /** What the destination has, for a stream that tells changes. */
  readonly changes: Changes | undefined
  /** The same for a stream of what contents have. */
  readonly children: ChildChanges | undefined

  readonly #isFullRefresh: boolean
  readonly #jobId: string | undefined
  readonly #columns: ReadonlyArray<string>
  readonly #site: string
  readonly #setup: string
  readonly #scope: string
  /** Keys that this sync has sent, of a stream that is read whole. */
  readonly #sent = new KeySet()
  /** Rows that earlier attempts have sent, of a stream that is read whole. */
  readonly #sentBefore: number
  readonly #soundRows: SoundRows
  readonly #toldOdd = new Set<"row" | "value">()
  #done = false

  constructor(options: StreamRunOptions) {
    this.facts = options.facts
    this.writer = options.writer
    this.descriptor = options.configured.descriptor
    const declared = Object.keys(options.properties)
    this.#soundRows = new SoundRows(options.facts.primaryKey, options.properties)
    this.#columns = declared.filter((column) => options.configured.columns?.has(column) ?? true)
    // A passing failure to learn the cloud id does not make it another site.
    this.#site = /[.:]/.test(options.site) ? (options.from?.site ?? options.site) : options.site
    this.#setup = options.setup
    this.#scope = options.scope
    this.accounts = options.accounts
    const { facts, from, configured, tellsChanges, childKey } = options
    this.children = childKey === undefined ? undefined : new ChildChanges({ ...options, declared, key: childKey })
    this.changes =
      tellsChanges && childKey === undefined
        ? new Changes({ ...options, declared, idPrefix: facts.idPrefix })
        : undefined
    this.#isFullRefresh = configured.syncMode === "full_refresh"
    this.#jobId = this.#isFullRefresh ? options.jobId : undefined
    this.finishedBefore = options.finished && this.#known?.rescans !== true
    this.log = from?.log
    this.startedAt = options.startedAt
    this.resumed = from !== undefined
    this.parts = new Map(
      this.#known?.rescans === true || this.#known?.otherScope === true ? [] : Object.entries(from?.parts ?? {}),
    )
    this.#sentBefore = this.#known === undefined ? (from?.rows ?? 0) : 0
  }

  get #known(): Changes | ChildChanges | undefined {
    return this.changes ?? this.children
  }

  /** Rows that the site has shown, each counted once however often it was asked for. */
  get listed(): number {
    return this.#known?.shown ?? this.#sent.size
  }

  /** Whether the destination wants this column: what nobody wants need not be asked for. */
  wants(column: string): boolean {
    return this.#columns.includes(column)
  }

  readonly #state = (): StreamState => {
    const rows = this.#sentBefore + this.counts.emitted + this.counts.deleted
    const parts = [...this.parts].filter(([, part]) => isBegun(part))
    const { index, ...state }: StreamState = {
      v: 1,
      site: this.#site,
      setup: this.#setup,
      ...(this.#scope === "" ? {} : { scope: this.#scope }),
      rows,
      ...(this.#done ? { done: 1 } : {}),
      ...(this.#jobId === undefined ? {} : { job: this.#jobId }),
      ...(parts.length === 0 || this.#done ? {} : { parts: Object.fromEntries(parts) }),
      ...(this.log === undefined ? {} : { log: this.log }),
      ...this.#known?.state(),
    }
    const taken = JSON.stringify(state).length + KEYS + (index?.length ?? 0)
    const room = BYTES_PER_ROW * (this.#known?.index.size ?? rows) - taken
    return { ...state, ...this.accounts?.state(room), ...(index === undefined ? {} : { index }) }
  }

  #keyOf(row: Row): string {
    const [first, ...rest] = this.facts.primaryKey
    if (rest.length === 0) return String(row[first!])
    return JSON.stringify(this.facts.primaryKey.map((column) => row[column]))
  }

  /** The rows that this sync has not sent yet, with the wanted columns alone. */
  #newRows(rows: ReadonlyArray<Row>): ReadonlyArray<Row> {
    const fresh: Array<Row> = []
    this.accounts?.note(rows)
    for (const row of rows) {
      const isNews = this.#known?.isNews(row) ?? this.#sent.add(this.#keyOf(row))
      if (!isNews) continue
      fresh.push(this.#pruned(row))
    }
    return fresh
  }

  /** Takes rows that are as the site gave them; also none, which moves the position. */
  page(rows: ReadonlyArray<Row>): Writing {
    return Effect.suspend(() => this.take(this.sound(rows), () => {}))
  }

  /**
   * Takes a page of sound rows: those that are new are written. `advance` notes the position behind them; `mayBeMalformed`: their
   * texts may hold a NUL or half of a surrogate pair.
   */
  take(rows: ReadonlyArray<Row>, advance: () => void, mayBeMalformed = true): Writing {
    const news = () => {
      const fresh = this.#newRows(rows)
      this.counts.emitted += fresh.length
      if (this.#known === undefined) this.counts.skipped += rows.length - fresh.length
      advance()
      return fresh
    }
    return this.writer.page(news, this.#state, mayBeMalformed)
  }

  /**
   * Sends tombstones for known rows that are gone, and forgets them. A full refresh sends none, even if it goes on from an attempt
   * that sent rows which are gone by now: a destination that overwrites its table keeps every row of the job, a tombstone too.
   */
  bury(gone: ReadonlyMap<string, DeletionReason>): Writing {
    return gone.size === 0 ? Effect.void : this.#tombstones(() => this.changes!.bury(gone))
  }

  /** The same for rows of what contents have. */
  buryChildren(gone: ReadonlyArray<readonly [Child, DeletionReason]>): Writing {
    return gone.length === 0 ? Effect.void : this.#tombstones(() => this.children!.buryRows(gone))
  }

  #tombstones(bury: () => ReadonlyArray<Row>): Writing {
    return this.writer.page(
      () => {
        const rows = bury()
        if (this.#isFullRefresh) return []
        this.counts.deleted += rows.length
        return rows.map((row) => this.#pruned(row))
      },
      this.#state,
      true,
    )
  }

  /** The rows that can be sent, with values of the types that the schema declares. */
  sound(rows: ReadonlyArray<Row>): ReadonlyArray<Row> {
    return this.#soundRows.of(rows)
  }

  /** Counts rows that cannot be sent because they lack their key, or are no rows, and tells each sort of oddity once. */
  tellOdd(count: number): Effect.Effect<void, OutputClosed, Reporter> {
    this.counts.failed += count
    const { name, primaryKey } = this.facts
    const column = this.#soundRows.oddColumn
    const news: Array<string> = []
    if (count > 0 && !this.#toldOdd.has("row")) {
      const { oddRow } = this.#soundRows
      const such = oddRow === undefined ? "" : ` (such as "${oddRow}")`
      news.push(
        `Confluence listed rows without ${primaryKey.join(" or ")}${such}; they cannot be sent and are counted as failed. All others are read.`,
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

  /** Whether there were rows, and none that can be sent: a destination would take the stream for empty. */
  get hasNoSoundRow(): boolean {
    return this.counts.failed > 0 && this.listed === 0 && !this.resumed
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

  /** Writes a state whatever it costs. */
  get checkpoint(): Writing {
    return this.writer.checkpoint(this.#state)
  }

  /** The process is being ended: vouches for what was written. */
  readonly interrupted: Writing = Effect.suspend(() => (this.writer.isRunning ? this.checkpoint : Effect.void))

  /** Tells how many rows the stream will have in all, as a guess. */
  estimate(rows: number): Writing {
    return this.writer.estimate(rows, this.counts.emitted)
  }

  /** The stream has been read to its end: RUNNING if nothing came, the last state, COMPLETE. */
  readonly complete: Writing = Effect.gen({ self: this }, function* () {
    if (!this.writer.isRunning) yield* this.page([])
    this.#done = !this.isOpen
    yield* this.checkpoint
    yield* this.writer.ended("COMPLETE")
  })

  /** The stream could not be read to its end. What was read is vouched for, and nothing of it is written after that. */
  readonly incomplete: Writing = Effect.gen({ self: this }, function* () {
    if (this.writer.isRunning) yield* this.checkpoint
    yield* this.writer.ended("INCOMPLETE")
  })
}
