/** stdout of a read as a platform handles it: a reader that sleeps or goes away, FIFOs, a shell in between. */
import { execFile } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { promisify } from "node:util"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type RunningSampleSite, startSampleSite } from "../../src/sample-site/server.ts"
import { brokenRules } from "../support/protocolRules.ts"
import {
  executable,
  parseMessages,
  recordsOf,
  runCommand,
  splitLines,
  withFolder,
  writeInputs,
} from "../support/runConnector.ts"
import { ALL_STREAMS, catalogOf } from "./catalogs.ts"
import { expectRowsOfSite } from "./siteTruth.ts"

const PAGES = 20_000
const MB = 1_048_576

/** The most memory that a process has had, in bytes; undefined when it has ended. */
const peakMemory = (pid: number): number | undefined => {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? []
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024
  } catch {
    return undefined
  }
}

describe("a reader that sleeps", () => {
  it("costs time and no memory, and no request is sent meanwhile", { timeout: 60_000 }, async () => {
    const server = await startSampleSite({
      pages: PAGES,
      bodyBytes: 4_096,
      varied: false,
      footerComments: 0,
      attachments: 0,
    })
    const catalog = catalogOf(["pages"])
    let peak = 0
    let asleep: { readonly before: number; readonly after: number } | undefined
    let seen = 0
    const run = await runCommand(
      "read",
      { config: server.site.config(), catalog },
      {
        onStart: (child) => {
          const watch = setInterval(() => {
            const memory = peakMemory(child.pid!)
            if (memory === undefined) clearInterval(watch)
            else peak = memory
          }, 50)
        },
        onOutput: (chunk, child) => {
          seen += chunk.length
          if (asleep !== undefined || seen < 5 * MB) return
          asleep = { before: 0, after: 0 }
          child.stdout!.pause()
          void (async () => {
            await sleep(1_000)
            const before = server.site.statistics().requests
            await sleep(2_000)
            asleep = { before, after: server.site.statistics().requests }
            child.stdout!.resume()
          })()
        },
      },
    ).finally(server.close)
    expect([run.exitCode, run.stderr]).toEqual([0, ""])
    expect(brokenRules(run.lines, { catalog })).toEqual([])
    expect(recordsOf(run, "pages")).toHaveLength(PAGES)
    expect(asleep!.before).toBeGreaterThan(0)
    expect(asleep!.before).toBeLessThan(PAGES / 250)
    expect(asleep!.after).toBe(asleep!.before)
    expect(peak / MB).toBeGreaterThan(40)
    expect(peak / MB).toBeLessThan(250)
  })
})

describe("a shell around the connector", () => {
  let server: RunningSampleSite
  beforeAll(async () => {
    server = await startSampleSite({ pages: 400 })
  })
  afterAll(() => server.close())

  /**
   * Runs a script of `sh` in a folder with the input files; `$CONNECTOR` is the executable, `$READ` a read's arguments.
   * Answers what it has printed and the files of these names that it has left.
   */
  const inShell = (script: string, ...names: ReadonlyArray<string>) =>
    withFolder(async (folder) => {
      const inputs = writeInputs(folder, { config: server.site.config(), catalog: catalogOf(ALL_STREAMS) })
      const command = script.replaceAll("$READ", `read ${inputs.map((word) => `'${word}'`).join(" ")}`)
      const env = { ...process.env, CONNECTOR: executable, CONFIG: inputs[1] }
      const printed = await promisify(execFile)("sh", ["-c", command], { cwd: folder, env, maxBuffer: 64 * MB })
      return { ...printed, files: names.map((name) => readFileSync(join(folder, name), "utf8")) }
    })

  it("gets an end without a stack trace when the reader has gone after the first line", async () => {
    const { stdout, stderr } = await inShell(`{ "$CONNECTOR" $READ; echo "exit $?" >&2; } | head -n 1`)
    expect(parseMessages(splitLines(stdout).lines)).toHaveLength(1)
    expect(stderr).toBe("exit 1\n")
  })

  it.each([
    ["spec", `"$CONNECTOR" spec`],
    ["discover", `"$CONNECTOR" discover --config "$CONFIG"`],
    ["check", `"$CONNECTOR" check --config "$CONFIG"`],
    ["a call that is wrong", `"$CONNECTOR" nonsense`],
    ["the help", `"$CONNECTOR" --help 2>&1`],
  ])("gets an end without a stack trace where nobody reads the output of %s", async (_, command) => {
    const { stderr } = await inShell(`{ sleep 0.2; ${command}; echo "exit $?" >&2; } | true`)
    expect(stderr).toMatch(/exit [01]\n$/)
    expect(stderr).not.toMatch(/EPIPE|^ +at /m)
  })

  it("gets the whole output through FIFOs, as the platform reads it", async () => {
    const { files } = await inShell(
      `mkfifo out err && { cat out > got & cat err > said & "$CONNECTOR" $READ > out 2> err; echo $? > code; wait; }`,
      "got",
      "said",
      "code",
    )
    const [got = "", ...rest] = files
    const { lines, unfinished } = splitLines(got)
    expect([unfinished, ...rest]).toEqual(["", "", "0\n"])
    expect(brokenRules(lines, { catalog: catalogOf(ALL_STREAMS) })).toEqual([])
    const messages = parseMessages(lines)
    for (const stream of ALL_STREAMS) expectRowsOfSite(server.site, stream, recordsOf({ messages }, stream))
  })

  it("gets the whole catalog in a file", async () => {
    const { files } = await inShell(`"$CONNECTOR" discover --config "$CONFIG" > catalog`, "catalog")
    expect(parseMessages(splitLines(files[0]!).lines).map(({ type }) => type)).toEqual(["CATALOG"])
  })

  it("works where the working folder has gone", async () => {
    const { stdout } = await inShell(
      `mkdir gone && cd gone && rmdir ../gone && "$CONNECTOR" discover --config "$CONFIG"`,
    )
    expect(parseMessages(splitLines(stdout).lines).map(({ type }) => type)).toEqual(["CATALOG"])
  })
})
