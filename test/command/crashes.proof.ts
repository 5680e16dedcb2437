/** A run that goes wrong outside of all plans, or is looked at from outside, gives no secret away either. */
import { readFileSync } from "node:fs"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { type RunningSampleSite, startSampleSite } from "../../src/sample-site/server.ts"
import { decide, fileIn, visit } from "../authorize/attempt.ts"
import { CONSENT, startAuthorize } from "../authorize/authorizeProcess.ts"
import { errorsOf, type Row, withFolder } from "../support/runConnector.ts"
import { ALL_STREAMS, catalogOf } from "./catalogs.ts"
import { CREDENTIALS, leaksOf, runWatched, secretsOf } from "./leaks.ts"

let server: RunningSampleSite
beforeAll(async () => {
  server = await startSampleSite({ pages: 60, credentials: CREDENTIALS })
})
afterAll(() => server.close())
beforeEach(() => server.site.reset())

const THROWING = new URL("throwing.ts", import.meta.url).href
const HOW = [
  "an error",
  "an error with a cause",
  "an error with more",
  "an object",
  "a text",
  "a rejection",
  "a rejection with a text",
]

const filesOf = (config: Row) => ({ config, catalog: catalogOf(ALL_STREAMS) })

describe("what nobody has caught", () => {
  it.each(HOW)("is told without its secrets: %s", async (how) => {
    const env = { NODE_OPTIONS: `--import=${THROWING}`, THROW_AT: "/user/current", THROW_HOW: how }
    const run = await runWatched("read", filesOf(server.site.config("scoped")), { env })
    expect(run.exitCode).toBe(1)
    expect(errorsOf(run)).toMatchObject([
      { failure_type: "system_error", internal_message: expect.stringMatching(/./) },
    ])
    expect(errorsOf(run)[0]!.internal_message).toContain(how === "an error with a cause" ? "outer" : "")
    expect(leaksOf(run, secretsOf(server.site))).toEqual([])
    expect(run.left).toEqual({})
  })

  it("is told without the secrets of a token request", async () => {
    const env = { NODE_OPTIONS: `--import=${THROWING}`, THROW_AT: "/oauth/token", THROW_HOW: "an error" }
    const run = await runWatched("read", filesOf(server.site.config("oauth2.0")), { env })
    expect(errorsOf(run)).toMatchObject([{ internal_message: expect.stringContaining("refresh_token") }])
    expect(leaksOf(run, secretsOf(server.site))).toEqual([])
  })

  it("writes no report of Node's, even where reports are asked for", async () => {
    const env = {
      NODE_OPTIONS: `--import=${THROWING} --report-uncaught-exception --report-on-fatalerror`,
      THROW_AT: "/user/current",
    }
    const run = await runWatched("check", { config: server.site.config() }, { env })
    expect([run.exitCode, run.stderr, run.left]).toEqual([1, "", {}])
    expect(leaksOf(run, secretsOf(server.site))).toEqual([])
  })

  it.each(HOW)("is told without its secrets by authorize: %s", (how) =>
    withFolder(async (folder) => {
      const { refresh_token: _token, ...app } = server.site.config("oauth2.0")["credentials"] as Row
      const config = fileIn(folder, "config.json", { ...server.site.config("oauth2.0"), credentials: app })
      const env = { NODE_OPTIONS: `--import=${THROWING}`, THROW_AT: "/oauth/token", THROW_HOW: how }
      const { hears, run } = startAuthorize(["--config", config, "--no-browser", "--port", "0", "--debug"], { env })
      const address = await hears(CONSENT)
      const callback = await decide(address, "accept")
      await visit(callback).catch(() => undefined)
      const ended = await run
      expect([ended.exitCode, ended.lines]).toEqual([1, [address]])
      expect(ended.stderr).toContain("authorize failed by a fault of its own")
      const code = new URL(callback).searchParams.get("code")!
      expect(leaksOf({ ...ended, left: {} }, { ...secretsOf(server.site), code })).toEqual([])
    }),
  )
})

describe("from outside", () => {
  it.each(["classic", "oauth2.0", "service_account"] as const)("a process shows no secret: %s", async (kind) => {
    const shown: Array<string> = []
    server.site.set({ latencyMs: 20 })
    const run = await runWatched("read", filesOf(server.site.config(kind)), {
      onOutput: (_, child) => {
        for (const what of ["cmdline", "comm", "environ", "status"]) {
          try {
            shown.push(readFileSync(`/proc/${child.pid}/${what}`, "latin1"))
          } catch {
            // The process has ended.
          }
        }
      },
    })
    expect(run.exitCode).toBe(0)
    expect(shown.join(" ")).toContain("main.mjs")
    expect(leaksOf({ ...run, stderr: `${run.stderr}${shown.join(" ")}` }, secretsOf(server.site))).toEqual([])
    expect(run.left).toEqual({})
  })

  it("a report that is asked for by a signal holds none", async () => {
    server.site.set({ latencyMs: 50 })
    let asked = false
    const run = await runWatched("read", filesOf(server.site.config("oauth2.0")), {
      env: { NODE_OPTIONS: "--report-on-signal" },
      onOutput: (chunk, child) => {
        if (!asked && chunk.includes("RECORD")) asked = child.kill("SIGUSR2")
      },
    })
    expect(Object.keys(run.left)).toEqual([expect.stringMatching(/report\..*\.json$/)])
    expect(Object.values(run.left)[0]).toContain("environmentVariables")
    expect(leaksOf({ ...run, stderr: "" }, secretsOf(server.site))).toEqual([])
  })

  it.each(["SIGTERM", "SIGINT"] as const)("a run that is ended by %s leaves no secret behind", async (signal) => {
    server.site.set({ latencyMs: 30 })
    const run = await runWatched("read", filesOf(server.site.config("oauth2.0")), {
      onOutput: (chunk, child) => {
        if (chunk.includes("RECORD")) child.kill(signal)
      },
    })
    expect([run.signal, run.unfinished, run.left]).toEqual([signal, "", {}])
    expect(leaksOf(run, secretsOf(server.site))).toEqual([])
  })

  it("a run whose reader goes away in the middle says nothing of its secrets", async () => {
    const run = await runWatched("read", filesOf(server.site.config("oauth2.0")), {
      onOutput: (_, child) => child.stdout!.destroy(),
    })
    expect(run.exitCode).toBe(1)
    // What was read until then may end within the new config, which is to hold its tokens.
    expect(leaksOf({ ...run, lines: [], unfinished: "" }, secretsOf(server.site))).toEqual([])
  })
})
