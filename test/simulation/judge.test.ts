/** The judge can fail: what a sync says is falsified on its way to the destination, and each rule finds its own falsehood. */
import { describe, expect, test } from "vitest"
import { generatedGroupId } from "../../src/sample-site/people.ts"
import type { ProtocolMessage } from "../support/runConnector.ts"
import type { ChangeKind } from "./changes.ts"
import { isTombstone } from "./destination.ts"
import { membersPath } from "./drawnFaults.ts"
import { type ConnectionConfig, type History, type Round } from "./history.ts"
import { INCREMENTAL_STREAMS } from "./moments.ts"
import { runHistory } from "./runHistory.ts"
import { type Rule, RULES } from "./verdict.ts"
import { inProcess, type SyncResult, type World } from "./worlds.ts"

const CALM: Round = {
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

const changes = (...kinds: ReadonlyArray<ChangeKind>): Round["changes"] =>
  kinds.map((kind, index) => ({ kind, draw: 1000 + index }))

const CONFIG: ConnectionConfig = {
  num_workers: 3,
  reconcile_interval_hours: 0,
  lookback_minutes: 0,
  max_deletion_percent: 100,
  body_format: "storage",
}

interface Falsehood {
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
  /** The body of a page cannot be had when the first sync begins, and can be had when it asks. */
  readonly poison?: true
}

type Change = (message: ProtocolMessage) => ReadonlyArray<ProtocolMessage>

/** Puts others, or none, in the place of messages. */
const withMessages = (result: SyncResult, change: Change): Partial<SyncResult> => {
  const messages = result.messages.flatMap(change)
  return { messages, lines: messages.map((message) => JSON.stringify(message)) }
}

/** Changes the first message that fits. */
const first = (fits: (message: ProtocolMessage) => boolean, change: Change): Change => {
  let done = false
  return (message) => {
    if (done || !fits(message)) return [message]
    done = true
    return change(message)
  }
}

const isPage = ({ record }: ProtocolMessage) => record?.stream === "pages"
const isLivePage = (message: ProtocolMessage) => isPage(message) && !isTombstone(message.record!.data)
const isDeadPage = (message: ProtocolMessage) => isPage(message) && isTombstone(message.record!.data)
const isPagesState = ({ state }: ProtocolMessage) => state?.stream?.stream_descriptor.name === "pages"
const none: Change = () => []
const withData =
  (change: Readonly<Record<string, unknown>>): Change =>
  (message) => [{ ...message, record: { ...message.record!, data: { ...message.record!.data, ...change } } }]

const record = (data: Readonly<Record<string, unknown>>): ProtocolMessage =>
  ({ type: "RECORD", record: { stream: "pages", emitted_at: 1, data } }) as ProtocolMessage

const withheld: Change = (message) => [
  {
    ...message,
    record: {
      ...message.record!,
      data: { ...message.record!.data, body: null },
      meta: { changes: [{ field: "body", change: "NULLED", reason: "SOURCE_RETRIEVAL_ERROR" }] },
    },
  },
]

/** The page whose body cannot be had. */
let poisoned: string | undefined

/** A page of the site that nobody has changed, as the first sync has sent it. */
let unchanged: ProtocolMessage | undefined

const tombstoneOf = (id: unknown): ProtocolMessage => {
  const at = "2026-07-01T09:00:00.000Z"
  return record({ id, changedAt: at, _ab_cdc_deleted_at: at, deletionReason: "not_visible" })
}

const withStatus = (from: string, to: string, result: SyncResult): Partial<SyncResult> =>
  withMessages(result, (message) => [
    JSON.parse(JSON.stringify(message).replaceAll(`"status":"${from}"`, `"status":"${to}"`)) as ProtocolMessage,
  ])

const isComplete = (trace: NonNullable<ProtocolMessage["trace"]>) => trace.stream_status?.status === "COMPLETE"

const EDIT = { changes: changes("edit", "edit", "edit") }
const TRASH = { changes: changes("trash", "trash", "trash", "trash") }

const FALSEHOODS: Readonly<Record<Rule, Falsehood>> = {
  protocol: { falsify: (result) => ({ lines: [...result.lines, "Hello"] }) },
  ends: { falsify: () => ({ ended: "failed" }) },
  endless: { requests: 6001, falsify: () => ({}) },
  "complete in spite of a refusal": {
    round: { ...EDIT, faults: [{ kind: "status", status: 403, path: "/wiki/api/v2/pages" }] },
    falsify: (result) => withStatus("INCOMPLETE", "COMPLETE", result),
  },
  "failure stays where it is": {
    round: { faults: [{ kind: "status", status: 403, path: "/wiki/api/v2/attachments" }] },
    falsify: (result) =>
      withMessages(
        result,
        first(
          ({ trace }) => trace?.stream_status?.stream_descriptor.name === "blog_posts" && isComplete(trace),
          (message) => [JSON.parse(JSON.stringify(message).replace('"COMPLETE"', '"INCOMPLETE"')) as ProtocolMessage],
        ),
      ),
  },
  "one parent": {
    streams: ["group_members"],
    round: { faults: [{ kind: "status", status: 403, path: membersPath(generatedGroupId(5, 1)) }] },
    falsify: (result) => withStatus("INCOMPLETE", "COMPLETE", result),
  },
  "body withheld": { sync: 1, falsify: (result) => withMessages(result, first(isLivePage, withheld)) },
  "body asked for again": {
    sync: 1,
    poison: true,
    falsify: (result) =>
      withMessages(
        result,
        first((message) => isLivePage(message) && message.record!.data["id"] === poisoned, withheld),
      ),
  },
  "failed without a reason": {
    falsify: (result) => ({ ...withStatus("COMPLETE", "INCOMPLETE", result), ended: "failed" }),
  },
  "record of no moment": {
    sync: 1,
    falsify: (result) => withMessages(result, first(isLivePage, withData({ title: "What nobody has written" }))),
  },
  times: {
    sync: 1,
    falsify: (result) => withMessages(result, first(isLivePage, withData({ changedAt: "2001-01-01T00:00:00.000Z" }))),
  },
  "changedAt goes back": {
    round: EDIT,
    falsify: (result) => withMessages(result, first(isLivePage, withData({ changedAt: "2001-01-01T00:00:00.000Z" }))),
  },
  "sent again": {
    falsify: (result) =>
      withMessages(
        result,
        first(isPagesState, (state) => [unchanged!, state]),
      ),
  },
  "tombstone's form": {
    round: TRASH,
    falsify: (result) => withMessages(result, first(isDeadPage, withData({ deletionReason: "lost" }))),
  },
  "false tombstone": {
    falsify: (result) =>
      withMessages(
        result,
        first(isPagesState, (state) => [tombstoneOf(unchanged!.record!.data["id"]), state]),
      ),
  },
  "false reason": {
    round: TRASH,
    falsify: (result) => withMessages(result, first(isDeadPage, withData({ deletionReason: "purged" }))),
  },
  guard: {
    config: { max_deletion_percent: 10 },
    round: { changes: [{ kind: "hide many spaces", draw: 3 }] },
    falsify: (result) =>
      withMessages(result, (message) => [
        ...(message.trace?.stream_status?.status === "INCOMPLETE" ? [tombstoneOf(unchanged!.record!.data["id"])] : []),
        message,
      ]),
  },
  missing: { sync: 1, falsify: (result) => withMessages(result, first(isLivePage, none)) },
  stale: { round: EDIT, falsify: (result) => withMessages(result, first(isLivePage, none)) },
  extra: { round: TRASH, falsify: (result) => withMessages(result, first(isDeadPage, none)) },
  "newer version": {
    config: { reconcile_interval_hours: -1 },
    round: EDIT,
    falsify: (result) => withMessages(result, first(isLivePage, none)),
  },
  "state size": {
    falsify: (result) =>
      withMessages(
        result,
        first(isPagesState, ({ state }) => [
          {
            type: "STATE",
            state: { ...state!, stream: { ...state!.stream!, stream_state: { index: "x".repeat(12_001) } } },
          },
        ]),
      ),
  },
  "state at SIGTERM": {
    sync: 1,
    round: {},
    falsify: (result) => ({
      ...withMessages(result, (message) => (isPagesState(message) ? [] : [message])),
      ended: "cut",
    }),
  },
  "state bytes": {
    falsify: (result) =>
      withMessages(
        result,
        first(isPagesState, (state) => [state, state, state]),
      ),
  },
  "finished full refresh": {
    syncMode: "full_refresh",
    round: { again: true },
    sync: 3,
    falsify: (result) =>
      withMessages(
        result,
        first(isPagesState, (state) => [unchanged!, state]),
      ),
  },
  "last sync": {
    sync: 3,
    falsify: (result) => ({ ended: "cut", ...withMessages(result, (message) => [message]) }),
  },
}

/** A world in which one sync is told falsely. */
const falsified = (world: World, { sync: which = 2, falsify, requests = 0, poison }: Falsehood): World => {
  let syncs = 0
  const { site } = world
  poisoned = poison && String(site.truth("pages")[0]!["id"])
  return {
    ...world,
    passTime: async (ms) => {
      await world.passTime(ms)
      if (poisoned !== undefined && syncs === 0) site.poison(poisoned)
    },
    sync: async (input) => {
      if (poisoned !== undefined) site.heal(poisoned)
      const result = await world.sync(input)
      unchanged ??= result.messages.findLast(isLivePage)
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

const historyOf = (
  { config, syncMode = "incremental", round, streams = INCREMENTAL_STREAMS }: Falsehood,
  terminated: boolean,
): History => ({
  seed: 1,
  site: { seed: 5, pages: 120, spaces: 6, bodyBytes: 100, users: 20, groups: 4 },
  signIn: "api_token",
  syncMode,
  keepsStates: false,
  streams,
  config: { ...CONFIG, ...config },
  rounds: [terminated ? { ...CALM, cut: { how: "terminate", afterLines: 1_000_000 } } : CALM, { ...CALM, ...round }],
})

describe("the judge", () => {
  test("finds nothing wrong in what a sync has really said", async () => {
    for (const falsehood of Object.values(FALSEHOODS)) {
      const history = historyOf(falsehood, false)
      const { violations } = await runHistory(history, inProcess(history))
      expect(violations).toEqual([])
    }
  })

  for (const [rule, falsehood] of Object.entries(FALSEHOODS) as ReadonlyArray<[Rule, Falsehood]>) {
    test(`finds it where it is not true that ${RULES[rule]}`, async () => {
      unchanged = undefined
      const history = historyOf(falsehood, rule === "state at SIGTERM")
      const { violations } = await runHistory(history, falsified(inProcess(history), falsehood))
      expect(violations.map((violation) => violation.rule)).toContain(rule)
    })
  }
})
