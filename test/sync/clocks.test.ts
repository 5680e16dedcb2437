/** What a sync goes by when rows are dated ahead, lists are answered late, and clocks disagree. */
import { describe, expect, test } from "vitest"
import { Connection } from "../support/Connection.ts"
import { errorsOf, recordsOf, Simulation, statesOf } from "../support/inProcess.ts"

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

describe("a row that is dated ahead", () => {
  for (const [name, ahead] of [
    ["ten days", 10 * DAY],
    ["a year", 365 * DAY],
  ] as const) {
    test(`by ${name} keeps no edit and no tombstone from the destination`, async () => {
      const simulation = new Simulation({ seed: 61, pages: 120 })
      const { site, clock } = simulation
      const connection = new Connection(simulation)
      await connection.sync()
      const pages = site.truth("pages").filter(({ status }) => status === "current")
      site.set({ clockSkewMs: ahead })
      site.edit(String(pages[0]!["id"]), { body: "<p>from the future</p>" })
      site.set({ clockSkewMs: 0 })
      for (let day = 1; day <= 8; day++) {
        clock.advance(DAY / 2)
        for (const each of [0, 1, 2]) site.edit(String(pages[day * 4 + each]!["id"]), { body: `<p>day ${day}</p>` })
        if (day === 3) site.trash(String(pages[2]!["id"]))
        if (day === 4) site.archive(String(pages[3]!["id"]))
        clock.advance(DAY / 2)
        const ran = await connection.sync()
        expect(errorsOf(ran)).toEqual([])
        connection.expectTruth()
      }
    })
  }

  test("lets changedAt of later rows stand behind it, and tells the deletion's own time", async () => {
    const simulation = new Simulation({ seed: 62, pages: 40 })
    const { site, clock } = simulation
    const connection = new Connection(simulation)
    await connection.sync()
    const [one, other] = site.truth("pages").filter(({ status }) => status === "current")
    site.set({ clockSkewMs: 30 * DAY })
    site.edit(String(one!["id"]), { body: "<p>ahead</p>" })
    site.set({ clockSkewMs: 0 })
    await connection.sync()
    site.trash(String(one!["id"]))
    site.edit(String(other!["id"]), { body: "<p>now</p>" })
    clock.advance(2 * DAY)
    const rows = recordsOf(await connection.sync(), "pages")
    const tombstone = rows.find(({ id }) => id === one!["id"])!
    const ahead = clock.now() + 20 * DAY
    expect(Date.parse(String(tombstone["changedAt"]))).toBeGreaterThan(ahead)
    expect(Date.parse(String(tombstone["_ab_cdc_deleted_at"]))).toBeLessThanOrEqual(clock.now())
    const edited = rows.find(({ id }) => id === other!["id"])!
    expect(Date.parse(String(edited["updatedAt"]))).toBeLessThanOrEqual(clock.now())
    expect(Date.parse(String(edited["changedAt"]))).toBeGreaterThan(ahead)
  })
})

test("comments that were written while the other list was waited for are sent by the next sync", async () => {
  const simulation = new Simulation({ seed: 63, pages: 60, settings: { maxPageSize: 2 } })
  const { site, clock } = simulation
  const connection = new Connection(simulation)
  const never = { streams: ["comments"], config: { reconcile_interval_hours: -1 } }
  await connection.sync(never)
  clock.advance(HOUR)
  const page = String(site.truth("pages").find(({ status }) => status === "current")!["id"])
  // The list of inline comments is refused for half an hour, long after that of footer comments was answered.
  const path = "/wiki/api/v2/inline-comments"
  site.setFaults([{ kind: "rate-limit", form: "seconds", waitMs: 30 * MINUTE, path, times: 1 }])
  const written: Array<string> = []
  let steps = 0
  simulation.onExchange = ({ request, response }) => {
    if (request.path !== path) return
    if (response.status === 429) {
      clock.advance(5 * MINUTE)
      for (let each = 0; each < 5; each++) {
        written.push(site.addComment(page, { type: "footer", body: "<p>while it waits</p>" }))
      }
      clock.advance(15 * MINUTE)
      written.push(site.addComment(page, { type: "inline", body: "<p>while it waits</p>" }))
    }
    steps++
  }
  await connection.sync(never)
  expect(steps).toBeGreaterThan(1)
  simulation.onExchange = () => {}
  clock.advance(HOUR)
  await connection.sync(never)
  const sent = connection.runs.slice(1).flatMap((ran) => recordsOf(ran, "comments").map(({ id }) => id))
  expect(sent.toSorted()).toEqual(written.toSorted())
})

test("states from before the watermark was held to the clock are healed by the next sync", async () => {
  const simulation = new Simulation({ seed: 64, pages: 60, settings: { maxPageSize: 3 } })
  const { site, clock } = simulation
  const connection = new Connection(simulation)
  const first = await connection.sync({ streams: ["pages"] })
  const ahead = clock.now() + 300 * DAY
  connection.state = statesOf(first).map((state) =>
    JSON.parse(
      JSON.stringify(state).replaceAll(/"(newest|high|reconciled)":\d+/g, (_, name) => `"${String(name)}":${ahead}`),
    ),
  )
  const current = site.truth("pages").filter(({ status }) => status === "current")
  const edited = current.slice(0, 10).map(({ id }) => String(id))
  for (const id of edited) site.edit(id, { body: "<p>an edit</p>" })
  clock.advance(HOUR)
  const ran = await connection.sync({ streams: ["pages"] })
  expect(
    recordsOf(ran, "pages")
      .map(({ id }) => id)
      .toSorted(),
  ).toEqual(edited.toSorted())
})
