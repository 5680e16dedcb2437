/** Files that cannot be had at once, or at all: each costs itself, is named, and is asked for again; and nothing wrong is handed over. */
import { expect, test } from "vitest"
import type { Fault } from "../../src/sample-site/Fault.ts"
import type { SampleSiteOptions } from "../../src/sample-site/options.ts"
import {
  byStatus,
  checkFolder,
  DOWNLOAD,
  FILE,
  filed,
  isLost,
  read,
  simulationOf,
  warnings,
} from "../support/fileReads.ts"
import { errorsOf, recordsOf, statesOf, statusesOf } from "../support/inProcess.ts"

const WHOLE: ReadonlyArray<readonly [what: string, fault: Fault, more?: SampleSiteOptions]> = [
  ["cut off once", { kind: "cut", path: FILE, times: 5 }],
  [
    "cut off once, by a host without ranges",
    { kind: "cut", path: FILE, times: 5 },
    { settings: { quirks: { mediaRanges: false } } },
  ],
  ["refused once as expired", { kind: "status", status: 403, path: FILE, times: 3 }],
  ["gone for a moment", { kind: "status", status: 404, path: FILE, times: 1 }],
  ["behind a host that is down for a moment", { kind: "status", status: 503, path: FILE, times: 6 }],
  ["behind a host that asks to wait", { kind: "rate-limit", path: FILE, times: 4, waitMs: 5_000 }],
  ["behind a host that loses connections", { kind: "reset", path: FILE, times: 4 }],
  ["longer than announced, once", { kind: "longer", path: FILE, times: 1 }],
  ["empty, once", { kind: "status", status: 200, body: "", path: FILE, times: 1 }],
  ["compressed although nobody asked for it", { kind: "compressed", path: FILE }],
  ["slow", { kind: "slow", path: FILE, waitMs: 30_000, times: 3 }],
  ["behind an API that is down for a moment", { kind: "status", status: 500, path: DOWNLOAD, times: 2 }],
  ["behind an API that refuses for the rate", { kind: "rate-limit", path: DOWNLOAD, times: 3 }],
  ["at addresses that end soon", { kind: "slow", path: FILE, waitMs: 1 }, { settings: { mediaLifetimeMs: 1 } }],
]

test.each(WHOLE.map(([what, fault, more = {}]) => [what, fault, more] as const))(
  "a file %s arrives whole",
  async (_, fault, more) => {
    const simulation = simulationOf({ ...more, attachments: 12 })
    simulation.site.setFaults([fault])
    const ran = await read(simulation)
    expect(ran.exit).toBe(0)
    checkFolder(simulation, ran)
    const rows = simulation.site.truth("attachments")
    expect(byStatus(ran)).toEqual({ transferred: rows.length })
  },
)

test("a host that leads elsewhere is not followed to where no credential or anybody in between should be", async () => {
  for (const [location, why] of [
    ["http://media.example", "must be"],
    ["http://10.0.0.1", "must be"],
    ["ftp://media.example", "must be"],
  ] as const) {
    const simulation = simulationOf({ attachments: 3 })
    simulation.site.setFaults([{ kind: "redirect", path: FILE, location }])
    const ran = await read(simulation)
    const { host } = new URL(location)
    expect(warnings(ran)).toMatch(new RegExp(`leads to ${host}, which is not followed: an address ${why}`))
    expect(warnings(ran)).not.toContain("token=")
    expect(byStatus(ran)["transferred"]).toBeUndefined()
  }
})

test("a host that takes ranges is asked for the rest alone", async () => {
  const simulation = simulationOf({ attachments: 12 })
  simulation.site.setFaults([{ kind: "cut", path: FILE, times: 4 }])
  await read(simulation)
  expect(simulation.site.mediaStatistics().parts).toBe(4)
})

/** Of each kind one file fails, again and again. */
const FAILED: ReadonlyArray<readonly [what: string, fault: Fault]> = [
  ["always cut off", { kind: "cut", path: FILE }],
  ["longer than announced", { kind: "longer", path: FILE }],
  ["without an end", { kind: "endless", path: FILE }],
  ["a bomb", { kind: "gzip-bomb", path: FILE }],
  ["0 bytes", { kind: "status", status: 200, body: "", path: FILE }],
  ["refused", { kind: "status", status: 403, path: FILE }],
  ["behind a host that is down", { kind: "status", status: 500, path: FILE }],
  ["redirected for ever", { kind: "redirect", path: FILE, location: "http://127.0.0.1:2" }],
  ["redirected to plain http", { kind: "redirect", path: FILE, location: "http://media.example" }],
  ["forbidden at the API", { kind: "status", status: 403, path: DOWNLOAD }],
  ["no redirect at the API", { kind: "status", status: 200, body: "{}", path: DOWNLOAD }],
]

test.each(FAILED)("a file that is %s costs itself, and is asked for again by the next sync", async (_, fault) => {
  const simulation = simulationOf({ attachments: 8 })
  const rows = simulation.site.truth("attachments")
  const id = String(rows[3]!["id"])
  const fileId = String(rows[3]!["fileId"])
  simulation.site.setFaults([
    { ...fault, path: fault.path === FILE ? `/file/${fileId}/*` : `/wiki/rest/api/content/*/${id}/download` },
  ])
  const ran = await read(simulation)
  expect(ran.exit).toBe(0)
  checkFolder(simulation, ran)
  expect(byStatus(ran)).toEqual({ transferred: rows.length - 1, failed: 1 })
  expect(warnings(ran)).toContain(`the file of ${id} could not be fetched`)
  expect(ran.messages.at(-1)?.log?.message).toContain("1 without file")

  const still = await read(simulation, { state: statesOf(ran), config: { reconcile_interval_hours: -1 } })
  expect(recordsOf(still, "attachments")).toEqual([])
  simulation.site.setFaults([])
  const healed = await read(simulation, { state: statesOf(still), config: { reconcile_interval_hours: -1 } })
  expect(filed(healed)).toEqual([id])
  const last = await read(simulation, { state: statesOf(healed), config: { reconcile_interval_hours: 0 } })
  expect(recordsOf(last, "attachments")).toEqual([])
})

test.each(["404", "empty", "no address"] as const)(
  "a file that the site has lost (%s) is missing, and asked for once",
  async (lostFiles) => {
    const simulation = simulationOf({ attachments: 8, settings: { quirks: { lostFiles } } })
    const row = simulation.site.truth("attachments").find((each) => !isLost(each))
    simulation.site.loseFile(String(row!["id"]))
    const ran = await read(simulation)
    expect(ran.exit).toBe(0)
    const record = recordsOf(ran, "attachments").find(({ id }) => id === row!["id"])
    // An empty answer in the place of a file is no word that there is none.
    expect(record?.["fileStatus"]).toBe(lostFiles === "empty" ? "failed" : "missing")
    if (lostFiles === "empty") return
    const requests = simulation.site.mediaStatistics().requests
    const again = await read(simulation, { state: statesOf(ran), config: { reconcile_interval_hours: 0 } })
    expect(recordsOf(again, "attachments")).toEqual([])
    expect(simulation.site.mediaStatistics().requests).toBe(requests)
  },
)

test.each(["404", "empty", "no address"] as const)(
  "a file that has got lost on its way to the site (%s) is missing",
  async (lostFiles) => {
    const simulation = simulationOf({ attachments: 700, largestFile: 10, settings: { quirks: { lostFiles } } })
    const lost = simulation.site.truth("attachments").filter(isLost)
    const ran = await read(simulation)
    expect(lost.length).toBeGreaterThan(0)
    for (const { id, fileSize } of lost) {
      const record = recordsOf(ran, "attachments").find((each) => each["id"] === id)
      expect(record?.["fileStatus"]).toBe(lostFiles === "empty" && Number(fileSize) > 0 ? "failed" : "missing")
    }
  },
)

test("a missing scope costs the files and not the rows, and is asked for once", async () => {
  const simulation = simulationOf({
    settings: {
      scopes: ["read:attachment:confluence", "read:confluence-user"],
      quirks: { v1TakesGranularScopes: false },
    },
  })
  const config = simulation.site.config("scoped")
  const ran = await read(simulation, { config })
  expect(ran.exit).toBe(0)
  expect(statusesOf(ran, "attachments").at(-1)).toBe("COMPLETE")
  const { failed = 0, ...others } = byStatus(ran)
  expect([failed, others]).toEqual([simulation.site.truth("attachments").length, {}])
  expect(warnings(ran)).toMatch(/no more files are tried.*readonly:content.attachment:confluence/s)
  const asked = simulation.exchanged.filter(({ request }) => request.path.endsWith("/download")).length
  expect(asked).toBeLessThan(10)
  simulation.site.set({ scopes: null })
  const healed = await read(simulation, { config, state: statesOf(ran) })
  expect(byStatus(healed)["failed"]).toBeUndefined()
  checkFolder(simulation, healed)
})

test("a host that is down for good is not tried for every file", async () => {
  const simulation = simulationOf({ attachments: 200, largestFile: 50 })
  simulation.site.setFaults([{ kind: "status", status: 500, path: FILE }])
  const ran = await read(simulation)
  expect(ran.exit).toBe(0)
  expect(byStatus(ran)).toEqual({ failed: simulation.site.truth("attachments").length })
  expect(simulation.site.statistics().endpoints["/file/{}/binary"]!.requests).toBeLessThan(50 * 4)
  expect(warnings(ran)).toContain("no more files are tried in this sync")
  simulation.site.setFaults([])
  const healed = await read(simulation, { state: statesOf(ran), config: { reconcile_interval_hours: 0 } })
  expect(byStatus(healed)["failed"]).toBeUndefined()
  checkFolder(simulation, healed)
  expect(filed(healed).length).toBe(simulation.site.truth("attachments").filter((row) => !isLost(row)).length)
})

test.each([
  ["full", { room: 30_000 }, "transient_error"],
  ["not to be written", { isBroken: true }, "config_error"],
] as const)("a staging folder that is %s ends attachments alone", async (_, broken, failureType) => {
  const simulation = simulationOf()
  Object.assign(simulation.staging, broken)
  const ran = await read(simulation, { streams: ["attachments", "pages"] })
  expect(ran.exit).toBe(1)
  expect(statusesOf(ran, "attachments").at(-1)).toBe("INCOMPLETE")
  expect(statusesOf(ran, "pages").at(-1)).toBe("COMPLETE")
  expect(errorsOf(ran)).toMatchObject([{ failure_type: failureType, stream_descriptor: { name: "attachments" } }])
  checkFolder(simulation, ran)
  Object.assign(simulation.staging, { room: Number.POSITIVE_INFINITY, isBroken: false })
  const before = filed(ran)
  const healed = await read(simulation, { streams: ["attachments"], state: statesOf(ran) })
  expect(healed.exit).toBe(0)
  const all = simulation.site.truth("attachments").filter((row) => !isLost(row))
  expect(new Set([...before, ...filed(healed)]).size).toBe(all.length)
})

test("a slow file holds up neither the other files nor other lists", async () => {
  const simulation = simulationOf()
  const row = simulation.site.truth("attachments").find((each) => Number(each["fileSize"]) > 0)
  simulation.site.setFaults([{ kind: "slow", waitMs: 600_000, path: `/file/${String(row!["fileId"])}/*` }])
  const started = simulation.clock.now()
  let lists = 0
  const times: Array<number> = []
  simulation.onExchange = ({ at, request }) => {
    if (request.path.endsWith("/download")) times.push(at - started)
    else lists = at - started
  }
  const ran = await read(simulation, { streams: ["attachments", "pages", "comments"] })
  expect(ran.exit).toBe(0)
  expect(Math.max(...times, lists)).toBeLessThan(60_000)
  expect(ran.seconds).toBeGreaterThan(590)
  checkFolder(simulation, ran)
})

test("killed anywhere, nothing wrong is handed over, and the next sync goes on", async () => {
  for (const cutAfterLines of [3, 5, 12, 30, 50, 62]) {
    const simulation = simulationOf({ settings: { maxPageSize: 15 } })
    const cut = await read(simulation, { cutAfterLines, config: { num_workers: 3 } })
    expect(cut.exit).toBeUndefined()
    for (const { record } of cut.messages) {
      const reference = record?.file_reference
      if (reference === undefined) continue
      expect(simulation.staging.files.get(reference.source_file_relative_path)).toEqual(
        simulation.site.fileTruth(String(record!.data["id"])),
      )
    }
    const resumed = await read(simulation, { state: statesOf(cut) })
    expect(resumed.exit).toBe(0)
    const all = simulation.site.truth("attachments").filter((row) => !isLost(row))
    expect(new Set([...filed(cut), ...filed(resumed)]).size).toBe(all.length)
    expect(filed(resumed).length).toBeLessThanOrEqual(all.length)
    expect(new Set(filed(resumed)).size).toBe(filed(resumed).length)
  }
})

test("terminated, it vouches for what was written, and what was on its way is fetched by the next sync", async () => {
  const simulation = simulationOf({ settings: { maxPageSize: 15 } })
  const ended = await read(simulation, { terminateAfterRequests: 25, config: { num_workers: 3 } })
  const states = statesOf(ended)
  expect(states.length).toBe(1)
  const resumed = await read(simulation, { state: states })
  const all = simulation.site.truth("attachments").filter((row) => !isLost(row))
  expect([...filed(ended), ...filed(resumed)].toSorted()).toEqual(all.map(({ id }) => String(id)).toSorted())
})
