/** Custom content: of the configured types, with their bodies, sync after sync, in as few requests as there can be. */
import { describe, expect, test } from "vitest"
import { CUSTOM_TYPES } from "../../src/sample-site/customContent.ts"
import type { SampleSiteOptions } from "../../src/sample-site/options.ts"
import { Connection } from "../support/Connection.ts"
import { expectTruth, merged, type Row } from "../support/destination.ts"
import { errorsOf, type Ran, recordsOf, type RunInput, Simulation, statusesOf } from "../support/inProcess.ts"

const [DIAGRAM, REVIEW, CHECKLIST] = CUSTOM_TYPES.map(({ name }) => name) as [string, string, string]
const STREAM = "custom_content"
const PATH = "/wiki/api/v2/custom-content"
const MINUTE = 60_000

const connect = (options: SampleSiteOptions = {}) => {
  const simulation = new Simulation({ seed: 71, pages: 100, spaces: 6, customContent: 70, bodyBytes: 60, ...options })
  const connection = new Connection(simulation)
  const sync = async (config: Record<string, unknown> = {}, input: RunInput = {}): Promise<Ran> => {
    simulation.clock.advance(MINUTE)
    simulation.exchanged.length = 0
    return connection.sync({
      streams: [STREAM],
      config: { reconcile_interval_hours: 0, lookback_minutes: 0, ...config },
      ...input,
    })
  }
  return { simulation, site: simulation.site, connection, sync, table: () => merged(STREAM, connection.runs) }
}

const asked = ({ exchanged }: Simulation, path = PATH) => exchanged.filter(({ request }) => request.path === path)
const logsOf = (ran: Ran, level: string) =>
  ran.messages.flatMap(({ log }) => (log?.level === level ? [log.message] : []))
const reasonsOf = (ran: Ran): Row =>
  Object.fromEntries(
    recordsOf(ran, STREAM).flatMap(({ id, deletionReason }) =>
      deletionReason === undefined || deletionReason === null ? [] : [[String(id), deletionReason]],
    ),
  )
const ofTypes = (rows: Iterable<Row>, ...types: ReadonlyArray<string>) =>
  [...rows]
    .filter(({ type }) => types.includes(String(type)))
    .map(({ id }) => id)
    .toSorted()
const idsOf = (rows: Iterable<Row>) => [...rows].map(({ id }) => id).toSorted()

const on = (rows: ReadonlyArray<Row>, field: string, type?: string): ReadonlyArray<string> =>
  rows
    .filter((row) => row[field] !== undefined && (type === undefined || row["type"] === type))
    .map(({ id }) => String(id))

describe("a first sync", () => {
  test("brings all of the configured types, on pages, posts, custom content and in spaces, one list a type", async () => {
    const { simulation, sync, table } = connect()
    const ran = await sync()
    expect(errorsOf(ran)).toEqual([])
    expectTruth(simulation, STREAM, table())
    const rows = table()
    for (const field of ["pageId", "blogPostId", "customContentId"]) expect(on(rows, field).length).toBeGreaterThan(2)
    expect(
      rows.some((row) => ["pageId", "blogPostId", "customContentId"].every((field) => row[field] === undefined)),
    ).toBe(true)
    // One for each type, and one for the bodies of the type that has them raw.
    expect(asked(simulation)).toHaveLength(3 + 1)
    expect(rows.filter(({ type }) => type === DIAGRAM).every(({ body }) => Object.keys(body as Row)[0] === "raw")).toBe(
      true,
    )
    for (const row of rows) expect(row["updatedAt"]).toBe((row["version"] as Row)["createdAt"])
  })

  for (const rawBodies of ["left out", "400"] as const) {
    for (const body_format of ["atlas_doc_format", "none"] as const) {
      test(`has bodies as the site has them (${body_format}; other formats are ${rawBodies})`, async () => {
        const { simulation, sync, table } = connect({ settings: { quirks: { rawBodies } } })
        expect(errorsOf(await sync({ body_format }))).toEqual([])
        const truth = simulation.site.truth(STREAM, { bodyFormat: body_format === "none" ? null : body_format })
        const bodies = new Map(table().map(({ id, body }) => [id, body]))
        for (const { id, body } of truth) expect(bodies.get(id)).toEqual(body)
        expect(bodies.size).toBe(truth.length)
        if (body_format === "none") expect(asked(simulation)).toHaveLength(3)
      })
    }
  }

  test("of no type is empty and complete, and says what to configure", async () => {
    const { simulation, sync } = connect()
    const ran = await sync({ custom_content_types: [] })
    expect(ran.exit).toBe(0)
    expect(statusesOf(ran, STREAM).at(-1)).toBe("COMPLETE")
    expect(asked(simulation)).toEqual([])
    expect(logsOf(ran, "WARN").filter((log) => log.includes("custom_content_types"))).toHaveLength(1)
    expect(errorsOf(await sync({ custom_content_types: [] }))).toEqual([])
  })

  test("is named by check where no type is configured, and by it alone", async () => {
    const { simulation } = connect()
    const told = async (custom_content_types: ReadonlyArray<string>) =>
      logsOf(
        await simulation.run("check", { config: { ...simulation.site.config(), custom_content_types } }),
        "INFO",
      ).filter((log) => log.includes("no types are configured"))
    expect(await told([])).toHaveLength(1)
    expect(await told([REVIEW])).toEqual([])
  })

  for (const unknownCustomTypes of ["404", "400"] as const) {
    test(`names a type that the site does not know (${unknownCustomTypes}), and reads the others`, async () => {
      const { simulation, sync, table } = connect({ settings: { quirks: { unknownCustomTypes } } })
      const custom_content_types = [REVIEW, "ac:gone.app:thing", DIAGRAM]
      for (const _ of ["scan", "reconciliation"]) {
        const ran = await sync({ custom_content_types })
        expect(ran.exit).toBe(0)
        const told = logsOf(ran, "WARN").filter((log) => log.includes('"ac:gone.app:thing"'))
        expect(told).toEqual([expect.stringContaining("no custom content of the type")])
        expect(asked(simulation).filter(({ response }) => response.status !== 200).length).toBeLessThanOrEqual(4)
      }
      expect(idsOf(table())).toEqual(ofTypes(simulation.site.truth(STREAM), REVIEW, DIAGRAM))
    })
  }

  for (const [status, type] of [
    [403, "config_error"],
    [500, "transient_error"],
  ] as const) {
    test(`in which one type is refused (${status}) costs that type alone; the next one asks for it again`, async () => {
      const { simulation, site, sync, table } = connect()
      site.setFaults([{ kind: "status", status, path: PATH, query: "reviews" }])
      const ran = await sync()
      expect(ran.exit).toBe(1)
      expect(errorsOf(ran)).toMatchObject([{ failure_type: type, message: expect.stringContaining(String(status)) }])
      expect(idsOf(table())).toEqual(ofTypes(site.truth(STREAM), DIAGRAM, CHECKLIST))
      site.setFaults([])
      expect(errorsOf(await sync())).toEqual([])
      expectTruth(simulation, STREAM, table())
    })
  }

  test("takes no type for unknown that is not found for a moment", async () => {
    const { simulation, site, sync, table } = connect()
    site.setFaults([{ kind: "status", status: 404, path: PATH, query: "reviews", times: 2 }])
    const ran = await sync()
    expect(errorsOf(ran)).toEqual([])
    expect(logsOf(ran, "WARN")).toEqual([])
    expectTruth(simulation, STREAM, table())
  })

  test("is resumed where it was cut off", async () => {
    const { simulation, sync, table } = connect({ settings: { maxPageSize: 7 } })
    for (const lines of [10, 12, 16, 20]) {
      expect((await sync({}, { terminateAfterLines: lines })).exit).toBeUndefined()
    }
    expect(errorsOf(await sync())).toEqual([])
    expectTruth(simulation, STREAM, table())
  })
})

describe("changes", () => {
  test("arrive with the reconciliation, and what is gone says why", async () => {
    const { simulation, site, sync, table } = connect()
    await sync()
    const rows = site.truth(STREAM)
    const [edited, moved, trashed, purged, ...others] = on(rows, "pageId")
    const nested = on(rows, "customContentId").find((id) => ![edited, moved, trashed, purged].includes(id))!
    const owners = new Set(rows.map((row) => row["customContentId"]))
    const alone = others.filter((id) => !owners.has(id))
    const pageOf = (id: string) => String(rows.find((row) => row["id"] === id)!["pageId"])
    site.editCustomContent(edited!, { title: "Edited" })
    site.moveCustomContent(moved!, { containerId: String(site.truth("spaces")[1]!["id"]) })
    site.trashCustomContent(trashed!)
    site.purgeCustomContent(purged!)
    const onTrashed = alone[0]!
    site.trash(pageOf(onTrashed))
    const onHidden = alone.find((id) => pageOf(id) !== pageOf(onTrashed))!
    site.restrict(pageOf(onHidden))
    const added = site.addCustomContent(nested, { type: CHECKLIST, title: "Added", body: "<p>new</p>" })
    const ran = await sync()
    expect(errorsOf(ran)).toEqual([])
    expectTruth(simulation, STREAM, table())
    const reasons = reasonsOf(ran)
    expect(reasons).toMatchObject({ [trashed!]: "trashed", [purged!]: "not_visible", [onHidden]: "not_visible" })
    expect(["trashed", "not_visible"]).toContain(reasons[onTrashed])
    expect(idsOf(recordsOf(ran, STREAM))).toEqual(expect.arrayContaining([edited, moved, added]))
    site.restoreCustomContent(trashed!)
    site.restore(pageOf(onTrashed))
    site.reveal(pageOf(onHidden))
    expect(errorsOf(await sync())).toEqual([])
    expectTruth(simulation, STREAM, table())
    expect(recordsOf(await sync(), STREAM)).toEqual([])
  })

  test("of versions arrive with every sync, by one look a type and one request for each type that has news", async () => {
    const { simulation, site, sync, table } = connect()
    const config = { reconcile_interval_hours: -1 }
    await sync(config)
    expect(recordsOf(await sync(config), STREAM)).toEqual([])
    expect(asked(simulation)).toHaveLength(3)
    const rows = site.truth(STREAM)
    const [one] = ofTypes(rows, REVIEW) as [string]
    const [two, three] = ofTypes(rows, CHECKLIST) as [string, string]
    simulation.clock.advance(MINUTE)
    for (const id of [one, two, three]) site.editCustomContent(id, { body: "<p>again</p>" })
    const ran = await sync(config)
    expect(idsOf(recordsOf(ran, STREAM))).toEqual([one, two, three].toSorted())
    expect(asked(simulation)).toHaveLength(3 + 2)
    expectTruth(simulation, STREAM, table())
  })

  test("in what is in the trash are told by its status, by 404, or by a list that shows it", async () => {
    for (const quirks of [
      { looksAtTrashedCustomContent: "404" },
      { trashedCustomContentListed: true },
      { looksInTrash: "current" },
      { looksInTrash: "trashed", hangingListedInTrash: true },
    ] as const) {
      const { simulation, site, sync, table } = connect({ settings: { quirks } })
      await sync()
      const rows = site.truth(STREAM)
      const owners = new Set(rows.map((row) => row["customContentId"]))
      const [id] = on(rows, "pageId").filter((each) => !owners.has(each)) as [string]
      const other = on(rows, "pageId").find((each) => each !== id && !owners.has(each))!
      site.trashCustomContent(id)
      site.trash(String(rows.find((row) => row["id"] === other)!["pageId"]))
      const ran = await sync()
      expect(errorsOf(ran)).toEqual([])
      expectTruth(simulation, STREAM, table())
      expect(["trashed", "not_visible"]).toContain(reasonsOf(ran)[id])
    }
  })

  test("of a type that the site no longer knows are gone with it, and come back with it", async () => {
    const { simulation, site, sync, table } = connect()
    await sync()
    site.removeCustomType(CHECKLIST)
    const ran = await sync({ max_deletion_percent: 100 })
    expect(ran.exit).toBe(0)
    expectTruth(simulation, STREAM, table())
    expect(new Set(Object.values(reasonsOf(ran)))).toEqual(new Set(["not_visible"]))
    site.restoreCustomType(CHECKLIST)
    await sync()
    expectTruth(simulation, STREAM, table())
  })

  test("are none where the list of a type is not found for a while and its rows are", async () => {
    const { simulation, site, sync, table } = connect()
    await sync()
    site.setFaults([{ kind: "status", status: 404, path: PATH, query: "reviews" }])
    const ran = await sync({ max_deletion_percent: 100 })
    expect(ran.exit).toBe(0)
    expect(recordsOf(ran, STREAM)).toEqual([])
    expect(logsOf(ran, "WARN").filter((log) => log.includes(REVIEW))).toHaveLength(1)
    site.setFaults([])
    expectTruth(simulation, STREAM, table())
  })

  test("of a body that cannot be had for a while: the row comes without it, and then with it", async () => {
    const { simulation, site, sync, table } = connect()
    const rows = site.truth(STREAM)
    const poisoned = CUSTOM_TYPES.map(({ name }) => String(ofTypes(rows, name)[0]))
    for (const id of poisoned) site.poisonCustomContent(id)
    expect(errorsOf(await sync())).toEqual([])
    expect(
      table()
        .filter(({ body }) => body === null)
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(poisoned.toSorted())
    expect(idsOf(table())).toEqual(idsOf(rows))
    for (const id of poisoned) site.healCustomContent(id)
    expect(errorsOf(await sync({ reconcile_interval_hours: -1 }))).toEqual([])
    expectTruth(simulation, STREAM, table())
  })
})

describe("a change of the configured types", () => {
  test("takes effect with the next sync: tombstones for what left, rows for what came, nothing for what stayed", async () => {
    const { simulation, site, sync, table } = connect()
    const types = (...custom_content_types: ReadonlyArray<string>) => ({
      custom_content_types,
      reconcile_interval_hours: -1,
      max_deletion_percent: 10,
    })
    await sync(types(DIAGRAM, REVIEW))
    const truth = site.truth(STREAM)
    const changed = await sync(types(CHECKLIST, REVIEW, REVIEW))
    expect(errorsOf(changed)).toEqual([])
    const left = ofTypes(truth, DIAGRAM)
    expect(reasonsOf(changed)).toEqual(Object.fromEntries(left.map((id) => [String(id), "filtered"])))
    expect(recordsOf(changed, STREAM)).toHaveLength(left.length + ofTypes(truth, CHECKLIST).length)
    expect(idsOf(table())).toEqual(ofTypes(truth, REVIEW, CHECKLIST))
    // What left is told by its list, not one by one.
    expect(simulation.exchanged.filter(({ request }) => request.path.startsWith(`${PATH}/`))).toEqual([])
    expect(recordsOf(await sync(types(REVIEW, CHECKLIST)), STREAM)).toEqual([])
    const none = await sync(types())
    expect(none.exit).toBe(0)
    expect(table()).toEqual([])
    expect(new Set(Object.values(reasonsOf(none)))).toEqual(new Set(["filtered"]))
  })

  test("that is killed in the middle is finished by the next sync", async () => {
    const { site, sync, table } = connect()
    await sync({ custom_content_types: [DIAGRAM, REVIEW] })
    for (const lines of [4, 9, 14, 30]) {
      await sync({ custom_content_types: [CHECKLIST, REVIEW] }, { terminateAfterLines: lines })
    }
    expect(errorsOf(await sync({ custom_content_types: [CHECKLIST, REVIEW] }))).toEqual([])
    expect(idsOf(table())).toEqual(ofTypes(site.truth(STREAM), REVIEW, CHECKLIST))
  })
})

describe("filters", () => {
  /** What custom content hangs on at last, by the rows alone. */
  const rootOf = (rows: ReadonlyMap<unknown, Row>, row: Row): Row => {
    const above = rows.get(row["customContentId"])
    return above === undefined ? row : rootOf(rows, above)
  }
  const expected = (simulation: Simulation, isIn: (root: Row) => boolean) => {
    const rows = new Map(simulation.site.truth(STREAM).map((row) => [row["id"], row]))
    return [...rows.values()]
      .filter((row) => isIn(rootOf(rows, row)))
      .map(({ id }) => id)
      .toSorted()
  }

  test("of spaces and of pages hold for what hangs on them, at any depth", async () => {
    // Below pages that nobody sees nobody can tell.
    const { simulation, site, sync, table } = connect({ varied: false })
    const spaces = site.truth("spaces")
    const pages = new Map(site.truth("pages").map((row) => [row["id"], row]))
    const tree = new Map(site.truth("content_tree").map((row) => [row["id"], row]))
    const posts = new Map(site.truth("blog_posts").map((row) => [row["id"], row]))
    const busiest = String(site.truth(STREAM).find((row) => row["pageId"] !== undefined)!["pageId"])
    const after = "2023-01-01T00:00:00.000Z"
    const isNew = (row: Row | undefined) => row !== undefined && String(row["createdAt"]) >= after
    const key = String(spaces[0]!["key"])
    const cases: ReadonlyArray<readonly [object, (root: Row) => boolean]> = [
      [{ spaces_include: [key] }, (root) => root["spaceId"] === spaces[0]!["id"]],
      [{ spaces_exclude: [key] }, (root) => root["spaceId"] !== spaces[0]!["id"]],
      [
        { page_ids_include: [busiest] },
        (root) => root["pageId"] === undefined || isBelow(tree, root["pageId"], busiest),
      ],
      [
        { created_after: after },
        (root) =>
          (root["pageId"] === undefined && root["blogPostId"] === undefined) ||
          isNew(pages.get(root["pageId"]) ?? posts.get(root["blogPostId"])),
      ],
    ]
    for (const [filters, isIn] of cases) {
      const ran = await sync({ filters })
      expect(errorsOf(ran)).toEqual([])
      expect(idsOf(table())).toEqual(expected(simulation, isIn))
      expect(new Set(Object.values(reasonsOf(ran))).difference(new Set(["filtered"]))).toEqual(new Set())
      expect(recordsOf(await sync({ filters }), STREAM)).toEqual([])
    }
    await sync()
    expectTruth(simulation, STREAM, table())
  })

  const isBelow = (pages: ReadonlyMap<unknown, Row>, id: unknown, root: string): boolean => {
    if (id === root) return true
    const parent = pages.get(id)?.["parentId"]
    return parent === undefined || parent === null ? false : isBelow(pages, parent, root)
  }

  test("of spaces keep the lists to these spaces, and look nothing up but what it hangs on", async () => {
    const { simulation, site, sync } = connect()
    const [space] = site.truth("spaces")
    await sync({ filters: { spaces_include: [space!["key"]] } })
    const lists = asked(simulation).filter(({ request }) => request.query.get("sort") !== null)
    expect(lists).toHaveLength(3)
    for (const { request } of lists) expect(request.query.getAll("space-id")).toEqual([space!["id"]])
    expect(asked(simulation, "/wiki/api/v2/pages").length).toBeLessThanOrEqual(3)
  })
})

describe("filters, where a look at what custom content hangs on is refused", () => {
  const filters = { spaces_exclude: ["NONE"] }

  for (const reconcile_interval_hours of [0, -1])
    test(`cost the spaces that it lies in, and the next sync asks again (reconcile_interval_hours ${reconcile_interval_hours})`, async () => {
      const { site, sync, table } = connect({ varied: false })
      const types = new Map(site.truth(STREAM).map(({ id, type }) => [id, String(type)]))
      const isOnAnother = ({ customContentId, type }: Row) =>
        customContentId !== undefined && types.get(customContentId) !== type
      const { type } = site.truth(STREAM).find(isOnAnother)!
      const config = { filters, reconcile_interval_hours, custom_content_types: [type] }
      site.setFaults([{ kind: "status", status: 403, path: `${PATH}/*` }])
      const ran = await sync(config)
      expect(errorsOf(ran)).toMatchObject([
        { message: expect.stringContaining("all the rest was. the space"), failure_type: "config_error" },
      ])
      site.setFaults([])
      expect(errorsOf(await sync(config))).toEqual([])
      const expected = () => ofTypes(site.truth(STREAM), String(type))
      expect(idsOf(table())).toEqual(expected())
      // So does a look that the newest changes need.
      const outer = site.truth(STREAM).find((row) => row["type"] !== type)
      site.addCustomContent(String(outer!["id"]), { type: String(type) })
      site.setFaults([{ kind: "status", status: 403, path: `${PATH}/*` }])
      expect(errorsOf(await sync(config))).toMatchObject([{ failure_type: "config_error" }])
      site.setFaults([])
      expect(errorsOf(await sync(config))).toEqual([])
      expect(idsOf(table())).toEqual(expected())
    })
})

test("an idle sync of nine types costs less than a look at one list usually does", async () => {
  const { simulation, site, sync } = connect()
  const custom_content_types = [
    DIAGRAM,
    REVIEW,
    CHECKLIST,
    ...Array.from({ length: 6 }, (_, at) => `ac:app:none-${at}`),
  ]
  const config = { ...site.config("service_account"), custom_content_types, reconcile_interval_hours: -1 }
  await sync(config)
  await sync(config)
  const rows = asked(simulation).map(
    ({ response }) => (JSON.parse(String(response.body)) as { results?: ReadonlyArray<unknown> }).results?.length ?? 0,
  )
  expect(rows.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(25)
})
