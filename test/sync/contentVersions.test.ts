/** Versions of content: all of them, at a request only where there are several; what is new, and what was deleted in between. */
import { describe, expect, test } from "vitest"
import { Connection } from "../support/Connection.ts"
import { expectTruth, merged } from "../support/destination.ts"
import { errorsOf, type Ran, recordsOf, Simulation, statesOf } from "../support/inProcess.ts"

const STREAM = "content_versions"
const SITE = { seed: 95, pages: 70, spaces: 5, users: 30 } as const
const INPUT = { streams: [STREAM], syncMode: "incremental" } as const
const reconciling = { ...INPUT, config: { reconcile_interval_hours: 0 } }
const MINUTE = 60_000

const askedOf = (simulation: Simulation, from = 0) =>
  simulation.exchanged.slice(from).flatMap(({ request }) => /\/(\w+)\/versions$/.exec(request.path)?.[1] ?? [])
const tombstones = (ran: Ran) => recordsOf(ran, STREAM).filter((row) => row["deletionReason"] !== undefined)
const contents = ({ site }: Simulation) =>
  (["pages", "blog_posts", "comments", "attachments", "custom_content"] as const).flatMap((stream) =>
    site.truth(stream),
  )
const severalOf = (simulation: Simulation) =>
  contents(simulation).filter(({ version }) => (version as { readonly number: number }).number > 1)

const synced = async () => {
  const simulation = new Simulation(SITE)
  const connection = new Connection(simulation)
  await connection.sync(INPUT)
  simulation.clock.advance(MINUTE)
  return { simulation, site: simulation.site, connection, table: () => merged(STREAM, connection.runs) }
}

describe("the versions of content", () => {
  test("are all there, at a request for each content that has several", async () => {
    const simulation = new Simulation(SITE)
    const ran = await simulation.run("read", { streams: [STREAM] })
    expect(errorsOf(ran)).toEqual([])
    const rows = recordsOf(ran, STREAM)
    expect(rows).toHaveLength(simulation.site.truth(STREAM).length)
    expectTruth(simulation, STREAM, rows)
    const several = severalOf(simulation)
    expect(askedOf(simulation).toSorted()).toEqual(several.map(({ id }) => String(id)).toSorted())
    expect(several.length).toBeLessThan(contents(simulation).length / 2)
    const least = several.length + 9
    expect(simulation.exchanged.length).toBeLessThanOrEqual(1.3 * least)
  })

  test("come with the next sync when they are new, and nothing else is asked", async () => {
    const { simulation, site, connection, table } = await synced()
    const [page, other] = site.truth("pages").filter(({ status }) => status === "current")
    site.edit(String(page!["id"]), { body: "<p>one more</p>" })
    const created = site.create({ title: "New" })
    const from = simulation.exchanged.length
    const ran = await connection.sync(INPUT)
    expect(recordsOf(ran, STREAM).map(({ contentId }) => contentId)).toEqual(
      expect.arrayContaining([page!["id"], created]),
    )
    expect(recordsOf(ran, STREAM)).toHaveLength(2)
    expect(askedOf(simulation, from).length).toBeLessThan(6)
    expectTruth(simulation, STREAM, table())
    expect(other).toBeDefined()
  })

  test("that were deleted in between, or are gone with their content, get tombstones", async () => {
    const { site, simulation, connection, table } = await synced()
    const several = site.truth(STREAM).filter(({ contentType, number }) => contentType === "page" && number === 1)
    const [one, trashed] = several.filter(
      ({ contentId }) => site.truth(STREAM).filter((row) => row["contentId"] === contentId).length > 2,
    )
    site.deleteVersion(String(one!["contentId"]), { number: 1 })
    site.trash(String(trashed!["contentId"]))
    const ran = await connection.sync(reconciling)
    expect(errorsOf(ran)).toEqual([])
    const reasons = tombstones(ran).map(({ contentId, number, deletionReason }) => [contentId, number, deletionReason])
    expect(reasons).toContainEqual([one!["contentId"], 1, "purged"])
    expect(new Set(reasons.filter(([id]) => id === trashed!["contentId"]).map(([, , why]) => why))).toEqual(
      new Set(["trashed"]),
    )
    expectTruth(simulation, STREAM, table())
  })

  test("of content that is in the trash by the time it is asked have its reason, whatever it answers there", async () => {
    for (const childrenOfTrashed of ["404", "empty"] as const) {
      const settings = { quirks: { childrenOfTrashed } }
      const simulation = new Simulation({ ...SITE, settings })
      const { site } = simulation
      const connection = new Connection(simulation)
      await connection.sync(INPUT)
      simulation.clock.advance(MINUTE)
      const asked = severalOf(simulation)
      const id = String(asked.find((row) => row["mediaType"] !== undefined)!["id"])
      const numbers = site.truth(STREAM).filter(({ contentId }) => contentId === id)
      let isThere = true
      simulation.onExchange = ({ request }) => {
        if (!isThere || !request.path.endsWith("/versions")) return
        isThere = false
        site.trashAttachment(id)
      }
      const first = await connection.sync(reconciling)
      expect(isThere).toBe(false)
      expect(errorsOf(first)).toEqual([])
      simulation.clock.advance(MINUTE)
      const second = await connection.sync(reconciling)
      const buried = [...tombstones(first), ...tombstones(second)]
      expect(buried.map(({ contentId, deletionReason }) => [contentId, deletionReason])).toEqual(
        numbers.map(() => [id, "trashed"]),
      )
      expectTruth(simulation, STREAM, merged(STREAM, connection.runs))
    }
  })

  test("converge however often the first scan is cut off", async () => {
    for (const terminateAfterRequests of [10, 25, 45]) {
      const simulation = new Simulation(SITE)
      const config = { num_workers: 2 }
      const first = await simulation.run("read", { ...INPUT, config, terminateAfterRequests })
      simulation.clock.advance(MINUTE)
      const page = simulation.site.truth("pages").find(({ status }) => status === "current")
      simulation.site.edit(String(page!["id"]), { body: "<p>meanwhile</p>" })
      const second = await simulation.run("read", { ...INPUT, config, state: statesOf(first) })
      expect(errorsOf(second)).toEqual([])
      expectTruth(simulation, STREAM, merged(STREAM, [first, second]))
    }
  })

  test("and properties look for new versions together: an idle sync of both costs few requests and points", async () => {
    const simulation = new Simulation({ ...SITE, pages: 150 })
    const config = simulation.site.config("service_account")
    const connection = new Connection(simulation)
    const both = { streams: [STREAM, "content_properties"], syncMode: "incremental", config } as const
    await connection.sync(both)
    simulation.clock.advance(20 * MINUTE)
    const from = simulation.exchanged.length
    const idle = await connection.sync(both)
    expect(recordsOf(idle, STREAM)).toEqual([])
    const lists = simulation.exchanged
      .slice(from)
      .filter(({ request }) => request.query.get("sort") === "-modified-date")
    // Pages, blog posts, comments of both kinds, attachments, and three types of custom content.
    expect(lists).toHaveLength(8)
    expect(new Set(lists.map(({ request }) => request.query.get("limit")))).toEqual(new Set(["5"]))
    expect(askedOf(simulation, from)).toEqual([])
  })
})
