/** Positions in lists that were kept, or that the site takes no more: what has been read is not asked for again. */
import { describe, expect, test } from "vitest"
import { QUIRKS } from "../../src/sample-site/quirks.ts"
import { Connection } from "../support/Connection.ts"
import { expectTruth, merged } from "../support/destination.ts"
import { errorsOf, recordsOf, Simulation, statesOf } from "../support/inProcess.ts"

const PAGES = /\/wiki\/api\/v2\/pages$/
/** The pages of lists with bodies that were asked for by a sort: a comparison goes without. */
const pagesAsked = (simulation: Simulation, from: number, sort: string) =>
  simulation.exchanged
    .slice(from)
    .filter(
      ({ request: { path, query } }) => PAGES.test(path) && query.has("body-format") && query.get("sort") === sort,
    ).length

describe("a position out of a state", () => {
  for (const oldCursors of QUIRKS.oldCursors) {
    test(`that the site answers with ${oldCursors} costs one new beginning, and no row`, async () => {
      const settings = { maxPageSize: 40, quirks: { oldCursors } }
      const simulation = new Simulation({ seed: 13, pages: 1000, spaces: 12, settings })
      const total = simulation.site.truth("pages").length
      const first = await simulation.run("read", { streams: ["pages"], cutAfterLines: Math.floor(total * 0.7) })
      simulation.site.set({ cursorEpoch: 1 })
      const second = await simulation.run("read", { streams: ["pages"], state: statesOf(first) })
      expect(errorsOf(second)).toEqual([])
      expectTruth(simulation, "pages", merged("pages", [first, second]))
      expect(recordsOf(second, "pages").length).toBeLessThan(total * 0.6)
    })
  }
})

describe("a list of newest changes", () => {
  test("whose cursor is refused costs no reconciliation", async () => {
    const settings = { maxPageSize: 20 }
    const simulation = new Simulation({ seed: 21, pages: 1200, spaces: 6, settings })
    const connection = new Connection(simulation)
    await connection.sync({ streams: ["pages"] })
    const edited = simulation.site
      .truth("pages")
      .filter(({ status }) => status === "current")
      .slice(0, 50)
    simulation.clock.advance(60_000)
    for (const { id } of edited) simulation.site.edit(String(id), { body: "<p>edited</p>" })
    simulation.site.addFault({ kind: "expired-cursor", path: "/wiki/api/v2/pages", query: "cursor=", times: 1 })
    const second = await connection.sync({ streams: ["pages"] })
    expect(errorsOf(second)).toEqual([])
    expect(recordsOf(second, "pages").length).toBe(50)
    expectTruth(simulation, "pages", merged("pages", connection.runs))
    // Three or four pages of 20 hold the edits, some are seen once more, and 60 would be all.
    expect(connection.requests).toBeLessThan(16)
  })
})

test("a cut while rows are passed over does not make the next sync take the list for unsorted", async () => {
  const settings = { maxPageSize: 20, quirks: { oldCursors: "404" as const } }
  const simulation = new Simulation({ seed: 23, pages: 1600, spaces: 1, settings })
  const read = { streams: ["pages"], syncMode: "full_refresh" as const }
  const total = simulation.site.truth("pages").length
  const runs = [await simulation.run("read", { ...read, cutAfterLines: Math.floor(total * 0.5) })]
  const sent = recordsOf(runs[0]!, "pages").length
  // The positions are refused, so both ends begin anew and pass over what was sent. Each of these syncs is ended in the middle of that.
  for (const cursorEpoch of [1, 2, 3]) {
    simulation.site.set({ cursorEpoch })
    const begun = simulation.exchanged.length
    const ran = await simulation.run("read", {
      ...read,
      state: statesOf(runs.at(-1)!),
      ...(cursorEpoch === 3 ? {} : { terminateAfterRequests: 20 }),
    })
    if (cursorEpoch < 3) expect(recordsOf(ran, "pages")).toEqual([])
    else {
      expect(errorsOf(ran)).toEqual([])
      expect(recordsOf(ran, "pages").length).toBeLessThan(total - sent * 0.9)
      // Both ends go on until they meet: each page once, and none comes through all of the list.
      const asked = ["id", "-id"].map((sort) => pagesAsked(simulation, begun, sort))
      expect(asked[0]! + asked[1]!).toBeLessThan(total / 20 + 12)
      for (const pages of asked) expect(pages).toBeLessThan((0.7 * total) / 20)
    }
    runs.push(ran)
  }
  expectTruth(simulation, "pages", merged("pages", runs))
})

describe("an answer that is no list", () => {
  for (const body of ["{}", "[]", "null", '"ok"', '{"results":null}', '{"results":{}}', '{"message":"Please wait"}']) {
    test(`such as ${body} is asked for again`, async () => {
      const simulation = new Simulation({ seed: 25, pages: 300, spaces: 4, settings: { maxPageSize: 50 } })
      simulation.site.addFault({ kind: "not-a-list", path: "/wiki/api/v2/pages", body, after: 2, times: 1 })
      const ran = await simulation.run("read", { streams: ["pages"] })
      expect(errorsOf(ran)).toEqual([])
      expectTruth(simulation, "pages", merged("pages", [ran]))
    })
  }

  test("fails its stream alone where it stays, and says what came instead", async () => {
    const simulation = new Simulation({ seed: 25, pages: 300, spaces: 4, settings: { maxPageSize: 50 } })
    simulation.site.addFault({ kind: "not-a-list", path: "/wiki/api/v2/pages", body: '{"message":"no"}', after: 2 })
    const ran = await simulation.run("read", { streams: ["pages", "blog_posts"] })
    expect(errorsOf(ran).map(({ stream_descriptor: of }) => of?.name)).toEqual(["pages"])
    expect(errorsOf(ran)[0]!.message).toMatch(/other than a list/)
    expectTruth(simulation, "blog_posts", merged("blog_posts", [ran]))
  })
})
