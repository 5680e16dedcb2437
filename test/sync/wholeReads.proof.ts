/** A full read is the whole site, each row once, on sites of many kinds, and on such as stumble in one way or another. */
import { describe, test } from "vitest"
import type { SampleSiteOptions } from "../../src/sample-site/options.ts"
import { Simulation } from "../support/inProcess.ts"
import { expectWhole, OF_LISTS } from "../support/wholeReads.ts"

const SITES: Readonly<Record<string, SampleSiteOptions>> = {
  "of one space": { pages: 120, spaces: 1 },
  "that takes repeated parameters alone": { pages: 80, settings: { quirks: { lists: "repeated" } } },
  "that takes lists with commas alone": { pages: 80, settings: { quirks: { lists: "comma" } } },
  "whose spaces without a status are the current ones": {
    pages: 80,
    settings: { quirks: { archivedSpacesByDefault: false } },
  },
  "without next links in v1": { pages: 60, users: 500, settings: { quirks: { nextInV1: "never" } } },
  "with a next link on every v1 page": { pages: 60, users: 500, settings: { quirks: { nextInV1: "always" } } },
  "whose clock is hours ahead": { pages: 100, settings: { clockSkewMs: 5 * 3_600_000 } },
}

describe("a full read", () => {
  for (const [kind, options] of Object.entries(SITES)) {
    test(`is the whole site, each row once, for a site ${kind}`, async () => {
      const simulation = new Simulation({ seed: 7, ...options })
      expectWhole(simulation, await simulation.run("read"))
    })
  }

  test("is the whole site, each row once, for a site of 230 spaces", async () => {
    const simulation = new Simulation({ seed: 7, pages: 460, spaces: 230 })
    expectWhole(simulation, await simulation.run("read", { streams: OF_LISTS }), OF_LISTS)
  })

  test("sends the same rows with one worker and with sixteen", async () => {
    for (const num_workers of [1, 16]) {
      const simulation = new Simulation({ seed: 3, pages: 120, latencyMs: 20 })
      expectWhole(simulation, await simulation.run("read", { config: { num_workers } }))
    }
  })
})

const FAULTS: Readonly<Record<string, (simulation: Simulation) => void>> = {
  "answers 500 now and then": ({ site }) => site.setFaults([{ kind: "status", status: 500, probability: 0.15 }]),
  "answers with web pages now and then": ({ site }) =>
    site.setFaults([{ kind: "html", status: 200, probability: 0.15 }]),
  "breaks its JSON off now and then": ({ site }) => site.setFaults([{ kind: "truncated-json", probability: 0.1 }]),
  "resets connections now and then": ({ site }) => site.setFaults([{ kind: "reset", probability: 0.15 }]),
  "hangs now and then": ({ site }) => site.setFaults([{ kind: "hang", probability: 0.05 }]),
  "is rate limited": ({ site }) => site.set({ rateLimit: { perSecond: 10 } }),
  "answers 429 without a hint": ({ site }) => site.set({ rateLimit: { perSecond: 10, retryAfterSeconds: null } }),
  "lets cursors expire": ({ site }) =>
    site.setFaults([{ kind: "expired-cursor", path: "/wiki/api/v2/pages", query: "cursor=", after: 2, times: 4 }]),
  "links to another host": ({ site }) => site.setFaults([{ kind: "foreign-next", location: "http://evil.example" }]),
  "links absolutely": ({ site }) => site.setFaults([{ kind: "absolute-next" }]),
}

describe("a full read of a site that", () => {
  for (const [what, arrange] of Object.entries(FAULTS)) {
    test(`${what} is whole all the same`, async () => {
      const simulation = new Simulation({ seed: 21, pages: 300, settings: { maxPageSize: 15 } })
      arrange(simulation)
      const ran = await simulation.run("read", { streams: OF_LISTS })
      simulation.site.setFaults([])
      expectWhole(simulation, ran, OF_LISTS)
    })
  }
})
