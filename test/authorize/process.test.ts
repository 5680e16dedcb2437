/** `authorize` as a process: exit codes, signals, the browser that it opens, and the terminal that it asks in. */
import { execFile, spawn } from "node:child_process"
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs"
import { createServer } from "node:net"
import { dirname, join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { CALLBACK_PORT } from "../../src/cli.ts"
import { type RunningSampleSite, startSampleSite } from "../../src/sample-site/server.ts"
import { executable, runConnector, withFolder } from "../support/runConnector.ts"
import { appConfig, configIn, decide, fileIn, modeOf, visit } from "./attempt.ts"
import { CONSENT, startAuthorize } from "./authorizeProcess.ts"

let server: RunningSampleSite
beforeAll(async () => {
  server = await startSampleSite({ pages: 20 })
})
afterAll(() => server.close())

const QUIET = ["--no-browser", "--port", "0"]

describe("the process", () => {
  it("ends with 0 and nothing on stdout but the address, and check takes what it has written", () =>
    withFolder(async (folder) => {
      const config = fileIn(folder, "config.json", appConfig(server))
      const { hears, run } = startAuthorize(["--config", config, ...QUIET])
      const address = await hears(CONSENT)
      await visit(await decide(address, "accept"))
      const { lines, unfinished, exitCode, stderr } = await run
      expect([lines, unfinished, exitCode]).toEqual([[address], "", 0])
      expect(stderr).toMatch(
        new RegExp(
          `^Open this address in a browser on this machine:\\n\\n${server.url}/authorize\\?\\S+\\n\\nThe answer is awaited at http://localhost:\\d+/callback, which must be the callback URL of the OAuth 2\\.0 app\\. Ctrl-C ends the waiting\\.\\nThe config is in ${config}; it reads \\S+ \\(\\S+\\)\\. Try it: source-confluence check --config ${config}\\nUse it in one place: `,
        ),
      )
      const checked = await runConnector(["check", "--config", config])
      expect(checked.messages.at(-1)).toMatchObject({ connectionStatus: { status: "SUCCEEDED" } })
    }))

  it.each(["SIGINT", "SIGTERM"] as const)("is ended at once by %s, with a sentence and nothing written", (signal) =>
    withFolder(async (folder) => {
      const config = fileIn(folder, "config.json", appConfig(server), 0o644)
      const { hears, kill, run } = startAuthorize(["--config", config, ...QUIET])
      const address = await hears(CONSENT)
      const { searchParams } = new URL(address)
      const since = Date.now()
      kill(signal)
      const ended = await run
      expect(Date.now() - since).toBeLessThan(3_000)
      expect([ended.exitCode, ended.signal, ended.lines]).toEqual([null, signal, [address]])
      expect(ended.stderr.endsWith(`\nauthorize was ended (${signal}). Nothing was written.\n`)).toBe(true)
      expect([configIn(config), modeOf(config), readdirSync(folder)]).toEqual([
        appConfig(server),
        "644",
        ["config.json"],
      ])
      await expect(fetch(searchParams.get("redirect_uri")!)).rejects.toThrow("fetch failed")
    }),
  )

  it("ends with 1 and one sentence when it fails", () =>
    withFolder(async (folder) => {
      const config = fileIn(folder, "config.json", appConfig(server))
      const refused = startAuthorize(["--config", config, ...QUIET])
      const address = await refused.hears(CONSENT)
      await visit(await decide(address, "cancel"))
      const { exitCode, lines, stderr } = await refused.run
      expect([exitCode, lines]).toEqual([1, [address]])
      expect(stderr.split("\n").slice(-2)).toEqual([
        "Access was refused on the consent page (access_denied: User did not authorize the request). Nothing was written.",
        "",
      ])
      const { stderr: nothing } = await runConnector(["authorize"])
      expect(nothing).toBe(
        "authorize needs a file to write the config to: name it with --output, or one to complete with --config.\n",
      )
    }))

  it("says which port is in use, the usual one too", () =>
    withFolder(async (folder) => {
      const config = fileIn(folder, "config.json", appConfig(server))
      const other = createServer()
      // In use by somebody else is as good.
      await new Promise<void>((resolve) => {
        other.once("error", () => resolve())
        other.listen(CALLBACK_PORT, "127.0.0.1", resolve)
      })
      const { exitCode, stderr } = await runConnector(["authorize", "--config", config, "--no-browser"])
      other.close()
      expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/^Port 8765 is in use by another program: /)])
      expect(configIn(config)).toEqual(appConfig(server))
    }))

  it("has no terminal to ask in when its input is none", () =>
    withFolder(async (folder) => {
      const { exitCode, stderr } = await runConnector(["authorize", "--output", join(folder, "new.json"), ...QUIET])
      expect([exitCode, stderr, readdirSync(folder)]).toEqual([
        1,
        expect.stringMatching(
          / are missing, and there is no terminal to ask in: give a config that has them with --config\.\n$/,
        ),
        [],
      ])
    }))

  it("shows no secret with --debug either, whatever is refused", () =>
    withFolder(async (folder) => {
      const secret = "wr0ng-secret/+%"
      const config = fileIn(folder, "config.json", {
        ...appConfig(server),
        credentials: { client_id: "sample-client-id", client_secret: secret },
      })
      const { hears, run } = startAuthorize(["--config", config, "--debug", ...QUIET])
      const callback = await decide(await hears(CONSENT), "accept")
      await visit(callback)
      const { stderr, exitCode } = await run
      expect(exitCode).toBe(1)
      expect(stderr).toContain("HTTP 401: access_denied")
      for (const text of ["wr0ng", encodeURIComponent(secret), new URL(callback).searchParams.get("code")!])
        expect(stderr).not.toContain(text)
    }))
})

describe("the browser", () => {
  /** A folder for PATH with Node and, perhaps, a command that opens addresses. */
  const pathWith = (folder: string, script: string | undefined): string => {
    const bin = join(folder, "bin")
    mkdirSync(bin)
    symlinkSync(process.execPath, join(bin, "node"))
    if (script !== undefined) chmodSync(fileIn(bin, "xdg-open", `#!/bin/sh\n${script}\n`), 0o755)
    return bin
  }

  it.runIf(process.platform === "linux")("is opened with the address, exactly, and nothing else", () =>
    withFolder(async (folder) => {
      const config = fileIn(folder, "config.json", appConfig(server))
      const opened = join(folder, "opened")
      const PATH = pathWith(folder, `printf '%s\\n' "$#" "$@" > ${opened}.new\nexec /bin/mv ${opened}.new ${opened}`)
      const { hears, said, kill, run } = startAuthorize(["--config", config, "--port", "0"], { env: { PATH } })
      const address = await hears(CONSENT)
      expect(said()).toMatch(/^A browser opens; if it does not, open this address yourself:\n\n/)
      while (!existsSync(opened)) await sleep(20)
      expect(readFileSync(opened, "utf8")).toBe(`1\n${address}\n`)
      kill("SIGTERM")
      expect((await run).stderr).not.toContain("No browser")
    }),
  )

  it.runIf(process.platform === "linux").each([
    ["exit 3", "xdg-open ended with 3"],
    [undefined, "there is no xdg-open"],
  ])("that cannot be opened is a note, and the waiting goes on: %s", (script, why) =>
    withFolder(async (folder) => {
      const config = fileIn(folder, "config.json", appConfig(server))
      const PATH = pathWith(folder, script)
      const { hears, run } = startAuthorize(["--config", config, "--port", "0"], { env: { PATH } })
      await hears(new RegExp(`^No browser could be opened \\(${why}\\): open the address above\\.$`, "m"))
      await visit(await decide(await hears(CONSENT), "accept"))
      expect((await run).exitCode).toBe(0)
    }),
  )

  it.runIf(process.platform === "linux")("is left alone with --no-browser", () =>
    withFolder(async (folder) => {
      const config = fileIn(folder, "config.json", appConfig(server))
      const opened = join(folder, "opened")
      const PATH = pathWith(folder, `: > ${opened}`)
      const { hears, run } = startAuthorize(["--config", config, ...QUIET], { env: { PATH } })
      await visit(await decide(await hears(CONSENT), "accept"))
      expect([(await run).exitCode, existsSync(opened)]).toEqual([0, false])
    }),
  )
})

/** Of util-linux; it runs a command in a terminal of its own. */
const SCRIPT = "script"
const hasScript = await new Promise<boolean>((resolve) => {
  execFile(SCRIPT, ["--version"], (error, out) => resolve(error === null && out.includes("util-linux")))
})
if (!hasScript) process.stderr.write("No script of util-linux: what needs a terminal is skipped.\n")

describe.skipIf(!hasScript)("a terminal (made by script of util-linux)", () => {
  /** Runs in a terminal of its own, into which `type` types. */
  const inTerminal = (args: ReadonlyArray<string>) => {
    const command = [executable, "authorize", ...args].map((word) => `'${word}'`).join(" ")
    const child = spawn(SCRIPT, ["--quiet", "--return", "--command", command, "/dev/null"], {
      env: { PATH: `${dirname(process.execPath)}:${process.env["PATH"]}`, TERM: "xterm" },
    })
    let screen = ""
    child.stdout.on("data", (chunk: Buffer) => (screen += chunk.toString()))
    const shows = async (text: RegExp): Promise<string> => {
      for (let waited = 0; waited < 15_000; waited += 20) {
        const found = text.exec(screen.replaceAll("\r", ""))
        if (found !== null) return found[0]
        await sleep(20)
      }
      throw new Error(`the terminal does not show ${text}: ${screen}`)
    }
    const end = new Promise<number | null>((resolve) => child.once("close", resolve))
    return { type: (keys: string) => void child.stdin.write(keys), shows, end, screen: () => screen }
  }

  it("is asked in, and does not show the secret", () =>
    withFolder(async (folder) => {
      const { domain_name: _, credentials: __, ...rest } = appConfig(server)
      const config = fileIn(folder, "config.json", rest)
      const { type, shows, end, screen } = inTerminal(["--config", config, ...QUIET])
      await shows(/Client id of the OAuth 2\.0 app: /)
      type("sample-client-id\r")
      await shows(/Client secret \(it is not shown\): /)
      type("sample-client-secret\r")
      await visit(await decide(await shows(CONSENT), "accept"))
      expect(await end).toBe(0)
      expect(configIn(config)["credentials"]).toMatchObject({
        client_id: "sample-client-id",
        client_secret: "sample-client-secret",
      })
      expect(screen()).not.toContain("client-secret")
    }))

  it.each([
    ["at a question", /Client id of the OAuth 2\.0 app: /, {}],
    ["at the secret", /Client secret \(it is not shown\): /, { client_id: "x" }],
    ["at the consent page", CONSENT, { client_id: "x", client_secret: "yyyy" }],
  ])("ends it by Ctrl-C %s", (_where, text, credentials) =>
    withFolder(async (folder) => {
      const config = fileIn(folder, "config.json", { ...appConfig(server), credentials })
      const { type, shows, end, screen } = inTerminal(["--config", config, ...QUIET])
      await shows(text)
      type("\u0003")
      expect(await end).toBe(130)
      expect(screen()).toContain("authorize was ended (SIGINT). Nothing was written.")
      expect(configIn(config)["credentials"]).toEqual(credentials)
    }),
  )
})
