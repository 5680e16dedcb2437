/** Tests of the judge of outputs: a good output passes, and each rule fails for an output that breaks it alone. */
import { describe, expect, it } from "vitest"
import { brokenRules, type Rule, RULES } from "../support/protocolRules.ts"
import type { ConfiguredCatalog } from "../support/runConnector.ts"

const groups = {
  stream: {
    name: "groups",
    json_schema: { properties: { id: {}, name: {}, type: {} } },
    source_defined_primary_key: [["id"]],
  },
  sync_mode: "full_refresh",
}
const pages = {
  stream: { name: "pages", namespace: "wiki", json_schema: {}, source_defined_primary_key: [["id"]] },
  sync_mode: "full_refresh",
}
const catalog: ConfiguredCatalog = { streams: [groups, pages] }

const status = (name: string, value: string, namespace?: string) =>
  JSON.stringify({
    type: "TRACE",
    trace: {
      type: "STREAM_STATUS",
      emitted_at: 1,
      stream_status: { stream_descriptor: { name, ...(namespace && { namespace }) }, status: value },
    },
  })
const record = (stream: string, data: object, namespace?: string) =>
  JSON.stringify({ type: "RECORD", record: { stream, ...(namespace && { namespace }), emitted_at: 1, data } })
const state = (name: string, recordCount: number, namespace?: string) =>
  JSON.stringify({
    type: "STATE",
    state: {
      type: "STREAM",
      stream: { stream_descriptor: { name, ...(namespace && { namespace }) }, stream_state: { at: null } },
      sourceStats: { recordCount },
    },
  })
const log = (message: string) => JSON.stringify({ type: "LOG", log: { level: "INFO", message } })
const error = JSON.stringify({
  type: "TRACE",
  trace: {
    type: "ERROR",
    emitted_at: 1,
    error: {
      message: "m",
      failure_type: "config_error",
      stream_descriptor: { name: "pages", namespace: "wiki" },
    },
  },
})
const SUMMARY = log("Read 1 of 2 streams.\ngroups: listed 2\npages: listed 1")

/** A read in which one stream is complete and the other is not. */
const good = {
  begins: log("begins"),
  groupsStarted: status("groups", "STARTED"),
  pagesStarted: status("pages", "STARTED", "wiki"),
  groupsRunning: status("groups", "RUNNING"),
  pagesRunning: status("pages", "RUNNING", "wiki"),
  group1: record("groups", { id: "1", name: "one" }),
  group2: record("groups", { id: "2", name: String.raw`a pair \ud83d\ude00, and a spelt \\ud83d`, type: null }),
  page: record("pages", { id: "1" }, "wiki"),
  groupsState: state("groups", 2),
  groupsComplete: status("groups", "COMPLETE"),
  pagesState: state("pages", 1, "wiki"),
  pagesIncomplete: status("pages", "INCOMPLETE", "wiki"),
  pagesError: error,
  control: JSON.stringify({
    type: "CONTROL",
    control: { type: "CONNECTOR_CONFIG", emitted_at: 1, connectorConfig: { config: { nothing: null } } },
  }),
  summary: SUMMARY,
}
type Line = keyof typeof good

const linesWith = (changes: Partial<Record<Line, string | ReadonlyArray<string>>>): ReadonlyArray<string> =>
  (Object.keys(good) as ReadonlyArray<Line>).flatMap((name) => changes[name] ?? good[name])

const replaced = (line: Line, from: string, to: string) => {
  const text = good[line].replace(from, to)
  if (text === good[line]) throw new Error(`${from} is not in ${good[line]}`)
  return linesWith({ [line]: text })
}
const without = (line: Line) => linesWith({ [line]: [] })

/** What breaks each rule and no other. */
const breaks: Readonly<Record<Rule, ReadonlyArray<readonly [what: string, lines: ReadonlyArray<string>]>>> = {
  json: [
    ["a stack trace", linesWith({ begins: "Error: at main.mjs:1" })],
    ["a torn line", replaced("begins", "}}", "}")],
    ["an empty line", linesWith({ begins: "" })],
  ],
  lineEnds: [
    ["U+2028", replaced("group1", "one", "o\u2028e")],
    ["U+2029", replaced("group1", "one", "o\u2029e")],
    ["U+0085", replaced("begins", "begins", "be\u0085gins")],
  ],
  surrogates: [
    ["a high one alone", replaced("group1", "one", String.raw`\ud83d!`)],
    ["a low one alone", replaced("group1", "one", String.raw`!\ude00`)],
    ["two high ones", replaced("group1", "one", String.raw`\ud83d\ud83d\ude00`)],
    ["one behind an escaped backslash", replaced("group1", "one", String.raw`\\\ud83d`)],
  ],
  protocol: [
    ["a level that there is not", replaced("begins", "INFO", "LOUD")],
    ["a record with a fraction in its time", replaced("group1", `"emitted_at":1`, `"emitted_at":1.5`)],
    ["a failure type that there is not", replaced("pagesError", "config_error", "user_error")],
    ["a log without its message", replaced("begins", `,"message":"begins"`, "")],
    ["a control without its time", replaced("control", `"emitted_at":1,`, "")],
    ["an error without its time", replaced("pagesError", `"emitted_at":1,`, "")],
    ["a status without its time", replaced("groupsStarted", `"emitted_at":1,`, "")],
    ["a line that is a list", linesWith({ begins: "[]" })],
  ],
  payload: [
    ["a record without a record", linesWith({ begins: `{"type":"RECORD"}` })],
    ["a message of a type for destinations", linesWith({ begins: `{"type":"DESTINATION_CATALOG"}` })],
  ],
  nulls: [["a null namespace in a log", replaced("begins", `"level"`, `"stack":null,"level"`)]],
  configured: [
    ["a record of another stream", linesWith({ begins: record("labels", { id: "1" }) })],
    ["a status without the catalog's namespace", linesWith({ begins: status("pages", "STARTED") })],
    ["a state of another stream", linesWith({ begins: state("labels", 0) })],
  ],
  started: [
    ["a second STARTED", linesWith({ groupsRunning: [good.groupsStarted, good.groupsRunning] })],
    ["no STARTED", without("groupsStarted")],
  ],
  running: [
    ["a record before RUNNING", linesWith({ groupsRunning: [], group1: [good.group1, good.groupsRunning] })],
    ["a state before RUNNING", linesWith({ groupsRunning: [state("groups", 0), good.groupsRunning] })],
  ],
  ended: [["no COMPLETE", without("groupsComplete")]],
  afterEnd: [
    ["a state after COMPLETE", linesWith({ groupsComplete: [good.groupsComplete, state("groups", 0)] })],
    ["a record after INCOMPLETE", linesWith({ pagesError: [good.pagesError, record("pages", { id: "2" }, "wiki")] })],
    ["a status after COMPLETE", linesWith({ groupsComplete: [good.groupsComplete, good.groupsRunning] })],
  ],
  explained: [
    ["no TRACE ERROR", without("pagesError")],
    ["a TRACE ERROR of another stream", replaced("pagesError", `"pages"`, `"groups"`)],
    ["a TRACE ERROR without the namespace", replaced("pagesError", `,"namespace":"wiki"`, "")],
  ],
  stateForComplete: [
    ["no state", without("groupsState")],
    ["a record after the last state", linesWith({ groupsState: [good.groupsState, record("groups", { id: "3" })] })],
  ],
  recordCount: [
    ["a record too many", replaced("groupsState", `"recordCount":2`, `"recordCount":3`)],
    ["no count", replaced("groupsState", `,"sourceStats":{"recordCount":2}`, "")],
    ["a count since the beginning", linesWith({ groupsState: [good.groupsState, good.groupsState] })],
  ],
  stateType: [
    ["a legacy state", linesWith({ begins: `{"type":"STATE","state":{"data":{}}}` })],
    ["a global state", linesWith({ begins: `{"type":"STATE","state":{"type":"GLOBAL"}}` })],
  ],
  stateId: [["an id", replaced("groupsState", `"type":"STREAM"`, `"type":"STREAM","id":1`)]],
  keys: [["the same key", replaced("group2", `"id":"2"`, `"id":"1"`)]],
  schema: [
    ["a number for a text", replaced("group1", `"name":"one"`, `"name":1`)],
    ["an id that is a number", replaced("page", `"id":"1"`, `"id":1`)],
  ],
  declared: [
    ["a column that the schema does not know", replaced("page", `"id":"1"`, `"id":"1","surprise":null`)],
    ["a column that is not selected", replaced("group1", `"name":"one"`, `"managedBy":"ADMINS"`)],
  ],
  summary: [
    ["another log at the end", linesWith({ summary: [SUMMARY, log("ends")] })],
    ["a stream left out", replaced("summary", "\\npages: listed 1", "")],
    ["no summary", without("summary")],
  ],
}

describe("the judge of a command's output", () => {
  it("finds nothing in an output that keeps the rules", () => {
    expect(brokenRules(linesWith({}), { catalog })).toEqual([])
  })

  for (const [rule, cases] of Object.entries(breaks)) {
    for (const [what, lines] of cases) {
      it(`sees that the rule "${RULES[rule as Rule]}" is broken by ${what}`, () => {
        const broken = brokenRules(lines, { catalog })
        expect(new Set(broken.map((each) => each.rule))).toEqual(new Set([rule]))
      })
    }
  }

  it("asks no end of the streams of a read that was cut off, and judges the rest of it", () => {
    const cut = linesWith({}).slice(0, 8)
    expect(brokenRules(cut, { catalog, cutOff: true })).toEqual([])
    expect(brokenRules([...cut, good.group1], { catalog, cutOff: true }).map(({ rule }) => rule)).toEqual(["keys"])
    expect(brokenRules(cut, { catalog }).map(({ rule }) => rule)).toEqual(["ended", "ended", "summary"])
  })
})
