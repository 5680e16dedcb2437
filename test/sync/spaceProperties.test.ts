/** Properties of spaces: all of them, values of every form, of the spaces that filters let in, with one request a space. */
import { describe, expect, test } from "vitest"
import { expectTruth, merged } from "../support/destination.ts"
import { errorsOf, recordsOf, Simulation, statesOf, statusesOf } from "../support/inProcess.ts"

const STREAM = "space_properties"
const STREAMS = [STREAM]
const SITE = { seed: 82, pages: 20, spaces: 16, users: 60 } as const
const pathOf = (id: unknown) => `/wiki/api/v2/spaces/${String(id)}/properties`
const asked = (simulation: Simulation) =>
  simulation.exchanged.flatMap(({ request }) => (request.path.endsWith("/properties") ? [request.path] : []))

describe("the properties of spaces", () => {
  test("are all there, each with its space, with values of every form", async () => {
    const simulation = new Simulation({ ...SITE, settings: { maxPageSize: 1 } })
    const ran = await simulation.run("read", { streams: STREAMS })
    expect(errorsOf(ran)).toEqual([])
    const rows = recordsOf(ran, STREAM)
    expect(rows).toHaveLength(simulation.site.truth(STREAM).length)
    expectTruth(simulation, STREAM, rows)
    const forms = rows.map(({ value }) => (Array.isArray(value) ? "array" : value === null ? "null" : typeof value))
    expect(new Set(forms).size).toBeGreaterThan(3)
  })

  test("cost one request for each space, be it without any, and no other than the two of the spaces", async () => {
    const simulation = new Simulation(SITE)
    const before = simulation.exchanged.length
    await simulation.run("read", { streams: ["spaces", STREAM] })
    const spaces = simulation.site.truth("spaces").map(({ id }) => pathOf(id))
    expect(asked(simulation).toSorted()).toEqual(spaces.toSorted())
    const lists = simulation.exchanged.slice(before).filter(({ request }) => request.path === "/wiki/api/v2/spaces")
    expect(lists).toHaveLength(2)
  })

  test("follow what is set, set again and removed, and name accounts to the stream of users", async () => {
    const simulation = new Simulation(SITE)
    const { site } = simulation
    await simulation.run("read", { streams: STREAMS })
    const [old] = site.truth(STREAM)
    site.removeSpaceProperty(String(old!["spaceId"]), { key: String(old!["key"]) })
    const id = site.setSpaceProperty(site.spaces[0]!.id, { key: "theme", value: "dark" })
    site.setSpaceProperty(site.spaces[0]!.id, { key: "theme", value: "light" })
    const ran = await simulation.run("read", { streams: [STREAM, "users"] })
    const rows = recordsOf(ran, STREAM)
    expectTruth(simulation, STREAM, rows)
    expect(rows.find((row) => row["id"] === id)).toMatchObject({ value: "light", version: { number: 2 } })
    const users = new Set(recordsOf(ran, "users").map(({ accountId }) => accountId))
    for (const { createdBy } of rows) expect(users).toContain(createdBy)
  })

  for (const [status, type] of [
    [403, "config_error"],
    [404, "system_error"],
    [500, "transient_error"],
  ] as const) {
    test(`of a space that answers ${status} alone are missing, it is named, and asked for again`, async () => {
      const simulation = new Simulation(SITE)
      const { site } = simulation
      const spaceId = site.truth(STREAM)[0]!["spaceId"]
      site.setFaults([{ kind: "status", status, path: pathOf(spaceId) }])
      const first = await simulation.run("read", { streams: STREAMS })
      expect(errorsOf(first)).toMatchObject([{ failure_type: type, stream_descriptor: { name: STREAM } }])
      expect(errorsOf(first)[0]!["message"]).toContain(`(${String(spaceId)})`)
      expect(statusesOf(first, STREAM).at(-1)).toBe("INCOMPLETE")
      const others = site.truth(STREAM).filter((row) => row["spaceId"] !== spaceId)
      expect(recordsOf(first, STREAM)).toHaveLength(others.length)
      site.setFaults([])
      simulation.exchanged.length = 0
      const second = await simulation.run("read", { streams: STREAMS, state: statesOf(first) })
      expect(second.exit).toBe(0)
      expect(asked(simulation)).toEqual([pathOf(spaceId)])
      expectTruth(simulation, STREAM, merged(STREAM, [first, second]))
    })
  }

  test("are of the spaces that the filters let in, and only these are asked", async () => {
    const simulation = new Simulation(SITE)
    const { spaceId } = simulation.site.truth(STREAM)[0]!
    const { key } = simulation.site.truth("spaces").find(({ id }) => id === spaceId)!
    const filters = { spaces_include: [String(key)] }
    const ran = await simulation.run("read", { streams: STREAMS, config: { filters } })
    expect(asked(simulation)).toEqual([pathOf(spaceId)])
    expect(new Set(recordsOf(ran, STREAM).map((row) => row["spaceId"]))).toEqual(new Set([spaceId]))
  })
})
