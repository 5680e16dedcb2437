/**
 * States that are not what this connector has written: a fresh start with a warning, or a clear error, and never a wrong
 * result. The site is called directly and in virtual time.
 */
import { describe, expect, it } from "vitest"
import type { TruthStream } from "../../src/sample-site/truth.ts"
import { Simulation } from "../support/inProcess.ts"
import { brokenRules } from "../support/protocolRules.ts"
import { parseMessages, recordsOf, type Row, type StateMessage } from "../support/runConnector.ts"
import { catalogOf } from "./catalogs.ts"
import { expectRowsOfSite } from "./siteTruth.ts"

const simulation = new Simulation({ pages: 70, spaces: 9, settings: { maxPageSize: 16 } })
const { site } = simulation

const read = async (streams: ReadonlyArray<string>, state?: unknown, jobId?: string) => {
  const catalog = catalogOf(streams)
  const run = await simulation.run("read", { catalog, state, jobId })
  expect(brokenRules(run.lines, { catalog })).toEqual([])
  return { exitCode: run.exit, messages: parseMessages(run.lines) }
}
type Run = Awaited<ReturnType<typeof read>>

const warningsOf = ({ messages }: Run) => messages.flatMap(({ log }) => (log?.level === "WARN" ? [log.message] : []))
const errorsOf = ({ messages }: Run) => messages.flatMap(({ trace }) => trace?.error ?? [])

const stateOf = (name: string, streamState: unknown): StateMessage => ({
  type: "STREAM",
  stream: { stream_descriptor: { name }, stream_state: streamState },
})

const cloudId = site.cloudId
const good = { v: 1, site: cloudId, setup: "storage" }

const NOT_OURS = "pages: the state is none that this version has written; the stream is read anew."
const NO_MESSAGE = "The state holds an entry that is not a STATE message; it is passed over."
const NO_INDEX =
  "pages: the state does not say which rows were sent; all are read anew, and rows that have gone since get no tombstone."
const NO_STREAM = "The state holds an entry that names no stream; it is passed over."

const odd: ReadonlyArray<readonly [what: string, state: unknown, warnings: ReadonlyArray<string>]> = [
  ["an empty list", [], []],
  ["null", null, []],
  ["an empty object", {}, []],
  ["the state of a stream that is not read", [stateOf("labels", { anything: 1 })], []],
  ["a stream's state that is empty", [stateOf("pages", {})], []],
  ["a stream's state that is null", [stateOf("pages", null)], []],
  ["entries that are no messages", [null, 7, "x", []], [NO_MESSAGE, NO_MESSAGE, NO_MESSAGE, NO_MESSAGE]],
  ["an entry without a stream", [{ type: "STREAM" }], [NO_STREAM]],
  ["a stream without a name", [{ type: "STREAM", stream: { stream_descriptor: {} } }], [NO_STREAM]],
  ["a name that is a number", [{ type: "STREAM", stream: { stream_descriptor: { name: 7 } } }], [NO_STREAM]],
  ["a legacy state", [{ type: "LEGACY", data: { pages: { cursor: "2024-01-01" } } }], [NO_STREAM]],
  ["the data of a legacy state alone", { pages: { cursor: "2024-01-01" } }, [NO_STREAM]],
  ["a state of Airbyte's own connector", [stateOf("pages", { updatedAt: "2024-01-01T00:00:00Z" })], [NOT_OURS]],
  ["the complete marker of Airbyte's CDK", [stateOf("pages", { __ab_full_refresh_sync_complete: true })], [NOT_OURS]],
  ["a stream's state that is a text", [stateOf("pages", "2024-01-01")], [NOT_OURS]],
  ["a stream's state that is a number", [stateOf("pages", 7)], [NOT_OURS]],
  ["a stream's state that is a list", [stateOf("pages", [good])], [NOT_OURS]],
  ["a version that is to come", [stateOf("pages", { ...good, v: 2, done: 1 })], [NOT_OURS]],
  ["no version", [stateOf("pages", { ...good, v: undefined, done: 1 })], [NOT_OURS]],
  ["no site", [stateOf("pages", { ...good, site: null, done: 1 })], [NOT_OURS]],
  ["done in words", [stateOf("pages", { ...good, done: "yes" })], [NOT_OURS]],
  ["parts that are a list", [stateOf("pages", { ...good, parts: [{ done: 1 }] })], [NOT_OURS]],
  ["a part that is a text", [stateOf("pages", { ...good, parts: { "0": "done" } })], [NOT_OURS]],
  ["spaces that are numbers", [stateOf("pages", { ...good, parts: { "0": { s: [65631], done: 1 } } })], [NOT_OURS]],
  ["a cursor that is a number", [stateOf("pages", { ...good, parts: { "0": { s: [], f: { c: 7 } } } })], [NOT_OURS]],
  [
    "another format of bodies",
    [stateOf("pages", { ...good, setup: "atlas_doc_format" })],
    ["pages: the body format has changed since the state was written; all rows are sent again.", NO_INDEX],
  ],
  ["a part without spaces", [stateOf("pages", { ...good, parts: { "0": { s: [], done: 1 } } })], [NO_INDEX]],
  ["a part of spaces that are not there", [stateOf("pages", { ...good, parts: { "0": { s: ["1"] } } })], [NO_INDEX]],
  ["names that objects have by birth", [stateOf("constructor", good), stateOf("__proto__", good)], []],
]

describe("a state that is none of ours", () => {
  it.each(odd)("starts the stream anew: %s", async (_, state, warnings) => {
    const run = await read(["pages"], state)
    expect(warningsOf(run)).toEqual(warnings)
    expect(run.exitCode).toBe(0)
    expectRowsOfSite(site, "pages", recordsOf(run, "pages"))
  })

  it.each([
    [
      "a list of whole protocol lines",
      (states: ReadonlyArray<unknown>) => states.map((state) => ({ type: "STATE", state })),
    ],
    [
      "a global state",
      (states: ReadonlyArray<StateMessage>) => ({
        type: "GLOBAL",
        global: { stream_states: states.map(({ stream }) => stream) },
      }),
    ],
    ["one message alone", (states: ReadonlyArray<unknown>) => states[0]],
    [
      "a list with the ids and nulls that the platform adds",
      (states: ReadonlyArray<object>) => states.map((state) => ({ ...state, id: 3, global: null, data: null })),
    ],
  ])("is gone on from where it is ours in another wrapping: %s", async (_, wrapped) => {
    const states = [stateOf("spaces", { ...good, setup: "none", done: 1, job: "7" })]
    const run = await read(["spaces"], wrapped(states), "7")
    expect([run.exitCode, warningsOf(run), recordsOf(run, "spaces")]).toEqual([0, [], []])
  })

  it("is refused where it belongs to another site, and costs that stream alone", async () => {
    const run = await read(["pages", "groups"], [stateOf("pages", { ...good, site: "another-cloud-id", done: 1 })])
    expect(run.exitCode).toBe(1)
    expect(errorsOf(run)).toEqual([
      {
        message: `The state of the stream pages belongs to another Confluence site (another-cloud-id, not ${cloudId}). Reset the stream's state, or set domain_name back to that site.`,
        failure_type: "config_error",
        stream_descriptor: { name: "pages" },
      },
    ])
    expectRowsOfSite(site, "groups", recordsOf(run, "groups"))
  })
})

/** Every place in a JSON value, of lists the first item. */
const placesIn = (value: unknown, path: ReadonlyArray<string> = []): ReadonlyArray<ReadonlyArray<string>> =>
  typeof value !== "object" || value === null
    ? [path]
    : [
        path,
        ...Object.entries(value)
          .slice(0, Array.isArray(value) ? 1 : undefined)
          .flatMap(([key, item]) => placesIn(item, [...path, key])),
      ]

/** A copy of `value` with `nonsense` in one place. */
const spoilt = (value: unknown, [key, ...deeper]: ReadonlyArray<string>, nonsense: unknown): unknown => {
  if (key === undefined) return nonsense
  const inside = spoilt((value as Row)[key], deeper, nonsense)
  if (Array.isArray(value)) return [inside, ...value.slice(1)]
  return { ...(value as Row), [key]: inside }
}

/** Undefined takes the place away. */
const NONSENSE = [undefined, null, "nonsense", -1, 1e300, {}, ["nonsense"]]

/** Ids and keys of the lists' order: another one of the same form cannot be told from a true one. */
const isKey = (place: ReadonlyArray<string>): boolean =>
  place.includes("s") || place.includes("accounts") || place.at(-1) === "l"

/** Reads with the state spoilt in each place in turn: what the destination has then is the site, or the error speaks of the state. */
const expectNoWrongResult = async (
  small: Simulation,
  stream: string,
  had: ReadonlyArray<Row>,
  streamState: unknown,
): Promise<void> => {
  const places = placesIn(streamState).filter((place) => !isKey(place))
  expect(places.length).toBeGreaterThan(3)
  for (const place of places) {
    for (const nonsense of NONSENSE) {
      const state = [stateOf(stream, spoilt(streamState, place, nonsense))]
      const run = await small.run("read", {
        ...LIGHT,
        catalog: catalogOf([stream], { syncMode: "incremental" }),
        state,
      })
      const messages = parseMessages(run.lines)
      const what = `${place.join(".")} = ${JSON.stringify(nonsense)}`
      if (run.exit === 0) {
        // A sync that begins anew, by its own words or for want of a state or of an index, sends all by itself.
        const isWanting = place.length === 0
        const isAnew = isWanting || warningsOf({ exitCode: run.exit, messages }).length > 0
        const rows = [...(isAnew ? [] : had), ...recordsOf({ messages }, stream)]
        expectRowsOfSite(small.site, stream, rows, { bodyFormat: null })
      } else {
        expect(errorsOf({ exitCode: run.exit, messages }), what).toEqual([
          expect.objectContaining({ failure_type: "config_error", message: expect.stringMatching(/^The state of/) }),
        ])
      }
    }
  }
}

/** Without bodies, and with a comparison of everything in each sync. */
const LIGHT = { config: { body_format: "none", reconcile_interval_hours: 0 } }

describe("a state with nonsense in one place", () => {
  const smallSite = () => new Simulation({ pages: 100, spaces: 9, settings: { maxPageSize: 7 } })

  it.each(["pages", "attachments", "group_members"])(
    "never leads to a wrong result when a scan goes on: %s",
    async (stream) => {
      const small = smallSite()
      const whole = await small.run("read", { ...LIGHT, streams: [stream] })
      const states = whole.lines.flatMap((line, index) => (line.startsWith(`{"type":"STATE"`) ? [index] : []))
      const cutAfterLines = states[0]! + 1
      const first = await small.run("read", { ...LIGHT, streams: [stream], cutAfterLines })
      const messages = parseMessages(first.lines)
      const had = recordsOf({ messages }, stream)
      expect(had.length).toBeLessThan(small.site.truth(stream as TruthStream, { bodyFormat: null }).length)
      const state = messages.findLast(({ type }) => type === "STATE")!.state!
      await expectNoWrongResult(small, stream, had, state.stream!.stream_state)
    },
  )

  it.each(["pages", "comments", "attachments"])(
    "never leads to a wrong result when changes are followed: %s",
    async (stream) => {
      const small = smallSite()
      const first = await small.run("read", { ...LIGHT, streams: [stream] })
      const messages = parseMessages(first.lines)
      const { site } = small
      const [edited, trashed] = site.truth("pages", { bodyFormat: null }).filter((page) => page["status"] === "current")
      site.edit(String(edited!["id"]))
      site.trash(String(trashed!["id"]))
      site.addAttachment(site.create({}))
      const state = messages.findLast(({ type }) => type === "STATE")!.state!
      await expectNoWrongResult(small, stream, recordsOf({ messages }, stream), state.stream!.stream_state)
    },
  )
})
