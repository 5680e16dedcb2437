// Who we are to the site: the Authorization header, asked for anew for each try, so that a token may change while
// requests are in flight.
import { Buffer } from "node:buffer"
import { Context, Effect, Layer, Redacted } from "effect"
import type { ConfluenceError } from "./errors.ts"

/** An Atlassian account and one of its API tokens, classic or scoped. */
export interface ApiToken {
  readonly email: string
  readonly apiToken: Redacted.Redacted<string>
}

/** The credential of all requests to one site. */
export class Credentials extends Context.Service<
  Credentials,
  {
    /** The value of the Authorization header. */
    readonly authorization: Effect.Effect<Redacted.Redacted<string>, ConfluenceError>
    /** The site answered 401 to this value. True: there is another one by now, so send the request again. */
    readonly rejected: (used: Redacted.Redacted<string>) => Effect.Effect<boolean, ConfluenceError>
  }
>()("source-confluence/Credentials") {
  /** HTTP Basic with email and API token; there is nothing to renew. */
  static readonly apiToken = ({ email, apiToken }: ApiToken): Layer.Layer<Credentials> => {
    const basic = Buffer.from(`${email}:${Redacted.value(apiToken)}`, "utf8").toString("base64")
    const authorization = Redacted.make(`Basic ${basic}`)
    return Layer.succeed(Credentials, {
      authorization: Effect.succeed(authorization),
      rejected: () => Effect.succeed(false),
    })
  }
}
