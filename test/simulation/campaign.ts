/** Runs many histories one after the other, and makes what fails short. */
import { drawHistory, type History, type HistoryOptions } from "./history.ts"
import { type Ran, runHistory } from "./runHistory.ts"
import { type Failing, shortestFailing, tell } from "./shortest.ts"
import { asProcess, inProcess, type World } from "./worlds.ts"

/** What many histories came to. */
export interface Tally {
  histories: number
  syncs: number
  changes: number
  cuts: number
  failed: number
  tables: number
  excused: number
  leftBehind: number
}

export const emptyTally = (): Tally => ({
  histories: 0,
  syncs: 0,
  changes: 0,
  cuts: 0,
  failed: 0,
  tables: 0,
  excused: 0,
  leftBehind: 0,
})

export const addTo = (tally: Tally, ran: Omit<Tally, "histories"> & { readonly histories?: number }): void => {
  tally.histories += ran.histories ?? 1
  for (const count of ["syncs", "changes", "cuts", "failed", "tables", "excused", "leftBehind"] as const)
    tally[count] += ran[count]
}

export const tellTally = (tally: Tally): string =>
  `${tally.histories} histories: ${tally.syncs} syncs (${tally.cuts} ended from outside, ${tally.failed} incomplete), ` +
  `${tally.changes} changes, ${tally.tables} tables compared with the site, ${tally.excused} rows excused, ${tally.leftBehind} left behind by changes of filters`

/** Runs the history of a seed; a text tells the shortest history found in which the same goes wrong. */
export const runSeed = async (
  seed: number,
  processes = false,
  options: Pick<HistoryOptions, "filtered"> = {},
): Promise<{ readonly ran: Ran; readonly failure: string | undefined }> => {
  const world = (history: History): Promise<World> =>
    processes ? asProcess(history) : Promise.resolve(inProcess(history))
  const run = async (history: History): Promise<Ran> => runHistory(history, await world(history))
  const history = drawHistory(seed, { ...options, realTime: processes })
  const ran = await run(history)
  if (ran.violations.length === 0) return { ran, failure: undefined }
  const whole: Failing = { history, ran }
  // What real processes do depends on the moment: it is told as it was.
  return { ran, failure: tell(processes ? whole : await shortestFailing(whole, run)) }
}
