/** `spaces` through the executable: the spaces of the site, and which of them filters let in. */
import { readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { type RunningSampleSite, startSampleSite } from "../../src/sample-site/server.ts"
import { executable, type Row, runConnector, SHORT_PAUSES, withFolder, writeInputs } from "../support/runConnector.ts"

let server: RunningSampleSite
beforeAll(async () => {
  server = await startSampleSite({ pages: 60, spaces: 12 })
})
afterAll(() => server.close())
beforeEach(() => server.site.reset())

const spaces = (config: Row, ...flags: ReadonlyArray<string>) =>
  withFolder((folder) =>
    runConnector(["spaces", ...writeInputs(folder, { config }), ...flags], { plain: true, env: SHORT_PAUSES }),
  )

const asked = () => server.site.statistics().endpoints
const truth = () =>
  server.site.truth("spaces").toSorted((one, other) => (String(one["key"]) < String(other["key"]) ? -1 : 1))
const pagesOf = (space: Row) => server.site.truth("pages").filter((page) => page["spaceId"] === space["id"]).length
const key = (at: number) => String(truth()[at]!["key"])

describe("spaces", () => {
  it("are a table, sorted by key, with the number of pages of each", async () => {
    const run = await spaces(server.site.config())
    const [heading, ...rows] = run.lines
    expect([run.exitCode, run.stderr, run.unfinished]).toEqual([0, "", ""])
    expect(heading).toMatch(/^READ {2}KEY +TYPE +STATUS +PAGES {2}NAME$/)
    const columns = ["TYPE", "STATUS", "NAME"].map((name) => heading!.indexOf(name))
    expect(rows.map((row) => row.split(/ {2,}/))).toEqual(
      truth().map((space) => [
        "yes",
        space["key"],
        space["type"],
        space["status"],
        String(pagesOf(space)),
        space["name"],
      ]),
    )
    for (const row of rows) for (const at of columns) expect(row.slice(at - 2, at + 1), row).toMatch(/^ {2}\S$/)
  })

  it("cost one request for the pages, and none for each", async () => {
    await spaces(server.site.config())
    expect(asked()["/wiki/api/v2/pages"]?.requests).toBe(1)
    // Current and archived ones.
    expect(asked()["/wiki/api/v2/spaces"]?.requests).toBe(2)
  })

  it("are an array with --json, in which the filters mark what they let in", async () => {
    const filters = { spaces_include: [key(0), key(1), "~*"], spaces_exclude: [key(1)], include_archived_spaces: false }
    const run = await spaces({ ...server.site.config(), filters }, "--json")
    const isIn = ({ key: each, status }: Row) =>
      status !== "archived" && (each === key(0) || String(each).startsWith("~"))
    expect(run.exitCode).toBe(0)
    expect(JSON.parse(run.lines.join("\n"))).toEqual(
      truth().map((space) => ({
        id: space["id"],
        key: space["key"],
        name: space["name"],
        type: space["type"],
        status: space["status"],
        pages: pagesOf(space),
        pagesAtLeast: pagesOf(space),
        included: isIn(space),
      })),
    )
    expect(truth().some(isIn)).toBe(true)
  })

  it("of a larger site have the pages that one answer shows, and are said to have more", async () => {
    const large = await startSampleSite({ pages: 400, spaces: 5 })
    try {
      const run = await spaces(large.site.config(), "--json")
      const shown = JSON.parse(run.lines.join("\n")) as ReadonlyArray<{ pages: unknown; pagesAtLeast: number }>
      expect(shown.map(({ pages }) => pages)).toEqual(shown.map(() => null))
      expect(shown.reduce((sum, { pagesAtLeast }) => sum + pagesAtLeast, 0)).toBe(
        large.site.statistics().endpoints["/wiki/api/v2/pages"]!.rows,
      )
      const table = await spaces(large.site.config())
      expect(table.lines.slice(1).every((row) => /\d\+ {2}/.test(row))).toBe(true)
      expect(table.stderr).toMatch(/12\+ stands for 12 or more/)
    } finally {
      await large.close()
    }
  })

  it("in the archive have no number of pages where the site's list may leave those out", async () => {
    server.site.set({ quirks: { contentOfArchivedSpaces: false } })
    const run = await spaces(server.site.config(), "--json")
    const archived = (JSON.parse(run.lines.join("\n")) as ReadonlyArray<Row>).filter(
      ({ status }) => status === "archived",
    )
    expect(archived.length).toBeGreaterThan(0)
    for (const space of archived) expect(space).toMatchObject({ pages: null, pagesAtLeast: 0 })
  })

  it("cannot move a terminal's cursor by their names", async () => {
    server.site.renameSpace(String(truth()[0]!["id"]), { name: "Red\u001b[31m\u202eand\rback" })
    const run = await spaces(server.site.config())
    expect(run.lines[1]).toMatch(/ {2}Red \[31m and back$/)
  })
})

describe("warnings", () => {
  it("name each pattern that matches nothing, and the key that was meant", async () => {
    const filters = { spaces_include: ["NOPE*", key(0).toLowerCase(), key(0)], spaces_exclude: ["GONE"] }
    const run = await spaces({ ...server.site.config(), filters })
    expect(run.exitCode).toBe(0)
    expect(run.stderr.split("\n")).toEqual(
      expect.arrayContaining([
        `WARN "NOPE*" in filters.spaces_include matches no space that the account sees.`,
        `WARN "${key(0).toLowerCase()}" in filters.spaces_include matches no space that the account sees. Did you mean "${key(0)}"? Capitals count.`,
        `WARN "GONE" in filters.spaces_exclude matches no space that the account sees.`,
      ]),
    )
    expect(run.stderr).not.toContain("no space in")
  })

  it("say that no space is left", async () => {
    const run = await spaces({ ...server.site.config(), filters: { spaces_exclude: ["*"] } })
    expect([run.exitCode, run.lines.slice(1).every((row) => row.startsWith("no "))]).toEqual([0, true])
    expect(run.stderr).toContain("WARN The filters let no space in.\n")
  })

  it("say why pages are not counted", async () => {
    server.site.set({ forbidden: ["/wiki/api/v2/pages"] })
    const run = await spaces(server.site.config(), "--json")
    expect(run.exitCode).toBe(0)
    expect(JSON.parse(run.lines.join("\n"))).toEqual(
      truth().map((space) => expect.objectContaining({ key: space["key"], pages: null, pagesAtLeast: 0 })),
    )
    expect(run.stderr).toMatch(/^WARN The pages are not counted\. .*\/wiki\/api\/v2\/pages/m)
  })
})

/** A sentence on stderr, and the same as a TRACE ERROR on stdout. */
const expectFailed = (run: Awaited<ReturnType<typeof spaces>>, message: RegExp, failureType = "config_error") => {
  expect(run.exitCode).toBe(1)
  expect(run.lines).toHaveLength(1)
  const { error } = JSON.parse(run.lines[0]!).trace
  expect(error).toMatchObject({ message: expect.stringMatching(message), failure_type: failureType })
  expect(run.stderr).toContain(`${error.message}\n`)
}

describe("what ends the command", () => {
  it("is a list of spaces that is refused, with the scope that it takes", async () => {
    server.site.set({ scopes: ["read:confluence-user", "read:page:confluence"] })
    expectFailed(await spaces(server.site.config("scoped")), /read:space:confluence/)
  })

  it("is an account that sees no space", async () => {
    for (const space of truth()) server.site.hideSpace(String(space["id"]))
    expectFailed(await spaces(server.site.config()), /^The account sees no space/)
  })

  it("is a filter that makes no sense", async () => {
    expectFailed(
      await spaces({ ...server.site.config(), filters: { spaces_include: ["ENG", ""] } }),
      /^"filters\.spaces_include\[1\]"/,
    )
  })

  it("is a credential that is wrong, which is not shown", async () => {
    const config = server.site.config()
    const credentials = { ...(config["credentials"] as Row), api_token: "wrong-token-4711" }
    const run = await spaces({ ...config, credentials })
    expectFailed(run, /401|credential|token/i)
    expect(run.stderr + run.lines.join("")).not.toContain("wrong-token-4711")
  })
})

describe("by OAuth 2.0", () => {
  const tokenIn = (path: string): unknown => JSON.parse(readFileSync(path, "utf8")).credentials.refresh_token

  it("the config file gets the new refresh token, and stdout no message", () =>
    withFolder(async (folder) => {
      const path = join(folder, "config.json")
      const config: Row = { ...server.site.config("oauth2.0"), _of: "somebody" }
      writeFileSync(path, JSON.stringify(config))
      const first = tokenIn(path)
      const run = await runConnector(["spaces", "--config", path, "--json"], { plain: true })
      expect(JSON.parse(run.lines.join("\n"))).toHaveLength(truth().length)
      expect(tokenIn(path)).not.toBe(first)
      expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({
        _of: "somebody",
        domain_name: config["domain_name"],
      })
      expect((statSync(path).mode & 0o777).toString(8)).toBe("600")
      expect(run.stderr).toContain(`was written to ${path}.`)
      expect(run.stderr).not.toContain(String(tokenIn(path)))
      server.site.expireAccessTokens()
      expect((await runConnector(["spaces", "--config", path], { plain: true })).exitCode).toBe(0)
    }))

  it("no token is spent where the config cannot be written", () =>
    withFolder(async (folder) => {
      const path = join(folder, "config.json")
      writeFileSync(path, JSON.stringify(server.site.config("oauth2.0")))
      // A pipe can be read, but not written back.
      const script = 'exec "$0" spaces --config <(cat "$1")'
      const run = await runConnector(["-c", script, executable, path], { executable: "bash", plain: true })
      expectFailed(run, /it cannot be written/)
      expect(asked()["/oauth/token"]).toBeUndefined()
    }))
})
