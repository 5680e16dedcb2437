/** Requests that reach the sample site, its answers, and the shapes of Confluence's errors. */
import type { FileBytes } from "./fileBytes.ts"

/** A request. `path` as sent, without the query. Header names are in lower case. */
export interface SiteRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/**
 * An answer. Whoever carries it waits `delayMs` first. `abort`: the connection is reset, hangs for ever, or breaks off in
 * the middle of the body; `dripMs`: the body trickles in over that time. `finished` is called when it is handed over.
 */
export interface SiteResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | string
  readonly file?: FilePart
  readonly delayMs: number
  readonly dripMs?: number
  readonly abort?: "reset" | "hang" | "truncate"
  readonly finished: () => void
}

/** A part of a file, in the place of a body. `isChunked`: nobody is told how long it is. */
export interface FilePart {
  readonly bytes: FileBytes
  readonly from: number
  readonly to: number
  readonly isChunked?: boolean
}

/** What an endpoint answers, before headers of the site and faults are added. */
export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: Uint8Array | string
  readonly file?: FilePart
  /** How many rows it holds. */
  readonly rows?: number
  /** As in `SiteResponse`. */
  readonly abort?: "hang" | "truncate"
  readonly dripMs?: number
}

const JSON_TYPE = { "content-type": "application/json" }

/** An answer in JSON. */
export const json = (status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  headers: { ...JSON_TYPE, ...headers },
  body: JSON.stringify(value),
})

/** An answer whose JSON is already written. */
export const written = (body: Uint8Array, rows: number, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status: 200,
  headers: { ...JSON_TYPE, ...headers },
  body,
  rows,
})

/** An answer that is a web page, as proxies and outages give it. */
export const html = (status: number, title: string): Answer => ({
  status,
  headers: { "content-type": "text/html;charset=UTF-8" },
  body: `<!DOCTYPE html><html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`,
})

/** An error of the v2 API. */
export const errorV2 = (status: number, code: string, title: string): Answer =>
  json(status, { errors: [{ status, code, title, detail: null }] })

/** A bad parameter of the v2 API. */
export const badParameter = (value: string, name: string, expected: string): Answer =>
  errorV2(
    400,
    "INVALID_REQUEST_PARAMETER",
    `Provided value {${value}} for '${name}' is not the correct type. Expected type is ${expected}`,
  )

/** A cursor that the site does not (or no longer) accept. */
export const badCursor = (value: string): Answer =>
  errorV2(
    400,
    "INVALID_REQUEST_PARAMETER",
    `Provided value for 'cursor' is not the correct type. Expected type is a valid cursor: {${value.slice(0, 40)}}. Start the listing again without a cursor.`,
  )

/** An error of the v1 API. */
export const errorV1 = (status: number, exception: string, message: string): Answer =>
  json(status, {
    statusCode: status,
    data: { authorized: status !== 403, valid: true, allowedInReadOnlyMode: true, errors: [], successful: false },
    message: `com.atlassian.confluence.api.service.exceptions.${exception}: ${message}`,
  })

/** "Not found", in the shape of the API that the path belongs to. */
export const notFound = (path: string): Answer =>
  path.startsWith("/wiki/rest/")
    ? errorV1(404, "NotFoundException", `No resource at ${path}`)
    : errorV2(404, "NOT_FOUND", "Not Found")

/** An endpoint must stop with an answer that is not its usual one. */
export class Refusal extends Error {
  readonly answer: Answer

  constructor(answer: Answer) {
    super(`refused with ${answer.status}`)
    this.answer = answer
  }
}
