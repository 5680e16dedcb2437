/** Faults on demand: which requests they hit, and what they make of the answers. */
import { assert, describe, it } from "vitest"
import type { Fault } from "../../src/sample-site/Fault.ts"
import { SampleSite } from "../../src/sample-site/SampleSite.ts"
import { ask, nextOf, rowsOf, walk } from "./asking.ts"

const V2 = "/wiki/api/v2"
const NOW = Date.UTC(2026, 6, 1, 12, 0, 20, 250)

const faulty = (...faults: Fault[]) => {
  const clock = { now: NOW }
  const site = new SampleSite({ pages: 200, now: () => clock.now })
  site.setFaults(faults)
  const statuses = (count: number, address = `${V2}/pages?limit=5`) =>
    Array.from({ length: count }, () => ask(site, address).status)
  return { site, clock, statuses }
}

describe("a fault", () => {
  it("hits the requests that fit its path and query, after some, a number of times", () => {
    const { site, statuses } = faulty({
      kind: "status",
      status: 503,
      path: `${V2}/*s`,
      query: "limit=5",
      after: 1,
      times: 2,
    })
    assert.deepStrictEqual(statuses(2, `${V2}/pages?limit=6`), [200, 200])
    assert.deepStrictEqual(statuses(5), [200, 503, 503, 200, 200])
    assert.strictEqual(site.listFaults()[0]?.hit, 2)
  })

  it("hits a share of the requests, drawn by the seed, through the gateway too", () => {
    const { site, statuses } = faulty({ kind: "status", probability: 0.3 })
    const drawn = statuses(200)
    assert.approximately(drawn.filter((status) => status === 500).length, 60, 20)
    site.setFaults([{ kind: "status", probability: 0.3 }])
    assert.deepStrictEqual(statuses(200), drawn)
    site.setFaults([{ kind: "status", status: 502, path: `${V2}/pages` }])
    assert.strictEqual(ask(site, `/ex/confluence/${site.cloudId}${V2}/pages`, { as: "scoped" }).status, 502)
  })

  it("gives every status in Confluence's shape, or the body and headers that it names", () => {
    for (const status of [400, 401, 403, 404, 410]) {
      const asked = ask(faulty({ kind: "status", status }).site, `${V2}/pages`)
      assert.strictEqual(asked.status, status)
      assert.match(asked.headers["content-type"] ?? "", /json/)
    }
    assert.match(ask(faulty({ kind: "status", status: 504 }).site, `${V2}/pages`).text, /^<!DOCTYPE html>/)
    const own = faulty({
      kind: "status",
      status: 418,
      body: "teapot",
      headers: { "x-own": "1", "content-type": "text/plain" },
    })
    const asked = ask(own.site, `${V2}/pages`)
    assert.deepInclude(asked.headers, { "x-own": "1", "content-type": "text/plain" })
    assert.strictEqual(asked.text, "teapot")
  })

  it("gives web pages where JSON was due, and JSON that breaks off", () => {
    const page = ask(faulty({ kind: "html" }).site, `${V2}/pages`)
    assert.deepStrictEqual([page.status, page.headers["content-type"]], [200, "text/html;charset=UTF-8"])
    assert.strictEqual(ask(faulty({ kind: "html", status: 503 }).site, `${V2}/pages`).status, 503)
    const cut = ask(faulty({ kind: "truncated-json" }).site, `${V2}/pages?limit=9`)
    assert.strictEqual(cut.status, 200)
    assert.throws(() => JSON.parse(cut.text))
  })

  it("says how the carrier shall break the connection or slow it down", () => {
    const how = (fault: Fault) => ask(faulty(fault).site, `${V2}/pages`).response
    assert.strictEqual(how({ kind: "reset" }).abort, "reset")
    assert.strictEqual(how({ kind: "hang" }).abort, "hang")
    assert.strictEqual(how({ kind: "cut" }).abort, "truncate")
    assert.strictEqual(how({ kind: "slow", waitMs: 300 }).dripMs, 300)
  })

  it("spoils paging: an empty list, the same cursor again, an expired one, links to other places", () => {
    const list = `${V2}/pages?limit=20`
    assert.deepStrictEqual(walk(faulty({ kind: "empty-list" }).site, list), [])
    const { site } = faulty({ kind: "repeated-cursor" })
    const first = nextOf(ask(site, list)) ?? ""
    assert.strictEqual(nextOf(ask(site, first)), first)
    const expiring = faulty({ kind: "expired-cursor", times: 1, after: 1 })
    const second = nextOf(ask(expiring.site, list)) ?? ""
    const refused = ask(expiring.site, second)
    assert.strictEqual(refused.status, 400)
    assert.match(refused.text, /INVALID_REQUEST_PARAMETER.*'cursor'/)
    assert.strictEqual(ask(expiring.site, second).status, 200)
    const foreign = ask(faulty({ kind: "foreign-next", location: "http://127.0.0.1:9" }).site, list)
    assert.match(nextOf(foreign) ?? "", /^http:\/\/127\.0\.0\.1:9\/wiki\/api\/v2\/pages\?limit=20&cursor=/)
    assert.match(foreign.headers["link"] ?? "", /^<http:\/\/127\.0\.0\.1:9\/wiki/)
    const absolute = faulty({ kind: "absolute-next" })
    assert.match(nextOf(ask(absolute.site, list)) ?? "", /^https:\/\/northwind\.atlassian\.net\/wiki\/api\/v2\/pages/)
    const redirected = ask(faulty({ kind: "redirect", location: "http://127.0.0.1:9" }).site, list)
    assert.deepStrictEqual([redirected.status, redirected.headers["location"]], [302, `http://127.0.0.1:9${list}`])
  })

  it("asks for a wait in each of Confluence's forms, by the site's clock, and remembers how long", () => {
    const wait = (form: Fault["form"], skew = 0) => {
      const { site, clock } = faulty({
        kind: "rate-limit",
        times: 1,
        waitMs: 5000,
        ...(form === undefined ? {} : { form }),
      })
      site.set({ clockSkewMs: skew })
      const asked = ask(site, `${V2}/pages`)
      assert.strictEqual(asked.status, 429)
      clock.now += 4000
      ask(site, `${V2}/pages`)
      return { headers: asked.headers, early: site.statistics().early }
    }
    assert.deepInclude(wait("seconds").headers, { "retry-after": "5" })
    assert.strictEqual(wait("seconds").early, 1)
    const dated = wait("http-date", -7_200_000)
    assert.strictEqual(dated.headers["retry-after"], "Wed, 01 Jul 2026 10:00:26 GMT")
    assert.strictEqual(dated.headers["date"], "Wed, 01 Jul 2026 10:00:20 GMT")
    assert.strictEqual(dated.early, 1)
    assert.strictEqual(wait("reset").headers["x-ratelimit-reset"], "2026-07-01T12:00:25.250Z")
    assert.strictEqual(wait("reset-no-seconds").headers["x-ratelimit-reset"], "2026-07-01T12:01Z")
    const quota = wait("quota").headers
    assert.deepInclude(quota, {
      "ratelimit-reason": "confluence-quota-global-based",
      ratelimit: '"global-app-quota";r=0;t=5',
    })
    assert.deepInclude(quota, { "retry-after": "5", "x-ratelimit-remaining": "0" })
    const none = wait("none")
    assert.deepStrictEqual(Object.keys(none.headers).toSorted(), ["content-type", "date"])
    assert.strictEqual(none.early, 0)
  })

  it("says on a good answer that nothing more is allowed for a while", () => {
    const plain = faulty({ kind: "exhausted", times: 1, waitMs: 3000 })
    const asked = ask(plain.site, `${V2}/pages`)
    assert.isNotEmpty(rowsOf(asked))
    assert.deepInclude(asked.headers, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "2026-07-01T12:00:23.250Z" })
    plain.clock.now += 1000
    ask(plain.site, `${V2}/pages`)
    assert.strictEqual(plain.site.statistics().early, 1)
    const structured = ask(faulty({ kind: "exhausted", form: "structured", waitMs: 3000 }).site, `${V2}/pages`)
    assert.match(structured.headers["ratelimit"] ?? "", /"global-app-quota";r=0;t=3/)
    const headers = faulty({ kind: "headers", headers: { "x-ratelimit-nearlimit": "true" } })
    assert.strictEqual(ask(headers.site, `${V2}/pages`).headers["x-ratelimit-nearlimit"], "true")
  })
})
