/**
 * Shows the progress: on a terminal a block of lines that is redrawn, elsewhere a line every ten seconds. What else is to be said goes
 * above the block.
 *
 * Only what Node has is used. The block is drawn at most some ten times a second and only when something has changed; every line is cut
 * to the terminal's width, which is asked for each time, so that a terminal that is made smaller leaves no rubble.
 */
import { styleText } from "node:util"
import type { Progress } from "./progress.ts"

/** What is needed of a stream such as stderr. */
export interface Screen {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
  readonly write: (text: string) => unknown
}

export interface Display {
  /** Says something that stays: above the block. */
  readonly say: (text: string) => void
  /** Draws for the last time; what is on the screen stays there. `clear`: it is taken away, because something better follows. */
  readonly end: (clear?: boolean) => void
}

const DRAW_EVERY_MS = 120
const TELL_EVERY_MS = 10_000

const CLEAR_BELOW = "\u001b[0J"
const HIDE_CURSOR = "\u001b[?25l"
const SHOW_CURSOR = "\u001b[?25h"
const up = (lines: number): string => (lines === 0 ? "\r" : `\u001b[${lines}A\r`)

/** Whether lines can be redrawn there. */
export const canRedraw = (screen: Screen, environment: NodeJS.ProcessEnv): boolean =>
  screen.isTTY === true && environment["TERM"] !== "dumb" && !environment["CI"]

const plainly = (progress: Progress, screen: Screen): Display => {
  const timer = setInterval(() => screen.write(`${progress.plainLine}\n`), TELL_EVERY_MS)
  timer.unref()
  return {
    say: (text) => void screen.write(`${text}\n`),
    end: () => clearInterval(timer),
  }
}

/** A line as it is drawn: what is not being read steps back. */
const styled = (line: string, environment: NodeJS.ProcessEnv): string => {
  if (environment["NO_COLOR"] || environment["NODE_DISABLE_COLORS"]) return line
  if (/ (?:done|not begun)$/.test(line)) return styleText("dim", line, { validateStream: false })
  return line.endsWith(" incomplete") ? styleText("red", line, { validateStream: false }) : line
}

const redrawn = (progress: Progress, screen: Screen, environment: NodeJS.ProcessEnv): Display => {
  /** Lines of the block that are on the screen. */
  let drawn = 0
  let columns = 0
  let seen = -1
  let isEnded = false
  const block = (): string => {
    columns = screen.columns ?? 80
    const lines = progress.block(columns, Math.max(1, (screen.rows ?? 24) - 1))
    seen = progress.changes
    const text = lines.map((line) => `${styled(line, environment)}\n`).join("")
    drawn = lines.length
    return text
  }
  /** Where the block begins. Lines that a narrower terminal has wrapped take more room than they did. */
  const back = (): string => {
    const now = screen.columns ?? 80
    const wrapped = now < columns ? drawn * (Math.ceil(columns / Math.max(1, now)) - 1) : 0
    return up(Math.min(drawn + wrapped, (screen.rows ?? 24) - 1)) + CLEAR_BELOW
  }
  const draw = (): void => void screen.write(back() + block())
  const showCursor = (): void => void screen.write(SHOW_CURSOR)
  screen.write(HIDE_CURSOR)
  process.once("exit", showCursor)
  draw()
  let ticks = 0
  const timer = setInterval(() => {
    // Once a second also where nothing comes: rates and waits go on.
    ticks++
    if (progress.changes !== seen || (screen.columns ?? 80) !== columns || ticks % 8 === 0) draw()
  }, DRAW_EVERY_MS)
  timer.unref()
  return {
    say: (text) => void screen.write(isEnded ? `${text}\n` : `${back()}${text}\n${block()}`),
    end: (clear = false) => {
      if (isEnded) return
      isEnded = true
      clearInterval(timer)
      if (clear) screen.write(back())
      else draw()
      process.removeListener("exit", showCursor)
      showCursor()
    },
  }
}

/** Begins to show the progress. */
export const display = (progress: Progress, screen: Screen, environment: NodeJS.ProcessEnv): Display =>
  canRedraw(screen, environment) ? redrawn(progress, screen, environment) : plainly(progress, screen)
