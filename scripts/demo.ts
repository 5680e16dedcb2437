/**
 * The README's first command: serves the sample site, runs check, discover and read against it through the real executable,
 * and shows what came.
 */
import { spawn } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { createInterface } from "node:readline"
import { startSampleSite } from "../src/sample-site/server.ts"

const executable = resolve(import.meta.dirname, "../bin/source-confluence")
const folder = mkdtempSync(join(tmpdir(), "source-confluence-demo-"))
const say = (text = "") => process.stdout.write(`${text}\n`)

type Message = Record<string, any>

/** Runs a command and hands over its messages line by line; the exit code. */
const run = async (
  args: ReadonlyArray<string>,
  onMessage: (message: Message, bytes: number) => void,
): Promise<number> => {
  const child = spawn(executable, args, { stdio: ["ignore", "pipe", "inherit"] })
  const ended = new Promise<number>((done) => child.once("close", (code) => done(code ?? 1)))
  for await (const line of createInterface({ input: child.stdout, crlfDelay: Infinity })) {
    onMessage(JSON.parse(line), Buffer.byteLength(line) + 1)
  }
  return ended
}

/** Enough to show every stream, and few enough to be read while one watches: four streams cost a request for each content. */
const PAGES = 600
const LATENCY_MS = 40

const title = (data: Message): string | undefined => data["title"] ?? data["name"] ?? data["displayName"]

const LONGEST_TITLE = 34

const shortened = (text: string): string => {
  const letters = [...text]
  return letters.length <= LONGEST_TITLE
    ? text
    : `${letters
        .slice(0, LONGEST_TITLE - 1)
        .join("")
        .trimEnd()}…`
}

/** A few titles that fit on a line. */
const examples = (titles: ReadonlyArray<string>): string => {
  const plain = titles.map((text) => text.replaceAll(/[^\p{L}\p{N}\p{P}\p{S}]+/gu, " ").trim())
  return [...new Set(plain.filter((text) => text !== "").map(shortened))].slice(0, 2).join(" · ")
}

/** One line on a terminal that says how far the read is, and goes away when it has ended. */
const progress = (text: string): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`)
}

interface Seen {
  rows: number
  bytes: number
  titles: Array<string>
}

const table = (rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  const numeric = new Set([1, 2, 3, 4])
  return rows
    .map((row) =>
      row
        .map((cell, column) => (numeric.has(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n")
}

const main = async (): Promise<number> => {
  const sample = await startSampleSite({ pages: PAGES, latencyMs: LATENCY_MS })
  const config = join(folder, "config.json")
  const catalogFile = join(folder, "catalog.json")
  writeFileSync(config, JSON.stringify(sample.site.config()))
  say(
    `A sample Confluence Cloud site with ${PAGES} pages is at ${sample.url}/wiki; each answer takes ${LATENCY_MS} ms.`,
  )
  say()
  say("check")
  let failed = 0
  failed += await run(["check", "--config", config], ({ connectionStatus }) => {
    if (connectionStatus !== undefined) say(`  ${connectionStatus.status}: ${connectionStatus.message}`)
  })
  say("discover")
  failed += await run(["discover", "--config", config], ({ catalog }) => {
    if (catalog === undefined) return
    const streams = catalog.streams.map((stream: Message) => ({
      stream,
      sync_mode: "full_refresh",
      destination_sync_mode: "overwrite",
    }))
    writeFileSync(catalogFile, JSON.stringify({ streams }))
    const columns = streams.reduce(
      (sum: number, each: Message) => sum + Object.keys(each["stream"].json_schema.properties).length,
      0,
    )
    say(`  ${streams.length} streams with ${columns} typed columns`)
  })
  say("read")
  const startedAt = performance.now()
  const seen = new Map<string, Seen>()
  let summary = ""
  let states = 0
  let rows = 0
  let completed = 0
  failed += await run(["read", "--config", config, "--catalog", catalogFile], (message, bytes) => {
    if (message["type"] === "STATE") states++
    if (message["type"] === "LOG") summary = message["log"].message
    if (message["trace"]?.stream_status?.status === "COMPLETE") completed++
    if (message["type"] !== "RECORD") return
    if (rows++ % 100 === 0) progress(`  ${rows.toLocaleString("en")} rows, ${completed} streams complete`)
    const { stream, data } = message["record"]
    const entry = seen.get(stream) ?? { rows: 0, bytes: 0, titles: [] }
    seen.set(stream, entry)
    entry.rows++
    entry.bytes += bytes
    const named = title(data)
    if (entry.titles.length < 12 && entry.rows % 7 === 1 && named !== undefined) entry.titles.push(named)
  })
  const seconds = (performance.now() - startedAt) / 1000
  progress("")
  const facts = new Map(
    [...summary.matchAll(/^(\w+): .*requests (\d+).*?, ([\d.]+) s/gm)].map(([, name, requests, took]) => [
      name!,
      { requests: requests!, took: took! },
    ]),
  )
  say(
    table([
      ["  stream", "rows", "requests", "seconds", "MB", "such as"],
      ...[...seen].map(([name, { rows, bytes, titles }]) => [
        `  ${name}`,
        rows.toLocaleString("en"),
        facts.get(name)?.requests ?? "",
        facts.get(name)?.took ?? "",
        (bytes / 1e6).toFixed(1),
        examples(titles),
      ]),
    ]),
  )
  const { mostInFlight } = sample.site.statistics()
  say(
    `  ${rows.toLocaleString("en")} rows and ${states} states in ${seconds.toFixed(1)} s, start of the process included` +
      `; at most ${mostInFlight} requests in flight.`,
  )
  say()
  say("The same by hand:")
  say(`  bin/source-confluence sample-site --pages ${PAGES} > config.json &`)
  say("  bin/source-confluence check --config config.json")
  say("  bin/source-confluence read --config config.json --catalog integration_tests/configured_catalog.json | head")
  await sample.close()
  return failed
}

process.exitCode = await main()
  .catch((error: unknown) => {
    process.stderr.write(`The demo failed: ${error instanceof Error ? error.message : String(error)}\n`)
    return 1
  })
  .finally(() => rmSync(folder, { recursive: true, force: true }))
