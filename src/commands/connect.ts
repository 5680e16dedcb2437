/** Puts the client together and signs in: from a config to a `ConfluenceClient` that has proved who it is. */
import { Clock, Effect, Layer, Redacted } from "effect"
import { ConfluenceClient } from "../confluence/ConfluenceClient.ts"
import { Credentials } from "../confluence/Credentials.ts"
import { Exchange, type ExchangeOptions } from "../confluence/Exchange.ts"
import { oauthCredentials } from "../confluence/OauthCredentials.ts"
import { RateControl } from "../confluence/RateControl.ts"
import { CERTAIN } from "../confluence/reaching.ts"
import { RequestLog, type RequestWatcher } from "../confluence/RequestLog.ts"
import { signInWithApiToken, signInWithGrant } from "../confluence/SignIn.ts"
import type { OauthClient, Tokens } from "../confluence/TokenEndpoint.ts"
import { controlLine } from "../protocol/messages.ts"
import { Output } from "../protocol/Output.ts"
import type { Redactor } from "../protocol/Redactor.ts"
import { Reporter } from "../protocol/Reporter.ts"
import { version } from "../version.ts"
import type { GivenConfig } from "./CommandInput.ts"

/** Where a config with renewed tokens goes. */
export interface KeepConfig {
  readonly keep: (config: object) => Effect.Effect<void, unknown>
  /** What has been done with it then, such as `was written to config.json`. */
  readonly where: string
}

/** Hands the config to the platform, which stores it as it is. */
const inControlMessage = Effect.gen(function* () {
  const output = yield* Output
  const keep: KeepConfig = {
    keep: (config) =>
      Effect.flatMap(Clock.currentTimeMillis, (emittedAt) => output.write(controlLine(config, emittedAt))),
    where: "went out in a CONTROL message",
  }
  return keep
})

/**
 * Makes new tokens part of the config, of which every other key stays, and has it kept. Where it cannot be (the reader has
 * gone away, the file cannot be written), the run ends: a refresh token that nobody keeps must not be used.
 */
const keepInConfig = Effect.fnUntraced(
  function* (
    { given }: GivenConfig,
    redactor: Redactor,
    { keep, where }: KeepConfig,
    { accessToken, refreshToken, expiresAt }: Tokens,
  ) {
    const reporter = yield* Reporter
    const tokens = {
      access_token: Redacted.value(accessToken),
      ...(refreshToken === undefined ? {} : { refresh_token: Redacted.value(refreshToken) }),
      token_expiry_date: new Date(expiresAt).toISOString(),
    }
    redactor.add(tokens.access_token)
    if (tokens.refresh_token !== undefined) redactor.add(tokens.refresh_token)
    yield* keep({ ...given, credentials: { ...(given["credentials"] as object), ...tokens } })
    yield* reporter.log(
      "INFO",
      `The access token was renewed, good until ${tokens.token_expiry_date}; the config with the new refresh token ${where}.`,
    )
  },
  Effect.catch(() => Effect.interrupt),
)

/** How a command signs in. */
export interface ConnectOptions {
  /** Somebody waits for an answer: what is certain is not tried again. An outage that may pass is, in a sync. */
  readonly atOnce: boolean
  readonly watcher?: Partial<RequestWatcher>
  /** Where renewed tokens go; a CONTROL message unless it is said. */
  readonly keep?: KeepConfig | undefined
}

/** What every command tells of its requests: with --debug each try, and what a person may want to know. */
export const requestNotes = (reporter: Reporter["Service"]): Pick<RequestWatcher, "note" | "onTry"> => ({
  note: (level, text) =>
    Effect.ignore(reporter.log(level === "debug" ? "DEBUG" : level === "info" ? "INFO" : "WARN", text)),
  onTry: (text) => Effect.ignore(reporter.log("DEBUG", text)),
})

const credentialsOf = (
  from: GivenConfig,
  redactor: Redactor,
  certain: ExchangeOptions["certain"],
  keepConfig: KeepConfig | undefined,
) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const { credentials, endpoints } = from.config
      const kept = keepConfig ?? (yield* inControlMessage)
      const reporter = yield* Reporter
      const { onTry } = requestNotes(reporter)
      const warn = (text: string) => Effect.ignore(reporter.log("WARN", text))
      const clientOf = ({ client_id, client_secret }: OauthClient): OauthClient => ({ client_id, client_secret })
      switch (credentials.auth_type) {
        case "api_token":
          return Credentials.apiToken({ email: credentials.email, apiToken: credentials.api_token })
        case "service_account":
          return oauthCredentials({
            auth: endpoints.auth,
            client: clientOf(credentials),
            refreshToken: undefined,
            accessToken: undefined,
            expiresAt: undefined,
            warn,
            certain,
            onTry,
            keep: ({ accessToken }) => Effect.sync(() => redactor.add(Redacted.value(accessToken))),
          })
        case "oauth2.0":
          return oauthCredentials({
            auth: endpoints.auth,
            client: clientOf(credentials),
            refreshToken: credentials.refresh_token,
            accessToken: credentials.access_token,
            expiresAt:
              credentials.token_expiry_date === undefined ? undefined : Date.parse(credentials.token_expiry_date),
            warn,
            certain,
            onTry,
            keep: (tokens) =>
              keepInConfig(from, redactor, kept, tokens).pipe(Effect.provideService(Reporter, reporter)),
          })
      }
    }),
  )

/** Signs in with the config's credentials, over the Transport that there is. The client lives as long as the scope. */
export const connect = Effect.fnUntraced(function* (
  from: GivenConfig,
  redactor: Redactor,
  { atOnce, watcher = {}, keep }: ConnectOptions,
) {
  const { config } = from
  const certain = atOnce ? CERTAIN : undefined
  const notes = requestNotes(yield* Reporter)
  const { idle: intake } = yield* Output
  const services = yield* Layer.build(
    Exchange.layer({ version, intake, certain }).pipe(
      Layer.provide(credentialsOf(from, redactor, certain, keep)),
      Layer.provideMerge(RateControl.layer({ numWorkers: config.num_workers })),
      Layer.provideMerge(RequestLog.layer({ ...notes, ...watcher })),
    ),
  )
  const at = { site: config.siteUrl, gateway: config.endpoints.gateway }
  const { auth_type } = config.credentials
  const connection = yield* (
    auth_type === "api_token"
      ? signInWithApiToken(at)
      : signInWithGrant({ ...at, serviceAccount: auth_type === "service_account" })
  ).pipe(Effect.provide(services))
  const client = Layer.provideMerge(ConfluenceClient.layer(connection), Layer.succeedContext(services))
  return { connection, client, log: yield* RequestLog.pipe(Effect.provide(services)) }
})
