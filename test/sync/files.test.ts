/** Files of attachments: each arrives whole, with its record, or its record says why not; and each once. */
import { expect, test } from "vitest"
import { type Ran, type RunInput, Simulation, recordsOf, statesOf, statusesOf } from "../support/inProcess.ts"

const SITE = { pages: 40, spaces: 3, attachments: 60, largestFile: 20_000, seed: 11 }

const read = (site: Simulation, input: RunInput = {}): Promise<Ran> =>
  site.run("read", { streams: ["attachments"], syncMode: "incremental", includeFiles: true, ...input })

/** Records with files, by the id of the attachment. */
const handedOver = (ran: Ran) =>
  new Map(
    ran.messages.flatMap(({ record }) =>
      record?.file_reference === undefined ? [] : [[String(record.data["id"]), record] as const],
    ),
  )

test("every file arrives whole, under a name of its own, and the record tells which bytes", async () => {
  const simulation = new Simulation(SITE)
  const ran = await read(simulation)
  expect(ran.exit).toBe(0)
  const files = handedOver(ran)
  for (const row of simulation.site.truth("attachments")) {
    const id = String(row["id"])
    const record = files.get(id)
    const truth = simulation.site.fileTruth(id)!
    if (row["fileId"] === "UNKNOWN_MEDIA_ID") continue
    expect(record?.data).toMatchObject({ fileStatus: "transferred", fileSha256: truth.sha256, title: row["title"] })
    const { source_file_relative_path: path, file_size_bytes: bytes } = record!.file_reference!
    expect(path).toMatch(new RegExp(`^attachments/${id}/[^/]+$`))
    expect(bytes).toBe(truth.bytes)
    expect(simulation.staging.files.get(path)).toEqual({ bytes: truth.bytes, sha256: truth.sha256 })
  }
  expect(simulation.site.mediaStatistics().credentials).toBe(0)
  expect(statusesOf(ran, "attachments").at(-1)).toBe("COMPLETE")
  console.log(ran.messages.filter((m) => m.log).map((m) => m.log!.message).join("\n"))
  console.log(simulation.site.statistics().endpoints, simulation.staging)
})
