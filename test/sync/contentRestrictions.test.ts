/** Who alone may read or change what: all of it, with what is inherited, whatever lies in between, and at what cost. */
import { describe, expect, test } from "vitest"
import type { Quirks } from "../../src/sample-site/quirks.ts"
import { RESTRICTION_QUIRKS } from "../../src/sample-site/quirks.ts"
import type { Row } from "../support/destination.ts"
import { errorsOf, type Ran, recordsOf, Simulation, statusesOf } from "../support/inProcess.ts"
import { expectRows, knowable, STREAM } from "./restrictionTruth.ts"

const STREAMS = [STREAM]
const SITE = { seed: 81, pages: 160, spaces: 6, users: 60 } as const
/** A site without restrictions, where tests set their own. */
const PLAIN = { seed: 5, pages: 40, blogPosts: 4, spaces: 2, users: 40, varied: false } as const

const warnings = (ran: Ran) => ran.messages.flatMap(({ log }) => (log?.level === "WARN" ? [log.message] : []))
const asked = ({ exchanged }: Simulation, pattern: RegExp) =>
  exchanged.flatMap(({ request }) => (pattern.test(request.path) ? [request.path] : []))
const ONE_BY_ONE = /\/rest\/api\/content\/\d+\/restriction$/
const BY_OPERATION = /\/restriction\/byOperation\/(read|update)$/
const SEARCH = /\/rest\/api\/content\/search$/

const whole = async (simulation: Simulation, config: Record<string, unknown> = {}) => {
  const ran = await simulation.run("read", { streams: STREAMS, config })
  expect(errorsOf(ran)).toEqual([])
  expect(statusesOf(ran, STREAM).at(-1)).toBe("COMPLETE")
  return ran
}

/** The credential's own account, and another one. */
const people = ({ site }: Simulation) => [site.users[0]!.accountId, site.users[3]!.accountId] as const

/** The first space that is neither archived nor hidden. */
const spaceOf = ({ site }: Simulation) => String(site.truth("spaces").find(({ status }) => status === "current")!["id"])

describe("the restrictions of content", () => {
  test("are those that the site has", async () => {
    const simulation = new Simulation(SITE)
    expectRows(recordsOf(await whole(simulation), STREAM), knowable(simulation))
  })

  const TELLING: ReadonlyArray<Partial<Quirks>> = [
    { archivedInSearch: true },
    { archivedSpacesByDefault: false },
    { hiddenAncestors: false },
    ...Object.entries(RESTRICTION_QUIRKS).flatMap(([name, answers]) =>
      answers
        .filter((answer) => answer !== "404" || name === "restrictionsOfHidden")
        .map((answer) => ({ [name]: answer })),
    ),
  ]
  for (const quirks of TELLING) {
    test(`are those that the site has where ${JSON.stringify(quirks)}`, async () => {
      for (const seed of [3, 4]) {
        const simulation = new Simulation({ ...SITE, seed, settings: { maxPageSize: 20, quirks } })
        expectRows(recordsOf(await whole(simulation), STREAM), knowable(simulation))
      }
    })
  }

  test("are found content by content where the search lags behind", async () => {
    const simulation = new Simulation(PLAIN)
    const users = people(simulation)
    const { site } = simulation
    simulation.clock.advance(86_400_000)
    const parent = site.create({ title: "new", spaceId: spaceOf(simulation) })
    const folder = site.create({ type: "folder", parentId: parent })
    const page = site.create({ parentId: folder })
    site.setRestriction(parent, { users })
    site.setRestriction(folder, { operation: "update", users })
    site.set({ searchLagMs: 3_600_000 })
    const rows = recordsOf(await whole(simulation), STREAM)
    expectRows(rows, site.truth(STREAM))
    expect(new Set(rows.map(({ contentId }) => contentId))).toEqual(new Set([parent, folder, page]))
  })

  test("are inherited through every type of content, whatever the status of what lies in between", async () => {
    const simulation = new Simulation(PLAIN)
    const { site } = simulation
    const users = people(simulation)
    const chain = [site.create({ spaceId: spaceOf(simulation) })]
    for (const type of ["folder", "page", "whiteboard", "database", "page", "embed", "page"] as const)
      chain.push(site.create({ type, parentId: chain.at(-1)! }))
    for (const id of chain) site.setRestriction(id, { users: users.slice(0, 1), groups: [site.groups[1]!.id] })
    const lowest = chain.at(-1)!
    const [, folder, page, whiteboard] = chain
    for (const change of [
      () => {},
      () => site.archive(folder!),
      () => site.trash(page!),
      () => site.archive(whiteboard!),
      () => site.trash(folder!),
    ]) {
      change()
      const rows = recordsOf(await whole(simulation), STREAM)
      expectRows(rows, site.truth(STREAM))
      const carriers = rows.flatMap((row) => (row["contentId"] === lowest ? [row["restrictedById"]] : []))
      expect(new Set(carriers)).toEqual(new Set(chain))
    }
  })

  test("go on above what was purged or is hidden, which is told", async () => {
    for (const hiddenAncestors of [true, false]) {
      const simulation = new Simulation({ ...PLAIN, settings: { quirks: { hiddenAncestors } } })
      const { site } = simulation
      const top = site.create({ spaceId: spaceOf(simulation) })
      const middle = site.create({ parentId: top })
      const low = site.create({ parentId: middle })
      site.setRestriction(top, { users: people(simulation) })
      site.restrict(middle)
      site.reveal(low)
      const ran = await whole(simulation)
      expectRows(recordsOf(ran, STREAM), site.truth(STREAM))
      expect(recordsOf(ran, STREAM).filter(({ contentId }) => contentId === low)).toHaveLength(2)
      expect(warnings(ran)).toEqual([expect.stringContaining(`content lies below the page ${middle}, which`)])
      expect(asked(simulation, /ancestors$/)).toEqual([`/wiki/api/v2/pages/${low}/ancestors`])
    }
  })

  test("tell deleted people, their names, and to the stream of users who they are", async () => {
    const simulation = new Simulation(PLAIN)
    const { site } = simulation
    const page = String(site.truth("pages")[0]!["id"])
    const left = site.addUser({ displayName: "Only a restriction names me", accountStatus: "inactive" })
    const group = site.addGroup({ name: "gone" })
    site.setRestriction(page, { operation: "update", users: [left], groups: [group] })
    site.removeGroup(group)
    const ran = await simulation.run("read", { streams: [STREAM, "users"] })
    expectRows(recordsOf(ran, STREAM), site.truth(STREAM))
    expect(recordsOf(ran, STREAM)).toContainEqual(
      expect.objectContaining({
        principalId: left,
        principalName: "Only a restriction names me",
        restrictedByType: "page",
      }),
    )
    expect(recordsOf(ran, "users").map(({ accountId }) => accountId)).toContain(left)
  })

  for (const maxPrincipals of [0, 7]) {
    test(`with more people than an answer names are read on, ${maxPrincipals || "as many as asked for"} at a time`, async () => {
      const simulation = new Simulation({ ...PLAIN, users: 460, settings: { maxPrincipals } })
      const { site } = simulation
      const [one, other, third] = site.truth("pages").map(({ id }) => String(id))
      const users = site.users.map(({ accountId }) => accountId)
      site.setRestriction(one!, { users: users.slice(0, 450) })
      site.setRestriction(other!, {
        operation: "update",
        users: users.slice(0, 200),
        groups: site.groups.map(({ id }) => id),
      })
      site.setRestriction(third!, { users: users.slice(0, 3) })
      expectRows(recordsOf(await whole(simulation), STREAM), site.truth(STREAM))
      // 450 are in the hit, and in two more answers; of 200 one more answer tells that they are all.
      if (maxPrincipals === 0) expect(asked(simulation, BY_OPERATION)).toHaveLength(3)
    })
  }
})

describe("requests", () => {
  const GRANTED = 1.3

  test("are those of the lists, of the search, and of what the search does not show", async () => {
    const simulation = new Simulation({ ...SITE, pages: 3_000, spaces: 8 })
    await whole(simulation)
    const { site } = simulation
    const tree = site.truth("content_tree")
    const inArchive = new Set(site.truth("spaces").flatMap(({ id, status }) => (status === "archived" ? [id] : [])))
    const shown = [...site.truth("pages"), ...site.truth("blog_posts")]
    const isSearched = ({ status, spaceId }: Row) => status === "current" && !inArchive.has(spaceId)
    const items = tree.filter(({ type, visible }) => type !== "page" && visible === true)
    // The lists of pages and of blog posts by 250; the search by 200.
    const lists = Math.ceil(site.truth("pages").length / 250) + Math.ceil(site.truth("blog_posts").length / 250)
    const search = Math.ceil((shown.filter(isSearched).length + items.length) / 200)
    // What the search does not show is asked for one by one: what is archived, and what is in the trash and has something below it.
    const parents = new Set(tree.flatMap(({ parentId, visible }) => (visible === true ? [parentId] : [])))
    const trashed = tree.filter(
      ({ id, status, visible }) => status === "trashed" && visible === true && parents.has(id),
    )
    const archived = items.filter(({ id, status }) => status === "archived" && parents.has(id))
    const aside = shown.filter((row) => !isSearched(row)).length + archived.length + trashed.length
    // Where each folder and the like lies tells a request for each, and what lies above the hidden a list of ancestors for each.
    const hidden = tree.filter(({ id, visible }) => visible !== true && parents.has(id)).length
    const placed = items.filter(({ id, status }) => status === "current" || parents.has(id)).length
    // Two lists of spaces and two requests of the sign-in.
    const least = lists + search + aside + placed + hidden + 4
    expect(asked(simulation, /ancestors$/).length).toBeLessThanOrEqual(hidden)
    expect(simulation.exchanged.length / least).toBeLessThanOrEqual(GRANTED)
  })

  test("of restrictions are none where the search has shown all", async () => {
    const simulation = new Simulation({ ...PLAIN, pages: 900, spaces: 1 })
    await whole(simulation)
    expect(asked(simulation, ONE_BY_ONE)).toEqual([])
    expect(asked(simulation, SEARCH)).toHaveLength(Math.ceil((900 + 4 + 8) / 200))
  })

  test("are none of restrictions where the stream is not configured", async () => {
    const simulation = new Simulation(PLAIN)
    await simulation.run("read", { streams: ["pages", "users"] })
    expect(asked(simulation, /restriction|content\/search/)).toEqual([])
  })
})

describe("filters", () => {
  const inFilters = (simulation: Simulation, isIn: (row: Row) => boolean) => {
    const places = new Map(
      [...simulation.site.truth("pages"), ...simulation.site.truth("blog_posts")].map((row) => [row["id"], row]),
    )
    return (row: Row) => {
      const content = places.get(row["contentId"])
      return content === undefined || isIn(content)
    }
  }

  test("of spaces narrow all content and what is asked for", async () => {
    const simulation = new Simulation(SITE)
    const { site } = simulation
    const { id, key } = site.truth("spaces").find(({ status }) => status === "current")!
    const rows = recordsOf(await whole(simulation, { filters: { spaces_include: [key] } }), STREAM)
    const tree = new Map(
      ["pages", "blog_posts", "folders", "whiteboards", "databases", "embeds"].flatMap((stream) =>
        site.truth(stream as "pages").map((row) => [row["id"], row["spaceId"]] as const),
      ),
    )
    expectRows(
      rows,
      knowable(simulation).filter(({ contentId }) => tree.get(contentId) === id),
    )
    expect(new Set(rows.map(({ spaceId }) => spaceId))).toEqual(new Set([id]))
    const searched = simulation.exchanged.flatMap(({ request }) => request.query.get("cql") ?? [])
    expect(searched.filter((cql) => !cql.includes(`"${String(key)}"`))).toEqual([])
  })

  test("of pages keep the restrictions of what lies above, and leave folders and blog posts alone", async () => {
    const simulation = new Simulation(PLAIN)
    const { site } = simulation
    const users = people(simulation)
    const top = site.create({ spaceId: spaceOf(simulation) })
    const folder = site.create({ type: "folder", parentId: top })
    const inside = site.create({ parentId: folder })
    const below = site.create({ parentId: inside })
    const beside = site.create({ parentId: top })
    const post = site.create({ type: "blogpost", spaceId: spaceOf(simulation) })
    for (const id of [top, folder, below, post]) site.setRestriction(id, { users })
    for (const [filters, left] of [
      [{ page_ids_include: [inside] }, [inside, below]],
      [{ page_ids_exclude: [inside] }, [top, beside]],
      [{ modified_after: "2026-06-30" }, [top, inside, below, beside]],
    ] as const) {
      const rows = recordsOf(await whole(simulation, { filters }), STREAM)
      const contents = new Set<unknown>([...left, folder, post])
      expectRows(
        rows,
        site.truth(STREAM).filter(({ contentId }) => contents.has(contentId)),
      )
      expect(new Set(rows.map(({ contentId }) => contentId))).toEqual(contents)
    }
  })

  test("of pages and dates cost what is inside", async () => {
    const simulation = new Simulation({ ...PLAIN, pages: 8_000 })
    const { site } = simulation
    const page = site.create({ spaceId: spaceOf(simulation) })
    site.setRestriction(page, { users: people(simulation) })
    const rows = recordsOf(await whole(simulation, { filters: { page_ids_include: [page] } }), STREAM)
    expect(rows).toHaveLength(2)
    const searched = simulation.exchanged.filter(({ request }) => SEARCH.test(request.path))
    expect(searched.map(({ request }) => request.query.get("cql")).filter((cql) => cql?.includes("page"))).toEqual([])
    // The pages above folders and the like are looked up, level by level; all pages would take 32 requests.
    expect(asked(simulation, /v2\/pages$/).length).toBeLessThan(20)
  })

  test("of status and date hold for pages, on a site where much is archived, trashed and hidden", async () => {
    const simulation = new Simulation(SITE)
    const day = Date.UTC(2024, 0, 1)
    for (const [filters, isIn] of [
      [{ include_archived: false }, ({ status }: Row) => status !== "archived"],
      [{ created_after: "2024-01-01" }, ({ createdAt }: Row) => Date.parse(String(createdAt)) >= day],
      [{ include_trashed: true }, () => true],
    ] as const) {
      const rows = recordsOf(await whole(simulation, { filters }), STREAM)
      expectRows(rows, knowable(simulation).filter(inFilters(simulation, isIn)))
    }
  })

  test("that leave no space end COMPLETE with no row", async () => {
    const simulation = new Simulation(SITE)
    const ran = await whole(simulation, { filters: { spaces_include: ["NOSUCH"] } })
    expect(recordsOf(ran, STREAM)).toEqual([])
    expect(asked(simulation, /restriction|content\/search/)).toEqual([])
  })
})
