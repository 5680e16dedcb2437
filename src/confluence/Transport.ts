// One HTTP exchange over the wire, on undici: no retries, no redirects, no meaning. Everything else of this folder works
// with any Transport, so that tests can put a simulated site in its place.
import { Buffer } from "node:buffer"
import { lookup } from "node:dns"
import type { LookupFunction } from "node:net"
import { promisify } from "node:util"
import { brotliDecompress, gunzip, inflate } from "node:zlib"
import { Context, Data, Effect, Layer } from "effect"
import { Agent, EnvHttpProxyAgent } from "undici"
import type { Dispatcher } from "undici"
import { isLoopback, isPrivateAddress } from "../config/siteAddress.ts"

/** A request as it goes over the wire; `url` is absolute and encoded. */
export interface WireRequest {
  readonly method: "GET" | "POST"
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
  /** An answer with more bytes than this, decompressed, is broken off as `oversize`. */
  readonly mostBytes?: number | undefined
}

/** Any answer, a redirect or an error too. */
export interface WireResponse {
  readonly status: number
  /** Names in lower case; repeated headers are joined by ", ". */
  readonly headers: Readonly<Record<string, string>>
  /** Whole, and decompressed. */
  readonly body: Buffer
}

/**
 * No whole answer came. `truncated`: it broke off after its head. `oversize`: it was longer than may be. `private`: the host is at
 * an address that is not public.
 */
export class TransportError extends Data.TaggedError("TransportError")<{
  readonly reason: "timeout" | "reset" | "refused" | "dns" | "tls" | "truncated" | "oversize" | "private" | "other"
  readonly cause: unknown
}> {}

/** How the layer connects. */
export interface TransportOptions {
  /** Most connections for one host: the number of workers. */
  readonly connections: number
  /** Given up after this long without the answer's head, or without another part of its body, ms. Default 50 s. */
  readonly silenceMs?: number
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
  /** Keep-alive connections; HTTP(S)_PROXY and NO_PROXY are honoured, except for loopback hosts. */
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
        const direct = yield* managed(() => new Agent({ ...agentOptions, connect }))
        const proxied = proxyIsConfigured()
          ? yield* managed(() => new EnvHttpProxyAgent({ ...agentOptions, connect }))
          : direct
        return {
          send: (request) => {
            const url = new URL(request.url)
            // An address that is given as numbers is not looked up.
            if (publicOnly && isPrivateAddress(url.hostname)) {
              return Effect.fail(new TransportError({ reason: "private", cause: url.hostname }))
            }
            const dispatcher = isLoopback(url.hostname) ? direct : proxied
            return Effect.tryPromise({
              try: (signal) => exchange(dispatcher, url, request, maxBodyBytes, signal),
              catch: (cause) =>
                cause instanceof BrokenOff
                  ? new TransportError({ reason: reasonOf(cause.cause, "truncated"), cause: cause.cause })
                  : new TransportError({ reason: reasonOf(cause, "reset"), cause }),
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

const PRIVATE = "PRIVATE_ADDRESS"

const managed = <D extends Dispatcher>(make: () => D) =>
  Effect.acquireRelease(Effect.sync(make), (dispatcher) => Effect.promise(() => dispatcher.destroy()))

const proxyIsConfigured = (): boolean =>
  ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY"].some((name) => Boolean(process.env[name]))

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
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(answer.headers)) {
    if (value !== undefined) headers[name.toLowerCase()] = Array.isArray(value) ? value.join(", ") : value
  }
  try {
    const most = Math.min(maxBodyBytes, request.mostBytes ?? maxBodyBytes)
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

/** Reads a body that may have `most` bytes. One that says, or shows, that it has more is not read to its end. */
const readUpTo = async (body: Dispatcher.ResponseData["body"], most: number, announced: number): Promise<Buffer> => {
  const chunks: Array<Buffer> = []
  let length = 0
  const oversize = () => {
    body.destroy()
    return Object.assign(new Error(`an answer of more than ${most} bytes`), { code: OVERSIZE })
  }
  if (announced > most) throw oversize()
  for await (const chunk of body as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > most) throw oversize()
    chunks.push(chunk)
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length)
}

const OVERSIZE = "OVERSIZE"

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

/** `broken` is what a connection lost without further explanation means at this point of the exchange. */
const reasonOf = (cause: unknown, broken: "reset" | "truncated"): TransportError["reason"] => {
  const code = codeOf(cause)
  if (code === PRIVATE) return "private"
  if (code === OVERSIZE || code === "ERR_BUFFER_TOO_LARGE" || code === "UND_ERR_RES_EXCEEDED_MAX_SIZE")
    return "oversize"
  if (/TIMEOUT|ETIMEDOUT/.test(code)) return "timeout"
  if (code === "ECONNREFUSED") return "refused"
  // EAI_AGAIN is not here: it says that the resolver is unreachable, not that the name is wrong.
  if (code === "ENOTFOUND" || code === "ENODATA") return "dns"
  if (/CERT|^ERR_TLS|^ERR_SSL|UNABLE_TO_VERIFY|^EPROTO$/.test(code)) return "tls"
  if (/^(?:ECONNRESET|EPIPE|UND_ERR_SOCKET|UND_ERR_CLOSED|UND_ERR_DESTROYED)$/.test(code)) return broken
  if (/^(?:UND_ERR_RES_CONTENT_LENGTH_MISMATCH|Z_BUF_ERROR|Z_DATA_ERROR|ERR__ERROR_FORMAT.*)$/.test(code))
    return "truncated"
  return "other"
}

const codeOf = (cause: unknown): string =>
  typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : ""
