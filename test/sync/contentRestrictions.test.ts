/** Who alone may read or change what: all of it, with what is inherited, and nothing that could not be asked passes for open. */
import { describe, expect, test } from "vitest"
import type { Quirks } from "../../src/sample-site/quirks.ts"
import { keyOf, type Row } from "../support/destination.ts"
import { errorsOf, recordsOf, Simulation, statusesOf } from "../support/inProcess.ts"

const STREAM = "content_restrictions"
const STREAMS = [STREAM]
const SITE = { seed: 81, pages: 160, spaces: 6, users: 60 } as const

/**
 * The rows that the API lets one know of. A folder or the like that is archived by itself, shown by no search and named by nothing as its
 * parent, nobody can know of.
 */
const knowable = (simulation: Simulation): ReadonlyArray<Row> => {
  const { site } = simulation
  const { archivedInSearch } = site.settings.quirks
  const tree = new Map(site.truth("content_tree").map((row) => [row["id"], row]))
  const known = new Set(
    [...tree.values()].flatMap(({ id, type, status }) =>
      type === "page" || status === "current" || (status === "archived" && archivedInSearch) ? [id] : [],
    ),
  )
  for (const { visible, status, id, type } of tree.values()) {
    if (visible !== true || status === "trashed" || (type !== "page" && !known.has(id))) continue
    for (let at = tree.get(id)?.["parentId"]; tree.has(at); at = tree.get(at)?.["parentId"]) known.add(at)
  }
  return site.truth(STREAM).filter(({ contentId }) => known.has(contentId) || !tree.has(contentId))
}

const expectTruth = (simulation: Simulation, rows: ReadonlyArray<Row>) => {
  const keys = (some: ReadonlyArray<Row>) =>
    some.map((row) => `${String(row["contentType"])} ${String(row["inherited"])} ${keyOf(STREAM, row)}`).toSorted()
  const [got, wanted] = [keys(rows), keys(knowable(simulation))]
  expect(new Set(got).size).toBe(got.length)
  expect(wanted.length).toBeGreaterThan(0)
  const [mine, true_] = [new Set(got), new Set(wanted)]
  expect(wanted.filter((key) => !mine.has(key)).slice(0, 5), "missing").toEqual([])
  expect(got.filter((key) => !true_.has(key)).slice(0, 5), "not there").toEqual([])
}

describe("the restrictions of content", () => {
  test("are all there, with what is inherited", async () => {
    const simulation = new Simulation(SITE)
    const ran = await simulation.run("read", { streams: STREAMS })
    expect(errorsOf(ran)).toEqual([])
    expect(statusesOf(ran, STREAM).at(-1)).toBe("COMPLETE")
    expectTruth(simulation, recordsOf(ran, STREAM))
  })

  const VARIED: ReadonlyArray<Partial<Quirks>> = [
    { archivedInSearch: true },
    { restrictionsOfHidden: "403" },
    { restrictionShape: "envelope" },
    { deletedPrincipals: "left out" },
    { mostExpandedHits: 50 },
    { archivedSpacesByDefault: false },
    { hiddenAncestors: false },
  ]
  for (const quirks of VARIED) {
    test(`are all there where ${JSON.stringify(quirks)}`, async () => {
      for (const seed of [3, 4]) {
        const simulation = new Simulation({ ...SITE, seed, settings: { maxPageSize: 20, quirks } })
        const ran = await simulation.run("read", { streams: STREAMS })
        expect(errorsOf(ran)).toEqual([])
        expectTruth(simulation, recordsOf(ran, STREAM))
      }
    })
  }
})
