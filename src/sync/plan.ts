/**
 * What a read is to do: the configured catalog and the state against the streams that there are.
 */
import type { StreamDefinition } from "../streams/StreamDefinition.ts"
import type { ConfiguredStream } from "../protocol/ConfiguredCatalog.ts"
import type { InputState } from "../protocol/InputState.ts"
import { isStreamState, type StreamState, StateUnusable } from "./StreamState.ts"

export interface PlannedStream {
  readonly configured: ConfiguredStream
  readonly definition: StreamDefinition
  readonly from: StreamState | undefined
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
  /** What is asked of each row of a stream: rows of another setup are not the same rows. */
  readonly setupOf: (stream: ConfiguredStream) => string
}

/** A state names the cloud id, or the host where there was none to be had. What cannot be compared is believed. */
const isSameSite = (site: string, { cloudId, host }: PlanInput): boolean =>
  /[.:]/.test(site) ? site === host : cloudId === undefined || site === cloudId

interface Judged {
  readonly from?: StreamState
  readonly refused?: StateUnusable
  readonly warning?: string
}

const judge = (stream: ConfiguredStream, definition: StreamDefinition, state: unknown, input: PlanInput): Judged => {
  const { name } = stream.descriptor
  if (state === undefined || state === null) return {}
  if (!isStreamState(state)) {
    const empty = typeof state === "object" && Object.keys(state).length === 0
    return empty
      ? {}
      : { warning: `${name}: the state is none that this version has written; the stream is read anew.` }
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
  if (state.setup !== input.setupOf(stream)) {
    const warning = `${name}: the body format has changed since the state was written; all rows are sent again.`
    // A stream that tells changes keeps what it knows of which rows there are.
    return definition.changes === undefined ? { warning } : { from: state, warning }
  }
  // A stream that knows only full refresh is read anew by a new sync. Its finished state counts in the one case in which
  // the platform hands it back to the same job: a full refresh that goes on after a failure of another stream.
  if (state.done === 1 && stream.syncMode === "incremental" && definition.changes === undefined) return {}
  return { from: state }
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
    const { from, refused, warning } = judge(configured, definition, input.state.streams.get(definition.name), input)
    if (warning !== undefined) warnings.push(warning)
    streams.push({ configured, definition, from, refused })
  }
  return { streams, unknown, warnings }
}
