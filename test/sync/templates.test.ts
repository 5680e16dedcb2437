/** Templates: those of the site are one row each, whatever repeats them; those of spaces are theirs; each failure costs itself. */
import { describe, expect, test } from "vitest"
import type { SettingsChange } from "../../src/sample-site/options.ts"
import { TEMPLATE_QUIRKS } from "../../src/sample-site/quirks.ts"
import { expectTruth, merged } from "../support/destination.ts"
import { errorsOf, type Ran, recordsOf, Simulation, statesOf, statusesOf } from "../support/inProcess.ts"

const STREAM = "templates"
const STREAMS = [STREAM]
const SITE = { seed: 83, pages: 20, spaces: 14, users: 60 } as const
const PATH = "/wiki/rest/api/template/*"

const siteWith = (settings: SettingsChange = {}) => new Simulation({ ...SITE, settings })
const read = (simulation: Simulation, more: object = {}) => simulation.run("read", { streams: STREAMS, ...more })
const asked = (simulation: Simulation) =>
  simulation.exchanged.flatMap(({ request: { path, query } }) =>
    path.startsWith("/wiki/rest/api/template/")
      ? [`${path.slice("/wiki/rest/api/template/".length)} ${query.get("spaceKey") ?? ""} ${query.get("start") ?? "0"}`]
      : [],
  )
const expectAll = (simulation: Simulation, ran: Ran) => {
  expect(errorsOf(ran)).toEqual([])
  expect(recordsOf(ran, STREAM)).toHaveLength(simulation.site.truth(STREAM).length)
  expectTruth(simulation, STREAM, recordsOf(ran, STREAM))
}

describe("templates", () => {
  for (const templatesNameSpace of TEMPLATE_QUIRKS.templatesNameSpace)
    for (const siteTemplatesInSpaces of TEMPLATE_QUIRKS.siteTemplatesInSpaces)
      for (const inheritedBlueprints of TEMPLATE_QUIRKS.inheritedBlueprints) {
        const quirks = { templatesNameSpace, siteTemplatesInSpaces, inheritedBlueprints }
        test(`of the site and of spaces are one row each, were the answers ${JSON.stringify(quirks)}`, async () => {
          const simulation = siteWith({ quirks, maxPageSize: 2 })
          const ran = await read(simulation)
          expectAll(simulation, ran)
          const types = recordsOf(ran, STREAM).map((row) => `${String(row["templateType"])} ${row["spaceId"] === null}`)
          expect(new Set(types)).toEqual(new Set(["page true", "page false", "blueprint true", "blueprint false"]))
        })
      }

  test("cost two lists for the site and two for each space, and two looks at the end of the site's", async () => {
    const simulation = siteWith()
    await read(simulation)
    const spaces = simulation.site.truth("spaces").length
    expect(asked(simulation)).toHaveLength(2 * (spaces + 1) + 3)
  })

  test("cost a look at its end for each list that shows something, where the site gives no way to the next page", async () => {
    const simulation = siteWith({ quirks: { nextInV1: "never" } })
    await read(simulation)
    const { site } = simulation
    const spaces = site.spaces.filter((space) => site.spaceVisible(space, "user"))
    const own = spaces.filter((space) => site.belongings.templates.of(space).some(({ kind }) => kind === "page"))
    // Version 1 may leave out the way to the next page: only an empty page tells the end. Every space inherits blueprints.
    const least = 2 * (spaces.length + 1)
    expect(asked(simulation)).toHaveLength(least + spaces.length + 2 + own.length + 1)
  })

  test("have their bodies where these are wanted, which is the storage format whatever is configured", async () => {
    const simulation = siteWith()
    const bodies = async (body_format: string) =>
      recordsOf(await read(simulation, { config: { body_format } }), STREAM).map(({ body }) => body)
    const stored = await bodies("storage")
    expect(stored.every((body) => typeof (body as any).storage.value === "string")).toBe(true)
    expect(await bodies("atlas_doc_format")).toEqual(stored)
    expect(new Set(await bodies("none"))).toEqual(new Set([undefined]))
  })

  test("follow what is made, changed and removed, also a blueprint that a space makes its own", async () => {
    const simulation = siteWith()
    const { site } = simulation
    const [space] = site.spaces
    await read(simulation)
    const [blueprint, other] = site.belongings.templates.ofSite.filter(({ kind }) => kind === "blueprint")
    const own = site.customizeBlueprint(blueprint!.id, { spaceId: space!.id })
    const ofSite = site.addTemplate({ name: "For all" })
    site.addTemplate({ spaceId: space!.id, name: "For us", body: "<p>x</p>" })
    site.editTemplate(other!.id, { name: "Renamed", body: "" })
    site.removeTemplate(site.belongings.templates.ofSite[0]!.id)
    const ran = await read(simulation)
    expectAll(simulation, ran)
    const spaceOf = new Map(recordsOf(ran, STREAM).map((row) => [row["templateId"], row["spaceId"]]))
    expect(spaceOf.get(own)).toBe(space!.id)
    expect(spaceOf.get(blueprint!.id)).toBeNull()
    expect(spaceOf.get(ofSite)).toBeNull()
  })

  test("of spaces are those that the filters of spaces let in; those of the site are always there", async () => {
    const simulation = siteWith()
    const { site } = simulation
    const own = site.truth(STREAM).find(({ spaceId }) => spaceId !== null)!
    const { key } = site.truth("spaces").find(({ id }) => id === own["spaceId"])!
    const ran = await read(simulation, { config: { filters: { spaces_include: [String(key)] } } })
    const wanted = site.truth(STREAM).filter(({ spaceId }) => spaceId === null || spaceId === own["spaceId"])
    expect(recordsOf(ran, STREAM)).toHaveLength(wanted.length)
    expect(new Set(asked(simulation).map((each) => each.split(" ")[1]))).toEqual(new Set(["", key]))
    const none = await read(simulation, { config: { filters: { spaces_include: ["NOSUCH"] } } })
    expect(recordsOf(none, STREAM)).toHaveLength(site.truth(STREAM).filter(({ spaceId }) => spaceId === null).length)
  })

  test("go on where a read was cut off, wherever that was", async () => {
    for (const terminateAfterRequests of [5, 9, 17, 30]) {
      const simulation = siteWith({ maxPageSize: 3 })
      const config = { num_workers: 2 }
      const first = await read(simulation, { config, terminateAfterRequests })
      const second = await read(simulation, { config, state: statesOf(first) })
      expect(second.exit).toBe(0)
      expectTruth(simulation, STREAM, merged(STREAM, [first, second]))
    }
  })
})

describe("templates that cannot be read", () => {
  for (const status of [401, 403, 404, 500]) {
    test(`of one space (${status}) cost themselves, it is named, and asked for again`, async () => {
      const simulation = siteWith()
      const { site } = simulation
      const { spaceId } = site.truth(STREAM).find((row) => row["spaceId"] !== null)!
      const { key, name } = site.truth("spaces").find(({ id }) => id === spaceId)!
      site.setFaults([{ kind: "status", status, path: PATH, query: `spaceKey=${String(key)}&` }])
      const first = await read(simulation)
      const type = { 401: "config_error", 403: "config_error", 404: "system_error", 500: "transient_error" }[status]
      expect(errorsOf(first)).toMatchObject([{ failure_type: type, stream_descriptor: { name: STREAM } }])
      expect(errorsOf(first)[0]!["message"]).toContain(`the space "${String(name)}"`)
      const others = site.truth(STREAM).filter((row) => row["spaceId"] !== spaceId)
      expect(recordsOf(first, STREAM)).toHaveLength(others.length)
      site.setFaults([])
      simulation.exchanged.length = 0
      const second = await read(simulation, { state: statesOf(first) })
      expect(second.exit).toBe(0)
      expect(new Set(asked(simulation).map((each) => each.split(" ")[1]))).toEqual(new Set(["", key]))
      expectTruth(simulation, STREAM, merged(STREAM, [first, second]))
    })
  }

  for (const templatesOfUnseen of TEMPLATE_QUIRKS.templatesOfUnseen) {
    test(`of a space that goes away meanwhile are no error, were the answer ${templatesOfUnseen}`, async () => {
      const simulation = siteWith({ quirks: { templatesOfUnseen } })
      const { site } = simulation
      const { spaceId } = site.truth(STREAM).find((row) => row["spaceId"] !== null)!
      simulation.onExchange = ({ request }) => {
        if (request.path !== "/wiki/api/v2/spaces") return
        site.deleteSpace(String(spaceId))
        simulation.onExchange = () => {}
      }
      expectAll(simulation, await read(simulation))
    })
  }

  for (const templatesNameSpace of TEMPLATE_QUIRKS.templatesNameSpace) {
    test(`of the site are missing, and what cannot be told from them; naming spaces: ${templatesNameSpace}`, async () => {
      const simulation = siteWith({ quirks: { templatesNameSpace } })
      const { site } = simulation
      for (const [status, type] of [
        [403, "config_error"],
        [500, "transient_error"],
      ] as const) {
        site.setFaults([{ kind: "status", status, path: "/wiki/rest/api/template/blueprint", times: 12 }])
        simulation.onExchange = ({ request: { path, query } }) => {
          // Only the site's own list is refused.
          if (path.endsWith("/template/page") && query.has("spaceKey")) site.setFaults([])
        }
        const first = await read(simulation, { config: { num_workers: 1 } })
        expect(statusesOf(first, STREAM).at(-1)).toBe("INCOMPLETE")
        expect(errorsOf(first)[0]).toMatchObject({ failure_type: type })
        expect(errorsOf(first)[0]!["message"]).toContain("the site: ")
        const truth = new Map(site.truth(STREAM).map((row) => [row["templateId"], row["spaceId"]]))
        for (const row of recordsOf(first, STREAM)) expect(row["spaceId"]).toBe(truth.get(row["templateId"]))
        simulation.onExchange = () => {}
        const second = await read(simulation, { state: statesOf(first) })
        expect(second.exit).toBe(0)
        expectTruth(simulation, STREAM, merged(STREAM, [first, second]))
      }
    })
  }

  test("for want of a scope name it", async () => {
    const simulation = siteWith({ scopes: ["read:space:confluence", "read:confluence-user"] })
    const ran = await read(simulation, { config: simulation.site.config("scoped") })
    expect(errorsOf(ran)).toMatchObject([
      { failure_type: "config_error", message: expect.stringContaining("read:confluence-content.summary") },
    ])
  })
})
