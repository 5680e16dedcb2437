/** A site in place of the network: answers by a function, after a virtual latency, and keeps what it was asked and when. */
import { Buffer } from "node:buffer"
import { Clock, Effect, Fiber, Layer, Redacted } from "effect"
import { TestClock } from "effect/testing"
import { ConfluenceClient } from "../../src/confluence/ConfluenceClient.ts"
import { Credentials } from "../../src/confluence/Credentials.ts"
import { Exchange, type ExchangeOptions } from "../../src/confluence/Exchange.ts"
import { RateControl } from "../../src/confluence/RateControl.ts"
import { RequestLog } from "../../src/confluence/RequestLog.ts"
import type { RequestWatcher } from "../../src/confluence/RequestLog.ts"
import { Transport } from "../../src/confluence/Transport.ts"
import type { WireRequest, WireResponse } from "../../src/confluence/Transport.ts"
import { TransportError } from "../../src/confluence/TransportError.ts"

/** What the site does with a request; by default it answers at once. */
export interface Reaction {
  readonly afterMs?: number
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Text as it is, anything else as JSON. Default `{}`. */
  readonly body?: unknown
  readonly breaks?: TransportError["reason"]
  readonly hangs?: boolean
}

export interface SeenRequest extends WireRequest {
  readonly at: number
}

export interface ScriptedSite {
  /** In the order of arrival, with the virtual time of it. */
  readonly seen: Array<SeenRequest>
  readonly layer: Layer.Layer<Transport>
}

/** The n-th request (from 0) arrives after half of its `afterMs`, and is answered after the other half. */
export const scriptedSite = (
  react: (request: WireRequest, n: number, now: number) => Reaction,
  latency: () => number = () => 0,
): ScriptedSite => {
  const seen: Array<SeenRequest> = []
  const send = Effect.fnUntraced(function* (request: WireRequest) {
    const half = latency() / 2
    if (half > 0) yield* Effect.sleep(half)
    const at = yield* Clock.currentTimeMillis
    seen.push({ ...request, at })
    const { afterMs = 0, status = 200, headers = {}, body = {}, breaks, hangs } = react(request, seen.length - 1, at)
    if (hangs === true) return yield* Effect.never
    if (half + afterMs > 0) yield* Effect.sleep(half + afterMs)
    if (breaks !== undefined) return yield* new TransportError({ reason: breaks, cause: breaks })
    const text = typeof body === "string" ? body : JSON.stringify(body)
    return { status, headers, body: Buffer.from(text) } satisfies WireResponse
  })
  return { seen, layer: Layer.succeed(Transport, { send }) }
}

export const site = "https://acme.atlassian.net"
export const token = "ATATT-secret-token"

export const basic = Credentials.apiToken({ email: "ada@example.com", apiToken: Redacted.make(token) })

interface ClientOptions {
  readonly numWorkers?: number
  readonly watcher?: Partial<RequestWatcher>
  readonly credentials?: Layer.Layer<Credentials>
  readonly certain?: ExchangeOptions["certain"]
}

/** The whole client over the scripted site, and what lies below it. */
export const clientOf = (scripted: ScriptedSite, options: ClientOptions = {}) =>
  ConfluenceClient.layer({ baseUrl: site }).pipe(
    Layer.provideMerge(Exchange.layer({ version: "1.2.3", certain: options.certain })),
    Layer.provide(options.credentials ?? basic),
    Layer.provideMerge(RateControl.layer({ numWorkers: options.numWorkers ?? 8 })),
    Layer.provideMerge(RequestLog.layer(options.watcher)),
    Layer.provide(scripted.layer),
  )

/** Runs an effect to its end while virtual time passes, at most `ms` of it. */
export const within = <A, E, R>(ms: number, effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(effect)
    yield* TestClock.adjust(ms)
    return yield* Fiber.join(fiber)
  })

export const minutes = (n: number) => n * 60_000
