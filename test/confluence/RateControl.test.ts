/** The site answers 429 to what exceeds a limit that the client is told nothing about; all in virtual time. */
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Exit, Fiber, Random } from "effect"
import { ConfluenceClient } from "../../src/confluence/ConfluenceClient.ts"
import { RateControl } from "../../src/confluence/RateControl.ts"
import { RequestLog } from "../../src/confluence/RequestLog.ts"
import type { Wait } from "../../src/confluence/RequestLog.ts"
import { fixedWindow, slidingWindow } from "./limiters.ts"
import { clientOf, minutes, scriptedSite, within } from "./scriptedSite.ts"
import type { Reaction } from "./scriptedSite.ts"
import { get, underLoad } from "./underLoad.ts"

const getMany = (count: number) =>
  Effect.forEach(Array(count), () => get("pages"), { concurrency: "unbounded", discard: true })

describe("the pace under a rate limit", () => {
  it.effect("uses 0.9 of it, and sends nothing while a wait is in force", () =>
    Effect.gen(function* () {
      const limiter = fixedWindow(20, 350)
      const run = yield* underLoad({ limiter, retryAfter: 1, latencyMs: 10, workers: 8, seconds: 60 })
      assert.isAtLeast(run.accepted / 1_200, 0.9)
      assert.strictEqual(run.early, 0)
      assert.isBelow(run.refusals, 30)
    }).pipe(Random.withSeed("load")),
  )

  it.effect("is unlimited as long as the site refuses nothing", () =>
    Effect.gen(function* () {
      const run = yield* underLoad({ limiter: () => true, retryAfter: 1, latencyMs: 10, workers: 8, seconds: 5 })
      assert.isAtLeast(run.accepted, 3_600)
      assert.strictEqual(run.accepted, run.requests)
    }).pipe(Random.withSeed("free")),
  )

  it.effect("finds a limit again that was raised", () =>
    Effect.gen(function* () {
      const low = slidingWindow(10)
      const high = slidingWindow(40)
      const limiter = (at: number) => (at < 20_000 ? low(at) : high(at))
      const run = yield* underLoad({ limiter, retryAfter: 1, latencyMs: 10, workers: 8, seconds: 240 })
      // Had it stayed at 10/s: 2,400.
      assert.isAtLeast(run.accepted, 4_500)
    }).pipe(Random.withSeed("raised")),
  )

  it.effect("follows a limit that was lowered", () =>
    Effect.gen(function* () {
      const high = slidingWindow(60)
      const low = slidingWindow(12)
      const limiter = (at: number) => (at < 20_000 ? high(at) : low(at))
      const run = yield* underLoad({ limiter, retryAfter: 1, latencyMs: 10, workers: 8, seconds: 80 })
      assert.isAtLeast(run.accepted, 0.85 * (20 * 60 + 60 * 12))
      assert.isBelow(run.refusals, 60)
    }).pipe(Random.withSeed("lowered")),
  )
})

describe("a wait that the site asks for", () => {
  it.effect("holds for all requests together, those already queued too", () =>
    Effect.gen(function* () {
      const scripted = scriptedSite(
        (_, n): Reaction => (n === 0 ? { status: 429, headers: { "retry-after": "5" } } : {}),
        () => 20,
      )
      yield* within(30_000, getMany(12).pipe(Effect.provide(clientOf(scripted, { numWorkers: 2 }))))
      const times = scripted.seen.map(({ at }) => at)
      assert.lengthOf(times, 13)
      assert.deepStrictEqual(times.slice(0, 2), [10, 10])
      assert.isAtLeast(times[2]!, 5_020)
    }),
  )

  it.effect("is as long as the longest of several", () =>
    Effect.gen(function* () {
      const scripted = scriptedSite((_, n) =>
        n < 3 ? { status: 429, headers: { "retry-after": ["3", "9", "6"][n]! }, afterMs: 10 } : {},
      )
      yield* within(60_000, getMany(3).pipe(Effect.provide(clientOf(scripted))))
      assert.isAtLeast(scripted.seen[3]!.at, 9_000)
      assert.isBelow(scripted.seen[3]!.at, 9_100)
    }),
  )

  it.effect("holds after a good answer that says nothing remains", () =>
    Effect.gen(function* () {
      const scripted = scriptedSite((_, n) => (n === 0 ? { headers: { ratelimit: '"burst";r=0;t=4' } } : {}))
      yield* within(10_000, Effect.andThen(get(), get()).pipe(Effect.provide(clientOf(scripted))))
      assert.deepStrictEqual(
        scripted.seen.map(({ at }) => at),
        [0, 4_000],
      )
    }),
  )

  it.effect("is 1, 2, 4 … 30 s and a little more where a 429 tells nothing, and begins anew after a success", () =>
    Effect.gen(function* () {
      const scripted = scriptedSite((_, n) => (n < 7 || n === 8 ? { status: 429 } : {}))
      yield* within(minutes(10), Effect.andThen(get(), get()).pipe(Effect.provide(clientOf(scripted))))
      const waits = scripted.seen.slice(1).map(({ at }, n) => at - scripted.seen[n]!.at)
      assert.lengthOf(waits, 9)
      for (const [n, least] of [1_000, 2_000, 4_000, 8_000, 16_000].entries()) {
        assert.isAtLeast(waits[n]!, least)
        assert.isAtMost(waits[n]!, least * 1.25)
      }
      assert.deepStrictEqual(waits.slice(5, 7), [30_000, 30_000])
      assert.isAtLeast(waits[8]!, 1_000)
      assert.isAtMost(waits[8]!, 1_250)
    }).pipe(Random.withSeed("untold")),
  )

  it.effect("of several refusals at once that tell nothing is that of one", () =>
    Effect.gen(function* () {
      const scripted = scriptedSite((_, n): Reaction => (n < 3 ? { status: 429, afterMs: 10 } : {}))
      yield* within(60_000, getMany(3).pipe(Effect.provide(clientOf(scripted))))
      assert.isAtMost(scripted.seen[3]!.at, 1_270)
    }),
  )

  it.effect("of a 503 holds for all, too, and is no rate limit", () =>
    Effect.gen(function* () {
      const waits: Array<Wait> = []
      const scripted = scriptedSite((_, n) =>
        n === 0 ? { status: 503, headers: { "retry-after": "20" } } : { afterMs: 5 },
      )
      const watcher = { onWait: (wait: Wait) => Effect.sync(() => void waits.push(wait)) }
      yield* within(60_000, getMany(3).pipe(Effect.provide(clientOf(scripted, { numWorkers: 1, watcher }))))
      assert.isAtLeast(scripted.seen[1]!.at, 20_000)
      assert.deepStrictEqual(
        waits.map(({ untilMs, reason }) => ({ untilMs, reason })),
        [{ untilMs: 20_000, reason: "backoff" }],
      )
    }),
  )

  it.effect("for a quota is sat out up to an hour, with signs of life each minute, and leaves the pace alone", () =>
    Effect.gen(function* () {
      const said: Array<string> = []
      const say = (what: string) =>
        Effect.map(Clock.currentTimeMillis, (now) => {
          said.push(`${what} ${now}`)
        })
      const headers = { "retry-after": "3600", "ratelimit-reason": "confluence-quota-global-based" }
      const scripted = scriptedSite((_, n) => (n === 0 ? { status: 429, headers } : {}))
      const watcher = {
        onWait: (wait: Wait) => say(`wait ${wait.reason} ${wait.quotaResetMs}`),
        onStillWaiting: () => say("still"),
        onResume: () => say("resume"),
      }
      const rate = yield* within(
        minutes(61),
        Effect.gen(function* () {
          yield* get("pages")
          const log = yield* RequestLog
          assert.deepInclude(log.of("pages"), { requests: 2, retries: 1, waits: 1, waitedMs: 3_600_000 })
          return (yield* RateControl).state().rate
        }).pipe(Effect.provide(clientOf(scripted, { watcher }))),
      )
      assert.isUndefined(rate)
      assert.deepStrictEqual(
        scripted.seen.map(({ at }) => at),
        [0, 3_600_000],
      )
      assert.strictEqual(said[0], "wait quota 3600000 0")
      assert.strictEqual(said.at(-1), "resume 3600000")
      assert.deepStrictEqual(said.slice(1, 4), ["still 60000", "still 120000", "still 180000"])
      assert.lengthOf(said, 61)
    }),
  )

  it.effect("of more than an hour fails every request that would have to sit it out", () =>
    Effect.gen(function* () {
      const scripted = scriptedSite(() => ({ status: 429, headers: { "retry-after": "3601" } }))
      const exits = yield* within(
        1_000,
        Effect.forEach([1, 2], () => Effect.flip(get())).pipe(Effect.provide(clientOf(scripted))),
      )
      for (const error of exits) {
        assert.strictEqual(error._tag, "RateLimitExceeded")
        assert.strictEqual(error.failureType, "transient_error")
        assert.include(error.message, "61 minutes")
      }
      assert.lengthOf(scripted.seen, 1)
    }),
  )

  it.effect("without an end fails after 20 refusals", () =>
    Effect.gen(function* () {
      const scripted = scriptedSite(() => ({ status: 429, headers: { "retry-after": "1" } }))
      const error = yield* within(minutes(10), Effect.flip(get()).pipe(Effect.provide(clientOf(scripted))))
      assert.strictEqual(error._tag, "RateLimitExceeded")
      assert.include(error.message, "GET /wiki/api/v2/pages")
      assert.lengthOf(scripted.seen, 20)
    }),
  )
})

describe("concurrency", () => {
  it.effect("never exceeds the number of workers", () =>
    Effect.gen(function* () {
      const scripted = scriptedSite(() => ({ afterMs: 100 }))
      yield* within(10_000, getMany(10).pipe(Effect.provide(clientOf(scripted, { numWorkers: 3 }))))
      assert.deepStrictEqual(
        scripted.seen.map(({ at }) => at),
        [0, 0, 0, 100, 100, 100, 200, 200, 200, 300],
      )
    }),
  )

  it.effect.each([
    { what: "a 503", reaction: { status: 503, afterMs: 10 } },
    { what: "a 504", reaction: { status: 504, afterMs: 10 } },
    { what: "a timeout", reaction: { breaks: "timeout", afterMs: 10 } as const },
  ])("is halved once by $what, however many were in flight, and grows back", ({ reaction }) =>
    Effect.gen(function* () {
      const scripted = scriptedSite((_, n): Reaction => (n < 8 ? reaction : { afterMs: 10 }))
      const layer = clientOf(scripted)
      const [cut, grown] = yield* within(
        minutes(2),
        Effect.gen(function* () {
          const gate = yield* RateControl
          const first = yield* Effect.forkChild(getMany(8))
          yield* Effect.sleep(20)
          const cut = gate.state().concurrency
          yield* Fiber.join(first)
          yield* getMany(60)
          return [cut, gate.state().concurrency] as const
        }).pipe(Effect.provide(layer)),
      )
      assert.strictEqual(cut, 4)
      assert.strictEqual(grown, 8)
    }).pipe(Random.withSeed("cut")),
  )

  it.effect("is halved by a refusal right after a wait, but never below one", () =>
    Effect.gen(function* () {
      const scripted = scriptedSite((_, n) => (n < 9 ? { status: 429, headers: { "retry-after": "1" } } : {}))
      const seen = yield* within(
        minutes(2),
        Effect.gen(function* () {
          const gate = yield* RateControl
          const seen: Array<number> = []
          const fiber = yield* Effect.forkChild(get())
          for (let second = 0; second < 6; second++) {
            seen.push(gate.state().concurrency)
            yield* Effect.sleep(1_000)
          }
          yield* Fiber.join(fiber)
          return seen
        }).pipe(Effect.provide(clientOf(scripted))),
      )
      assert.strictEqual(seen[0], 8)
      assert.strictEqual(Math.min(...seen), 1)
    }),
  )

  it.effect("frees the place of a request that was interrupted", () =>
    Effect.gen(function* () {
      const scripted = scriptedSite((_, n): Reaction => (n < 2 ? { hangs: true } : {}))
      yield* within(
        10_000,
        Effect.gen(function* () {
          const hanging = yield* Effect.forkChild(getMany(2))
          const queued = yield* Effect.forkChild(get())
          const waiting = yield* Effect.forkChild(get())
          yield* Effect.sleep(50)
          const client = yield* ConfluenceClient
          assert.strictEqual(client.idleSlots(), -1)
          yield* Fiber.interrupt(queued)
          yield* Fiber.interrupt(hanging)
          yield* Fiber.join(waiting)
          assert.strictEqual(client.idleSlots(), 2)
        }).pipe(Effect.provide(clientOf(scripted, { numWorkers: 2 }))),
      )
      assert.lengthOf(scripted.seen, 3)
    }),
  )

  it.effect("serves the most urgent request first, and of equals the one that came first", () =>
    Effect.gen(function* () {
      const scripted = scriptedSite(() => ({ afterMs: 10 }))
      const ask = (name: string, priority: number) =>
        ConfluenceClient.use((client) => client.request({ path: `/wiki/${name}`, priority }))
      yield* within(
        1_000,
        Effect.gen(function* () {
          const all = yield* Effect.forEach(
            [
              ["first", 0],
              ["low", -1],
              ["b", 5],
              ["c", 5],
              ["urgent", 9],
            ] as const,
            ([name, priority]) => Effect.forkChild(ask(name, priority)),
          )
          yield* Effect.forEach(all, Fiber.join)
        }).pipe(Effect.provide(clientOf(scripted, { numWorkers: 1 }))),
      )
      assert.deepStrictEqual(
        scripted.seen.map(({ url }) => new URL(url).pathname.slice(6)),
        ["first", "urgent", "b", "c", "low"],
      )
    }),
  )

  it.effect("asks for the credential again after a wait that came into force while it was being fetched", () =>
    Effect.gen(function* () {
      let asked = 0
      const scripted = scriptedSite((_, n) =>
        n === 0 ? { afterMs: 50, status: 429, headers: { "retry-after": "5" } } : {},
      )
      const exit = yield* within(
        30_000,
        Effect.gen(function* () {
          const gate = yield* RateControl
          const first = yield* Effect.forkChild(get())
          yield* Effect.sleep(10)
          const sentAt = yield* gate
            .pass(
              { stream: "", endpoint: "GET /x", priority: 0 },
              Effect.suspend(() => {
                asked++
                return Effect.sleep(100)
              }),
              Effect.exit(Effect.fail("unused")).pipe(Effect.andThen(Effect.result(Effect.die("stop")))),
            )
            .pipe(Effect.exit, Effect.andThen(Clock.currentTimeMillis))
          yield* Fiber.join(first)
          return sentAt
        }).pipe(Effect.provide(clientOf(scripted)), Effect.exit),
      )
      assert.strictEqual(asked, 2)
      assert.isTrue(Exit.isSuccess(exit) && exit.value >= 5_050)
    }),
  )
})
