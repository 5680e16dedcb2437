/** Who likes content, and how often it was viewed: each content is asked for its own, and one that fails costs itself. */
import { describe, expect, test } from "vitest"
import type { Fault } from "../../src/sample-site/Fault.ts"
import { expectTruth, merged } from "../support/destination.ts"
import { errorsOf, type Ran, recordsOf, Simulation, statesOf, statusesOf } from "../support/inProcess.ts"

const SITE = { seed: 91, pages: 90, spaces: 6, users: 40 } as const
type Stream = "likes" | "content_views"
const PATHS: Readonly<Record<Stream, RegExp>> = { likes: /\/likes\/users$/, content_views: /\/analytics\/content\// }

const isAsked = (simulation: Simulation, stream: Stream) =>
  simulation.exchanged.flatMap(({ request }) => (PATHS[stream].test(request.path) ? [request.path] : []))
const warnings = (ran: Ran) => ran.messages.flatMap(({ log }) => (log?.level === "WARN" ? [log.message] : []))
const idsOf = (simulation: Simulation, ...streams: ReadonlyArray<"pages" | "blog_posts" | "comments">) =>
  streams.flatMap((stream) => simulation.site.truth(stream).map(({ id }) => String(id)))

describe("likes", () => {
  test("are all there, of pages, blog posts and comments, each with its content", async () => {
    const simulation = new Simulation({ ...SITE, settings: { maxPageSize: 3 } })
    const ran = await simulation.run("read", { streams: ["likes"] })
    expect(errorsOf(ran)).toEqual([])
    const rows = recordsOf(ran, "likes")
    expect(rows).toHaveLength(simulation.site.truth("likes").length)
    expectTruth(simulation, "likes", rows)
    expect(new Set(rows.map(({ contentType }) => contentType))).toEqual(new Set(["page", "blogpost", "comment"]))
  })

  test("cost a request for each content, and the lists of content", async () => {
    const simulation = new Simulation(SITE)
    await simulation.run("read", { streams: ["likes", "content_views"] })
    const all = idsOf(simulation, "pages", "blog_posts", "comments")
    expect(isAsked(simulation, "likes")).toHaveLength(all.length)
    expect(isAsked(simulation, "content_views")).toHaveLength(2 * idsOf(simulation, "pages", "blog_posts").length + 1)
    const lists = simulation.exchanged.filter(({ request }) => request.path === "/wiki/api/v2/pages")
    expect(lists.length).toBeLessThanOrEqual(3)
  })

  test("follow what is liked and what no longer is, without a version", async () => {
    const simulation = new Simulation(SITE)
    const { site } = simulation
    await simulation.run("read", { streams: ["likes"] })
    const [liked, other] = site.truth("likes")
    const page = idsOf(simulation, "pages").at(-1)!
    site.like(page, { accountId: site.users[7]!.accountId })
    site.unlike(String(liked!["contentId"]), { accountId: String(liked!["accountId"]) })
    site.trash(String(other!["contentId"]))
    expectTruth(simulation, "likes", recordsOf(await simulation.run("read", { streams: ["likes"] }), "likes"))
  })

  test("name accounts to the stream of users, also one that no list of people shows", async () => {
    const simulation = new Simulation(SITE)
    const { site } = simulation
    const accountId = site.addUser({ displayName: "Only a like names me", accountStatus: "inactive" })
    site.like(idsOf(simulation, "comments")[0]!, { accountId })
    const ran = await simulation.run("read", { streams: ["likes", "users"] })
    expect(recordsOf(ran, "users").map((user) => user["accountId"])).toContain(accountId)
  })
})

describe("views", () => {
  test("are those of pages and blog posts, with their viewers", async () => {
    const simulation = new Simulation(SITE)
    const { site } = simulation
    site.view(idsOf(simulation, "pages")[0]!, { views: 1_000, viewers: 7 })
    const ran = await simulation.run("read", { streams: ["content_views"] })
    expect(errorsOf(ran)).toEqual([])
    const rows = recordsOf(ran, "content_views")
    expect(rows).toHaveLength(idsOf(simulation, "pages", "blog_posts").length)
    expectTruth(simulation, "content_views", rows)
    expect(rows.some(({ views }) => Number(views) > 1_000)).toBe(true)
  })

  for (const analytics of ["404", "501"] as const) {
    test(`of a plan without them (${analytics}) are none, and a warning says why, at the cost of a few requests`, async () => {
      const simulation = new Simulation({ ...SITE, settings: { quirks: { analytics } } })
      const ran = await simulation.run("read", { streams: ["content_views"] })
      expect(ran.exit).toBe(0)
      expect(recordsOf(ran, "content_views")).toEqual([])
      expect(statusesOf(ran, "content_views").at(-1)).toBe("COMPLETE")
      expect(warnings(ran)).toEqual([expect.stringContaining("no analytics")])
      expect(isAsked(simulation, "content_views").length).toBeLessThanOrEqual(10)
    })
  }

  for (const analytics of ["404", "501"] as const) {
    const none = async (simulation: Simulation, state?: ReadonlyArray<unknown>) => {
      const ran = await simulation.run("read", {
        streams: ["content_views"],
        ...(state === undefined ? {} : { state }),
      })
      expect(errorsOf(ran)).toEqual([])
      expect(statusesOf(ran, "content_views").at(-1)).toBe("COMPLETE")
      expect(warnings(ran)).toEqual([expect.stringContaining("no analytics")])
    }

    test(`of a plan without them (${analytics}) are none, also where the contents that are looked at first go away meanwhile`, async () => {
      const simulation = new Simulation({ ...SITE, settings: { quirks: { analytics } } })
      const { site } = simulation
      simulation.onExchange = ({ request }) => {
        if (!PATHS.content_views.test(request.path)) return
        simulation.onExchange = () => {}
        for (const stream of ["pages", "blog_posts"] as const) {
          const first = idsOf(simulation, stream).toSorted((a, b) => Number(a) - Number(b))
          for (const id of first.slice(0, 5)) site.trash(id)
        }
      }
      await none(simulation)
    })

    test(`of a plan without them (${analytics}) are none, also where an earlier attempt has read some`, async () => {
      const simulation = new Simulation(SITE)
      const first = await simulation.run("read", { streams: ["content_views"], terminateAfterRequests: 60 })
      expect(recordsOf(first, "content_views").length).toBeGreaterThan(5)
      simulation.site.set({ quirks: { analytics } })
      await none(simulation, statesOf(first))
    })
  }

  test("that may not be read end the stream, with what is missing, at the cost of a few requests", async () => {
    const simulation = new Simulation({ ...SITE, settings: { quirks: { analytics: "403" } } })
    const ran = await simulation.run("read", { streams: ["content_views"] })
    expect(errorsOf(ran)).toMatchObject([{ failure_type: "config_error", message: expect.stringContaining("403") }])
    expect(statusesOf(ran, "content_views").at(-1)).toBe("INCOMPLETE")
    expect(isAsked(simulation, "content_views").length).toBeLessThan(simulation.site.pages.size * 2)
  })
})

const FAULTS: Readonly<Record<string, { readonly fault: Fault; readonly type: string }>> = {
  "answers 403": { fault: { kind: "status", status: 403 }, type: "config_error" },
  "answers 404 although it is listed": { fault: { kind: "status", status: 404 }, type: "system_error" },
  "answers 500": { fault: { kind: "status", status: 500 }, type: "transient_error" },
}
const OWN: Readonly<Record<Stream, (id: string) => string>> = {
  likes: (id) => `/wiki/api/v2/pages/${id}/likes/users`,
  content_views: (id) => `/wiki/rest/api/analytics/content/${id}/viewers`,
}

describe.each(["likes", "content_views"] as const)("%s", (stream) => {
  for (const [what, { fault, type }] of Object.entries(FAULTS)) {
    test(`of a page that ${what} alone are missing, it is named, and the next attempt asks for it alone`, async () => {
      const simulation = new Simulation(SITE)
      const { site } = simulation
      const page = site.truth(stream).find(({ contentType }) => contentType === "page")
      const id = String(page!["contentId"])
      site.setFaults([{ ...fault, path: OWN[stream](id) }])
      const first = await simulation.run("read", { streams: [stream] })
      expect(errorsOf(first)).toMatchObject([{ failure_type: type, stream_descriptor: { name: stream } }])
      expect(errorsOf(first)[0]!["message"]).toContain(`the page ${id}`)
      expect(statusesOf(first, stream).at(-1)).toBe("INCOMPLETE")
      const others = site.truth(stream).filter(({ contentId }) => contentId !== id)
      expect(recordsOf(first, stream)).toHaveLength(others.length)
      site.setFaults([])
      simulation.exchanged.length = 0
      const second = await simulation.run("read", { streams: [stream], state: statesOf(first) })
      expect(second.exit).toBe(0)
      expect(new Set(isAsked(simulation, stream).map((path) => /\d{5,}/.exec(path)![0]))).toEqual(new Set([id]))
      expectTruth(simulation, stream, merged(stream, [first, second]))
    })
  }

  test("of a page that failed are asked for also after an attempt that could not list it", async () => {
    const simulation = new Simulation({ ...SITE, settings: { maxPageSize: 10 } })
    const { site } = simulation
    const having = new Set(site.truth(stream).map(({ contentId }) => contentId))
    const ids = idsOf(simulation, "pages").toSorted((a, b) => Number(a) - Number(b))
    // The list is read from both of its ends, and fails before its middle.
    const failing = [0, ids.length / 2].map((from) => ids.slice(from).find((id) => having.has(id))!)
    const runs: Array<Ran> = []
    for (const faults of [
      failing.map((id) => ({ kind: "status", status: 500, path: OWN[stream](id) }) as const),
      [{ kind: "status", status: 500, path: "/wiki/api/v2/pages", after: 5 }],
      [],
    ] satisfies ReadonlyArray<ReadonlyArray<Fault>>) {
      site.setFaults(faults)
      const state = runs.flatMap((ran) => [statesOf(ran)]).findLast((some) => some.length > 0)
      runs.push(await simulation.run("read", { streams: [stream], ...(state === undefined ? {} : { state }) }))
    }
    expect(runs.map((ran) => statusesOf(ran, stream).at(-1))).toEqual(["INCOMPLETE", "INCOMPLETE", "COMPLETE"])
    expect(statesOf(runs[1]!)).not.toEqual([])
    expectTruth(simulation, stream, merged(stream, runs))
  })

  for (const status of [403, 404, 500] as const) {
    test(`that all answer ${status} end it without asking each content`, async () => {
      const simulation = new Simulation({ ...SITE, pages: 400 })
      simulation.site.setFaults([
        {
          kind: "status",
          status,
          path: stream === "likes" ? "/wiki/api/v2/pages/*/likes/users" : OWN.content_views("*"),
        },
      ])
      const ran = await simulation.run("read", { streams: [stream] })
      expect(statusesOf(ran, stream).at(-1)).toBe("INCOMPLETE")
      const asked = isAsked(simulation, stream).filter((path) =>
        stream === "likes" ? path.includes("/pages/") : path.endsWith("viewers"),
      )
      expect(asked.length).toBeLessThan(130)
    })
  }

  test("of a page that goes away meanwhile cost nothing else, and that is no error", async () => {
    const simulation = new Simulation(SITE)
    const { site } = simulation
    const [one, other] = idsOf(simulation, "pages").slice(10)
    simulation.onExchange = ({ request }) => {
      if (!PATHS[stream].test(request.path)) return
      simulation.onExchange = () => {}
      site.purge(one!)
      site.trash(other!)
    }
    const ran = await simulation.run("read", { streams: [stream] })
    expect(errorsOf(ran)).toEqual([])
    expectTruth(simulation, stream, recordsOf(ran, stream))
  })

  test("go on where a read was cut off, content by content, wherever that was", async () => {
    for (const terminateAfterRequests of [9, 30, 95, 130]) {
      const simulation = new Simulation(SITE)
      const config = { num_workers: 2 }
      const first = await simulation.run("read", { streams: [stream], config, terminateAfterRequests })
      const before = isAsked(simulation, stream).length
      simulation.exchanged.length = 0
      const second = await simulation.run("read", { streams: [stream], config, state: statesOf(first) })
      expect(second.exit).toBe(0)
      expectTruth(simulation, stream, merged(stream, [first, second]))
      const all = idsOf(simulation, "pages", "blog_posts", ...(stream === "likes" ? (["comments"] as const) : []))
      const requests = stream === "likes" ? 1 : 2
      expect(isAsked(simulation, stream).length + before).toBeLessThan(all.length * requests + 16)
    }
  })

  test("are asked only of what filters let in", async () => {
    const simulation = new Simulation(SITE)
    const [space] = simulation.site.truth("spaces")
    const filters = { spaces_include: [String(space!["key"])] }
    const ran = await simulation.run("read", { streams: [stream], config: { filters } })
    expect(errorsOf(ran)).toEqual([])
    const pages = new Set(
      simulation.site
        .truth("pages")
        .filter((page) => page["spaceId"] === space!["id"])
        .map(({ id }) => id),
    )
    const own = simulation.site
      .truth(stream)
      .filter(({ contentType, contentId }) => contentType === "page" && pages.has(contentId))
    expect(recordsOf(ran, stream).filter(({ contentType }) => contentType === "page")).toHaveLength(own.length)
    expect(own.length).toBeGreaterThan(0)
    expect(isAsked(simulation, stream).length).toBeLessThan(idsOf(simulation, "pages", "blog_posts", "comments").length)
  })

  for (const childrenOfTrashed of ["404", "empty", "all"] as const)
    for (const looksInTrash of ["404", "current", "trashed"] as const)
      test(`of what hangs on something in the trash: its lists say ${childrenOfTrashed}, looks at it ${looksInTrash}`, async () => {
        const quirks = { childrenOfTrashed, looksInTrash, hangingListedInTrash: true, listsOfTrashed: "all" } as const
        const simulation = new Simulation({ ...SITE, settings: { quirks } })
        simulation.site.trash(idsOf(simulation, "pages")[3]!)
        const ran = await simulation.run("read", { streams: [stream] })
        expect(errorsOf(ran)).toEqual([])
        expectTruth(simulation, stream, recordsOf(ran, stream))
      })

  test("are named by check, where they are refused", async () => {
    const simulation = new Simulation(SITE)
    const logs = async () => (await simulation.run("check")).messages.flatMap(({ log }) => log?.message ?? [])
    expect(await logs()).toContain(`${stream}: can be read.`)
    simulation.site.set({ forbidden: [OWN[stream]("*")] })
    expect(await logs()).toContainEqual(expect.stringMatching(new RegExp(`^${stream}: cannot be read\\. .*403`)))
  })
})
