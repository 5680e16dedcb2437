/** What people and permissions take of requests, time and memory on a site with very many of them, stream by stream and all together. */
import { inspectRead, read } from "./connector.ts"
import type { Figure, Result } from "./results.ts"
import { type BenchSite, catalogOf, withSite } from "./sampleSite.ts"

const PEOPLE = 20_000
const GROUPS = 2_000
const PAGES = 100_000
/** Of each group but the one of everybody, on the average. */
const MEMBERS = 100

const STREAMS = [
  "users",
  "groups",
  "group_members",
  "space_permissions",
  "space_roles",
  "space_role_assignments",
  "content_restrictions",
] as const

const thousands = (value: number): string => Math.round(value).toLocaleString("en-US")

const cost = async (site: BenchSite, what: string, names: ReadonlyArray<string>): Promise<Result> => {
  const catalog = await catalogOf(site, ...names)
  await site.statistics()
  const { peakMegabytes, seconds } = await read(site.config, catalog)
  const { requests } = await site.statistics()
  const { emitted } = await inspectRead(site.config, catalog)
  const rows = names.reduce((sum, name) => sum + (emitted[name] ?? 0), 0)
  return {
    figure: `peak memory (RSS) of ${what}, ${thousands(PEOPLE)} people, ${thousands(GROUPS)} groups`,
    goal: "≤ 300 MB",
    measured: `${peakMegabytes.toFixed(0)} MB`,
    detail: `${thousands(rows)} rows in ${seconds.toFixed(1)} s by ${thousands(requests)} requests`,
  }
}

export const people: Figure = {
  name: "people",
  measure: () => {
    const options = {
      pages: PAGES,
      spaces: 150,
      spaceSizes: "even",
      blogPosts: 0,
      bodyBytes: 0,
      users: PEOPLE,
      groups: GROUPS,
      membersPerGroup: MEMBERS,
      restricted: PAGES / 20,
    } as const
    return withSite(options, async (site) => {
      const results: Array<Result> = []
      for (const name of STREAMS) results.push(await cost(site, name, [name]))
      results.push(
        await cost(site, `all seven of these, and ${thousands(PAGES)} pages`, [...STREAMS, "spaces", "pages"]),
      )
      return results
    })
  },
}
