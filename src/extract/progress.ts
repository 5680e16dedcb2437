/**
 * How far an extract is: what each stream has done, as numbers that are noted while it goes on and as lines for people.
 */

/** What a writer tells of its stream. */
export interface StreamProgress {
  readonly started: () => void
  readonly took: (rows: number, tombstones: number) => void
  /** The stream will have about so many rows in all. */
  readonly expects: (rows: number) => void
  /** Requests are held up until then (epoch milliseconds), or go on. */
  readonly waits: (untilMs: number | undefined) => void
  readonly ended: (isWhole: boolean) => void
}

type Phase = "not begun" | "reading" | "done" | "failed"

/** The rate is that of so long (ms). */
const RATE_OF_MS = 10_000

const number = new Intl.NumberFormat("en-US")

/** A number of rows, in words. */
export const rowsOf = (count: number): string => `${number.format(count)} ${count === 1 ? "row" : "rows"}`

/** A time of day as people at this machine tell it. */
const timeOf = (ms: number): string => {
  const at = new Date(ms)
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":")
}

/** How long something takes, told no more exactly than it is known. */
const durationOf = (seconds: number): string => {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`
  return `${(seconds / 3_600).toFixed(1)} h`
}

export class OneStream implements StreamProgress {
  readonly name: string
  phase: Phase = "not begun"
  rows = 0
  tombstones = 0
  waitsUntil: number | undefined
  #expected: number | undefined
  /** How many rows there were at some moments of late, the oldest first. */
  #samples: Array<readonly [at: number, rows: number]> = []
  readonly #now: () => number
  readonly #changed: () => void

  constructor(name: string, now: () => number, changed: () => void) {
    this.name = name
    this.#now = now
    this.#changed = changed
  }

  readonly started = (): void => {
    this.phase = "reading"
    this.#samples = [[this.#now(), 0]]
    this.#changed()
  }

  readonly took = (rows: number, tombstones: number): void => {
    this.rows += rows
    this.tombstones += tombstones
    const now = this.#now()
    const last = this.#samples.at(-1)
    if (last === undefined || now - last[0] >= RATE_OF_MS / 20) this.#samples.push([now, this.rows])
    while (this.#samples.length > 2 && this.#samples[1]![0] <= now - RATE_OF_MS) this.#samples.shift()
    this.#changed()
  }

  readonly expects = (rows: number): void => {
    this.#expected = rows
    this.#changed()
  }

  readonly waits = (untilMs: number | undefined): void => {
    this.waitsUntil = this.phase === "reading" ? untilMs : undefined
    this.#changed()
  }

  readonly ended = (isWhole: boolean): void => {
    this.phase = isWhole ? "done" : "failed"
    this.waitsUntil = undefined
    this.#changed()
  }

  /** Rows a second of late; undefined where that says nothing yet. */
  get rate(): number | undefined {
    const [first] = this.#samples
    if (first === undefined) return undefined
    const seconds = (this.#now() - first[0]) / 1_000
    return seconds < 1 || this.rows === first[1] ? undefined : (this.rows - first[1]) / seconds
  }

  /** About how many rows are left; undefined where nobody knows. */
  get left(): number | undefined {
    if (this.#expected === undefined || this.phase !== "reading") return undefined
    const left = this.#expected - this.rows
    return left > 0 ? left : undefined
  }

  /** What there is to say, in words, the most telling ones first. */
  get parts(): ReadonlyArray<string> {
    const { phase, rate, left } = this
    const counted = rowsOf(this.rows) + (this.tombstones === 0 ? "" : `, ${number.format(this.tombstones)} deleted`)
    if (phase === "not begun") return ["not begun"]
    if (phase === "done") return [counted, "done"]
    if (phase === "failed") return [counted, "incomplete"]
    if (this.waitsUntil !== undefined) {
      return [counted, `waits until ${timeOf(this.waitsUntil)} (rate limit)`]
    }
    const speed =
      rate === undefined ? [] : [`${number.format(rate < 10 ? Number(rate.toFixed(1)) : Math.round(rate))}/s`]
    const rest =
      left === undefined
        ? []
        : [`about ${number.format(Math.round(left))} left${rate === undefined ? "" : `, ${durationOf(left / rate)}`}`]
    return [counted, ...speed, ...rest]
  }
}

/** All streams of an extract. */
export class Progress {
  readonly streams: ReadonlyArray<OneStream>
  /** Counts what has changed, so that a look can tell whether there is news. */
  changes = 0

  constructor(names: ReadonlyArray<string>, now: () => number = Date.now) {
    this.streams = names.map((name) => new OneStream(name, now, () => this.changes++))
  }

  of(name: string): OneStream {
    const found = this.streams.find((stream) => stream.name === name)
    if (found === undefined) throw new Error(`There is no stream ${name}.`)
    return found
  }

  count(...phases: ReadonlyArray<Phase>): number {
    return this.streams.filter(({ phase }) => phases.includes(phase)).length
  }

  /** One line for where nothing can be redrawn: what is being read, and how many streams have ended. */
  get plainLine(): string {
    const reading = this.streams.filter(({ phase }) => phase === "reading")
    const busy = reading.filter(({ rows, waitsUntil }) => rows > 0 || waitsUntil !== undefined)
    const told = (busy.length === 0 ? reading : busy).map(({ name, parts }) => `${name}: ${parts.join(", ")}`)
    const count = this.count("done", "failed")
    const ended = `${count} of ${this.streams.length} streams ${count === 1 ? "has" : "have"} ended`
    return `${[...told, ended].join("; ")}.`
  }

  /** A line for each stream, or where there is no room for so many, for those that are being read. */
  block(columns: number, lines: number): ReadonlyArray<string> {
    const width = Math.max(...this.streams.map(({ name }) => name.length))
    const line = ({ name, parts }: OneStream): string => {
      const [first = "", ...others] = parts
      return cut(`${name.padEnd(width)}  ${first.padStart(COUNT)}  ${others.join("  ")}`.trimEnd(), columns)
    }
    if (this.streams.length <= lines) return this.streams.map(line)
    const reading = this.streams.filter(({ phase }) => phase === "reading")
    // The busiest are shown; those that stay in the same place are easier to look at, so they keep their order.
    const busiest = new Set(reading.toSorted((one, other) => other.rows - one.rows).slice(0, Math.max(0, lines - 1)))
    const shown = reading.filter((stream) => busiest.has(stream))
    const rest = [
      [reading.length - shown.length, "more being read"],
      [this.count("done"), "done"],
      [this.count("failed"), "incomplete"],
      [this.count("not begun"), "not begun"],
    ] as const
    const sum = rest.flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`])).join(", ")
    return [...shown.map(line), cut(sum === "" ? "" : `${sum}, of ${this.streams.length} streams`, columns)].slice(
      0,
      lines,
    )
  }
}

/** Room for the number of rows. */
const COUNT = "1,234,567 rows".length

/** A line that does not wrap: a wrapped one would be redrawn in the wrong place. */
const cut = (line: string, columns: number): string =>
  line.length < columns ? line : columns < 2 ? "" : `${line.slice(0, columns - 2)}…`
