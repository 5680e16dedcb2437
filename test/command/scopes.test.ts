/** `scopes` through the executable: a list to copy on stdout, what to do with it on stderr. */
import { spawnSync } from "node:child_process"
import { describe, expect, it } from "vitest"
import { authTypes } from "../../src/config/settings.ts"
import { scopesFor } from "../../src/confluence/scopes.ts"
import { endpoints } from "../../src/generated/endpoints.ts"
import { brokenRules } from "../support/protocolRules.ts"
import { executable, runConnector } from "../support/runConnector.ts"

const scopes = (...args: ReadonlyArray<string>) => {
  const { status, stdout, stderr } = spawnSync(executable, ["scopes", ...args], { encoding: "utf8" })
  return { status, stdout, stderr }
}

const asList = (names: ReadonlyArray<string>) => names.map((name) => `${name}\n`).join("")

describe("scopes", () => {
  it("prints what an API token needs for all streams", () => {
    const everyEndpoint = Object.values(endpoints).flat()
    expect(scopes()).toEqual({
      status: 0,
      stdout: asList(scopesFor(everyEndpoint, "api_token")),
      stderr: expect.stringMatching(
        new RegExp(`^The scopes that api_token needs .* ${Object.keys(endpoints).join(", ")}: tick them [^\\n]*\\n$`),
      ),
    })
  })

  it.each(authTypes)("prints what %s needs for a few streams", (authType) => {
    const { status, stdout, stderr } = scopes("--streams", "users, pages,users", "--auth-type", authType)
    expect(status).toBe(0)
    expect(stdout).toBe(asList(scopesFor([...endpoints["pages"]!, ...endpoints["users"]!], authType)))
    expect(stderr).toContain(`that ${authType} needs to sign in and to read users, pages: `)
  })

  it.each([
    ["pages,page", "page"],
    ["constructor", "constructor"],
    ["pages,", ""],
  ])("does not guess what is meant by --streams %s", async (given, unknown) => {
    const run = await runConnector(["scopes", "--streams", given])
    const sentence = `"${unknown}" is no stream; the streams are ${Object.keys(endpoints).join(", ")}.`
    expect(brokenRules(run.lines)).toEqual([])
    expect(run.messages).toMatchObject([{ trace: { error: { message: sentence, failure_type: "config_error" } } }])
    expect([run.stderr, run.exitCode]).toEqual([`${sentence}\n`, 1])
  })
})
