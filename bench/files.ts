/**
 * Files of attachments: how fast they come, beside curl, which fetches the same files from the same site (asked where they are, and
 * redirected, as the connector is) into the same folder; what a large one takes of memory, and what a hundred thousand do.
 */
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { connectorPath, jsonFile, measure } from "./connector.ts"
import type { Figure, Result } from "./results.ts"
import { type BenchSite, withSite } from "./sampleSite.ts"

const MB = 1_000_000

/** Files at once, and megabytes of each. */
const LOADS = [
  [1, 1_000],
  [8, 250],
  [50, 40],
] as const
const TIMES = 3

const site = { pages: 60, spaces: 2, blogPosts: 0, footerComments: 0, inlineComments: 0, bodyBytes: 0 } as const

const inFolder = async <A>(use: (folder: string) => Promise<A>): Promise<A> => {
  const folder = mkdtempSync(join(tmpdir(), "source-confluence-bench-files-"))
  try {
    return await use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const change = async (
  { url }: BenchSite,
  changes: ReadonlyArray<object>,
): Promise<ReadonlyArray<{ readonly id: string }>> => {
  const answer = await fetch(`${url}/_control/change`, { method: "POST", body: JSON.stringify(changes) })
  return (await answer.json()) as ReadonlyArray<{ readonly id: string }>
}

/** Attaches files, and answers the addresses at which the API tells where they are. */
const attach = async (bench: BenchSite, count: number, bytes: number): Promise<ReadonlyArray<string>> => {
  const pages = (await (await fetch(`${bench.url}/_control/truth/pages`)).json()) as ReadonlyArray<{
    readonly id: string
  }>
  const containers = Array.from({ length: count }, (_, number) => pages[number % pages.length]!.id)
  const made = await change(
    bench,
    containers.map((id, number) => ({ action: "addAttachment", id, title: `file-${number}.bin`, fileSize: bytes })),
  )
  return made.map(
    ({ id }, number) =>
      `${bench.url}/wiki/rest/api/content/${containers[number]!}/child/attachment/${id}/download?version=1`,
  )
}

const catalog = () =>
  jsonFile({
    streams: [
      {
        stream: { name: "attachments", json_schema: { type: "object" }, supported_sync_modes: ["full_refresh"] },
        sync_mode: "full_refresh",
        destination_sync_mode: "overwrite",
        include_files: true,
      },
    ],
  })

const configOf = (bench: BenchSite, workers: number): string => {
  const config = JSON.parse(readFileSync(bench.config, "utf8"))
  return jsonFile({ ...config, num_workers: workers, attachments: { max_file_size_mb: 10_000 } })
}

const readFiles = (bench: BenchSite, workers: number) =>
  inFolder((folder) => {
    process.env["AIRBYTE_STAGING_DIRECTORY"] = folder
    return measure(connectorPath, ["read", "--config", configOf(bench, workers), "--catalog", catalog()])
  })

const curl = (bench: BenchSite, addresses: ReadonlyArray<string>, atOnce: number) =>
  inFolder(async (folder) => {
    const { credentials } = JSON.parse(readFileSync(bench.config, "utf8"))
    const list = join(folder, "list")
    writeFileSync(list, addresses.map((url, at) => `url = "${url}"\noutput = "${join(folder, String(at))}"\n`).join(""))
    const user = `${credentials.email}:${credentials.api_token}`
    const args = ["--parallel", "--parallel-immediate", "--parallel-max", String(atOnce)]
    const startedAt = performance.now()
    const { status, stderr } = spawnSync("curl", [...args, "-s", "-S", "-f", "-L", "-u", user, "-K", list], {
      encoding: "utf8",
    })
    if (status !== 0) throw new Error(`curl: ${stderr}`)
    return { seconds: (performance.now() - startedAt) / 1000 }
  })

const best = async (work: () => Promise<{ readonly seconds: number }>): Promise<number> => {
  let seconds = Number.POSITIVE_INFINITY
  for (let time = 0; time < TIMES; time++) seconds = Math.min(seconds, (await work()).seconds)
  return seconds
}

/** Against the time of a read that has nothing to fetch: what both do is moving bytes. */
const speed = async (atOnce: number, megabytes: number): Promise<Result> =>
  withSite({ ...site, attachments: 0 }, async (bench) => {
    const idle = await best(() => readFiles(bench, atOnce))
    const addresses = await attach(bench, atOnce, megabytes * MB)
    const ours = (await best(() => readFiles(bench, atOnce))) - idle
    const theirs = await best(() => curl(bench, addresses, atOnce))
    const [mine, other] = [ours, theirs].map((seconds) => (atOnce * megabytes) / seconds)
    return {
      figure: `files: ${atOnce} at once, ${megabytes} MB each`,
      goal: "≥ 0.8 of curl",
      measured: `${(mine! / other!).toFixed(2)} of curl`,
      detail: `${mine!.toFixed(0)} MB/s, hashed; curl ${other!.toFixed(0)} MB/s; best of ${TIMES}, without the ${idle.toFixed(2)} s of a read with nothing to fetch`,
    }
  })

const memory = async (): Promise<ReadonlyArray<Result>> => {
  const [none, large] = await withSite({ ...site, attachments: 0 }, async (bench) => {
    const before = await readFiles(bench, 8)
    await attach(bench, 1, 2_000 * MB)
    return [before, await readFiles(bench, 8)] as const
  })
  const many = await withSite({ ...site, pages: 20_000, attachments: 0 }, async (bench) => {
    await attach(bench, 100_000, 1_000)
    return readFiles(bench, 50)
  })
  return [
    {
      figure: "peak memory (RSS) with a file of 2 GB",
      goal: "flat",
      measured: `${large.peakMegabytes.toFixed(0)} MB`,
      detail: `${none.peakMegabytes.toFixed(0)} MB with nothing to fetch; ${(2000 / large.seconds).toFixed(0)} MB/s`,
    },
    {
      figure: "peak memory (RSS) with 100,000 files of 1 kB",
      goal: "flat",
      measured: `${many.peakMegabytes.toFixed(0)} MB`,
      detail: `${many.seconds.toFixed(0)} s, ${(100_000 / many.seconds).toFixed(0)} files/s with 50 at once`,
    },
  ]
}

export const files: Figure = {
  name: "files",
  measure: async () => {
    const results: Array<Result> = []
    for (const [atOnce, megabytes] of LOADS) results.push(await speed(atOnce, megabytes))
    return [...results, ...(await memory())]
  },
}
