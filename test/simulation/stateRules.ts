/** Judges the states of a sync: they are small for what they know, and few for what was sent. */
import type { ProtocolMessage } from "../support/runConnector.ts"
import type { StreamSeen, SyncSeen, Violation } from "./verdict.ts"

/** Contract: at most this many bytes of state for each row known. */
const BYTES_PER_ROW = 12
/** What a state holds besides its rows: times, whose it is, and up to 16 positions in lists, which sites with short pages divide early. */
const FIXED_BYTES = 1600
/** Contract: all states but the last take less than this share of the records' bytes. */
const SHARE_OF_RECORDS = 0.1

const unvouchedRecords = ({ name, sync }: StreamSeen): ReadonlyArray<Violation> => {
  const last = (fits: (message: ProtocolMessage) => boolean) => sync.messages.findLastIndex(fits)
  const record = last((message) => message.record?.stream === name)
  if (record < 0 || last(({ state }) => state?.stream?.stream_descriptor.name === name) > record) return []
  return [{ rule: "state at SIGTERM", stream: name, detail: "records came after the last state" }]
}

export const judgeStates = (sync: SyncSeen, streams: ReadonlyArray<StreamSeen>): ReadonlyArray<Violation> => {
  const violations: Array<Violation> = []
  const sizes = new Map<string, Array<number>>()
  let recordBytes = 0
  for (const [index, { record, state }] of sync.messages.entries()) {
    const bytes = sync.lines[index]!.length
    if (record !== undefined) recordBytes += bytes
    if (state?.stream === undefined) continue
    const { name } = state.stream.stream_descriptor
    sizes.set(name, [...(sizes.get(name) ?? []), bytes])
    const rows = streams.find((stream) => stream.name === name)?.after.size ?? 0
    const size = JSON.stringify(state.stream.stream_state).length
    if (size > BYTES_PER_ROW * rows + FIXED_BYTES) {
      violations.push({ rule: "state size", stream: name, detail: `${size} bytes for ${rows} rows` })
    }
  }
  if (sync.ended === "cut" && sync.told) violations.push(...streams.flatMap(unvouchedRecords))
  const early = [...sizes.values()].flatMap((bytes) => bytes.slice(0, -1)).reduce((sum, bytes) => sum + bytes, 0)
  if (early > SHARE_OF_RECORDS * recordBytes) {
    violations.push({ rule: "state bytes", stream: undefined, detail: `${early} of ${recordBytes} bytes of records` })
  }
  return violations
}
