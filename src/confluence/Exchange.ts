/**
 * One request with all its tries: through the gate, with the credential of the moment, sent again where the answer is
 * worth it, and at last an answer to use or one error. The only way out: the client and signing in both go through here.
 */
import { Clock, Context, Effect, Layer, Random, Redacted, Result, Semaphore } from "effect"
import { isLoopback } from "../config/siteAddress.ts"
import { judge, judgeFailure } from "./answers.ts"
import type { Verdict } from "./answers.ts"
import { mayBeMalformed } from "./answerText.ts"
import { Credentials } from "./Credentials.ts"
import { makeDoubts } from "./doubts.ts"
import { isHeavy } from "./errors.ts"
import type { ConfluenceError, Unavailability } from "./errors.ts"
import { lostAccess, refusedHere, unavailable, unencrypted } from "./exchangeErrors.ts"
import { pointsOf } from "./points.ts"
import { RateControl } from "./RateControl.ts"
import { adviceOn, triedLine } from "./reaching.ts"
import { NO_STREAM, RequestLog } from "./RequestLog.ts"
import { siteTime } from "./retryTiming.ts"
import { Transport } from "./Transport.ts"
import type { WireRequest } from "./Transport.ts"
import { TransportError } from "./TransportError.ts"

/** A try is given up after this long, ms, and the request sent again. */
const TRY_TIMEOUT_MS = 55_000

/** Most bytes that all answers on their way are expected to have together. An answer expected to be longer comes alone. */
const BYTES_IN_FLIGHT = 64_000_000
/** What bytes in flight are counted in. */
const BYTES_PER_PERMIT = 65_536
const PERMITS = Math.floor(BYTES_IN_FLIGHT / BYTES_PER_PERMIT)

/** Tries before a site counts as unavailable. Refusals for the rate (429) are not among them. */
const TRIES = 6

/** Pauses between the tries: 0.5 to 1 s, 1 to 2 s, 2 to 4 s …, at most 30 s. */
const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 30_000

/**
 * How often a rejected credential may turn out to have been renewed meanwhile, for one request. Each time the one before has opened
 * something, so that this ends; a request that waits behind many others may meet several tokens that ended in turn.
 */
const MOST_RENEWALS = 20

/** A request to a base address. A POST must be a read, since it is sent again after a failure like any other. */
export interface ExchangeRequest {
  readonly method: "GET" | "POST"
  /** Origin, and the prefix of the gateway where one is used; no slash at its end. */
  readonly base: string
  /** Begins with a slash; variable parts are percent-encoded already. */
  readonly path: string
  /** Repeated keys are allowed; encoded here. */
  readonly query: ReadonlyArray<readonly [string, string]>
  /** Sent as JSON. */
  readonly body?: unknown
  /** False: without the credential. */
  readonly authorized: boolean
  /** The stream that the request is counted under. */
  readonly stream?: string | undefined
  /** The granular scope that the endpoint needs, for error sentences. */
  readonly scope?: string | undefined
  /** Of the requests that wait for their turn, the one with the highest goes first. Default 0. */
  readonly priority?: number | undefined
  /** Tries before giving up, 1 or more, where what is asked for may be too heavy. */
  readonly tries?: number | undefined
  /** Tries before giving up, whatever fails. */
  readonly mostTries?: number | undefined
  /** Failures of these kinds are taken as certain: the request is not sent again. */
  readonly certain?: ReadonlySet<Unavailability> | undefined
  /** The first try that fails is told as a warning: nothing else is under way that would show life. */
  readonly tellsFirstFailure?: boolean | undefined
  /** A try is given up after this long, ms. Default 55 s. */
  readonly timeoutMs?: number | undefined
  /** Longer answers are not taken, bytes. */
  readonly mostBytes?: number | undefined
  /** About how long the answer will be, bytes, where it may be long: all such answers together are kept within bounds. */
  readonly expectedBytes?: number | undefined
}

/** An answer with usable content. */
export interface ApiResponse {
  /** Parsed JSON. */
  readonly body: unknown
  /** Length of the body, decompressed. */
  readonly bytes: number
  /** Its texts may hold a NUL or half of a surrogate pair. */
  readonly mayBeMalformed: boolean
  /** The site's clock by the Date header, ms since 1970; undefined where it sent none. */
  readonly siteTime: number | undefined
  /** The Link header, by which v2 lists name their next page too. */
  readonly link: string | undefined
}

/** How requests are sent. */
export interface ExchangeOptions {
  /** The connector's, for the User-Agent header. */
  readonly version: string
  /**
   * Waited for before a good answer is made use of, its request still counting as one in flight. Rows take several times
   * the memory of the bytes that they came in; where their reader is slow, it is the bytes that should wait.
   */
  readonly intake?: Effect.Effect<void>
  /** Failures of these kinds are certain, whatever is asked: somebody waits for an answer. */
  readonly certain?: ReadonlySet<Unavailability> | undefined
}

/** Sends requests until they are answered. */
export class Exchange extends Context.Service<
  Exchange,
  { readonly request: (request: ExchangeRequest) => Effect.Effect<ApiResponse, ConfluenceError> }
>()("source-confluence/Exchange") {
  static readonly layer = (
    options: ExchangeOptions,
  ): Layer.Layer<Exchange, never, Transport | Credentials | RateControl | RequestLog> =>
    Layer.effect(Exchange, make(options))
}

const make = Effect.fnUntraced(function* ({ version, intake = Effect.void, certain }: ExchangeOptions) {
  const transport = yield* Transport
  const credentials = yield* Credentials
  const gate = yield* RateControl
  const log = yield* RequestLog

  const bytesInFlight = Semaphore.makeUnsafe(PERMITS)
  /** Waits for room for a long answer. */
  const withRoom = <A, E, R>(bytes: number | undefined, effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    bytes === undefined
      ? effect
      : bytesInFlight.withPermits(Math.max(1, Math.min(PERMITS, Math.ceil(bytes / BYTES_PER_PERMIT))))(effect)

  const carry = (wire: WireRequest, timeoutMs: number) =>
    transport.send(wire).pipe(
      Effect.timeoutOrElse({
        duration: timeoutMs,
        orElse: () => Effect.fail(new TransportError({ reason: "timeout", cause: `No answer within ${timeoutMs} ms` })),
      }),
      Effect.tap(({ status }) => (status === 200 ? intake : Effect.void)),
      Effect.result,
    )

  /** Says how each try has ended, and how long it took. */
  const told = Effect.fnUntraced(function* (exchange: ReturnType<typeof carry>, what: string, attempt: number) {
    const from = yield* Clock.currentTimeMillis
    const tell = (result?: Parameters<typeof triedLine>[1]) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => log.watcher.onTry(triedLine(what, result, now - from, attempt)))
    const result = yield* Effect.onInterrupt(exchange, () => tell())
    yield* tell(result)
    return result
  })

  const doubts = makeDoubts(credentials, (known: ExchangeRequest) => send({ ...known, stream: undefined }, true))

  const send = Effect.fnUntraced(function* (
    request: ExchangeRequest,
    isProbe: boolean,
  ): Effect.fn.Return<ApiResponse, ConfluenceError> {
    const stream = request.stream ?? NO_STREAM
    const endpoint = `${request.method} ${request.path}`
    const url = request.base + request.path + encodeQuery(request.query)
    if (request.authorized && !isConfidential(url)) return yield* unencrypted(endpoint)
    const { remedies } = credentials
    const withCursor = request.query.some(([key]) => key === "cursor")
    const asked = { endpoint, scope: request.scope, withCursor, remedies }
    const body = request.body === undefined ? undefined : JSON.stringify(request.body)
    // A probe goes before all that waits, also before lists that are to begin at once: a token may end while they are asked for.
    const priority = isProbe ? Number.POSITIVE_INFINITY : Math.min(request.priority ?? 0, Number.MAX_VALUE)
    const headers: Record<string, string> = { accept: "application/json", "user-agent": `source-confluence/${version}` }
    if (body !== undefined) headers["content-type"] = "application/json"

    let failures = 0
    let renewals = 0
    let doubted = false
    for (let attempt = 1; ; attempt++) {
      let used: Redacted.Redacted<string> | undefined
      let sent = 0
      const prepare = request.authorized
        ? Effect.map(credentials.authorization, (current) => {
            used = current
          })
        : Effect.void
      const result = yield* gate.pass(
        { stream, endpoint, priority },
        prepare,
        Effect.suspend(() => {
          sent = doubts.next()
          log.countRequest(stream, attempt > 1)
          const authorization = used === undefined ? {} : { authorization: Redacted.value(used) }
          const { method, mostBytes, timeoutMs = TRY_TIMEOUT_MS } = request
          const wire = { method, url, headers: { ...headers, ...authorization }, body, mostBytes }
          return told(carry(wire, timeoutMs), `${method} ${new URL(url).pathname}`, attempt)
        }),
      )
      if (Result.isSuccess(result)) log.countBytes(stream, result.success.body.length)
      const verdict: Verdict = Result.isSuccess(result)
        ? judge(asked, result.success)
        : judgeFailure(asked, url, result.failure)
      switch (verdict._tag) {
        case "Use": {
          const answer = Result.getOrThrow(result)
          if (used !== undefined) {
            doubts.opened(request, used, sent)
            log.countPoints(stream, pointsOf(request.path, verdict.body))
          }
          return {
            body: verdict.body,
            bytes: answer.body.length,
            mayBeMalformed: mayBeMalformed(answer.body),
            siteTime: siteTime(answer.headers),
            link: answer.headers["link"],
          }
        }
        case "Fail": {
          const { error } = verdict
          if (used === undefined || isProbe) return yield* error
          if (yield* doubts.isBelievable(error, used, request.base)) return yield* error
          if (renewals < MOST_RENEWALS && (yield* credentials.rejected(used, doubts.hasOpened(used)))) {
            renewals++
            break
          }
          return yield* doubts.isNothingOpen() ? error : lostAccess(asked, error)
        }
        case "Unauthorized":
          if (used === undefined || isProbe) return yield* verdict.error
          if (yield* doubts.isOfThisAlone(used, request.base)) {
            // It may have been said for a moment only.
            if (doubted) return yield* refusedHere(asked, verdict.error)
            doubted = true
            break
          }
          if (renewals >= MOST_RENEWALS) return yield* verdict.error
          if (!(yield* credentials.rejected(used, doubts.hasOpened(used)))) return yield* verdict.error
          renewals++
          break
        case "Refused":
          yield* log.watcher.note(
            "debug",
            `${endpoint} was refused for the rate (429); it is sent again after the wait`,
          )
          break
        case "Retry": {
          failures++
          const { kind, why } = verdict
          const status = Result.isSuccess(result) ? result.success.status : undefined
          const tries = kind === "too large" ? 1 : isHeavy(kind) ? (request.tries ?? TRIES) : TRIES
          const isCertain = certain?.has(kind) === true || request.certain?.has(kind) === true
          if (isCertain || failures >= Math.min(tries, request.mostTries ?? TRIES)) {
            return yield* unavailable(endpoint, request.base, verdict, status, failures)
          }
          if (request.tellsFirstFailure === true && failures === 1) {
            const { host } = new URL(url)
            yield* log.watcher.note(
              "warn",
              `${host} gave no usable answer: ${why}. ${adviceOn(kind)} It is asked again.`,
            )
          }
          const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1))
          const pauseMs = Math.round(longest * (0.5 + 0.5 * (yield* Random.next)))
          yield* log.watcher.note("debug", `${endpoint}: ${why}; try ${failures + 1} follows in ${pauseMs} ms`)
          const from = yield* Clock.currentTimeMillis
          yield* Effect.sleep(pauseMs)
          log.countWait(stream, from, yield* Clock.currentTimeMillis)
        }
      }
    }
  })

  return Exchange.of({ request: (request) => withRoom(request.expectedBytes, send(request, false)) })
})

const encodeQuery = (query: ReadonlyArray<readonly [string, string]>): string =>
  query.length === 0
    ? ""
    : `?${query.map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value.toWellFormed())}`).join("&")}`

const isConfidential = (url: string): boolean => url.startsWith("https://") || isLoopback(new URL(url).hostname)
