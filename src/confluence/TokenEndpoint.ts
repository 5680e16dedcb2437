/**
 * Asks Atlassian's OAuth server for tokens (RFC 6749, sections 4.1.3, 4.4 and 6), and says what its refusals mean. A refresh
 * token and a code work once, so a request that may have reached the server with one is not sent again.
 */
import { Clock, Effect, Redacted, Result } from "effect"
import { version } from "../version.ts"
import { judgeFailure, shortened } from "./answers.ts"
import {
  CredentialsRejected,
  RateLimitExceeded,
  SiteUnavailable,
  type ConfluenceError,
  type Unavailability,
  UnexpectedResponse,
} from "./errors.ts"
import { adviceOn, failureOf, isUnsent, triedLine } from "./reaching.ts"
import { requestedWait } from "./retryTiming.ts"
import { Transport } from "./Transport.ts"
import type { WireResponse } from "./Transport.ts"
import { TransportError } from "./TransportError.ts"

/** The OAuth 2.0 app, or the credential of a service account. */
export interface OauthClient {
  readonly client_id: string
  readonly client_secret: Redacted.Redacted<string>
}

/** What tokens are asked for with; the names are those of the request. */
export type Grant = OauthClient &
  (
    | { readonly grant_type: "refresh_token"; readonly refresh_token: Redacted.Redacted<string> }
    | { readonly grant_type: "client_credentials" }
    | {
        readonly grant_type: "authorization_code"
        readonly code: Redacted.Redacted<string>
        readonly redirect_uri: string
        readonly code_verifier?: Redacted.Redacted<string>
      }
  )

export interface Tokens {
  readonly accessToken: Redacted.Redacted<string>
  /** Undefined where the server gave none: with client credentials, without `offline_access`, or where the old one stays. */
  readonly refreshToken: Redacted.Redacted<string> | undefined
  /** By our clock, ms since 1970. */
  readonly expiresAt: number
  /** How long the access token lives, ms. */
  readonly lifetimeMs: number
}

/** What a person may want to know while tokens are asked for. */
export interface TokenWatcher {
  /** Failures of these kinds are certain: the request is not sent again. */
  readonly certain?: ReadonlySet<Unavailability> | undefined
  /** The first try has failed, and another follows. */
  readonly warn?: ((text: string) => Effect.Effect<void>) | undefined
  /** Each try, when it has ended. */
  readonly onTry?: ((text: string) => Effect.Effect<void>) | undefined
}

const ENDPOINT = "POST /oauth/token"
const ANSWER_TIMEOUT_MS = 30_000
const TRIES = 5
const FIRST_PAUSE_MS = 1_000
/** A longer wait than this (ms) at the token endpoint fails the sync. */
const LONGEST_WAIT_MS = 300_000
/** Atlassian's access tokens live an hour; an answer that does not say is taken to mean that. */
const USUAL_LIFETIME_S = 3_600

const bodyOf = (grant: Grant): string =>
  JSON.stringify(
    Object.fromEntries(
      Object.entries(grant).map(([name, value]) => [name, Redacted.isRedacted(value) ? Redacted.value(value) : value]),
    ),
  )

/** Gets tokens. `auth` is the server's origin, such as `https://auth.atlassian.com`. */
export const requestTokens = Effect.fnUntraced(function* ({
  auth,
  grant,
  certain,
  warn,
  onTry,
}: TokenWatcher & {
  readonly auth: string
  readonly grant: Grant
}): Effect.fn.Return<Tokens, ConfluenceError, Transport> {
  const transport = yield* Transport
  const send = transport
    .send({
      method: "POST",
      url: `${auth}/oauth/token`,
      headers: {
        accept: "application/json",
        "content-type": "application/json",
        "user-agent": `source-confluence/${version}`,
      },
      body: bodyOf(grant),
    })
    .pipe(
      Effect.timeoutOrElse({
        duration: ANSWER_TIMEOUT_MS,
        orElse: () =>
          Effect.fail(new TransportError({ reason: "timeout", cause: "no answer from the token endpoint" })),
      }),
      Effect.result,
    )
  const repeatable = grant.grant_type === "client_credentials"
  for (let attempt = 1; ; attempt++) {
    const sentAt = yield* Clock.currentTimeMillis
    const result = yield* send
    if (onTry !== undefined) {
      yield* onTry(triedLine(ENDPOINT, result, (yield* Clock.currentTimeMillis) - sentAt, attempt))
    }
    let pauseMs = FIRST_PAUSE_MS * 2 ** (attempt - 1)
    let failure: ConfluenceError
    if (Result.isFailure(result)) {
      const verdict = judgeFailure({ endpoint: ENDPOINT }, auth, result.failure)
      if (verdict._tag === "Fail") return yield* verdict.error
      const { kind, why } = failureOf(result.failure)
      const lost = !isUnsent(result.failure)
      failure = unavailable(auth, grant, { kind, why, status: undefined, tries: attempt, lost })
      if ((lost && !repeatable) || certain?.has(kind) === true) return yield* failure
    } else {
      const response = result.success
      const { status } = response
      if (status === 429) {
        const waitMs = requestedWait(status, response.headers, sentAt)?.waitMs ?? pauseMs
        failure = tooManyRequests(auth, waitMs)
        if (waitMs > LONGEST_WAIT_MS) return yield* failure
        pauseMs = Math.max(pauseMs, waitMs)
      } else if (status >= 500) {
        const why = `the status ${status}`
        failure = unavailable(auth, grant, { kind: "server error", why, status, tries: attempt, lost: false })
        if (!repeatable) return yield* failure
      } else {
        return yield* Effect.fromResult(read(auth, grant, response, sentAt))
      }
    }
    if (attempt === TRIES) return yield* failure
    if (attempt === 1 && warn !== undefined) yield* warn(`${failure.message} It is asked again.`)
    yield* Effect.sleep(pauseMs)
  }
})

type Json = Readonly<Record<string, unknown>>

const parsed = ({ body }: WireResponse): Json => {
  try {
    const value: unknown = JSON.parse(body.toString("utf8"))
    return typeof value === "object" && value !== null ? (value as Json) : {}
  } catch {
    return {}
  }
}

const textOf = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined)

const read = (
  auth: string,
  grant: Grant,
  response: WireResponse,
  sentAt: number,
): Result.Result<Tokens, CredentialsRejected | UnexpectedResponse> => {
  const answer = parsed(response)
  const { status } = response
  const error = textOf(answer["error"])
  if (status >= 400 && error !== undefined) {
    return Result.fail(refused(grant, status, error, textOf(answer["error_description"])))
  }
  const accessToken = textOf(answer["access_token"])
  // A token that cannot be a header's value would be found out much later, and not by its name.
  if (status !== 200 || accessToken === undefined || !/^[!-~]+$/.test(accessToken)) {
    return Result.fail(unexpected(auth, status))
  }
  const refreshToken = textOf(answer["refresh_token"])
  const seconds = Number(answer["expires_in"])
  const lifetimeMs = (seconds > 0 ? seconds : USUAL_LIFETIME_S) * 1_000
  return Result.succeed({
    accessToken: Redacted.make(accessToken),
    refreshToken: refreshToken === undefined ? undefined : Redacted.make(refreshToken),
    // Counted from before the request: early is safe.
    expiresAt: sentAt + lifetimeMs,
    lifetimeMs,
  })
}

const AGAIN =
  'Authorize again: with the "Authenticate" button of the connection, or with "source-confluence authorize".'

/**
 * Atlassian's server says `unauthorized_client` of a refresh token that was used or is unknown, `invalid_grant` of one that has
 * expired, `access_denied` of a wrong client secret, `invalid_request` of a bad code (as others have measured).
 */
const refused = (grant: Grant, status: number, error: string, description: string | undefined): CredentialsRejected => {
  const said = shortened(description === undefined ? error : `${error}: ${description}`)
  const isClient = status === 401 || error === "access_denied" || error === "invalid_client"
  const what = isClient
    ? `Atlassian rejects the client id or the client secret (${said}): check "credentials.client_id" and "credentials.client_secret", and whether the secret was replaced.`
    : grant.grant_type === "refresh_token"
      ? `Atlassian does not take the refresh token any more (${said}): it was revoked, has expired, or was used by another run, which then has the new one. ${AGAIN}`
      : grant.grant_type === "authorization_code"
        ? `Atlassian does not take the code that the browser brought back (${said}): it works once, for ten minutes, and for the callback address that it was made for.`
        : `Atlassian gives the service account no token (${said}): check that its OAuth 2.0 credential has not been revoked.`
  return new CredentialsRejected({ endpoint: ENDPOINT, internalMessage: `HTTP ${status}: ${said}`, message: what })
}

const unexpected = (auth: string, status: number): UnexpectedResponse =>
  new UnexpectedResponse({
    endpoint: ENDPOINT,
    status,
    message: `${new URL(auth).host} answered the request for an access token with status ${status} and without a token. Try again; if it stays so, check "endpoints.auth".`,
  })

const tooManyRequests = (auth: string, waitMs: number): RateLimitExceeded =>
  new RateLimitExceeded({
    endpoint: ENDPOINT,
    waitMs,
    message: `${new URL(auth).host} gives no access token for now (429 Too Many Requests): try again later.`,
  })

const unavailable = (
  auth: string,
  grant: Grant,
  last: {
    readonly kind: SiteUnavailable["kind"]
    readonly why: string
    readonly status: number | undefined
    readonly tries: number
    /** The request may have been answered, and the answer lost. */
    readonly lost: boolean
  },
): SiteUnavailable => {
  const { kind, why, status, tries, lost } = last
  const usedUp =
    lost && grant.grant_type === "refresh_token"
      ? " The refresh token was sent and may be used up; it is not sent again in this run. If the next run says that it is not taken any more, authorize again."
      : ""
  return new SiteUnavailable({
    endpoint: ENDPOINT,
    kind,
    status,
    tries,
    message: `${new URL(auth).host} gave no access token: ${why}. ${adviceOn(kind)}${usedUp}`,
  })
}
