/**
 * The kind of streams that are records of a log, listed by windows of time: a record stays as it was written, and new ones come at the
 * end, some of them late.
 *
 * Windows go forward, each as wide as fits into one answer: pages by offset would shift under records that come meanwhile, and a
 * record may be told from others like it by nothing but their number. The state says up to which moment all has been read, and what is known
 * of the time before it in which records may still come late (sync/LogPosition.ts). The site's own clock decides what has been.
 */
import { Effect } from "effect"
import { Forbidden, saysAbsent } from "../../confluence/errors.ts"
import { type List, type Row, readPage } from "../../confluence/Listing.ts"
import { type Endpoint, scopeNames } from "../../confluence/scopes.ts"
import { Reporter } from "../../protocol/Reporter.ts"
import type { ReadFailure } from "../../sync/failures.ts"
import { LogPosition } from "../../sync/LogPosition.ts"
import type { Pass } from "../../sync/Pass.ts"
import type { ReadServices } from "../../sync/readServices.ts"
import { Settings } from "../../sync/services.ts"
import type { StreamDefinition } from "../../sync/StreamDefinition.ts"
import { type Facts, ONE_ROW } from "./lists.ts"

type Reading<A> = Effect.Effect<A, ReadFailure, ReadServices>

/** A log and how it is asked. */
export interface Log {
  readonly endpoint: Endpoint
  /** The parameters for the first and the last moment, in milliseconds. */
  readonly from: string
  readonly to: string
  /** Most records in one answer. */
  readonly limit: number
  /** When a record was written, in milliseconds; undefined where it does not say. */
  readonly timeOf: (record: Row) => number | undefined
  /** Makes the records of a window rows of the stream: all of it, so that what is alike can be numbered. */
  readonly rows: (records: ReadonlyArray<Row>) => ReadonlyArray<Row>
  /** What it is called, and who may read it, for messages. */
  readonly what: string
  readonly whoReads: string
}

/** Moments of the site's clock, both in it. */
interface Window {
  readonly from: number
  readonly to: number
}

interface Answer {
  readonly records: ReadonlyArray<Row>
  /** Entries that are no records. */
  readonly odd: number
  readonly isWhole: boolean
}

const SECOND_MS = 1000
/** An answer is filled to this share at best, so that the next window is likely to fit. */
const FILL = 0.7
/** Where nothing was found the next window is this much wider. */
const WIDER_AFTER_NOTHING = 16
const MOST_WIDER = 8
const MOST_NARROWER = 16
/** How much further back a log's beginning is looked for each time. */
const BACK = 4

/** Asks for windows of a log, and learns how much fits into an answer. */
class WindowReader {
  readonly #log: Log
  readonly #list: List
  /** The longest answer that was seen: one that is shorter has not been cut. */
  #longest = 0
  /** How long answers get, as far as it is known. */
  #most: number
  /** How far back the beginning of the log was looked for last; undefined once it is known. */
  #back: number | undefined = 0

  constructor(log: Log, stream: string) {
    this.#log = log
    this.#most = log.limit
    this.#list = {
      path: log.endpoint.path,
      query: [],
      paging: "offset",
      limit: log.limit,
      stream,
      scope: scopeNames(log.endpoint),
    }
  }

  /**
   * The records of a window, perhaps not all. Doubt: whether the moments that are named are in the window, and whether the site cuts
   * answers shorter than asked for without a way to the rest. So a moment more is asked for on both sides, and an answer is
   * taken for whole where it is shorter than another one, or where there is nothing behind it.
   */
  ask({ from, to }: Window): Reading<Answer> {
    return Effect.gen({ self: this }, function* () {
      const list = this.#listOf({ from, to })
      const { rows, odd } = yield* readPage(list, undefined, list.limit, { priority: Number.POSITIVE_INFINITY })
      const length = rows.length + odd
      const isWhole =
        length < list.limit && (length < Math.max(1, this.#longest) || !(yield* this.#goesOn(list, length)))
      this.#longest = Math.max(this.#longest, length)
      if (!isWhole) this.#most = length
      return { records: this.#within(rows, { from, to }), odd, isWhole }
    })
  }

  /** All records of one moment, of which there are more than an answer holds. */
  askAll(window: Window): Reading<Answer> {
    return Effect.gen({ self: this }, function* () {
      const list = this.#listOf(window)
      const records: Array<Row> = []
      let odd = 0
      for (let start = 0; ;) {
        const page = yield* readPage(list, String(start), list.limit, { priority: Number.POSITIVE_INFINITY })
        const length = page.rows.length + page.odd
        if (length === 0) return { records: this.#within(records, window), odd, isWhole: true }
        records.push(...page.rows)
        odd += page.odd
        start += length
      }
    })
  }

  /**
   * The last moment up to which an answer that was cut holds all of its window: of records in the order of their times those before the last
   * one's. Undefined where it does not tell. Doubt: the order of the list.
   */
  wholeUpTo(records: ReadonlyArray<Row>): number | undefined {
    const times = this.#times(records)
    const last = times.at(-1)
    const isInOrder = times.length === records.length && times.every((time, at) => at === 0 || times[at - 1]! <= time)
    return last === undefined || !isInOrder || times[0] === last ? undefined : last - 1
  }

  /** How wide a window is to be after one of which all was read. */
  wider(width: number, records: number): number {
    // One that reached back to where the log begins says nothing of how dense it is.
    const back = this.#back
    this.#back = undefined
    if (back !== undefined && back > 0) return back / 2
    if (records === 0) return WIDER_AFTER_NOTHING * width
    return width * Math.min(MOST_WIDER, Math.max(1 / MOST_WIDER, (FILL * this.#most) / records))
  }

  /** How wide it is to be after one that held more than these records, which are neighbours. */
  narrower(width: number, records: ReadonlyArray<Row>): number {
    const times = this.#times(records)
    const oldest = times.reduce((least, time) => Math.min(least, time), Number.POSITIVE_INFINITY)
    const newest = times.reduce((most, time) => Math.max(most, time), Number.NEGATIVE_INFINITY)
    const span = times.length === 0 ? 1 : newest - oldest + 1
    if (this.#back === undefined) return Math.min(width / 2, Math.max(FILL * span, width / MOST_NARROWER))
    // At first it is looked for where the log begins, further back each time.
    this.#back = BACK * Math.max(span, this.#back)
    return Math.max(width / 2, width - this.#back)
  }

  #times(records: ReadonlyArray<Row>): ReadonlyArray<number> {
    return records.flatMap((record) => this.#log.timeOf(record) ?? [])
  }

  #goesOn(list: List, length: number): Reading<boolean> {
    return Effect.map(
      readPage(list, String(length), list.limit, { priority: Number.POSITIVE_INFINITY }),
      ({ rows, odd }) => rows.length + odd > 0,
    )
  }

  #listOf({ from, to }: Window): List {
    const { from: first, to: last } = this.#log
    return {
      ...this.#list,
      query: [
        [first, String(Math.max(0, from - 1))],
        [last, String(to + 1)],
      ],
    }
  }

  /** A record that does not tell its time is taken where it was shown. */
  #within(records: ReadonlyArray<Row>, { from, to }: Window): ReadonlyArray<Row> {
    return records.filter((record) => {
      const time = this.#log.timeOf(record)
      return time === undefined || (time >= from && time <= to)
    })
  }
}

const readLog = Effect.fnUntraced(function* (
  log: Log,
  key: string,
  pass: Pass,
): Effect.fn.Return<void, ReadFailure, ReadServices> {
  const { run } = pass
  const { lookbackMs } = yield* Settings
  // The site tells its clock in whole seconds. What is dated in this second may not be written yet: the next sync finds it by looking back.
  const end = lookbackMs < SECOND_MS ? run.startedAt - 1 : run.startedAt + SECOND_MS - 1
  const position = new LogPosition(run.log, lookbackMs, run.startedAt)
  const reader = new WindowReader(log, run.facts.name)
  let { from } = position
  let width = end - from + 1
  while (from <= end) {
    const window = { from, to: Math.min(end, from + Math.max(1, Math.floor(width)) - 1) }
    const asked = yield* reader.ask(window)
    const isMoment = window.from === window.to
    const upTo = asked.isWhole ? window.to : reader.wholeUpTo(asked.records)
    if (upTo === undefined && !isMoment) {
      width = reader.narrower(window.to - window.from + 1, asked.records)
      continue
    }
    const to = upTo ?? window.to
    const { records: shown, odd } = upTo === undefined ? yield* reader.askAll(window) : asked
    const records = shown.filter((record) => (log.timeOf(record) ?? to) <= to)
    const rows = log.rows(records)
    const times = new Map(rows.map((row, at) => [String(row[key]), log.timeOf(records[at]!) ?? to]))
    const fresh = position.news(times)
    run.counts.skipped += rows.length - fresh.size
    const sent = run.sound(rows.filter((row) => fresh.has(String(row[key]))))
    if (odd > 0 || run.isOdd) yield* run.tellOdd(odd)
    yield* pass.take(sent, () => {
      position.advance(times, to)
      run.log = position.state
    })
    from = to + 1
    width = reader.wider(to - window.from + 1, records.length)
  }
})

/** Where a site has no such log there is nothing to read, which is no failure; where one may not read it, the message says who may. */
const whereThereIsOne = (log: Log, pass: Pass, read: Reading<void>): Reading<void> =>
  read.pipe(
    Effect.catch((error: ReadFailure): Reading<void> => {
      const { name } = pass.run.facts
      if (error._tag === "Forbidden") {
        return Effect.fail(new Forbidden({ ...error, message: `${error.message} ${log.whoReads}` }))
      }
      const isAbsent = (error._tag === "NotFound" || error._tag === "EndpointRemoved") && saysAbsent(error)
      if (!isAbsent || pass.run.writer.isRunning) return Effect.fail(error)
      return Reporter.use((reporter) =>
        reporter.log("WARN", `${name}: the site has no ${log.what}, so there are no rows. ${error.message}`),
      )
    }),
  )

/** A stream of the records of a log. `cursor`: the column by which destinations see its order. */
export const timeWindows = (facts: Facts & { readonly log: Log; readonly cursor: string }): StreamDefinition => {
  const { log, ...rest } = facts
  const key = facts.primaryKey[0]!
  return {
    ...rest,
    syncModes: ["full_refresh", "incremental"],
    endpoints: [log.endpoint],
    probes: [{ endpoint: log.endpoint, query: [ONE_ROW], mayBeAbsent: true }],
    read: (pass) => whereThereIsOne(log, pass, readLog(log, key, pass)),
  }
}
