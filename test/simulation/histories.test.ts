/** Random histories in virtual time: after every sync that reconciles, the destination is the site. */
import { afterAll, describe, expect, test } from "vitest"
import { addTo, emptyTally, runSeed, tellTally } from "./campaign.ts"

/** Few enough to keep `npm test` quick. `npm run simulate` runs any number. */
const HISTORIES = 10
const AT_ONCE = 5

const tally = emptyTally()

describe("a destination that is kept by syncs", () => {
  for (let first = 1; first <= HISTORIES; first += AT_ONCE) {
    const seeds = Array.from({ length: AT_ONCE }, (_, index) => first + index)
    test(
      `is the site after the histories of the seeds ${first} to ${first + AT_ONCE - 1}`,
      { timeout: 180_000 },
      async () => {
        const failures: Array<string> = []
        for (const seed of seeds) {
          const { ran, failure } = await runSeed(seed)
          addTo(tally, ran)
          if (failure !== undefined) failures.push(failure)
        }
        expect(failures).toEqual([])
      },
    )
  }

  test("was judged by histories in which much has happened", () => {
    expect(tally.histories).toBe(HISTORIES)
    expect(tally.syncs).toBeGreaterThan(HISTORIES * 4)
    expect(tally.changes).toBeGreaterThan(HISTORIES * 10)
    expect(tally.cuts).toBeGreaterThan(HISTORIES * 0.5)
    expect(tally.failed).toBeGreaterThan(HISTORIES * 0.1)
    expect(tally.tables).toBeGreaterThan(HISTORIES * 8)
  })

  test("is the same every time for the same seed", async () => {
    const [once, again] = [await runSeed(3), await runSeed(3)]
    expect(again.ran.log).toEqual(once.ran.log)
  })
})

afterAll(() => void process.stdout.write(`${tellTally(tally)}\n`))
