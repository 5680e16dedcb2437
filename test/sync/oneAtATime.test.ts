/**
 * A site that takes one value of a parameter at a time, and one that only seems to: what has gone is looked for in few requests, and
 * the state stays small although each space is a list of its own.
 */
import { describe, expect, test } from "vitest"
import { Connection } from "../support/Connection.ts"
import { errorsOf, recordsOf, Simulation, statesOf } from "../support/inProcess.ts"

const HOUR = 3_600_000
const always = { config: { reconcile_interval_hours: 0, max_deletion_percent: 100 } }
const CONTENT = ["pages", "blog_posts"] as const

const gone = async (
  simulation: Simulation,
  streams: ReadonlyArray<string>,
  change: () => void,
): Promise<Connection> => {
  const connection = new Connection(simulation)
  await connection.sync({ streams })
  change()
  simulation.clock.advance(HOUR)
  expect(errorsOf(await connection.sync({ streams, ...always }))).toEqual([])
  return connection
}

const ofSpaces = ({ site }: Simulation, status: "current" | "archived") =>
  site.truth("spaces").filter((space) => space["status"] === status)

describe("on a site that takes one id at a time", () => {
  for (const trashListed of [true, false]) {
    test(`four hundred pages that have gone cost some lists, not looks at each, where the trash is ${trashListed ? "listed" : "not listed"}`, async () => {
      const quirks = { lists: "one" as const, trashListed, contentOfArchivedSpaces: false }
      const simulation = new Simulation({ seed: 91, pages: 900, spaces: 6, settings: { quirks } })
      const { site } = simulation
      site.archiveSpace(String(ofSpaces(simulation, "current").at(-1)!["id"]))
      const some = site.truth("pages").slice(0, 400)
      const connection = await gone(simulation, CONTENT, () => some.forEach(({ id }) => site.trash(String(id))))
      const tombstones = recordsOf(connection.runs.at(-1)!, "pages").filter(
        (row) => row["_ab_cdc_deleted_at"] !== undefined,
      )
      expect(tombstones.length).toBe(400)
      expect(new Set(tombstones.map((row) => row["deletionReason"]))).toEqual(
        new Set([trashListed ? "trashed" : "not_visible"]),
      )
      expect(connection.requests).toBeLessThan(80)
      // All is settled then.
      simulation.clock.advance(HOUR)
      await connection.sync({ streams: CONTENT, ...always })
      expect(connection.requests).toBeLessThan(40)
    })
  }

  test("few that have gone from a long list are asked for one by one, and no more pages of the list than they are", async () => {
    const quirks = { lists: "one" as const }
    const simulation = new Simulation({ seed: 92, pages: 1500, spaces: 3, settings: { quirks, maxPageSize: 20 } })
    const { site } = simulation
    const connection = new Connection(simulation)
    await connection.sync({ streams: ["pages"], ...always })
    simulation.clock.advance(HOUR)
    await connection.sync({ streams: ["pages"], ...always })
    const usual = connection.requests
    const some = site.truth("pages").slice(-12)
    for (const { id } of some) site.trash(String(id))
    simulation.clock.advance(HOUR)
    const ran = await connection.sync({ streams: ["pages"], ...always })
    expect(recordsOf(ran, "pages").filter((row) => row["_ab_cdc_deleted_at"] !== undefined).length).toBe(12)
    // In the list, then each alone, twice as nothing was found; what lies in the trash is found by its list.
    expect(connection.requests - usual).toBeLessThanOrEqual(12 + 2 * 12 + 12)
  })

  test("a state while each space is a list of its own has no more positions than lists are being read", async () => {
    const quirks = { lists: "one" as const }
    const site = { seed: 93, pages: 240, spaces: 30, spaceSizes: "even" as const }
    let begun = 0
    for (let lines = 40; lines <= 200; lines += 10) {
      const simulation = new Simulation({ ...site, settings: { quirks, maxPageSize: 3 } })
      const connection = new Connection(simulation)
      const cut = await connection.sync({ streams: ["pages"], terminateAfterLines: lines, config: { num_workers: 4 } })
      const rows = recordsOf(cut, "pages").length
      for (const each of statesOf(cut)) {
        const state = (each as { stream: { stream_state: { parts?: Record<string, { f?: unknown }> } } }).stream
          .stream_state
        const positions = Object.values(state.parts ?? {}).filter(({ f }) => f !== undefined).length
        begun = Math.max(begun, positions)
        expect(positions).toBeLessThanOrEqual(4)
        expect(JSON.stringify(state).length).toBeLessThanOrEqual(12 * rows + 1600)
      }
      // What is gone on with is whole.
      await connection.sync({ streams: ["pages"], config: { num_workers: 4 } })
      const ids = connection.runs.flatMap((ran) => recordsOf(ran, "pages").map(({ id }) => String(id)))
      expect(ids.toSorted()).toEqual(
        [...new Set(simulation.site.truth("pages").map(({ id }) => String(id)))].toSorted(),
      )
    }
    expect(begun).toBeGreaterThan(1)
  })
})

test("a site whose list of spaces leaves out archived ones is not taken for one that takes one value at a time", async () => {
  for (const lists of ["repeated", "comma"] as const) {
    for (const current of [0, 1, 2]) {
      const quirks = { lists, archivedSpacesByDefault: false }
      const simulation = new Simulation({ seed: 94, pages: 300, spaces: 6, settings: { quirks } })
      const { site } = simulation
      for (const { id } of ofSpaces(simulation, "current").slice(current)) site.archiveSpace(String(id))
      const some = site.truth("pages").slice(0, 100)
      const connection = await gone(simulation, ["pages"], () => some.forEach(({ id }) => site.trash(String(id))))
      expect(connection.requests).toBeLessThan(30)
    }
  }
})
