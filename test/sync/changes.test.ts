/** What incremental syncs must be: the site again after each of them, at the cost of what has changed. */
import { describe, expect, test } from "vitest"
import { Connection, STREAMS } from "../support/Connection.ts"
import { expectTruth, merged } from "../support/destination.ts"
import { ALL_STREAMS, errorsOf, type Ran, recordsOf, Simulation, statesOf, statusesOf } from "../support/inProcess.ts"

const HOUR = 3_600_000

const always = { config: { reconcile_interval_hours: 0 } }
const rowsOf = (ran: Ran) => STREAMS.flatMap((stream) => recordsOf(ran, stream))
const tombstones = (ran: Ran, stream: string) =>
  recordsOf(ran, stream).filter((row) => row["_ab_cdc_deleted_at"] !== undefined)

/** Of no page an earlier `changedAt` was sent after a later one. */
const expectNeverBack = ({ runs }: Connection) => {
  const last = new Map<unknown, string>()
  for (const { id, changedAt } of runs.flatMap((run) => recordsOf(run, "pages"))) {
    expect(String(changedAt) >= (last.get(id) ?? "")).toBe(true)
    last.set(id, String(changedAt))
  }
}

describe("a sync after the first one", () => {
  test("asks seven times and sends nothing when nothing has changed", async () => {
    const simulation = new Simulation({ seed: 41, pages: 400 })
    const connection = new Connection(simulation)
    await connection.sync()
    simulation.clock.advance(HOUR)
    const ran = await connection.sync()
    expect(ran.exit).toBe(0)
    expect(connection.requests).toBe(7)
    expect(rowsOf(ran)).toEqual([])
    for (const stream of STREAMS) expect(statusesOf(ran, stream)).toEqual(["STARTED", "RUNNING", "COMPLETE"])
  })

  test("fetches what it was fetching when the other end of the list came to its end", async () => {
    // Most spaces are hidden from the first sync: the reconciliation finds over a page of rows to fetch at both ends.
    const simulation = new Simulation({
      seed: 49,
      pages: 1200,
      spaces: 5,
      bodyBytes: 20,
      latencyMs: 20,
      settings: { maxPageSize: 100, hiddenSpaceShare: 0.8 },
    })
    const connection = new Connection(simulation)
    await connection.sync({ streams: ["pages"] })
    simulation.site.set({ hiddenSpaceShare: 0 })
    simulation.clock.advance(HOUR)
    await connection.sync({ ...always, streams: ["pages"] })
    expectTruth(simulation, "pages", merged("pages", connection.runs))
  })

  test("asks once more for a row that its id does not find for a moment", async () => {
    const simulation = new Simulation({ seed: 50, pages: 60, settings: { maxPageSize: 10 } })
    const connection = new Connection(simulation)
    await connection.sync({ streams: ["pages"] })
    // One that was not changed lately: the newest changes are looked at in any case.
    const versionOf = (row: Record<string, unknown>) => (row["version"] as { createdAt: string }).createdAt
    const current = simulation.site.truth("pages").filter(({ status }) => status === "current")
    const page = current.toSorted((a, b) => (versionOf(a) < versionOf(b) ? -1 : 1))[0]!
    simulation.site.archive(String(page["id"]))
    simulation.clock.advance(HOUR)
    // The look-up by id, its second question, and the first one of the search for what is gone.
    simulation.site.setFaults([{ kind: "empty-list", path: "/wiki/api/v2/pages", query: "&id=", times: 3 }])
    const ran = await connection.sync({ ...always, streams: ["pages"] })
    expect(simulation.site.listFaults()[0]!.hit).toBe(3)
    expect(recordsOf(ran, "pages")).toMatchObject([{ id: page["id"], status: "archived" }])
    simulation.site.setFaults([])
    expectTruth(simulation, "pages", merged("pages", connection.runs))
  })

  test("sends what no list shows and a look at it finds, if it is news", async () => {
    const simulation = new Simulation({ seed: 51, pages: 40, footerComments: 15, inlineComments: 5 })
    const connection = new Connection(simulation)
    await connection.sync({ streams: ["comments"] })
    // The list is empty while all is read again for another format, and while it is compared.
    const path = "/wiki/api/v2/footer-comments"
    simulation.site.setFaults([{ kind: "empty-list", path, query: "sort=created-date", times: 4 }])
    const ran = await connection.sync({ streams: ["comments"], config: { body_format: "atlas_doc_format" } })
    expect(simulation.site.listFaults()[0]!.hit).toBe(4)
    const sent = recordsOf(ran, "comments").map((row) => row["id"])
    expect(sent.toSorted()).toEqual(
      simulation.site
        .truth("comments")
        .map((row) => row["id"] as string)
        .toSorted(),
    )
  })

  test("lets changedAt never go back, when a row comes back while all is read again and that is cut off", async () => {
    const simulation = new Simulation({ seed: 52, pages: 200, spaces: 4, settings: { maxPageSize: 20 } })
    const connection = new Connection(simulation)
    const pages = { streams: ["pages"] }
    await connection.sync(pages)
    simulation.site.set({ hiddenSpaceShare: 0.4 })
    simulation.clock.advance(HOUR)
    const hidden = await connection.sync({
      ...pages,
      config: { reconcile_interval_hours: 0, max_deletion_percent: 100 },
    })
    expect(tombstones(hidden, "pages").length).toBeGreaterThan(10)
    simulation.site.set({ hiddenSpaceShare: 0 })
    simulation.clock.advance(HOUR)
    const other = { ...pages, config: { body_format: "none" } }
    await connection.sync({ ...other, terminateAfterLines: 30 })
    simulation.clock.advance(HOUR)
    await connection.sync(other)
    expectNeverBack(connection)
  })

  test("lets changedAt never go back, when a row comes back that a resumed first scan has deleted before it was cut off", async () => {
    const settings = { maxPageSize: 20 }
    const begun = async () => {
      const connection = new Connection(new Simulation({ seed: 54, pages: 200, spaces: 4, settings }))
      await connection.sync({ ...pages, terminateAfterLines: 150 })
      connection.simulation.site.set({ hiddenSpaceShare: 0.4 })
      connection.simulation.clock.advance(HOUR)
      return connection
    }
    const pages = { streams: ["pages"], config: { max_deletion_percent: 100 } }
    const whole = await (await begun()).sync(pages)
    const at = whole.lines.findIndex((line) => line.includes('"_ab_cdc_deleted_at":"'))
    const connection = await begun()
    const cut = await connection.sync({ ...pages, terminateAfterLines: at + 1 })
    expect(tombstones(cut, "pages").length).toBeGreaterThan(10)
    expect(JSON.stringify(statesOf(cut))).not.toContain('"scanned"')
    connection.simulation.site.set({ hiddenSpaceShare: 0 })
    connection.simulation.clock.advance(HOUR)
    await connection.sync(pages)
    expectTruth(connection.simulation, "pages", merged("pages", connection.runs))
    expectNeverBack(connection)
  })

  test("knows how lists are asked for when one of the spaces that tell it vanishes", async () => {
    const simulation = new Simulation({ seed: 53, pages: 200, spaces: 6, settings: { quirks: { lists: "comma" } } })
    const [first] = simulation.site.truth("spaces")
    simulation.onExchange = ({ request }) => {
      if (request.path === "/wiki/api/v2/spaces" && request.query.has("ids")) simulation.onExchange = () => {}
      else if (request.query.get("status") === "archived") simulation.site.hideSpace(String(first!["id"]))
    }
    const ran = await simulation.run("read", { streams: ["pages"] })
    expect(ran.exit).toBe(0)
    const asked = simulation.exchanged.filter(({ request }) => request.path === "/wiki/api/v2/pages")
    expect(asked.some(({ request }) => request.query.get("space-id")?.includes(",") === true)).toBe(true)
    expectTruth(simulation, "pages", merged("pages", [ran]))
  })

  test("keeps the accounts that known rows name, so that users stay whole when no row is sent", async () => {
    const simulation = new Simulation({ seed: 48, pages: 300 })
    const connection = new Connection(simulation)
    const first = await connection.sync({ streams: ALL_STREAMS })
    simulation.clock.advance(HOUR)
    const second = await connection.sync({ streams: ALL_STREAMS })
    const warnings = second.messages.flatMap(({ log }) => (log?.level === "WARN" ? [log.message] : []))
    // That something lies below what cannot be seen is told each time.
    expect(warnings.filter((message) => !message.includes("which this account cannot see"))).toEqual([])
    expect(rowsOf(second)).toEqual([])
    const users = (ran: Ran) => new Set(recordsOf(ran, "users").map((row) => row["accountId"]))
    expect(users(second)).toEqual(users(first))
  })

  test("sends exactly the fifty rows that were edited", async () => {
    const simulation = new Simulation({ seed: 42, pages: 800 })
    const connection = new Connection(simulation)
    await connection.sync()
    simulation.clock.advance(HOUR)
    const pages = simulation.site.truth("pages").slice(100, 150)
    for (const page of pages) simulation.site.edit(String(page["id"]), { title: `Edited ${String(page["id"])}` })
    simulation.clock.advance(HOUR)
    const ran = await connection.sync({ streams: ["pages"] })
    expect(
      recordsOf(ran, "pages")
        .map((row) => row["id"])
        .toSorted(),
    ).toEqual(pages.map((row) => row["id"]).toSorted())
    expect(connection.requests).toBeLessThanOrEqual(7)
    for (const row of recordsOf(ran, "pages")) expect(row["changedAt"]).toBe(row["updatedAt"])
  })

  test("that reconciles finds what has no new version: moves, archiving, renames of others, restores", async () => {
    const simulation = new Simulation({ seed: 43, pages: 500, spaces: 12 })
    const connection = new Connection(simulation)
    await connection.sync()
    simulation.clock.advance(HOUR)
    const { site } = simulation
    const pages = site.truth("pages")
    const spaces = site.truth("spaces").map((row) => String(row["id"]))
    const leaf = pages.filter((page) => !pages.some((other) => other["parentId"] === page["id"]))
    site.move(String(leaf[3]!["id"]), { spaceId: spaces.find((id) => id !== leaf[3]!["spaceId"])! })
    site.archive(String(leaf[5]!["id"]))
    site.trash(String(leaf[7]!["id"]))
    site.trash(String(leaf[9]!["id"]))
    site.purge(String(leaf[9]!["id"]))
    site.restrict(String(leaf[11]!["id"]))
    simulation.clock.advance(HOUR)
    const ran = await connection.sync(always)
    expect(errorsOf(ran)).toEqual([])
    connection.expectTruth()
    const reasons = new Map(tombstones(ran, "pages").map((row) => [row["id"], row["deletionReason"]]))
    expect(reasons.get(leaf[7]!["id"])).toBe("trashed")
    expect(["not_visible", "purged"]).toContain(reasons.get(leaf[9]!["id"]))
    expect(reasons.get(leaf[11]!["id"])).toBe("not_visible")
    simulation.clock.advance(HOUR)
    site.restore(String(leaf[7]!["id"]))
    site.reveal(String(leaf[11]!["id"]))
    simulation.clock.advance(HOUR)
    const again = await connection.sync(always)
    connection.expectTruth()
    for (const row of recordsOf(again, "pages")) expect(String(row["changedAt"]) > String(row["updatedAt"])).toBe(true)
    expect(tombstones(again, "pages")).toEqual([])
    simulation.clock.advance(HOUR)
    expect(rowsOf(await connection.sync(always))).toEqual([])
  })

  test("deletes nothing and fails the stream when the site suddenly shows far less", async () => {
    const simulation = new Simulation({ seed: 44, pages: 500, spaces: 12 })
    const connection = new Connection(simulation)
    await connection.sync()
    for (const space of simulation.site.truth("spaces").slice(0, 10)) simulation.site.hideSpace(String(space["id"]))
    simulation.clock.advance(HOUR)
    const ran = await connection.sync(always)
    expect(ran.exit).toBe(1)
    expect(STREAMS.flatMap((stream) => tombstones(ran, stream))).toEqual([])
    expect(errorsOf(ran)[0]?.["message"]).toMatch(/max_deletion_percent/)
    const allowed = await connection.sync({ config: { reconcile_interval_hours: 0, max_deletion_percent: 100 } })
    expect(allowed.exit).toBe(0)
    connection.expectTruth()
  })

  test("sends all rows again when the body format has changed, and buries what has gone meanwhile", async () => {
    const simulation = new Simulation({ seed: 45, pages: 200 })
    const connection = new Connection(simulation)
    await connection.sync()
    const pages = simulation.site.truth("pages")
    const leaf = pages.find((page) => !pages.some((other) => other["parentId"] === page["id"]))!
    simulation.site.trash(String(leaf["id"]))
    simulation.clock.advance(HOUR)
    const ran = await connection.sync({ config: { body_format: "atlas_doc_format" } })
    expect(tombstones(ran, "pages").map((row) => row["id"])).toEqual([leaf["id"]])
    const live = recordsOf(ran, "pages").filter((row) => row["_ab_cdc_deleted_at"] === undefined)
    expect(live.length).toBe(simulation.site.truth("pages").length)
    expect(live[0]?.["body"]).toHaveProperty("atlas_doc_format")
  })

  test("begins anew when the index in its state was garbled", async () => {
    const simulation = new Simulation({ seed: 46, pages: 200 })
    const connection = new Connection(simulation)
    await connection.sync()
    connection.state = JSON.parse(
      JSON.stringify(connection.state).replaceAll(/"index":"(.{40})./g, '"index":"$1!'),
    ) as ReadonlyArray<unknown>
    simulation.clock.advance(HOUR)
    const ran = await connection.sync()
    expect(ran.exit).toBe(0)
    connection.expectTruth()
  })
})

describe("the state", () => {
  test("takes at most 12 bytes for each row, and all states under a tenth of the records", async () => {
    const simulation = new Simulation({ seed: 47, pages: 5000 })
    const connection = new Connection(simulation)
    const ran = await connection.sync()
    for (const stream of STREAMS) {
      const states = ran.messages.flatMap(({ state }, at) =>
        state?.stream.stream_descriptor.name === stream ? [ran.lines[at]!.length] : [],
      )
      const records = ran.messages.flatMap(({ record }, at) =>
        record?.stream === stream ? [ran.lines[at]!.length] : [],
      )
      const bytes = records.reduce((sum, length) => sum + length, 0)
      if (records.length > 1000) expect(states.at(-1)! / records.length).toBeLessThan(12)
      expect(states.slice(0, -1).reduce((sum, length) => sum + length, 0)).toBeLessThan(bytes / 10)
    }
  })
})
