/**
 * The guard against mass deletion under filters: of what is missing and of what is known it counts what the filters still hold. What the
 * site shows and nobody can judge stays in the table, so it is known and not missing.
 */
import { describe, expect, test } from "vitest"
import type { SettingsChange } from "../../src/sample-site/options.ts"
import { inScope } from "../simulation/inScope.ts"
import { siteRows } from "../simulation/siteRows.ts"
import { Connection } from "../support/Connection.ts"
import { merged } from "../support/destination.ts"
import type { GivenFilters } from "../support/givenFilters.ts"
import { errorsOf, type Ran, recordsOf, Simulation } from "../support/inProcess.ts"

type Row = Readonly<Record<string, unknown>>

const STREAMS = ["pages", "comments"] as const
/** More than the few that are always believed. */
const HIDDEN = 24

const connectionTo = (settings: SettingsChange = {}) =>
  new Connection(new Simulation({ seed: 71, pages: 300, spaces: 9, spaceSizes: "even", footerComments: 900, settings }))

const idOf = ({ id }: Row): string => String(id)

/** Pages below which nothing lies, so that who hides one hides no other. */
const leavesOf = ({ site }: Simulation): ReadonlyArray<Row> => {
  const above = new Set(site.truth("content_tree").map(({ parentId }) => parentId))
  return site.truth("pages").filter(({ id, status }) => status === "current" && !above.has(id))
}

const hideLeaves = (simulation: Simulation, isChosen: (row: Row) => boolean): void => {
  const leaves = leavesOf(simulation).filter(isChosen).slice(0, HIDDEN)
  expect(leaves.length).toBe(HIDDEN)
  for (const leaf of leaves) simulation.site.restrict(idOf(leaf))
}

/** What is to be counted of the rows that the destination has, stream by stream. */
const expectedOf = ({ simulation, runs }: Connection, filters: GivenFilters) =>
  STREAMS.map((stream) => {
    const has = merged(stream, runs).map(idOf)
    const shown = new Set(simulation.site.truth(stream).map(idOf))
    const { rows, perhaps } = inScope(filters, siteRows(simulation.site)).get(stream)!
    const inside = new Set([...rows, ...perhaps].map(idOf))
    const missing = has.filter((id) => !shown.has(id))
    const held = has.filter((id) => inside.has(id))
    const unjudged = new Set(perhaps.map(idOf))
    return {
      stream,
      missing,
      known: missing.length + held.length,
      unjudged: has.filter((id) => unjudged.has(id)),
      leftOut: has.filter((id) => shown.has(id) && !inside.has(id)),
    }
  })

/** What the guard says that it has counted of a stream. */
const countedOf = (ran: Ran, stream: string): string | undefined =>
  errorsOf(ran)
    .flatMap(({ message }) => /^(\w+): the site shows (\d+ of \d+) known rows/.exec(String(message)) ?? [])
    .find((_, at, all) => all[at - 1] === stream)

const buried = (ran: Ran, stream: string, isChosen: (reason: unknown) => boolean): ReadonlyArray<string> =>
  recordsOf(ran, stream)
    .filter(({ deletionReason: reason }) => reason !== undefined && isChosen(reason))
    .map(idOf)
    .toSorted()

/** Syncs from the same state twice, for each stream: the one allows a little too little, the other just enough. */
const expectLine = async (connection: Connection, filters: GivenFilters): Promise<void> => {
  const { simulation, state } = connection
  for (const { stream, missing, known, unjudged, leftOut } of expectedOf(connection, filters)) {
    expect(missing.length).toBeGreaterThan(20)
    const enough = Math.ceil((100 * missing.length) / known)
    const sync = (percent: number) =>
      simulation.run("read", {
        streams: STREAMS,
        syncMode: "incremental",
        state,
        config: { filters, reconcile_interval_hours: 0, max_deletion_percent: percent },
      })
    const isFiltered = (reason: unknown) => reason === "filtered"
    const guarded = await sync(enough - 1)
    expect(countedOf(guarded, stream)).toBe(`${missing.length} of ${known}`)
    const allowed = await sync(enough)
    expect(countedOf(allowed, stream)).toBeUndefined()
    expect(buried(guarded, stream, (reason) => !isFiltered(reason))).toEqual([])
    expect(buried(allowed, stream, (reason) => !isFiltered(reason))).toEqual(missing.toSorted())
    for (const ran of [guarded, allowed]) expect(buried(ran, stream, isFiltered)).toEqual(leftOut.toSorted())
    const kept = new Set(merged(stream, [...connection.runs, allowed]).map(idOf))
    expect(unjudged.filter((id) => !kept.has(id))).toEqual([])
  }
}

describe("the guard under filters", () => {
  for (const when of ["have just come", "were there before"] as const) {
    test(`counts on neither side what they leave out, where they ${when}`, async () => {
      const connection = connectionTo()
      const { simulation } = connection
      const [one, two] = simulation.site.truth("spaces").filter(({ status }) => status === "current")
      const filters = { spaces_include: [String(one!["key"]), String(two!["key"])] }
      await connection.sync(when === "have just come" ? {} : { config: { filters } })
      hideLeaves(simulation, ({ spaceId }) => spaceId === one!["id"] || spaceId === two!["id"])
      for (const { stream, missing, known, leftOut } of expectedOf(connection, filters)) {
        // Of all that the destination has it would be far less.
        if (when === "have just come") expect(missing.length / (known + leftOut.length)).toBeLessThan(0.15)
        expect(missing.length / known, stream).toBeGreaterThan(0.2)
      }
      await expectLine(connection, filters)
    })
  }

  test("counts what is hidden on both sides, be it that they would leave it out: nobody can tell", async () => {
    const connection = connectionTo()
    const { simulation } = connection
    await connection.sync({})
    const [one, two] = simulation.site.truth("spaces").filter(({ status }) => status === "current")
    hideLeaves(simulation, ({ spaceId }) => spaceId !== one!["id"] && spaceId !== two!["id"])
    await expectLine(connection, { spaces_include: [String(one!["key"]), String(two!["key"])] })
  })

  test("takes what the site shows and nobody can judge for known, and not for missing", async () => {
    const connection = connectionTo({ quirks: { belowTrash: "stays", trashListed: false } })
    const { simulation } = connection
    const { site } = simulation
    await connection.sync({})
    const above = new Map(site.truth("content_tree").map(({ id, parentId }) => [id, parentId]))
    const wayUp = (id: unknown): ReadonlyArray<unknown> => (id === null ? [] : [id, ...wayUp(above.get(id) ?? null)])
    const below = (id: unknown) => [...above.keys()].filter((each) => each !== id && wayUp(each).includes(id))
    const tops = site.truth("pages").filter(({ parentId, status }) => parentId === null && status === "current")
    const bySize = tops.toSorted((some, others) => below(others["id"]).length - below(some["id"]).length)
    const [root, other] = [bySize[0]!, bySize.at(-1)!]
    const unjudged = new Set(below(root["id"]))
    hideLeaves(simulation, (row) => !unjudged.has(row["id"]) && row["id"] !== other["id"])
    site.trash(idOf(root))
    const filters = { page_ids_include: [idOf(other)] }
    for (const expected of expectedOf(connection, filters)) {
      expect(expected.unjudged.length, expected.stream).toBeGreaterThan(20)
      expect(expected.leftOut.length, expected.stream).toBeGreaterThan(100)
    }
    await expectLine(connection, filters)
  })
})
