/**
 * Who we are to the site: the Authorization header, asked for anew for each try, so that a token may change while
 * requests are in flight.
 */
import { Buffer } from "node:buffer"
import { Context, Effect, Layer, Redacted } from "effect"
import type { ConfluenceError } from "./errors.ts"

/** An Atlassian account and one of its API tokens, classic or scoped. */
export interface ApiToken {
  readonly email: string
  readonly apiToken: Redacted.Redacted<string>
}

/** An access token of OAuth 2.0 as the value of the Authorization header. */
export const bearer = (accessToken: Redacted.Redacted<string>): Redacted.Redacted<string> =>
  Redacted.make(`Bearer ${Redacted.value(accessToken)}`)

/** What a person can do about a refused credential, as the end of a sentence. */
export interface Remedies {
  /** The credential is not taken at all. */
  readonly rejected: string
  /** It lacks a scope. */
  readonly scope: string
}

/** The credential of all requests to one site. */
export class Credentials extends Context.Service<
  Credentials,
  {
    /** The value of the Authorization header. */
    readonly authorization: Effect.Effect<Redacted.Redacted<string>, ConfluenceError>
    /**
     * The site refused this value, which has opened something before or not. True: there is another one by now, so send the
     * request again.
     */
    readonly rejected: (used: Redacted.Redacted<string>, opened: boolean) => Effect.Effect<boolean, ConfluenceError>
    /**
     * How far a 403 or 404 to this value can be believed. `always`: it means what it says. `if others succeed`: an expired
     * token may be answered so too. `never`: the token is near the end of its life, or past it.
     */
    readonly trust: (used: Redacted.Redacted<string>) => Effect.Effect<"always" | "if others succeed" | "never">
    readonly remedies: Remedies
  }
>()("source-confluence/Credentials") {
  /** HTTP Basic with email and API token; there is nothing to renew. */
  static readonly apiToken = ({ email, apiToken }: ApiToken): Layer.Layer<Credentials> => {
    const basic = Buffer.from(`${email}:${Redacted.value(apiToken)}`, "utf8").toString("base64")
    const authorization = Redacted.make(`Basic ${basic}`)
    return Layer.succeed(Credentials, {
      authorization: Effect.succeed(authorization),
      rejected: () => Effect.succeed(false),
      trust: () => Effect.succeed("always"),
      remedies: {
        rejected: "check the email and the token, and whether the token has expired or been revoked",
        scope: "create a token with this scope, or leave the stream out",
      },
    })
  }
}
