/** The progress as people see it: on a terminal of any size, and where there is none. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { canRedraw, type Display, display, type Screen } from "../../src/extract/display.ts"
import { Progress } from "../../src/extract/progress.ts"

const NAMES = ["pages", "space_role_assignments", ...Array.from({ length: 27 }, (_, at) => `stream_${at}`)]

beforeEach(() => void vi.useFakeTimers({ now: new Date(2026, 6, 1, 8, 0, 0) }))
afterEach(() => void vi.useRealTimers())

const ESCAPE = "\\u001b\\["
const PIECES = new RegExp(`(${ESCAPE}[?\\d]*[A-Za-z]|\\r|\\n)`)
const UP = new RegExp(`^${ESCAPE}(\\d+)A$`)

/** What is on a terminal after all that was written: it knows what the display uses, and nothing else. */
class Terminal implements Screen {
  readonly isTTY = true
  columns: number
  rows: number
  hidden = false
  writes = 0
  #lines: Array<string> = [""]
  #row = 0
  constructor(columns: number, rows: number) {
    this.columns = columns
    this.rows = rows
  }
  readonly write = (text: string): void => {
    this.writes++
    for (const part of text.split(PIECES)) {
      const move = UP.exec(part)
      if (move !== null) this.#row = Math.max(0, this.#row - Number(move[1]))
      else if (part === "\u001b[0J") this.#lines = [...this.#lines.slice(0, this.#row), ""]
      else if (part === "\u001b[?25l") this.hidden = true
      else if (part === "\u001b[?25h") this.hidden = false
      else if (part === "\n") {
        this.#row++
        this.#lines[this.#row] ??= ""
      } else if (part !== "" && part !== "\r" && !part.startsWith("\u001b")) {
        if (part.length >= this.columns) throw new Error(`a line wraps: ${part}`)
        this.#lines[this.#row] = part
      }
    }
  }
  get lines(): ReadonlyArray<string> {
    return this.#lines.filter((line) => line !== "")
  }
}

const begun = (terminal: Terminal, names = NAMES): readonly [Progress, Display] => {
  const progress = new Progress(names)
  return [progress, display(progress, terminal, {})]
}

describe("on a terminal", () => {
  it("each stream has a line with its rows, its rate and what is left, at 80 columns", () => {
    const terminal = new Terminal(80, 40)
    const [progress, shown] = begun(terminal)
    const pages = progress.of("pages")
    pages.started()
    pages.expects(1_234_567)
    for (let second = 0; second < 20; second++) {
      pages.took(1_200, 0)
      vi.advanceTimersByTime(1_000)
    }
    progress.of("space_role_assignments").started()
    progress.of("space_role_assignments").waits(new Date(2026, 6, 1, 8, 5, 7).getTime())
    progress.of("stream_0").started()
    progress.of("stream_0").took(2, 1)
    progress.of("stream_0").ended(true)
    progress.of("stream_1").started()
    progress.of("stream_1").ended(false)
    vi.advanceTimersByTime(200)
    expect(terminal.lines).toHaveLength(29)
    expect(terminal.lines.slice(0, 5)).toEqual([
      expect.stringMatching(/^pages +24,000 rows {2}1,\d\d\d\/s {2}about 1,210,567 left, \d\d min$/),
      "space_role_assignments          0 rows  waits until 08:05:07 (rate limit)",
      "stream_0                2 rows, 1 deleted  done",
      "stream_1                        0 rows  incomplete",
      "stream_2                     not begun",
    ])
    expect(terminal.hidden).toBe(true)
    shown.end()
    expect([terminal.hidden, terminal.lines.length]).toEqual([false, 29])
  })

  it("what is said stays above the block", () => {
    const terminal = new Terminal(80, 10)
    const [progress, shown] = begun(terminal, ["pages"])
    shown.say("WARN first")
    progress.of("pages").started()
    vi.advanceTimersByTime(200)
    shown.say("WARN second")
    expect(terminal.lines.map((line) => line.trim())).toEqual([
      "WARN first",
      "WARN second",
      expect.stringMatching(/^pages/),
    ])
    shown.end(true)
    shown.say("after")
    expect(terminal.lines).toEqual(["WARN first", "WARN second", "after"])
  })

  it("of few lines those that are read are shown, the others counted", () => {
    const terminal = new Terminal(60, 6)
    const [progress, shown] = begun(terminal)
    for (const name of NAMES.slice(0, 9)) progress.of(name).started()
    progress.of("stream_6").took(9, 0)
    progress.of("stream_3").ended(true)
    vi.advanceTimersByTime(200)
    expect(terminal.lines).toHaveLength(5)
    expect(terminal.lines[3]).toMatch(/^stream_6/)
    expect(terminal.lines.at(-1)).toBe("4 more being read, 1 done, 20 not begun, of 29 streams")
    shown.end()
  })

  it("that is made smaller no line wraps", () => {
    const terminal = new Terminal(100, 40)
    const [progress, shown] = begun(terminal)
    progress.of("pages").started()
    vi.advanceTimersByTime(200)
    terminal.columns = 30
    vi.advanceTimersByTime(200)
    expect(terminal.lines.every((line) => line.length < 30)).toBe(true)
    terminal.columns = 1
    vi.advanceTimersByTime(200)
    shown.end()
  })

  it("nothing is drawn more than ten times a second, nor often where nothing changes", () => {
    const terminal = new Terminal(80, 40)
    const [progress, shown] = begun(terminal)
    const pages = progress.of("pages")
    pages.started()
    const busyFrom = terminal.writes
    for (let at = 0; at < 1_000; at++) {
      pages.took(1, 0)
      vi.advanceTimersByTime(1)
    }
    expect(terminal.writes - busyFrom).toBeLessThanOrEqual(10)
    const idleFrom = terminal.writes
    vi.advanceTimersByTime(10_000)
    expect(terminal.writes - idleFrom).toBeLessThanOrEqual(12)
    shown.end()
  })
})

describe("where there is no terminal", () => {
  it.each<readonly [string, boolean | undefined, NodeJS.ProcessEnv, boolean]>([
    ["a file", undefined, {}, false],
    ["a terminal", true, { TERM: "xterm" }, true],
    ["a dumb terminal", true, { TERM: "dumb" }, false],
    ["a terminal of a build machine", true, { CI: "true" }, false],
  ])("nothing is redrawn: %s", (_, isTTY, environment, redraws) => {
    expect(canRedraw({ write: () => true, ...(isTTY === undefined ? {} : { isTTY }) }, environment)).toBe(redraws)
  })

  it("a plain line every ten seconds names what is being read", () => {
    const written: Array<string> = []
    const progress = new Progress(["pages", "spaces", "users"])
    const shown = display(progress, { write: (text: string) => written.push(text) }, {})
    progress.of("pages").started()
    progress.of("pages").expects(5_000)
    progress.of("pages").took(1_000, 3)
    progress.of("spaces").started()
    progress.of("spaces").ended(true)
    vi.advanceTimersByTime(9_999)
    expect(written).toEqual([])
    vi.advanceTimersByTime(1)
    shown.say("WARN something")
    expect(written).toEqual([
      "pages: 1,000 rows, 3 deleted, 100/s, about 4,000 left, 40 s; 1 of 3 streams has ended.\n",
      "WARN something\n",
    ])
    shown.end()
    vi.advanceTimersByTime(60_000)
    expect(written).toHaveLength(2)
  })
})
