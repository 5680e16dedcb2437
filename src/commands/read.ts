/** `read`: the configured streams, as records, states and statuses. */
import { Clock, Effect, Layer } from "effect"
import { isCloud } from "../config/ConnectorConfig.ts"
import { schemas } from "../generated/schemas.ts"
import { streams as registry } from "../generated/streams.ts"
import { type ConfiguredStream, readCatalog } from "../protocol/ConfiguredCatalog.ts"
import { decodeState, readState } from "../protocol/InputState.ts"
import { statusLine } from "../protocol/messages.ts"
import { Output } from "../protocol/Output.ts"
import { RecordWriter } from "../protocol/RecordWriter.ts"
import { Reporter } from "../protocol/Reporter.ts"
import { KnownAccounts } from "../site/Accounts.ts"
import { holdUpsOf } from "../sync/holdUps.ts"
import { keptState, makePlan, type Plan } from "../sync/plan.ts"
import { servicesOf } from "../sync/readServices.ts"
import { readStreams, type RunnableStream } from "../sync/readStreams.ts"
import { tellsChanges } from "../sync/StreamDefinition.ts"
import type { StreamFacts } from "../sync/StreamFacts.ts"
import { StreamRun, type StreamRunOptions } from "../sync/StreamRun.ts"
import { summaryOf } from "../sync/summary.ts"
import { version } from "../version.ts"
import { type CommandInput, readConfig, warnOfUnused } from "./CommandInput.ts"
import { connect } from "./connect.ts"
import { emailSources } from "./emailSources.ts"
import { readSettings } from "./readSettings.ts"

/** The stream of those whom the rows of all others name. */
const USERS = "users"

type Shared = Pick<StreamRunOptions, "site" | "startedAt" | "jobId">

const runsOf = (
  plan: Plan,
  setupOf: (stream: ConfiguredStream) => string,
  scopeOf: (facts: StreamFacts) => string,
  accounts: KnownAccounts | undefined,
  shared: Shared,
): ReadonlyArray<RunnableStream> =>
  plan.streams.map(({ configured, definition, from, finished, refused }) => ({
    definition,
    refused,
    run: new StreamRun({
      ...shared,
      accounts: definition.name === USERS ? accounts?.ofUsers : accounts?.of(definition, from),
      facts: definition,
      tellsChanges: tellsChanges(definition),
      childKey: definition.ofContents?.key,
      writer: new RecordWriter(configured.descriptor),
      configured,
      properties: schemas[definition.name]?.properties ?? {},
      setup: setupOf(configured),
      scope: scopeOf(definition),
      from,
      finished,
    }),
  }))

/** Streams of the catalog that this source does not have cost themselves alone. */
const reportUnknown = Effect.fnUntraced(function* ({ unknown }: Plan) {
  const output = yield* Output
  const reporter = yield* Reporter
  const known = registry.map(({ name }) => name).join(", ")
  for (const { descriptor } of unknown) {
    yield* output.write(statusLine(descriptor, "STARTED", yield* Clock.currentTimeMillis))
    yield* output.write(statusLine(descriptor, "INCOMPLETE", yield* Clock.currentTimeMillis))
    yield* reporter.fail({
      message: `The catalog names the stream "${descriptor.name}", which this source does not have. Take it out of the connection, or refresh its schema; the streams are ${known}.`,
      failureType: "config_error",
      stream: descriptor,
    })
  }
})

export const read = Effect.fnUntraced(function* (input: CommandInput) {
  const from = yield* readConfig(input)
  const { config } = from
  const { catalog: catalogFile, state: stateFile } = input.files
  const catalog = yield* readCatalog(catalogFile!)
  const state = stateFile === undefined ? decodeState(undefined) : yield* readState(stateFile)
  const reporter = yield* Reporter
  const output = yield* Output
  yield* warnOfUnused(from)
  const runs: Array<StreamRun> = []
  const { connection, client, log } = yield* connect(from, input.redactor, {
    atOnce: false,
    watcher: holdUpsOf(runs, reporter, output),
  })
  yield* reporter.log(
    "INFO",
    `source-confluence ${version} reads ${config.siteUrl} as ${connection.account?.displayName ?? "the token's account"}, ` +
      `${connection.via === "gateway" ? "through Atlassian's gateway" : "on the site"}, with up to ${config.num_workers} requests at once.`,
  )
  const settings = readSettings(config)
  const { rowsCost, scope, customContentTypes } = settings
  const setupOf = ({ columns }: ConfiguredStream) => ((columns?.has("body") ?? true) ? config.body_format : "none")
  const { cloudId } = connection
  const { hostname: host } = new URL(config.siteUrl)
  const types = customContentTypes.map(encodeURIComponent).toSorted()
  const scopeOf = ({ filteredAs, ofTypes }: Pick<StreamFacts, "filteredAs" | "ofTypes">) =>
    [filteredAs === undefined ? "" : scope.fingerprint, ...(ofTypes === true ? types : [])].join(" ")
  const given = { scopeOf, catalog, state, registry, cloudId, host, setupOf, jobId: input.jobId }
  const plan = makePlan(given)
  for (const warning of plan.warnings) yield* reporter.log("WARN", warning)
  for (const { configured, course } of plan.streams) {
    if (course !== undefined) yield* reporter.log("INFO", `${configured.descriptor.name}: ${course}.`)
  }
  const isWanted = plan.streams.some(({ definition }) => definition.name === USERS)
  const accounts = isWanted ? new KnownAccounts(keptState(USERS, given)) : undefined
  const runnable = runsOf(plan, setupOf, scopeOf, accounts, {
    site: cloudId ?? host,
    jobId: input.jobId,
    // The site's own clock, by which rows are dated; ours stands in where the site sends no Date.
    startedAt: connection.siteTime ?? (yield* Clock.currentTimeMillis),
  })
  runs.push(...runnable.map(({ run }) => run))
  yield* reportUnknown(plan)
  const emails = yield* emailSources(config, { atOnce: false, cloud: isCloud(input.deploymentMode) }).pipe(
    Effect.provide(client),
  )
  const outcomes = yield* readStreams(runnable, registry).pipe(
    Effect.provide(Layer.provideMerge(servicesOf(settings, accounts?.all ?? new Set(), emails), client)),
  )
  const unread = plan.unknown.map(({ descriptor }) => descriptor.name)
  yield* reporter.log("INFO", summaryOf(outcomes, unread, log, rowsCost))
  return outcomes.every(({ failure }) => failure === undefined) && unread.length === 0 ? 0 : 1
}, Effect.scoped)
