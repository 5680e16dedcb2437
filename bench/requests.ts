/** How many requests a full sync takes, against the least that it cannot do without. */
import { inspectRead } from "./connector.ts"
import { BY_CONTENT, leastRequests } from "./leastRequests.ts"
import type { Figure, Result } from "./results.ts"
import { type BenchSite, catalogWithout, withSite } from "./sampleSite.ts"

const thousands = (value: number): string => Math.round(value).toLocaleString("en-US")

const fullSync = async (site: BenchSite) => {
  const catalog = await catalogWithout(site, BY_CONTENT)
  await site.statistics()
  const written = await inspectRead(site.config, catalog)
  const { requests, endpoints } = await site.statistics()
  const rowsOf = (list: string) => endpoints[`/wiki/api/v2/${list}`]?.rows ?? 0
  const listedComments = [rowsOf("footer-comments"), rowsOf("inline-comments")]
  return { written, requests, least: await leastRequests(site, written.emitted, listedComments) }
}

export const requests: Figure = {
  name: "requests",
  measure: async () => {
    const large = await withSite({ pages: 100_000, spaces: 150 }, fullSync)
    const manySpaces = await withSite({ pages: 100_000, spaces: 1500, spaceSizes: "even" }, fullSync)
    const streams = Object.keys(large.written.emitted).length
    const line = ({ requests, least }: typeof large, spaces: string, goal: string): Result => ({
      figure: `requests of a full sync over the least possible, 100,000 pages, ${spaces}`,
      goal,
      measured: (requests / least).toFixed(3),
      detail: `${thousands(requests)} requests, ${thousands(least)} at least; ${streams} streams, without the ${BY_CONTENT.size} that ask content by content`,
    })
    const { recordBytes, stateBytes } = large.written
    return [
      line(large, "150 uneven spaces", "≤ 1.05"),
      line(manySpaces, "1,500 small spaces", ""),
      {
        figure: "bytes of all states over bytes of the records, the same sync",
        goal: "< 0.1",
        measured: (stateBytes / recordBytes).toFixed(4),
        detail: `${(stateBytes / 1e6).toFixed(2)} MB of ${(recordBytes / 1e6).toFixed(0)} MB, ${streams} streams`,
      },
    ]
  },
}
