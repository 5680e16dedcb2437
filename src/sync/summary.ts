/** What a read did, stream by stream, for its last LOG. */
import type { RequestLog, StreamRequests } from "../confluence/RequestLog.ts"
import type { FileCounts } from "./Courier.ts"
import type { StreamOutcome } from "./readStreams.ts"

const seconds = (value: number): string => `${value.toFixed(1)} s`

const filesOf = ({ transferred, bytes, missing, failed }: FileCounts): string =>
  `, files ${transferred} (${(bytes / 1e6).toFixed(1)} MB), ${missing} missing, ${failed} failed`

const lineOf = ({ run, failure, seconds: took }: StreamOutcome, traffic: StreamRequests, rowsCost: boolean): string => {
  const { emitted, deleted, skipped, failed } = run.counts
  const lost = run.changes?.lost.size ?? 0
  const counts = `listed ${run.listed}, emitted ${emitted}, deleted ${deleted}, skipped ${skipped}, failed ${failed}${lost === 0 ? "" : `, ${lost} without ${run.facts.isFileBased === true ? "file" : "body"}`}${run.courier === undefined ? "" : filesOf(run.courier.counts)}`
  const points = rowsCost ? `, points ${traffic.points}` : ""
  const cost = `requests ${traffic.requests}${points}, retries ${traffic.retries}, waits ${traffic.waits} (${seconds(traffic.waitedMs / 1000)}), ${seconds(took)}`
  return `${run.descriptor.name}: ${counts}, ${cost}${failure === undefined ? "" : `; INCOMPLETE: ${failure.message}`}`
}

/** One line for all, then one for each stream. `rowsCost`: rows cost points of an hourly quota, which are told. */
export const summaryOf = (
  outcomes: ReadonlyArray<StreamOutcome>,
  unknown: ReadonlyArray<string>,
  log: Pick<RequestLog["Service"], "of" | "streams">,
  rowsCost: boolean,
): string => {
  const incomplete = outcomes.filter(({ failure }) => failure !== undefined).length + unknown.length
  const all = outcomes.length + unknown.length
  const points = log.streams().reduce((sum, stream) => sum + log.of(stream).points, 0)
  const head = `Read ${all - incomplete} of ${all} streams${incomplete === 0 ? "" : `; ${incomplete} incomplete`}.${rowsCost ? ` ${points} points of the app's hourly quota.` : ""}`
  return [
    head,
    ...outcomes.map((outcome) => lineOf(outcome, log.of(outcome.run.facts.name), rowsCost)),
    ...unknown.map((name) => `${name}: not read, because this source has no such stream`),
  ].join("\n")
}
