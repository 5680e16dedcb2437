/**
 * Fetches the file behind a signed address, which somebody gives anew for each try: without any credential, redirects taken by hand,
 * piece by piece to a target, from where an earlier try was cut off if the host takes ranges. An address is in no message, nor is
 * more of it than its host.
 */
import type { Buffer } from "node:buffer"
import { type Gunzip, createBrotliDecompress, createGunzip, createInflate } from "node:zlib"
import { Effect, Random, Result } from "effect"
import { downloadRefusal } from "../config/siteAddress.ts"
import { version } from "../version.ts"
import type { Head, Taker } from "./pouring.ts"
import { failureOf, unreachable } from "./reaching.ts"
import { requestedWait } from "./retryTiming.ts"
import { Transport } from "./Transport.ts"
import type { TransportError } from "./TransportError.ts"

/** Where the bytes of a file go. */
export interface FileTarget {
  /** Bytes taken so far. */
  readonly length: number
  /** A promise: no more before it is settled. What it throws is `TargetFailed`. */
  readonly write: Taker
  /** Forgets what it has taken. */
  readonly restart: () => Promise<void>
}

/** What a target throws where it cannot take any more, and what nothing at the source can mend. */
export class TargetFailed extends Error {}

/** What became of a file: the target has all of it, the host has none, it is longer than wanted, or it could not be had. */
export type Fetched =
  | { readonly _tag: "whole" }
  | { readonly _tag: "missing" }
  | { readonly _tag: "too large" }
  | { readonly _tag: "failed"; readonly why: string }

export interface FileWanted<E, R> {
  /** Where the file is, by an address that may be good for a short time only. */
  readonly address: Effect.Effect<URL, E, R>
  /** Who has given the address: nothing that only its network can reach is fetched for a public host. */
  readonly from: URL
  /** Public https addresses alone. */
  readonly cloud: boolean
  /** The length that the file must have; undefined where nobody has told. */
  readonly bytes: number | undefined
  /** Longer files are not wanted. */
  readonly mostBytes: number
  readonly target: FileTarget
}

const MOST_REDIRECTS = 5
export const TRIES = 4
const FIRST_PAUSE_MS = 1_000
/** A longer wait than this (ms) is for the next sync. */
const LONGEST_WAIT_MS = 60_000

/** One try. `missing`: the host says that it has no such file. */
type Tried =
  | Fetched
  | { readonly _tag: "again"; readonly why: string; readonly waitMs?: number; readonly missing?: true }

const again = (why: string, waitMs = 0): Tried => ({ _tag: "again", why, waitMs })
const failed = (why: string): Tried => ({ _tag: "failed", why })

const decompressorOf = (encoding: string): Gunzip | undefined => {
  switch (encoding) {
    case "gzip":
    case "x-gzip":
      return createGunzip()
    case "deflate":
      return createInflate()
    case "br":
      return createBrotliDecompress()
    default:
      return undefined
  }
}

/** More bytes than the file may have. */
class TooLong extends Error {}
/** An answer that is no use for this file, told before its body has come. */
class Useless extends Error {}

/** What one answer's body goes through on its way to the target. */
interface Way {
  readonly take: Taker
  /** All has come: waits until the target has it. */
  readonly end: () => Promise<void>
  /** What the target has is no beginning of the file as it is on the wire, so that nothing can be put behind it. */
  readonly isOneWay: boolean
  /** No more will come. */
  readonly cancel: () => void
}

/** Hands pieces to the target, of which no more than the file may have. */
const straight = (target: FileTarget, most: number): Way => ({
  take: (piece) => {
    if (target.length + piece.length > most) throw new TooLong()
    return target.write(piece)
  },
  end: () => Promise.resolve(),
  isOneWay: false,
  cancel: () => {},
})

/** A host that compresses although nobody asked for it: what comes out is counted, so that nothing swells without end. */
const decompressing = (decompressor: Gunzip, to: Way): Way => {
  let failure: { readonly error: unknown } | undefined
  const done = (async () => {
    for await (const piece of decompressor as AsyncIterable<Buffer>) await to.take(piece)
  })().catch((error: unknown) => {
    failure = { error }
    decompressor.destroy()
  })
  const check = () => {
    if (failure !== undefined) throw failure.error
  }
  return {
    take: (piece) => {
      check()
      if (decompressor.write(piece)) return undefined
      return Promise.race([done, new Promise<void>((resume) => decompressor.once("drain", resume))]).then(check)
    },
    end: async () => {
      decompressor.end()
      await done
      check()
    },
    isOneWay: true,
    cancel: () => void decompressor.destroy(),
  }
}

const wholeOf = (headers: Head["headers"]): number | undefined => {
  const length = headers["content-length"]
  return length !== undefined && /^\d+$/.test(length) ? Number(length) : undefined
}

/** Where a part begins and how long the whole is (`Content-Range: bytes 100-199/200`). */
const partOf = (headers: Head["headers"]): { readonly from: number; readonly whole: number } | undefined => {
  const match = /^bytes (\d+)-\d+\/(\d+)$/.exec(headers["content-range"] ?? "")
  return match === null ? undefined : { from: Number(match[1]), whole: Number(match[2]) }
}

/** One address, redirects included. */
const tryOnce = Effect.fnUntraced(function* (
  start: URL,
  wanted: Wanted,
): Effect.fn.Return<Tried, TargetFailed, Transport> {
  const { bytes, cloud, from, mostBytes, target } = wanted
  const transport = yield* Transport
  const most = bytes ?? mostBytes
  let [referrer, address] = [from, start]
  for (let hops = 0; hops <= MOST_REDIRECTS; hops++) {
    const refusal = downloadRefusal(address, cloud, referrer)
    if (refusal !== undefined)
      return failed(`${referrer.host} leads to ${address.host}, which is not followed: an address ${refusal}`)
    const offset = target.length
    let way: Way | undefined
    /** All of it comes again, and nothing has come yet of what is to take the place of the beginning. */
    let isToRestart = false
    const choose = (head: Head): Taker | undefined => {
      const { status, headers } = head
      if (status !== 200 && status !== 206) return undefined
      const encoding = headers["content-encoding"]?.trim().toLowerCase() ?? "identity"
      const part = status === 206 ? partOf(headers) : undefined
      // A part that is not the one that was asked for cannot be put behind what is there.
      if (status === 206 && (part?.from !== offset || encoding !== "identity")) throw new Useless()
      isToRestart = status === 200 && offset > 0
      const whole = part?.whole ?? (encoding === "identity" ? wholeOf(headers) : undefined)
      if (whole !== undefined && whole > most) throw new TooLong()
      if (whole !== undefined && bytes !== undefined && whole !== bytes) throw new Useless()
      const plain = straight(target, most)
      const decompressor = decompressorOf(encoding)
      way = decompressor === undefined ? plain : decompressing(decompressor, plain)
      return (piece) => {
        if (!isToRestart) return way!.take(piece)
        isToRestart = false
        return target.restart().then(() => way!.take(piece))
      }
    }
    const sent = yield* Effect.result(
      transport.send({
        method: "GET",
        url: address.href,
        headers: {
          accept: "*/*",
          "accept-encoding": "identity",
          "user-agent": `source-confluence/${version}`,
          ...(offset > 0 ? { range: `bytes=${offset}-` } : {}),
        },
        taker: (head) => {
          try {
            return choose(head)
          } catch (error) {
            return () => {
              throw error
            }
          }
        },
      }),
    )
    if (Result.isFailure(sent)) {
      way?.cancel()
      if (way?.isOneWay === true) yield* restart(target)
      return yield* ofFailure(sent.failure, address, wanted)
    }
    const { status, headers } = sent.success
    if (status === 200 || status === 206) {
      const ended = yield* Effect.result(
        Effect.tryPromise({
          try: async () => {
            if (isToRestart) await target.restart()
            await way?.end()
          },
          catch: (cause) => cause,
        }),
      )
      if (Result.isFailure(ended)) return yield* ofCause(ended.failure, wanted, "an answer that broke off")
      if (bytes !== undefined && target.length !== bytes)
        return again(`${target.length} bytes came instead of ${bytes}`)
      return { _tag: "whole" }
    }
    if (status < 300 || status >= 400) {
      if (status === 416 && offset > 0) yield* restart(target)
      return ofStatus(address, status, headers)
    }
    const location = headers["location"]
    if (location === undefined || !URL.canParse(location, address.href)) return ofStatus(address, status, headers)
    ;[referrer, address] = [address, new URL(location, address)]
  }
  return failed(`${start.host} redirects more than ${MOST_REDIRECTS} times`)
})

type Wanted = Omit<FileWanted<unknown, unknown>, "address">

const restart = (target: FileTarget): Effect.Effect<void, TargetFailed> =>
  Effect.tryPromise({ try: () => target.restart(), catch: (cause) => cause as TargetFailed })

/** What is thrown on the way to the target. */
const ofCause = Effect.fnUntraced(function* (
  cause: unknown,
  { bytes, target }: Wanted,
  why: string,
): Effect.fn.Return<Tried, TargetFailed> {
  if (cause instanceof TargetFailed) return yield* Effect.fail(cause)
  if (cause instanceof TooLong && bytes === undefined) return { _tag: "too large" }
  if (!(cause instanceof TooLong || cause instanceof Useless)) return again(why)
  yield* restart(target)
  return again(
    cause instanceof TooLong
      ? `more bytes come than the ${bytes} of the file`
      : "the host offers a file of another size, or another part of it",
  )
})

const ofFailure = (error: TransportError, address: URL, wanted: Wanted): Effect.Effect<Tried, TargetFailed> => {
  const { why, kind } = failureOf(error)
  if (error.reason === "private" || kind === "certificate" || kind === "proxy")
    return Effect.succeed(failed(unreachable("GET", address.href, error)?.message ?? `${address.host}: ${why}`))
  return ofCause(error.cause, wanted, `${address.host}: ${why}`)
}

const ofStatus = ({ host }: URL, status: number, headers: Head["headers"]): Tried => {
  const why = `${host} gave no file (status ${status})`
  if (status === 404 || status === 410) return { _tag: "again", why, missing: true }
  const waitMs = requestedWait(status, headers, Date.now())?.waitMs ?? 0
  return waitMs > LONGEST_WAIT_MS ? failed(why) : again(why, waitMs)
}

/** Fetches a file. What its target has taken is all of it, or of no use. */
export const fetchFile = Effect.fnUntraced(function* <E, R>(
  wanted: FileWanted<E, R>,
): Effect.fn.Return<Fetched, TargetFailed | E, Transport | R> {
  let missing = 0
  for (let attempt = 1; ; attempt++) {
    const tried = yield* tryOnce(yield* wanted.address, wanted)
    if (tried._tag !== "again") return tried
    if (tried.missing === true) missing++
    // A host that has said so twice, of two addresses, is believed.
    if (missing === 2) return { _tag: "missing" }
    if (attempt === TRIES) return { _tag: "failed", why: tried.why }
    const pauseMs = FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + 0.5 * (yield* Random.next))
    yield* Effect.sleep(Math.max(tried.waitMs ?? 0, pauseMs))
  }
})
