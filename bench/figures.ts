/**
 * The figures of the benchmark: what each one measures, and what it should be. Ratios, because they say the same on any
 * machine; where two commands are compared they run by turns, and the median of the pairs counts.
 */
import { bareLoopPath, connectorPath, type Cost, inspectRead, measure, nodeFlags, read } from "./connector.ts"
import { emails } from "./emails.ts"
import { filters } from "./filters.ts"
import { incremental } from "./incremental.ts"
import { model } from "./model.ts"
import { people } from "./people.ts"
import { points } from "./points.ts"
import { rateLimits } from "./rateLimits.ts"
import { requests } from "./requests.ts"
import { restrictions } from "./restrictions.ts"
import type { Figure, Result } from "./results.ts"
import { catalogOf, withSite } from "./sampleSite.ts"

const WORKERS = 8

const median = (values: ReadonlyArray<number>): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

const ratio = (value: number): string => value.toFixed(2)
const thousands = (value: number): string => Math.round(value).toLocaleString("en-US")

const times = async <A>(count: number, run: () => Promise<A>): Promise<ReadonlyArray<A>> => {
  const results: Array<A> = []
  for (let i = 0; i < count; i++) results.push(await run())
  return results
}

/** Runs both by turns, once to warm up and `count` times to count. */
const byTurns = async (
  count: number,
  one: () => Promise<Cost>,
  other: () => Promise<Cost>,
): Promise<ReadonlyArray<{ readonly one: Cost; readonly other: Cost }>> => {
  const pairs = await times(count + 1, async () => ({ one: await one(), other: await other() }))
  return pairs.slice(1)
}

const PAGES_OF_4_KB = { bodyBytes: 4096, blogPosts: 0, spaces: 64, spaceSizes: "even" } as const

const throughput: Figure = {
  name: "throughput",
  measure: async () => {
    const rows = 40_000
    const flags = nodeFlags()
    const compare = (prepared: "as they are" | "with line ends", bodies: boolean) =>
      withSite({ ...PAGES_OF_4_KB, pages: rows, prepared }, async (site) => {
        const catalog = await catalogOf(site, "pages")
        const config = bodies ? site.config : site.configWithoutBodies
        const format = bodies ? "storage" : "none"
        return byTurns(
          5,
          () => measure(process.execPath, [...flags, bareLoopPath, config, `${WORKERS}`, format]),
          () => read(config, catalog),
        )
      })
    const withBodies = await compare("as they are", true)
    const odd = await compare("with line ends", true)
    const without = await compare("as they are", false)
    const secondsOf = (pairs: typeof odd) => median(pairs.map(({ other }) => other.cpuSeconds))
    const line = (pairs: typeof withBodies, figure: string, goal: string): Result => {
      const speed = (which: "one" | "other") => thousands(rows / median(pairs.map((pair) => pair[which].seconds)))
      const wall = median(pairs.map(({ one, other }) => one.seconds / other.seconds))
      return {
        figure,
        goal,
        measured: ratio(median(pairs.map(({ one, other }) => one.cpuSeconds / other.cpuSeconds))),
        detail: `by the wall clock ${ratio(wall)}: ${speed("other")} pages/s, the bare loop ${speed("one")}`,
      }
    }
    return [
      line(withBodies, "processor time of the bare loop over that of `read`, bodies of 4 KB", "≥ 0.75"),
      {
        figure: "processor time where every row holds U+2028, over that of others",
        goal: "≤ 1.1",
        measured: ratio(secondsOf(odd) / secondsOf(withBodies)),
        detail: `${secondsOf(odd).toFixed(2)} s and ${secondsOf(withBodies).toFixed(2)} s`,
      },
      line(without, "the first one without bodies", ""),
    ]
  },
}

const LATENCY_MS = 200

const latency: Figure = {
  name: "latency",
  measure: () =>
    withSite({ pages: 100_000, spaces: 150, blogPosts: 0, latencyMs: LATENCY_MS }, async (site) => {
      const catalog = await catalogOf(site, "pages")
      await site.statistics()
      const runs = await times(3, async () => {
        const { seconds } = await read(site.configWithoutBodies, catalog)
        const { requests, mostInFlight } = await site.statistics()
        return { seconds, requests, mostInFlight, share: seconds / ((requests * LATENCY_MS) / 1000 / WORKERS) }
      })
      const { seconds, requests, mostInFlight } = runs[0]!
      const { firstRecordAfter } = await inspectRead(site.configWithoutBodies, catalog)
      return [
        {
          figure: "wall over requests × latency ÷ workers, 100,000 pages, 150 uneven spaces, 200 ms",
          goal: "≤ 1.15",
          measured: ratio(median(runs.map(({ share }) => share))),
          detail: `${seconds.toFixed(1)} s for ${requests} requests, at most ${mostInFlight} at once, without bodies`,
        },
        {
          figure: "time to the first record at 200 ms",
          goal: "",
          measured: `${firstRecordAfter.toFixed(2)} s`,
          detail: "from the start of the process; signing in and the list of spaces come first",
        },
      ]
    }),
}

const memory: Figure = {
  name: "memory",
  measure: async () => {
    const peak = (pages: number, count: number) =>
      withSite({ ...PAGES_OF_4_KB, pages }, async (site) => {
        const catalog = await catalogOf(site, "pages")
        const runs = await times(count, () => read(site.config, catalog))
        return {
          megabytes: Math.max(...runs.map(({ peakMegabytes }) => peakMegabytes)),
          seconds: median(runs.map(({ seconds }) => seconds)),
        }
      })
    const small = await peak(40_000, 3)
    const large = await peak(1_000_000, 1)
    return [
      {
        figure: "peak memory (RSS) at 40,000 pages of 4 KB",
        goal: "≤ 200 MB",
        measured: `${small.megabytes.toFixed(0)} MB`,
        detail: "the most of three reads",
      },
      {
        figure: "peak memory (RSS) at 1,000,000 pages of 4 KB",
        goal: "≤ 300 MB",
        measured: `${large.megabytes.toFixed(0)} MB`,
        detail: `one read of ${large.seconds.toFixed(0)} s`,
      },
    ]
  },
}

const start: Figure = {
  name: "start",
  measure: async () => {
    const pairs = await byTurns(
      25,
      () => measure(connectorPath, ["spec"]),
      () => measure(process.execPath, ["-e", "0"]),
    )
    const spec = median(pairs.map(({ one }) => one.seconds)) * 1000
    const node = median(pairs.map(({ other }) => other.seconds)) * 1000
    return [
      {
        figure: "`spec` over `node -e 0`",
        goal: "≤ 2.0",
        measured: ratio(median(pairs.map(({ one, other }) => one.seconds / other.seconds))),
        detail: `${spec.toFixed(0)} ms and ${node.toFixed(0)} ms`,
      },
    ]
  },
}

/** In the order of the table. */
export const figures: ReadonlyArray<Figure> = [
  throughput,
  latency,
  requests,
  ...rateLimits,
  memory,
  start,
  incremental,
  points,
  filters,
  restrictions,
  people,
  model,
  emails,
]
