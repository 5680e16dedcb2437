/** Random histories with the real executable: over sockets, ended by real signals at a random line. */
import { expect, test } from "vitest"
import { addTo, emptyTally, runSeed } from "./campaign.ts"

const HISTORIES = 32
/** Histories under way at once: mostly they wait for a process to start. */
const AT_ONCE = 4

test("the destination is the site after histories of real processes", { timeout: 300_000 }, async () => {
  const tally = emptyTally()
  const failures: Array<string> = []
  const seeds = Array.from({ length: HISTORIES }, (_, index) => 10_001 + index)
  const work = async (): Promise<void> => {
    for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
      const { ran, failure } = await runSeed(seed, true)
      addTo(tally, ran)
      if (failure !== undefined) failures.push(failure)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  expect(failures).toEqual([])
  expect(tally.histories).toBe(HISTORIES)
  expect(tally.cuts).toBeGreaterThan(HISTORIES / 4)
  expect(tally.tables).toBeGreaterThan(HISTORIES * 4)
})
