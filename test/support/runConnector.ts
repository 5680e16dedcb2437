/**
 * Runs the connector as the platform does: the executable as a process, its files on disk, its messages on stdout.
 *
 * Files get odd names and extensions, because the platform and PyAirbyte give them such names.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

/** The checkout. */
export const root = fileURLToPath(new URL("../..", import.meta.url))
export const executable = join(root, "bin/source-confluence")

/** Environment in which the pauses between tries take a hundredth of their time. */
export const SHORT_PAUSES = { NODE_OPTIONS: `--import=${new URL("shortPauses.ts", import.meta.url).href}` } as const

export type Row = Readonly<Record<string, unknown>>

export interface Descriptor {
  readonly name: string
  readonly namespace?: string
}

export interface StateMessage {
  readonly type?: string
  readonly stream?: { readonly stream_descriptor: Descriptor; readonly stream_state?: unknown }
  readonly sourceStats?: { readonly recordCount?: number }
}

export interface TraceError {
  readonly message: string
  readonly internal_message?: string
  readonly failure_type?: string
  readonly stream_descriptor?: Descriptor
}

/** What was done to a field of a record, as its `meta` says. */
export interface FieldChange {
  readonly field: string
  readonly change: string
  readonly reason: string
}

/** A line of stdout, of which tests look at these parts. That it is valid is judged by `protocolRules.ts`. */
export interface ProtocolMessage {
  readonly type: string
  readonly record?: {
    readonly stream: string
    readonly namespace?: string
    readonly data: Row
    readonly meta?: { readonly changes?: ReadonlyArray<FieldChange> }
    readonly file_reference?: {
      readonly staging_file_url: string
      readonly source_file_relative_path: string
      readonly file_size_bytes: number
    }
  }
  readonly state?: StateMessage
  readonly log?: { readonly level: string; readonly message: string }
  readonly trace?: {
    readonly type: string
    readonly error?: TraceError
    readonly stream_status?: {
      readonly stream_descriptor: Descriptor
      readonly status: string
      readonly reasons?: ReadonlyArray<unknown>
    }
    readonly estimate?: Descriptor
  }
  readonly connectionStatus?: { readonly status: string; readonly message?: string }
  readonly control?: { readonly connectorConfig: { readonly config: Row } }
  readonly catalog?: { readonly streams: ReadonlyArray<CatalogStream> }
  readonly spec?: { readonly connectionSpecification: Row }
}

/** A stream as `discover` shows it. */
export interface CatalogStream {
  readonly name: string
  readonly namespace?: string | null
  readonly json_schema: { readonly properties?: Row; readonly [key: string]: unknown }
  readonly source_defined_primary_key?: ReadonlyArray<ReadonlyArray<string>>
  readonly [key: string]: unknown
}

export interface ConfiguredCatalog {
  readonly streams: ReadonlyArray<{ readonly stream: CatalogStream; readonly [key: string]: unknown }>
}

/** What a run of the connector left behind. */
export interface ConnectorRun {
  /** The whole lines of stdout. */
  readonly lines: ReadonlyArray<string>
  /** What came after the last line feed. */
  readonly unfinished: string
  /** The lines, parsed. */
  readonly messages: ReadonlyArray<ProtocolMessage>
  readonly stderr: string
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Another way to the executable: a link, say. */
  readonly executable?: string
  readonly cwd?: string
  /** Stdout is for people or other programs, and no protocol. */
  readonly plain?: boolean
  /** Sees the process when it has started, before any output of it. */
  readonly onStart?: (child: ChildProcess) => void
  /** Sees stdout as it comes. */
  readonly onOutput?: (chunk: Buffer, child: ChildProcess) => void
}

/** Whole lines, and what is left after the last line feed. */
export const splitLines = (text: string): { readonly lines: ReadonlyArray<string>; readonly unfinished: string } => {
  const lines = text.split("\n")
  const unfinished = lines.pop() ?? ""
  return { lines, unfinished }
}

export const parseMessages = (lines: ReadonlyArray<string>): ReadonlyArray<ProtocolMessage> =>
  lines.map((line) => {
    try {
      return JSON.parse(line) as ProtocolMessage
    } catch {
      throw new Error(`stdout holds a line that is no JSON: ${line.slice(0, 300)}`)
    }
  })

/** What the connector inherits of the tests' environment: not their NODE_OPTIONS, LOG_LEVEL or proxies. */
const inherited = (): Record<string, string> =>
  Object.fromEntries(
    ["PATH", "HOME", "TMPDIR"].flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
  )

/** Runs the executable with these arguments until it ends. */
export const runConnector = (args: ReadonlyArray<string>, options: RunOptions = {}): Promise<ConnectorRun> =>
  new Promise((resolve, reject) => {
    const child = spawn(options.executable ?? executable, args, {
      cwd: options.cwd ?? tmpdir(),
      env: { ...inherited(), ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    })
    const out: Array<Buffer> = []
    const err: Array<Buffer> = []
    options.onStart?.(child)
    child.stdout.on("data", (chunk: Buffer) => {
      out.push(chunk)
      options.onOutput?.(chunk, child)
    })
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk))
    child.once("error", reject)
    child.once("close", (exitCode, signal) => {
      try {
        const { lines, unfinished } = splitLines(Buffer.concat(out).toString("utf8"))
        const stderr = Buffer.concat(err).toString("utf8")
        resolve({
          lines,
          unfinished,
          messages: options.plain === true ? [] : parseMessages(lines),
          stderr,
          exitCode,
          signal,
        })
      } catch (error) {
        reject(error as Error)
      }
    })
  })

/** The files of a command by flag. A text is written as it is, anything else as JSON; undefined: no such flag. */
export type InputFiles = Readonly<Partial<Record<"config" | "catalog" | "state", unknown>>>

const ODD_NAMES = { config: "connectorConfig", catalog: "tmp8k2_catalog.txt", state: "input state.json.bak" } as const

/** Gives `use` a folder of its own and takes it away afterwards. */
export const withFolder = async <A>(use: (folder: string) => Promise<A>): Promise<A> => {
  const folder = mkdtempSync(join(tmpdir(), "source-confluence-test-"))
  try {
    return await use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Writes the files and answers the flags that name them. */
export const writeInputs = (folder: string, files: InputFiles): ReadonlyArray<string> =>
  Object.entries(ODD_NAMES).flatMap(([flag, name]) => {
    const content = files[flag as keyof InputFiles]
    if (content === undefined) return []
    const path = join(folder, name)
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content))
    return [`--${flag}`, path]
  })

/** Runs a command of the protocol with files of this content. */
export const runCommand = (
  command: "spec" | "check" | "discover" | "read",
  files: InputFiles = {},
  options: RunOptions = {},
): Promise<ConnectorRun> => withFolder((folder) => runConnector([command, ...writeInputs(folder, files)], options))

/** The records of a stream. */
export const recordsOf = ({ messages }: Pick<ConnectorRun, "messages">, stream: string): ReadonlyArray<Row> =>
  messages.flatMap(({ record }) => (record?.stream === stream ? [record.data] : []))

/** The statuses of a stream, in order. */
export const statusesOf = ({ messages }: ConnectorRun, stream: string): ReadonlyArray<string> =>
  messages.flatMap(({ trace }) =>
    trace?.stream_status?.stream_descriptor.name === stream ? [trace.stream_status.status] : [],
  )

export const errorsOf = ({ messages }: Pick<ConnectorRun, "messages">): ReadonlyArray<TraceError> =>
  messages.flatMap(({ trace }) => (trace?.error === undefined ? [] : [trace.error]))

export const logsOf = ({ messages }: ConnectorRun): ReadonlyArray<string> =>
  messages.flatMap(({ log }) => (log === undefined ? [] : [`${log.level} ${log.message}`]))

/** The states as the platform hands them back: a list with the last STATE of each stream. */
export const lastStatesOf = ({ messages }: Pick<ConnectorRun, "messages">): ReadonlyArray<StateMessage> => {
  const last = new Map<string, StateMessage>()
  for (const { state } of messages) if (state?.stream) last.set(state.stream.stream_descriptor.name, state)
  return [...last.values()]
}
