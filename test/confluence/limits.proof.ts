/** How much of a limit is used that the client is told nothing about: every kind of limit, rate, hint, latency and phase. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Random } from "effect"
import { askWithoutPause } from "./limitedSite.ts"
import { firstRequestWindow, fixedWindow, slidingWindow, tokenBucket } from "./limiters.ts"
import type { Limiter } from "./limiters.ts"
import { kindsOf, loadsUnder } from "./paceLoads.ts"
import { fixed, sliding } from "./siteLimits.ts"
import { underLoad } from "./underLoad.ts"

const kinds: ReadonlyArray<readonly [string, (perSecond: number) => Limiter]> = [
  ["windows of the site's clock", (n) => fixedWindow(n, 350)],
  ["windows from the first request on", firstRequestWindow],
  ["a sliding window", slidingWindow],
  ["a token bucket", tokenBucket],
]

const loads = kinds.flatMap(([kind, limiterOf]) =>
  [5, 20, 60, 200].flatMap((perSecond) =>
    [1, 2, undefined].map((retryAfter) => ({ kind, limiterOf, perSecond, retryAfter, told: retryAfter ?? "nothing" })),
  ),
)

describe("the pace under a rate limit", () => {
  it.effect.each(loads)(
    "uses 0.9 of $perSecond/s by $kind, told to wait $told s",
    ({ limiterOf, perSecond, retryAfter }) =>
      Effect.gen(function* () {
        const seconds = 60
        const run = yield* underLoad({ limiter: limiterOf(perSecond), retryAfter, latencyMs: 10, workers: 8, seconds })
        const share = run.accepted / (perSecond * seconds)
        assert.isAtLeast(share, 0.9)
        assert.strictEqual(run.early, 0)
        // Learning costs few refused requests: those of a burst, and a handful of later ones.
        assert.isBelow(run.refusals, 30)
      }).pipe(Random.withSeed("load")),
  )

  // A refusal that is long on its way lets the search overshoot, and one more is needed: 5 % of a minute, once.
  it.effect.each([
    { latencyMs: 5, workers: 1, share: 0.9 },
    { latencyMs: 50, workers: 2, share: 0.9 },
    { latencyMs: 150, workers: 4, share: 0.8 },
    { latencyMs: 50, workers: 16, share: 0.9 },
    { latencyMs: 150, workers: 16, share: 0.8 },
  ])(
    "uses $share of 20/s in the first minute, and 0.94 in ten, at $latencyMs ms with $workers workers",
    ({ latencyMs, workers, share }) =>
      Effect.gen(function* () {
        const run = yield* underLoad({ limiter: slidingWindow(20), retryAfter: 1, latencyMs, workers, seconds: 60 })
        assert.isAtLeast(run.accepted / 1_200, share)
        assert.strictEqual(run.early, 0)
        const later = askWithoutPause(sliding(20, 1), { workers, latencyMs, seconds: 600, retryAfter: 1 })
        assert.isAtLeast(later.acceptedBy(600) / 12_000, 0.94)
        assert.strictEqual(later.early, 0)
      }).pipe(Random.withSeed("latency")),
  )

  // Where the first burst lies in two windows, one more refusal tells that they are windows: that is a minute's 5 %, once.
  it.effect.each([
    ...[0, 150, 300, 450, 600].map((phase) => ({ phase, share: 0.9 })),
    ...[750, 900].map((phase) => ({ phase, share: 0.8 })),
  ])(
    "uses $share of 60/s in the first minute where the first requests come $phase ms into a window, and may be spread over two",
    ({ phase, share }) =>
      Effect.gen(function* () {
        const limiter = fixedWindow(60, phase)
        const run = yield* underLoad({ limiter, retryAfter: 1, latencyMs: 50, workers: 8, seconds: 60 })
        assert.isAtLeast(run.accepted / 3_600, share)
        assert.strictEqual(run.early, 0)
      }).pipe(Random.withSeed("phase")),
  )

  it.each([0, 150, 300, 450, 600, 750, 900])(
    "uses 0.95 of 60/s in ten minutes from %i ms into a window on",
    (phase) => {
      const traffic = { workers: 8, latencyMs: 50, seconds: 600, retryAfter: 1 }
      const run = askWithoutPause(fixed(60, 1, phase / 1000), traffic)
      assert.isAtLeast(run.acceptedBy(600) / 36_000, 0.95)
      assert.strictEqual(run.early, 0)
    },
  )
})

describe.each([5, 60, 200])("the pace under limits of %i/s, however they are counted", (perSecond) => {
  it.each(kindsOf(perSecond))("never uses little of $kind", (kind) => {
    for (const { load, tenMinutes, halfMinute, refused, early } of loadsUnder(kind)) {
      assert.isAtLeast(halfMinute, 0.45, load)
      assert.isAtLeast(tenMinutes, 0.88, load)
      assert.isBelow(refused, 0.04, load)
      assert.strictEqual(early, 0, load)
    }
  })
})
