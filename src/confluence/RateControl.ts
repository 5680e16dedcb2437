/**
 * The one gate that every request passes: waits that the site asks for hold for all requests together, the pace is even
 * below a learnt limit, and concurrency adapts. The most urgent request goes first; one that is sent again queues anew.
 */
import { Clock, Context, Effect, Layer, Random, Result } from "effect"
import { RateLimitExceeded } from "./errors.ts"
import type { Sent } from "./InFlight.ts"
import { RequestLog } from "./RequestLog.ts"
import { requestedWait } from "./retryTiming.ts"
import { Throttle } from "./Throttle.ts"
import type { Hold } from "./Throttle.ts"
import type { WireResponse } from "./Transport.ts"
import type { TransportError } from "./TransportError.ts"
import { Turns } from "./Turns.ts"
import type { Turn } from "./Turns.ts"

/** A longer wait than this (ms) fails the request: Atlassian's quotas are filled up each full hour. */
const LONGEST_WAIT_MS = 3_600_000

/** Interval of the signs of life during a wait, ms. */
const LIFE_SIGN_MS = 60_000

/** A site that has refused this often, with waits in between and no success, will not accept. */
const MOST_REFUSALS = 20

/** What one request brings to the gate. */
export interface Passage {
  /** For the counters. */
  readonly stream: string
  /** For the error sentence, e.g. `GET /wiki/api/v2/pages`. */
  readonly endpoint: string
  /** Of the requests that wait, the one with the highest goes first. */
  readonly priority: number
}

/** The result of one try: what the gate learns from. */
export type Attempt = Result.Result<WireResponse, TransportError>

/** The gate of one site. */
export class RateControl extends Context.Service<
  RateControl,
  {
    /**
     * Runs `prepare` and then `attempt` when their turn has come, and learns from the result. A 429 is a result like any
     * other: pass again to send again after the wait. `prepare` (fetching a token) may take its time; should a wait come
     * into force meanwhile, it runs once more after it. Fails where the site asks for too long a wait, or goes on refusing.
     */
    readonly pass: <E, R>(
      passage: Passage,
      prepare: Effect.Effect<void, E, R>,
      attempt: Effect.Effect<Attempt, never, R>,
    ) => Effect.Effect<Attempt, RateLimitExceeded | E, R>
    /** For logs: requests per second (undefined while no limit is known) and the most in flight at present. */
    readonly state: () => { readonly rate: number | undefined; readonly concurrency: number }
    /** How many more requests could be sent at once; below 0 by the number of those that wait beyond that. */
    readonly idleSlots: () => number
  }
>()("source-confluence/RateControl") {
  /** `numWorkers`: most requests in flight. */
  static readonly layer = (options: { readonly numWorkers: number }): Layer.Layer<RateControl, never, RequestLog> =>
    Layer.effect(RateControl, make(options.numWorkers))
}

const make = Effect.fnUntraced(function* (numWorkers: number) {
  const log = yield* RequestLog
  const throttle = new Throttle(numWorkers)
  const queue = new Turns()
  let wakeWaiting: (() => void) | undefined
  let announced: Hold | undefined

  const slotFree = Effect.callback<void>((resume) => {
    if (throttle.hasFreeSlot()) return resume(Effect.void)
    wakeWaiting = () => resume(Effect.void)
    return Effect.sync(() => {
      wakeWaiting = undefined
    })
  })

  /** Waits, with the turn, until a request may be sent; `ticket` then holds it. */
  const awaitTurn = Effect.fnUntraced(function* <E, R>(
    endpoint: string,
    prepare: Effect.Effect<void, E, R>,
    turn: Turn,
    ticket: { sent?: Sent },
  ) {
    const clock = yield* Clock.Clock
    let prepared = false
    while (true) {
      const now = clock.currentTimeMillisUnsafe()
      const { hold } = throttle
      if (hold !== undefined && now < hold.untilMs) {
        const waitMs = hold.untilMs - now
        if (waitMs > LONGEST_WAIT_MS) return yield* tooLong(endpoint, waitMs)
        prepared = false
        if (announced?.untilMs !== hold.untilMs) {
          announced = hold
          yield* log.watcher.onWait(hold)
        } else {
          yield* Effect.sleep(Math.min(Math.ceil(waitMs), LIFE_SIGN_MS))
          if (clock.currentTimeMillisUnsafe() < hold.untilMs) yield* log.watcher.onStillWaiting(hold)
        }
        continue
      }
      if (announced !== undefined) {
        announced = undefined
        yield* log.watcher.onResume()
        continue
      }
      if (!throttle.hasFreeSlot()) {
        yield* slotFree
        continue
      }
      const slot = throttle.nextSlot(now)
      if (slot > now) {
        yield* Effect.sleep(Math.ceil(slot - now))
        continue
      }
      if (turn.isOvertaken()) {
        yield* turn.giveWay
        continue
      }
      if (!prepared) {
        prepared = true
        yield* prepare
        continue
      }
      // Since `now` was read, no other request's answer can have come in between.
      ticket.sent = throttle.sent(now)
      return
    }
  })

  const learnFrom = Effect.fnUntraced(function* (attempt: Attempt, sent: Sent) {
    const now = yield* Clock.currentTimeMillis
    if (Result.isFailure(attempt)) {
      if (attempt.failure.reason === "timeout") throttle.timedOut(sent, now)
      return
    }
    const { status, headers } = attempt.success
    const wait = requestedWait(status, headers, now)
    throttle.answered(sent, now, status, wait, yield* Random.next)
  })

  const pass = <E, R>(
    passage: Passage,
    prepare: Effect.Effect<void, E, R>,
    attempt: Effect.Effect<Attempt, never, R>,
  ) =>
    Effect.suspend(() => {
      const ticket: { sent?: Sent } = {}
      const admitted = Effect.gen(function* () {
        const enteredAt = yield* Clock.currentTimeMillis
        yield* queue.withTurn(passage.priority, (turn) => awaitTurn(passage.endpoint, prepare, turn, ticket))
        const sent = ticket.sent!
        const { hold } = throttle
        if (hold !== undefined && hold.untilMs > enteredAt && hold.untilMs <= sent.at) {
          log.countWait(passage.stream, Math.max(enteredAt, hold.since), hold.untilMs)
        }
        const result = yield* attempt
        yield* learnFrom(result, sent)
        if (Result.isSuccess(result) && result.success.status === 429 && throttle.refusals >= MOST_REFUSALS) {
          return yield* refusedForGood(passage.endpoint, throttle.hold!.untilMs - sent.at)
        }
        return result
      })
      return Effect.ensuring(
        admitted,
        Effect.sync(() => {
          if (ticket.sent === undefined) return
          throttle.ended()
          wakeWaiting?.()
        }),
      )
    })

  return RateControl.of({
    pass,
    state: () => ({ rate: throttle.rate, concurrency: throttle.concurrency }),
    idleSlots: () => throttle.concurrency - throttle.inFlight - queue.waiting,
  })
})

const tooLong = (endpoint: string, waitMs: number): RateLimitExceeded =>
  new RateLimitExceeded({
    message:
      `Confluence asks to wait ${Math.ceil(waitMs / 60_000)} minutes before ${endpoint}, longer than a sync waits. ` +
      "Its rate limit or quota is used up: run the sync again later, or less often.",
    endpoint,
    waitMs,
  })

const refusedForGood = (endpoint: string, waitMs: number): RateLimitExceeded =>
  new RateLimitExceeded({
    message:
      `Confluence went on refusing requests (429 Too Many Requests) at ${endpoint}, however long we waited. ` +
      "Run the sync again later, with a lower num_workers, or while fewer others use the site's API.",
    endpoint,
    waitMs,
  })
