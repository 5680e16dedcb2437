/**
 * `extract`: a site as a DuckDB file, or as a folder with a file for each stream, kept up to date by the same command.
 *
 * It reads as `read` does; only the writer is another one, and its states lie with the rows in the target. Streams that tell changes are
 * gone on with, the others are read whole and compared. For a person at a terminal: the progress is on stderr, at the end a table on
 * stdout. 0: all is in the target. 1: something is not, and a sentence says what and why; what could be read is there all the same.
 */
import { Data, Effect, type Layer, Scope } from "effect"
import type { Invocation } from "../cli.ts"
import { tableOf } from "../extract/columns.ts"
import { compact } from "../extract/compact.ts"
import { copyOut, fileNames } from "../extract/copyOut.ts"
import { type Display, display } from "../extract/display.ts"
import { Progress } from "../extract/progress.ts"
import { TableLoad } from "../extract/TableLoad.ts"
import type { StoredStream } from "../extract/TableStore.ts"
import { TableWriter } from "../extract/TableWriter.ts"
import { placeOf, Target, workFile } from "../extract/target.ts"
import { failedWriting, type TargetFailed } from "../extract/TargetFailed.ts"
import { schemas } from "../generated/schemas.ts"
import { streams as registry } from "../generated/streams.ts"
import type { ConfiguredStream } from "../protocol/ConfiguredCatalog.ts"
import { type FailureReport, type LogLevel } from "../protocol/messages.ts"
import { Output, OutputClosed } from "../protocol/Output.ts"
import type { Redactor } from "../protocol/Redactor.ts"
import { Reporter } from "../protocol/Reporter.ts"
import type { PlannedStream } from "../sync/plan.ts"
import type { StreamDefinition } from "../sync/StreamDefinition.ts"
import { type CommandInput, readConfig, warnOfUnused } from "./CommandInput.ts"
import { type ExtractedStream, extractTable } from "./extractTable.ts"
import { keptInFile } from "./keptInFile.ts"
import { isWhole, readInto, type SignedIn, type WasRead } from "./read.ts"
import { reported, runCommand } from "./runProtocolCommand.ts"
import { tableLines } from "./tableLines.ts"

class WrongStreams extends Data.TaggedError("WrongStreams")<FailureReport> {}

/** What the command line says. */
interface Wishes {
  readonly to: string
  readonly format: string | undefined
  readonly streams: string | undefined
  readonly anew: boolean
}

/** The streams that are named, all by default, in the order of the catalog. */
const chosen = (names: string | undefined): Effect.Effect<ReadonlyArray<StreamDefinition>, WrongStreams> => {
  if (names === undefined) return Effect.succeed(registry)
  const wanted = names.split(",").map((name) => name.trim())
  const unknown = wanted.find((name) => !registry.some((stream) => stream.name === name))
  if (unknown === undefined) return Effect.succeed(registry.filter(({ name }) => wanted.includes(name)))
  const known = registry.map(({ name }) => name).join(", ")
  return Effect.fail(
    new WrongStreams({
      failureType: "config_error",
      message: `--streams: "${unknown}" is no stream; the streams are ${known}.`,
    }),
  )
}

const isIncremental = ({ syncModes }: StreamDefinition): boolean => syncModes.includes("incremental")

const attempt = <A>(work: () => Promise<A> | A): Effect.Effect<A, TargetFailed> =>
  Effect.tryPromise({ try: async () => work(), catch: (error) => failedWriting("The target", error) })

/** What is on the screen while streams are read. */
const screenOf = (progress: Progress): Effect.Effect<Display, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => display(progress, process.stderr, process.env)),
    (shown) => Effect.sync(() => shown.end()),
  )

/** Texts for people, which go above the progress while that is shown. */
class Speech {
  shown: Display | undefined
  readonly say = (text: string): void => {
    if (this.shown === undefined) process.stderr.write(`${text}\n`)
    else this.shown.say(text)
  }
}

const extract = Effect.fnUntraced(function* (input: CommandInput, wishes: Wishes, speech: Speech) {
  const from = yield* readConfig(input)
  const streams = yield* chosen(wishes.streams)
  const reporter = yield* Reporter
  const output = yield* Output
  // Of the command: what is shown stays until the table has come.
  const scope = yield* Effect.scope
  yield* warnOfUnused(from)
  const keep = from.config.credentials.auth_type === "oauth2.0" ? yield* keptInFile(input.files["config"]!) : undefined
  const place = yield* attempt(() => placeOf(wishes.to, wishes.format))
  const target = yield* Effect.acquireRelease(
    attempt(() => Target.open(place, fileNames(registry.map(({ name }) => name)))),
    (opened) => Effect.promise(() => opened.close()),
  )
  const { store } = target
  let stored: ReadonlyMap<string, StoredStream> = target.isMade ? yield* attempt(() => store.streams()) : new Map()
  const states = new Map(
    [...stored].flatMap(([name, { state }]) => (state === undefined || wishes.anew ? [] : [[name, state] as const])),
  )
  const progress = new Progress(streams.map(({ name }) => name))
  const loads = new Map<string, TableLoad>()
  const failures: Array<TargetFailed> = []
  const failed = (failure: TargetFailed): OutputClosed => {
    failures.push(failure)
    return new OutputClosed({ message: failure.message })
  }
  let site: SignedIn | undefined
  const writerOf = ({ definition: { name, primaryKey }, configured, from: state }: PlannedStream) => {
    const whole = configured.syncMode === "full_refresh"
    const load = new TableLoad(store, tableOf(name, primaryKey, schemas[name]!), {
      stored: stored.get(name),
      whole,
      resumed: state !== undefined,
      startedAt: site!.startedAt,
      warn: (text) => speech.say(`WARN ${reporter.redact(text)}`),
    })
    loads.set(name, load)
    return new TableWriter({
      load,
      whole,
      failed,
      name: place.name,
      file: () => workFile(place, "ndjson"),
      toLines: tableLines,
      progress: progress.of(name),
    })
  }
  const signedIn = Effect.fnUntraced(function* (found: SignedIn) {
    site = found
    yield* attempt(() => target.claim(found))
    // Not before it is known that the target is of this site.
    if (wishes.anew) {
      yield* attempt(() => store.forget(streams.map(({ name }) => name)))
      stored = yield* attempt(() => store.streams())
    }
    speech.say(
      `Reading ${from.config.siteUrl} as ${found.account ?? "the token's account"} into ${place.name}, ${streams.length} ${streams.length === 1 ? "stream" : "streams"}.`,
    )
    speech.shown = yield* Effect.provideService(screenOf(progress), Scope.Scope, scope)
  })
  const catalog = streams.map((stream): ConfiguredStream => ({
    descriptor: { name: stream.name },
    syncMode: isIncremental(stream) ? "incremental" : "full_refresh",
    columns: undefined,
  }))
  const state = { streams: states, warnings: [] }
  const read = yield* readInto({ ...input, jobId: undefined }, { from, catalog, state, writerOf, keep, signedIn }).pipe(
    Effect.catchTag("OutputClosed", (closed) => Effect.fail(failures[0] ?? closed)),
    Effect.onInterrupt(() =>
      Effect.sync(() =>
        speech.say("Ended before all was read. What had been finished is kept; the same command goes on."),
      ),
    ),
  )
  if (place.folder !== undefined) yield* attempt(() => copyOut(target, wishes.format))
  speech.shown?.end(process.stdout.isTTY)
  const streamsDone = yield* Effect.forEach(read.outcomes, (outcome) => extractedOf(outcome, loads, read))
  yield* attempt(() => compact(target))
  yield* output.write(extractTable(streamsDone))
  for (const { run } of read.outcomes) {
    const lost = run.changes?.lost.size ?? 0
    if (lost > 0) {
      yield* reporter.log(
        "WARN",
        `${run.facts.name}: ${lost} ${lost === 1 ? "row" : "rows"} without body, which the site could not give; the next extract asks for them again.`,
      )
    }
  }
  return isWhole(read) ? 0 : 1
}, Effect.scoped)

const extractedOf = (
  { run, failure, seconds }: WasRead["outcomes"][number],
  loads: ReadonlyMap<string, TableLoad>,
  { log }: WasRead,
): Effect.Effect<ExtractedStream, TargetFailed> =>
  Effect.gen(function* () {
    const { name } = run.facts
    const load = loads.get(name)!
    const rows = yield* attempt(() => load.rows())
    return { name, rows, ...load.done, requests: log.of(name).requests, seconds, isWhole: failure === undefined }
  })

export const runExtract = ({ files, texts, switches, debug }: Extract<Invocation, { kind: "run" }>): Promise<void> => {
  const speech = new Speech()
  const wishes = { to: files["to"]!, format: texts["format"], streams: texts["streams"], anew: switches.has("full") }
  return runCommand(
    (input) => reported(extract(input, wishes, speech)),
    (redactor: Redactor, level: LogLevel): Layer.Layer<Reporter, never, Output> =>
      // What reading tells of its course is on the screen already.
      Reporter.toStderr(redactor, level === "INFO" ? "WARN" : level, {
        say: speech.say,
        alsoOnStdout: !process.stdout.isTTY,
      }),
    files,
    debug,
  )
}
