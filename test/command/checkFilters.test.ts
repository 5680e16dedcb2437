/** `check` through the executable, of configs with filters: what matches nothing is named, and where no space is left it fails. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { type RunningSampleSite, startSampleSite } from "../../src/sample-site/server.ts"
import type { GivenFilters } from "../support/givenFilters.ts"
import { brokenRules } from "../support/protocolRules.ts"
import { errorsOf, logsOf, runCommand, SHORT_PAUSES } from "../support/runConnector.ts"

let server: RunningSampleSite
beforeAll(async () => {
  server = await startSampleSite({ pages: 60, spaces: 12 })
})
afterAll(() => server.close())
beforeEach(() => server.site.reset())

const check = async (filters: GivenFilters, kind: "classic" | "scoped" = "classic") => {
  const config = { ...server.site.config(kind), filters }
  const run = await runCommand("check", { config }, { env: SHORT_PAUSES })
  expect(brokenRules(run.lines)).toEqual([])
  expect(run.exitCode).toBe(0)
  const [status] = run.messages.flatMap(({ connectionStatus }) => connectionStatus ?? [])
  return { run, status: status!, requests: server.site.statistics().endpoints["/wiki/api/v2/spaces"]!.requests }
}

const spaces = () => server.site.truth("spaces")
const key = () => String(spaces()[0]!["key"])

describe("a check of filters", () => {
  it("tells how many spaces are let in, for two requests more", async () => {
    const without = await check({})
    server.site.reset()
    const { run, status, requests } = await check({ spaces_include: [key()], spaces_exclude: ["~*"] })
    expect(status.status).toBe("SUCCEEDED")
    expect(logsOf(run)).toContain(`INFO The filters let in 1 of ${spaces().length} spaces.`)
    expect(requests).toBe(without.requests + 2)
  })

  it("asks nothing more where no filter names spaces or ids", async () => {
    const without = await check({})
    server.site.reset()
    const { run, requests } = await check({
      modified_after: "2026-01-01",
      include_trashed: true,
    })
    expect(requests).toBe(without.requests)
    expect(logsOf(run).join("\n")).not.toContain("The filters let in")
  })

  it("names each pattern that matches nothing, of exclusions and beside * too", async () => {
    const { run, status } = await check({ spaces_include: ["*", "NOPE*"], spaces_exclude: ["GONE"] })
    expect(status.status).toBe("SUCCEEDED")
    expect(logsOf(run)).toEqual(
      expect.arrayContaining([
        `WARN "NOPE*" in filters.spaces_include matches no space that the account sees.`,
        `WARN "GONE" in filters.spaces_exclude matches no space that the account sees.`,
      ]),
    )
  })

  it.each<[string, GivenFilters, RegExp]>([
    ["all are excluded", { spaces_exclude: ["*"] }, /nothing to read\.$/],
    [
      "none has such a key",
      { spaces_include: ["NOPE", "NADA*"] },
      /"NOPE" in filters\.spaces_include matches no space.* "NADA\*" in filters\.spaces_include matches/,
    ],
    [
      "personal ones are asked for and left out",
      { spaces_include: ["~*"], include_personal_spaces: false },
      /nothing to read\.$/,
    ],
  ])("fails where no space is left: %s", async (_, filters, message) => {
    const { run, status } = await check(filters)
    expect(status).toEqual({
      status: "FAILED",
      message: expect.stringMatching(/^The filters let in none of the spaces that the account sees/),
    })
    expect(status.message).toMatch(message)
    expect(errorsOf(run)).toMatchObject([{ message: status.message, failure_type: "config_error" }])
  })

  it("says that it cannot tell where the spaces may not be listed", async () => {
    server.site.set({ scopes: ["read:confluence-user", "read:page:confluence"] })
    const { run, status } = await check({ spaces_include: ["ENG"] }, "scoped")
    expect(status.status).toBe("SUCCEEDED")
    expect(logsOf(run)).toContainEqual(
      expect.stringMatching(/^WARN What the filters of spaces let in cannot be told\. .*read:space:confluence/),
    )
  })
})
