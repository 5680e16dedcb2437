/**
 * What each of all streams takes of requests, points, time and memory on a site of 100,000 contents, alone and all together: how often
 * a stream is worth reading depends on it.
 */
import { type Cost, eachLine } from "./connector.ts"
import { BY_CONTENT } from "./leastRequests.ts"
import type { Figure, Result } from "./results.ts"
import { type BenchSite, catalogOf, catalogWithout, streamsOf, withSite } from "./sampleSite.ts"

/** Together 100,000 contents. */
const SITE = {
  pages: 40_000,
  blogPosts: 4_000,
  footerComments: 25_000,
  inlineComments: 6_000,
  attachments: 25_000,
  spaces: 150,
  users: 2_000,
  groups: 200,
  bodyBytes: 400,
  varied: true,
} as const
/** What most sites answer in, in seconds, and how many requests are under way at once if nothing else is said. */
const LATENCY = 0.1
const WORKERS = 8

const thousands = (value: number): string => Math.round(value).toLocaleString("en-US")

interface Told extends Cost {
  readonly points: number
  readonly rows: number
}

/** Reads, and takes from the summary at the end what it says of points and rows. */
const told = async (config: string, catalog: string): Promise<Told> => {
  let summary = ""
  const cost = await eachLine(["read", "--config", config, "--catalog", catalog], (line) => {
    if (line.startsWith('{"type":"LOG"')) summary = JSON.parse(line).log.message
  })
  const rows = [...summary.matchAll(/^\w+: .*?emitted (\d+)/gm)].reduce((sum, [, count]) => sum + Number(count), 0)
  return { ...cost, rows, points: Number(/(\d+) points of the app's hourly quota/.exec(summary)?.[1]) }
}

const costOf = async (site: BenchSite, what: string, catalog: string): Promise<Result> => {
  await site.statistics()
  const { peakMegabytes, seconds, rows, points } = await told(site.configOfServiceAccount, catalog)
  const { requests } = await site.statistics()
  const waited = (requests * LATENCY) / WORKERS
  return {
    figure: `cost of ${what}, 100,000 contents`,
    goal: "≤ 300 MB",
    measured: `${peakMegabytes.toFixed(0)} MB`,
    detail: `${thousands(rows)} rows by ${thousands(requests)} requests, ${thousands(points)} points, in ${seconds.toFixed(1)} s; ${thousands(waited)} s of waiting at 100 ms`,
  }
}

export const model: Figure = {
  name: "model",
  measure: () =>
    withSite(SITE, async (site) => {
      const results: Array<Result> = []
      for (const name of await streamsOf(site)) results.push(await costOf(site, name, await catalogOf(site, name)))
      const ofLists = await catalogWithout(site, BY_CONTENT)
      results.push(await costOf(site, "all streams but those that ask content by content, at once", ofLists))
      results.push(await costOf(site, "all streams at once", await catalogOf(site)))
      return results
    }),
}
