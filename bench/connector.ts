/** Runs the connector, and other commands, as processes of their own, and measures them from outside. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const fromRoot = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url))

export const connectorPath = fromRoot("bin/source-confluence")
export const bareLoopPath = fromRoot("bench/bareLoop.ts")

/** Files of this run of the benchmark, removed at its end. */
const folder = mkdtempSync(join(tmpdir(), "source-confluence-bench-"))
process.on("exit", () => rmSync(folder, { recursive: true, force: true }))

let files = 0

/** Writes `value` as a JSON file and answers its path. */
export const jsonFile = (value: unknown): string => {
  const path = join(folder, `${files++}.json`)
  writeFileSync(path, JSON.stringify(value))
  return path
}

/** The flags that `bin/source-confluence` gives to Node, so that what it is compared with runs under the same ones. */
export const nodeFlags = (): ReadonlyArray<string> => {
  // Asked of a stand-in for Node that prints its arguments.
  const bin = mkdtempSync(join(folder, "path-"))
  const standIn = '#!/bin/sh\nif [ "$1" = --version ]; then echo v999.0.0; else printf "%s\\n" "$@"; fi\n'
  writeFileSync(join(bin, "node"), standIn, { mode: 0o755 })
  const env = { ...process.env, PATH: `${bin}:${process.env["PATH"] ?? ""}` }
  const { stdout } = spawnSync(connectorPath, ["spec"], { env, encoding: "utf8" })
  return stdout.split("\n").filter((argument) => argument.startsWith("--"))
}

/** What a process has cost. */
export interface Cost {
  /** From its start to its end. */
  readonly seconds: number
  /** Time of the processor, user and system, in all threads. */
  readonly cpuSeconds: number
  readonly peakMegabytes: number
}

/** Clock ticks a second in /proc: 100 on every Linux that Node runs on. */
const TICKS = 100
const LOOK_EVERY_MS = 20

/** What Linux tells of a process that runs; undefined when it has ended. */
const look = (pid: number): Omit<Cost, "seconds"> | undefined => {
  try {
    const peak = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]
    // The name of the command, in brackets, may hold blanks; what follows does not.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? []
    if (peak === undefined) return undefined
    return { peakMegabytes: Number(peak) / 1024, cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS }
  } catch {
    return undefined
  }
}

const ended = (child: ChildProcess, command: string): Promise<void> =>
  new Promise((resolve, reject) => {
    let complaint = ""
    child.stderr?.on("data", (chunk: Buffer) => (complaint = `${complaint}${chunk.toString()}`.slice(-2000)))
    child.once("error", reject)
    child.once("close", (code, signal) =>
      code === 0 ? resolve() : reject(new Error(`${command} ended with ${signal ?? code}: ${complaint}`)),
    )
  })

/** What a process costs from now to its end. It must end well. */
const watched = async (child: ChildProcess, command: string, startedAt: number): Promise<Cost> => {
  let last = { peakMegabytes: 0, cpuSeconds: 0 }
  const watch = setInterval(() => {
    last = look(child.pid ?? 0) ?? last
  }, LOOK_EVERY_MS)
  try {
    await ended(child, command)
    return { ...last, seconds: (performance.now() - startedAt) / 1000 }
  } finally {
    clearInterval(watch)
  }
}

/** Runs a command to its end, its stdout a pipe whose reader throws all away. It must end well. */
export const measure = async (command: string, args: ReadonlyArray<string>): Promise<Cost> => {
  const pipe = join(folder, `pipe-${files++}`)
  spawnSync("sh", ["-c", 'mkfifo "$0"', pipe])
  const drain = spawn("sh", ["-c", 'exec cat < "$0" > /dev/null', pipe])
  const stdout = openSync(pipe, "w")
  const startedAt = performance.now()
  const child = spawn(command, args, { stdio: ["ignore", stdout, "pipe"] })
  closeSync(stdout)
  try {
    return await watched(child, command, startedAt)
  } finally {
    drain.kill()
  }
}

/** What a read has written. */
export interface Written {
  readonly recordBytes: number
  readonly stateBytes: number
  readonly lastStateBytes: number
  /** Rows sent, stream by stream, by the summary of the read. */
  readonly emitted: Readonly<Record<string, number>>
  /** From the start of the process to its first record, in seconds. */
  readonly firstRecordAfter: number
}

/** Runs a command of the connector, hands each line of its stdout to `onLine`, and says what it has cost. */
export const eachLine = async (args: ReadonlyArray<string>, onLine: (line: string) => void): Promise<Cost> => {
  const startedAt = performance.now()
  const child = spawn(connectorPath, args, { stdio: ["ignore", "pipe", "pipe"] })
  let rest = ""
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n")
    rest = lines.pop() ?? ""
    lines.forEach(onLine)
  })
  return watched(child, connectorPath, startedAt)
}

/** Runs a read and looks at all that it writes. */
export const inspectRead = async (config: string, catalog: string): Promise<Written> => {
  const startedAt = performance.now()
  let recordBytes = 0
  let stateBytes = 0
  let lastStateBytes = 0
  let firstRecordAfter: number | undefined
  let summary = ""
  await eachLine(["read", "--config", config, "--catalog", catalog], (line) => {
    if (line.startsWith('{"type":"RECORD"')) {
      firstRecordAfter ??= (performance.now() - startedAt) / 1000
      recordBytes += Buffer.byteLength(line) + 1
    } else if (line.startsWith('{"type":"STATE"')) {
      lastStateBytes = Buffer.byteLength(line) + 1
      stateBytes += lastStateBytes
    } else if (line.startsWith('{"type":"LOG"')) summary = JSON.parse(line).log.message
  })
  const emitted = Object.fromEntries(
    [...summary.matchAll(/^(\w+): .*?emitted (\d+)/gm)].map(([, stream, rows]) => [stream ?? "", Number(rows)]),
  )
  return { recordBytes, stateBytes, lastStateBytes, emitted, firstRecordAfter: firstRecordAfter ?? Number.NaN }
}

export const read = (config: string, catalog: string): Promise<Cost> =>
  measure(connectorPath, ["read", "--config", config, "--catalog", catalog])
