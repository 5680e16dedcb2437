/** Levels of classification: all of them, and an edition without them, or where they may not be read, says so. */
import { describe, expect, test } from "vitest"
import type { SettingsChange } from "../../src/sample-site/options.ts"
import { expectTruth } from "../support/destination.ts"
import { errorsOf, type Ran, recordsOf, Simulation, statusesOf } from "../support/inProcess.ts"

const STREAM = "classification_levels"
const PATH = "/wiki/api/v2/classification-levels"

const siteWith = (settings: SettingsChange = {}) => new Simulation({ seed: 17, pages: 8, spaces: 4, settings })
const read = (simulation: Simulation) => simulation.run("read", { streams: [STREAM] })
const warnings = (ran: Ran) => ran.messages.flatMap(({ log }) => (log?.level === "WARN" ? [log.message] : []))
const asked = (simulation: Simulation) => simulation.exchanged.filter(({ request }) => request.path === PATH)

describe("levels of classification", () => {
  test("are read in one request, drafts and archived ones too", async () => {
    const simulation = siteWith()
    const ran = await read(simulation)
    expect(ran.exit).toBe(0)
    expect(warnings(ran)).toEqual([])
    expectTruth(simulation, STREAM, recordsOf(ran, STREAM))
    expect(recordsOf(ran, STREAM)).toHaveLength(5)
    expect(new Set(recordsOf(ran, STREAM).map(({ status }) => status)).size).toBe(3)
    expect(asked(simulation)).toHaveLength(1)
  })

  test("are read anew by each sync", async () => {
    const simulation = siteWith()
    await read(simulation)
    const { site } = simulation
    const id = site.addLevel({ name: "Embargo", color: "RED" })
    site.archiveLevel(String(site.truth(STREAM)[0]!["id"]))
    const second = await read(simulation)
    expect(recordsOf(second, STREAM)).toContainEqual(expect.objectContaining({ id, name: "Embargo", color: "RED" }))
    expectTruth(simulation, STREAM, recordsOf(second, STREAM))
  })

  for (const [levelsWithoutEdition, why] of [
    ["404", /404 Not Found/],
    ["501", /501 Not Implemented/],
  ] as const) {
    test(`are none, with a warning, on an edition that answers ${levelsWithoutEdition}; check says that it can be read`, async () => {
      const simulation = siteWith({ quirks: { classifies: false, levelsWithoutEdition } })
      const ran = await read(simulation)
      expect(ran.exit).toBe(0)
      expect(statusesOf(ran, STREAM).at(-1)).toBe("COMPLETE")
      expect(recordsOf(ran, STREAM)).toEqual([])
      expect(warnings(ran)).toEqual([expect.stringMatching(why)])
      const logs = (await simulation.run("check")).messages.flatMap(({ log }) => log?.message ?? [])
      expect(logs).toContain(`${STREAM}: can be read.`)
    })
  }

  test("that are refused, for want of a scope or not, are a config_error", async () => {
    const refused = siteWith({ quirks: { classifies: false, levelsWithoutEdition: "403" } })
    expect(errorsOf(await read(refused))).toMatchObject([
      { failure_type: "config_error", message: expect.stringContaining("403 Forbidden") },
    ])
    const scoped = siteWith({ scopes: ["read:space:confluence"] })
    const ran = await scoped.run("read", { streams: [STREAM], config: scoped.site.config("scoped") })
    expect(statusesOf(ran, STREAM).at(-1)).toBe("INCOMPLETE")
    expect(errorsOf(ran)).toMatchObject([
      { failure_type: "config_error", message: expect.stringContaining("read:configuration:confluence") },
    ])
  })

  test("of a site that is down, or behind a page of the web, are an error and not none", async () => {
    const simulation = siteWith()
    simulation.site.setFaults([{ kind: "status", status: 503, path: PATH }])
    expect(errorsOf(await read(simulation))).toMatchObject([{ failure_type: "transient_error" }])
    simulation.site.setFaults([
      {
        kind: "status",
        status: 404,
        path: PATH,
        body: "<html>Not here</html>",
        headers: { "content-type": "text/html" },
      },
    ])
    expect(statusesOf(await read(simulation), STREAM).at(-1)).toBe("INCOMPLETE")
  })
})
