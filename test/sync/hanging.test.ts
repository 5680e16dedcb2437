/**
 * What hangs on content that is gone, or in the trash, or in an archive: the table is what the lists show, whatever a look by an id
 * answers.
 */
import { describe, expect, test } from "vitest"
import { Connection } from "../support/Connection.ts"
import { expectTruth, merged } from "../support/destination.ts"
import { type Ran, recordsOf, Simulation } from "../support/inProcess.ts"

const HOUR = 3_600_000
const always = { config: { reconcile_interval_hours: 0, max_deletion_percent: 100 } }
const HANGING = ["comments", "attachments"] as const

const tombstones = (ran: Ran, stream: string) =>
  new Map(
    recordsOf(ran, stream).flatMap((row) =>
      row["_ab_cdc_deleted_at"] === undefined ? [] : [[String(row["id"]), row["deletionReason"]] as const],
    ),
  )

/** The content that most comments and attachments hang on. */
const busiest = (simulation: Simulation, stream: (typeof HANGING)[number]): string => {
  const counts = new Map<string, number>()
  for (const row of simulation.site.truth(stream)) {
    const id = row["pageId"]
    if (typeof id === "string") counts.set(id, (counts.get(id) ?? 0) + 1)
  }
  return [...counts].toSorted((a, b) => b[1] - a[1])[0]![0]
}

const SITE_WIDE = /v2\/(footer|inline)-comments$/
const requestsTo = (simulation: Simulation, from: number, path: RegExp) =>
  simulation.exchanged.slice(from).filter(({ request }) => path.test(request.path)).length

describe("what hangs on a page in the trash", () => {
  for (const looksInTrash of ["404", "current", "trashed"] as const) {
    for (const listsOfTrashed of ["404", "empty", "all"] as const) {
      test(`is gone where a look by its id says ${looksInTrash} and the page's list ${listsOfTrashed}`, async () => {
        const quirks = { looksInTrash, listsOfTrashed }
        const simulation = new Simulation({ seed: 81, pages: 80, footerComments: 300, settings: { quirks } })
        const connection = new Connection(simulation)
        const hanging = { streams: HANGING }
        await connection.sync(hanging)
        const page = busiest(simulation, "comments")
        const lost = simulation.site.truth("comments").filter((row) => row["pageId"] === page)
        expect(lost.length).toBeGreaterThan(8)
        simulation.site.trash(page)
        simulation.clock.advance(HOUR)
        const ran = await connection.sync({ ...hanging, ...always })
        for (const stream of HANGING) expectTruth(simulation, stream, merged(stream, connection.runs))
        const reasons = tombstones(ran, "comments")
        expect(reasons.size).toBe(lost.length)
        const told = new Set(reasons.values())
        expect(told).toEqual(new Set([looksInTrash === "404" ? "not_visible" : "trashed"]))
        simulation.site.restore(page)
        simulation.clock.advance(HOUR)
        await connection.sync({ ...hanging, ...always })
        for (const stream of HANGING) expectTruth(simulation, stream, merged(stream, connection.runs))
      })
    }
  }

  test("costs one list for all of it, and not the list of the site", async () => {
    const quirks = { looksInTrash: "current" as const, listsOfTrashed: "empty" as const }
    const simulation = new Simulation({ seed: 82, pages: 2000, footerComments: 3000, settings: { quirks } })
    const connection = new Connection(simulation)
    const comments = { streams: ["comments"] }
    await connection.sync(comments)
    const page = busiest(simulation, "comments")
    const lost = simulation.site.truth("comments").filter((row) => row["pageId"] === page)
    simulation.clock.advance(HOUR)
    const listing = simulation.exchanged.length
    await connection.sync({ ...comments, ...always })
    const usual = requestsTo(simulation, listing, SITE_WIDE)
    simulation.site.trash(page)
    simulation.clock.advance(HOUR)
    const before = simulation.exchanged.length
    const ran = await connection.sync({ ...comments, ...always })
    expect(tombstones(ran, "comments").size).toBe(lost.length)
    const roots = lost.filter((row) => row["parentCommentId"] === undefined)
    const parents = new Set(lost.map((row) => row["parentCommentId"]).filter((id) => id !== undefined))
    const kinds = new Set(roots.map((row) => (row["resolutionStatus"] === undefined ? "footer" : "inline")))
    // The page is asked once for each kind of its comments, and each comment that was replied to once for its replies.
    expect(requestsTo(simulation, before, /\/pages\/\d+\/(footer|inline)-comments$/)).toBeLessThanOrEqual(
      2 * kinds.size,
    )
    expect(requestsTo(simulation, before, /-comments\/\d+\/children$/)).toBeLessThanOrEqual(2 * parents.size)
    expect(requestsTo(simulation, before, SITE_WIDE)).toBeLessThanOrEqual(usual)
  })
})

describe("what hangs on archived content", () => {
  for (const listed of [true, false]) {
    test(`is ${listed ? "a row where the lists show it" : "gone where the lists leave it out, although its page shows it"}`, async () => {
      const quirks = { hangingListedInArchives: listed }
      const simulation = new Simulation({ seed: 83, pages: 80, footerComments: 300, settings: { quirks } })
      const connection = new Connection(simulation)
      const hanging = { streams: HANGING }
      await connection.sync(hanging)
      const page = busiest(simulation, "comments")
      const before = simulation.site.truth("comments").length
      simulation.site.archive(page)
      const space = simulation.site.truth("spaces").find(({ status }) => status === "current")!
      simulation.site.archiveSpace(String(space["id"]))
      simulation.clock.advance(HOUR)
      const ran = await connection.sync({ ...hanging, ...always })
      for (const stream of HANGING) expectTruth(simulation, stream, merged(stream, connection.runs))
      const after = simulation.site.truth("comments").length
      expect(listed ? after === before : after < before - 8).toBe(true)
      expect(new Set(tombstones(ran, "comments").values())).toEqual(new Set(listed ? [] : ["not_visible"]))
      // What is gone costs nothing more.
      simulation.clock.advance(HOUR)
      const from = simulation.exchanged.length
      await connection.sync({ ...hanging, ...always })
      expect(requestsTo(simulation, from, /comments\/\d+$|pages\/.*comments$/)).toBe(0)
    })
  }
})

test("replies to a deleted comment are gone although each is still found by its id", async () => {
  const quirks = { looksAtLostReplies: true }
  const simulation = new Simulation({ seed: 84, pages: 60, footerComments: 200, settings: { quirks } })
  const connection = new Connection(simulation)
  const comments = { streams: ["comments"] }
  await connection.sync(comments)
  const reply = simulation.site.truth("comments").find((row) => row["parentCommentId"] !== undefined)!
  simulation.site.deleteComment(String(reply["parentCommentId"]))
  simulation.clock.advance(HOUR)
  const ran = await connection.sync({ ...comments, ...always })
  expect([...tombstones(ran, "comments").keys()]).toContain(reply["id"])
  expectTruth(simulation, "comments", merged("comments", connection.runs))
})

test("what hangs on a hidden page is gone although each of it is still found by its id", async () => {
  const quirks = { looksBehindRestrictions: true }
  const simulation = new Simulation({ seed: 85, pages: 60, footerComments: 200, settings: { quirks } })
  const connection = new Connection(simulation)
  const hanging = { streams: HANGING }
  await connection.sync(hanging)
  simulation.site.restrict(busiest(simulation, "comments"))
  simulation.site.restrict(busiest(simulation, "attachments"))
  simulation.clock.advance(HOUR)
  const ran = await connection.sync({ ...hanging, ...always })
  for (const stream of HANGING) {
    expectTruth(simulation, stream, merged(stream, connection.runs))
    expect(new Set(tombstones(ran, stream).values())).toEqual(new Set(["not_visible"]))
  }
})

test("many missing comments are judged as few are", async () => {
  const quirks = { looksInTrash: "current" as const }
  const simulation = new Simulation({ seed: 86, pages: 40, footerComments: 900, settings: { quirks } })
  const connection = new Connection(simulation)
  const comments = { streams: ["comments"] }
  await connection.sync(comments)
  for (const { id } of simulation.site.truth("pages").slice(0, 25)) simulation.site.trash(String(id))
  simulation.clock.advance(HOUR)
  const ran = await connection.sync({ ...comments, ...always })
  const reasons = tombstones(ran, "comments")
  expect(reasons.size).toBeGreaterThan(300)
  expect(new Set(reasons.values())).toEqual(new Set(["trashed"]))
  expectTruth(simulation, "comments", merged("comments", connection.runs))
})

for (const depth of [1, 2]) {
  test(`where lists hold no replies, a second look at what hangs in an archive asks none but the comments that matter: ${depth} deep`, async () => {
    const quirks = { repliesInCommentLists: false, hangingListedInArchives: false }
    const simulation = new Simulation({ seed: 89, pages: 200, footerComments: 500, settings: { quirks } })
    const { site } = simulation
    const page = busiest(simulation, "comments")
    let parent = String(site.truth("comments").find((row) => row["pageId"] === page)!["id"])
    for (let each = 0; each < depth; each++) parent = site.addComment(page, { parentCommentId: parent })
    const connection = new Connection(simulation)
    const comments = { streams: ["comments"] }
    await connection.sync(comments)
    const childrenFrom = (from: number) => requestsTo(simulation, from, /-comments\/\d+\/children$/)
    simulation.clock.advance(HOUR)
    const first = simulation.exchanged.length
    await connection.sync({ ...comments, ...always })
    const usual = childrenFrom(first)
    expect(usual).toBeGreaterThan(400)
    site.archive(page)
    simulation.clock.advance(HOUR)
    const second = simulation.exchanged.length
    const ran = await connection.sync({ ...comments, ...always })
    const lost = tombstones(ran, "comments")
    expect(lost.has(parent)).toBe(true)
    expect(lost.size).toBeGreaterThan(8)
    // All lists are read twice; what answers a comment that is gone is looked for beside it alone.
    expect(childrenFrom(second)).toBeLessThanOrEqual(usual + lost.size)
    expectTruth(simulation, "comments", merged("comments", connection.runs))
    // What comes back is found, at every depth.
    site.unarchive(page)
    simulation.clock.advance(HOUR)
    await connection.sync({ ...comments, ...always })
    expectTruth(simulation, "comments", merged("comments", connection.runs))
  })
}

for (const stream of HANGING) {
  test(`what hangs in an archive stays where the list of the site says that there are no ${stream}, although content lists its own`, async () => {
    const simulation = new Simulation({ seed: 92, pages: 60, footerComments: 12, inlineComments: 6, attachments: 15 })
    const { site } = simulation
    const page = busiest(simulation, stream)
    site.archive(page)
    const connection = new Connection(simulation)
    await connection.sync({ streams: [stream] })
    const paths = stream === "comments" ? ["footer-comments", "inline-comments"] : ["attachments"]
    site.setFaults(paths.map((path) => ({ kind: "empty-list", path: `/wiki/api/v2/${path}` })))
    simulation.clock.advance(HOUR)
    const ran = await connection.sync({ streams: [stream], ...always })
    expect([...tombstones(ran, stream)]).toEqual([])
    site.setFaults([])
    expectTruth(simulation, stream, merged(stream, connection.runs))
  })
}

test("a reply in an archive is gone although what it answers, which no list has ever shown, still tells of it", async () => {
  const none = { footerComments: 0, inlineComments: 0 }
  const quirks = { hangingListedInArchives: false }
  const simulation = new Simulation({ seed: 91, pages: 40, ...none, settings: { maxPageSize: 2, quirks } })
  const { site } = simulation
  const [page, other] = site.truth("pages").map(({ id }) => String(id)) as [string, string]
  const comment = site.addComment(page)
  site.archive(page)
  for (let each = 0; each < 4; each++) {
    simulation.clock.advance(HOUR)
    site.addComment(other)
  }
  const connection = new Connection(simulation)
  const comments = { streams: ["comments"] }
  await connection.sync(comments)
  simulation.clock.advance(HOUR)
  site.unarchive(page)
  const reply = site.addComment(page, { parentCommentId: comment })
  // What was last sent is the newest; this sync comes upon the reply alone.
  const followed = await connection.sync({ ...comments, config: { reconcile_interval_hours: -1, lookback_minutes: 0 } })
  expect(recordsOf(followed, "comments").map(({ id }) => id)).toContain(reply)
  expect(recordsOf(followed, "comments").map(({ id }) => id)).not.toContain(comment)
  simulation.clock.advance(HOUR)
  site.archive(page)
  const ran = await connection.sync({ ...comments, ...always })
  expect([...tombstones(ran, "comments")]).toEqual([[reply, "not_visible"]])
  expectTruth(simulation, "comments", merged("comments", connection.runs))
})

test("where lists hold no replies, those that were hidden for a moment stay, at every depth", async () => {
  const simulation = new Simulation({ seed: 90, pages: 40, settings: { quirks: { repliesInCommentLists: false } } })
  const { site } = simulation
  const page = busiest(simulation, "comments")
  const comment = site.addComment(page)
  const replies = [site.addComment(page, { parentCommentId: comment })]
  for (let deep = 0; deep < 2; deep++) replies.push(site.addComment(page, { parentCommentId: replies.at(-1)! }))
  site.archive(page)
  const connection = new Connection(simulation)
  const comments = { streams: ["comments"] }
  await connection.sync(comments)
  simulation.clock.advance(HOUR)
  const path = `/wiki/api/v2/footer-comments/${comment}/children`
  site.setFaults([{ kind: "empty-list", path, times: 1 }])
  const from = simulation.exchanged.length
  const ran = await connection.sync({ ...comments, ...always })
  expect(requestsTo(simulation, from, new RegExp(`${path}$`))).toBeGreaterThan(1)
  expect(tombstones(ran, "comments").size).toBe(0)
  expect(recordsOf(ran, "comments")).toEqual([])
  expectTruth(simulation, "comments", merged("comments", connection.runs))
})

test("pages of archived spaces stay where only a list that names their space holds them", async () => {
  const quirks = { contentOfArchivedSpaces: false }
  const simulation = new Simulation({ seed: 87, pages: 300, spaces: 6, settings: { quirks } })
  const connection = new Connection(simulation)
  const pages = { streams: ["pages"] }
  await connection.sync(pages)
  const archived = simulation.site.truth("spaces").find(({ status }) => status === "current")!
  simulation.site.archiveSpace(String(archived["id"]))
  simulation.clock.advance(HOUR)
  for (const page of simulation.site.truth("pages").filter(({ spaceId }) => spaceId === archived["id"]))
    simulation.site.move(String(page["id"]), { parentId: null })
  const ran = await connection.sync({ ...pages, ...always })
  expect(tombstones(ran, "pages").size).toBe(0)
  expectTruth(simulation, "pages", merged("pages", connection.runs))
})

test("pages of spaces that are archived while they are compared stay", async () => {
  const quirks = { contentOfArchivedSpaces: false }
  const simulation = new Simulation({ seed: 88, pages: 300, spaces: 6, settings: { quirks, maxPageSize: 50 } })
  const connection = new Connection(simulation)
  await connection.sync({ streams: ["pages"] })
  simulation.clock.advance(HOUR)
  const space = simulation.site.truth("spaces").find(({ status }) => status === "current")!
  const begun = simulation.exchanged.length
  simulation.onExchange = () => {
    // After the spaces have been listed, and before their pages are.
    if (simulation.exchanged.length === begun + 4) simulation.site.archiveSpace(String(space["id"]))
  }
  const ran = await connection.sync({ streams: ["pages"], ...always })
  expect(tombstones(ran, "pages").size).toBe(0)
  expectTruth(simulation, "pages", merged("pages", connection.runs))
})

describe("pages of archived spaces, for a credential that may list spaces no more,", () => {
  const quirks = { contentOfArchivedSpaces: false }
  test("stay while they are there, and are gone when they are", async () => {
    const simulation = new Simulation({ seed: 89, pages: 300, spaces: 6, settings: { quirks } })
    const connection = new Connection(simulation)
    await connection.sync({ streams: ["pages"] })
    const archived = simulation.site.truth("spaces").filter(({ status }) => status === "archived")
    const pages = simulation.site.truth("pages").filter(({ spaceId }) => archived.some(({ id }) => id === spaceId))
    expect(pages.length).toBeGreaterThan(3)
    const purged = String(pages[0]!["id"])
    simulation.site.purge(purged)
    simulation.site.set({ forbidden: ["/wiki/api/v2/spaces"] })
    simulation.clock.advance(HOUR)
    const ran = await connection.sync({ streams: ["pages"], ...always })
    expect(ran.messages.flatMap(({ trace }) => trace?.error?.message ?? [])).toEqual([])
    expect([...tombstones(ran, "pages")]).toEqual([[purged, "not_visible"]])
    expectTruth(simulation, "pages", merged("pages", connection.runs))
  })

  test("are not taken for gone where the spaces cannot be listed because the site is down", async () => {
    const simulation = new Simulation({ seed: 89, pages: 300, spaces: 6, settings: { quirks } })
    const connection = new Connection(simulation)
    await connection.sync({ streams: ["pages"] })
    simulation.site.addFault({ kind: "status", status: 503, path: "/wiki/api/v2/spaces" })
    simulation.clock.advance(HOUR)
    const ran = await connection.sync({ streams: ["pages"], ...always })
    expect(ran.exit).toBe(1)
    expect(tombstones(ran, "pages").size).toBe(0)
  })
})
