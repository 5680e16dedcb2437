/** Properties of content: all of them, what has changed, what is gone and why, and what failed alone. */
import { describe, expect, test } from "vitest"
import type { Fault } from "../../src/sample-site/Fault.ts"
import { Connection } from "../support/Connection.ts"
import { expectTruth, merged } from "../support/destination.ts"
import { errorsOf, type Ran, recordsOf, Simulation, statesOf, statusesOf } from "../support/inProcess.ts"
import { knowableRows, TREE_STREAMS } from "../support/knowableTree.ts"

const STREAM = "content_properties"
const SITE = { seed: 93, pages: 70, spaces: 5, users: 30 } as const
const INPUT = { streams: [STREAM], syncMode: "incremental" } as const
const TREE = ["folder", "whiteboard", "database", "embed"]
const MINUTE = 60_000

const askedOf = (simulation: Simulation, from = 0) =>
  simulation.exchanged
    .slice(from)
    .flatMap(({ request }) => /\/(?:att)?(\d+)\/properties$/.exec(request.path)?.[1] ?? [])
const tombstones = (ran: Ran) => recordsOf(ran, STREAM).filter((row) => row["deletionReason"] !== undefined)
const contents = ({ site }: Simulation) =>
  (["pages", "blog_posts", "comments", "attachments", "custom_content", ...TREE_STREAMS] as const).flatMap((stream) =>
    knowableRows(site, stream),
  )
const reconciling = { ...INPUT, config: { reconcile_interval_hours: 0 } }

const synced = async () => {
  const simulation = new Simulation(SITE)
  const connection = new Connection(simulation)
  await connection.sync(INPUT)
  simulation.clock.advance(MINUTE)
  return { simulation, site: simulation.site, connection, table: () => merged(STREAM, connection.runs) }
}

const ofPages = ({ site }: Simulation) => site.truth(STREAM).filter(({ contentType }) => contentType === "page")

describe("the properties of content", () => {
  test("are all there, at a request for each content", async () => {
    const simulation = new Simulation({ ...SITE, settings: { maxPageSize: 1 } })
    const ran = await simulation.run("read", { streams: [STREAM] })
    expect(errorsOf(ran)).toEqual([])
    const rows = recordsOf(ran, STREAM)
    expect(rows).toHaveLength(knowableRows(simulation.site, STREAM).length)
    expectTruth(simulation, STREAM, rows)
    expect(new Set(rows.map(({ contentType }) => contentType))).toEqual(
      new Set(["page", "blogpost", "comment", "attachment", "custom-content", ...TREE]),
    )
    const plain = new Simulation(SITE)
    await plain.run("read", { streams: [STREAM] })
    expect(askedOf(plain)).toHaveLength(contents(plain).length)
  })

  test("of what hangs on archived content are rows where the site lists it, and gone where it does not, although its page shows it", async () => {
    for (const hangingListedInArchives of [true, false]) {
      const settings = { quirks: { hangingListedInArchives } }
      const simulation = new Simulation({ ...SITE, pages: 30, footerComments: 60, settings })
      const connection = new Connection(simulation)
      await connection.sync(INPUT)
      simulation.clock.advance(MINUTE)
      const { site } = simulation
      const having = new Set(site.truth(STREAM).map(({ contentId }) => contentId))
      const comments = site.truth("comments").filter(({ id }) => having.has(id))
      for (const page of new Set(comments.flatMap(({ pageId }) => pageId ?? []))) site.archive(String(page))
      const ran = await connection.sync({
        ...reconciling,
        config: { reconcile_interval_hours: 0, max_deletion_percent: 100 },
      })
      expect(errorsOf(ran)).toEqual([])
      expect(new Set(tombstones(ran).map(({ deletionReason }) => deletionReason))).toEqual(
        new Set(hangingListedInArchives ? [] : ["not_visible"]),
      )
      expectTruth(simulation, STREAM, merged(STREAM, connection.runs))
    }
  })

  test("that are all gone from content that is there have been removed from it", async () => {
    const { site, connection, table, simulation } = await synced()
    const [one] = ofPages(simulation)
    const own = ofPages(simulation).filter(({ contentId }) => contentId === one!["contentId"])
    for (const { key } of own) site.removeProperty(String(one!["contentId"]), { key: String(key) })
    const ran = await connection.sync(reconciling)
    const reasons = new Map(tombstones(ran).map(({ id, deletionReason }) => [id, deletionReason]))
    expect(reasons).toEqual(new Map(own.map(({ id }) => [id, "purged"])))
    expectTruth(simulation, STREAM, table())
  })

  test("are asked for again only of content with a new version, until a reconciliation finds all that has changed", async () => {
    const { simulation, site, connection, table } = await synced()
    const [edited, ...others] = ofPages(simulation)
    const silent = others.find(({ contentId }) => contentId !== edited!["contentId"])
    site.edit(String(edited!["contentId"]), { body: "<p>new</p>" })
    site.setProperty(String(edited!["contentId"]), { key: String(edited!["key"]), value: { a: 1 } })
    site.setProperty(String(silent!["contentId"]), { key: "other", value: "unseen" })
    let from = simulation.exchanged.length
    const news = await connection.sync(INPUT)
    expect(new Set(askedOf(simulation, from))).toContain(String(edited!["contentId"]))
    expect(askedOf(simulation, from).length).toBeLessThan(8)
    expect(recordsOf(news, STREAM).map(({ id }) => id)).toEqual([edited!["id"]])
    from = simulation.exchanged.length
    const all = await connection.sync(reconciling)
    expect(recordsOf(all, STREAM)).toMatchObject([{ key: "other", contentId: silent!["contentId"] }])
    expect(askedOf(simulation, from)).toHaveLength(contents(simulation).length)
    expectTruth(simulation, STREAM, table())
    from = simulation.exchanged.length
    expect(recordsOf(await connection.sync(INPUT), STREAM)).toEqual([])
  })

  test("that are gone, alone or with their content, get tombstones with the reason", async () => {
    const { simulation, site, connection, table } = await synced()
    const [alone, trashed, purged, hidden] = ofPages(simulation).filter(
      (row, at, all) => all.findIndex(({ contentId }) => contentId === row["contentId"]) === at,
    )
    const attached = site.truth(STREAM).find(({ contentType }) => contentType === "attachment")!
    const commented = site.truth(STREAM).find(({ contentType }) => contentType === "comment")!
    site.removeProperty(String(alone!["contentId"]), { key: String(alone!["key"]) })
    site.trash(String(trashed!["contentId"]))
    site.purge(String(purged!["contentId"]))
    site.restrict(String(hidden!["contentId"]))
    site.trashAttachment(String(attached["contentId"]))
    site.deleteComment(String(commented["contentId"]))
    const ran = await connection.sync(reconciling)
    expect(errorsOf(ran)).toEqual([])
    const reasons = new Map(tombstones(ran).map(({ id, deletionReason }) => [id, deletionReason]))
    expect(reasons.get(alone!["id"])).toBe("purged")
    expect(reasons.get(trashed!["id"])).toBe("trashed")
    expect(reasons.get(purged!["id"])).toBe("not_visible")
    expect(reasons.get(hidden!["id"])).toBe("not_visible")
    expect(reasons.get(attached["id"])).toBe("trashed")
    expect(reasons.get(commented["id"])).toBe("not_visible")
    expectTruth(simulation, STREAM, table())
    site.restore(String(trashed!["contentId"]))
    await connection.sync(reconciling)
    expectTruth(simulation, STREAM, table())
  })

  test("of content in a space that is archived while spaces are listed, and so is in no list, stay", async () => {
    const settings = { maxPageSize: 2, quirks: { contentOfArchivedSpaces: false } }
    const simulation = new Simulation({ ...SITE, settings })
    const connection = new Connection(simulation)
    await connection.sync(INPUT)
    simulation.clock.advance(MINUTE)
    const { site } = simulation
    const last = site.truth("spaces").findLast(({ status }) => status === "current")!
    const inIt = new Set(site.truth("pages").flatMap(({ id, spaceId }) => (spaceId === last["id"] ? [id] : [])))
    expect(site.truth(STREAM).some(({ contentId }) => inIt.has(contentId))).toBe(true)
    simulation.onExchange = ({ request }) => {
      if (request.path !== "/wiki/api/v2/spaces" || request.query.get("status") !== "archived") return
      simulation.onExchange = () => {}
      site.archiveSpace(String(last["id"]))
    }
    const ran = await connection.sync({ ...INPUT, config: { reconcile_interval_hours: 0, max_deletion_percent: 100 } })
    expect(errorsOf(ran)).toEqual([])
    expect(tombstones(ran)).toEqual([])
  })

  test("of content that filters leave out by now get tombstones that say so", async () => {
    const { simulation, connection } = await synced()
    const [space] = simulation.site.truth("spaces")
    const config = { filters: { spaces_include: [String(space!["key"])] } }
    const ran = await connection.sync({ ...INPUT, config })
    expect(errorsOf(ran)).toEqual([])
    expect(new Set(tombstones(ran).map(({ deletionReason }) => deletionReason))).toEqual(new Set(["filtered"]))
    expect(recordsOf(ran, STREAM)).toHaveLength(tombstones(ran).length)
  })

  const FAULTS: Readonly<Record<string, Fault>> = {
    "403": { kind: "status", status: 403 },
    "404": { kind: "status", status: 404 },
    "500": { kind: "status", status: 500 },
  }
  for (const [status, fault] of Object.entries(FAULTS)) {
    test(`of a page that answers ${status} stay, and the next sync asks for them without asking all`, async () => {
      const { simulation, site, connection, table } = await synced()
      const [row, other] = ofPages(simulation).filter(
        ({ contentId }, at, all) => all[at - 1]?.["contentId"] !== contentId,
      )
      const id = String(row!["contentId"])
      site.setFaults([{ ...fault, path: `/wiki/api/v2/pages/${id}/properties` }])
      site.removeProperty(String(other!["contentId"]), { key: String(other!["key"]) })
      const failed = await connection.sync(reconciling)
      expect(errorsOf(failed)[0]!["message"]).toContain(`the page ${id}`)
      expect(statusesOf(failed, STREAM).at(-1)).toBe("INCOMPLETE")
      expect(tombstones(failed).map((each) => each["id"])).toEqual([other!["id"]])
      site.setFaults([])
      site.setProperty(id, { key: String(row!["key"]), value: "late" })
      const from = simulation.exchanged.length
      const next = await connection.sync(INPUT)
      expect(next.exit).toBe(0)
      expect(askedOf(simulation, from)).toContain(id)
      expect(askedOf(simulation, from).length).toBeLessThan(8)
      expectTruth(simulation, STREAM, table())
    })
  }

  test("are not believed to be gone where far too many are missing at once", async () => {
    const { simulation, site, connection } = await synced()
    for (const { contentId, key } of site.truth(STREAM)) site.removeProperty(String(contentId), { key: String(key) })
    const ran = await connection.sync(reconciling)
    expect(errorsOf(ran)[0]!["message"]).toContain("max_deletion_percent")
    expect(tombstones(ran)).toEqual([])
    expect(simulation.site.truth(STREAM)).toEqual([])
  })

  test("converge however often the first scan is cut off, and what changes meanwhile comes", async () => {
    for (const terminateAfterRequests of [12, 40, 90]) {
      const simulation = new Simulation(SITE)
      const { site } = simulation
      const config = { num_workers: 2 }
      const first = await simulation.run("read", { ...INPUT, config, terminateAfterRequests })
      const sent = recordsOf(first, STREAM)
      const [one, other] = sent
      if (one !== undefined) site.setProperty(String(one["contentId"]), { key: String(one["key"]), value: "changed" })
      if (other !== undefined && other["contentId"] !== one?.["contentId"])
        site.removeProperty(String(other["contentId"]), { key: String(other["key"]) })
      simulation.clock.advance(MINUTE)
      const second = await simulation.run("read", { ...INPUT, config, state: statesOf(first) })
      expect(errorsOf(second)).toEqual([])
      expectTruth(simulation, STREAM, merged(STREAM, [first, second]))
    }
  })

  test("take at most 12 bytes of state each", async () => {
    const simulation = new Simulation({ ...SITE, pages: 300 })
    const ran = await simulation.run("read", INPUT)
    const rows = recordsOf(ran, STREAM).length
    expect(rows).toBeGreaterThan(150)
    expect(JSON.stringify(statesOf(ran)).length).toBeLessThan(12 * rows)
  })
})
