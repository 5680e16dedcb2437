/** Tasks: all of live content, blank ones too, with their bodies; what filters let in, in few requests; a body that cannot be had. */
import { describe, expect, test } from "vitest"
import type { SettingsChange } from "../../src/sample-site/options.ts"
import { TASK_QUIRKS } from "../../src/sample-site/quirks.ts"
import { expectTruth, merged, type Row } from "../support/destination.ts"
import { errorsOf, type Ran, recordsOf, Simulation, statesOf, statusesOf } from "../support/inProcess.ts"

const STREAM = "tasks"
const STREAMS = [STREAM]
const SITE = { seed: 84, pages: 140, spaces: 8, users: 60 } as const
const PATH = "/wiki/api/v2/tasks"

const siteWith = (settings: SettingsChange = {}) => new Simulation({ ...SITE, settings })
const read = (simulation: Simulation, more: object = {}) => simulation.run("read", { streams: STREAMS, ...more })
const asked = (simulation: Simulation) =>
  simulation.exchanged.flatMap(({ request }) => (request.path === PATH ? [request.query] : []))
const warningsOf = (ran: Ran) => ran.messages.flatMap(({ log }) => (log?.level === "WARN" ? [String(log.message)] : []))
const expectAll = (simulation: Simulation, ran: Ran) => {
  expect(errorsOf(ran)).toEqual([])
  expect(recordsOf(ran, STREAM)).toHaveLength(simulation.site.truth(STREAM).length)
  expectTruth(simulation, STREAM, recordsOf(ran, STREAM))
}

describe("tasks", () => {
  test("are all there, of pages and of blog posts, blank ones too, and name accounts to the stream of users", async () => {
    const simulation = siteWith({ maxPageSize: 7 })
    const ran = await read(simulation, { streams: [STREAM, "users"] })
    const rows = recordsOf(ran, STREAM)
    expectTruth(simulation, STREAM, rows)
    const bodies = rows.map(({ body }) => (body as { readonly storage: { readonly value: string } }).storage.value)
    expect(bodies).toContain("")
    expect(rows.some(({ blogPostId }) => blogPostId !== undefined)).toBe(true)
    const users = new Set(recordsOf(ran, "users").map(({ accountId }) => accountId))
    for (const { createdBy, assignedTo, completedBy } of rows)
      for (const id of [createdBy, assignedTo, completedBy]) if (id !== undefined) expect(users).toContain(id)
  })

  test("cost one request for 250, and two that tell whether their containers are in the trash", async () => {
    const simulation = siteWith()
    await read(simulation)
    expect(asked(simulation)).toHaveLength(1)
    const byId = simulation.exchanged.filter(({ request }) => request.query.has("id"))
    expect(byId.map(({ request }) => request.path).toSorted()).toEqual(["/wiki/api/v2/blogposts", "/wiki/api/v2/pages"])
    const large = new Simulation({ ...SITE, pages: 3000, footerComments: 0, attachments: 0, inlineComments: 0 })
    expectAll(large, await read(large))
    const least = Math.ceil(large.site.truth(STREAM).length / 250)
    expect(asked(large)).toHaveLength(least)
    const containers = new Set(large.site.truth(STREAM).map(({ pageId, blogPostId }) => pageId ?? blogPostId)).size
    const looks = large.exchanged.filter(({ request }) => request.query.has("id")).length
    expect(looks).toBeLessThanOrEqual(2 * Math.ceil(containers / 250) + 2)
  })

  test("have their bodies in the configured format, or none", async () => {
    const simulation = siteWith()
    const formats = async (body_format: string) =>
      new Set(
        recordsOf(await read(simulation, { config: { body_format } }), STREAM).flatMap(({ body }) =>
          Object.keys(body as Row),
        ),
      )
    expect(await formats("atlas_doc_format")).toEqual(new Set(["atlas_doc_format"]))
    expect(await formats("none")).toEqual(new Set())
  })

  for (const tasksInTrash of TASK_QUIRKS.tasksInTrash)
    for (const trashListed of [true, false])
      test(`of content in the trash are none, be they listed (${tasksInTrash}), or the trash itself (${trashListed})`, async () => {
        const simulation = siteWith({ quirks: { tasksInTrash, trashListed }, maxPageSize: 9 })
        const { site } = simulation
        const container = (field: string) => String(site.truth(STREAM).find((row) => row[field] !== undefined)![field])
        const gone = [container("pageId"), container("blogPostId")]
        for (const id of gone) site.trash(id)
        const ran = await read(simulation)
        expectAll(simulation, ran)
        const of = recordsOf(ran, STREAM).map(({ pageId, blogPostId }) => pageId ?? blogPostId)
        for (const id of gone) expect(of).not.toContain(id)
      })

  for (const how of ["hide", "purge"] as const)
    test(`of content in the trash are none, although it goes from there (${how}) just after its tasks were listed`, async () => {
      const simulation = siteWith({ quirks: { tasksInTrash: true } })
      const { site } = simulation
      const page = String(site.truth(STREAM).find(({ pageId }) => pageId !== undefined)!["pageId"])
      site.trash(page)
      simulation.onExchange = ({ request }) => {
        if (request.path === PATH) site[how](page)
      }
      expectAll(simulation, await read(simulation))
    })

  test("of an archived page and of an archived space are there", async () => {
    const simulation = siteWith({ quirks: { tasksInTrash: true, contentOfArchivedSpaces: false } })
    const { site } = simulation
    const [row] = site.truth(STREAM)
    site.archive(String(site.truth(STREAM).find(({ pageId }) => pageId !== undefined)!["pageId"]))
    site.archiveSpace(String(row!["spaceId"]))
    expectAll(simulation, await read(simulation))
  })

  test("follow what is added, changed, completed and removed", async () => {
    const simulation = siteWith()
    const { site } = simulation
    const [page] = site.truth("pages")
    const [first, second, third] = site.truth(STREAM)
    const blank = site.addTask(String(page!["id"]))
    site.editTask(String(first!["id"]), { body: "Mind the <gap>" })
    site.completeTask(String(second!["id"]))
    site.removeTask(String(third!["id"]))
    const ran = await read(simulation)
    expectAll(simulation, ran)
    expect(recordsOf(ran, STREAM).map(({ id }) => id)).toContain(blank)
  })

  test("go on where a read was cut off", async () => {
    for (const terminateAfterRequests of [5, 9, 14]) {
      const simulation = siteWith({ maxPageSize: 6 })
      const first = await read(simulation, { terminateAfterRequests })
      simulation.exchanged.length = 0
      const second = await read(simulation, { state: statesOf(first) })
      expect(second.exit).toBe(0)
      expectTruth(simulation, STREAM, merged(STREAM, [first, second]))
    }
  })
})

describe("tasks that cannot be read", () => {
  for (const [status, type] of [
    [403, "config_error"],
    [404, "system_error"],
    [500, "transient_error"],
  ] as const)
    test(`(${status}) end the stream INCOMPLETE, with nothing for all`, async () => {
      const simulation = siteWith()
      simulation.site.setFaults([{ kind: "status", status, path: PATH }])
      const ran = await read(simulation)
      expect(errorsOf(ran)).toMatchObject([{ failure_type: type, stream_descriptor: { name: STREAM } }])
      expect(statusesOf(ran, STREAM).at(-1)).toBe("INCOMPLETE")
    })

  test("without the scope of content are sent, though those in the trash cannot be told", async () => {
    const simulation = siteWith({ scopes: ["read:task:confluence", "read:confluence-user"] })
    const ran = await read(simulation, { config: simulation.site.config("scoped") })
    expectAll(simulation, ran)
    expect(warningsOf(ran).filter((text) => text.includes("trash"))).toHaveLength(1)
  })

  describe("where the lists of the trash may not be read", () => {
    const trash = (simulation: Simulation): ReadonlyArray<string> => {
      const { site } = simulation
      const gone = ["pageId", "blogPostId"].map((field) =>
        String(site.truth(STREAM).find((row) => row[field] !== undefined)![field]),
      )
      for (const id of gone) site.trash(id)
      site.setFaults(
        ["trashed", "deleted"].flatMap((status) =>
          ["pages", "blogposts"].map((kind) => ({
            kind: "status" as const,
            status: 403,
            path: `/wiki/api/v2/${kind}`,
            query: `status=${status}`,
          })),
        ),
      )
      return gone
    }

    test("those of content in the trash are none all the same, since each tells by itself", async () => {
      const simulation = siteWith({ quirks: { tasksInTrash: true } })
      trash(simulation)
      expectAll(simulation, await read(simulation))
    })

    for (const status of [403, 404])
      test(`and content answers ${status} by itself, the stream is INCOMPLETE and names it, and nothing is lost`, async () => {
        const simulation = siteWith({ quirks: { tasksInTrash: true } })
        const gone = trash(simulation)
        for (const id of gone)
          for (const kind of ["pages", "blogposts"])
            simulation.site.addFault({ kind: "status", status, path: `/wiki/api/v2/${kind}/${id}` })
        const ran = await read(simulation)
        const [error] = errorsOf(ran)
        for (const id of gone) expect(error?.message).toContain(id)
        expect(error).toMatchObject({ failure_type: "config_error", stream_descriptor: { name: STREAM } })
        expect(statusesOf(ran, STREAM).at(-1)).toBe("INCOMPLETE")
        const sent = new Set(recordsOf(ran, STREAM).map(({ id }) => id))
        for (const { id } of simulation.site.truth(STREAM)) expect(sent).toContain(id)
        // The next attempt looks again, and does not take for read what could not be told.
        expect(statusesOf(await read(simulation, { state: statesOf(ran) }), STREAM).at(-1)).toBe("INCOMPLETE")
        simulation.site.setFaults([])
        expectAll(simulation, await read(simulation, { state: statesOf(ran) }))
      })
  })

  test("of content that no list shows, and at which nobody may look, are sent, and the next attempt looks again", async () => {
    const simulation = siteWith({ quirks: { tasksInTrash: true, trashListed: false } })
    const { site } = simulation
    const page = String(site.truth(STREAM).find(({ pageId }) => pageId !== undefined)!["pageId"])
    site.trash(page)
    site.setFaults([{ kind: "status", status: 403, path: `/wiki/api/v2/pages/${page}`, times: 1 }])
    const ran = await read(simulation)
    expect(errorsOf(ran)).toMatchObject([{ message: expect.stringContaining(page), failure_type: "config_error" }])
    expectAll(simulation, await read(simulation, { state: statesOf(ran) }))
  })

  test("and content may not be listed, the stream is INCOMPLETE, and no row is lost", async () => {
    const simulation = siteWith()
    for (const kind of ["pages", "blogposts"])
      simulation.site.addFault({ kind: "status", status: 403, path: `/wiki/api/v2/${kind}` })
    const ran = await read(simulation)
    expect(errorsOf(ran)).toMatchObject([{ failure_type: "config_error" }])
    expect(recordsOf(ran, STREAM)).toHaveLength(simulation.site.truth(STREAM).length)
  })

  for (const cursorBindsLimit of [true, false])
    for (const lists of ["both", "one"] as const)
      test(`with one body arrive without that body alone; cursors bind limits: ${cursorBindsLimit}, ids: ${lists}`, async () => {
        const simulation = siteWith({
          maxPageSize: 20,
          quirks: { cursorBindsLimit, cursorBindsBody: cursorBindsLimit, lists },
        })
        const poisoned = String(simulation.site.truth(STREAM)[27]!["id"])
        simulation.site.poisonTask(poisoned)
        const ran = await read(simulation)
        expect(errorsOf(ran)).toEqual([])
        const rows = recordsOf(ran, STREAM)
        expect(rows).toHaveLength(simulation.site.truth(STREAM).length)
        const without = rows.filter(({ body }) => body === null || body === undefined)
        expect(without.map(({ id }) => id)).toEqual([poisoned])
        expectTruth(
          simulation,
          STREAM,
          rows.map((row) => (row["id"] === poisoned ? truthOf(simulation, poisoned) : row)),
        )
      })
})

const truthOf = (simulation: Simulation, id: string): Row =>
  simulation.site.truth(STREAM).find((row) => row["id"] === id)!

describe("filters", () => {
  const hangs = ({ pageId, blogPostId }: Row) => String(pageId ?? blogPostId)

  test("of a few contents let in what hangs on these, asked for by their ids", async () => {
    const simulation = siteWith()
    const { site } = simulation
    const pageId = String(site.truth(STREAM).find((row) => row["pageId"] !== undefined)!["pageId"])
    const filters = { page_ids_include: [pageId], blog_post_ids_include: ["1"] }
    const ran = await read(simulation, { config: { filters } })
    expect(errorsOf(ran)).toEqual([])
    const below = new Set(
      recordsOf(await simulation.run("read", { streams: ["pages"], config: { filters } }), "pages").map(({ id }) => id),
    )
    const wanted = site.truth(STREAM).filter((row) => below.has(row["pageId"]))
    expect(recordsOf(ran, STREAM).map(({ id }) => id)).toEqual(wanted.map(({ id }) => id))
    expect(asked(simulation)).toHaveLength(1)
    expect(new Set(asked(simulation)[0]!.getAll("page-id"))).toEqual(below)
  })

  test("of spaces let in what lies there, asked for by the spaces where the contents are many", async () => {
    const simulation = new Simulation({ ...SITE, pages: 1200, footerComments: 0, attachments: 0, inlineComments: 0 })
    const { site } = simulation
    const spaces = site.truth("spaces").slice(0, 6)
    const filters = { spaces_include: spaces.map(({ key }) => String(key)) }
    const ran = await read(simulation, { config: { filters } })
    const ids = new Set(spaces.map(({ id }) => id))
    const live = new Set([...site.truth("pages"), ...site.truth("blog_posts")].map(({ id }) => id))
    const wanted = site.truth(STREAM).filter((row) => ids.has(row["spaceId"]) && live.has(hangs(row)))
    expect(new Set(recordsOf(ran, STREAM).map(({ id }) => id))).toEqual(new Set(wanted.map(({ id }) => id)))
    expect(new Set(asked(simulation)[0]!.getAll("space-id"))).toEqual(ids)
    expect(asked(simulation)).toHaveLength(Math.ceil(wanted.length / 250))
  })

  test("of dates let in what hangs on content of these dates", async () => {
    const simulation = siteWith({ quirks: { tasksInTrash: true } })
    const { site } = simulation
    const dates = site.truth("pages").map(({ createdAt }) => String(createdAt))
    const created_after = dates.toSorted()[Math.floor(dates.length / 2)]!
    const ran = await read(simulation, { config: { filters: { created_after } } })
    const letIn = new Set(
      [...site.truth("pages"), ...site.truth("blog_posts")]
        .filter(({ createdAt }) => String(createdAt) >= created_after)
        .map(({ id }) => id),
    )
    const wanted = site.truth(STREAM).filter((row) => letIn.has(hangs(row)))
    expect(new Set(recordsOf(ran, STREAM).map(({ id }) => id))).toEqual(new Set(wanted.map(({ id }) => id)))
  })
})
