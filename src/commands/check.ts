/**
 * `check`: who the credential is, that the site answers, and which streams it can read.
 *
 * Each endpoint that a stream needs is asked for one row. What cannot be read is told with the scope or permission that is
 * missing; the check fails where nothing that matters can be read: no stream, or no space, be it by the filters.
 */
import { Data, Effect } from "effect"
import { type ConnectorConfig, isCloud } from "../config/ConnectorConfig.ts"
import { ConfluenceClient } from "../confluence/ConfluenceClient.ts"
import { type ConfluenceError, isFatal, saysAbsent } from "../confluence/errors.ts"
import { SIGN_IN, scopeNames } from "../confluence/scopes.ts"
import { streams } from "../generated/streams.ts"
import { type FailureReport, connectionStatusLine } from "../protocol/messages.ts"
import { Output } from "../protocol/Output.ts"
import { Reporter } from "../protocol/Reporter.ts"
import { unmatchedPatterns } from "../site/unmatchedPatterns.ts"
import { servicesOf } from "../sync/readServices.ts"
import type { ReadSettings } from "../sync/services.ts"
import type { Probe } from "../sync/StreamFacts.ts"
import { unknownIds } from "../sync/unknownIds.ts"
import { checkEmails } from "./checkEmails.ts"
import { checkTypes } from "./checkTypes.ts"
import { type CommandInput, readConfig, warnOfUnused } from "./CommandInput.ts"
import { connect } from "./connect.ts"
import { readSettings } from "./readSettings.ts"
import { siteSpaces } from "./siteSpaces.ts"

/** Looked up where the token may not tell its own account: the answer names nobody, and that is enough. */
const NOBODY = "unknown"
/** In the place of an endpoint's variable parts: a group of which nobody is a member. */
const NOTHING = "00000000-0000-0000-0000-000000000000"

interface Answered {
  /** Rows that the look at the list has shown. */
  readonly rows: number
  readonly failure: ConfluenceError | undefined
  /** The answer says that the site has nothing of what is asked for. */
  readonly isNone: boolean
}

interface Tried {
  readonly name: string
  /** The look at the stream's own list. */
  readonly first: Answered
  /** Why it cannot be read: all that it needs and does not get. */
  readonly refusals: ReadonlyArray<ConfluenceError>
  /** What it does without, and why. */
  readonly lacks: ReadonlyArray<readonly [what: string, why: ConfluenceError]>
}

const rowsIn = (body: unknown): number => {
  const results = (body as { readonly results?: unknown } | null)?.results
  return Array.isArray(results) ? results.length : 0
}

const ask = Effect.fnUntraced(function* (probe: Probe, accountId: string) {
  const client = yield* ConfluenceClient
  const { endpoint, query, body, nothing, mayBeAbsent, mayBeRefused, saysNone } = probe
  const isAnswer = (failure: ConfluenceError) =>
    (mayBeRefused === true && failure._tag === "BadRequest") ||
    (saysAbsent(failure) && (mayBeAbsent === true || (nothing !== undefined && failure._tag === "NotFound")))
  return yield* client
    .request({
      path: endpoint.path.replaceAll(/\{[^}]+\}/g, nothing ?? NOTHING),
      scope: scopeNames(endpoint),
      ...(query === undefined ? {} : { query }),
      ...(body === undefined ? {} : { method: "POST", body: body(accountId) }),
    })
    .pipe(
      Effect.match({
        onSuccess: (answer): Answered => ({
          rows: rowsIn(answer.body),
          failure: undefined,
          isNone: saysNone?.(answer.body) === true,
        }),
        onFailure: (failure): Answered => ({
          rows: 0,
          failure: isAnswer(failure) ? undefined : failure,
          isNone: false,
        }),
      }),
    )
})

const sameProbe = ({ endpoint, query }: Probe): string => JSON.stringify([endpoint.path, query])

/** Tries what the streams need, each endpoint once. */
const tryStreams = Effect.fnUntraced(function* (accountId: string) {
  const probes = new Map(streams.flatMap((stream) => stream.probes.map((probe) => [sameProbe(probe), probe] as const)))
  const answers = new Map(
    yield* Effect.forEach(
      probes,
      ([id, probe]) => Effect.map(ask(probe, accountId), (answered) => [id, answered] as const),
      { concurrency: "unbounded" },
    ),
  )
  return streams.map((stream): Tried => {
    const answered = stream.probes.map((probe) => ({ ...probe, ...answers.get(sameProbe(probe))! }))
    if (answered.some(({ isNone }) => isNone))
      return { name: stream.name, first: answered[0]!, refusals: [], lacks: [] }
    const lacks = answered.flatMap(({ without, failure }) =>
      without === undefined || failure === undefined ? [] : [[without, failure] as const],
    )
    const refusals = answered.flatMap(({ without, failure }) =>
      without === undefined && failure !== undefined ? [failure] : [],
    )
    return { name: stream.name, first: answered[0]!, refusals, lacks }
  })
})

/** What is missing, in a few words. */
const missing = (failure: ConfluenceError): string => {
  if (failure._tag === "ScopeMissing" && failure.scope !== undefined) return `the scope ${failure.scope}`
  if (failure._tag === "Forbidden") return `the permission for ${failure.endpoint}`
  return `an answer to ${failure.endpoint}`
}

/** What counts as the same thing that is missing: a scope may be named with others that would do instead, or without. */
const sameThing = (what: string): string => what.split(" (or ")[0]!

/**
 * What is missing, and for which streams, such as `the scope read:comment:confluence (comments)`: all scopes, so that whoever
 * makes a new token has to do it once.
 */
const summaryOf = (tried: ReadonlyArray<Tried>): string => {
  const found = new Map<string, { readonly what: string; readonly streams: Set<string> }>()
  const note = (failure: ConfluenceError, stream: string): void => {
    const what = missing(failure)
    const known = found.get(sameThing(what)) ?? { what, streams: new Set() }
    found.set(sameThing(what), known)
    known.streams.add(stream)
  }
  for (const { name, refusals } of tried) {
    for (const [at, refusal] of refusals.entries()) {
      if (at === 0 || refusal._tag === "ScopeMissing") note(refusal, name)
    }
  }
  // What a stream can do without is told in its own line; but a scope would take a new token, too.
  for (const { name, lacks } of tried) {
    for (const [, why] of lacks) {
      if (why._tag === "ScopeMissing" && !found.has(sameThing(missing(why)))) note(why, `${name}, in part`)
    }
  }
  return [...found.values()].map(({ what, streams: names }) => `${what} (${[...names].join(", ")})`).join("; ")
}

/** Nothing that matters can be read. */
class NothingToRead extends Data.TaggedError("NothingToRead")<FailureReport> {}

/** Why a check fails that could read no stream: what ends everything, or else all that is missing. */
const nothingToRead = (refused: ReadonlyArray<Tried>): ConfluenceError | NothingToRead => {
  const refusals = refused.flatMap((each) => each.refusals)
  const fatal = refusals.find(isFatal)
  if (fatal !== undefined) return fatal
  const [first] = refusals
  return new NothingToRead({
    failureType: first!.failureType,
    internalMessage: first!.internalMessage,
    message: `No stream can be read. ${first!.message} Missing in all: ${summaryOf(refused)}.`,
  })
}

/** Most patterns that a failure names; each has a line of its own, too. */
const PATTERNS_TOLD = 3

/** Names ids in the filters that are of nothing. Asks nothing where filters name none. */
const tryIds = Effect.fnUntraced(function* (settings: ReadSettings) {
  const reporter = yield* Reporter
  const told = yield* unknownIds("pages", settings.scope).pipe(
    Effect.provide(servicesOf(settings, new Set())),
    Effect.result,
  )
  if (told._tag === "Success") {
    for (const sentence of told.success) yield* reporter.log("WARN", sentence)
    return
  }
  yield* reporter.log("WARN", `Whether the ids in the filters are of something cannot be told. ${told.failure.message}`)
})

/**
 * What the filters make of the site's spaces: patterns that match none are named; where no space is left, nothing can be read.
 * Asks nothing where no filter concerns spaces.
 */
const tryFilters = Effect.fnUntraced(function* (config: ConnectorConfig) {
  const settings = readSettings(config)
  const { scope } = settings
  yield* tryIds(settings)
  if (!scope.narrowsSpaces && config.filters.spaces_include.length === 0) return
  const reporter = yield* Reporter
  const listed = yield* Effect.result(siteSpaces)
  if (listed._tag === "Failure") {
    if (isFatal(listed.failure)) return yield* listed.failure
    yield* reporter.log("WARN", `What the filters of spaces let in cannot be told. ${listed.failure.message}`)
    return
  }
  const all = listed.success
  const unmatched = unmatchedPatterns(scope, all)
  for (const sentence of unmatched) yield* reporter.log("WARN", sentence)
  const left = scope.spaces(all).length
  if (left === 0) {
    return yield* new NothingToRead({
      failureType: "config_error",
      message: [
        "The filters let in none of the spaces that the account sees, so that there is nothing to read.",
        ...unmatched.slice(0, PATTERNS_TOLD),
      ].join(" "),
    })
  }
  yield* reporter.log("INFO", `The filters let in ${left} of ${all.length} ${all.length === 1 ? "space" : "spaces"}.`)
})

const SIGNED_IN_BY = {
  "oauth2.0": ", by OAuth 2.0",
  service_account: ", as a service account",
  api_token: ", with a scoped token",
} as const

const tryAll = Effect.fnUntraced(function* (input: CommandInput) {
  const from = yield* readConfig(input)
  const { config } = from
  yield* warnOfUnused(from)
  const reporter = yield* Reporter
  const { connection, client } = yield* connect(from, input.redactor, { atOnce: true })
  const who = connection.account
  const as = who === undefined ? "an account that the token may not name" : (who.displayName ?? who.accountId)
  const by = connection.via === "gateway" ? SIGNED_IN_BY[config.credentials.auth_type] : ""
  yield* reporter.log("INFO", `Signed in to ${config.siteUrl} as ${as}${by}.`)
  if (who === undefined) {
    yield* reporter.log(
      "WARN",
      `The account behind the token cannot be named: that would take the scope ${scopeNames(SIGN_IN)}.`,
    )
  }
  const tried = yield* tryStreams(who?.accountId ?? NOBODY).pipe(Effect.provide(client))
  for (const { name, refusals, lacks } of tried) {
    for (const { message } of refusals) yield* reporter.log("WARN", `${name}: cannot be read. ${message}`)
    if (refusals.length > 0) continue
    if (lacks.length === 0) yield* reporter.log("INFO", `${name}: can be read.`)
    else {
      for (const [what, why] of lacks) {
        yield* reporter.log("WARN", `${name}: can be read, but ${what}. ${why.message}`)
      }
    }
  }
  const refused = tried.filter(({ refusals }) => refusals.length > 0)
  if (refused.length === tried.length) return yield* nothingToRead(refused)
  const spaces = tried.find(({ name }) => name === "spaces")
  if (spaces?.refusals.length === 0 && spaces.first.rows === 0) {
    return yield* new NothingToRead({
      failureType: "config_error",
      message: `Signed in as ${as}. The account sees no space, so that there is nothing to read: give it, or one of its groups, the permission to view the spaces that are to be read.`,
    })
  }
  yield* tryFilters(config).pipe(Effect.provide(client))
  const canReadUsers = tried.find(({ name }) => name === "users")?.refusals.length === 0
  const unread = yield* checkEmails(config, isCloud(input.deploymentMode), canReadUsers).pipe(Effect.provide(client))
  yield* checkTypes(readSettings(config).customContentTypes).pipe(Effect.provide(client))
  const summary = summaryOf(tried)
  const readable =
    refused.length === 0
      ? `All ${tried.length} streams can be read.`
      : `${tried.length - refused.length} of ${tried.length} streams can be read.`
  const without = unread.map((problem) => ` users: ${problem}`).join("")
  return `Signed in as ${as}. ${readable}${summary === "" ? "" : ` Missing: ${summary}.`}${without}`
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
      onSuccess: (message) =>
        Effect.gen(function* () {
          const { redact } = yield* Reporter
          yield* Output.use((output) => output.write(connectionStatusLine("SUCCEEDED", redact(message))))
        }),
      onFailure: (error) => (error._tag === "OutputClosed" ? Effect.fail(error) : failed(error)),
    }),
    Effect.as(0),
  )
