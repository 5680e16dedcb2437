/**
 * What a read is to do: the configured catalog and the state against the streams that there are.
 */
import type { ConfiguredStream } from "../protocol/ConfiguredCatalog.ts"
import type { InputState } from "../protocol/InputState.ts"
import { StateUnusable } from "./failures.ts"
import { type StreamDefinition, tellsChanges } from "./StreamDefinition.ts"
import type { StreamFacts } from "./StreamFacts.ts"
import { type StreamState, isStreamState } from "./StreamState.ts"

export interface PlannedStream {
  readonly configured: ConfiguredStream
  readonly definition: StreamDefinition
  readonly from: StreamState | undefined
  /** An earlier attempt of the same job has read the stream to its end: it is left out. */
  readonly finished: boolean
  /** What is done about the stream, and why, as the end of a sentence; undefined where it is refused. */
  readonly course: string | undefined
  /** Why the stream cannot be read with its state. */
  readonly refused: StateUnusable | undefined
}

export interface Plan {
  readonly streams: ReadonlyArray<PlannedStream>
  /** Streams of the catalog that this source does not have. */
  readonly unknown: ReadonlyArray<ConfiguredStream>
  readonly warnings: ReadonlyArray<string>
}

export interface PlanInput {
  readonly catalog: ReadonlyArray<ConfiguredStream>
  readonly state: InputState
  readonly registry: ReadonlyArray<StreamDefinition>
  /** The site's cloud id, where it tells one; a site can be renamed, but its cloud id stays. */
  readonly cloudId: string | undefined
  readonly host: string
  /** The platform's job, where there is one. */
  readonly jobId: string | undefined
  /** What is asked of each row of a stream: rows of another setup are not the same rows. */
  readonly setupOf: (stream: ConfiguredStream) => string
  /** Names the filters that concern a stream; "" without any. */
  readonly scopeOf: (facts: StreamFacts) => string
}

/** A state names the cloud id, or the host where there was none to be had. What cannot be compared is believed. */
const isSameSite = (site: string, { cloudId, host }: PlanInput): boolean =>
  /[.:]/.test(site) ? site === host : cloudId === undefined || site === cloudId

/** The state of a stream as it was handed back, whatever its reading begins with; undefined where it is none of this site. */
export const keptState = (name: string, input: PlanInput): StreamState | undefined => {
  const state = input.state.streams.get(name)
  return isStreamState(state) && isSameSite(state.site, input) ? state : undefined
}

interface Judged {
  readonly from?: StreamState
  readonly finished?: boolean
  readonly course?: string
  readonly refused?: StateUnusable
  readonly warning?: string
}

/** Whether an incremental sync goes on from the one before. */
const goesOn = (definition: StreamDefinition): boolean => tellsChanges(definition) || definition.cursor !== undefined

/** What a read without anything to go on from is. */
const anew = ({ syncMode }: ConfiguredStream, definition: StreamDefinition): string =>
  syncMode === "full_refresh"
    ? "read whole (full refresh)"
    : !goesOn(definition)
      ? "read whole (it knows full refresh alone)"
      : "read whole (the first incremental sync)"

/**
 * What a state is worth that says that all was read. A full refresh is finished only for the job that it was part of, which the
 * platform hands the state back to when another stream of it has failed. Anybody else who hands it back wants all rows.
 */
const judgeFinished = (
  stream: ConfiguredStream,
  definition: StreamDefinition,
  from: StreamState,
  jobId?: string,
): Judged => {
  if (stream.syncMode === "incremental") {
    return !goesOn(definition)
      ? { course: anew(stream, definition) }
      : { from, course: "gone on with: what has changed since the last sync" }
  }
  if (jobId !== undefined && from.job === jobId) {
    return {
      from,
      finished: true,
      course: `left out, because an earlier attempt of this job (${jobId}) has read it to its end`,
    }
  }
  const theirs = from.job === undefined ? "" : ` of the job ${from.job}`
  const ours = jobId === undefined ? "no job (WORKER_JOB_ID is not set)" : `the job ${jobId}`
  return { course: `read whole again, because its state is of a finished full refresh${theirs}, and this is ${ours}` }
}

const judge = (stream: ConfiguredStream, definition: StreamDefinition, state: unknown, input: PlanInput): Judged => {
  const { name } = stream.descriptor
  const course = anew(stream, definition)
  if (state === undefined || state === null) return { course }
  if (!isStreamState(state)) {
    const empty = typeof state === "object" && Object.keys(state).length === 0
    return empty
      ? { course }
      : { course, warning: `${name}: the state is none that this version has written; the stream is read anew.` }
  }
  if (!isSameSite(state.site, input)) {
    return {
      refused: new StateUnusable({
        message:
          `The state of the stream ${name} belongs to another Confluence site (${state.site}, not ${input.cloudId ?? input.host}). ` +
          `Reset the stream's state, or set domain_name back to that site.`,
      }),
    }
  }
  // What another job has sent is not in this one's table.
  const isOfOtherJob = input.jobId !== undefined && state.job !== undefined && state.job !== input.jobId
  if (isOfOtherJob && stream.syncMode === "full_refresh" && state.done !== 1) {
    return { course: `${anew(stream, definition)}, because its state is of another job (${state.job})` }
  }
  const judged: Judged =
    state.done === 1
      ? judgeFinished(stream, definition, state, input.jobId)
      : { from: state, course: "gone on with where an earlier sync was cut off" }
  const isOtherScope = (state.scope ?? "") !== input.scopeOf(definition)
  if (isOtherScope && !tellsChanges(definition))
    return { course: `${anew(stream, definition)}, because the filters have changed` }
  // Records of a log have no body that could be asked for in another format.
  if (state.setup === input.setupOf(stream) || definition.cursor !== undefined) {
    return isOtherScope && judged.from !== undefined
      ? { from: state, course: "gone on with, and compared with the site, because the filters have changed" }
      : judged
  }
  const warning = `${name}: the body format has changed since the state was written; all rows are sent again.`
  // A stream that tells changes keeps what it knows of which rows there are.
  return !tellsChanges(definition) || judged.from === undefined
    ? { course, warning }
    : { from: state, course: "read whole, and compared with what its state knows", warning }
}

export const makePlan = (input: PlanInput): Plan => {
  const streams: Array<PlannedStream> = []
  const unknown: Array<ConfiguredStream> = []
  const warnings = [...input.state.warnings]
  for (const configured of input.catalog) {
    const definition = input.registry.find(({ name }) => name === configured.descriptor.name)
    if (definition === undefined) {
      unknown.push(configured)
      continue
    }
    const judged = judge(configured, definition, input.state.streams.get(definition.name), input)
    const { from, finished = false, course, refused, warning } = judged
    if (warning !== undefined) warnings.push(warning)
    streams.push({ configured, definition, from, finished, course, refused })
  }
  return { streams, unknown, warnings }
}
