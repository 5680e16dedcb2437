/** Configured catalogs that cannot be read, each with the whole sentence that it gets. */
import type { InputFiles } from "../support/runConnector.ts"

export interface BadFile {
  readonly what: string
  /** A text is the file as it is, anything else is written as JSON. */
  readonly content: unknown
  readonly message: string
}

const pages = { name: "pages", json_schema: { type: "object" }, supported_sync_modes: ["full_refresh"] }
const entry = (stream: object, configured: object = {}) => ({
  stream: { ...pages, ...stream },
  sync_mode: "full_refresh",
  destination_sync_mode: "append",
  ...configured,
})
const of = (...streams: ReadonlyArray<unknown>) => ({ streams })

const bad = (what: string, content: unknown, message: string): BadFile => ({
  what,
  content,
  message: `--catalog catalog: ${message}.`,
})

const EMPTY = "the file is empty; it must hold JSON"
const NO_JSON = "the file is not valid JSON"
const NO_OBJECT = `it must be an object with a list "streams", but is`
const STREAMS = `"streams" must be a list of configured streams, but is`
const ENTRY = `"streams[0]" must be an object, but is`
const STREAM = `"streams[0].stream" must be an object with a name, but is`
const NAME = `"streams[0].stream.name" must be the name of a stream, but is`
const NAMESPACE = `"streams[0].stream.namespace" must be a text or absent, but is`
const SYNC_MODE = `"streams[0].sync_mode" must be one of full_refresh, incremental, but is`
const DESTINATION = `"streams[0].destination_sync_mode" must be one of append, overwrite, append_dedup, update, soft_delete, but is`
const SCHEMA = `"streams[0].stream.json_schema" must be an object, but is`
const PROPERTIES = `"streams[0].stream.json_schema.properties" must be an object, but is`

export const badCatalogs: ReadonlyArray<BadFile> = [
  bad("an empty file", "", EMPTY),
  bad("a file of blanks", " \n\t", EMPTY),
  bad("JavaScript", "{streams: []}", NO_JSON),
  bad("JSON that breaks off", `{"streams": [`, NO_JSON),
  bad("two values", `{"streams": []} {"streams": []}`, NO_JSON),
  bad("YAML", "streams:\n- pages", NO_JSON),
  bad("a value that JSON does not have", `{"streams": NaN}`, NO_JSON),
  bad("null", "null", `${NO_OBJECT} null`),
  bad("a list", [], `${NO_OBJECT} []`),
  bad("a number", 7, `${NO_OBJECT} 7`),
  bad("a text", `"streams"`, `${NO_OBJECT} "streams"`),
  bad("an empty object", {}, `${STREAMS} missing`),
  bad("a CATALOG without streams", { type: "CATALOG", catalog: {} }, `${STREAMS} missing`),
  bad("streams that are null", { streams: null }, `${STREAMS} null`),
  bad("streams that are an object", { streams: { pages: {} } }, `${STREAMS} {"pages":{}}`),
  bad("streams that are a text", { streams: "pages" }, `${STREAMS} "pages"`),
  bad("names alone", of("pages"), `${ENTRY} "pages"`),
  bad("an entry that is null", of(null), `${ENTRY} null`),
  bad("an entry that is a list", of([]), `${ENTRY} []`),
  bad("an empty entry", of({}), `${STREAM} missing`),
  bad("a stream that is not configured, and has no name", of({ ...pages, name: undefined }), `${STREAM} missing`),
  bad("a stream that is a name", of({ stream: "pages", sync_mode: "full_refresh" }), `${STREAM} "pages"`),
  bad("a stream without a name", of(entry({ name: undefined })), `${NAME} missing`),
  bad("a name that is empty", of(entry({ name: "" })), `${NAME} ""`),
  bad("a name that is a number", of(entry({ name: 7 })), `${NAME} 7`),
  bad("a namespace that is a number", of(entry({ namespace: 7 })), `${NAMESPACE} 7`),
  bad("a namespace that is a list", of(entry({ namespace: ["a"] })), `${NAMESPACE} ["a"]`),
  bad("no sync mode", of(entry({}, { sync_mode: undefined })), `${SYNC_MODE} missing`),
  bad("a sync mode that is null", of(entry({}, { sync_mode: null })), `${SYNC_MODE} null`),
  bad("a sync mode that there is not", of(entry({}, { sync_mode: "INVALID" })), `${SYNC_MODE} "INVALID"`),
  bad("a sync mode in capitals", of(entry({}, { sync_mode: "FULL_REFRESH" })), `${SYNC_MODE} "FULL_REFRESH"`),
  bad(
    "a sync mode as long as a book",
    of(entry({}, { sync_mode: "x".repeat(9_999) })),
    `${SYNC_MODE} "${"x".repeat(59)}…`,
  ),
  bad(
    "a destination's mode that there is not",
    of(entry({}, { destination_sync_mode: "replace" })),
    `${DESTINATION} "replace"`,
  ),
  bad("a schema that is a text", of(entry({ json_schema: "object" })), `${SCHEMA} "object"`),
  bad("a schema that is a list", of(entry({ json_schema: [] })), `${SCHEMA} []`),
  bad("columns that are a list", of(entry({ json_schema: { properties: ["id"] } })), `${PROPERTIES} ["id"]`),
  bad(
    "a stream that is there twice",
    of(entry({}), entry({ namespace: null })),
    `the stream "pages" is there twice; each stream may be there once`,
  ),
  bad(
    "a bad entry after a good one",
    of(entry({}), entry({ name: "" })),
    `"streams[1].stream.name" must be the name of a stream, but is ""`,
  ),
]

/** States that are no states at all. What merely does not fit a stream is no error, but starts that stream anew. */
export const badStates: ReadonlyArray<BadFile> = (
  [
    ["JavaScript", "{oops", NO_JSON],
    ["JSON that breaks off", `[{"type":"STREAM"`, NO_JSON],
    ["lines of which one breaks off", `{"type":"STATE"}\n{"type":`, NO_JSON],
    ["XML", "<state/>", NO_JSON],
    ["control characters", "\u0000\u0001", NO_JSON],
    ["a number", "7", "it must be a list of STATE messages, but is a number"],
    ["a text", `"state"`, "it must be a list of STATE messages, but is a string"],
    ["true", "true", "it must be a list of STATE messages, but is a boolean"],
  ] as const
).map(([what, content, message]) => ({ what, content, message: `--state state: ${message}.` }))

/** A catalog that is good. */
export const goodCatalog: InputFiles["catalog"] = of(entry({}))
