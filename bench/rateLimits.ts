/** How much of a rate limit is used that the connector is told nothing about, for each way in which a site may count. */
import type { RateLimitSettings } from "../src/sample-site/options.ts"
import { read } from "./connector.ts"
import type { Figure, Result } from "./results.ts"
import { catalogOf, withSite } from "./sampleSite.ts"

/** Answers of 25 rows make so many requests that learning the limit is a small part of the time. */
const ROWS_AN_ANSWER = 25
const SECONDS = 60

/** How long every answer takes where requests in flight are counted: the limit is theirs per latency. */
const LATENCY_MS = 100

const perSecondOf = ({ perSecond, inFlight = 0 }: RateLimitSettings): number =>
  perSecond > 0 ? perSecond : (inFlight / LATENCY_MS) * 1000

const underLimit = (limit: RateLimitSettings, retryAfterSeconds: number) =>
  withSite(
    {
      pages: perSecondOf(limit) * SECONDS * ROWS_AN_ANSWER,
      blogPosts: 0,
      spaces: 150,
      latencyMs: limit.inFlight === undefined ? 0 : LATENCY_MS,
      rateLimit: { ...limit, retryAfterSeconds },
      settings: { maxPageSize: ROWS_AN_ANSWER },
    },
    async (site) => {
      const catalog = await catalogOf(site, "pages")
      await site.statistics()
      await read(site.configWithoutBodies, catalog)
      const seen = await site.statistics()
      const seconds = ((seen.lastRequestAt ?? 0) - (seen.firstRequestAt ?? 0)) / 1000
      const share = (seen.requests - seen.rateLimited) / (seconds * perSecondOf(limit))
      return { share, refused: seen.rateLimited, early: seen.early, retryAfterSeconds }
    },
  )

const resultOf = async (what: string, limit: RateLimitSettings): Promise<Result> => {
  // Both waits at the same time: the reads do nothing for most of it.
  const runs = await Promise.all([underLimit(limit, 1), underLimit(limit, 2)])
  const counted = runs.map(
    ({ share, refused, early, retryAfterSeconds }) =>
      `Retry-After ${retryAfterSeconds}: ${share.toFixed(2)}, ${refused} refused, ${early} sent early`,
  )
  return {
    figure: `share used of ${what}`,
    goal: "≥ 0.9, none early",
    measured: Math.min(...runs.map(({ share }) => share)).toFixed(2),
    detail: counted.join("; "),
  }
}

const figureOf = (name: string, limits: ReadonlyArray<readonly [string, RateLimitSettings]>): Figure => ({
  name,
  measure: async () => {
    const results: Array<Result> = []
    for (const [what, limit] of limits) results.push(await resultOf(what, limit))
    return results
  },
})

/** In the order of the table; a minute for each line. */
export const rateLimits: ReadonlyArray<Figure> = [
  figureOf(
    "rate-limit",
    [20, 60].flatMap((perSecond) => [
      [`a limit of ${perSecond}/s, fixed windows`, { perSecond, kind: "window" }] as const,
      [`a limit of ${perSecond}/s, token bucket`, { perSecond, kind: "bucket" }] as const,
    ]),
  ),
  figureOf("rate-limit-kinds", [
    ["20/s, token bucket with room for 10", { perSecond: 20, kind: "bucket", room: 10 }],
    ["60/s, token bucket with room for 20", { perSecond: 60, kind: "bucket", room: 20 }],
    ["100 in a sliding window of 5 s", { perSecond: 20, kind: "sliding", windowSeconds: 5 }],
    ["300 in fixed windows of 10 s", { perSecond: 30, kind: "window", windowSeconds: 10 }],
    ["four requests in flight at 100 ms", { perSecond: 0, inFlight: 4 }],
  ]),
]
