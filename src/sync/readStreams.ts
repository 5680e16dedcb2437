/**
 * Reads the planned streams, all at once, each by itself: what fails in one stays there.
 *
 * A stream goes STARTED, RUNNING, its last STATE, COMPLETE; or INCOMPLETE and a TRACE ERROR that says why. Only what makes
 * every further request pointless (a rejected credential) ends them all. The result tells whether all was read.
 */
import { Cause, Clock, Deferred, Effect, Exit } from "effect"
import { type ConfluenceError, UnexpectedResponse, isFatal } from "../confluence/errors.ts"
import type { FailureReport } from "../protocol/messages.ts"
import type { Output, OutputClosed } from "../protocol/Output.ts"
import { Reporter } from "../protocol/Reporter.ts"
import { Accounts } from "../site/Accounts.ts"
import type { FilteredKind } from "../site/Scope.ts"
import { SiteDirectory } from "../site/SiteDirectory.ts"
import { admitted } from "./admission.ts"
import { Contents } from "./Contents.ts"
import type { ReadFailure, StateUnusable } from "./failures.ts"
import { followChanges, readsWhole } from "./followChanges.ts"
import { namesOf, quietPass, scanOf } from "./Pass.ts"
import type { ReadServices } from "./readServices.ts"
import { Settings } from "./services.ts"
import type { StreamDefinition } from "./StreamDefinition.ts"
import type { StreamFacts } from "./StreamFacts.ts"
import type { StreamRun } from "./StreamRun.ts"
import { TreeSurvey } from "./TreeSurvey.ts"

type StreamFailure = Exclude<ReadFailure, OutputClosed>

export interface RunnableStream {
  readonly definition: StreamDefinition
  readonly run: StreamRun
  readonly refused: StateUnusable | undefined
}

export interface StreamOutcome {
  readonly run: StreamRun
  readonly failure: FailureReport | undefined
  readonly seconds: number
}

/** How often a stream is looked at for a state that is due although no page came. */
const STATE_LOOK_MS = 5_000

const reportOf = (failure: StreamFailure, run: StreamRun): FailureReport => ({
  message: failure.message,
  internalMessage: "internalMessage" in failure ? failure.internalMessage : undefined,
  failureType: failure.failureType,
  stream: run.descriptor,
})

const defectOf = (cause: Cause.Cause<unknown>, run: StreamRun): FailureReport => ({
  message: `The stream ${run.descriptor.name} failed by a fault of the connector. Please report it with the log of this sync.`,
  internalMessage: Cause.pretty(cause),
  failureType: "system_error",
  stream: run.descriptor,
})

const isOfAllStreams = (error: StreamFailure): boolean => {
  switch (error._tag) {
    case "StateUnusable":
    case "TooMuchMissing":
    case "PartsUnread":
    case "EmailsUnread":
      return false
    default:
      return isFatal(error)
  }
}

const keepStateFresh = (run: StreamRun) =>
  Effect.forever(
    Effect.gen(function* () {
      yield* Effect.sleep(STATE_LOOK_MS)
      if (run.writer.isStateDue(yield* Clock.currentTimeMillis)) yield* run.checkpoint
    }),
  )

const readOne = (
  { definition, run, refused }: RunnableStream,
  fatal: Deferred.Deferred<never, StreamFailure>,
): Effect.Effect<StreamOutcome, OutputClosed, ReadServices | Reporter> =>
  Effect.gen(function* () {
    const startedAt = yield* Clock.currentTimeMillis
    const { changes, feeds, name, ofContents, read } = definition
    const reporter = yield* Reporter
    const directory = yield* SiteDirectory
    const accounts = yield* Accounts
    const contents = yield* Contents
    const kind = kindOf(definition)
    yield* run.writer.started
    // Whom the rows that earlier attempts have sent name, where no state tells.
    const names =
      run.accounts?.areKnown === false
        ? Effect.andThen(read(namesOf(run)), Effect.sync(run.accounts.allListed))
        : Effect.void
    const work: Effect.Effect<void, ReadFailure, ReadServices | Reporter> =
      refused !== undefined
        ? Effect.fail(refused)
        : run.finishedBefore
          ? names
          : ofContents !== undefined
            ? ofContents.follow(run)
            : changes === undefined
              ? Effect.andThen(names, read(scanOf(run)))
              : followChanges(run, changes, read)
    const whole = Effect.andThen(
      work,
      Effect.suspend(() => (run.hasNoSoundRow ? Effect.fail(noSoundRow(run)) : Effect.void)),
    )
    const exit = yield* Effect.raceFirst(Effect.raceFirst(whole, Deferred.await(fatal)), keepStateFresh(run)).pipe(
      Effect.onInterrupt(() => Effect.ignore(run.interrupted)),
      Effect.exit,
    )
    const seconds = ((yield* Clock.currentTimeMillis) - startedAt) / 1000
    if (Exit.isSuccess(exit)) {
      if (!run.resumed) accounts.readWhole.set(name, [])
      // What hangs on a row that came without its id is still to be known: then all is listed once more.
      if (kind !== undefined) yield* contents.provide(kind, run.counts.failed === 0)
      yield* run.complete
      return { run, failure: undefined, seconds }
    }
    if (feeds !== undefined) yield* directory.provide(feeds, undefined)
    if (kind !== undefined) yield* contents.provide(kind, false)
    const reason = exit.cause.reasons.find(Cause.isFailReason)
    if (reason?.error._tag === "OutputClosed") return yield* reason.error
    if (Cause.hasInterruptsOnly(exit.cause)) return yield* Effect.interrupt
    const error = reason?.error as StreamFailure | undefined
    const failure = error === undefined ? defectOf(exit.cause, run) : reportOf(error, run)
    if (error?._tag === "PartsUnread") {
      if (!run.resumed) accounts.readWhole.set(name, error.missed)
      run.counts.failed += error.missed.length
    } else run.counts.failed++
    if (error !== undefined && isOfAllStreams(error)) yield* Deferred.fail(fatal, error)
    yield* run.incomplete
    yield* reporter.fail(failure)
    return { run, failure, seconds }
  })

/** Nothing of the stream could be sent, though there is something. */
const noSoundRow = ({ facts: { name, primaryKey, endpoints }, counts }: StreamRun): ConfluenceError =>
  new UnexpectedResponse({
    message: `${name}: no row that Confluence listed has its ${primaryKey.join(" and ")}, so that none could be sent (${counts.failed} rows).`,
    endpoint: `GET ${endpoints[0]!.path}`,
    status: undefined,
  })

/** The content that a stream is, where what hangs on it is filtered with it. */
const kindOf = ({ filteredAs }: StreamFacts): FilteredKind | undefined =>
  filteredAs === "page" || filteredAs === "blogpost" ? filteredAs : undefined

/**
 * Lists all of a stream that the filters let in, for what hangs on it, when nobody reads the stream itself: once more where a row came
 * without its id.
 */
const listingOf = ({ read, ...facts }: StreamDefinition) =>
  Effect.gen(function* () {
    const pass = quietPass(facts, (rows, run) => admitted(run, rows))
    const list = Effect.suspend(() => read({ ...pass, parts: new Map() }))
    yield* list
    if (pass.run.counts.failed > 0) yield* list
  })

/** Reads all streams; an outcome for each, in the order given. `registry`: the streams that there are. */
export const readStreams = (
  streams: ReadonlyArray<RunnableStream>,
  registry: ReadonlyArray<StreamDefinition>,
): Effect.Effect<ReadonlyArray<StreamOutcome>, OutputClosed, ReadServices | Reporter | Output> =>
  Effect.gen(function* () {
    const directory = yield* SiteDirectory
    const contents = yield* Contents
    const survey = yield* TreeSurvey
    const fatal = yield* Deferred.make<never, StreamFailure>()
    for (const { run, refused } of streams) {
      const { feeds } = run.facts
      if (feeds !== undefined && refused === undefined && !run.resumed) yield* directory.expect(feeds)
    }
    const { reconcileIntervalHours } = yield* Settings
    for (const definition of registry) {
      const kind = kindOf(definition)
      if (kind === undefined) continue
      const listing = Effect.provideService(listingOf(definition), Contents, contents)
      contents.listBy(kind, Effect.provideService(listing, TreeSurvey, survey))
      const own = streams.find(({ run }) => run.facts.name === definition.name)
      if (own !== undefined && own.refused === undefined && readsWhole(own.run, reconcileIntervalHours))
        contents.expect(kind)
    }
    const readAll = (some: ReadonlyArray<RunnableStream>) =>
      Effect.forEach(some, (stream) => readOne(stream, fatal), { concurrency: "unbounded" })
    const first = yield* readAll(streams.filter(({ run }) => run.facts.last !== true))
    // What the rows of others tell it to ask for is not all while one of them is incomplete.
    const isOpen = first.some(({ failure }) => failure !== undefined)
    for (const { run } of streams) if (run.facts.last === true) run.isOpen = isOpen
    const last = yield* readAll(streams.filter(({ run }) => run.facts.last === true))
    const outcomes = new Map([...first, ...last].map((outcome) => [outcome.run, outcome]))
    return streams.map(({ run }) => outcomes.get(run)!)
  })
