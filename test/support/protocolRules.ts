/**
 * Judges what a command has written to stdout by the rules of the Airbyte protocol: those that `airbyte_protocol.yaml`
 * states, and those that it leaves out but the platform enforces or that a destination relies on.
 *
 * Every broken rule is named, so that a test of this judge can tell that each rule is able to fail.
 */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { Ajv, type ValidateFunction } from "ajv"
import addFormats from "ajv-formats"
import { parse } from "yaml"
import { type ConfiguredCatalog, type Descriptor, type ProtocolMessage, root, type Row } from "./runConnector.ts"

export const RULES = {
  json: "every line is JSON",
  lineEnds: "U+0085, U+2028 and U+2029 are escaped",
  surrogates: "no surrogate stands alone",
  protocol: "every message is valid by airbyte_protocol.yaml",
  payload: "a message has the payload of its type",
  nulls: "an optional field of the envelope is absent, never null",
  configured: "records, states and statuses are of configured streams",
  started: "a stream begins with STARTED, once",
  running: "RUNNING comes before the first record and the first state",
  ended: "every configured stream ends with COMPLETE or INCOMPLETE, unless the command failed before it began with any",
  afterEnd: "nothing of a stream follows its COMPLETE or INCOMPLETE but its TRACE ERROR",
  explained: "INCOMPLETE has a TRACE ERROR with the stream's descriptor",
  stateForComplete: "a complete stream has a STATE, and no record after its last one",
  recordCount: "sourceStats.recordCount counts the stream's records since its previous state",
  stateType: "a state is of type STREAM",
  stateId: "a state has no id: the platform adds one",
  keys: "no primary key is there twice in a stream",
  schema: "a record is valid by its stream's schema",
  declared: "a record has no top-level field that its schema, or the configured one, does not declare",
  summary: "the last LOG of a read sums it up",
} as const

export type Rule = keyof typeof RULES

export interface Broken {
  readonly rule: Rule
  /** The line's number from 1 on; 0 where the whole output is meant. */
  readonly line: number
  readonly detail: string
}

/** What the output is of. */
export interface Judged {
  /** The configured catalog, of a read. */
  readonly catalog?: ConfiguredCatalog
  /** Whether the process was ended from outside, so that streams need not have come to an end. */
  readonly cutOff?: boolean
}

const ajv = new Ajv({ strict: false, allErrors: true })
addFormats.default(ajv)

const protocol = parse(readFileSync(join(root, "test/support/airbyte_protocol.yaml"), "utf8")) as {
  readonly $id: string
}
ajv.addSchema(protocol)
const isAirbyteMessage = ajv.compile({ $ref: `${protocol.$id}#/definitions/AirbyteMessage` })

interface RowSchema {
  readonly validate: ValidateFunction
  readonly declared: ReadonlySet<string>
}

const rowSchemas = new Map<string, RowSchema>(
  readdirSync(join(root, "schemas")).map((file) => {
    const schema = JSON.parse(readFileSync(join(root, "schemas", file), "utf8")) as { readonly properties: Row }
    const declared = new Set(Object.keys(schema.properties))
    return [file.replace(/\.json$/, ""), { validate: ajv.compile(schema), declared }] as const
  }),
)

const PAYLOADS: Readonly<Record<string, string>> = {
  RECORD: "record",
  STATE: "state",
  LOG: "log",
  SPEC: "spec",
  CONNECTION_STATUS: "connectionStatus",
  CATALOG: "catalog",
  TRACE: "trace",
  CONTROL: "control",
}

/** Where JSON of others begins: there null is a value like any other. */
const FOREIGN = new Set(["data", "stream_state", "json_schema", "connectionSpecification", "config", "advanced_auth"])

const nullIn = (value: unknown, path: string): string | undefined => {
  if (value === null) return path
  if (typeof value !== "object") return undefined
  for (const [key, item] of Object.entries(value as object)) {
    const found = FOREIGN.has(key) ? undefined : nullIn(item, `${path}.${key}`)
    if (found !== undefined) return found
  }
  return undefined
}

const LONE_SURROGATE = /\\ud[89ab][0-9a-f]{2}(?!\\ud[c-f][0-9a-f]{2})|(?<!\\ud[89ab][0-9a-f]{2})\\ud[c-f][0-9a-f]{2}/i

/** Escaped backslashes go first: `\\ud800` in JSON is a text that spells an escape, not one. */
const holdsLoneSurrogate = (line: string): boolean => LONE_SURROGATE.test(line.replaceAll("\\\\", ""))

const keyOf = ({ name, namespace }: Descriptor): string => JSON.stringify([name, namespace ?? ""])

/** What is known of one configured stream while the lines go by. */
class StreamCourse {
  readonly primaryKey: ReadonlyArray<string>
  readonly columns: ReadonlySet<string> | undefined
  readonly keys = new Set<string>()
  statuses: Array<string> = []
  sinceState = 0
  states = 0
  explained = false
  constructor(primaryKey: ReadonlyArray<string>, columns: ReadonlySet<string> | undefined) {
    this.primaryKey = primaryKey
    this.columns = columns
  }
  get end(): string | undefined {
    return this.statuses.find((status) => status === "COMPLETE" || status === "INCOMPLETE")
  }
}

class Judge {
  readonly broken: Array<Broken> = []
  readonly #courses: ReadonlyMap<string, StreamCourse> | undefined
  #line = 0
  #lastLog: string | undefined
  #commandFailed = false

  constructor({ catalog }: Judged) {
    this.#courses =
      catalog &&
      new Map(
        catalog.streams.map(({ stream }) => {
          const { name, namespace, json_schema: schema, source_defined_primary_key: key = [] } = stream
          const columns = schema?.properties && new Set(Object.keys(schema.properties))
          const descriptor = namespace === null || namespace === undefined ? { name } : { name, namespace }
          return [
            keyOf(descriptor),
            new StreamCourse(
              key.map(([column]) => column!),
              columns,
            ),
          ]
        }),
      )
  }

  #break(rule: Rule, detail: string): void {
    this.broken.push({ rule, line: this.#line, detail: detail.slice(0, 500) })
  }

  /** The stream of a message, which must have started and must not have ended. */
  #courseOf(descriptor: Descriptor, what: string): StreamCourse | undefined {
    const course = this.#courses?.get(keyOf(descriptor))
    if (course === undefined) {
      this.#break("configured", `${what} of ${descriptor.name}`)
      return undefined
    }
    if (course.end !== undefined) this.#break("afterEnd", `${what} of ${descriptor.name} after ${course.end}`)
    return course
  }

  line(text: string): void {
    this.#line++
    if (/[\u0085\u2028\u2029]/.test(text)) this.#break("lineEnds", text)
    if (holdsLoneSurrogate(text)) this.#break("surrogates", text)
    let message: ProtocolMessage
    try {
      message = JSON.parse(text) as ProtocolMessage
    } catch {
      return this.#break("json", text)
    }
    if (!isAirbyteMessage(message)) {
      this.#break("protocol", `${ajv.errorsText(isAirbyteMessage.errors)} in ${text}`)
      if (typeof message !== "object" || message === null || Array.isArray(message)) return
    }
    const payload = PAYLOADS[message.type]
    if (payload === undefined || !(payload in message)) return this.#break("payload", text)
    const found = nullIn(message, "message")
    if (found !== undefined) this.#break("nulls", found)
    this.#message(message)
  }

  #message({ type, log, record, state, trace }: ProtocolMessage): void {
    if (type === "LOG") this.#lastLog = log?.message
    if (type === "RECORD" && record) this.#record(record)
    if (type === "STATE" && state) this.#state(state)
    if (type === "TRACE" && trace) this.#trace(trace)
  }

  #record(record: NonNullable<ProtocolMessage["record"]>): void {
    const { stream: name, namespace, data } = record
    const course = this.#courseOf(namespace === undefined ? { name } : { name, namespace }, "a record")
    if (course === undefined) return
    if (!course.statuses.includes("RUNNING")) this.#break("running", `a record of ${name}`)
    course.sinceState++
    const schema = rowSchemas.get(name)
    if (schema !== undefined && !schema.validate(data)) {
      this.#break("schema", `${name}: ${ajv.errorsText(schema.validate.errors)}`)
    }
    const undeclared = Object.keys(data).filter(
      (column) => schema?.declared.has(column) !== true || course.columns?.has(column) === false,
    )
    if (undeclared.length > 0) this.#break("declared", `${name}: ${undeclared.join(", ")}`)
    // A destination that does not want the key's columns cannot be told twice of the same row.
    if (course.primaryKey.length > 0 && course.primaryKey.every((column) => course.columns?.has(column) !== false)) {
      const key = JSON.stringify(course.primaryKey.map((column) => data[column]))
      if (course.keys.has(key)) this.#break("keys", `${name} ${key}`)
      course.keys.add(key)
    }
  }

  #state(state: NonNullable<ProtocolMessage["state"]>): void {
    if (state.type !== "STREAM" || state.stream === undefined) return this.#break("stateType", String(state.type))
    if ("id" in state) this.#break("stateId", JSON.stringify(state).slice(0, 100))
    const { name } = state.stream.stream_descriptor
    const course = this.#courseOf(state.stream.stream_descriptor, "a state")
    if (course === undefined) return
    if (!course.statuses.includes("RUNNING")) this.#break("running", `a state of ${name}`)
    const counted = state.sourceStats?.recordCount
    if (counted !== course.sinceState) {
      this.#break("recordCount", `${name}: ${counted} records are told of, ${course.sinceState} were written`)
    }
    course.sinceState = 0
    course.states++
  }

  #trace(trace: NonNullable<ProtocolMessage["trace"]>): void {
    const { error, estimate, stream_status: status } = trace
    if (error?.stream_descriptor !== undefined) {
      const course = this.#courses?.get(keyOf(error.stream_descriptor))
      if (course?.end === "INCOMPLETE") course.explained = true
    }
    if (error !== undefined && error.stream_descriptor === undefined) this.#commandFailed = true
    if (estimate !== undefined) this.#courseOf(estimate, "an estimate")
    if (status === undefined) return
    const { name } = status.stream_descriptor
    const course = this.#courseOf(status.stream_descriptor, `a status ${status.status}`)
    if (course === undefined) return
    const first = course.statuses.length === 0
    if (first !== (status.status === "STARTED")) this.#break("started", `${name}: ${status.status}`)
    course.statuses.push(status.status)
    if (status.status === "COMPLETE" && (course.states === 0 || course.sinceState > 0)) {
      this.#break("stateForComplete", `${name}: ${course.states} states, ${course.sinceState} records after the last`)
    }
  }

  /** What can only be told when all has been seen. */
  end(cutOff: boolean): void {
    this.#line = 0
    if (this.#courses === undefined) return
    const begun = [...this.#courses.values()].some(({ statuses }) => statuses.length > 0)
    if (this.#commandFailed && !begun) return
    for (const [key, course] of this.#courses) {
      if (course.end === undefined && !cutOff) this.#break("ended", key)
      if (course.end === "INCOMPLETE" && !course.explained && !cutOff) this.#break("explained", key)
    }
    const names = [...this.#courses.keys()].map((key) => (JSON.parse(key) as [string])[0])
    const missing = names.filter((name) => !(this.#lastLog ?? "").includes(`${name}: `))
    if (missing.length > 0 && !cutOff) this.#break("summary", `does not tell of ${missing.join(", ")}`)
  }
}

/** Every broken rule of a command's output; nothing where it keeps them all. */
export const brokenRules = (lines: ReadonlyArray<string>, judged: Judged = {}): ReadonlyArray<Broken> => {
  const judge = new Judge(judged)
  for (const line of lines) judge.line(line)
  judge.end(judged.cutOff ?? false)
  return judge.broken
}
