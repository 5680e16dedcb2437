/** What the filters let in arrives, and nothing else: first syncs, changes of filters, and changes of the site. */
import { describe, expect, test } from "vitest"
import type { SettingsChange } from "../../src/sample-site/options.ts"
import { ALL_QUIRKS } from "../../src/sample-site/quirks.ts"
import { Chance } from "../simulation/chance.ts"
import { drawFilters } from "../simulation/drawnFilters.ts"
import { drawSite } from "../simulation/drawnSite.ts"
import { siteRows } from "../simulation/siteRows.ts"
import { Connection } from "../support/Connection.ts"
import { merged } from "../support/destination.ts"
import type { GivenFilters } from "../support/givenFilters.ts"
import { type Ran, Simulation, errorsOf, recordsOf, statusesOf } from "../support/inProcess.ts"
import { expectScope } from "../support/scopes.ts"

const STREAMS = ["pages", "blog_posts", "comments", "attachments"] as const
const ALWAYS = { reconcile_interval_hours: 0, max_deletion_percent: 100 }

const warnings = (ran: Ran) => ran.messages.flatMap(({ log }) => (log?.level === "WARN" ? [log.message] : []))
const reasons = (ran: Ran, stream: string) =>
  new Set(recordsOf(ran, stream).flatMap((row) => row["deletionReason"] ?? []))

const connectionTo = (settings: SettingsChange = { maxPageSize: 40 }, pages = 300) =>
  new Connection(new Simulation({ seed: 71, pages, spaces: 9, settings }))

/** A page with much below it, of all kinds. */
const rootOf = ({ site }: Simulation): string => {
  const tree = site.truth("content_tree")
  const below = (id: unknown): number =>
    tree.filter(({ parentId }) => parentId === id).reduce((sum, row) => sum + 1 + below(row["id"]), 0)
  const pages = tree.filter(({ type, status, visible }) => type === "page" && status === "current" && visible === true)
  const sizes = pages.map(({ id }) => [String(id), below(id)] as const)
  const [root] = sizes.filter(([, size]) => size < pages.length / 3).toSorted((one, other) => other[1] - one[1])[0]!
  return root
}

describe("drawn filters", () => {
  for (let seed = 1; seed <= 8; seed++) {
    test(`let in what they say, and so do those that follow them: ${seed}`, async () => {
      const chance = new Chance(seed)
      const site = drawSite(chance, false)
      const simulation = new Simulation({
        ...site,
        latencyMs: 0,
        settings: { ...site.settings, heavyBytes: 0, cursorUses: 0 },
      })
      const connection = new Connection(simulation)
      for (let round = 0; round < 3; round++) {
        const filters = drawFilters(chance, siteRows(simulation.site))
        const ran = await connection.sync({ config: { filters, max_deletion_percent: 100 } })
        expect(errorsOf(ran)).toEqual([])
        expectScope(simulation, filters, connection.runs, STREAMS)
      }
    })
  }
})

const FILTERS: Readonly<Record<string, (simulation: Simulation) => GivenFilters>> = {
  "of spaces": ({ site }) => ({
    spaces_include: site
      .truth("spaces")
      .slice(0, 3)
      .map(({ key }) => String(key)),
  }),
  "of pages to include": (simulation) => ({ page_ids_include: [rootOf(simulation)] }),
  "of pages to exclude": (simulation) => ({ page_ids_exclude: [rootOf(simulation)] }),
  "of dates": () => ({ modified_after: "2024-01-01", created_before: "2025-06-01" }),
  "of statuses": () => ({ include_archived: false, include_trashed: true }),
}

for (const [what, filtersFor] of Object.entries(FILTERS)) {
  describe(`filters ${what}`, () => {
    test("hold for what changes on the site", async () => {
      const connection = connectionTo()
      const { simulation } = connection
      const filters = filtersFor(simulation)
      const config = { filters, ...ALWAYS }
      await connection.sync({ config })
      const { site } = simulation
      const pages = site.truth("pages")
      const root = rootOf(simulation)
      const spaceOf = (id: string) => pages.find((page) => page["id"] === id)!["spaceId"]
      const others = pages.filter(({ spaceId, status }) => spaceId === spaceOf(root) && status === "current")
      // Into the tree, out of it, one more below it, edits and the trash.
      site.move(String(others.at(-1)!["id"]), { parentId: root })
      const inside = others.find(({ parentId }) => parentId === root)
      if (inside !== undefined) site.move(String(inside["id"]), { parentId: null })
      site.create({ type: "page", spaceId: String(spaceOf(root)), parentId: root, title: "One more" })
      for (const page of pages.slice(0, 20)) site.edit(String(page["id"]), {})
      site.trash(String(pages.find(({ status }) => status === "current")!["id"]))
      await connection.sync({ config })
      expectScope(simulation, filters, connection.runs, STREAMS)
    })

    test("that come and go take effect with the next sync, and send nothing again that stayed", async () => {
      const connection = connectionTo()
      const { simulation } = connection
      const filters = filtersFor(simulation)
      const first = await connection.sync({ config: { reconcile_interval_hours: -1 } })
      const narrowed = await connection.sync({ config: { filters, reconcile_interval_hours: -1 } })
      expectScope(simulation, filters, connection.runs, STREAMS)
      const gone = STREAMS.flatMap((stream) => [...reasons(narrowed, stream)])
      expect(new Set(gone)).toEqual(new Set(["filtered"]))
      const sent = (ran: Ran) => recordsOf(ran, "pages").filter((row) => row["deletionReason"] === undefined)
      const has = new Set(sent(first).map(({ id }) => id))
      expect(sent(narrowed).filter(({ id }) => has.has(id))).toEqual([])
      const widened = await connection.sync({ config: { reconcile_interval_hours: -1 } })
      expectScope(simulation, {}, connection.runs, STREAMS)
      const left = new Set(
        recordsOf(narrowed, "pages").flatMap(({ id, deletionReason }) => (deletionReason === undefined ? [] : [id])),
      )
      expect(sent(widened).filter(({ id }) => !left.has(id) && has.has(id))).toEqual([])
    })

    test("that change while a sync is cut off hold after the next one", async () => {
      for (const terminateAfterRequests of [6, 12, 20]) {
        const connection = connectionTo({ maxPageSize: 20 }, 200)
        const { simulation } = connection
        const filters = filtersFor(simulation)
        await connection.sync({})
        await connection.sync({ config: { filters }, terminateAfterRequests })
        await connection.sync({ config: { filters } })
        expectScope(simulation, filters, connection.runs, STREAMS)
        await connection.sync({ config: { filters: {} }, terminateAfterRequests })
        await connection.sync({ config: { filters } })
        expectScope(simulation, filters, connection.runs, STREAMS)
      }
    })
  })
}

describe("the trees of pages", () => {
  const doubts = ["archivedInTree", "belowLeftOut", "looksAtTrashedTree", "typesOfTree", "belowTrash"] as const
  for (const doubt of doubts) {
    for (const answer of ALL_QUIRKS[doubt]) {
      test(`are whole, be ${doubt} ${String(answer)}`, async () => {
        const connection = connectionTo({
          quirks: { [doubt]: answer, archivedInTree: doubt === "belowLeftOut" ? false : answer } as never,
        })
        const { simulation } = connection
        for (const filters of [
          FILTERS["of pages to include"]!(simulation),
          FILTERS["of pages to exclude"]!(simulation),
        ]) {
          await connection.sync({ config: { filters, ...ALWAYS } })
          expectScope(simulation, filters, connection.runs, STREAMS)
        }
      })
    }
  }
})

describe("a page in the archive or in the trash", () => {
  for (const how of ["archive", "trash"] as const) {
    for (const belowLeftOut of [true, false]) {
      test(`does not drop what lies below it: ${how}, lists of descendants ${belowLeftOut ? "show" : "leave out"} that`, async () => {
        const quirks = { archivedInTree: false, belowLeftOut, belowTrash: "stays" } as const
        const connection = connectionTo({ quirks })
        const { simulation } = connection
        const { site } = simulation
        const root = rootOf(simulation)
        const spaceId = String(site.truth("pages").find(({ id }) => id === root)!["spaceId"])
        const made = (parentId: string, title: string) =>
          String(site.create({ type: "page", spaceId, parentId, title }))
        const between = made(root, "between")
        const leaf = made(made(between, "below"), "at the end")
        site[how](between)
        const others = site.truth("content_tree").find(({ id }) => id === leaf)
        expect(others).toMatchObject({ visible: true })
        for (const kind of ["include", "exclude"] as const) {
          const filters = { [`page_ids_${kind}`]: [root] }
          await connection.sync({ config: { filters, ...ALWAYS } })
          expectScope(simulation, filters, connection.runs, STREAMS)
          const has = new Set(merged("pages", connection.runs).map(({ id }) => id))
          const isShown = site.truth("pages").some(({ id }) => id === leaf)
          expect(has.has(leaf)).toBe(isShown && kind === "include")
        }
      })
    }
  }
})

describe("a page that is moved while a sync runs", () => {
  for (const kind of ["include", "exclude"] as const) {
    for (const afterRequests of [6, 9, 12, 16]) {
      test(`under or out of what filters ${kind} is where it belongs by the next reconciliation: ${afterRequests}`, async () => {
        const connection = connectionTo({ maxPageSize: 30 })
        const { simulation } = connection
        const { site } = simulation
        const root = rootOf(simulation)
        const filters = { [`page_ids_${kind}`]: [root] }
        const spaceId = site.truth("pages").find(({ id }) => id === root)!["spaceId"]
        const pages = site.truth("pages").filter((page) => page["spaceId"] === spaceId && page["status"] === "current")
        const outside = pages.find(({ id, parentId }) => parentId !== root && id !== root)!
        const inside = pages.find(({ parentId }) => parentId === root)!
        const before = simulation.exchanged.length
        simulation.onExchange = () => {
          if (simulation.exchanged.length - before !== afterRequests) return
          site.move(String(outside["id"]), { parentId: root })
          site.move(String(inside["id"]), { parentId: null })
        }
        await connection.sync({ config: { filters } })
        await connection.sync({ config: { filters, ...ALWAYS } })
        expectScope(simulation, filters, connection.runs, STREAMS)
      })
    }
  }
})

describe("filters", () => {
  test("that leave no space end COMPLETE, and take out what was there", async () => {
    const connection = connectionTo()
    await connection.sync({})
    const ran = await connection.sync({ config: { filters: { spaces_include: ["NOSUCHSPACE"] } } })
    expect(ran.exit).toBe(0)
    for (const stream of STREAMS) {
      expect(statusesOf(ran, stream).at(-1)).toBe("COMPLETE")
      expect(reasons(ran, stream)).toEqual(new Set(["filtered"]))
    }
    for (const streams of [["spaces"], ["comments"]]) {
      const first = await connection.simulation.run("read", {
        config: { filters: { spaces_include: ["NOSUCHSPACE"] } },
        streams,
      })
      expect(first.exit).toBe(0)
      expect(warnings(first)).toEqual([
        `"NOSUCHSPACE" in filters.spaces_include matches no space that the account sees.`,
      ])
    }
  })

  test("name ids that are of nothing, in check and in read", async () => {
    const connection = connectionTo()
    const filters = { page_ids_exclude: ["99999999991"], blog_post_ids_exclude: ["99999999992"] }
    const told = [
      "filters.blog_post_ids_exclude: the id 99999999992 is of no blog post that the account sees.",
      "filters.page_ids_exclude: the id 99999999991 is of nothing that the account sees.",
    ]
    for (const ran of [
      await connection.sync({ config: { filters } }),
      await connection.simulation.run("check", { config: { filters } }),
    ]) {
      expect(ran.exit).toBe(0)
      expect(warnings(ran).toSorted()).toEqual(told)
    }
  })

  test("whose tree may not be asked for end the stream with the scope that is missing", async () => {
    const connection = connectionTo({ forbidden: ["/wiki/api/v2/pages/*/descendants"] })
    const filters = { page_ids_include: [rootOf(connection.simulation)] }
    const ran = await connection.sync({ config: { filters }, streams: ["pages"] })
    expect(ran.exit).toBe(1)
    expect(errorsOf(ran)).toMatchObject([{ failure_type: "config_error", stream_descriptor: { name: "pages" } }])
    expect(recordsOf(ran, "pages")).toEqual([])
  })

  const REFUSED = ["/wiki/rest/api/search", "/wiki/api/v2/content/convert-ids-to-types"]
  for (const path of REFUSED) {
    test(`hold where ${path} may not be asked`, async () => {
      const connection = connectionTo({ forbidden: [path] })
      const { simulation } = connection
      for (const filters of [
        FILTERS["of pages to include"]!(simulation),
        FILTERS["of pages to exclude"]!(simulation),
      ]) {
        const ran = await connection.sync({ config: { filters } })
        expect(errorsOf(ran)).toEqual([])
        expectScope(simulation, filters, connection.runs, STREAMS)
      }
    })
  }

  test("whose way up leads through folders that may not be read end the stream rather than leak", async () => {
    const connection = connectionTo()
    const { simulation } = connection
    const { site } = simulation
    const folder = site
      .truth("content_tree")
      .find(({ type, visible, status }) => type === "folder" && visible === true && status === "current")!
    const filters = { page_ids_exclude: [rootOf(simulation)] }
    await connection.sync({ config: { filters }, streams: ["pages"] })
    site.set({ forbidden: ["/wiki/api/v2/folders/*"] })
    site.create({ type: "page", spaceId: String(folder["spaceId"]), parentId: String(folder["id"]), title: "Unseen" })
    const ran = await connection.sync({ config: { filters }, streams: ["pages"] })
    expect(ran.exit).toBe(1)
    expect(errorsOf(ran)).toMatchObject([{ failure_type: "config_error", stream_descriptor: { name: "pages" } }])
    expect(recordsOf(ran, "pages")).toEqual([])
  })

  test("of spaces whose list may not be read end what they concern, and nothing is sent", async () => {
    const connection = connectionTo({ forbidden: ["/wiki/api/v2/spaces"] })
    const ran = await connection.sync({ config: { filters: { spaces_include: ["A*"] } } })
    expect(ran.exit).toBe(1)
    for (const stream of STREAMS) {
      expect(recordsOf(ran, stream)).toEqual([])
      expect(statusesOf(ran, stream).at(-1)).toBe("INCOMPLETE")
    }
  })

  test("of two connections that divide the spaces let in together what one reads alone", async () => {
    const simulation = new Simulation({ seed: 72, pages: 300, spaces: 9 })
    const keys = simulation.site.truth("spaces").map(({ key }) => String(key))
    const idsOf = async (filters: GivenFilters, stream: string) =>
      recordsOf(await simulation.run("read", { config: { filters }, streams: [stream] }), stream).map(({ id }) =>
        String(id),
      )
    for (const stream of STREAMS) {
      const one = await idsOf({ spaces_include: keys.slice(0, 4) }, stream)
      const other = await idsOf({ spaces_exclude: keys.slice(0, 4) }, stream)
      expect([...one, ...other].toSorted()).toEqual((await idsOf({}, stream)).toSorted())
    }
  })

  test("that are none cost no request", async () => {
    const requests: Array<number> = []
    for (const filters of [undefined, {}, { spaces_include: ["*"], include_archived: true }]) {
      const connection = connectionTo()
      await connection.sync(filters === undefined ? {} : { config: { filters } })
      requests.push(connection.requests)
    }
    expect(new Set(requests).size).toBe(1)
  })
})
