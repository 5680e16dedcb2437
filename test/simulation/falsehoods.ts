/** Falsifies what a sync says on its way to the destination, so that the judge of histories has something to find. */
import type { ProtocolMessage } from "../support/runConnector.ts"
import type { ChangeKind } from "./changes.ts"
import { isTombstone } from "./destination.ts"
import type { ConnectionConfig, History, Round } from "./history.ts"
import { INCREMENTAL_STREAMS } from "./moments.ts"
import type { SyncResult, World } from "./worlds.ts"

export const CALM: Round = {
  changes: [],
  pauseMs: 3_600_000,
  settings: {},
  config: {},
  faults: [],
  meanwhile: [],
  cut: undefined,
  newJob: false,
  again: false,
}

export const changes = (...kinds: ReadonlyArray<ChangeKind>): Round["changes"] =>
  kinds.map((kind, index) => ({ kind, draw: 1000 + index }))

export const CONFIG: ConnectionConfig = {
  num_workers: 3,
  reconcile_interval_hours: 0,
  lookback_minutes: 0,
  max_deletion_percent: 100,
  body_format: "storage",
}

export interface Falsehood {
  readonly config?: Partial<ConnectionConfig>
  readonly syncMode?: History["syncMode"]
  /** The second round; the first one is calm. */
  readonly round?: Partial<Round>
  /** Which sync is falsified, the second one if left out. */
  readonly sync?: number
  /** What the destination sees instead. */
  readonly falsify: (result: SyncResult) => Partial<SyncResult>
  readonly requests?: number
  readonly streams?: ReadonlyArray<string>
  /** The destination takes files. */
  readonly files?: true
  /** The body of a page cannot be had when the first sync begins, and can be had when it asks. */
  readonly poison?: true
}

export type Change = (message: ProtocolMessage) => ReadonlyArray<ProtocolMessage>

/** Puts others, or none, in the place of messages. */
export const withMessages = (result: SyncResult, change: Change): Partial<SyncResult> => {
  const messages = result.messages.flatMap(change)
  return { messages, lines: messages.map((message) => JSON.stringify(message)) }
}

/** Changes the first message that fits. */
export const first = (fits: (message: ProtocolMessage) => boolean, change: Change): Change => {
  let done = false
  return (message) => {
    if (done || !fits(message)) return [message]
    done = true
    return change(message)
  }
}

export const isPage = ({ record }: ProtocolMessage) => record?.stream === "pages"
export const isLivePage = (message: ProtocolMessage) => isPage(message) && !isTombstone(message.record!.data)
export const isDeadPage = (message: ProtocolMessage) => isPage(message) && isTombstone(message.record!.data)
export const isPagesState = ({ state }: ProtocolMessage) => state?.stream?.stream_descriptor.name === "pages"
export const none: Change = () => []
export const withData =
  (change: Readonly<Record<string, unknown>>): Change =>
  (message) => [{ ...message, record: { ...message.record!, data: { ...message.record!.data, ...change } } }]

export const record = (data: Readonly<Record<string, unknown>>): ProtocolMessage =>
  ({ type: "RECORD", record: { stream: "pages", emitted_at: 1, data } }) as ProtocolMessage

export const withheld: Change = (message) => [
  {
    ...message,
    record: {
      ...message.record!,
      data: { ...message.record!.data, body: null },
      meta: { changes: [{ field: "body", change: "NULLED", reason: "SOURCE_RETRIEVAL_ERROR" }] },
    },
  },
]

/** What falsehoods are told of. */
export const told: {
  /** The page whose body cannot be had. */
  poisoned: string | undefined
  /** A page of the site that nobody has changed, as the first sync has sent it. */
  unchanged: ProtocolMessage | undefined
} = { poisoned: undefined, unchanged: undefined }

export const tombstoneOf = (id: unknown): ProtocolMessage => {
  const at = "2026-07-01T09:00:00.000Z"
  return record({ id, changedAt: at, _ab_cdc_deleted_at: at, deletionReason: "not_visible" })
}

export const withStatus = (from: string, to: string, result: SyncResult): Partial<SyncResult> =>
  withMessages(result, (message) => [
    JSON.parse(JSON.stringify(message).replaceAll(`"status":"${from}"`, `"status":"${to}"`)) as ProtocolMessage,
  ])

export const isComplete = (trace: NonNullable<ProtocolMessage["trace"]>) => trace.stream_status?.status === "COMPLETE"

export const EDIT = { changes: changes("edit", "edit", "edit") }
export const TRASH = { changes: changes("trash", "trash", "trash", "trash") }

/** A world in which one sync is told falsely. */
export const falsified = (world: World, { sync: which = 2, falsify, requests = 0, poison }: Falsehood): World => {
  let syncs = 0
  const { site } = world
  told.poisoned = poison && String(site.truth("pages")[0]!["id"])
  return {
    ...world,
    passTime: async (ms) => {
      await world.passTime(ms)
      if (told.poisoned !== undefined && syncs === 0) site.poison(told.poisoned)
    },
    sync: async (input) => {
      if (told.poisoned !== undefined) site.heal(told.poisoned)
      const result = await world.sync(input)
      told.unchanged ??= result.messages.findLast(isLivePage)
      if (++syncs !== which) return result
      for (let asked = 0; asked < requests; asked++) {
        try {
          input.onRequest()
        } catch {
          break
        }
      }
      return { ...result, ...falsify(result) }
    },
  }
}

export const historyOf = (
  { config, files, syncMode = "incremental", round, streams = INCREMENTAL_STREAMS }: Falsehood,
  terminated: boolean,
): History => ({
  seed: 1,
  site: { seed: 5, pages: 120, spaces: 6, bodyBytes: 100, users: 20, groups: 4, largestFile: 1000 },
  ...(files === undefined ? {} : { files }),
  signIn: "api_token",
  syncMode,
  keepsStates: false,
  streams,
  config: { ...CONFIG, ...config },
  rounds: [terminated ? { ...CALM, cut: { how: "terminate", afterLines: 1_000_000 } } : CALM, { ...CALM, ...round }],
})
