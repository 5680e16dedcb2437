/** What a full read of a whole site must have: every row once, equal to the site's, and each stream COMPLETE. */
import { expect } from "vitest"
import { expectTruth, keyOf } from "./destination.ts"
import { ALL_STREAMS, errorsOf, type Ran, recordsOf, type Simulation, statusesOf } from "./inProcess.ts"
import { OF_CONTENTS } from "./ofContents.ts"

/** All but those that ask each content. */
export const OF_LISTS = ALL_STREAMS.filter((stream) => !OF_CONTENTS.has(stream))

export const expectWhole = (
  simulation: Simulation,
  ran: Ran,
  streams: ReadonlyArray<(typeof ALL_STREAMS)[number]> = ALL_STREAMS,
) => {
  expect(errorsOf(ran)).toEqual([])
  expect(ran.exit).toBe(0)
  for (const stream of streams) {
    const rows = recordsOf(ran, stream)
    expect(new Set(rows.map((row) => keyOf(stream, row))).size, `keys of ${stream}`).toBe(rows.length)
    expectTruth(simulation, stream, rows)
    expect(statusesOf(ran, stream).filter((status, index, all) => status !== all[index - 1])).toEqual([
      "STARTED",
      "RUNNING",
      "COMPLETE",
    ])
  }
}
