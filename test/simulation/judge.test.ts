/** The judge can fail: what a sync says is falsified on its way to the destination, and each rule finds its own falsehood. */
import { describe, expect, test } from "vitest"
import { generatedGroupId } from "../../src/sample-site/people.ts"
import { knowableRows } from "../support/knowableTree.ts"
import type { ProtocolMessage } from "../support/runConnector.ts"
import { membersPath } from "./drawnFaults.ts"
import {
  EDIT,
  type Falsehood,
  falsified,
  first,
  historyOf,
  isComplete,
  isDeadPage,
  isLivePage,
  isPagesState,
  none,
  told,
  tombstoneOf,
  TRASH,
  withData,
  withheld,
  withMessages,
  withStatus,
} from "./falsehoods.ts"
import { runHistory } from "./runHistory.ts"
import { type Rule, RULES } from "./verdict.ts"
import { inProcess } from "./worlds.ts"

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
        first((message) => isLivePage(message) && message.record!.data["id"] === told.poisoned, withheld),
      ),
  },
  "failed without a reason": {
    falsify: (result) => ({ ...withStatus("COMPLETE", "INCOMPLETE", result), ended: "failed" }),
  },
  "record of no moment": {
    sync: 1,
    falsify: (result) => withMessages(result, first(isLivePage, withData({ title: "What nobody has written" }))),
  },
  "outside the filters": {
    round: { config: { filters: { spaces_include: ["NOSUCHSPACE"] } } },
    falsify: (result) =>
      withMessages(
        result,
        first(isDeadPage, (message) => [told.unchanged!, message]),
      ),
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
        first(isPagesState, (state) => [told.unchanged!, state]),
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
        first(isPagesState, (state) => [tombstoneOf(told.unchanged!.record!.data["id"]), state]),
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
        ...(message.trace?.stream_status?.status === "INCOMPLETE"
          ? [tombstoneOf(told.unchanged!.record!.data["id"])]
          : []),
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
        first(isPagesState, (state) => [told.unchanged!, state]),
      ),
  },
  "last sync": {
    sync: 3,
    falsify: (result) => ({ ended: "cut", ...withMessages(result, (message) => [message]) }),
  },
}

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
      told.unchanged = undefined
      const history = historyOf(falsehood, rule === "state at SIGTERM")
      const { violations } = await runHistory(history, falsified(inProcess(history), falsehood))
      expect(violations.map((violation) => violation.rule)).toContain(rule)
    })
  }

  test("does not hold against pages what another stream was refused that asked their list too", async () => {
    const changes = ["move", "move", "move", "attach", "attach", "attach"] as const
    const usual = historyOf(
      {
        streams: ["pages", "attachments"],
        config: { reconcile_interval_hours: -1, filters: { created_before: "2100-01-01" } },
        round: {
          changes: changes.map((kind, draw) => ({ kind, draw })),
          faults: [{ kind: "status", status: 403, path: "/wiki/api/v2/pages", after: 1 }],
        },
        falsify: () => ({}),
      },
      false,
    )
    // Most pages are not among the newest, so that attachments have to ask for them.
    const history = { ...usual, site: { ...usual.site, settings: { maxPageSize: 3 } } }
    const world = inProcess(history)
    const ended: Array<string> = []
    const { violations } = await runHistory(history, {
      ...world,
      sync: async (input) => {
        const result = await world.sync(input)
        for (const { trace } of result.messages) {
          const { status, stream_descriptor: stream } = trace?.stream_status ?? {}
          if (status === "COMPLETE" || status === "INCOMPLETE") ended.push(`${stream!.name} ${status}`)
        }
        return result
      },
    })
    expect(ended.slice(2, 4).toSorted()).toEqual(["attachments INCOMPLETE", "pages COMPLETE"])
    expect(violations).toEqual([])
  })

  test("does not hold against what its job has finished what others are refused afterwards", async () => {
    const streams = ["custom_content", "content_properties"]
    const usual = historyOf({ streams, syncMode: "full_refresh", falsify: () => ({}) }, false)
    const [calm] = usual.rounds
    const refused = { kind: "status", status: 403, path: "/wiki/api/v2/pages/*/properties" } as const
    const history = {
      ...usual,
      rounds: [
        { ...calm!, faults: [{ ...refused, after: 1 }] },
        {
          ...calm!,
          changes: [{ kind: "edit custom content", draw: 1 } as const],
          faults: [{ ...refused, path: "/wiki/api/v2/custom-content" }],
        },
      ],
    }
    const world = inProcess(history)
    const sent: Array<number> = []
    const { violations } = await runHistory(history, {
      ...world,
      sync: async (input) => {
        const result = await world.sync(input)
        sent.push(result.messages.filter(({ record }) => record?.stream === "custom_content").length)
        return result
      },
    })
    expect(sent[0]).toBeGreaterThan(0)
    expect(sent[1]).toBe(0)
    expect(violations).toEqual([])
  })

  test("does not hold a content of which nobody can know against the failure of another", async () => {
    const usual = historyOf(
      {
        streams: ["content_properties"],
        round: { faults: [{ kind: "status", status: 500, path: "/wiki/api/v2/pages/65674/properties" }] },
        falsify: () => ({}),
      },
      false,
    )
    // No search shows what is archived, and nothing names some of it.
    const settings = { quirks: { archivedInSearch: false } }
    const history = { ...usual, site: { ...usual.site, settings }, rounds: usual.rounds.slice(1) }
    const { site } = inProcess(history)
    const known = knowableRows(site, "content_properties").length
    expect(known).toBeLessThan(site.truth("content_properties").length)
    expect((await runHistory(history, inProcess(history))).violations).toEqual([])
  })

  test("takes tasks of what is in the trash where that is said, because content may not be listed", async () => {
    const fault = { kind: "status", status: 403, path: "/wiki/api/v2/pages" } as const
    const usual = historyOf(
      { streams: ["tasks"], syncMode: "full_refresh", round: { faults: [fault] }, falsify: () => ({}) },
      false,
    )
    const settings = { quirks: { tasksInTrash: true } }
    const history = { ...usual, site: { ...usual.site, settings }, rounds: usual.rounds.slice(1) }
    const world = inProcess(history)
    let sent = 0
    const sync: typeof world.sync = async (input) => {
      const result = await world.sync(input)
      sent += result.messages.filter(({ record }) => record?.stream === "tasks").length
      return result
    }
    const { violations } = await runHistory(history, { ...world, sync })
    expect(sent).toBeGreaterThan(world.site.truth("tasks").length)
    expect(violations).toEqual([])
    // What nobody says is held against it.
    const other = inProcess(history)
    const silent: typeof world.sync = async (input) => {
      const result = await other.sync(input)
      const change = (message: ProtocolMessage) =>
        JSON.parse(JSON.stringify(message).replaceAll("with tasks are in the trash", "have gone")) as ProtocolMessage
      return { ...result, ...withMessages(result, (message) => [change(message)]) }
    }
    const found = await runHistory(history, { ...other, sync: silent })
    expect(found.violations.map(({ rule }) => rule)).toContain("record of no moment")
  })
})
