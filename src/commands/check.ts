/**
 * `check`: who the credential is, that the site answers, and which streams it can read.
 *
 * Each stream is asked for one row. What cannot be read is told with the scope or permission that is missing; the check
 * fails where nothing can be read.
 */
import { Effect } from "effect"
import { ConfluenceClient } from "../confluence/ConfluenceClient.ts"
import type { ConfluenceError } from "../confluence/errors.ts"
import { isFatal } from "../confluence/errors.ts"
import { streams } from "../generated/streams.ts"
import { connectionStatusLine, type FailureReport } from "../protocol/messages.ts"
import { Output } from "../protocol/Output.ts"
import { Reporter } from "../protocol/Reporter.ts"
import type { StreamDefinition } from "../streams/StreamDefinition.ts"
import { type CommandInput, readConfig } from "./CommandInput.ts"
import { connect } from "./connect.ts"

/** Looked up where the token may not tell its own account: the answer names nobody, and that is enough. */
const NOBODY = "unknown"

interface Tried {
  readonly definition: StreamDefinition
  /** Rows that the look at the list has shown. */
  readonly rows: number
  readonly failure: ConfluenceError | undefined
}

const rowsIn = (body: unknown): number => {
  const results = (body as { readonly results?: unknown } | null)?.results
  return Array.isArray(results) ? results.length : 0
}

const tryStream = Effect.fnUntraced(function* (definition: StreamDefinition, accountId: string) {
  const client = yield* ConfluenceClient
  const { body, ...probe } = definition.probe
  return yield* client
    .request({
      ...probe,
      stream: definition.name,
      ...(body === undefined ? {} : { method: "POST", body: body(accountId) }),
    })
    .pipe(
      Effect.match({
        onSuccess: (answer): Tried => ({ definition, rows: rowsIn(answer.body), failure: undefined }),
        onFailure: (failure): Tried => ({ definition, rows: 0, failure }),
      }),
    )
})

const names = (tried: ReadonlyArray<Tried>) => tried.map(({ definition }) => definition.name).join(", ")

const tryAll = Effect.fnUntraced(function* (input: CommandInput) {
  const config = yield* readConfig(input)
  const reporter = yield* Reporter
  const { connection, client } = yield* connect(config, {})
  const who = connection.account
  const as = who === undefined ? "an account that the token may not name" : (who.displayName ?? who.accountId)
  yield* reporter.log(
    "INFO",
    `Signed in to ${config.siteUrl} as ${as}${connection.via === "gateway" ? ", with a scoped token" : ""}.`,
  )
  if (who === undefined) {
    yield* reporter.log(
      "WARN",
      "The token lacks the scope read:confluence-user, so the account behind it cannot be named.",
    )
  }
  const tried = yield* Effect.forEach(streams, (each) => tryStream(each, who?.accountId ?? NOBODY), {
    concurrency: "unbounded",
  }).pipe(Effect.provide(client))
  for (const { definition, failure } of tried) {
    yield* failure === undefined
      ? reporter.log("INFO", `${definition.name}: can be read.`)
      : reporter.log("WARN", `${definition.name}: cannot be read. ${failure.message}`)
  }
  const refused = tried.filter(({ failure }) => failure !== undefined)
  const readable = tried.filter(({ failure }) => failure === undefined)
  const fatal = refused.find(({ failure }) => isFatal(failure!))?.failure
  if (fatal !== undefined) return yield* fatal
  if (readable.length === 0) return yield* refused[0]!.failure!
  const seesNoSpace = tried.some(
    ({ definition, rows, failure }) => definition.name === "spaces" && failure === undefined && rows === 0,
  )
  return [
    `Signed in as ${as}.`,
    refused.length === 0
      ? `All ${tried.length} streams can be read.`
      : `${readable.length} of ${tried.length} streams can be read; not ${names(refused)}, see the log.`,
    ...(seesNoSpace
      ? ["The account sees no space: give it the permission to view the spaces that are to be read."]
      : []),
  ].join(" ")
}, Effect.scoped)

const failed = (failure: FailureReport) =>
  Effect.gen(function* () {
    const reporter = yield* Reporter
    const output = yield* Output
    yield* reporter.fail(failure)
    yield* output.write(connectionStatusLine("FAILED", reporter.redact(failure.message)))
  })

export const check = (input: CommandInput) =>
  tryAll(input).pipe(
    Effect.matchEffect({
      onSuccess: (message) => Output.use((output) => output.write(connectionStatusLine("SUCCEEDED", message))),
      onFailure: (error) => (error._tag === "OutputClosed" ? Effect.fail(error) : failed(error)),
    }),
    Effect.as(0),
  )
