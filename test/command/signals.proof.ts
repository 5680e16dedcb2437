/** A read that is ended from outside: what was written is whole, and a read with its states brings the rest. */
import { setTimeout as sleep } from "node:timers/promises"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type RunningSampleSite, startSampleSite } from "../../src/sample-site/server.ts"
import { brokenRules } from "../support/protocolRules.ts"
import { type ConnectorRun, lastStatesOf, recordsOf, type RunOptions, runCommand } from "../support/runConnector.ts"
import { ALL_STREAMS, catalogOf } from "./catalogs.ts"
import { expectRowsOfSite } from "./siteTruth.ts"

let server: RunningSampleSite
beforeAll(async () => {
  server = await startSampleSite({ pages: 900, latencyMs: 25, settings: { maxPageSize: 40 } })
})
afterAll(() => server.close())

const catalog = catalogOf(ALL_STREAMS)
const read = (options: RunOptions, state?: unknown) =>
  runCommand("read", { config: server.site.config(), catalog, state }, options)

/** Sends a signal when this many records have come; 0: with the first line. */
const endedAfter = (records: number, signal: NodeJS.Signals): RunOptions => {
  let seen = 0
  let sent = false
  return {
    onOutput: (chunk, child) => {
      seen += chunk.toString("latin1").split(`{"type":"RECORD"`).length - 1
      if (!sent && seen >= records) sent = child.kill(signal)
    },
  }
}

/** Both reads together are the site. */
const expectWhole = (first: ConnectorRun, second: ConnectorRun): void => {
  expect(brokenRules(first.lines, { catalog, cutOff: true })).toEqual([])
  expect(brokenRules(second.lines, { catalog })).toEqual([])
  expect([second.exitCode, second.stderr]).toEqual([0, ""])
  for (const stream of ALL_STREAMS) {
    expectRowsOfSite(server.site, stream, [...recordsOf(first, stream), ...recordsOf(second, stream)])
  }
}

/** How many pages the second read sent although the first one had. */
const repeatedPages = (first: ConnectorRun, second: ConnectorRun): number => {
  const before = new Set(recordsOf(first, "pages").map((row) => row["id"]))
  return recordsOf(second, "pages").filter((row) => before.has(row["id"])).length
}

describe("SIGTERM", () => {
  it.concurrent.each([0, 1, 150, 1600])(
    "after %i records ends the read by that signal, with whole lines and states of use",
    async (records) => {
      const first = await read(endedAfter(records, "SIGTERM"))
      expect([first.exitCode, first.signal, first.unfinished, first.stderr]).toEqual([null, "SIGTERM", "", ""])
      const second = await read({}, lastStatesOf(first))
      expectWhole(first, second)
      expect(repeatedPages(first, second)).toBe(0)
    },
  )

  it.concurrent("does not tear the line that a reader is slow to take", async () => {
    let paused = false
    const first = await read({
      onOutput: (_, child) => {
        if (paused) return
        paused = true
        child.stdout!.pause()
        void sleep(500)
          .then(() => child.kill("SIGTERM"))
          .then(() => sleep(500))
          .then(() => child.stdout!.resume())
      },
    })
    expect([first.exitCode, first.signal, first.unfinished, first.stderr]).toEqual([null, "SIGTERM", "", ""])
    expectWhole(first, await read({}, lastStatesOf(first)))
  })

  it("ends a check at once", async () => {
    const started = performance.now()
    server.site.setFaults([{ kind: "hang" }])
    const run = await runCommand(
      "check",
      { config: server.site.config() },
      {
        onStart: (child) => void sleep(400).then(() => child.kill("SIGTERM")),
      },
    )
    server.site.setFaults([])
    expect([run.lines, run.exitCode, run.signal, run.stderr]).toEqual([[], null, "SIGTERM", ""])
    expect(performance.now() - started).toBeLessThan(3_000)
  })
})

describe("SIGINT", () => {
  it.concurrent("ends the read as SIGTERM does, by its own name", async () => {
    const first = await read(endedAfter(500, "SIGINT"))
    expect([first.exitCode, first.signal, first.unfinished, first.stderr]).toEqual([null, "SIGINT", "", ""])
    expectWhole(first, await read({}, lastStatesOf(first)))
  })
})

describe("SIGKILL", () => {
  it.concurrent.each([1, 400, 1200])(
    "after %i records leaves states from which a read brings the rest",
    async (records) => {
      const first = await read(endedAfter(records, "SIGKILL"))
      expect(first.signal).toBe("SIGKILL")
      const second = await read({}, lastStatesOf(first))
      expectWhole(first, second)
      // A state comes with every tenth of the bytes that it takes itself: little is repeated.
      expect(repeatedPages(first, second)).toBeLessThan(200)
    },
  )

  it.concurrent("again and again still leads to the end", async () => {
    const runs: Array<ConnectorRun> = []
    let state: unknown
    for (let attempt = 0; attempt < 4; attempt++) {
      const run = await read(endedAfter(350, "SIGKILL"), state)
      const states = new Map(
        [...((state as ReturnType<typeof lastStatesOf>) ?? []), ...lastStatesOf(run)].map((each) => [
          each.stream!.stream_descriptor.name,
          each,
        ]),
      )
      state = [...states.values()]
      runs.push(run)
    }
    const last = await read({}, state)
    expectWhole({ ...runs[0]!, messages: runs.flatMap((run) => run.messages) }, last)
  })
})
