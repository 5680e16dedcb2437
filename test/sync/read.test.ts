/** What a read of a whole site must be, whatever the site is like: the site, once, at the least cost, and resumable. */
import { describe, expect, test } from "vitest"
import type { SampleSiteOptions } from "../../src/sample-site/options.ts"
import { expectTruth, merged } from "../support/destination.ts"
import {
  ALL_STREAMS,
  errorsOf,
  type Message,
  type Ran,
  recordsOf,
  Simulation,
  statesOf,
  statusesOf,
} from "../support/inProcess.ts"
import { expectWhole, OF_LISTS } from "../support/wholeReads.ts"

const logsOf = (ran: Ran) => ran.messages.flatMap(({ log }) => (log === undefined ? [] : [log.message]))

const SITES: Readonly<Record<string, SampleSiteOptions>> = {
  "of the usual kind": { pages: 300 },
  "that is small": { pages: 40 },
  "that is empty": { pages: 0, blogPosts: 0, footerComments: 0, inlineComments: 0, attachments: 0 },
  "that shows three rows at a time": { pages: 60, settings: { maxPageSize: 3 } },
  "that lists no replies": { pages: 100, settings: { quirks: { repliesInCommentLists: false } } },
}

describe("a full read", () => {
  for (const [kind, options] of Object.entries(SITES)) {
    test(`is the whole site, each row once, for a site ${kind}`, async () => {
      const simulation = new Simulation({ seed: 7, ...options })
      expectWhole(simulation, await simulation.run("read"))
    })
  }

  test("asks for hardly more pages of a list than there must be", async () => {
    const simulation = new Simulation({
      seed: 5,
      pages: 40_000,
      spaces: 150,
      bodyBytes: 60,
      varied: false,
      latencyMs: 50,
    })
    const ran = await simulation.run("read", { streams: ["pages"] })
    expect(ran.exit).toBe(0)
    const rows = recordsOf(ran, "pages").length
    expect(rows).toBe(simulation.site.truth("pages").length)
    expect(simulation.exchanged.length / Math.ceil(rows / 250)).toBeLessThan(1.12)
  })
})

describe("a read that is cut off", () => {
  test("goes on from its last states wherever it was cut, and loses nothing", async () => {
    const whole = new Simulation({ seed: 11, pages: 80, settings: { maxPageSize: 5 }, latencyMs: 10 })
    const lines = (await whole.run("read")).lines.length
    for (const share of [0.02, 0.5, 0.99]) {
      const simulation = new Simulation({ seed: 11, pages: 80, settings: { maxPageSize: 5 }, latencyMs: 10 })
      const first = await simulation.run("read", { cutAfterLines: Math.floor(lines * share) })
      expect(first.exit).toBeUndefined()
      const second = await simulation.run("read", { state: statesOf(first) })
      expect(errorsOf(second)).toEqual([])
      expect(second.exit).toBe(0)
      for (const stream of ALL_STREAMS) expectTruth(simulation, stream, merged(stream, [first, second]))
    }
  })

  test("sends no tombstones of a full refresh, since a destination that overwrites its table would keep them as rows", async () => {
    const simulation = new Simulation({ seed: 17, pages: 400, spaces: 8, settings: { maxPageSize: 20 } })
    const first = await simulation.run("read", { streams: ["pages"], cutAfterLines: 250 })
    const sent = recordsOf(first, "pages").slice(0, 3)
    for (const { id } of sent) simulation.site.trash(String(id))
    const second = await simulation.run("read", { streams: ["pages"], state: statesOf(first) })
    expect(second.exit).toBe(0)
    expect(recordsOf(second, "pages").filter((row) => row["_ab_cdc_deleted_at"] !== undefined)).toEqual([])
    const ids = new Set([first, second].flatMap((ran) => recordsOf(ran, "pages")).map((row) => row["id"]))
    expect(simulation.site.truth("pages").filter((row) => !ids.has(row["id"]))).toEqual([])
  })

  test("repeats little", async () => {
    const simulation = new Simulation({
      seed: 12,
      pages: 6000,
      spaces: 40,
      latencyMs: 10,
      settings: { maxPageSize: 50 },
    })
    const total = simulation.site.truth("pages").length
    const first = await simulation.run("read", { streams: ["pages"], cutAfterLines: Math.floor(total / 2) })
    const second = await simulation.run("read", { streams: ["pages"], state: statesOf(first) })
    expectTruth(simulation, "pages", merged("pages", [first, second]))
    expect(recordsOf(first, "pages").length + recordsOf(second, "pages").length).toBeLessThan(total * 1.25)
  })

  test("begins a list anew when the cursor in the state has expired, and skips what it has sent", async () => {
    const simulation = new Simulation({ seed: 13, pages: 2000, spaces: 12, settings: { maxPageSize: 40 } })
    const total = simulation.site.truth("pages").length
    const first = await simulation.run("read", { streams: ["pages"], cutAfterLines: Math.floor(total * 0.7) })
    simulation.site.set({ cursorLifetimeMs: 1 })
    await new Promise((resolve) => setImmediate(resolve))
    simulation.site.addFault({ kind: "expired-cursor", path: "/wiki/api/v2/pages", query: "cursor=", times: 2 })
    simulation.site.set({ cursorLifetimeMs: 0 })
    const second = await simulation.run("read", { streams: ["pages"], state: statesOf(first) })
    expect(second.exit).toBe(0)
    expectTruth(simulation, "pages", merged("pages", [first, second]))
    expect(recordsOf(second, "pages").length).toBeLessThan(total * 0.6)
  })

  test("sends nothing more of a stream whose state says that its own job has finished a full refresh", async () => {
    const simulation = new Simulation({ seed: 14, pages: 100 })
    const first = await simulation.run("read", { jobId: "7" })
    const second = await simulation.run("read", { state: statesOf(first), jobId: "7" })
    expect(second.exit).toBe(0)
    for (const stream of ALL_STREAMS) {
      expect(recordsOf(second, stream)).toEqual([])
      expect(logsOf(second)).toContain(
        `${stream}: left out, because an earlier attempt of this job (7) has read it to its end.`,
      )
    }
    expect(statesOf(second)).toHaveLength(ALL_STREAMS.length)
  })

  test.each([
    ["7", undefined],
    ["7", "8"],
    [undefined, "7"],
    [undefined, undefined],
  ])("sends all rows again, and says so, where the state is of the job %s and this is %s", async (before, now) => {
    const simulation = new Simulation({ seed: 18, pages: 60 })
    const first = await simulation.run("read", { jobId: before })
    const second = await simulation.run("read", { state: statesOf(first), jobId: now })
    expectWhole(simulation, second)
    const why = logsOf(second).filter((line) => line.includes("its state is of a finished full refresh"))
    expect(why).toHaveLength(ALL_STREAMS.length)
    expect(why[0]).toBe(
      `spaces: read whole again, because its state is of a finished full refresh${before === undefined ? "" : ` of the job ${before}`}, ` +
        `and this is ${now === undefined ? "no job (WORKER_JOB_ID is not set)" : `the job ${now}`}.`,
    )
  })

  test("says of each stream what it does and why", async () => {
    const simulation = new Simulation({ seed: 19, pages: 200, settings: { maxPageSize: 20 } })
    const streams = ["pages", "groups"]
    const first = await simulation.run("read", { streams, syncMode: "incremental", cutAfterLines: 150 })
    const second = await simulation.run("read", { streams, syncMode: "incremental", state: statesOf(first) })
    const third = await simulation.run("read", { streams, syncMode: "incremental", state: statesOf(second) })
    expect(logsOf(first)).toContain("pages: read whole (the first incremental sync).")
    expect(logsOf(first)).toContain("groups: read whole (it knows full refresh alone).")
    expect(logsOf(second)).toContain("pages: gone on with where an earlier sync was cut off.")
    expect(logsOf(third)).toContain("pages: gone on with: what has changed since the last sync.")
  })

  test("refuses the state of another site, and reads nothing of that stream", async () => {
    const simulation = new Simulation({ seed: 15, pages: 100 })
    const first = await simulation.run("read", { streams: ["pages"] })
    const other = new Simulation({ seed: 16, pages: 100, cloudId: "0e0e0e0e-1111-4222-8333-444444444444" })
    const ran = await other.run("read", { streams: ["pages"], state: statesOf(first) })
    expect(ran.exit).toBe(1)
    expect(recordsOf(ran, "pages")).toEqual([])
    expect(errorsOf(ran)[0]).toMatchObject({
      failure_type: "config_error",
      message: expect.stringContaining("another Confluence site"),
    })
  })
})

describe("a full read of a site that", () => {
  test("cannot bear large answers is read in smaller ones", async () => {
    const simulation = new Simulation({ seed: 22, pages: 600 })
    simulation.site.setFaults([{ kind: "status", status: 504, path: "/wiki/api/v2/pages", query: "limit=250" }])
    const ran = await simulation.run("read", { streams: OF_LISTS })
    simulation.site.setFaults([])
    expectWhole(simulation, ran, OF_LISTS)
  })

  test("cannot be reached while it is found out how lists of values are asked for is not asked for one space at a time", async () => {
    const simulation = new Simulation({ seed: 25, pages: 400, spaces: 40 })
    simulation.site.setFaults([{ kind: "status", status: 503, path: "/wiki/api/v2/spaces", query: "ids=" }])
    const down = await simulation.run("read", { streams: ["pages"] })
    expect(down.exit).toBe(1)
    expect(errorsOf(down)).toMatchObject([{ failure_type: "transient_error", stream_descriptor: { name: "pages" } }])
    // A look at both ends of the list does not wait for the answer.
    expect(simulation.exchanged.filter(({ request }) => request.path.endsWith("/pages"))).toHaveLength(2)
    // An outage that ends in time costs nothing but its tries.
    simulation.site.setFaults([{ kind: "status", status: 503, path: "/wiki/api/v2/spaces", query: "ids=", times: 4 }])
    simulation.exchanged.length = 0
    const whole = await simulation.run("read", { streams: ["pages"] })
    expect(whole.exit).toBe(0)
    expectTruth(simulation, "pages", recordsOf(whole, "pages"))
    expect(simulation.exchanged.length).toBeLessThan(20)
  })

  test("gives the same cursor twice fails that stream alone", async () => {
    const simulation = new Simulation({ seed: 23, pages: 300, settings: { maxPageSize: 20 } })
    simulation.site.setFaults([{ kind: "repeated-cursor", path: "/wiki/api/v2/attachments" }])
    const ran = await simulation.run("read", { streams: ["pages", "comments", "attachments"] })
    expect(ran.exit).toBe(1)
    expect(statusesOf(ran, "attachments").at(-1)).toBe("INCOMPLETE")
    expect(statusesOf(ran, "pages").at(-1)).toBe("COMPLETE")
    expect(errorsOf(ran)).toMatchObject([{ stream_descriptor: { name: "attachments" } }])
  })

  test("has an exhausted quota is waited for, with a status and signs of life", async () => {
    const simulation = new Simulation({ seed: 24, pages: 100 })
    simulation.site.setFaults([{ kind: "rate-limit", form: "quota", waitMs: 3_000_000, after: 6, times: 1 }])
    const ran = await simulation.run("read")
    expectWhole(simulation, ran)
    expect(ran.seconds).toBeGreaterThan(2900)
    const limited = ran.messages.filter(({ trace }) => trace?.["stream_status"]?.reasons?.[0]?.type === "RATE_LIMITED")
    expect(limited.length).toBeGreaterThan(40)
    const logs = ran.messages.filter(({ log }: Message) => log?.message.startsWith("Still waiting"))
    expect(logs.length).toBeGreaterThan(40)
  })
})
