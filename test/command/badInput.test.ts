/**
 * What is wrong with a config, a catalog, a state, a file or a flag is told in one sentence, as a config error, before any
 * request: it names the key, what was wrong and what is allowed, and holds no secret and no stack trace.
 */
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { parseCommandLine } from "../../src/cli.ts"
import { SECRETS } from "../config/badConfig.ts"
import { badConfigs } from "../config/badConfigs.ts"
import { brokenRules } from "../support/protocolRules.ts"
import { type ConnectorRun, type InputFiles, runConnector, withFolder, writeInputs } from "../support/runConnector.ts"
import { badCatalogs, badStates, goodCatalog } from "./badCatalogs.ts"
import { badCommandLines } from "./badCommandLines.ts"
import { type OfflineRun, runOffline } from "./runOffline.ts"

const goodConfig = {
  domain_name: "acme",
  credentials: { auth_type: "api_token", email: "ada@example.com", api_token: SECRETS[0] },
}

/** As JSON, in which a number beyond all bounds is written as people write it. */
const jsonOf = (value: unknown): string =>
  JSON.stringify(value, (_key, item: unknown) => (item === Number.POSITIVE_INFINITY ? "1e999" : item)).replaceAll(
    `"1e999"`,
    "1e999",
  )

/** One TRACE ERROR with this sentence, and nothing else; of a check also the same as its status. */
const expectRefused = (run: OfflineRun | ConnectorRun, message: string, command: string): void => {
  expect(brokenRules(run.lines)).toEqual([])
  const error = { type: "TRACE", trace: expect.objectContaining({ error: { message, failure_type: "config_error" } }) }
  const status = { type: "CONNECTION_STATUS", connectionStatus: { status: "FAILED", message } }
  expect(run.messages).toEqual(command === "check" ? [error, status] : [error])
  expect(run.exitCode).toBe(command === "check" ? 0 : 1)
  for (const secret of SECRETS) expect(run.lines.join("\n")).not.toContain(secret)
}

describe("a bad config", () => {
  const told = (problems: ReadonlyArray<string>): string => {
    const more = problems.length - 3
    const rest = more > 0 ? [`There ${more === 1 ? "is 1 more problem" : `are ${more} more problems`}.`] : []
    return [...problems.slice(0, 3), ...rest].join(" ")
  }

  it.each(badConfigs.map((entry) => [entry.what, entry] as const))(
    "is refused by every command that takes one: %s",
    async (_, { config, problems, mode }) => {
      const files: InputFiles = { config: jsonOf(config), catalog: goodCatalog }
      for (const command of ["check", "discover", "read"] as const) {
        expectRefused(await runOffline(command, files, mode), told(problems), command)
      }
    },
  )

  it.each([
    ["an empty file", "", "the file is empty; it must hold JSON"],
    ["a byte order mark alone", "\uFEFF", "the file is empty; it must hold JSON"],
    ["JSON that breaks off", `{"api_token": "${SECRETS[0]}"`, "the file is not valid JSON"],
    ["JSON with a comment", `{"api_token": "${SECRETS[0]}"} // mine`, "the file is not valid JSON"],
    ["YAML", `api_token: ${SECRETS[0]}`, "the file is not valid JSON"],
  ])("is refused where the file holds %s", async (_, config, message) => {
    expectRefused(await runOffline("check", { config }), `--config config: ${message}.`, "check")
  })
})

describe("a bad catalog", () => {
  it.each(badCatalogs.map((entry) => [entry.what, entry] as const))(
    "is refused: %s",
    async (_, { content, message }) => {
      expectRefused(await runOffline("read", { config: goodConfig, catalog: content }), message, "read")
    },
  )
})

describe("a bad state", () => {
  it.each(badStates.map((entry) => [entry.what, entry] as const))("is refused: %s", async (_, { content, message }) => {
    const files = { config: goodConfig, catalog: goodCatalog, state: content }
    expectRefused(await runOffline("read", files), message, "read")
  })
})

describe("a bad command line", () => {
  it.each(badCommandLines.map((entry) => [entry.args.join(" ") || "nothing", entry] as const))(
    "is refused: %s",
    (_, { args, message }) => {
      const invocation = parseCommandLine(args)
      expect(invocation).toMatchObject({ kind: "misuse", message })
      expect((invocation as { readonly usage: string }).usage).toMatch(/^Usage: source-confluence /)
    },
  )
})

describe("the executable", () => {
  it.concurrent.each(badCommandLines.slice(0, 8).map((entry) => [entry.args.join(" ") || "nothing", entry] as const))(
    "tells on stderr and on stdout what is wrong with the call: %s",
    async (_, { args, message }) => {
      const run = await runConnector(args)
      expectRefused(run, message, "")
      expect(run.stderr.split("\n", 3)).toEqual([message, "", expect.stringMatching(/^Usage: /)])
    },
  )

  it.concurrent.each([
    [
      "bad in a setting",
      { config: { ...goodConfig, num_workers: 51 }, catalog: goodCatalog },
      `"num_workers" must be a whole number from 1 to 50, but is 51.`,
    ],
    [
      "bad in the catalog",
      { config: goodConfig, catalog: {} },
      `--catalog catalog: "streams" must be a list of configured streams, but is missing.`,
    ],
    [
      "bad in the state",
      { config: goodConfig, catalog: goodCatalog, state: "7" },
      `--state state: it must be a list of STATE messages, but is a number.`,
    ],
  ] as const)("refuses input that is %s, with an empty stderr", async (_, files, message) => {
    await withFolder(async (folder) => {
      const flags = writeInputs(folder, files)
      const run = await runConnector(["read", ...flags])
      const named = message.replace(
        /^--(catalog|state) \1/,
        (_all, flag: string) => `--${flag} ${flags[flags.indexOf(`--${flag}`) + 1]}`,
      )
      expectRefused(run, named, "read")
      expect(run.stderr).toBe("")
    })
  })

  it("says of a file that cannot be read which flag named it, and why", async () => {
    await withFolder(async (folder) => {
      mkdirSync(join(folder, "a folder"))
      writeFileSync(join(folder, "bytes"), Buffer.from([0xff, 0xfe, 0x00, 0x80]))
      for (const [name, reason] of [
        ["nowhere.json", "there is no such file"],
        ["a folder", "it is not a file"],
        ["bytes/config.json", "it is not a file"],
        ["bytes", "the file is not valid JSON"],
      ] as const) {
        const path = join(folder, name)
        expectRefused(await runConnector(["check", "--config", path]), `--config ${path}: ${reason}.`, "check")
      }
      const [, config = ""] = writeInputs(folder, { config: goodConfig })
      const missing = join(folder, "nowhere.json")
      const catalog = join(folder, "tmp8k2_catalog.txt")
      writeInputs(folder, { catalog: goodCatalog })
      for (const [flag, args] of [
        ["--catalog", ["--catalog", missing]],
        ["--state", ["--catalog", catalog, "--state", missing]],
      ] as const) {
        const run = await runConnector(["read", "--config", config, ...args])
        expectRefused(run, `${flag} ${missing}: there is no such file.`, "read")
      }
    })
  })
})
