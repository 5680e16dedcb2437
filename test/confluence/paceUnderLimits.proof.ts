/**
 * How much of a limit is used that the client is told nothing about, in the first half minute and in ten minutes: 20/s by
 * every way of counting, and limits on requests in flight; each with and without Retry-After, few workers and many.
 *
 * The aim is 0.95 of what is allowed in ten minutes, and 0.9 in the first half minute, two waits of learning apart. Not
 * every load reaches it, and what all of them reach is asserted beside it. Where a wait costs as much as it lasts (a room
 * much smaller than the wait, windows of 1 or 2 s), a third refusal in the first half minute takes another 3 to 7 %.
 */
import { assert, describe, it } from "@effect/vitest"
import { askWithoutPause } from "./limitedSite.ts"
import { kindsInFlight, kindsOf, loadsUnder } from "./paceLoads.ts"
import { bucket, changing, fixed, sliding } from "./siteLimits.ts"
import type { SiteLimit } from "./siteLimits.ts"

describe.each([
  { what: "limits of 20/s", kinds: kindsOf(20), reachHalfMinute: 0.75, reachTenMinutes: 0.9 },
  { what: "limits on requests in flight", kinds: kindsInFlight, reachHalfMinute: 0.65, reachTenMinutes: 0.95 },
])("the pace under $what", ({ kinds, reachHalfMinute, reachTenMinutes }) => {
  const all: Array<ReturnType<typeof loadsUnder>[number]> = []

  it.each(kinds)("never uses little of $kind, refuses few, and sends nothing while a wait is in force", (kind) => {
    const loads = loadsUnder(kind)
    all.push(...loads)
    for (const { load, halfMinute, tenMinutes, refused, early } of loads) {
      assert.isAtLeast(halfMinute, 0.45, load)
      assert.isAtLeast(tenMinutes, 0.88, load)
      assert.isBelow(refused, 0.04, load)
      assert.strictEqual(early, 0, load)
    }
  })

  it("reaches the aim in nearly all loads", () => {
    assert.lengthOf(all, kinds.length * 20)
    const share = (reached: (load: (typeof all)[number]) => boolean) => all.filter(reached).length / all.length
    assert.isAtLeast(
      share(({ halfMinute }) => halfMinute >= 0.9),
      reachHalfMinute,
    )
    assert.isAtLeast(
      share(({ tenMinutes }) => tenMinutes >= 0.95),
      reachTenMinutes,
    )
    assert.isAtLeast(
      share(({ refused }) => refused < 0.01),
      0.9,
    )
  })
})

describe("the pace under a limit that changes", () => {
  const crew = { workers: 8, latencyMs: 20, seconds: 600 }
  const accepted = (limit: SiteLimit, retryAfter: 1 | 2) => {
    const run = askWithoutPause(limit, { ...crew, retryAfter })
    assert.strictEqual(run.early, 0)
    assert.isBelow(run.refused / run.sent, 0.02)
    return (from: number, to: number) => run.acceptedBy(to) - run.acceptedBy(from)
  }

  const ways: ReadonlyArray<readonly [string, (perSecond: number) => SiteLimit]> = [
    ["a sliding window", (perSecond) => sliding(perSecond, 1)],
    ["windows of the site's clock", (perSecond) => fixed(perSecond, 1)],
    ["a bucket", (perSecond) => bucket(perSecond, 0.5)],
  ]

  it.each(ways)(
    "loses eight waits to a lowered limit at most, and uses 0.85 of it apart from them: %s",
    (_, limitOf) => {
      for (const retryAfter of [1, 2] as const) {
        const between = accepted(changing(limitOf(60), 100_000, limitOf(20)), retryAfter)
        assert.isAtLeast(between(100, 130) / ((30 - 8 * retryAfter) * 20), 0.85, `Retry-After ${retryAfter}`)
        assert.isAtLeast(between(130, 600) / (470 * 20), 0.85, `Retry-After ${retryAfter}`)
      }
    },
  )

  // How soon is a trade: each try costs a wait where nothing was raised. A limit that was confirmed often is tried anew
  // every two minutes, and then the steps grow until one is refused.
  it.each(ways)("uses 0.9 of a raised limit after five minutes: %s", (_, limitOf) => {
    for (const retryAfter of [1, 2] as const) {
      const between = accepted(changing(limitOf(20), 100_000, limitOf(60)), retryAfter)
      assert.isAtLeast(between(400, 600) / (200 * 60), 0.9, `Retry-After ${retryAfter}`)
    }
  })
})

describe("the pace where nothing is refused", () => {
  it("is as fast as the workers are", () => {
    const free: SiteLimit = { ...sliding(1, 1), admits: () => true }
    const run = askWithoutPause(free, { workers: 8, latencyMs: 20, seconds: 60, retryAfter: 1 })
    assert.isAtLeast(run.acceptedBy(60), 60 * 390)
    assert.strictEqual(run.refused, 0)
  })
})
