/** What a run counts of its requests, for its summary. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { RequestLog } from "../../src/confluence/RequestLog.ts"

describe("the counters of requests", () => {
  it.effect("are kept for each stream, and are zeros for one that has sent nothing", () =>
    Effect.gen(function* () {
      const log = yield* RequestLog
      log.countRequest("pages", false)
      log.countRequest("pages", true)
      log.countBytes("pages", 10)
      log.countRequest("spaces", false)
      assert.deepStrictEqual(log.of("pages"), { requests: 2, retries: 1, waits: 0, waitedMs: 0, bytes: 10, points: 0 })
      assert.deepStrictEqual(log.of("users"), { requests: 0, retries: 0, waits: 0, waitedMs: 0, bytes: 0, points: 0 })
      assert.deepStrictEqual(log.streams(), ["pages", "spaces"])
    }).pipe(Effect.provide(RequestLog.layer())),
  )

  it.effect("count a pause once, however many requests of the stream it held up", () =>
    Effect.gen(function* () {
      const log = yield* RequestLog
      log.countWait("pages", 0, 1_000)
      log.countWait("pages", 200, 1_000)
      log.countWait("pages", 500, 1_500)
      log.countWait("pages", 3_000, 4_000)
      assert.deepInclude(log.of("pages"), { waits: 2, waitedMs: 2_500 })
    }).pipe(Effect.provide(RequestLog.layer())),
  )
})
