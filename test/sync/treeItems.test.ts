/** Folders, whiteboards, databases and embeds: all that can be known of, wherever they lie, and at what cost. */
import { describe, expect, test } from "vitest"
import type { Quirks } from "../../src/sample-site/quirks.ts"
import { expectTruth, type Row } from "../support/destination.ts"
import { errorsOf, type Ran, recordsOf, Simulation, statusesOf } from "../support/inProcess.ts"
import { knowableRows, TREE_STREAMS } from "../support/knowableTree.ts"

const SITE = { seed: 81, pages: 120, spaces: 6, users: 40 } as const
const PLAIN = { seed: 5, pages: 30, blogPosts: 4, spaces: 2, users: 20, varied: false } as const

const warnings = (ran: Ran) => ran.messages.flatMap(({ log }) => (log?.level === "WARN" ? [log.message] : []))
const asked = ({ exchanged }: Simulation, pattern: RegExp) =>
  exchanged.flatMap(({ request }) => (pattern.test(request.path) ? [request.path] : []))
const ITEM = /\/v2\/(folder|whiteboard|database|embed)s\/\d+$/
const SEARCH = /\/rest\/api\/(content\/)?search$/
const PAGES = /\/v2\/pages$/
const idsOf = (rows: ReadonlyArray<Row>) => rows.map(({ id }) => String(id)).toSorted()

const whole = async (
  simulation: Simulation,
  config: Record<string, unknown> = {},
  streams: ReadonlyArray<string> = TREE_STREAMS,
) => {
  const ran = await simulation.run("read", { streams, config })
  expect(errorsOf(ran)).toEqual([])
  for (const stream of streams) expect(statusesOf(ran, stream).at(-1)).toBe("COMPLETE")
  return ran
}

const expectKnowable = (simulation: Simulation, ran: Ran, isIn: (row: Row) => boolean = () => true) => {
  for (const stream of TREE_STREAMS) {
    const due = knowableRows(simulation.site, stream).filter(isIn)
    expect(idsOf(recordsOf(ran, stream)), stream).toEqual(idsOf(due))
    expectTruth(simulation, stream, recordsOf(ran, stream), due)
  }
}

/** The first space that is neither archived nor hidden. */
const spaceOf = ({ site }: Simulation) => String(site.truth("spaces").find(({ status }) => status === "current")!["id"])

const itemsOf = (ran: Ran) => new Set(TREE_STREAMS.flatMap((stream) => idsOf(recordsOf(ran, stream))))

describe("the items of the tree", () => {
  test("are those that the site has, each with all its fields", async () => {
    for (const seed of [3, 4, 81]) {
      const simulation = new Simulation({ ...SITE, seed, settings: { maxPageSize: 20 } })
      const ran = await whole(simulation)
      expectKnowable(simulation, ran)
      const rows = TREE_STREAMS.flatMap((stream) => recordsOf(ran, stream))
      expect(rows.length).toBeGreaterThan(25)
      expect(rows.filter(({ status }) => status === "trashed")).toEqual([])
    }
  })

  const TELLING: ReadonlyArray<Partial<Quirks>> = [
    { archivedInSearch: true },
    { archivedSpacesByDefault: false },
    { contentOfArchivedSpaces: false },
    { hiddenAncestors: false },
    { looksAtTrashedTree: "404" },
    { trashListed: false },
    { typesOfTree: false },
    { nextInV1: "never" },
    { lists: "one" },
    { belowTrash: "moves up" },
  ]
  for (const quirks of TELLING) {
    test(`are those that the site has where ${JSON.stringify(quirks)}`, async () => {
      const simulation = new Simulation({ ...SITE, settings: { maxPageSize: 20, quirks } })
      expectKnowable(simulation, await whole(simulation))
    })
  }

  test("are in archived spaces, below nothing and with nothing below them", async () => {
    const simulation = new Simulation(PLAIN)
    const { site } = simulation
    const spaceId = spaceOf(simulation)
    const alone = (["folder", "whiteboard", "database", "embed"] as const).map((type) => site.create({ type, spaceId }))
    site.archiveSpace(spaceId)
    const ran = await whole(simulation)
    expectKnowable(simulation, ran)
    for (const id of alone) expect(itemsOf(ran)).toContain(id)
  })

  test("are found by what lies below them where no search shows them, at every depth", async () => {
    const simulation = new Simulation(PLAIN)
    const { site } = simulation
    simulation.clock.advance(86_400_000)
    const chain = [site.create({ type: "folder", spaceId: spaceOf(simulation) })]
    for (const type of ["whiteboard", "database", "embed", "folder"] as const)
      chain.push(site.create({ type, parentId: chain.at(-1)! }))
    site.create({ parentId: chain.at(-1)! })
    const unnamed = site.create({ type: "folder", parentId: chain[0]! })
    site.set({ searchLagMs: 3_600_000 })
    const ran = await whole(simulation)
    expectKnowable(simulation, ran)
    for (const id of chain) expect(itemsOf(ran)).toContain(id)
    // Of this one nobody can know.
    expect(itemsOf(ran)).not.toContain(unnamed)
    expect(idsOf(site.truth("folders"))).toContain(unnamed)
  })

  for (const change of ["archive", "trash", "purge", "restrict"] as const) {
    test(`are found through a page and an item in between that somebody has done this to: ${change}`, async () => {
      for (const hiddenAncestors of [true, false]) {
        const simulation = new Simulation({ ...PLAIN, settings: { quirks: { hiddenAncestors } } })
        const { site } = simulation
        const top = site.create({ type: "folder", spaceId: spaceOf(simulation) })
        const page = site.create({ parentId: top })
        const upper = site.create({ type: "whiteboard", parentId: page })
        const lower = site.create({ type: "database", parentId: upper })
        const lowest = site.create({ parentId: lower })
        for (const id of [top, upper]) site.archive(id)
        if (change !== "purge") site[change](page)
        // What is restricted is hidden with all that lies below it.
        if (change === "restrict") site.reveal(upper)
        site[change](lower)
        if (change === "restrict") site.reveal(lowest)
        const ran = await whole(simulation)
        expectKnowable(simulation, ran)
        expect(itemsOf(ran).has(lower)).toBe(change === "archive")
        if (change !== "purge") for (const id of [top, upper]) expect(itemsOf(ran)).toContain(id)
      }
    })
  }

  test("follow what people do, and one in the trash is no row", async () => {
    const simulation = new Simulation(PLAIN)
    const { site } = simulation
    const spaceId = spaceOf(simulation)
    const [first, second, third] = ["one", "two", "three"].map((title) =>
      site.create({ type: "folder", title, spaceId }),
    )
    await whole(simulation)
    site.rename(first!, { title: "another" })
    site.move(second!, { parentId: first! })
    site.trash(third!)
    const ran = await whole(simulation)
    expectKnowable(simulation, ran)
    const rows = new Map(recordsOf(ran, "folders").map((row) => [row["id"], row]))
    expect(rows.get(first!)).toMatchObject({ title: "another" })
    expect(rows.get(second!)).toMatchObject({ parentId: first!, parentType: "folder" })
    expect(rows.has(third!)).toBe(false)
    site.restore(third!)
    expect(itemsOf(await whole(simulation))).toContain(third!)
  })

  test("of a space that is hidden from the account are not there, and whom rows name is told to the stream of users", async () => {
    const simulation = new Simulation(PLAIN)
    const { site } = simulation
    const [one, other] = site.truth("spaces").map(({ id }) => String(id))
    site.hideSpace(one!)
    const authorId = site.addUser({ displayName: "Only a folder names me", accountStatus: "inactive" })
    site.create({ type: "folder", spaceId: other!, authorId })
    const ran = await whole(simulation, {}, [...TREE_STREAMS, "users"])
    expectKnowable(simulation, ran)
    expect(recordsOf(ran, "folders").filter(({ spaceId }) => spaceId === one)).toEqual([])
    expect(recordsOf(ran, "users").map(({ accountId }) => accountId)).toContain(authorId)
  })
})

describe("requests", () => {
  const GRANTED = 1.3

  test("are those of the search, of the list of pages, and one for each item", async () => {
    for (const streams of [TREE_STREAMS, ["folders"]]) {
      const simulation = new Simulation({ ...SITE, pages: 3_000, spaces: 12 })
      await whole(simulation, {}, streams)
      const { site } = simulation
      const tree = site.truth("content_tree")
      const parents = new Set(tree.flatMap(({ parentId, visible }) => (visible === true ? [parentId] : [])))
      const known = tree.filter(({ id, type, status, visible }) => {
        return type !== "page" && visible === true && (status === "current" || parents.has(id))
      })
      // Past what is hidden and has something below it leads a list of ancestors.
      const hidden = tree.filter(({ id, visible }) => visible !== true && parents.has(id)).length
      // Hits of archived spaces come from another search. Two lists of spaces, how it takes several values, and two of the sign-in.
      const lists = Math.ceil(site.truth("pages").length / 250)
      const least = lists + Math.ceil(known.length / 200) + 1 + known.length + hidden + 5
      expect(asked(simulation, /ancestors$/).length).toBeLessThanOrEqual(hidden)
      expect(asked(simulation, SEARCH).length).toBeLessThanOrEqual(2)
      expect(simulation.exchanged.length / least).toBeLessThanOrEqual(GRANTED)
    }
  })

  test("of the search and of the lists are made once for all four streams, and each item is looked at once", async () => {
    const simulation = new Simulation(PLAIN)
    await whole(simulation)
    expect(asked(simulation, SEARCH)).toHaveLength(1)
    expect(asked(simulation, PAGES)).toHaveLength(1)
    const looks = asked(simulation, ITEM)
    expect(looks).toHaveLength(16)
    expect(new Set(looks).size).toBe(16)
  })

  test("are none of items where no stream of theirs is configured", async () => {
    const simulation = new Simulation(PLAIN)
    await simulation.run("read", { streams: ["pages", "users"] })
    expect([...asked(simulation, ITEM), ...asked(simulation, /content\/search$/)]).toEqual([])
  })
})

describe("filters", () => {
  test("of spaces narrow the items, the search and the list of pages", async () => {
    const simulation = new Simulation(SITE)
    const { id, key } = simulation.site.truth("spaces").find(({ status }) => status === "current")!
    const ran = await whole(simulation, { filters: { spaces_include: [key] } })
    expectKnowable(simulation, ran, ({ spaceId }) => spaceId === id)
    const queries = simulation.exchanged.flatMap(({ request }) => request.query.get("cql") ?? [])
    expect(queries.filter((cql) => !cql.includes(`"${String(key)}"`))).toEqual([])
    const looked = asked(simulation, ITEM).map((path) => path.split("/").at(-1))
    const inside = new Set(
      simulation.site.truth("content_tree").flatMap((row) => (row["spaceId"] === id ? [row["id"]] : [])),
    )
    expect(looked.filter((item) => !inside.has(item))).toEqual([])
  })

  test("of archived spaces leave out what is in these", async () => {
    const simulation = new Simulation(SITE)
    const archived = new Set(
      simulation.site.truth("spaces").flatMap(({ id, status }) => (status === "archived" ? [id] : [])),
    )
    const ran = await whole(simulation, { filters: { include_archived_spaces: false } })
    expect(archived.size).toBeGreaterThan(0)
    expectKnowable(simulation, ran, ({ spaceId }) => !archived.has(spaceId))
    expect(asked(simulation, /rest\/api\/search$/)).toEqual([])
  })

  test("of pages, blog posts, dates and status do not concern them", async () => {
    const simulation = new Simulation(SITE)
    const page = String(simulation.site.truth("pages")[0]!["id"])
    for (const filters of [
      { page_ids_include: [page] },
      { page_ids_exclude: [page] },
      { modified_after: "2026-06-30" },
      { created_before: "2021-01-01" },
      { include_archived: false },
      { include_trashed: true },
    ])
      expectKnowable(simulation, await whole(simulation, { filters }))
  })

  test("that leave no space end COMPLETE with no row", async () => {
    const simulation = new Simulation(SITE)
    const ran = await whole(simulation, { filters: { spaces_include: ["NOSUCH"] } })
    expect(itemsOf(ran).size).toBe(0)
    expect([...asked(simulation, ITEM), ...asked(simulation, SEARCH)]).toEqual([])
    expect(warnings(ran)).toContainEqual(expect.stringContaining("NOSUCH"))
  })
})
