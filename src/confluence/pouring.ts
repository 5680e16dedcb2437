/**
 * One exchange whose answer is handed on piece by piece as it comes over the wire: for files, of which only a little is held at any
 * time. What the pieces stand for (a compressed file, a part of one) is the taker's business.
 */
import { Buffer } from "node:buffer"
import type { Dispatcher } from "undici"

/** The status and the headers of an answer, with names in lower case. */
export interface Head {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
}

/**
 * Takes the body of an answer. It answers a promise where no more should come before that is settled; what it throws, or the
 * promise is rejected with, ends the exchange.
 */
export type Taker = (piece: Buffer) => Promise<void> | undefined

/** A request as it goes over the wire. */
interface PouredRequest {
  readonly method: "GET" | "POST"
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
  readonly taker: (head: Head) => Taker | undefined
}

/** An answer that nobody takes is kept up to here, bytes. */
const MOST_KEPT = 65_536
/** In so much time, ms, so many bytes have to come: slower than that a file would take days. */
export const WINDOW_MS = 60_000
const LEAST_IN_WINDOW = 1_000_000

/** The headers of undici's answer by their names. */
export const headersOf = (given: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> => {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined) headers[name.toLowerCase()] = Array.isArray(value) ? value.join(", ") : value
  }
  return headers
}

const tooSlow = (windowMs: number): Error =>
  Object.assign(new Error(`fewer than ${LEAST_IN_WINDOW} bytes in ${windowMs / 1000} s`), { code: "TOO_SLOW_TIMEOUT" })

/** How an answer is taken. */
export interface Pouring {
  readonly signal: AbortSignal
  /** What a failure after the head becomes. */
  readonly broken: (cause: unknown) => unknown
  /** An answer that is too slow for so long is given up, ms. */
  readonly windowMs: number
}

/** Sends a request whose `taker` chooses by the head who takes the body. */
export const pour = (
  dispatcher: Dispatcher,
  url: URL,
  request: PouredRequest,
  { broken, signal, windowMs }: Pouring,
): Promise<Head & { readonly body: Buffer }> =>
  new Promise((resolve, reject) => {
    let head: Head | undefined
    let take: Taker | undefined
    const kept: Array<Buffer> = []
    let keptBytes = 0
    let windowFrom = 0
    let inWindow = 0
    let cause: { readonly error: unknown } | undefined
    const stop = (controller: Dispatcher.DispatchController, error: unknown): void => {
      cause ??= { error }
      controller.abort(error instanceof Error ? error : new Error(String(error)))
    }
    /** Bytes that come too slowly. What is waited for by the taker does not count. */
    const isTooSlow = (bytes: number): boolean => {
      const now = performance.now()
      if (now - windowFrom >= windowMs) {
        if (inWindow < LEAST_IN_WINDOW) return true
        windowFrom = now
        inWindow = 0
      }
      inWindow += bytes
      return false
    }
    const resume = (controller: Dispatcher.DispatchController): void => {
      windowFrom = performance.now()
      inWindow = 0
      controller.resume()
    }
    dispatcher.dispatch(
      {
        origin: url.origin,
        path: url.pathname + url.search,
        method: request.method,
        headers: { ...request.headers },
        body: request.body ?? null,
      },
      {
        onRequestStart: (controller) => {
          if (signal.aborted) return stop(controller, signal.reason)
          signal.addEventListener("abort", () => stop(controller, signal.reason), { once: true })
        },
        onResponseStart: (_, status, headers) => {
          if (status < 200) return
          head = { status, headers: headersOf(headers) }
          windowFrom = performance.now()
          take = request.taker(head)
        },
        onResponseData: (controller, piece) => {
          if (cause !== undefined) return
          if (take === undefined) {
            keptBytes += piece.length
            if (keptBytes <= MOST_KEPT) kept.push(piece)
            else stop(controller, new Error("an answer that nobody takes"))
            return
          }
          if (isTooSlow(piece.length)) return stop(controller, tooSlow(windowMs))
          try {
            const wait = take(piece)
            if (wait === undefined) return
            controller.pause()
            wait.then(
              () => resume(controller),
              (error: unknown) => stop(controller, error),
            )
          } catch (error) {
            stop(controller, error)
          }
        },
        onResponseEnd: () => resolve({ ...head!, body: Buffer.concat(kept) }),
        onResponseError: (_, error) => {
          const failure = cause === undefined ? error : cause.error
          reject(head === undefined ? failure : broken(failure))
        },
      },
    )
  })
