/**
 * Airbyte's protocol messages, as lines of text.
 *
 * Shapes follow `airbyte_protocol.yaml` (protocol 0.18): optional fields are absent, never null. Records have a module of
 * their own, `recordLines.ts`, because they are written a page at a time.
 */
import { toLine } from "./wellFormed.ts"

export type LogLevel = "FATAL" | "ERROR" | "WARN" | "INFO" | "DEBUG" | "TRACE"
/** Whether trying again can help: the platform retries transient and system errors, and never a config error. */
export type FailureType = "config_error" | "transient_error" | "system_error"
export type StreamStatus = "STARTED" | "RUNNING" | "COMPLETE" | "INCOMPLETE"

/** Names a stream in the configured catalog; a namespace is repeated as the catalog had it. */
export interface StreamDescriptor {
  readonly name: string
  readonly namespace?: string
}

/** A failure as the platform shows it: a sentence for the user, details for support. */
export interface FailureReport {
  readonly message: string
  readonly internalMessage?: string | undefined
  readonly failureType: FailureType
  readonly stream?: StreamDescriptor | undefined
}

export const logLine = (level: LogLevel, message: string): string => toLine({ type: "LOG", log: { level, message } })

export const specLine = (spec: object): string => toLine({ type: "SPEC", spec })

export const connectionStatusLine = (status: "SUCCEEDED" | "FAILED", message?: string): string =>
  toLine({ type: "CONNECTION_STATUS", connectionStatus: message === undefined ? { status } : { status, message } })

export const catalogLine = (streams: ReadonlyArray<object>): string => toLine({ type: "CATALOG", catalog: { streams } })

/** `emittedAt`: milliseconds since 1970. The platform drops a TRACE without it. */
export const errorLine = (failure: FailureReport, emittedAt: number): string =>
  toLine({
    type: "TRACE",
    trace: {
      type: "ERROR",
      emitted_at: emittedAt,
      error: {
        message: failure.message,
        ...(failure.internalMessage === undefined ? {} : { internal_message: failure.internalMessage }),
        failure_type: failure.failureType,
        ...(failure.stream === undefined ? {} : { stream_descriptor: failure.stream }),
      },
    },
  })

export const statusLine = (stream: StreamDescriptor, status: StreamStatus, emittedAt: number): string =>
  toLine({
    type: "TRACE",
    trace: { type: "STREAM_STATUS", emitted_at: emittedAt, stream_status: { stream_descriptor: stream, status } },
  })

/** RUNNING, held up by the site's rate limit; `quotaResetMs` is when the site takes requests again, in epoch milliseconds. */
export const rateLimitedLine = (stream: StreamDescriptor, quotaResetMs: number, emittedAt: number): string =>
  toLine({
    type: "TRACE",
    trace: {
      type: "STREAM_STATUS",
      emitted_at: emittedAt,
      stream_status: {
        stream_descriptor: stream,
        status: "RUNNING",
        reasons: [{ type: "RATE_LIMITED", rate_limited: { quota_reset: Math.round(quotaResetMs) } }],
      },
    },
  })

/** How many rows the stream has in all, as far as is known. */
export const estimateLine = (stream: StreamDescriptor, rows: number, bytes: number, emittedAt: number): string =>
  toLine({
    type: "TRACE",
    trace: {
      type: "ESTIMATE",
      emitted_at: emittedAt,
      estimate: {
        name: stream.name,
        ...(stream.namespace === undefined ? {} : { namespace: stream.namespace }),
        type: "STREAM",
        row_estimate: rows,
        byte_estimate: bytes,
      },
    },
  })

/** `recordCount`: the stream's records written since its previous STATE; the platform compares it with its own count. */
export const stateLine = (stream: StreamDescriptor, state: object, recordCount: number): string =>
  toLine({
    type: "STATE",
    state: {
      type: "STREAM",
      stream: { stream_descriptor: stream, stream_state: state },
      sourceStats: { recordCount },
    },
  })

/** Hands the platform the config as it is from now on, complete: what is left out would be lost. */
export const controlLine = (config: object, emittedAt: number): string =>
  toLine({
    type: "CONTROL",
    control: { type: "CONNECTOR_CONFIG", emitted_at: emittedAt, connectorConfig: { config } },
  })
