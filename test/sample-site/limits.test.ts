/** The sample site's rate limits, and how it tells who came too early. */
import { assert, describe, it } from "vitest"
import { SampleSite } from "../../src/sample-site/SampleSite.ts"
import { ask, authorization } from "./asking.ts"

const PAGES = "/wiki/api/v2/pages?limit=1"
const START = Date.UTC(2026, 6, 1)

const limited = (options: object) => {
  const clock = { now: START }
  const site = new SampleSite({ pages: 60, now: () => clock.now, ...options })
  const burst = (count: number) => Array.from({ length: count }, () => ask(site, PAGES).status)
  return { site, clock, burst }
}

const good = (statuses: readonly number[]) => statuses.filter((status) => status === 200).length

describe("the rate limit", () => {
  it("lets so many requests through in each second of the site's clock, and answers 429 with Retry-After", () => {
    const { site, clock, burst } = limited({ rateLimit: { perSecond: 20, retryAfterSeconds: 2 } })
    assert.strictEqual(good(burst(25)), 20)
    const refused = ask(site, PAGES)
    assert.deepInclude(refused.headers, { "retry-after": "2", "ratelimit-reason": "confluence-burst-based" })
    clock.now += 999
    assert.strictEqual(good(burst(5)), 0)
    clock.now += 1
    assert.strictEqual(good(burst(25)), 20)
    assert.strictEqual(site.statistics().rateLimited, 5 + 1 + 5 + 5)
  })

  it("counts as a bucket that refills steadily, when told so", () => {
    const { clock, burst } = limited({ rateLimit: { perSecond: 10, kind: "bucket" } })
    assert.strictEqual(good(burst(15)), 10)
    clock.now += 300
    assert.strictEqual(good(burst(15)), 3)
    clock.now += 60_000
    assert.strictEqual(good(burst(15)), 10)
  })

  it("counts in longer windows and in a sliding one, when told so", () => {
    const fixed = limited({ rateLimit: { perSecond: 2, windowSeconds: 10 } })
    assert.strictEqual(good(fixed.burst(25)), 20)
    fixed.clock.now += 9_999
    assert.strictEqual(good(fixed.burst(5)), 0)
    fixed.clock.now += 1
    assert.strictEqual(good(fixed.burst(25)), 20)

    const sliding = limited({ rateLimit: { perSecond: 2, kind: "sliding", windowSeconds: 5 } })
    assert.strictEqual(good(sliding.burst(4)), 4)
    sliding.clock.now += 3_000
    assert.strictEqual(good(sliding.burst(9)), 6)
    sliding.clock.now += 2_000
    assert.strictEqual(good(sliding.burst(9)), 4)
  })

  it("counts as a bucket with little room, when told so", () => {
    const { clock, burst } = limited({ rateLimit: { perSecond: 10, kind: "bucket", room: 2 } })
    assert.strictEqual(good(burst(15)), 2)
    clock.now += 60_000
    assert.strictEqual(good(burst(15)), 2)
  })

  it("counts requests in flight, until their answers are sent", () => {
    const { site } = limited({ rateLimit: { perSecond: 0, inFlight: 2 } })
    const begun = () =>
      site.handle({
        method: "GET",
        path: "/wiki/api/v2/spaces",
        query: new URLSearchParams(),
        headers: { authorization: authorization(site) },
        body: "",
      })
    const responses = [begun(), begun(), begun()]
    assert.deepStrictEqual(
      responses.map(({ status }) => status),
      [200, 200, 429],
    )
    responses[2]!.finished()
    assert.strictEqual(begun().status, 429)
    // Told twice, it has still been one.
    responses[0]!.finished()
    responses[0]!.finished()
    assert.deepStrictEqual([begun().status, begun().status], [200, 429])
  })

  it("may come without any hint, and is changed or lifted while the site runs", () => {
    const { site, burst } = limited({ rateLimit: { perSecond: 1, retryAfterSeconds: null } })
    burst(1)
    assert.notProperty(ask(site, PAGES).headers, "retry-after")
    site.set({ rateLimit: 5 })
    assert.strictEqual(good(burst(9)), 5)
    assert.strictEqual(site.settings.rateLimit.retryAfterSeconds, null)
    site.set({ rateLimit: { perSecond: 0 } })
    assert.strictEqual(good(burst(99)), 99)
  })
})

describe("the statistics", () => {
  it("call a request early that comes while a wait is in force, but not one that was under way when it was told", () => {
    const { site, clock } = limited({ rateLimit: { perSecond: 1, retryAfterSeconds: 3 }, latencyMs: 100 })
    const early = () => site.requests().map((request) => request.early)
    ask(site, PAGES)
    ask(site, PAGES)
    clock.now += 110
    ask(site, PAGES)
    assert.deepStrictEqual(early(), [false, false, false])
    clock.now += 1000
    ask(site, PAGES)
    assert.deepStrictEqual(early(), [false, false, false, true])
    clock.now = START + 3100 + 3000
    ask(site, PAGES)
    assert.strictEqual(site.statistics().early, 1)
  })

  it("count requests, rows, bytes and statuses by endpoint, the most under way at once and the longest gap", () => {
    const { site, clock } = limited({})
    const request = { method: "GET", path: "/wiki/api/v2/pages", headers: {}, body: "" }
    const open = [1, 2, 3].map(() => site.handle({ ...request, query: new URLSearchParams() }))
    for (const response of open) response.finished()
    open[0]?.finished()
    clock.now += 700
    const { text } = ask(site, "/wiki/api/v2/pages?limit=5")
    const report = site.statistics()
    assert.deepInclude(report, { requests: 4, rows: 5, mostInFlight: 3, inFlight: 0, longestGapMs: 700, early: 0 })
    assert.deepInclude(report, { firstRequestAt: START, lastRequestAt: START + 700 })
    const endpoint = report.endpoints["/wiki/api/v2/pages"]
    assert.deepStrictEqual(endpoint?.statuses, { 200: 1, 401: 3 })
    assert.isAbove(endpoint?.bytes ?? 0, Buffer.byteLength(text) - 1)
    assert.deepInclude(site.requests().at(-1), { method: "GET", address: "/wiki/api/v2/pages?limit=5", status: 200 })
    site.resetStatistics()
    assert.deepInclude(site.statistics(), { requests: 0, mostInFlight: 0, longestGapMs: 0 })
  })

  it("leave out the control interface, which is always answered at once", () => {
    const { site } = limited({ rateLimit: 1, latencyMs: 500 })
    for (let i = 0; i < 5; i++) assert.strictEqual(ask(site, "/_control/statistics").response.delayMs, 0)
    assert.strictEqual(site.statistics().requests, 0)
    assert.strictEqual(ask(site, PAGES).response.delayMs, 500)
  })
})
