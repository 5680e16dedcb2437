/** The command line through the executable: `spec`, help, version, and what is wrong with a call. */
import { describe, expect, it } from "vitest"
import { COMMANDS } from "../../src/cli.ts"
import specification from "../../src/generated/spec.json" with { type: "json" }
import { version } from "../../src/version.ts"
import { brokenRules } from "../support/protocolRules.ts"
import { runConnector } from "../support/runConnector.ts"

describe("spec", () => {
  it("prints one SPEC and nothing else", async () => {
    const run = await runConnector(["spec"])
    expect(brokenRules(run.lines)).toEqual([])
    expect(run.messages).toEqual([{ type: "SPEC", spec: specification }])
    expect([run.unfinished, run.stderr, run.exitCode]).toEqual(["", "", 0])
  })
})

describe("the help and the version", () => {
  const calls = ["", ...Object.keys(COMMANDS)].flatMap((command) =>
    ["--help", "-h", "--version"].map((flag) => [command, flag].filter((word) => word !== "")),
  )
  it.concurrent.each(calls.map((args) => [args.join(" "), args] as const))(
    "are on stdout alone: %s",
    async (_, args) => {
      const run = await runConnector(args, { plain: true })
      const [command] = args
      const stdout = run.lines.map((line) => `${line}\n`).join("")
      expect([run.stderr, run.unfinished, run.exitCode]).toEqual(["", "", 0])
      if (args.includes("--version")) expect(stdout).toBe(`source-confluence ${version}\n`)
      else
        expect(stdout).toMatch(
          args.length === 1 ? /^Usage: source-confluence COMMAND/ : new RegExp(`^Usage: source-confluence ${command}`),
        )
    },
  )

  it("tell of every command and of every flag", async () => {
    const { lines } = await runConnector(["--help"], { plain: true })
    const help = lines.join("\n")
    for (const [command, { flags }] of Object.entries(COMMANDS)) {
      expect(help).toContain(`  ${command}`)
      for (const flag of Object.keys(flags)) expect(help).toMatch(new RegExp(`--${flag}[ \\]]`))
    }
  })
})
