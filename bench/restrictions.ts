/** What restrictions take of memory, requests and time: a page in twenty is restricted, and what lies below inherits that. */
import { read } from "./connector.ts"
import { leastOfRestrictions } from "./leastOfRestrictions.ts"
import type { Figure } from "./results.ts"
import { catalogOf, withSite } from "./sampleSite.ts"

const SIZES = [100_000, 1_000_000] as const

export const restrictions: Figure = {
  name: "restrictions",
  measure: async () => {
    const results = []
    for (const pages of SIZES) {
      const options = {
        pages,
        restricted: pages / 20,
        bodyBytes: 0,
        blogPosts: 0,
        spaces: 64,
        spaceSizes: "even",
      } as const
      results.push(
        await withSite(options, async (site) => {
          const catalog = await catalogOf(site, "content_restrictions")
          await site.statistics()
          const { peakMegabytes, seconds } = await read(site.config, catalog)
          const { requests } = await site.statistics()
          // To know what there is takes long at a million.
          const least = pages > SIZES[0] ? undefined : await leastOfRestrictions(site)
          const atLeast = least === undefined ? "" : `, ${least.toLocaleString("en")} at least`
          return {
            figure: `peak memory (RSS) of content_restrictions at ${pages.toLocaleString("en")} pages`,
            goal: "≤ 300 MB",
            measured: `${peakMegabytes.toFixed(0)} MB`,
            detail: `${requests.toLocaleString("en")} requests in ${seconds.toFixed(0)} s${atLeast}; a page in twenty is restricted, and spaces in the archive are asked content by content`,
          }
        }),
      )
    }
    return results
  },
}
