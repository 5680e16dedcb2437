/** Custom content as a parent: its properties and versions, of the types that the config names. */
import { describe, expect, test } from "vitest"
import { CUSTOM_TYPES } from "../../src/sample-site/customContent.ts"
import type { Fault } from "../../src/sample-site/Fault.ts"
import { Connection } from "../support/Connection.ts"
import { expectTruth, merged } from "../support/destination.ts"
import { errorsOf, type Ran, recordsOf, Simulation, statusesOf } from "../support/inProcess.ts"
import { knowableRows } from "../support/knowableTree.ts"

const SITE = { seed: 97, pages: 30, spaces: 3, users: 10, customContent: 40 } as const
const [DIAGRAM, REVIEW, CHECKLIST] = CUSTOM_TYPES.map(({ name }) => name) as [string, string, string]
const STREAMS = ["content_properties", "content_versions"] as const
const INPUT = { streams: STREAMS, syncMode: "incremental" } as const
const reconciling = { ...INPUT, config: { reconcile_interval_hours: 0 } }
const MINUTE = 60_000

type Row = Readonly<Record<string, unknown>>
const ofCustom = (rows: ReadonlyArray<Row>) => rows.filter(({ contentType }) => contentType === "custom-content")
const warningsOf = (ran: Ran) => ran.messages.flatMap(({ log }) => (log?.level === "WARN" ? [log.message] : []))
const tombstones = (ran: Ran, stream: string) =>
  recordsOf(ran, stream).filter((row) => row["deletionReason"] !== undefined)
const askedOf = (simulation: Simulation, from = 0) =>
  simulation.exchanged
    .slice(from)
    .filter(({ request }) => /custom-content\/\d+\/(properties|versions)$/.test(request.path))
const typesOf = ({ site }: Simulation) =>
  new Map(site.truth("custom_content").map(({ id, type }) => [String(id), String(type)]))

const synced = async () => {
  const simulation = new Simulation(SITE)
  const connection = new Connection(simulation)
  await connection.sync(INPUT)
  simulation.clock.advance(MINUTE)
  const table = (stream: (typeof STREAMS)[number]) => merged(stream, connection.runs)
  return { simulation, site: simulation.site, connection, table }
}

const propertiesOf = ({ site }: Simulation) =>
  ofCustom(site.truth("content_properties")).filter(
    ({ contentId }, at, all) => all.findIndex((other) => other["contentId"] === contentId) === at,
  )

describe("custom content as a parent", () => {
  test("has all its properties and versions read, at a request for each where it has to be asked", async () => {
    const { simulation, connection, table } = await synced()
    for (const stream of STREAMS) {
      expect(ofCustom(table(stream)).length).toBeGreaterThan(10)
      expectTruth(simulation, stream, table(stream))
    }
    const all = simulation.site.truth("custom_content")
    const several = all.filter(({ version }) => (version as { readonly number: number }).number > 1)
    expect(askedOf(simulation)).toHaveLength(all.length + several.length)
    expect(errorsOf(connection.runs[0]!)).toEqual([])
  })

  test("is neither listed nor asked, and nothing is said of it, where no types are configured", async () => {
    const simulation = new Simulation(SITE)
    const ran = await simulation.run("read", { ...INPUT, config: { custom_content_types: [] } })
    expect(errorsOf(ran)).toEqual([])
    expect(warningsOf(ran)).toEqual([])
    for (const stream of STREAMS) expect(ofCustom(recordsOf(ran, stream))).toEqual([])
    expect(simulation.exchanged.filter(({ request }) => request.path === "/wiki/api/v2/custom-content")).toEqual([])
  })

  test("is asked again when it has a new version, and only then", async () => {
    const { simulation, site, connection, table } = await synced()
    const [edited] = propertiesOf(simulation)
    const id = String(edited!["contentId"])
    site.editCustomContent(id, { title: "Another one" })
    site.setProperty(id, { key: String(edited!["key"]), value: "new" })
    const from = simulation.exchanged.length
    const ran = await connection.sync(INPUT)
    expect(new Set(askedOf(simulation, from).map(({ request }) => request.path.split("/")[5]))).toContain(id)
    expect(askedOf(simulation, from).length).toBeLessThan(8)
    expect(recordsOf(ran, "content_properties").map((row) => row["id"])).toEqual([edited!["id"]])
    await connection.sync(reconciling)
    for (const stream of STREAMS) expectTruth(simulation, stream, table(stream))
  })

  test("takes its rows with it when it is gone, and the tombstones say why", async () => {
    const { simulation, site, connection, table } = await synced()
    const onPages = new Map(
      site.truth("custom_content").flatMap((row) => (typeof row["pageId"] === "string" ? [[row["id"], row]] : [])),
    )
    const [trashed, purged, below] = propertiesOf(simulation).filter(({ contentId }) => onPages.has(contentId))
    site.trashCustomContent(String(trashed!["contentId"]))
    site.purgeCustomContent(String(purged!["contentId"]))
    site.trash(String(onPages.get(below!["contentId"])!["pageId"]))
    const ran = await connection.sync(reconciling)
    expect(errorsOf(ran)).toEqual([])
    const reasons = new Map(tombstones(ran, "content_properties").map((row) => [row["id"], row["deletionReason"]]))
    expect(reasons.get(trashed!["id"])).toBe("trashed")
    expect(reasons.get(purged!["id"])).toBe("not_visible")
    // Doubt: whether a look by its id finds what hangs on something in the trash.
    expect(["trashed", "not_visible"]).toContain(reasons.get(below!["id"]))
    for (const stream of STREAMS) expectTruth(simulation, stream, table(stream))
    site.restoreCustomContent(String(trashed!["contentId"]))
    await connection.sync(reconciling)
    for (const stream of STREAMS) expectTruth(simulation, stream, table(stream))
  })

  test("of types that the config does not name any more is filtered, be that all of them, and comes back", async () => {
    const { simulation, connection, table } = await synced()
    for (const custom_content_types of [[REVIEW, CHECKLIST], [], [DIAGRAM, REVIEW, CHECKLIST]]) {
      const ran = await connection.sync({ ...INPUT, config: { custom_content_types } })
      expect(errorsOf(ran)).toEqual([])
      const types = typesOf(simulation)
      for (const stream of STREAMS) {
        const inside = (row: Row) =>
          row["contentType"] !== "custom-content" || custom_content_types.includes(types.get(String(row["contentId"]))!)
        for (const { deletionReason } of tombstones(ran, stream)) expect(deletionReason).toBe("filtered")
        const truth = knowableRows(simulation.site, stream).filter(inside)
        expect(
          new Set(table(stream).map((row) => `${String(row["contentId"])} ${String(row["id"] ?? row["number"])}`)),
        ).toEqual(new Set(truth.map((row) => `${String(row["contentId"])} ${String(row["id"] ?? row["number"])}`)))
      }
    }
    for (const stream of STREAMS) expectTruth(simulation, stream, table(stream))
  })

  test("that filters of spaces leave out goes with them", async () => {
    const { simulation, connection } = await synced()
    const [space] = simulation.site.truth("spaces")
    const ran = await connection.sync({ ...INPUT, config: { filters: { spaces_include: [String(space!["key"])] } } })
    expect(errorsOf(ran)).toEqual([])
    for (const stream of STREAMS) {
      expect(tombstones(ran, stream).length).toBeGreaterThan(0)
      expect(new Set(tombstones(ran, stream).map(({ deletionReason }) => deletionReason))).toEqual(
        new Set(["filtered"]),
      )
    }
  })

  const FAULTS: Readonly<Record<string, Fault>> = {
    "403": { kind: "status", status: 403 },
    "404": { kind: "status", status: 404 },
    "500": { kind: "status", status: 500 },
  }
  for (const [status, fault] of Object.entries(FAULTS)) {
    test(`that answers ${status} costs itself, is named, and is asked for again`, async () => {
      const { simulation, site, connection, table } = await synced()
      const [row] = propertiesOf(simulation)
      const id = String(row!["contentId"])
      site.setFaults([{ ...fault, path: `/wiki/api/v2/custom-content/${id}/properties` }])
      const failed = await connection.sync(reconciling)
      expect(errorsOf(failed)[0]!["message"]).toContain(`the custom content ${id}`)
      expect(statusesOf(failed, "content_properties").at(-1)).toBe("INCOMPLETE")
      expect(statusesOf(failed, "content_versions").at(-1)).toBe("COMPLETE")
      expect(tombstones(failed, "content_properties")).toEqual([])
      site.setFaults([])
      site.setProperty(id, { key: String(row!["key"]), value: "late" })
      const next = await connection.sync(INPUT)
      expect(next.exit).toBe(0)
      expectTruth(simulation, "content_properties", table("content_properties"))
    })
  }

  test("whose list is refused keeps its rows, and all others are read", async () => {
    const { simulation, site, connection, table } = await synced()
    const page = site.truth("content_properties").find(({ contentType }) => contentType === "page")!
    site.setProperty(String(page["contentId"]), { key: String(page["key"]), value: "changed" })
    site.setFaults([{ kind: "status", status: 403, path: "/wiki/api/v2/custom-content" }])
    const failed = await connection.sync(reconciling)
    expect(statusesOf(failed, "content_properties").at(-1)).toBe("INCOMPLETE")
    expect(tombstones(failed, "content_properties")).toEqual([])
    expect(recordsOf(failed, "content_properties").map(({ id }) => id)).toEqual([page["id"]])
    site.setFaults([])
    await connection.sync(reconciling)
    for (const stream of STREAMS) expectTruth(simulation, stream, table(stream))
  })

  test("of a type that the site does not know is one warning for both streams", async () => {
    const simulation = new Simulation(SITE)
    const config = { custom_content_types: [DIAGRAM, "ac:gone.app:thing"] }
    const ran = await simulation.run("read", { ...INPUT, config })
    expect(errorsOf(ran)).toEqual([])
    expect(warningsOf(ran).filter((log) => log.includes("ac:gone.app:thing"))).toHaveLength(1)
    expect(ofCustom(recordsOf(ran, "content_properties")).length).toBeGreaterThan(0)
  })

  test("stays with all it has, where its space is archived while spaces are listed, and so is in no list", async () => {
    const settings = { maxPageSize: 1, quirks: { contentOfArchivedSpaces: false } }
    const simulation = new Simulation({ ...SITE, settings })
    const connection = new Connection(simulation)
    const { site } = simulation
    const streams = ["custom_content", ...STREAMS]
    site.archiveSpace(String(site.truth("spaces")[0]!["id"]))
    await connection.sync({ ...INPUT, streams })
    simulation.clock.advance(MINUTE)
    const last = site.truth("spaces").findLast(({ status }) => status === "current")!
    expect(site.truth("custom_content").some(({ spaceId }) => spaceId === last["id"])).toBe(true)
    simulation.onExchange = ({ request }) => {
      if (request.path !== "/wiki/api/v2/spaces" || request.query.get("status") !== "archived") return
      simulation.onExchange = () => {}
      site.archiveSpace(String(last["id"]))
    }
    const config = { reconcile_interval_hours: 0, max_deletion_percent: 100 }
    const ran = await connection.sync({ ...INPUT, streams, config })
    expect(errorsOf(ran)).toEqual([])
    for (const stream of streams) expect(tombstones(ran, stream)).toEqual([])
  })

  for (const childrenOfTrashed of ["404", "empty", "all"] as const)
    test(`that lists show although it hangs on something in the trash costs nothing else, where what it has is said to be ${childrenOfTrashed}`, async () => {
      const settings = { quirks: { childrenOfTrashed, hangingListedInTrash: true, listsOfTrashed: "all" } } as const
      const simulation = new Simulation({ ...SITE, settings })
      const connection = new Connection(simulation)
      const { site } = simulation
      const ids = new Set(propertiesOf(simulation).map(({ contentId }) => contentId))
      const on = site.truth("custom_content").filter(({ id, pageId }) => ids.has(id) && typeof pageId === "string")
      const [early, late] = [...new Set(on.map(({ pageId }) => String(pageId)))]
      for (const page of [early!, late!]) {
        site.trash(page)
        const ran = await connection.sync(reconciling)
        expect(errorsOf(ran)).toEqual([])
        for (const stream of STREAMS) expectTruth(simulation, stream, merged(stream, connection.runs))
        simulation.clock.advance(MINUTE)
      }
    })
})
