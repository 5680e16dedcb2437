/**
 * What others may watch of the traffic: how many requests, retries, waits and bytes each stream has cost, and when all
 * requests pause. It knows nothing of where this is shown; a watcher is supplied at construction.
 */
import { Context, Effect, Layer } from "effect"

/** What the requests of one stream have cost so far. */
export interface StreamRequests {
  /** Every try counts. */
  readonly requests: number
  /** Tries after the first. */
  readonly retries: number
  /** Pauses in which this stream had a request to send, and their length (ms of the clock, however many requests waited). */
  readonly waits: number
  readonly waitedMs: number
  /** Of the answers' bodies, decompressed. */
  readonly bytes: number
  /** Of the hourly quota of OAuth apps. */
  readonly points: number
}

/** A pause of all requests. */
export interface Wait {
  /** Its end, ms of our clock. */
  readonly untilMs: number
  /** `backoff`: the site is overloaded (5xx) rather than limiting us. */
  readonly reason: "rate limit" | "quota" | "backoff"
  /** When the quota is filled up again, ms of our clock; for quotas alone. */
  readonly quotaResetMs?: number
}

/** Told of pauses and retries while they happen. A callback that takes long holds the requests up. */
export interface RequestWatcher {
  /** Requests are held up; again whenever the end of the pause moves. */
  readonly onWait: (wait: Wait) => Effect.Effect<void>
  /** A sign of life each 60 s of a pause. */
  readonly onStillWaiting: (wait: Wait) => Effect.Effect<void>
  readonly onResume: () => Effect.Effect<void>
  readonly note: (level: "debug" | "info" | "warn", text: string) => Effect.Effect<void>
  /** Each try of each request, when it has ended: method, path, status, duration. For --debug. */
  readonly onTry: (text: string) => Effect.Effect<void>
}

/** The stream's name under which requests are counted that belong to no stream (signing in, checking). */
export const NO_STREAM = ""

const nothing: StreamRequests = { requests: 0, retries: 0, waits: 0, waitedMs: 0, bytes: 0, points: 0 }

/** Counters for each stream, and the watcher. */
export class RequestLog extends Context.Service<
  RequestLog,
  {
    readonly watcher: RequestWatcher
    /** The counters of one stream; zeros for one that has sent nothing. */
    readonly of: (stream: string) => StreamRequests
    /** Every stream that has sent something. */
    readonly streams: () => ReadonlyArray<string>
    readonly countRequest: (stream: string, retry: boolean) => void
    readonly countBytes: (stream: string, bytes: number) => void
    readonly countPoints: (stream: string, points: number) => void
    /** A request of this stream was held up from `from` to `to` (ms); overlaps with earlier ones count once. */
    readonly countWait: (stream: string, from: number, to: number) => void
  }
>()("source-confluence/RequestLog") {
  /** Parts of the watcher may be left out. */
  static readonly layer = (watcher: Partial<RequestWatcher> = {}): Layer.Layer<RequestLog> =>
    Layer.sync(RequestLog, () => {
      const counters = new Map<string, StreamRequests>()
      const waitedUntil = new Map<string, number>()
      const of = (stream: string): StreamRequests => counters.get(stream) ?? nothing
      return {
        watcher: {
          onWait: () => Effect.void,
          onStillWaiting: () => Effect.void,
          onResume: () => Effect.void,
          note: () => Effect.void,
          onTry: () => Effect.void,
          ...watcher,
        },
        of,
        streams: () => [...counters.keys()],
        countRequest: (stream, retry) => {
          const before = of(stream)
          counters.set(stream, {
            ...before,
            requests: before.requests + 1,
            retries: before.retries + (retry ? 1 : 0),
          })
        },
        countBytes: (stream, bytes) => {
          const before = of(stream)
          counters.set(stream, { ...before, bytes: before.bytes + bytes })
        },
        countPoints: (stream, points) => {
          const before = of(stream)
          counters.set(stream, { ...before, points: before.points + points })
        },
        countWait: (stream, from, to) => {
          const before = of(stream)
          const covered = waitedUntil.get(stream) ?? Number.NEGATIVE_INFINITY
          const waitedMs = Math.max(0, to - Math.max(from, covered))
          if (waitedMs === 0) return
          waitedUntil.set(stream, to)
          counters.set(stream, {
            ...before,
            waits: before.waits + (from >= covered ? 1 : 0),
            waitedMs: before.waitedMs + waitedMs,
          })
        },
      }
    })
}
