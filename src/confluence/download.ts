/**
 * Fetches a file from an address that somebody has given, piece by piece and without any credential: redirects are followed a few
 * times, never from a public address to a private one. Of an address no more than the host is told, for its path and query may be
 * what opens the file.
 */
import { Data, Effect, Random, Result } from "effect"
import { downloadRefusal } from "../config/siteAddress.ts"
import { version } from "../version.ts"
import { adviceOn, failureOf, unreachable } from "./reaching.ts"
import { requestedWait } from "./retryTiming.ts"
import { Transport } from "./Transport.ts"
import type { WireResponse } from "./Transport.ts"
import type { TransportError } from "./TransportError.ts"

/** A file that was not had; the message is a whole sentence, or more. */
export class DownloadFailed extends Data.TaggedError("DownloadFailed")<{
  readonly message: string
  readonly internalMessage?: string | undefined
  readonly failureType: "config_error" | "transient_error"
}> {}

/** What takes a file. A try that has failed is followed by another one, from the beginning, with a receiver of its own. */
export interface Receiver {
  readonly write: (piece: Buffer) => Promise<void>
  readonly end: () => Promise<void>
}

/** What a receiver says of a file that it cannot use; such a file is not fetched again. */
export type Refused<E> = (cause: unknown) => E | undefined

const MOST_BYTES = 250_000_000
const MOST_REDIRECTS = 5
const TRIES = 4
const FIRST_PAUSE_MS = 1_000
/** A longer wait than this (ms) is for the next sync. */
const LONGEST_WAIT_MS = 60_000
/** The whole file has to come in this time, ms. */
const TIMEOUT_MS = 600_000

/** A try that failed, and whether another one may help. */
interface Failed {
  readonly error: DownloadFailed
  readonly again: boolean
  readonly waitMs: number
}

const failed = (message: string, how: Partial<Failed> & { readonly internalMessage?: string } = {}): Failed => ({
  error: new DownloadFailed({
    message,
    internalMessage: how.internalMessage,
    failureType: how.again === true ? "transient_error" : "config_error",
  }),
  again: how.again === true,
  waitMs: how.waitMs ?? 0,
})

const ofTransport = (address: URL, error: TransportError): Failed => {
  const hindrance = unreachable("GET", address.href, error)
  if (hindrance !== undefined) return failed(hindrance.message)
  if (error.reason === "private")
    return failed(`${address.host} is at a private address, which Airbyte Cloud must not reach.`)
  const { kind, why } = failureOf(error)
  if (kind === "too large") return failed(`The file is larger than ${MOST_BYTES / 1_000_000} MB.`)
  // A name that does not exist is more often a mistake than an outage.
  return failed(`${address.host} gave no usable answer: ${why}. ${adviceOn(kind)}`, {
    again: kind !== "dns",
    internalMessage: error.cause instanceof Error ? error.cause.message : String(error.cause),
  })
}

const ofStatus = (address: URL, { status, headers }: WireResponse): Failed => {
  const { host } = address
  if (status === 429 || status === 408 || status >= 500) {
    const waitMs = requestedWait(status, headers, Date.now())?.waitMs ?? 0
    return failed(`${host} gave no file (status ${status}). Try again when it is back.`, { again: true, waitMs })
  }
  if (status === 401 || status === 403)
    return failed(
      `${host} refuses the file (status ${status}): the address must give it to whoever asks, without signing in. A signed address may have expired; make a new one.`,
    )
  if (status === 404 || status === 410) return failed(`${host} has no such file (status ${status}). Check the address.`)
  return failed(`${host} gave no file (status ${status}). Check the address.`)
}

/** Where a redirect leads; what is wrong with it otherwise. */
const nextOf = (from: URL, { status, headers }: WireResponse, cloud: boolean): URL | Failed => {
  const location = headers["location"]
  if (location === undefined || !URL.canParse(location, from.href))
    return ofStatus(from, { status, headers } as WireResponse)
  const to = new URL(location, from)
  const refusal = downloadRefusal(to, cloud, from)
  return refusal === undefined
    ? to
    : failed(`${from.host} redirects to ${to.host}, which is not followed: an address ${refusal}.`)
}

/** One try, redirects included. */
const fetchOnce = Effect.fnUntraced(function* (
  start: URL,
  cloud: boolean,
  receiver: Receiver,
): Effect.fn.Return<void, Failed | { readonly cause: unknown }, Transport> {
  const transport = yield* Transport
  let address = start
  for (let hops = 0; hops <= MOST_REDIRECTS; hops++) {
    const result = yield* Effect.result(
      transport.send({
        method: "GET",
        url: address.href,
        headers: { accept: "text/csv, */*;q=0.5", "user-agent": `source-confluence/${version}` },
        mostBytes: MOST_BYTES,
        sink: (piece) => receiver.write(piece),
      }),
    )
    if (Result.isFailure(result)) {
      const { cause, reason } = result.failure
      return yield* Effect.fail(
        reason === "other" ? { cause, ...ofTransport(address, result.failure) } : ofTransport(address, result.failure),
      )
    }
    const answer = result.success
    if (answer.status === 200) {
      // A transport that knows no sinks gives the body whole.
      const rest = answer.body.length === 0 ? Promise.resolve() : receiver.write(answer.body)
      return yield* Effect.tryPromise({ try: () => rest.then(() => receiver.end()), catch: (cause) => ({ cause }) })
    }
    if (answer.status < 300 || answer.status >= 400) return yield* Effect.fail(ofStatus(address, answer))
    const next = nextOf(address, answer, cloud)
    if (!(next instanceof URL)) return yield* Effect.fail(next)
    address = next
  }
  return yield* Effect.fail(failed(`${start.host} redirects more than ${MOST_REDIRECTS} times. Check the address.`))
})

/** Fetches a file. `cloud`: public https addresses alone. `refused` tells what a receiver has thrown from other failures. */
export const download = Effect.fnUntraced(function* <E>(
  address: URL,
  cloud: boolean,
  receiver: () => Receiver,
  refused: Refused<E>,
): Effect.fn.Return<void, DownloadFailed | E, Transport> {
  for (let attempt = 1; ; attempt++) {
    const result = yield* Effect.result(
      Effect.suspend(() => fetchOnce(address, cloud, receiver())).pipe(
        Effect.timeoutOrElse({
          duration: TIMEOUT_MS,
          orElse: () => Effect.fail(failed(`${address.host} did not give the whole file in time.`, { again: true })),
        }),
      ),
    )
    if (Result.isSuccess(result)) return
    const failure: Partial<Failed> & { readonly cause?: unknown } = result.failure
    const refusal = refused(failure.cause)
    if (refusal !== undefined) return yield* Effect.fail(refusal)
    const { error, again, waitMs = 0 } = failure
    if (error === undefined) return yield* Effect.die(failure.cause)
    if (again !== true || attempt === TRIES || waitMs > LONGEST_WAIT_MS) return yield* Effect.fail(error)
    const pauseMs = FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + 0.5 * (yield* Random.next))
    yield* Effect.sleep(Math.max(waitMs, pauseMs))
  }
})
