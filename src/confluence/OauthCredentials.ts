/**
 * Access tokens of an OAuth 2.0 grant or a service account, for all requests together: renewed early, or when the site refuses
 * one, by one request at a time. With a grant each renewal gives a new refresh token, and the old one is dead: so the new one
 * is handed on before anything is sent that uses it.
 */
import { Clock, Effect, Layer, type Redacted, Result, Semaphore } from "effect"
import { bearer, Credentials, type Remedies } from "./Credentials.ts"
import type { ConfluenceError } from "./errors.ts"
import { type OauthClient, requestTokens, type Tokens, type TokenWatcher } from "./TokenEndpoint.ts"
import { Transport } from "./Transport.ts"

/** So long before its end (ms) an access token is renewed, or at the last tenth of its life where that is shorter. */
const EARLY_MS = 120_000
/** So many tokens in a row that are got because one was refused may open nothing. */
const MOST_IN_VAIN = 2

export interface OauthOptions {
  /** The origin of the token endpoint, such as `https://auth.atlassian.com`. */
  readonly auth: string
  readonly client: OauthClient
  /** Undefined for a service account, which gets its tokens by the client's secret alone. */
  readonly refreshToken: Redacted.Redacted<string> | undefined
  /** The access token of an earlier run, and when it ends (ms since 1970); a fresh one is used as it is. */
  readonly accessToken: Redacted.Redacted<string> | undefined
  readonly expiresAt: number | undefined
  /** Keeps new tokens, before any request uses them. */
  readonly keep: (tokens: Tokens) => Effect.Effect<void>
  /** Tells people what they may want to know before it matters. */
  readonly warn: (text: string) => Effect.Effect<void>
  readonly certain?: TokenWatcher["certain"]
  readonly onTry?: TokenWatcher["onTry"]
}

interface Current {
  /** The value of the Authorization header. */
  readonly authorization: Redacted.Redacted<string>
  /** Ms since 1970; undefined where nobody has told. */
  readonly expiresAt: number | undefined
  readonly lifetimeMs: number | undefined
}

const remediesOf = (isGrant: boolean): Remedies =>
  isGrant
    ? {
        rejected:
          'authorize again, with the "Authenticate" button of the connection or with "source-confluence authorize"',
        scope: "add it to the permissions of the OAuth 2.0 app and authorize again, or leave the stream out",
      }
    : {
        rejected:
          "check that the service account's OAuth 2.0 credential has not been revoked, and that it has access to the site",
        scope: "create an OAuth 2.0 credential with this scope for the service account, or leave the stream out",
      }

/** The tokens of one grant or service account. */
export const oauthCredentials = (options: OauthOptions): Layer.Layer<Credentials, never, Transport> =>
  Layer.effect(
    Credentials,
    Effect.gen(function* () {
      const transport = yield* Transport
      const { auth, client, certain, warn, onTry } = options
      const oneAtATime = Semaphore.makeUnsafe(1)
      let refreshToken = options.refreshToken
      let current: Current | undefined =
        options.accessToken === undefined
          ? undefined
          : {
              authorization: bearer(options.accessToken),
              expiresAt: options.expiresAt,
              lifetimeMs: undefined,
            }
      /** Renewals because of refusals, since a token was last known to have opened something. */
      let inVain = 0
      /** A renewal has failed; it is not tried again, because the refresh token may be used up. */
      let failed: ConfluenceError | undefined

      const isNearItsEnd = ({ expiresAt, lifetimeMs }: Current, now: number): boolean =>
        expiresAt !== undefined && now >= expiresAt - Math.min(EARLY_MS, (lifetimeMs ?? Number.POSITIVE_INFINITY) / 10)

      const renew = Effect.gen(function* () {
        if (failed !== undefined) return yield* failed
        const grant =
          refreshToken === undefined
            ? ({ ...client, grant_type: "client_credentials" } as const)
            : ({ ...client, grant_type: "refresh_token", refresh_token: refreshToken } as const)
        const result = yield* Effect.result(requestTokens({ auth, grant, certain, warn, onTry }))
        if (Result.isFailure(result)) {
          failed = result.failure
          return yield* result.failure
        }
        const tokens = result.success
        refreshToken = tokens.refreshToken ?? refreshToken
        yield* options.keep({ ...tokens, refreshToken })
        current = {
          authorization: bearer(tokens.accessToken),
          expiresAt: tokens.expiresAt,
          lifetimeMs: tokens.lifetimeMs,
        }
        return current
      }).pipe(
        Effect.provideService(Transport, transport),
        // From the request until the new tokens are kept: the server has used up the old one.
        options.refreshToken === undefined ? (effect) => effect : Effect.uninterruptible,
      )

      return {
        authorization: Effect.gen(function* () {
          const now = yield* Clock.currentTimeMillis
          if (current !== undefined && !isNearItsEnd(current, now)) return current.authorization
          // What cannot be renewed any more is good until its end.
          if (failed !== undefined && current?.expiresAt !== undefined && now < current.expiresAt) {
            return current.authorization
          }
          const token = yield* oneAtATime.withPermits(1)(
            Effect.suspend(() => {
              // Others may have renewed it while we waited for our turn.
              if (current !== undefined && !isNearItsEnd(current, now)) return Effect.succeed(current)
              return Effect.catch(renew, (error) => {
                const held = current
                if (held?.expiresAt === undefined || now >= held.expiresAt) return Effect.fail(error)
                const until = new Date(held.expiresAt).toISOString()
                return Effect.as(
                  options.warn(
                    `The access token could not be renewed; the sync goes on with it until ${until}. ${error.message}`,
                  ),
                  held,
                )
              })
            }),
          )
          return token.authorization
        }),
        rejected: (used, opened) =>
          oneAtATime.withPermits(1)(
            Effect.gen(function* () {
              if (current?.authorization !== used) return true
              if (opened) inVain = 0
              if (inVain >= MOST_IN_VAIN) return false
              inVain++
              yield* renew
              return true
            }),
          ),
        trust: (used) =>
          Effect.map(Clock.currentTimeMillis, (now) => {
            if (current === undefined || current.authorization !== used) return "never"
            return isNearItsEnd(current, now) ? "never" : "if others succeed"
          }),
        remedies: remediesOf(options.refreshToken !== undefined),
      }
    }),
  )
