/** Restrictions that cannot be asked for: they are named, the stream is not complete, and nothing passes for open. */
import { describe, expect, test } from "vitest"
import type { Fault } from "../../src/sample-site/Fault.ts"
import type { Row } from "../support/destination.ts"
import { errorsOf, type Ran, recordsOf, Simulation, statesOf, statusesOf } from "../support/inProcess.ts"
import { expectRows, knowable, STREAM } from "./restrictionTruth.ts"

const STREAMS = [STREAM]
const SITE = { seed: 81, pages: 160, spaces: 6, users: 60 } as const
const PLAIN = { seed: 5, pages: 40, blogPosts: 4, spaces: 2, users: 40, varied: false } as const

const warnings = (ran: Ran) => ran.messages.flatMap(({ log }) => (log?.level === "WARN" ? [log.message] : []))
const restrictionOf = (id: string) => `/wiki/rest/api/content/${id}/restriction`
const askedOneByOne = ({ exchanged }: Simulation) =>
  exchanged.flatMap(({ request }) => (/\/\d+\/restriction$/.test(request.path) ? [request.path] : []))

/** A folder that search does not show, with a page below it, both below a page; each of them restricted. */
const chained = (settings: ConstructorParameters<typeof Simulation>[0]["settings"] = {}) => {
  const simulation = new Simulation({ ...PLAIN, settings })
  const { site } = simulation
  const users = [site.users[0]!.accountId, site.users[3]!.accountId]
  const spaceId = String(site.truth("spaces").find(({ status }) => status === "current")!["id"])
  const top = site.create({ spaceId })
  const folder = site.create({ type: "folder", parentId: top })
  const page = site.create({ parentId: folder })
  for (const id of [top, folder, page]) site.setRestriction(id, { users })
  site.archive(folder)
  return { simulation, site, top, folder, page }
}

/** A restricted folder below a database, and so many rows behind them that the state of an attempt is past them. */
const passed = (isShown: boolean) => {
  const simulation = new Simulation({ ...PLAIN, settings: { quirks: { archivedInSearch: isShown } } })
  const { site } = simulation
  const users = site.users.slice(0, 40).map(({ accountId }) => accountId)
  const spaceId = String(site.truth("spaces").find(({ status }) => status === "current")!["id"])
  const above = site.create({ type: "database", spaceId })
  const folder = site.create({ type: "folder", parentId: above })
  for (const id of [above, folder]) site.setRestriction(id, { users: users.slice(0, 1) })
  for (let page = 0; page < 10; page++) site.setRestriction(site.create({ spaceId }), { users })
  site.archive(above)
  return { simulation, site, above, folder }
}

const incomplete = (ran: Ran, type: string, ...named: ReadonlyArray<string>) => {
  expect(errorsOf(ran)).toMatchObject([{ failure_type: type, stream_descriptor: { name: STREAM } }])
  for (const name of named) expect(errorsOf(ran)[0]!["message"]).toContain(name)
  expect(statusesOf(ran, STREAM).at(-1)).toBe("INCOMPLETE")
  expect(ran.exit).toBe(1)
}

const FAULTS: Readonly<Record<string, { readonly fault: Fault; readonly type: string }>> = {
  "answers 403": { fault: { kind: "status", status: 403 }, type: "config_error" },
  "answers 404 although it is there": { fault: { kind: "status", status: 404 }, type: "system_error" },
  "answers 500": { fault: { kind: "status", status: 500 }, type: "transient_error" },
  "answers with something else": { fault: { kind: "status", status: 200, body: '{"odd":1}' }, type: "system_error" },
}

describe("a content whose restrictions cannot be had", () => {
  for (const [what, { fault, type }] of Object.entries(FAULTS)) {
    test(`because the endpoint ${what} is named, and the next attempt sends what it and all below it lack, and that alone`, async () => {
      const { simulation, site, folder } = chained()
      site.setFaults([{ ...fault, path: restrictionOf(folder) }])
      const first = await simulation.run("read", { streams: STREAMS })
      incomplete(first, type, `the folder ${folder}: `)
      const isOfFolder = ({ restrictedById }: Row) => restrictedById === folder
      expectRows(
        recordsOf(first, STREAM),
        site.truth(STREAM).filter((row) => !isOfFolder(row)),
      )
      site.setFaults([])
      const second = await simulation.run("read", { streams: STREAMS, state: statesOf(first) })
      expect(second.exit).toBe(0)
      // What comes behind the last state of an attempt comes again.
      expect(recordsOf(second, STREAM).filter(isOfFolder)).toHaveLength(4)
      expectRows(
        [
          ...new Map(
            [...recordsOf(first, STREAM), ...recordsOf(second, STREAM)].map((row) => [JSON.stringify(row), row]),
          ).values(),
        ],
        site.truth(STREAM),
      )
    })
  }

  test("because the site's API does not know folders and the like is none that is open", async () => {
    const { simulation, site, folder } = chained({ quirks: { restrictionsOfTree: "404" } })
    const ran = await simulation.run("read", { streams: STREAMS })
    incomplete(ran, "system_error", "404")
    const rows = site.truth(STREAM).filter(({ restrictedById }) => restrictedById !== folder)
    expectRows(recordsOf(ran, STREAM), rows)
  })

  for (const [quirk, change] of [
    ["restrictionsOfArchived", "archive"],
    ["restrictionsOfTrashed", "trash"],
  ] as const) {
    test(`because the API says 404 of it (${quirk}) is named`, async () => {
      const { simulation, site, top } = chained({ quirks: { [quirk]: "404" } })
      site.unarchive(site.truth("folders").find(({ status }) => status === "archived")!["id"] as string)
      site[change](top)
      const ran = await simulation.run("read", { streams: STREAMS })
      incomplete(ran, "system_error", `the page ${top}: `)
      const rows = site.truth(STREAM).filter(({ restrictedById }) => restrictedById !== top)
      expectRows(recordsOf(ran, STREAM), rows)
    })
  }

  test("because it went away meanwhile costs its own rows and is no error", async () => {
    for (const restrictionsOfHidden of ["404", "403"] as const) {
      for (const change of ["purge", "restrict"] as const) {
        const simulation = new Simulation({ ...PLAIN, settings: { quirks: { restrictionsOfHidden } } })
        const { site } = simulation
        const spaceId = String(site.truth("spaces")[0]!["id"])
        const [page, other] = ["one", "other"].map((title) => site.create({ title, spaceId }))
        for (const id of [page!, other!]) site.setRestriction(id, { users: [site.users[0]!.accountId] })
        site.archiveSpace(spaceId)
        simulation.onExchange = ({ request }) => {
          if (!request.path.endsWith("/restriction")) return
          simulation.onExchange = () => {}
          site[change](page!)
        }
        const ran = await simulation.run("read", { streams: STREAMS, config: { num_workers: 1 } })
        expect(errorsOf(ran)).toEqual([])
        expectRows(recordsOf(ran, STREAM), site.truth(STREAM))
        expect(askedOneByOne(simulation)).toContain(restrictionOf(page!))
      }
    }
  })
})

describe("what else cannot be had", () => {
  test("of the search makes the stream ask content by content, and it is incomplete, since nobody knows what folders there are", async () => {
    for (const [fault, type] of [
      [{ kind: "status", status: 500 }, "transient_error"],
      [{ kind: "status", status: 403 }, "config_error"],
    ] as const) {
      const { simulation, site, folder } = chained()
      site.setFaults([{ ...fault, path: "/wiki/rest/api/content/search" }])
      const ran = await simulation.run("read", { streams: STREAMS })
      incomplete(ran, type, "the search for folders, whiteboards, databases, embeds: ")
      expectRows(recordsOf(ran, STREAM), site.truth(STREAM))
      expect(askedOneByOne(simulation)).toContain(restrictionOf(folder))
      expect(warnings(ran)).toContainEqual(expect.stringContaining("the search for content failed"))
      site.setFaults([])
      const second = await simulation.run("read", { streams: STREAMS, state: statesOf(ran) })
      expect(second.exit).toBe(0)
      expectRows(recordsOf(second, STREAM), site.truth(STREAM))
    }
  })

  test("of archived spaces, because the spaces may not be listed, is named; all else is sent", async () => {
    const simulation = new Simulation(SITE)
    const { site } = simulation
    site.setFaults([{ kind: "status", status: 403, path: "/wiki/api/v2/spaces" }])
    const ran = await simulation.run("read", { streams: STREAMS })
    incomplete(ran, "config_error", "the search for folders, whiteboards, databases, embeds: ", "read:space:confluence")
    const archived = new Set(site.truth("spaces").flatMap(({ id, status }) => (status === "archived" ? [id] : [])))
    const lost = new Set(
      site
        .truth("content_tree")
        .flatMap(({ id, type, spaceId }) => (type !== "page" && archived.has(spaceId) ? [id] : [])),
    )
    const rows = knowable(simulation).filter(({ contentId }) => !lost.has(contentId))
    const sent = new Set(recordsOf(ran, STREAM).map(({ contentId }) => contentId))
    expect(rows.filter(({ contentId }) => !sent.has(contentId))).toEqual([])
  })

  test("because a scope is missing ends the stream with its name, and no row", async () => {
    const { simulation, site } = chained()
    const body = '{"code":401,"message":"Unauthorized; scope does not match"}'
    site.setFaults([{ kind: "status", status: 401, body, path: "/wiki/rest/api/content/search" }])
    const ran = await simulation.run("read", { streams: STREAMS })
    incomplete(ran, "config_error", "search:confluence")
    expect(recordsOf(ran, STREAM)).toEqual([])
  })

  test("of a folder's place leaves out what lies above it until the next attempt, which sends that alone", async () => {
    const { simulation, site, top, folder, page } = chained()
    site.setFaults([{ kind: "status", status: 500, path: `/wiki/api/v2/folders/${folder}` }])
    const first = await simulation.run("read", { streams: STREAMS })
    incomplete(first, "transient_error", `the folder ${folder}: `)
    const isMissing = ({ contentId, restrictedById }: Row) =>
      contentId === folder || (contentId === page && restrictedById === top)
    expectRows(
      recordsOf(first, STREAM),
      site.truth(STREAM).filter((row) => !isMissing(row)),
    )
    site.setFaults([])
    const second = await simulation.run("read", { streams: STREAMS, state: statesOf(first) })
    expect(second.exit).toBe(0)
    const both = [...recordsOf(first, STREAM), ...recordsOf(second, STREAM)]
    expectRows([...new Map(both.map((row) => [JSON.stringify(row), row])).values()], site.truth(STREAM))
  })

  test("of a folder's place leaves out its own rows and those of what it alone shows, also where the state is past them", async () => {
    for (const isShown of [true, false]) {
      const { simulation, site, folder, above } = passed(isShown)
      site.setFaults([{ kind: "status", status: 401, path: `/wiki/api/v2/folders/${folder}` }])
      const first = await simulation.run("read", { streams: STREAMS })
      incomplete(first, "config_error", `the folder ${folder}: `)
      const isUnknown = ({ contentId }: Row) => contentId === folder || (!isShown && contentId === above)
      const truth = site.truth(STREAM)
      expect(truth.filter(isUnknown)).toHaveLength(isShown ? 2 : 3)
      expectRows(
        recordsOf(first, STREAM),
        truth.filter((row) => !isUnknown(row)),
      )
      site.setFaults([])
      const second = await simulation.run("read", { streams: STREAMS, state: statesOf(first) })
      expect(second.exit).toBe(0)
      const rest = recordsOf(second, STREAM)
      expect(rest.length).toBeLessThan(truth.length / 2)
      expectRows(rest.filter(isUnknown), truth.filter(isUnknown))
      const both = [...recordsOf(first, STREAM), ...rest]
      expectRows([...new Map(both.map((row) => [JSON.stringify(row), row])).values()], truth)
    }
  })

  for (const [what, path] of [
    ["pages", "/wiki/api/v2/pages"],
    ["blog posts", "/wiki/api/v2/blogposts"],
  ] as const) {
    test(`of the list of ${what} ends the stream as incomplete`, async () => {
      const { simulation, site } = chained()
      site.setFaults([{ kind: "status", status: 500, path }])
      incomplete(await simulation.run("read", { streams: STREAMS }), "transient_error")
    })
  }

  test("of the ancestors of hidden content is named", async () => {
    const { simulation, site, top, folder, page } = chained()
    site.restrict(folder)
    site.reveal(page)
    site.setFaults([{ kind: "status", status: 403, path: `/wiki/api/v2/pages/${page}/ancestors` }])
    const ran = await simulation.run("read", { streams: STREAMS })
    incomplete(ran, "config_error", `what the page ${page} lies below: `)
    const isTold = ({ contentId }: Row) => contentId === top || contentId === page
    const rows = site.truth(STREAM).filter((row) => isTold(row) && row["inherited"] === false)
    expectRows(recordsOf(ran, STREAM), rows)
  })

  test("passes where a request is tried again: the rows are those of a site without faults", async () => {
    const simulation = new Simulation({ ...SITE, settings: { maxPageSize: 20 } })
    simulation.site.setFaults([
      { kind: "status", status: 503, probability: 0.1, times: 40, path: "/wiki/rest/api/content/*" },
      { kind: "status", status: 500, probability: 0.1, times: 40, path: "/wiki/api/v2/*" },
      { kind: "rate-limit", after: 30, times: 3 },
    ])
    const ran = await simulation.run("read", { streams: STREAMS })
    expect(errorsOf(ran)).toEqual([])
    expectRows(recordsOf(ran, STREAM), knowable(simulation))
  })
})

describe("a read that was cut off", () => {
  const distinct = (rows: ReadonlyArray<Row>) => [...new Map(rows.map((row) => [JSON.stringify(row), row])).values()]

  test("goes on where it was: what a state tells of does not come again", async () => {
    const simulation = new Simulation({ ...SITE, pages: 1_200 })
    const { length } = (await simulation.run("read", { streams: STREAMS })).lines
    let again = 0
    for (const share of [0.2, 0.5, 0.8]) {
      const first = await simulation.run("read", { streams: STREAMS, terminateAfterLines: Math.round(length * share) })
      const sent = recordsOf(first, STREAM)
      const second = await simulation.run("read", { streams: STREAMS, state: statesOf(first) })
      expect(second.exit).toBe(0)
      const rest = recordsOf(second, STREAM)
      expect(rest.length).toBeLessThan(sent.length + rest.length)
      again += sent.length + rest.length - distinct([...sent, ...rest]).length
      expectRows(distinct([...sent, ...rest]), knowable(simulation))
    }
    expect(again).toBe(0)
  })

  test("before its first row begins anew, wherever that was", async () => {
    const simulation = new Simulation(SITE)
    for (const terminateAfterRequests of [3, 9, 30]) {
      const first = await simulation.run("read", { streams: STREAMS, terminateAfterRequests })
      const second = await simulation.run("read", { streams: STREAMS, state: statesOf(first) })
      expect(second.exit).toBe(0)
      expectRows(distinct([...recordsOf(first, STREAM), ...recordsOf(second, STREAM)]), knowable(simulation))
    }
  })
})

describe("check", () => {
  test("takes a content that is not there for an answer, and names what refuses restrictions", async () => {
    const { simulation, site } = chained()
    const logs = async () => (await simulation.run("check")).messages.flatMap(({ log }) => log?.message ?? [])
    expect(await logs()).toContain(`${STREAM}: can be read.`)
    site.set({ forbidden: ["/wiki/rest/api/content/*"] })
    expect(await logs()).toContainEqual(
      expect.stringMatching(/^content_restrictions: cannot be read\. .*403 Forbidden/),
    )
  })
})
