/** The audit log: every record once, also those that are alike or late; no more than an answer at a time; gone on with anywhere. */
import { describe, expect, test } from "vitest"
import type { SettingsChange } from "../../src/sample-site/options.ts"
import { AUDIT_QUIRKS } from "../../src/sample-site/quirks.ts"
import type { Row } from "../support/destination.ts"
import { errorsOf, type Ran, recordsOf, Simulation, statesOf, statusesOf } from "../support/inProcess.ts"

const STREAM = "audit_log"
const STREAMS = [STREAM]
const SITE = { seed: 85, pages: 150, spaces: 4, users: 40 } as const
const PATH = "/wiki/rest/api/audit"
const MINUTE = 60_000

const siteWith = (settings: SettingsChange = {}) => new Simulation({ ...SITE, settings })
const read = (simulation: Simulation, more: object = {}) =>
  simulation.run("read", { streams: STREAMS, syncMode: "incremental", ...more })
const asked = (simulation: Simulation) => simulation.exchanged.filter(({ request }) => request.path === PATH).length
const warnings = (ran: Ran) => ran.messages.flatMap(({ log }) => (log?.level === "WARN" ? [log.message] : []))

/** A record without what the connector adds, as one text. */
const textOf = (row: Row): string => {
  const record = Object.fromEntries(Object.entries(row).filter(([name]) => name !== "auditId" && name !== "createdAt"))
  const sorted = (value: unknown): unknown =>
    typeof value !== "object" || value === null
      ? value
      : Array.isArray(value)
        ? value.map(sorted)
        : Object.fromEntries(
            Object.entries(value)
              .toSorted(([a], [b]) => (a < b ? -1 : 1))
              .map(([name, each]) => [name, sorted(each)]),
          )
  return JSON.stringify(sorted(record))
}

/** The records of several reads are those of the site, each as often as it is there, and none was sent twice. */
const expectLog = (simulation: Simulation, runs: ReadonlyArray<Ran>, left = "") => {
  const rows = runs.flatMap((ran) => recordsOf(ran, STREAM))
  const truth = simulation.site.truth(STREAM).filter(({ summary }) => summary !== left)
  expect(rows.map(textOf).toSorted()).toEqual(truth.map(textOf).toSorted())
  expect(rows.map(({ auditId }) => auditId).toSorted()).toEqual(truth.map(({ auditId }) => auditId).toSorted())
  for (const { createdAt, creationDate } of rows) expect(Date.parse(String(createdAt))).toBe(creationDate)
}

describe("the audit log", () => {
  for (const auditEnds of AUDIT_QUIRKS.auditEnds)
    for (const auditOrder of AUDIT_QUIRKS.auditOrder)
      for (const mostAuditRecords of AUDIT_QUIRKS.mostAuditRecords)
        test(`is there once, record by record: ends ${auditEnds}, ${auditOrder} first, at most ${mostAuditRecords}`, async () => {
          const simulation = siteWith({ quirks: { auditEnds, auditOrder, mostAuditRecords } })
          const ran = await read(simulation)
          expect(errorsOf(ran)).toEqual([])
          expectLog(simulation, [ran])
          const truth = simulation.site.truth(STREAM)
          // Some are alike in every field.
          expect(new Set(truth.map(textOf)).size).toBeLessThan(truth.length)
        })

  test("tells its cursor in the catalog", async () => {
    const { messages } = await siteWith().run("discover")
    const streams = messages.flatMap(({ catalog }) => catalog?.streams ?? [])
    expect(streams.find(({ name }) => name === STREAM)).toMatchObject({
      default_cursor_field: ["creationDate"],
      supported_sync_modes: ["full_refresh", "incremental"],
      source_defined_cursor: true,
    })
    expect(streams.find(({ name }) => name === "pages")).toMatchObject({ default_cursor_field: ["changedAt"] })
  })

  test("takes two requests where it fits into an answer, and not much more than the least where it does not", async () => {
    const simulation = siteWith()
    await read(simulation)
    expect(asked(simulation)).toBe(2)
    const large = new Simulation({ ...SITE, pages: 16_000, footerComments: 0, inlineComments: 0, attachments: 0 })
    const ran = await read(large)
    expectLog(large, [ran])
    const least = Math.ceil(large.site.truth(STREAM).length / 1000)
    expect(least).toBeGreaterThan(3)
    expect(asked(large)).toBeLessThanOrEqual(3 * least + 10)
  })

  test("holds more records of one millisecond than an answer, some of them alike", async () => {
    const simulation = siteWith({ quirks: { mostAuditRecords: 60 } })
    const { site, clock } = simulation
    for (let at = 0; at < 90; at++) {
      site.addAuditRecord({ summary: `Burst ${at}` })
      site.repeatAuditRecord()
    }
    clock.advance(MINUTE)
    expectLog(simulation, [await read(simulation)])
  })

  test("is read with what is configured alone: filters do not concern it, nor does the format of bodies", async () => {
    const simulation = siteWith()
    const first = await read(simulation, { config: { filters: { spaces_include: ["NOSUCH*"] } } })
    simulation.clock.advance(MINUTE)
    const second = await read(simulation, { state: statesOf(first), config: { body_format: "none" } })
    expect(recordsOf(second, STREAM)).toEqual([])
    expectLog(simulation, [first, second])
  })
})

describe("what comes later", () => {
  test("is sent by the next sync, once, in few requests, and late ones that come within the lookback too", async () => {
    const simulation = siteWith()
    const { site, clock } = simulation
    const runs = [await read(simulation)]
    for (let hour = 0; hour < 5; hour++) {
      site.addAuditRecord({ summary: "One" })
      site.repeatAuditRecord()
      clock.advance(20_000)
      runs.push(await read(simulation, { state: statesOf(runs.at(-1)!) }))
      // Late, and one that is alike to others that are known.
      site.addAuditRecord({ summary: `Late ${hour}`, ageMs: 9 * MINUTE })
      site.repeatAuditRecord()
      site.addAuditRecord({ summary: "One", ageMs: 20_000 })
      clock.advance(30_000)
      const before = asked(simulation)
      runs.push(await read(simulation, { state: statesOf(runs.at(-1)!) }))
      expect(asked(simulation) - before).toBeLessThanOrEqual(2)
      expect(recordsOf(runs.at(-1)!, STREAM)).toHaveLength(3)
      clock.advance(60 * MINUTE)
    }
    runs.push(await read(simulation, { state: statesOf(runs.at(-1)!) }))
    expect(recordsOf(runs.at(-1)!, STREAM)).toEqual([])
    expectLog(simulation, runs)
  })

  test("later than the lookback is not, and lookback_minutes says how much that is", async () => {
    const simulation = siteWith()
    const { site, clock } = simulation
    const runs = [await read(simulation)]
    clock.advance(60 * MINUTE)
    site.addAuditRecord({ summary: "Too late", ageMs: 80 * MINUTE })
    runs.push(await read(simulation, { state: statesOf(runs.at(-1)!) }))
    expect(recordsOf(runs.at(-1)!, STREAM)).toEqual([])
    const config = { lookback_minutes: 120 }
    // A longer lookback knows nothing of the time before the state, and does not send it once more.
    clock.advance(60 * MINUTE)
    runs.push(await read(simulation, { state: statesOf(runs.at(-1)!), config }))
    clock.advance(10 * MINUTE)
    site.addAuditRecord({ summary: "Not too late", ageMs: 70 * MINUTE })
    runs.push(await read(simulation, { state: statesOf(runs.at(-1)!), config }))
    expect(recordsOf(runs.at(-1)!, STREAM)).toMatchObject([{ summary: "Not too late" }])
    expectLog(simulation, runs, "Too late")
  })

  test("is not what is written while a sync runs: the site's clock at its start ends it, however wrong that is", async () => {
    for (const clockSkewMs of [-86_400_000, 86_400_000]) {
      const simulation = siteWith({ clockSkewMs })
      const { site, clock } = simulation
      simulation.onExchange = () => site.addAuditRecord({ summary: "Meanwhile" })
      const runs = [await read(simulation)]
      simulation.onExchange = () => {}
      clock.advance(MINUTE)
      runs.push(await read(simulation, { state: statesOf(runs[0]!) }))
      expectLog(simulation, runs)
    }
  })

  test("comes also after the clock was set back, though some may come twice", async () => {
    const simulation = siteWith()
    const { site, clock } = simulation
    const first = await read(simulation)
    site.set({ clockSkewMs: -3 * 60 * MINUTE })
    site.addAuditRecord({ summary: "By the new clock" })
    clock.advance(MINUTE)
    const second = await read(simulation, { state: statesOf(first) })
    expect(recordsOf(second, STREAM)).toContainEqual(expect.objectContaining({ summary: "By the new clock" }))
  })
})

describe("a read that is cut off", () => {
  const KINDS = ["incremental", "full_refresh"] as const
  for (const syncMode of KINDS)
    test(`(${syncMode}) is gone on with, wherever that was, and sends no record of its state again`, async () => {
      for (const terminateAfterRequests of [4, 6, 9, 12]) {
        const simulation = siteWith({ quirks: { mostAuditRecords: 60 }, maxPageSize: 20 })
        const first = await read(simulation, { syncMode, terminateAfterRequests })
        simulation.clock.advance(MINUTE)
        simulation.site.addAuditRecord({ ageMs: 2 * MINUTE, summary: "Late" })
        simulation.site.addAuditRecord({ ageMs: 1000, summary: "New" })
        simulation.clock.advance(MINUTE)
        const second = await read(simulation, { syncMode, state: statesOf(first) })
        expect(second.exit).toBe(0)
        expectLog(simulation, [first, second])
      }
    })

  test("after its end is nothing for an incremental sync, and all again for a full refresh of another job", async () => {
    const simulation = siteWith()
    const first = await read(simulation)
    const state = statesOf(first)
    simulation.clock.advance(MINUTE)
    expect(recordsOf(await read(simulation, { state }), STREAM)).toEqual([])
    expectLog(simulation, [await read(simulation, { state, syncMode: "full_refresh", jobId: "2" })])
  })

  test("keeps a state of at most 12 bytes for each record, also where all are within the lookback", async () => {
    const simulation = siteWith()
    const ran = await read(simulation, { config: { lookback_minutes: 60 * 24 * 800 } })
    const rows = recordsOf(ran, STREAM).length
    const [state] = statesOf(ran) as ReadonlyArray<{ readonly stream: { readonly stream_state: object } }>
    expect(JSON.stringify(state!.stream.stream_state).length).toBeLessThan(12 * rows + 100)
    const again = await read(simulation, { state: statesOf(ran), config: { lookback_minutes: 60 * 24 * 800 } })
    expect(recordsOf(again, STREAM)).toEqual([])
  })
})

describe("an audit log that cannot be read", () => {
  for (const auditLog of ["404", "501"] as const)
    test(`because the plan has none (${auditLog}) is empty and COMPLETE, with a warning`, async () => {
      const simulation = siteWith({ quirks: { auditLog } })
      const ran = await read(simulation)
      expect(errorsOf(ran)).toEqual([])
      expect(statusesOf(ran, STREAM).at(-1)).toBe("COMPLETE")
      expect(warnings(ran)).toEqual([
        expect.stringMatching(new RegExp(`^audit_log: the site has no audit log.*${auditLog}`)),
      ])
      const logs = (await simulation.run("check")).messages.flatMap(({ log }) => log?.message ?? [])
      expect(logs).toContain(`${STREAM}: can be read.`)
    })

  test("because the account is no administrator is a config_error that says so", async () => {
    const simulation = siteWith({ quirks: { auditLog: "403" } })
    const ran = await read(simulation)
    expect(statusesOf(ran, STREAM).at(-1)).toBe("INCOMPLETE")
    expect(errorsOf(ran)).toMatchObject([
      { failure_type: "config_error", message: expect.stringMatching(/403 Forbidden.*Confluence administrators/) },
    ])
  })

  test("for want of a scope is a config_error that names it", async () => {
    const simulation = siteWith({ scopes: ["read:confluence-user"] })
    const ran = await read(simulation, { config: simulation.site.config("scoped") })
    expect(errorsOf(ran)).toMatchObject([
      { failure_type: "config_error", message: expect.stringContaining("read:audit-log:confluence") },
    ])
  })

  test("in the middle keeps what was read, and the next sync goes on", async () => {
    for (const status of [404, 500]) {
      const simulation = siteWith({ quirks: { mostAuditRecords: 60 }, maxPageSize: 20 })
      simulation.site.setFaults([{ kind: "status", status, path: PATH, after: 8 }])
      const first = await read(simulation)
      expect(statusesOf(first, STREAM).at(-1)).toBe("INCOMPLETE")
      expect(recordsOf(first, STREAM).length).toBeGreaterThan(0)
      simulation.site.setFaults([])
      simulation.clock.advance(MINUTE)
      const second = await read(simulation, { state: statesOf(first) })
      expectLog(simulation, [first, second])
    }
  })
})
