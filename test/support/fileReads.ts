/** Reads of a small site whose destination takes files, and what came of the files. */
import { expect } from "vitest"
import type { SampleSiteOptions } from "../../src/sample-site/options.ts"
import { type Ran, type RunInput, recordsOf, Simulation } from "./inProcess.ts"

const SITE = { pages: 40, spaces: 3, attachments: 60, largestFile: 20_000, seed: 11 }
export const FILE = "/file/*"
export const DOWNLOAD = "/wiki/rest/api/content/*/download"

export const simulationOf = (options: SampleSiteOptions = {}) => new Simulation({ ...SITE, ...options })

export const read = (simulation: Simulation, input: RunInput = {}): Promise<Ran> =>
  simulation.run("read", { streams: ["attachments"], syncMode: "incremental", includeFiles: true, ...input })

/** The ids of records that came with files. */
export const filed = (ran: Ran): ReadonlyArray<string> =>
  ran.messages
    .flatMap(({ record }) => (record?.file_reference === undefined ? [] : [String(record.data["id"])]))
    .toSorted()

/** Attachments by what became of their files. */
export const byStatus = (ran: Ran): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {}
  for (const { fileStatus } of recordsOf(ran, "attachments")) {
    const status = String(fileStatus)
    counts[status] = (counts[status] ?? 0) + 1
  }
  return counts
}

/** What was handed over must be the site's bytes, and nothing else may be in the folder. */
export const checkFolder = (simulation: Simulation, ran: Ran): void => {
  const told = new Set<string>()
  for (const { record } of ran.messages) {
    const reference = record?.file_reference
    if (reference === undefined) continue
    const id = String(record!.data["id"])
    const truth = simulation.site.fileTruth(id)
    const { source_file_relative_path: path, file_size_bytes: bytes } = reference
    expect(path).toMatch(new RegExp(`^attachments/${id}/[^/]+$`))
    expect({ id, bytes, sha256: record!.data["fileSha256"] }).toEqual({ id, ...truth })
    expect(simulation.staging.files.get(path)).toEqual(truth)
    told.add(path)
  }
  expect([...simulation.staging.files.keys()].filter((path) => !told.has(path))).toEqual([])
  expect(simulation.staging.open).toBe(0)
  expect(simulation.site.mediaStatistics().credentials).toBe(0)
}

export const warnings = (ran: Ran): string =>
  ran.messages.flatMap(({ log }) => (log?.level === "WARN" ? [log.message] : [])).join("\n")

export const isLost = (row: Record<string, unknown>) => row["fileId"] === "UNKNOWN_MEDIA_ID"
