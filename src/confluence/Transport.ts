/**
 * One HTTP exchange over the wire, on undici: no retries, no redirects, no meaning. Everything else of this folder works
 * with any Transport, so that tests can put a simulated site in its place.
 */
import { Buffer } from "node:buffer"
import { lookup } from "node:dns"
import type { LookupFunction } from "node:net"
import type { Duplex } from "node:stream"
import { pipeline } from "node:stream/promises"
import { promisify } from "node:util"
import { brotliDecompress, createBrotliDecompress, createGunzip, createInflate, gunzip, inflate } from "node:zlib"
import { Context, Effect, Layer } from "effect"
import { Agent } from "undici"
import type { Dispatcher } from "undici"
import { isLoopback, isPrivateAddress } from "../config/siteAddress.ts"
import { type Head, headersOf, pour, type Taker, WINDOW_MS } from "./pouring.ts"
import { proxySetting, throughProxy } from "./proxy.ts"
import { OVERSIZE, PRIVATE, TransportError, transportError } from "./TransportError.ts"

/** A request as it goes over the wire; `url` is absolute and encoded. */
export interface WireRequest {
  readonly method: "GET" | "POST"
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
  /** An answer with more bytes than this, decompressed, is broken off as `oversize`. */
  readonly mostBytes?: number | undefined
  /**
   * Takes the body of a good answer piece by piece, decompressed, in the place of `WireResponse.body`: for what is too long to be
   * held whole. The next piece is read when it has taken the last; where it fails, the request fails with its error as the cause.
   */
  readonly sink?: ((piece: Buffer) => Promise<void>) | undefined
  /**
   * Chooses by an answer's head who takes its body, piece by piece and not decompressed, in the place of `WireResponse.body`; undefined:
   * nobody. For files of any size: `mostBytes` says nothing then.
   */
  readonly taker?: ((head: Head) => Taker | undefined) | undefined
}

/** Any answer, a redirect or an error too. */
export interface WireResponse {
  readonly status: number
  /** Names in lower case; repeated headers are joined by ", ". */
  readonly headers: Readonly<Record<string, string>>
  /** Whole, and decompressed; empty where a sink has taken it. */
  readonly body: Buffer
}

/** How the layer connects. */
export interface TransportOptions {
  /** Most connections for one host: the number of workers. */
  readonly connections: number
  /** Given up after this long without the answer's head, or without another part of its body, ms. Default 50 s. */
  readonly silenceMs?: number
  /** A file of which too little comes in this time is given up, ms. Default 60 s. */
  readonly slowWindowMs?: number
  /** Longest body taken, compressed or not, bytes. Default 256 MB: lists of 250 pages with bodies stay far below. */
  readonly maxBodyBytes?: number
  /** Connects to public addresses alone, whatever a host's name resolves to: for Airbyte Cloud. Default false. */
  readonly publicOnly?: boolean
}

const MB = 1_048_576

/** Sends requests to the host that the URL names. */
export class Transport extends Context.Service<
  Transport,
  { readonly send: (request: WireRequest) => Effect.Effect<WireResponse, TransportError> }
>()("source-confluence/Transport") {
  /**
   * Keep-alive connections; HTTP(S)_PROXY and NO_PROXY are honoured, except for loopback hosts. It can always be built: a proxy
   * that cannot be used fails the requests.
   */
  static readonly layer = (options: TransportOptions): Layer.Layer<Transport> =>
    Layer.effect(
      Transport,
      Effect.gen(function* () {
        const maxBodyBytes = options.maxBodyBytes ?? 256 * MB
        const silence = options.silenceMs ?? 50_000
        const agentOptions = {
          connections: options.connections,
          headersTimeout: silence,
          bodyTimeout: silence,
          maxResponseSize: maxBodyBytes,
          connect: { timeout: 15_000 },
        }
        const publicOnly = options.publicOnly === true
        const connect = { ...agentOptions.connect, ...(publicOnly ? { lookup: lookupPublic } : {}) }
        const proxy = proxySetting(process.env)
        const waysOf = Effect.fnUntraced(function* (given: Agent.Options) {
          const direct = yield* managed(() => new Agent({ ...given, connect }))
          const tunnels = proxy === undefined ? undefined : throughProxy(proxy, { ...given, connect })
          if (tunnels !== undefined) yield* managed(() => tunnels)
          return { direct, tunnels }
        })
        const ways = yield* waysOf(agentOptions)
        const waysOfFiles = yield* waysOf({ ...agentOptions, maxResponseSize: -1 })
        return {
          send: (request) => {
            const url = new URL(request.url)
            // An address that is given as numbers is not looked up.
            if (publicOnly && isPrivateAddress(url.hostname)) {
              return Effect.fail(new TransportError({ reason: "private", cause: url.hostname }))
            }
            const { direct, tunnels } = request.taker === undefined ? ways : waysOfFiles
            const dispatcher = isLoopback(url.hostname) || proxy === undefined ? direct : tunnels
            if (dispatcher === undefined) {
              const unusable = { variable: proxy!.variable, host: undefined }
              return Effect.fail(
                new TransportError({ reason: "proxy", cause: "no address of a proxy", proxy: unusable }),
              )
            }
            return Effect.tryPromise({
              try: (signal) =>
                request.taker === undefined
                  ? exchange(dispatcher, url, request, maxBodyBytes, signal)
                  : pour(
                      dispatcher,
                      url,
                      { ...request, taker: request.taker },
                      { signal, broken: (cause) => new BrokenOff(cause), windowMs: options.slowWindowMs ?? WINDOW_MS },
                    ),
              catch: (cause) =>
                cause instanceof BrokenOff
                  ? transportError(cause.cause, "truncated", undefined)
                  : transportError(cause, "reset", proxy),
            })
          },
        }
      }),
    )
}

/** Looks a host up, and refuses it where one of its addresses is not public. */
const lookupPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, [])
    if (addresses.some(({ address }) => isPrivateAddress(address))) {
      return callback(Object.assign(new Error(`${hostname} is at a private address`), { code: PRIVATE }), [])
    }
    if (options.all === true) callback(null, addresses)
    else callback(null, addresses[0]!.address, addresses[0]!.family)
  })
}

const managed = <D extends Dispatcher>(make: () => D) =>
  Effect.acquireRelease(Effect.sync(make), (dispatcher) => Effect.promise(() => dispatcher.destroy()))

/** Marks a failure after the answer's head had come. */
class BrokenOff extends Error {
  constructor(cause: unknown) {
    super("The answer broke off", { cause })
  }
}

const exchange = async (
  dispatcher: Dispatcher,
  url: URL,
  request: WireRequest,
  maxBodyBytes: number,
  signal: AbortSignal,
): Promise<WireResponse> => {
  const answer = await dispatcher.request({
    origin: url.origin,
    path: url.pathname + url.search,
    method: request.method,
    headers: { "accept-encoding": "gzip, deflate, br", ...request.headers },
    body: request.body ?? null,
    signal,
  })
  const headers = headersOf(answer.headers)
  try {
    const most = Math.min(maxBodyBytes, request.mostBytes ?? maxBodyBytes)
    if (request.sink !== undefined && answer.statusCode === 200) {
      await pourDecompressed(answer.body, headers["content-encoding"], most, request.sink)
      return { status: 200, headers, body: Buffer.alloc(0) }
    }
    const raw = await readUpTo(answer.body, most, Number(headers["content-length"]))
    return {
      status: answer.statusCode,
      headers,
      body: await decompressed(raw, headers["content-encoding"], most),
    }
  } catch (cause) {
    throw new BrokenOff(cause)
  }
}

const oversizeOf = (most: number): Error =>
  Object.assign(new Error(`an answer of more than ${most} bytes`), { code: OVERSIZE })

/** Hands a body on, piece by piece, that may have `most` bytes when it is decompressed. */
const pourDecompressed = async (
  body: Dispatcher.ResponseData["body"],
  encoding: string | undefined,
  most: number,
  sink: (piece: Buffer) => Promise<void>,
): Promise<void> => {
  let length = 0
  const taken = async (pieces: AsyncIterable<Buffer>) => {
    for await (const piece of pieces) {
      length += piece.length
      if (length > most) throw oversizeOf(most)
      await sink(piece)
    }
  }
  const decompressor = decompressorOf(encoding)
  if (decompressor === undefined) await pipeline(body, taken)
  else await pipeline(body, decompressor, taken)
}

const decompressorOf = (encoding: string | undefined): Duplex | undefined => {
  switch (encoding?.trim().toLowerCase()) {
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

/** Reads a body that may have `most` bytes. One that says, or shows, that it has more is not read to its end. */
const readUpTo = async (body: Dispatcher.ResponseData["body"], most: number, announced: number): Promise<Buffer> => {
  const chunks: Array<Buffer> = []
  let length = 0
  const oversize = () => {
    body.destroy()
    return oversizeOf(most)
  }
  if (announced > most) throw oversize()
  for await (const chunk of body as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > most) throw oversize()
    chunks.push(chunk)
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length)
}

const gunzipAsync = promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip)
const inflateAsync = promisify<Buffer, { maxOutputLength: number }, Buffer>(inflate)
const brotliAsync = promisify<Buffer, { maxOutputLength: number }, Buffer>(brotliDecompress)

const decompressed = async (raw: Buffer, encoding: string | undefined, maxOutputLength: number): Promise<Buffer> => {
  if (raw.length === 0) return raw
  switch (encoding?.trim().toLowerCase()) {
    case "gzip":
    case "x-gzip":
      return gunzipAsync(raw, { maxOutputLength })
    case "deflate":
      return inflateAsync(raw, { maxOutputLength })
    case "br":
      return brotliAsync(raw, { maxOutputLength })
    default:
      return raw
  }
}
