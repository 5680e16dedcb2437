/** Labels of the site and of its spaces: all of them, in few requests, by the filters of spaces. */
import { describe, expect, test } from "vitest"
import type { Fault } from "../../src/sample-site/Fault.ts"
import type { SettingsChange } from "../../src/sample-site/options.ts"
import { expectTruth, merged } from "../support/destination.ts"
import { errorsOf, recordsOf, Simulation, statesOf, statusesOf } from "../support/inProcess.ts"

const V2 = "/wiki/api/v2"
const OF_SPACES = "space_labels"

const siteWith = (settings: SettingsChange = {}) =>
  new Simulation({ seed: 41, pages: 30, spaces: 12, users: 20, settings })
const read = (simulation: Simulation, ...streams: ReadonlyArray<string>) => simulation.run("read", { streams })
const asked = (simulation: Simulation, end: string) =>
  simulation.exchanged.flatMap(({ request }) => (request.path.endsWith(end) ? [request.path] : []))

describe("the labels of the site", () => {
  test("are all read, those that nothing carries too, and 250 come in a request", async () => {
    const simulation = siteWith()
    for (let n = 0; n < 600; n++) simulation.site.labelSpace(simulation.site.spaces[0]!.id, { name: `l-${n}` })
    const ran = await read(simulation, "labels")
    expect(recordsOf(ran, "labels")).toHaveLength(simulation.site.truth("labels").length)
    expectTruth(simulation, "labels", recordsOf(ran, "labels"))
    expect(recordsOf(ran, "labels").map(({ name }) => name)).toContain("never-used")
    expect(new Set(recordsOf(ran, "labels").map(({ prefix }) => prefix))).toEqual(new Set(["global", "my", "team"]))
    expect(asked(simulation, "/labels").length).toBeLessThanOrEqual(Math.ceil(620 / 250) + 1)
  })

  test("that were cut off go on where they stopped", async () => {
    const simulation = siteWith({ maxPageSize: 4 })
    simulation.site.setFaults([{ kind: "status", status: 500, path: `${V2}/labels`, after: 3 }])
    const first = await read(simulation, "labels")
    expect(statusesOf(first, "labels").at(-1)).toBe("INCOMPLETE")
    simulation.site.setFaults([])
    const second = await simulation.run("read", { streams: ["labels"], state: statesOf(first) })
    expect(second.exit).toBe(0)
    expectTruth(simulation, "labels", merged("labels", [first, second]))
    expect(recordsOf(second, "labels").length).toBeLessThan(simulation.site.truth("labels").length)
  })

  test("are not narrowed by filters", async () => {
    const simulation = siteWith()
    const config = { filters: { spaces_include: ["ENGI"] } }
    const ran = await simulation.run("read", { streams: ["labels"], config })
    expectTruth(simulation, "labels", recordsOf(ran, "labels"))
  })

  test("are missing a scope by name", async () => {
    const simulation = siteWith({ scopes: ["read:space:confluence"] })
    const ran = await simulation.run("read", { streams: ["labels"], config: simulation.site.config("scoped") })
    expect(errorsOf(ran)).toMatchObject([
      { failure_type: "config_error", message: expect.stringContaining("read:label:confluence") },
    ])
  })
})

describe("the labels of spaces", () => {
  test("are those that the list of each space shows, a request a space, with labels or without", async () => {
    const simulation = siteWith()
    const { site } = simulation
    site.labelSpace(site.spaces[0]!.id, { name: "for everybody", prefix: "global" })
    const ran = await read(simulation, OF_SPACES)
    expectTruth(simulation, OF_SPACES, recordsOf(ran, OF_SPACES))
    const rows = recordsOf(ran, OF_SPACES)
    expect(rows).toHaveLength(site.truth(OF_SPACES).length)
    expect(new Set(rows.map(({ prefix }) => prefix))).toEqual(new Set(["my", "team"]))
    const spaces = site.truth("spaces").map(({ id }) => String(id))
    expect(rows.length).toBeGreaterThan(3)
    expect(new Set(rows.map(({ spaceId }) => spaceId)).size).toBeLessThan(spaces.length)
    expect(asked(simulation, "/labels").toSorted()).toEqual(spaces.map((id) => `${V2}/spaces/${id}/labels`).toSorted())
  })

  test("come in pages, come and go", async () => {
    const simulation = siteWith({ maxPageSize: 2 })
    const { site } = simulation
    const [space, other] = site.truth("spaces").map(({ id }) => String(id))
    for (let n = 0; n < 5; n++) site.labelSpace(space!, { name: `l-${n}` })
    const first = await read(simulation, OF_SPACES)
    expectTruth(simulation, OF_SPACES, recordsOf(first, OF_SPACES))
    site.unlabelSpace(space!, { name: "l-3" })
    site.deleteLabel(site.labels.find("l-1", "team")!.id)
    site.labelSpace(other!, { name: "l-2" })
    const second = await read(simulation, OF_SPACES)
    expect(recordsOf(second, OF_SPACES)).toHaveLength(recordsOf(first, OF_SPACES).length - 1)
    expectTruth(simulation, OF_SPACES, recordsOf(second, OF_SPACES))
  })

  test("are asked for of the spaces that filters let in alone", async () => {
    const simulation = siteWith()
    const spaces = simulation.site.truth("spaces").slice(0, 3)
    const filters = { spaces_include: spaces.map(({ key }) => String(key)) }
    const ran = await simulation.run("read", { streams: [OF_SPACES], config: { filters } })
    const ids = spaces.map(({ id }) => String(id))
    expect(asked(simulation, "/labels").toSorted()).toEqual(ids.map((id) => `${V2}/spaces/${id}/labels`).toSorted())
    const inside = simulation.site.truth(OF_SPACES).filter(({ spaceId }) => ids.includes(String(spaceId)))
    expect(recordsOf(ran, OF_SPACES)).toHaveLength(inside.length)
  })

  const WAYS: Readonly<Record<string, { readonly fault: Fault; readonly type: string }>> = {
    "403": { fault: { kind: "status", status: 403 }, type: "config_error" },
    "404": { fault: { kind: "status", status: 404 }, type: "system_error" },
    "500": { fault: { kind: "status", status: 500 }, type: "transient_error" },
  }
  for (const [status, { fault, type }] of Object.entries(WAYS)) {
    test(`in one space (${status}) cost its own rows, it is named, and the next attempt asks for it alone`, async () => {
      const simulation = siteWith()
      const { site } = simulation
      const spaceId = String(site.truth(OF_SPACES)[0]!["spaceId"])
      const path = `${V2}/spaces/${spaceId}/labels`
      site.setFaults([{ ...fault, path }])
      const first = await read(simulation, OF_SPACES)
      expect(errorsOf(first)).toMatchObject([{ failure_type: type, stream_descriptor: { name: OF_SPACES } }])
      expect(errorsOf(first)[0]!["message"]).toContain(`(${spaceId})`)
      const others = site.truth(OF_SPACES).filter((row) => row["spaceId"] !== spaceId)
      expect(recordsOf(first, OF_SPACES)).toHaveLength(others.length)
      site.setFaults([])
      simulation.exchanged.length = 0
      const second = await simulation.run("read", { streams: [OF_SPACES], state: statesOf(first) })
      expect(second.exit).toBe(0)
      expect(asked(simulation, "/labels")).toEqual([path])
      expectTruth(simulation, OF_SPACES, merged(OF_SPACES, [first, second]))
    })
  }

  test("of a space that goes away meanwhile are no failure", async () => {
    const simulation = siteWith()
    const { site } = simulation
    const gone = String(site.truth("spaces")[2]!["id"])
    simulation.onExchange = ({ request }) => {
      if (request.path.endsWith("/labels") && !site.spaceById(gone)!.deleted) site.deleteSpace(gone)
    }
    const ran = await read(simulation, OF_SPACES)
    expect(ran.exit).toBe(0)
    const rows = recordsOf(ran, OF_SPACES).filter(({ spaceId }) => spaceId !== gone)
    expectTruth(simulation, OF_SPACES, rows)
  })
})
