/** Properties of folders, whiteboards, databases and embeds, which no list shows. */
import { describe, expect, test } from "vitest"
import type { Fault } from "../../src/sample-site/Fault.ts"
import { Connection } from "../support/Connection.ts"
import { expectTruth, merged } from "../support/destination.ts"
import { errorsOf, type Ran, recordsOf, Simulation, statusesOf } from "../support/inProcess.ts"
import { knowableRows, TREE_STREAMS } from "../support/knowableTree.ts"

const STREAM = "content_properties"
const SITE = { seed: 98, pages: 40, spaces: 5, users: 10, customContent: 0 } as const
const INPUT = { streams: [STREAM], syncMode: "incremental" } as const
const reconciling = { ...INPUT, config: { reconcile_interval_hours: 0 } }
const TYPES: ReadonlySet<unknown> = new Set(["folder", "whiteboard", "database", "embed"])
const MINUTE = 60_000

const tombstones = (ran: Ran) => recordsOf(ran, STREAM).filter((row) => row["deletionReason"] !== undefined)
const ofTree = ({ site }: Simulation) =>
  knowableRows(site, STREAM).filter(
    ({ contentId, contentType }, at, all) =>
      TYPES.has(contentType) && all.findIndex((other) => other["contentId"] === contentId) === at,
  )
const askedOf = (simulation: Simulation, from = 0) =>
  simulation.exchanged
    .slice(from)
    .flatMap(
      ({ request }) => /\/(?:folder|whiteboard|database|embed)s\/(\d+)\/properties$/.exec(request.path)?.[1] ?? [],
    )

const synced = async () => {
  const simulation = new Simulation(SITE)
  const connection = new Connection(simulation)
  await connection.sync(INPUT)
  simulation.clock.advance(MINUTE)
  return { simulation, site: simulation.site, connection, table: () => merged(STREAM, connection.runs) }
}

describe("the properties of what lies in the tree", () => {
  test("are read at a request for each item, and a reconciliation alone finds what is new", async () => {
    const { simulation, site, connection, table } = await synced()
    expectTruth(simulation, STREAM, table())
    expect(askedOf(simulation)).toHaveLength(TREE_STREAMS.flatMap((stream) => knowableRows(site, stream)).length)
    const [row] = ofTree(simulation)
    site.setProperty(String(row!["contentId"]), { key: String(row!["key"]), value: "new" })
    const from = simulation.exchanged.length
    expect(recordsOf(await connection.sync(INPUT), STREAM)).toEqual([])
    expect(askedOf(simulation, from)).toEqual([])
    expect(recordsOf(await connection.sync(reconciling), STREAM)).toMatchObject([{ id: row!["id"], value: "new" }])
    expectTruth(simulation, STREAM, table())
  })

  test("come beside the streams of these items, which lose nothing by it", async () => {
    const simulation = new Simulation(SITE)
    const ran = await simulation.run("read", { streams: [STREAM, ...TREE_STREAMS] })
    expect(errorsOf(ran)).toEqual([])
    for (const stream of [STREAM, ...TREE_STREAMS] as const) expectTruth(simulation, stream, recordsOf(ran, stream))
  })

  test("go with their item, into the trash or for good, and come back with it", async () => {
    const { simulation, site, connection, table } = await synced()
    const [trashed, purged] = ofTree(simulation)
    site.trash(String(trashed!["contentId"]))
    site.purge(String(purged!["contentId"]))
    const ran = await connection.sync(reconciling)
    expect(errorsOf(ran)).toEqual([])
    const reasons = new Map(tombstones(ran).map(({ id, deletionReason }) => [id, deletionReason]))
    expect(["trashed", "not_visible"]).toContain(reasons.get(trashed!["id"]))
    expect(reasons.get(purged!["id"])).toBe("not_visible")
    expectTruth(simulation, STREAM, table())
    site.restore(String(trashed!["contentId"]))
    await connection.sync(reconciling)
    expectTruth(simulation, STREAM, table())
  })

  test("of an item in a space that the filters leave out are filtered", async () => {
    const { simulation, connection } = await synced()
    const [row] = ofTree(simulation)
    const item = TREE_STREAMS.flatMap((stream) => simulation.site.truth(stream)).find(
      ({ id }) => id === row!["contentId"],
    )
    const space = simulation.site.truth("spaces").find(({ id }) => id === item!["spaceId"])
    const ran = await connection.sync({ ...INPUT, config: { filters: { spaces_exclude: [String(space!["key"])] } } })
    expect(errorsOf(ran)).toEqual([])
    expect(new Map(tombstones(ran).map(({ id, deletionReason }) => [id, deletionReason])).get(row!["id"])).toBe(
      "filtered",
    )
  })

  const FAULTS: Readonly<Record<string, Fault>> = {
    "403": { kind: "status", status: 403 },
    "404": { kind: "status", status: 404 },
    "500": { kind: "status", status: 500 },
  }
  for (const [status, fault] of Object.entries(FAULTS)) {
    test(`of an item that answers ${status} stay, and are asked for again`, async () => {
      const { simulation, site, connection, table } = await synced()
      const [row] = ofTree(simulation)
      const id = String(row!["contentId"])
      const type = String(row!["contentType"])
      site.setFaults([{ ...fault, path: `/wiki/api/v2/${type}s/${id}/properties` }])
      const failed = await connection.sync(reconciling)
      expect(errorsOf(failed)[0]!["message"]).toContain(`the ${type} ${id}`)
      expect(statusesOf(failed, STREAM).at(-1)).toBe("INCOMPLETE")
      expect(tombstones(failed)).toEqual([])
      site.setFaults([])
      site.setProperty(id, { key: String(row!["key"]), value: "late" })
      expect((await connection.sync(INPUT)).exit).toBe(0)
      expectTruth(simulation, STREAM, table())
    })
  }

  test("of items that answer 404, and that another look-up knows, are kept", async () => {
    for (const typesOfTree of [true, false]) {
      const simulation = new Simulation({ ...SITE, settings: { quirks: { typesOfTree } } })
      const connection = new Connection(simulation)
      await connection.sync(INPUT)
      simulation.site.setFaults([{ kind: "status", status: 404, path: "/wiki/api/v2/folders/*" }])
      const ran = await connection.sync(reconciling)
      expect(statusesOf(ran, STREAM).at(-1)).toBe(typesOfTree ? "INCOMPLETE" : "COMPLETE")
      const reasons = new Set(tombstones(ran).map(({ deletionReason }) => deletionReason))
      expect(reasons).toEqual(new Set(typesOfTree ? [] : ["not_visible"]))
    }
  })

  test("are none the less kept where the search is refused", async () => {
    const { simulation, site, connection, table } = await synced()
    site.setFaults([{ kind: "status", status: 403, path: "/wiki/rest/api/content/search" }])
    const failed = await connection.sync(reconciling)
    expect(statusesOf(failed, STREAM).at(-1)).toBe("INCOMPLETE")
    expect(tombstones(failed)).toEqual([])
    site.setFaults([])
    await connection.sync(reconciling)
    expectTruth(simulation, STREAM, table())
  })

  test("of an item that nothing shows any more are looked at all the same, and what fails of them is named and asked for again", async () => {
    const { simulation, site, connection, table } = await synced()
    const all = [...site.truth("content_tree"), ...site.truth("pages")]
    const parents = new Set(all.map(({ parentId }) => parentId))
    const row = ofTree(simulation).find(({ contentId }) => !parents.has(String(contentId)))!
    const id = String(row["contentId"])
    const type = String(row["contentType"])
    site.archive(id)
    expect(ofTree(simulation).map(({ contentId }) => contentId)).not.toContain(id)
    const path = `/wiki/api/v2/${type}s/${id}/properties`
    site.setFaults([{ kind: "status", status: 500, path }])
    site.setProperty(id, { key: String(row["key"]), value: "new" })
    const failed = await connection.sync(reconciling)
    expect(statusesOf(failed, STREAM).at(-1)).toBe("INCOMPLETE")
    expect(errorsOf(failed)[0]!["message"]).toContain(`the ${type} ${id}`)
    expect(tombstones(failed)).toEqual([])
    site.setFaults([])
    const from = simulation.exchanged.length
    const next = await connection.sync(INPUT)
    expect(next.exit).toBe(0)
    expect(askedOf(simulation, from)).toEqual([id])
    expect(table()).toContainEqual(expect.objectContaining({ id: row["id"], value: "new" }))
  })

  test("are not believed to be gone where an item shows none, and cannot be asked once more", async () => {
    const { simulation, site, connection, table } = await synced()
    const [row] = ofTree(simulation)
    const id = String(row!["contentId"])
    const own = table().filter(({ contentId }) => contentId === id)
    for (const { key } of own) site.removeProperty(id, { key: String(key) })
    const path = `/wiki/api/v2/${String(row!["contentType"])}s/${id}/properties`
    site.setFaults([{ kind: "status", status: 500, path, after: 2 }])
    const failed = await connection.sync(reconciling)
    expect(statusesOf(failed, STREAM).at(-1)).toBe("INCOMPLETE")
    expect(errorsOf(failed)[0]!["message"]).toContain(id)
    expect(tombstones(failed)).toEqual([])
    site.setFaults([])
    const next = await connection.sync(INPUT)
    expect(next.exit).toBe(0)
    expect(tombstones(next)).toHaveLength(own.length)
    expectTruth(simulation, STREAM, table())
  })
})
