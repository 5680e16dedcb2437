/**
 * What an extract into DuckDB costs: speed and memory of a first one, growth of the file by ten more with a tenth of the pages edited before
 * each, and what the files of a folder take.
 */
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { connectorPath, type Cost, measure } from "./connector.ts"
import type { Figure, Result } from "./results.ts"
import { type BenchSite, withSite } from "./sampleSite.ts"

const PAGES_OF_4_KB = { bodyBytes: 4_096, spaces: 64, blogPosts: 0, spaceSizes: "even" } as const

const ROUNDS = 10

const inFolder = async <A>(use: (folder: string) => Promise<A>): Promise<A> => {
  const folder = mkdtempSync(join(tmpdir(), "source-confluence-bench-extract-"))
  try {
    return await use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const extractPages = (site: BenchSite, to: string, ...flags: ReadonlyArray<string>): Promise<Cost> =>
  measure(connectorPath, ["extract", "--config", site.config, "--to", to, "--streams", "pages", ...flags])

const megabytes = (path: string): number => statSync(path).size / 1e6

const thousands = (value: number): string => Math.round(value).toLocaleString("en")

/** Gives every tenth page, from another one on each time, a new version. */
const edit = async (config: string, round: number): Promise<number> => {
  const { domain_name: url, credentials } = JSON.parse(readFileSync(config, "utf8"))
  const authorization = `Basic ${Buffer.from(`${credentials.email}:${credentials.api_token}`).toString("base64")}`
  let edits = 0
  let next: string | undefined = "/wiki/api/v2/pages?limit=250"
  while (next !== undefined) {
    const answer: Response = await fetch(`${url}${next}`, { headers: { authorization } })
    const { results, _links } = (await answer.json()) as {
      readonly results: ReadonlyArray<{ readonly id: string }>
      readonly _links: { readonly next?: string }
    }
    next = _links.next
    for (const { id } of results.filter((_, at) => at % ROUNDS === round)) {
      const body = JSON.stringify({ action: "edit", id, title: `Edited ${id} in round ${round}` })
      await fetch(`${url}/_control/change`, { method: "POST", body })
      edits++
    }
  }
  return edits
}

const first = (pages: number, goals: boolean): Promise<ReadonlyArray<Result>> =>
  inFolder((folder) =>
    withSite({ ...PAGES_OF_4_KB, pages, prepared: "as they are" }, async (site) => {
      const target = join(folder, "site.duckdb")
      const cost = await extractPages(site, target)
      return [
        {
          figure: `extract of ${thousands(pages)} pages of 4 KB into DuckDB`,
          goal: goals ? "≥ 3,000 rows/s, ≤ 700 MB" : "",
          measured: `${thousands(pages / cost.seconds)} rows/s, ${cost.peakMegabytes.toFixed(0)} MB of memory`,
          detail: `${cost.seconds.toFixed(0)} s, ${cost.cpuSeconds.toFixed(0)} s of the processor; a file of ${thousands(megabytes(target))} MB`,
        },
      ]
    }),
  )

const growth = (pages: number): Promise<ReadonlyArray<Result>> =>
  inFolder((folder) =>
    withSite({ ...PAGES_OF_4_KB, pages }, async (site) => {
      const target = join(folder, "site.duckdb")
      await extractPages(site, target)
      const seconds: Array<number> = []
      let edits = 0
      for (let round = 0; round < ROUNDS; round++) {
        edits += await edit(site.config, round)
        seconds.push((await extractPages(site, target)).seconds)
      }
      const fresh = join(folder, "fresh.duckdb")
      await extractPages(site, fresh)
      return [
        {
          figure: `the file after ${ROUNDS} extracts of ${thousands(edits / ROUNDS)} edited pages of ${thousands(pages)}, over that of one extract`,
          goal: "≤ 1.2",
          measured: (megabytes(target) / megabytes(fresh)).toFixed(2),
          detail: `${megabytes(target).toFixed(1)} MB and ${megabytes(fresh).toFixed(1)} MB; ${Math.max(...seconds).toFixed(1)} s for an extract of changes at most`,
        },
      ]
    }),
  )

const formats = (pages: number): Promise<ReadonlyArray<Result>> =>
  inFolder((folder) =>
    withSite({ ...PAGES_OF_4_KB, pages, prepared: "as they are" }, async (site) => {
      const results: Array<Result> = []
      for (const format of ["parquet", "csv", "ndjson"]) {
        const target = join(folder, format)
        const cost = await extractPages(site, target, "--format", format)
        results.push({
          figure: `extract of ${thousands(pages)} pages of 4 KB as ${format}`,
          goal: "",
          measured: `${thousands(pages / cost.seconds)} rows/s, ${cost.peakMegabytes.toFixed(0)} MB of memory`,
          detail: `a file of ${megabytes(join(target, `pages.${format}`)).toFixed(0)} MB; tables of ${megabytes(join(target, ".source-confluence/tables.duckdb")).toFixed(0)} MB`,
        })
      }
      return results
    }),
  )

export const extract: Figure = {
  name: "extract",
  measure: async () => [
    ...(await first(100_000, false)),
    ...(await first(1_000_000, true)),
    ...(await growth(20_000)),
    ...(await formats(40_000)),
  ],
}
