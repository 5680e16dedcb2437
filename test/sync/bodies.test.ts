/** Rows whose bodies cannot be had, and bodies that are heavy: nothing else is lost by them, and little is asked for more. */
import { describe, expect, test } from "vitest"
import { QUIRKS } from "../../src/sample-site/quirks.ts"
import { Connection } from "../support/Connection.ts"
import { expectTruth, merged, type Row } from "../support/destination.ts"
import { errorsOf, type Ran, recordsOf, Simulation, statesOf, statusesOf } from "../support/inProcess.ts"

const HOUR = 3_600_000
const always = { config: { reconcile_interval_hours: 0 } }

/** The records of a stream with what the protocol says of their columns. */
const lostIn = (ran: Ran, stream: string): ReadonlyArray<unknown> =>
  ran.lines.flatMap((line) => {
    if (!line.startsWith(`{"type":"RECORD","record":{"stream":"${stream}"`) || !line.includes('"meta"')) return []
    const { data, meta } = (JSON.parse(line) as { record: { data: Row; meta: { changes: ReadonlyArray<Row> } } }).record
    // Others tell of characters that were taken out.
    const lost = meta.changes.filter(({ change }) => change === "NULLED")
    if (lost.length === 0) return []
    expect(lost).toEqual([{ field: "body", change: "NULLED", reason: "SOURCE_RETRIEVAL_ERROR" }])
    expect(data["body"]).toBeNull()
    return [data["id"]]
  })
const summaryOf = (ran: Ran) => ran.messages.findLast(({ log }) => log?.message.startsWith("Read "))!.log!.message
const currentPages = ({ site }: Simulation) => site.truth("pages").filter(({ status }) => status === "current")

/** The rows of a stream are the site's, those of which no body could be had but for that. */
const expectWhole = (
  simulation: Simulation,
  stream: "pages" | "comments",
  runs: ReadonlyArray<Ran>,
  lost: ReadonlyArray<unknown>,
) => {
  const bodies = new Map(simulation.site.truth(stream).map((row) => [row["id"], row["body"]]))
  const rows = merged(stream, runs)
  for (const row of rows) if (lost.includes(row["id"]) && row["body"] === null) row["body"] = bodies.get(row["id"])
  expectTruth(simulation, stream, rows)
}

describe("a page whose body the site cannot give", () => {
  for (const cursorBindsLimit of [false, true]) {
    /** How many requests the pages of the site take where every body can be had. */
    let plain: number | undefined
    for (const poisonAnswer of ["500", "hang", "cut", "garbled"] as const) {
      const world = `${poisonAnswer}, and a cursor ${cursorBindsLimit ? "is bound to its limit" : "takes any limit"}`
      test(`arrives without it, and costs nothing else, where lists with it answer: ${world}`, async () => {
        const settings = { quirks: { poisonAnswer, cursorBindsLimit, cursorBindsBody: cursorBindsLimit } }
        const simulation = new Simulation({ seed: 101, pages: 3000, spaces: 6, bodyBytes: 40, settings })
        const connection = new Connection(simulation)
        if (plain === undefined) {
          const whole = new Simulation({ seed: 101, pages: 3000, spaces: 6, bodyBytes: 40, settings })
          await whole.run("read", { streams: ["pages"] })
          plain = whole.exchanged.length
        }
        const pages = currentPages(simulation)
        const spoilt = [pages[400], pages[1300], pages[2200]].map((page) => String(page!["id"]))
        for (const id of spoilt) simulation.site.poison(id)
        const ran = await connection.sync({ streams: ["pages"] })
        expect(statusesOf(ran, "pages").at(-1)).toBe("COMPLETE")
        expect(errorsOf(ran)).toEqual([])
        expect(lostIn(ran, "pages").toSorted()).toEqual(spoilt.toSorted())
        expect(summaryOf(ran)).toContain("3 without body")
        expectWhole(simulation, "pages", [ran], spoilt)
        // Where cursors are bound, pages come without bodies from the first spoilt one on, and take a second request each.
        const most = cursorBindsLimit ? 100 : 60
        expect(simulation.exchanged.length - plain).toBeLessThanOrEqual(most)
      })
    }
  }

  test("is asked for again by the next sync, sent when its body comes, and until then sent only if it has changed", async () => {
    const simulation = new Simulation({ seed: 102, pages: 900, bodyBytes: 40 })
    const { site, clock } = simulation
    const connection = new Connection(simulation)
    const pages = { streams: ["pages"] }
    const [one, other] = currentPages(simulation).slice(200)
    const spoilt = [String(one!["id"]), String(other!["id"])]
    for (const id of spoilt) site.poison(id)
    await connection.sync(pages)
    clock.advance(HOUR)
    // Nothing is new: neither row is sent again, with or without reconciling.
    for (const how of [pages, { ...pages, ...always }]) {
      expect(recordsOf(await connection.sync(how), "pages")).toEqual([])
      clock.advance(HOUR)
    }
    site.edit(spoilt[0]!, { title: "Another title" })
    site.edit(String(currentPages(simulation)[7]!["id"]), { body: "<p>an innocent edit</p>" })
    clock.advance(HOUR)
    const edited = await connection.sync(pages)
    expect(lostIn(edited, "pages")).toEqual([spoilt[0]])
    expect(recordsOf(edited, "pages")).toHaveLength(2)
    for (const id of spoilt) site.heal(id)
    clock.advance(HOUR)
    const healed = await connection.sync(pages)
    expect(
      recordsOf(healed, "pages")
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(spoilt.toSorted())
    expect(lostIn(healed, "pages")).toEqual([])
    expect(summaryOf(healed)).not.toContain("without body")
    expectTruth(simulation, "pages", merged("pages", connection.runs))
    const [state] = statesOf(healed) as ReadonlyArray<{ stream: { stream_state: object } }>
    expect(state!.stream.stream_state).not.toHaveProperty("lost")
  })

  test("keeps the body that was sent of it, as long as it has no newer version", async () => {
    const simulation = new Simulation({ seed: 103, pages: 300, bodyBytes: 40 })
    const connection = new Connection(simulation)
    const pages = { streams: ["pages"] }
    await connection.sync(pages)
    const page = currentPages(simulation)[20]!
    simulation.site.poison(String(page["id"]))
    simulation.clock.advance(HOUR)
    expect(recordsOf(await connection.sync({ ...pages, ...always }), "pages")).toEqual([])
  })

  test("does not hide edits of others, although it is the newest of all", async () => {
    const simulation = new Simulation({ seed: 104, pages: 600, bodyBytes: 40, settings: { maxPageSize: 20 } })
    const { site, clock } = simulation
    const connection = new Connection(simulation)
    const pages = { streams: ["pages"] }
    await connection.sync(pages)
    clock.advance(HOUR)
    const edited = currentPages(simulation)
      .slice(50, 80)
      .map(({ id }) => String(id))
    for (const id of edited) site.edit(id, { body: "<p>new</p>" })
    const poison = String(currentPages(simulation)[5]!["id"])
    site.edit(poison, { body: "<p>poison</p>" })
    site.poison(poison)
    clock.advance(HOUR)
    const ran = await connection.sync(pages)
    expect(errorsOf(ran)).toEqual([])
    expect(lostIn(ran, "pages")).toEqual([poison])
    expect(
      recordsOf(ran, "pages")
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual([...edited, poison].toSorted())
    // From now on the list of newest changes is read without bodies, so that it costs one list and one look at that row.
    clock.advance(HOUR)
    const before = simulation.exchanged.length
    await connection.sync(pages)
    expect(simulation.exchanged.length - before).toBeLessThanOrEqual(20)
  })
})

describe("a comment whose body the site cannot give", () => {
  for (const cursorBindsLimit of [false, true]) {
    test(`arrives without it, and is sent when it can be had: a cursor ${cursorBindsLimit ? "is bound" : "takes any limit"}`, async () => {
      const simulation = new Simulation({
        seed: 105,
        pages: 300,
        footerComments: 800,
        settings: { quirks: { cursorBindsLimit, cursorBindsBody: cursorBindsLimit } },
      })
      const connection = new Connection(simulation)
      const comments = { streams: ["comments"] }
      const rows = simulation.site.truth("footer_comments")
      const spoilt = [String(rows[120]!["id"]), String(rows[600]!["id"])]
      for (const id of spoilt) simulation.site.poisonComment(id)
      const ran = await connection.sync(comments)
      expect(errorsOf(ran)).toEqual([])
      expect(lostIn(ran, "comments").toSorted()).toEqual(spoilt.toSorted())
      expectWhole(simulation, "comments", [ran], spoilt)
      simulation.clock.advance(HOUR)
      expect(recordsOf(await connection.sync({ ...comments, ...always }), "comments")).toEqual([])
      for (const id of spoilt) simulation.site.healComment(id)
      simulation.clock.advance(HOUR)
      const healed = await connection.sync(comments)
      expect(
        recordsOf(healed, "comments")
          .map(({ id }) => id)
          .toSorted(),
      ).toEqual(spoilt.toSorted())
      expectTruth(simulation, "comments", merged("comments", connection.runs))
    })
  }
})

describe("a comment whose body the site cannot give, beside comments in the trash that no look by their ids finds", () => {
  for (const listsOfTrashed of QUIRKS.listsOfTrashed) {
    const others = listsOfTrashed === "all" ? "costs no other body" : "costs only bodies that are nowhere else"
    test(`${others}, where the own lists of what is in the trash answer: ${listsOfTrashed}`, async () => {
      const quirks = {
        hangingListedInTrash: true,
        looksInTrash: "404",
        listsOfTrashed,
        cursorBindsLimit: true,
      } as const
      const options = { seed: 110, pages: 300, footerComments: 400, inlineComments: 0 }
      const simulation = new Simulation({ ...options, settings: { maxPageSize: 50, quirks } })
      const { site } = simulation
      const before = site.truth("comments")
      const [first] = before
      // The comments of two pages go into the trash; one that is on neither cannot be had whole.
      const pages = [...new Set(before.map((row) => String(row["pageId"])))].filter((id) => id !== "undefined")
      const [one, other] = pages.filter((id) => id !== first!["pageId"])
      for (const id of [one!, other!]) site.trash(id)
      const inTrash = before.flatMap((row) => ([one, other].includes(String(row["pageId"])) ? [row["id"]] : []))
      expect(inTrash.length).toBeGreaterThan(1)
      site.poisonComment(String(first!["id"]))
      const ran = await simulation.run("read", { streams: ["comments"] })
      expect(errorsOf(ran)).toEqual([])
      const lost = lostIn(ran, "comments")
      expect(lost).toEqual(
        listsOfTrashed === "all" ? [first!["id"]] : expect.arrayContaining([first!["id"], ...inTrash]),
      )
      const live = new Set([...site.truth("pages"), ...site.truth("blog_posts")].map(({ id }) => id))
      const isLive = (row: Row) => live.has(row["pageId"]) || live.has(row["blogPostId"])
      const lostOfLive = site.truth("comments").filter((row) => isLive(row) && lost.includes(row["id"]))
      expect(lostOfLive.map(({ id }) => id)).toEqual([first!["id"]])
      expectWhole(simulation, "comments", [ran], lost)
    })
  }
})

test("a site that is down is no page without a body", async () => {
  const simulation = new Simulation({ seed: 106, pages: 200 })
  simulation.site.setFaults([{ kind: "status", status: 503, path: "/wiki/api/v2/pages" }])
  const ran = await simulation.run("read", { streams: ["pages"] })
  expect(ran.exit).toBe(1)
  expect(recordsOf(ran, "pages")).toEqual([])
  expect(errorsOf(ran)[0]).toMatchObject({ failure_type: "transient_error" })
})

describe("pages that make long answers", () => {
  for (const cursorBindsLimit of [false, true]) {
    test(`are asked for by fewer, and the list is not begun anew for each size: a cursor ${cursorBindsLimit ? "is bound" : "takes any limit"}`, async () => {
      // Ten bodies fit into an answer. That is 100 requests for 1,000 pages.
      const settings = { heavyBytes: 300_000, quirks: { cursorBindsLimit, cursorBindsBody: cursorBindsLimit } }
      const simulation = new Simulation({
        seed: 107,
        pages: 1000,
        spaces: 4,
        bodyBytes: 25_000,
        varied: false,
        settings,
      })
      const ran = await simulation.run("read", { streams: ["pages"] })
      expect(errorsOf(ran)).toEqual([])
      expectTruth(simulation, "pages", merged("pages", [ran]))
      expect(lostIn(ran, "pages")).toEqual([])
      expect(simulation.exchanged.length).toBeLessThan(cursorBindsLimit ? 450 : 320)
    })
  }
})

test("comments that a list shows without bodies alone, and no look by their id finds, arrive without body", async () => {
  const quirks = { hangingListedInTrash: true, looksInTrash: "404", cursorBindsBody: true } as const
  const settings = { heavyBytes: 3000, maxPageSize: 50, quirks }
  const simulation = new Simulation({ seed: 109, pages: 400, footerComments: 400, bodyBytes: 500, settings })
  const ran = await simulation.run("read", { streams: ["comments"] })
  expect(errorsOf(ran)).toEqual([])
  const lost = lostIn(ran, "comments")
  expect(lost.length).toBeGreaterThan(0)
  expect(lost.length).toBeLessThan(40)
  expectWhole(simulation, "comments", [ran], lost)
})
