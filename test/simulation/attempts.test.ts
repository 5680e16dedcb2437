/** What the judge asks of a stream that is read whole, when filters change between the attempts of a job, or an earlier one was refused the list of spaces. */
import { describe, expect, test } from "vitest"
import type { ProtocolMessage } from "../support/runConnector.ts"
import { Judge } from "./judge.ts"
import type { Moment } from "./moments.ts"
import type { SyncSeen } from "./verdict.ts"

const FILTERS = { spaces_exclude: ["SALE"] }
const descriptor = { name: "spaces" }

const record = (id: string): ProtocolMessage =>
  ({ type: "RECORD", record: { stream: "spaces", emitted_at: 1, data: { id } } }) as ProtocolMessage
const state = (done?: 1): ProtocolMessage =>
  ({
    type: "STATE",
    state: { type: "STREAM", stream: { stream_descriptor: descriptor, stream_state: { ...(done && { done }) } } },
  }) as unknown as ProtocolMessage
const COMPLETE = {
  type: "TRACE",
  trace: { type: "STREAM_STATUS", stream_status: { stream_descriptor: descriptor, status: "COMPLETE" } },
} as unknown as ProtocolMessage

/** Lets the judge see an attempt: what the site has, and what is sent. */
const attempt = (
  judge: Judge,
  spaces: ReadonlyArray<string>,
  filters: SyncSeen["config"]["filters"],
  messages: ReadonlyArray<ProtocolMessage>,
) => {
  const rows = new Map([["spaces", new Map(spaces.map((id) => [id, { id }]))]])
  const seen = {
    lines: messages.map((message) => JSON.stringify(message)),
    messages,
    catalog: { streams: [{ stream: descriptor, sync_mode: "full_refresh" }] },
    config: { body_format: "storage", filters },
    syncMode: "incremental",
    moments: [{ rows, fates: new Map(), spaces: new Map(), siteTime: 0, poisoned: new Map() } as unknown as Moment],
    withoutId: new Set(),
    refused: new Set(),
    siteTimeAtEnd: 0,
  }
  return judge.sync(seen as unknown as SyncSeen).flatMap(({ rule, detail }) => (rule === "missing" ? [detail] : []))
}

/** The last of three attempts: the second has other filters, and a space is new by then. */
const lastOfThree = (second: ReadonlyArray<ProtocolMessage>): ReadonlyArray<string> => {
  const judge = new Judge()
  judge.begin(true, "incremental", ["spaces"], false)
  expect(attempt(judge, ["1"], FILTERS, [record("1"), state(1)])).toEqual([])
  expect(attempt(judge, ["1", "2"], {}, second)).toEqual([])
  return attempt(judge, ["1", "2"], FILTERS, [state(1), COMPLETE])
}

describe("a space that is new since an earlier attempt has finished the stream", () => {
  test("need not come where the attempt with other filters was cut off before a state", () => {
    expect(lastOfThree([])).toEqual([])
    expect(lastOfThree([record("1")])).toEqual([])
  })

  test("has to come where a state tells that the stream has begun anew", () => {
    expect(lastOfThree([state()])).toEqual(["2: never sent"])
  })
})

/** The second attempt of a job, whose first has finished the labels of content: whether what a page in an archived space has must have come. */
const afterLabelsOf = (spacesRefused: boolean): ReadonlyArray<string> => {
  const stream = { name: "content_labels" }
  const told = (message: ProtocolMessage) =>
    JSON.parse(JSON.stringify(message).replaceAll('"spaces"', '"content_labels"')) as ProtocolMessage
  const row = { contentId: "7", labelId: "1", spaceId: "2" }
  const moment = {
    rows: new Map([["content_labels", new Map([["7 1", row]])]]),
    fates: new Map(),
    spaces: new Map([["2", "archived"]]),
    siteTime: 0,
    poisoned: new Map(),
  }
  const judge = new Judge()
  judge.begin(true, "incremental", ["content_labels"], false)
  const attempts = [spacesRefused, false].map((refused) => {
    const messages = [told(state(1)), told(COMPLETE)]
    const seen = {
      lines: messages.map((message) => JSON.stringify(message)),
      messages,
      catalog: { streams: [{ stream, sync_mode: "full_refresh" }] },
      config: { body_format: "storage" },
      syncMode: "incremental",
      moments: [moment],
      withoutId: new Set(),
      refused: new Set(),
      siteTimeAtEnd: 0,
      spacesRefused: refused,
      archivesListed: false,
    }
    return judge.sync(seen as unknown as SyncSeen)
  })
  return attempts.at(-1)!.flatMap(({ rule, detail }) => (rule === "missing" ? [detail] : []))
}

describe("what an archived space holds, of a stream that an earlier attempt has finished", () => {
  test("need not come where that attempt was refused the list of spaces", () => {
    expect(afterLabelsOf(true)).toEqual([])
  })

  test("has to come where it was not", () => {
    expect(afterLabelsOf(false)).toEqual(["7 1: never sent"])
  })
})
