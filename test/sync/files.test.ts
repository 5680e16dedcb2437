/** Files of attachments: each arrives whole, with its record, and each once. */
import { expect, test } from "vitest"
import { byStatus, checkFolder, DOWNLOAD, filed, isLost, read, simulationOf, warnings } from "../support/fileReads.ts"
import { recordsOf, statesOf } from "../support/inProcess.ts"

test("every file arrives whole, under a name of its own; two requests each, one to the site and one to the host", async () => {
  const simulation = simulationOf()
  const rows = simulation.site.truth("attachments")
  const without = await read(simulation, { includeFiles: false })
  expect(simulation.site.mediaStatistics().requests).toBe(0)
  expect(recordsOf(without, "attachments").every((row) => !("fileStatus" in row))).toBe(true)
  const requests = simulation.exchanged.length

  const ran = await read(simulation)
  expect(ran.exit).toBe(0)
  checkFolder(simulation, ran)
  const whole = rows.filter((row) => !isLost(row))
  expect(filed(ran)).toEqual(whole.map(({ id }) => String(id)).toSorted())
  for (const row of rows) {
    const record = recordsOf(ran, "attachments").find(({ id }) => id === row["id"])
    expect(record).toMatchObject({ ...row, fileStatus: isLost(row) ? "missing" : "transferred" })
  }
  const lost = rows.length - whole.length
  expect(simulation.exchanged.length - requests).toBe(requests + whole.length + 2 * lost)
  expect(simulation.site.mediaStatistics().requests).toBe(whole.length + 2 * lost)
  expect(ran.messages.at(-1)?.log?.message).toMatch(
    new RegExp(`files ${whole.length} \\(.* MB\\), ${lost} missing, 0 failed`),
  )
})

test("a second sync fetches nothing; a new version is fetched, and a file in its old place is replaced", async () => {
  const simulation = simulationOf()
  const first = await read(simulation)
  const requests = simulation.site.mediaStatistics().requests
  const again = await read(simulation, { state: statesOf(first), config: { reconcile_interval_hours: 0 } })
  expect(recordsOf(again, "attachments")).toEqual([])
  expect(simulation.site.mediaStatistics().requests).toBe(requests)

  simulation.clock.advance(60_000)
  const [id] = filed(first)
  simulation.site.newAttachmentVersion(id!, { fileSize: 777 })
  const third = await read(simulation, { state: statesOf(again) })
  expect(filed(third)).toEqual([id])
  expect(recordsOf(third, "attachments")).toMatchObject([{ id, fileStatus: "transferred", fileSize: 777 }])
  expect(third.messages.find(({ record }) => record !== undefined)?.record?.file_reference?.file_size_bytes).toBe(777)
})

test("limits leave files out, and rows say so; raised limits fetch them, lowered ones take nothing back", async () => {
  const simulation = simulationOf()
  const rows = simulation.site.truth("attachments")
  const limits = (max_file_size_mb: number, media_types: ReadonlyArray<string>) => ({
    config: { attachments: { max_file_size_mb, media_types }, reconcile_interval_hours: -1 },
  })
  const first = await read(simulation, limits(0.01, ["image/*", "APPLICATION/pdf"]))
  const expected = rows.map((row) => {
    const isType = /^image\/|^application\/pdf$/.test(String(row["mediaType"]))
    if (!isType) return "other_type"
    if (Number(row["fileSize"]) > 10_000) return "too_large"
    return isLost(row) ? "missing" : "transferred"
  })
  for (const [at, row] of rows.entries()) {
    const record = recordsOf(first, "attachments").find(({ id }) => id === row["id"])
    expect([row["id"], record?.["fileStatus"]]).toEqual([row["id"], expected[at]])
    expect(record?.["fileSha256"] === null).toBe(expected[at] !== "transferred")
  }
  checkFolder(simulation, first)

  const larger = await read(simulation, { state: statesOf(first), ...limits(1, ["image/*", "application/pdf"]) })
  const tooLarge = rows.filter((row, at) => expected[at] === "too_large" && !isLost(row)).map(({ id }) => String(id))
  expect(filed(larger)).toEqual(tooLarge.toSorted())
  const all = await read(simulation, { state: statesOf(larger), ...limits(1, []) })
  const others = rows.filter((row, at) => expected[at] === "other_type" && !isLost(row)).map(({ id }) => String(id))
  expect(filed(all)).toEqual(others.toSorted())
  // What has come once is there, whatever is wanted now.
  const none = await read(simulation, { state: statesOf(all), ...limits(0, []) })
  expect(recordsOf(none, "attachments")).toEqual([])
  const off = await read(simulation, { state: statesOf(none), includeFiles: false })
  expect(recordsOf(off, "attachments")).toEqual([])
  const on = await read(simulation, { state: statesOf(off), ...limits(1, []) })
  expect(recordsOf(on, "attachments")).toEqual([])
})

test("a connection that has read rows alone fetches all files when they are asked for", async () => {
  const simulation = simulationOf()
  const rows = await read(simulation, { includeFiles: false })
  const files = await read(simulation, { state: statesOf(rows), config: { reconcile_interval_hours: -1 } })
  expect(recordsOf(files, "attachments").length).toBe(recordsOf(rows, "attachments").length)
  checkFolder(simulation, files)
})

test("a file that is replaced while the list is read comes in the version that its row tells", async () => {
  const simulation = simulationOf({ attachments: 12, settings: { latencyMs: 1 } })
  const row = simulation.site.truth("attachments").find((each) => !isLost(each) && Number(each["fileSize"]) > 0)
  const id = String(row!["id"])
  const before = simulation.site.fileTruth(id)!
  simulation.onExchange = ({ request }) => {
    if (!request.path.endsWith("/attachments")) return
    simulation.onExchange = () => {}
    simulation.site.newAttachmentVersion(id, { fileSize: before.bytes })
  }
  const ran = await read(simulation)
  const record = recordsOf(ran, "attachments").find((each) => each["id"] === id)
  expect(record).toMatchObject({ version: row!["version"], fileStatus: "transferred", fileSha256: before.sha256 })
  const next = await read(simulation, { state: statesOf(ran), config: { reconcile_interval_hours: 0 } })
  expect(filed(next)).toEqual([id])
})

test("num_workers is how many files come at once", async () => {
  const simulation = simulationOf({ latencyMs: 100 })
  await read(simulation, { config: { num_workers: 3 } })
  expect(simulation.staging.mostOpen).toBe(3)
})

test("check names the scope that files take, and reads go on without it", async () => {
  const simulation = simulationOf()
  simulation.site.setFaults([{ kind: "status", status: 403, path: DOWNLOAD }])
  const ran = await simulation.run("check")
  const message = ran.messages.find(({ connectionStatus }) => connectionStatus !== undefined)?.connectionStatus
  expect(message?.status).toBe("SUCCEEDED")
  expect(warnings(ran)).toContain("attachments: can be read, but its files cannot be fetched")
})

test("a file that hangs on a comment is known by the comment alone", async () => {
  const simulation = simulationOf({ settings: { quirks: { filesOfComments: true } } })
  const ran = await read(simulation)
  checkFolder(simulation, ran)
  expect(byStatus(ran)["transferred"]).toBe(simulation.site.truth("attachments").filter((row) => !isLost(row)).length)
})
