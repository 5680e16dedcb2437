/** How long a site asks to wait, in each of the ways in which it may say so. */
import { assert, describe, it } from "@effect/vitest"
import { requestedWait, siteTime } from "../../src/confluence/retryTiming.ts"

const date = "Wed, 08 Oct 2025 15:00:00 GMT"
const now = Date.parse("2026-01-01T00:00:00Z")

interface Row {
  readonly claim: string
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly waitMs: number | undefined
  readonly quota?: boolean
}

const rows: ReadonlyArray<Row> = [
  { claim: "takes Retry-After as seconds", status: 429, headers: { "retry-after": "7" }, waitMs: 7_000 },
  { claim: "takes fractions of a second", status: 429, headers: { "retry-after": " 0.25 " }, waitMs: 250 },
  {
    claim: "takes Retry-After as an HTTP-date by the answer's own clock, months off ours",
    status: 429,
    headers: { date, "retry-after": "Wed, 08 Oct 2025 15:00:12 GMT" },
    waitMs: 12_000,
  },
  {
    claim: "takes an HTTP-date by our clock where the answer has no Date",
    status: 429,
    headers: { "retry-after": "Thu, 01 Jan 2026 00:00:03 GMT" },
    waitMs: 3_000,
  },
  {
    claim: "finds no wait in an HTTP-date that has passed",
    status: 429,
    headers: { date, "retry-after": "Wed, 08 Oct 2025 14:59:00 GMT" },
    waitMs: undefined,
  },
  { claim: "finds no wait in Retry-After: 0", status: 429, headers: { "retry-after": "0" }, waitMs: undefined },
  { claim: "finds no wait in nonsense", status: 429, headers: { "retry-after": "soon" }, waitMs: undefined },
  { claim: "finds no wait in -5", status: 429, headers: { "retry-after": "-5" }, waitMs: undefined },
  { claim: "finds no wait in a 429 without headers", status: 429, headers: {}, waitMs: undefined },
  {
    claim: "takes X-RateLimit-Reset as ISO 8601 and not as the year 2025",
    status: 429,
    headers: { date, "x-ratelimit-reset": "2025-10-08T15:00:10Z" },
    waitMs: 10_000,
  },
  {
    claim: "takes a reset with an offset and milliseconds",
    status: 429,
    headers: { date, "x-ratelimit-reset": "2025-10-08T17:00:10.500+02:00" },
    waitMs: 10_500,
  },
  {
    claim: "takes a reset without seconds",
    status: 429,
    headers: { date, "x-ratelimit-reset": "2025-10-08T15:01Z" },
    waitMs: 60_000,
  },
  {
    claim: "waits to the end of the minute where a reset without seconds was cut into the past",
    status: 429,
    headers: { date: "Wed, 08 Oct 2025 15:00:20 GMT", "x-ratelimit-reset": "2025-10-08T15:00Z" },
    waitMs: 40_000,
  },
  {
    claim: "finds no wait in a reset of an earlier minute",
    status: 429,
    headers: { date, "x-ratelimit-reset": "2025-10-08T14:58Z" },
    waitMs: undefined,
  },
  {
    claim: "finds no wait in a reset with seconds that has passed",
    status: 429,
    headers: { date, "x-ratelimit-reset": "2025-10-08T14:59:59Z" },
    waitMs: undefined,
  },
  {
    claim: "finds no wait in a reset of another form",
    status: 429,
    headers: { date, "x-ratelimit-reset": "1759935610" },
    waitMs: undefined,
  },
  {
    claim: "believes Retry-After rather than the reset of some longer window",
    status: 429,
    headers: { date, "retry-after": "5", "x-ratelimit-reset": "2025-10-08T15:40:00Z" },
    waitMs: 5_000,
  },
  {
    claim: "waits for the reset where nothing remains, even if Retry-After is shorter",
    status: 429,
    headers: { date, "retry-after": "5", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "2025-10-08T15:00:10Z" },
    waitMs: 10_000,
  },
  {
    claim: "waits for the reset of a quota, even if Retry-After is shorter",
    status: 429,
    headers: {
      date,
      "retry-after": "5",
      "ratelimit-reason": "confluence-quota-tenant-based",
      "x-ratelimit-reset": "2025-10-08T15:40Z",
    },
    waitMs: 2_400_000,
    quota: true,
  },
  {
    claim: "knows the live name of the quota too",
    status: 429,
    headers: { "retry-after": "30", "ratelimit-reason": "conf-global-based" },
    waitMs: 30_000,
    quota: true,
  },
  {
    claim: "does not call a burst limit a quota",
    status: 429,
    headers: { "retry-after": "30", "ratelimit-reason": "confluence-burst-based" },
    waitMs: 30_000,
  },
  {
    claim: "calls a wait of more than a minute a quota",
    status: 429,
    headers: { "retry-after": "61" },
    waitMs: 61_000,
    quota: true,
  },
  {
    claim: "holds after a good answer that says nothing remains",
    status: 200,
    headers: { date, "x-ratelimit-remaining": "0", "x-ratelimit-reset": "2025-10-08T15:00:10Z" },
    waitMs: 10_000,
  },
  {
    claim: "does not hold while something remains",
    status: 200,
    headers: { date, "x-ratelimit-remaining": "1", "x-ratelimit-reset": "2025-10-08T15:00:10Z" },
    waitMs: undefined,
  },
  {
    claim: "does not hold where nothing remains, but no reset is told",
    status: 200,
    headers: { "x-ratelimit-remaining": "0" },
    waitMs: undefined,
  },
  {
    claim: "does not look at Retry-After of a good answer",
    status: 200,
    headers: { "retry-after": "9" },
    waitMs: undefined,
  },
  { claim: "looks at Retry-After of a 503", status: 503, headers: { "retry-after": "9" }, waitMs: 9_000 },
  {
    claim: "holds for a spent policy of the structured header",
    status: 200,
    headers: { ratelimit: '"burst";r=0;t=4' },
    waitMs: 4_000,
  },
  {
    claim: "takes the longest of several spent policies, and no notice of those with something left",
    status: 200,
    headers: { ratelimit: '"a, b";r=0;t=4, "c"; r=0; t=6, "d";r=12;t=3000' },
    waitMs: 6_000,
  },
  {
    claim: "knows a spent quota by its policy's name",
    status: 200,
    headers: { ratelimit: '"global-app-quota";r=0;t=20' },
    waitMs: 20_000,
    quota: true,
  },
  {
    claim: "takes no notice of a policy without a reset",
    status: 200,
    headers: { ratelimit: '"x";r=0' },
    waitMs: undefined,
  },
  {
    claim: "takes no notice of limits that are only announced",
    status: 200,
    headers: { "beta-ratelimit": '"global-app-quota";r=0;t=20', "beta-retry-after": "20" },
    waitMs: undefined,
  },
]

describe("how long an answer asks us to wait", () => {
  it.each(rows)("$claim", ({ status, headers, waitMs, quota = false }) => {
    assert.deepStrictEqual(requestedWait(status, headers, now), waitMs === undefined ? undefined : { waitMs, quota })
  })
})

describe("the site's time", () => {
  it("is that of the Date header, and unknown without a good one", () => {
    assert.strictEqual(siteTime({ date }), Date.parse("2025-10-08T15:00:00Z"))
    assert.isUndefined(siteTime({}))
    assert.isUndefined(siteTime({ date: "yesterday" }))
  })
})
