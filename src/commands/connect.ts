/** Puts the client together and signs in: from a config to a `ConfluenceClient` that has proved who it is. */
import { Effect, Layer } from "effect"
import type { ConnectorConfig } from "../config/ConnectorConfig.ts"
import { ConfluenceClient } from "../confluence/ConfluenceClient.ts"
import { Credentials } from "../confluence/Credentials.ts"
import { Exchange } from "../confluence/Exchange.ts"
import { RateControl } from "../confluence/RateControl.ts"
import { RequestLog, type RequestWatcher } from "../confluence/RequestLog.ts"
import { signIn } from "../confluence/SignIn.ts"
import { InputInvalid } from "../protocol/inputFile.ts"
import { Output } from "../protocol/Output.ts"
import { version } from "../version.ts"

/** Signs in with the config's credentials, over the Transport that there is. The client lives as long as the scope. */
export const connect = Effect.fnUntraced(function* (config: ConnectorConfig, watcher: Partial<RequestWatcher>) {
  const { credentials } = config
  if (credentials.auth_type !== "api_token") {
    return yield* new InputInvalid({
      message: `"credentials.auth_type" is "${credentials.auth_type}", which this version cannot sign in with; use "api_token".`,
    })
  }
  const { idle: intake } = yield* Output
  const services = yield* Layer.build(
    Exchange.layer({ version, intake }).pipe(
      Layer.provide(Credentials.apiToken({ email: credentials.email, apiToken: credentials.api_token })),
      Layer.provideMerge(RateControl.layer({ numWorkers: config.num_workers })),
      Layer.provideMerge(RequestLog.layer(watcher)),
    ),
  )
  const connection = yield* signIn({ site: config.siteUrl, gateway: config.endpoints.gateway }).pipe(
    Effect.provide(services),
  )
  const client = Layer.provideMerge(ConfluenceClient.layer(connection), Layer.succeedContext(services))
  return { connection, client, log: yield* RequestLog.pipe(Effect.provide(services)) }
})
