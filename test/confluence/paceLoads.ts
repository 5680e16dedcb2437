/** Loads under limits that the client is told nothing about, and how much of each it uses. */
import { askWithoutPause } from "./limitedSite.ts"
import type { Traffic } from "./limitedSite.ts"
import { bucket, concurrent, fixed, sliding } from "./siteLimits.ts"
import type { SiteLimit } from "./siteLimits.ts"

export interface Kind {
  readonly kind: string
  readonly limitOf: () => SiteLimit
}

/** Buckets with room for a tenth of a second's to a minute's worth, and windows of 1 to 60 s, of one rate. */
export const kindsOf = (perSecond: number): ReadonlyArray<Kind> => [
  ...[0.1, 0.5, 1, 3, 10, 60]
    .filter((depth) => perSecond * depth >= 1)
    .map((depth) => ({
      kind: `${perSecond}/s by a bucket with room for ${perSecond * depth}`,
      limitOf: () => bucket(perSecond, depth),
    })),
  ...[1, 2, 5, 10, 60].flatMap((seconds) => [
    { kind: `${perSecond * seconds} in a window of ${seconds} s`, limitOf: () => fixed(perSecond, seconds) },
    { kind: `${perSecond * seconds} in a sliding window of ${seconds} s`, limitOf: () => sliding(perSecond, seconds) },
  ]),
]

export const kindsInFlight: ReadonlyArray<Kind> = [1, 2, 4, 10, 30].map((most) => ({
  kind: `${most} in flight`,
  limitOf: () => concurrent(most),
}))

const crews = [
  { workers: 8, latencyMs: 20 },
  { workers: 8, latencyMs: 100 },
  { workers: 4, latencyMs: 100 },
  { workers: 50, latencyMs: 50 },
  { workers: 50, latencyMs: 200 },
]

const waits: ReadonlyArray<Traffic["retryAfter"]> = ["none", 1, 2, "rest"]

/**
 * How each load went. Two waits are not held against the first half minute: the first refusal says only that there is a
 * limit, and of one burst alone nobody can tell a large bucket that refills slowly from a small one that refills fast.
 */
export const loadsUnder = ({ kind, limitOf }: Kind) =>
  waits.flatMap((retryAfter) =>
    crews.map((crew) => {
      const limit = limitOf()
      const run = askWithoutPause(limit, { ...crew, retryAfter, seconds: 600 })
      const most = (crew.workers / crew.latencyMs) * 1_000
      const allowed = (seconds: number) => Math.min(limit.allowed(seconds, crew.latencyMs), most * seconds)
      const lost = limit.lostBy(typeof retryAfter === "number" ? retryAfter : 1, crew.latencyMs)
      return {
        load: `${kind}, ${crew.workers} workers, ${crew.latencyMs} ms, Retry-After ${retryAfter}`,
        halfMinute: run.acceptedBy(30) / (allowed(30) - Math.min(2 * lost, allowed(30) / 4)),
        tenMinutes: run.acceptedBy(600) / allowed(600),
        /** But those that were in flight with the first one. */
        refused: Math.max(0, run.refused - crew.workers) / run.sent,
        early: run.early,
      }
    }),
  )
