/** What filters by the ids of pages take of memory at a million pages, and how large the states are. */
import { readFileSync } from "node:fs"
import { eachLine, inspectRead, jsonFile, read } from "./connector.ts"
import type { Figure } from "./results.ts"
import { catalogOf, withSite } from "./sampleSite.ts"

const PAGES = 1_000_000

/** The homepages of all spaces, below which nearly all pages lie. */
const homepages = async (config: string, catalog: string): Promise<ReadonlyArray<string>> => {
  const ids: Array<string> = []
  await eachLine(["read", "--config", config, "--catalog", catalog], (line) => {
    if (!line.startsWith('{"type":"RECORD"')) return
    const { homepageId } = JSON.parse(line).record.data
    if (typeof homepageId === "string") ids.push(homepageId)
  })
  return ids
}

export const filters: Figure = {
  name: "filters",
  measure: () =>
    withSite({ pages: PAGES, bodyBytes: 400, blogPosts: 0, spaces: 64, spaceSizes: "even" }, async (site) => {
      const config = JSON.parse(readFileSync(site.config, "utf8"))
      const ids = await homepages(site.config, await catalogOf(site, "spaces"))
      const incremental = JSON.parse(readFileSync(await catalogOf(site, "pages"), "utf8"))
      for (const stream of incremental.streams) stream.sync_mode = "incremental"
      const catalog = jsonFile(incremental)
      const results = []
      for (const [what, given] of [
        ["including all homepages", { page_ids_include: ids }],
        ["excluding one homepage of 64", { page_ids_exclude: ids.slice(0, 1) }],
      ] as const) {
        const filtered = jsonFile({ ...config, filters: given })
        const { peakMegabytes, seconds } = await read(filtered, catalog)
        const { emitted, lastStateBytes } = await inspectRead(filtered, catalog)
        const rows = emitted["pages"] ?? 0
        results.push({
          figure: `peak memory (RSS) at 1,000,000 pages, ${what}`,
          goal: "≤ 300 MB",
          measured: `${peakMegabytes.toFixed(0)} MB`,
          detail: `${rows} pages sent in ${seconds.toFixed(0)} s; ${(lastStateBytes / rows).toFixed(1)} bytes of state a row`,
        })
      }
      return results
    }),
}
