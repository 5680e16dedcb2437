/** Bodies of custom content, whose form shows only as they are read: where each space is a list of its own, and while they change. */
import { describe, expect, test } from "vitest"
import { CUSTOM_TYPES } from "../../src/sample-site/customContent.ts"
import type { SampleSiteOptions } from "../../src/sample-site/options.ts"
import { Connection } from "../support/Connection.ts"
import { expectTruth, merged, type Row } from "../support/destination.ts"
import { errorsOf, recordsOf, Simulation } from "../support/inProcess.ts"

/** The type whose bodies are raw. */
const DIAGRAM = CUSTOM_TYPES[0]!.name
const STREAM = "custom_content"
const PATH = "/wiki/api/v2/custom-content"

const connect = (options: SampleSiteOptions = {}) => {
  const simulation = new Simulation({ seed: 71, pages: 60, spaces: 12, customContent: 60, bodyBytes: 60, ...options })
  const connection = new Connection(simulation)
  const sync = async (config: Record<string, unknown> = {}) => {
    simulation.clock.advance(60_000)
    return connection.sync({ streams: [STREAM], config: { reconcile_interval_hours: -1, ...config } })
  }
  const asked = (status: number) =>
    simulation.exchanged.filter(
      ({ request, response }) =>
        request.path === PATH && request.query.get("type") === DIAGRAM && response.status === status,
    ).length
  return { simulation, site: simulation.site, sync, asked, table: () => merged(STREAM, connection.runs) }
}

describe("where each space is a list of its own and bodies of another form are refused", () => {
  const settings = { quirks: { lists: "one", rawBodies: "400" } } as const

  for (const num_workers of [1, 4]) {
    test(`the form that one space has shown is that of the others (${num_workers} at once)`, async () => {
      const { simulation, sync, asked, table } = connect({ settings })
      expect(errorsOf(await sync({ num_workers }))).toEqual([])
      expectTruth(simulation, STREAM, table())
      // Only a first look and lists that were under way by then have been refused; for each of them the site is asked whether it knows the type.
      const refused = asked(400)
      expect(refused).toBeGreaterThan(0)
      expect(refused).toBeLessThanOrEqual(1 + num_workers)
      // Empty lists are asked for twice.
      expect(asked(200)).toBeLessThanOrEqual(2 * simulation.site.truth("spaces").length + refused)
    })
  }

  test("a space that is refused in every form costs itself, whatever it is that the others have shown", async () => {
    for (const { name } of CUSTOM_TYPES) {
      const { simulation, site, sync, table } = connect({ settings })
      const of = (rows: Iterable<Row>) => [...rows].map(({ id }) => String(id)).toSorted()
      const space = site.truth(STREAM).find(({ type }) => type === name)!["spaceId"]
      const fault = { kind: "status", status: 400, path: PATH, query: `space-id=${String(space)}` } as const
      site.setFaults([fault])
      const errors = errorsOf(await sync({ num_workers: 1 }))
      expect(errors).toMatchObject([{ message: expect.stringContaining(`the space ${String(space)}`) }])
      expect(of(table())).toEqual(of(site.truth(STREAM).filter(({ spaceId }) => spaceId !== space)))
      site.setFaults([])
      expect(errorsOf(await sync())).toEqual([])
      expectTruth(simulation, STREAM, table())
    }
  })

  test("a refusal that passes makes no type one of another form", async () => {
    for (const rawBodies of ["400", "left out"] as const) {
      const { simulation, site, sync, table } = connect({ settings: { quirks: { lists: "one", rawBodies } } })
      site.setFaults([{ kind: "status", status: 400, path: PATH, query: "body-format", times: 2 }])
      await sync({ num_workers: 1 })
      site.setFaults([])
      expect(errorsOf(await sync())).toEqual([])
      expectTruth(simulation, STREAM, table())
    }
  })
})

describe("bodies that come by an answer of their own", () => {
  /** Changes one of the raw type when the list has shown it, and its body has not been asked for. */
  const changedBetween = async (change: (site: Simulation["site"], id: string) => void) => {
    const connected = connect()
    const { simulation, site, sync } = connected
    const { id } = site.truth(STREAM).find(({ type }) => type === DIAGRAM)!
    let isChanged = false
    simulation.onExchange = ({ request }) => {
      if (isChanged || request.query.get("type") !== DIAGRAM || request.query.has("id")) return
      if (request.query.get("body-format") !== "storage") return
      isChanged = true
      change(site, String(id))
    }
    const ran = await sync({ body_format: "storage" })
    expect(isChanged).toBe(true)
    expect(errorsOf(ran)).toEqual([])
    return { ...connected, ran, id: String(id) }
  }

  test("are not put into a row of an earlier version", async () => {
    const { simulation, ran, id, sync, table } = await changedBetween((site, changed) =>
      site.editCustomContent(changed, { body: "<p>later</p>" }),
    )
    expect(recordsOf(ran, STREAM).filter((row) => row["id"] === id)).toMatchObject([{ version: { number: 2 } }])
    expectTruth(simulation, STREAM, table())
    expect(recordsOf(await sync(), STREAM)).toEqual([])
  })

  test("are not missed where the row is in the trash by then, and comes back", async () => {
    const { simulation, site, ran, id, sync, table } = await changedBetween((at, changed) =>
      at.trashCustomContent(changed),
    )
    expect(recordsOf(ran, STREAM).filter((row) => row["id"] === id)).toEqual([])
    site.restoreCustomContent(id)
    expect(errorsOf(await sync({ reconcile_interval_hours: 0 }))).toEqual([])
    expectTruth(simulation, STREAM, table())
  })

  test("have no half of a surrogate pair", async () => {
    const { simulation, ran, id, table } = await changedBetween((site, changed) => {
      site.editCustomContent(changed, { body: "half \ud83d of a pair" })
    })
    const row = recordsOf(ran, STREAM).find((each) => each["id"] === id)
    expect(JSON.stringify(row!["body"])).toContain("half \ufffd of a pair")
    expect(table().length).toBe(simulation.site.truth(STREAM).length)
  })
})
