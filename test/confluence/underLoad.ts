/** A rate limit at work: workers that ask without a pause, in virtual time. */
import { Effect, Fiber, Random } from "effect"
import { TestClock } from "effect/testing"
import { ConfluenceClient } from "../../src/confluence/ConfluenceClient.ts"
import type { Limiter } from "./limiters.ts"
import { clientOf, scriptedSite } from "./scriptedSite.ts"
import type { ScriptedSite } from "./scriptedSite.ts"

export const get = (stream?: string) =>
  ConfluenceClient.use((client) => client.request({ path: "/wiki/api/v2/pages", ...(stream ? { stream } : {}) }))

interface Load {
  readonly limiter: Limiter
  readonly retryAfter: number | undefined
  readonly latencyMs: number
  readonly workers: number
  readonly seconds: number
}

/** Workers that ask without a pause; what was accepted, and what arrived while a wait that had been told was in force. */
export const underLoad = Effect.fnUntraced(function* ({ limiter, retryAfter, latencyMs, workers, seconds }: Load) {
  let accepted = 0
  let early = 0
  let told = Number.NEGATIVE_INFINITY
  let refusedAt = Number.NEGATIVE_INFINITY
  let refusals = 0
  const latencies = yield* Effect.forEach(Array(997), () => Random.nextBetween(0.9, 1.1))
  let n = 0
  const scripted: ScriptedSite = scriptedSite(
    (_, __, now) => {
      // What arrives sooner than a whole latency after the refusal was sent before the refusal could be known.
      if (now < told && now > refusedAt + latencyMs * 1.2) early++
      if (limiter(now)) {
        accepted++
        return {}
      }
      refusals++
      if (now >= told) refusedAt = now
      told = Math.max(told, now + (retryAfter ?? 1) * 1_000)
      return { status: 429, headers: retryAfter === undefined ? {} : { "retry-after": String(retryAfter) } }
    },
    () => latencyMs * latencies[n++ % latencies.length]!,
  )
  const load = Effect.forEach(Array(workers * 2), () => Effect.forever(Effect.ignore(get())), {
    concurrency: "unbounded",
  })
  const fiber = yield* Effect.forkChild(load.pipe(Effect.provide(clientOf(scripted, { numWorkers: workers }))))
  yield* TestClock.adjust(seconds * 1_000)
  yield* Fiber.interrupt(fiber)
  return { accepted, early, refusals, requests: scripted.seen.length }
})
