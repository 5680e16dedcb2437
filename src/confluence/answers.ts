/**
 * What an answer means, by its status and by what its body is: use it, send the request again, or fail, and how. One table
 * for all endpoints. Shapes of errors: v2 `{"errors":[{status, code, title, detail}]}`, v1 `{statusCode, message, data}`,
 * gateway `{code, message}`; a web page where a proxy, a login page or a maintenance page has answered instead.
 */
import type { Buffer } from "node:buffer"
import { isRecord } from "../json.ts"
import type { Remedies } from "./Credentials.ts"
import {
  BadRequest,
  type ConfluenceError,
  CredentialsRejected,
  EndpointRemoved,
  Forbidden,
  NotFound,
  NotLicensed,
  ScopeMissing,
  type Unavailability,
  UnexpectedResponse,
  WrongSite,
} from "./errors.ts"
import { parseJson } from "./parseJson.ts"
import { failureOf, unreachable } from "./reaching.ts"
import type { WireResponse } from "./Transport.ts"
import type { TransportError } from "./TransportError.ts"

/** What of the request matters for judging its answer. */
export interface Asked {
  /** Method and path, e.g. `GET /wiki/api/v2/pages`. */
  readonly endpoint: string
  /** The granular scope that the endpoint needs, for the error sentence. */
  readonly scope: string | undefined
  /** The query carried a `cursor`. */
  readonly withCursor: boolean
  readonly remedies: Remedies
}

/** `Refused` is a 429: the gate knows when to send it again. `Unauthorized`: fail, unless there is a newer credential. */
export type Verdict =
  | { readonly _tag: "Use"; readonly body: unknown }
  | { readonly _tag: "Refused" }
  | { readonly _tag: "Retry"; readonly kind: Unavailability; readonly why: string }
  | { readonly _tag: "Unauthorized"; readonly error: CredentialsRejected }
  | { readonly _tag: "Fail"; readonly error: ConfluenceError }

/** Judges a whole answer. */
export const judge = (asked: Asked, response: WireResponse): Verdict => {
  const { status, headers, body } = response
  if (status >= 200 && status < 300) return judgeContent(response)
  if (status === 429) return { _tag: "Refused" }
  if (status === 408 || status === 425 || (status >= 500 && status !== 501)) {
    return { _tag: "Retry", kind: "server error", why: `the status ${status}` }
  }
  const said = readProblem(body)
  const { endpoint } = asked
  const details = { endpoint, internalMessage: `HTTP ${status}${said.text === "" ? "" : `: ${said.text}`}` }
  if (status < 400) return fail(redirected(asked, status, headers["location"]))
  switch (status) {
    case 401:
      if (/scope does not match/i.test(said.text)) {
        const certain = headers["x-failure-category"] === "FAILURE_CLIENT_SCOPE_CHECK"
        return fail(scopeMissing(asked, details.internalMessage, certain))
      }
      return {
        _tag: "Unauthorized",
        error: new CredentialsRejected({ ...details, message: rejectedSentence(asked) }),
      }
    case 403:
      if (/not permitted to use Confluence/i.test(said.text)) {
        return fail(
          new NotLicensed({
            ...details,
            message:
              "This user may not use Confluence: the account has no Confluence licence on this site, or is suspended. " +
              "Ask an administrator to grant it access to Confluence.",
          }),
        )
      }
      // Seraph, the site's sign-in filter: the account must answer a CAPTCHA before its credentials are looked at.
      if (/AUTHENTICATION_DENIED|AUTHENTICATED_FAILED/i.test(headers["x-seraph-loginreason"] ?? "")) {
        const message = `${rejectedSentence(asked)} After many failed attempts, sign in once in a browser first.`
        return { _tag: "Unauthorized", error: new CredentialsRejected({ ...details, message }) }
      }
      return fail(
        new Forbidden({
          ...details,
          message:
            `Confluence refuses ${endpoint} (403 Forbidden): the user lacks the permission for it` +
            `${asked.scope === undefined ? "" : `, or the credential lacks the scope ${asked.scope}`}. Ask an administrator to grant it.`,
        }),
      )
    case 404:
      return fail(
        new NotFound({
          ...details,
          webPage: !said.json,
          message: `Confluence has no ${endpoint} (404 Not Found), or the user may not see it.`,
        }),
      )
    case 410:
    case 501:
      return fail(
        new EndpointRemoved({
          ...details,
          status,
          message:
            status === 410
              ? `Atlassian has removed ${endpoint} (410 Gone). A newer version of this connector may read the same data elsewhere.`
              : `This site does not offer ${endpoint} (501 Not Implemented).`,
        }),
      )
    default:
      return fail(
        new BadRequest({
          ...details,
          status,
          code: said.code,
          cursorRejected: status === 400 && asked.withCursor && /cursor/i.test(said.text),
          message: `Confluence does not accept ${endpoint} (status ${status})${said.title === "" ? "." : `: ${said.title}`}`,
        }),
      )
  }
}

/** Judges an exchange that came to no whole answer: it is worth another try, unless nothing can come of it. */
export const judgeFailure = (asked: Pick<Asked, "endpoint">, url: string, failure: TransportError): Verdict => {
  if (failure.reason === "private") return fail(privateAddress(asked.endpoint, url))
  const error = unreachable(asked.endpoint, url, failure)
  return error === undefined ? { _tag: "Retry", ...failureOf(failure) } : fail(error)
}

/** The refusal to go to a host whose name stands for an address that is not public. `url`: any address there. */
const privateAddress = (endpoint: string, url: string): WrongSite =>
  new WrongSite({
    endpoint,
    message: `${new URL(url).host} is at a private address, which Airbyte Cloud must not reach: give the address of a Confluence Cloud site, such as acme.atlassian.net.`,
  })

const judgeContent = ({ status, headers, body }: WireResponse): Verdict => {
  if (status === 204) return { _tag: "Use", body: undefined }
  const parsed = parseJson(body)
  if (parsed !== undefined) return { _tag: "Use", body: parsed.value }
  return looksLikeHtml(body, headers["content-type"])
    ? { _tag: "Retry", kind: "web page", why: "a web page instead of JSON" }
    : { _tag: "Retry", kind: "unreadable", why: "JSON that is not whole" }
}

const fail = (error: ConfluenceError): Verdict => ({ _tag: "Fail", error })

const rejectedSentence = ({ endpoint, remedies }: Asked): string =>
  `Atlassian rejects the credential (401 Unauthorized at ${endpoint}): ${remedies.rejected}.`

const scopeMissing = ({ endpoint, scope, remedies }: Asked, internalMessage: string, certain: boolean): ScopeMissing =>
  new ScopeMissing({
    endpoint,
    scope,
    certain,
    internalMessage,
    message:
      `The credential lacks the scope ${scope ?? "that"} ${scope === undefined ? "" : "that "}${endpoint} needs: ` +
      `${remedies.scope}.`,
  })

const redirected = ({ endpoint }: Asked, status: number, location: string | undefined): UnexpectedResponse => {
  const host = location !== undefined && URL.canParse(location) ? new URL(location).host : undefined
  return new UnexpectedResponse({
    endpoint,
    status,
    message:
      `${endpoint} was answered by a redirect (${status})${host === undefined ? "" : ` to ${host}`}, which is not followed ` +
      "because the credential must not go elsewhere. If the site has moved, change domain_name; if that is a login page of the " +
      "network, let the connector through without it.",
  })
}

interface Problem {
  readonly json: boolean
  /** Everything said, shortened, for matching and for bug reports. */
  readonly text: string
  /** One line for the user; "" where there is none. */
  readonly title: string
  readonly code: string | undefined
}

/** Most characters of a text of the server's own that an error repeats. */
const LONGEST_QUOTE = 400

/** A text from outside, not too long; an ellipsis tells that it goes on. */
export const shortened = (text: string): string =>
  text.length <= LONGEST_QUOTE ? text : `${text.slice(0, LONGEST_QUOTE)}…`

const readProblem = (body: Buffer): Problem => {
  const parsed = parseJson(body)
  const text = shortened(body.toString("utf8", 0, 4_000).replaceAll(/\s+/g, " ").trim())
  if (parsed === undefined) return { json: false, text, title: "", code: undefined }
  const first = firstError(parsed.value)
  const title = [first["title"] ?? first["message"], first["detail"]]
    .filter((part) => typeof part === "string")
    .join(" ")
  const code = first["code"]
  return { json: true, text, title: shortened(title), code: typeof code === "string" ? code : undefined }
}

const firstError = (value: unknown): Readonly<Record<string, unknown>> => {
  if (!isRecord(value)) return {}
  const errors = value["errors"]
  const first: unknown = Array.isArray(errors) ? errors[0] : value
  return isRecord(first) ? first : value
}

const looksLikeHtml = (body: Buffer, contentType: string | undefined): boolean =>
  /html/i.test(contentType ?? "") || /^\s*</.test(body.toString("latin1", 0, 64))
