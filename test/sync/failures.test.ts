/** What a read does about refusals and changes while it goes on: failure stays where it is, and nothing is lost silently. */
import { describe, expect, test } from "vitest"
import type { Fault } from "../../src/sample-site/Fault.ts"
import { catalogOf, errorsOf, recordsOf, Simulation, statusesOf } from "../support/inProcess.ts"

const pagesOf = (simulation: Simulation) => simulation.site.truth("pages").map((row) => row["id"])
const idsOf = (ran: Parameters<typeof recordsOf>[0], stream: string) => recordsOf(ran, stream).map((row) => row["id"])

const REFUSALS: Readonly<Record<string, { readonly fault: Fault; readonly type: string; readonly says: RegExp }>> = {
  "403": { fault: { kind: "status", status: 403 }, type: "config_error", says: /403|permission|may not/i },
  "401 of this endpoint alone": {
    fault: { kind: "status", status: 401 },
    type: "config_error",
    says: /401.*although the credential opens others/,
  },
  "404": { fault: { kind: "status", status: 404 }, type: "system_error", says: /404|not found/i },
  "410": { fault: { kind: "status", status: 410 }, type: "system_error", says: /removed|410/i },
  "500 for ever": { fault: { kind: "status", status: 500 }, type: "transient_error", says: /500|usable/i },
  "HTML for ever": { fault: { kind: "html", status: 200 }, type: "transient_error", says: /usable|HTML|web page/i },
  "a missing scope": {
    fault: { kind: "status", status: 401, body: '{"code":401,"message":"Unauthorized; scope does not match"}' },
    type: "config_error",
    says: /read:attachment:confluence/,
  },
}

/** Streams that read nothing by the list of attachments, and this one. */
const STREAMS = [
  "spaces",
  "pages",
  "blog_posts",
  "comments",
  "attachments",
  "users",
  "groups",
  "group_members",
  "space_permissions",
  "space_role_assignments",
  "space_roles",
]

describe("a stream that is refused", () => {
  for (const [what, { fault, type, says }] of Object.entries(REFUSALS)) {
    test(`by ${what} ends INCOMPLETE with a TRACE ERROR of its name, and the others go on`, async () => {
      const simulation = new Simulation({ seed: 31, pages: 200 })
      simulation.site.setFaults([{ ...fault, path: "/wiki/api/v2/attachments" }])
      const ran = await simulation.run("read", { streams: STREAMS })
      expect(ran.exit).toBe(1)
      expect(errorsOf(ran)).toMatchObject([
        { failure_type: type, stream_descriptor: { name: "attachments" }, message: expect.stringMatching(says) },
      ])
      for (const stream of STREAMS) {
        expect(statusesOf(ran, stream).at(-1)).toBe(stream === "attachments" ? "INCOMPLETE" : "COMPLETE")
      }
      const end = ran.messages.findIndex(({ trace }) => trace?.["stream_status"]?.status === "INCOMPLETE")
      const after = ran.messages.slice(end + 1)
      expect(
        after.filter(
          ({ record, state }) =>
            record?.stream === "attachments" || state?.stream.stream_descriptor.name === "attachments",
        ),
      ).toEqual([])
      const summary = ran.messages.findLast(({ log }) => log !== undefined)?.log?.message
      expect(summary).toMatch(/Read 10 of 11 streams/)
      expect(summary).toMatch(/attachments: .*failed 1.*INCOMPLETE/)
    })
  }

  test("by a rejected credential in the middle stops every stream with a config_error", async () => {
    const simulation = new Simulation({ seed: 32, pages: 600, settings: { maxPageSize: 50 } })
    simulation.site.setFaults([{ kind: "status", status: 401, after: 12 }])
    const ran = await simulation.run("read", { config: { num_workers: 4 } })
    expect(ran.exit).toBe(1)
    expect(statusesOf(ran, "pages").at(-1)).toBe("INCOMPLETE")
    expect(statusesOf(ran, "users").at(-1)).toBe("INCOMPLETE")
    for (const error of errorsOf(ran)) expect(error["failure_type"]).toBe("config_error")
    expect(simulation.exchanged.length).toBeLessThan(30)
  })

  test("that the source does not have costs itself alone", async () => {
    const simulation = new Simulation({ seed: 33, pages: 60 })
    const ran = await simulation.run("read", { catalog: catalogOf(["pages", "unicorns"]) })
    expect(ran.exit).toBe(1)
    expect(statusesOf(ran, "unicorns")).toEqual(["STARTED", "INCOMPLETE"])
    expect(statusesOf(ran, "pages").at(-1)).toBe("COMPLETE")
    expect(errorsOf(ran)).toMatchObject([{ failure_type: "config_error", stream_descriptor: { name: "unicorns" } }])
  })
})

describe("content", () => {
  test("is read as one list by a credential that may not list spaces", async () => {
    const simulation = new Simulation({ seed: 34, pages: 700 })
    simulation.site.set({ forbidden: ["/wiki/api/v2/spaces"] })
    const ran = await simulation.run("read", { streams: ["pages"] })
    expect(ran.exit).toBe(0)
    expect(idsOf(ran, "pages").toSorted()).toEqual(pagesOf(simulation).toSorted())
    expect(
      ran.messages.some(({ log }) => log?.level === "WARN" && log.message.includes("spaces cannot be listed")),
    ).toBe(true)
  })

  test("is not taken for gone when the site answers an empty list for a moment", async () => {
    for (const after of [0, 1, 2, 3, 4]) {
      const simulation = new Simulation({ seed: 35, pages: 400, settings: { maxPageSize: 60 } })
      simulation.site.setFaults([{ kind: "empty-list", path: "/wiki/api/v2/pages", after, times: 1 }])
      const ran = await simulation.run("read", { streams: ["pages"] })
      expect(ran.exit).toBe(0)
      expect(idsOf(ran, "pages").toSorted()).toEqual(pagesOf(simulation).toSorted())
    }
  })

  test("of a space that goes away while its group is read costs its own rows and nothing else", async () => {
    const simulation = new Simulation({
      seed: 36,
      pages: 900,
      spaces: 12,
      settings: { maxPageSize: 40 },
      latencyMs: 20,
    })
    const space = simulation.site.truth("spaces").find((row) => row["type"] === "global")
    let gone = false
    simulation.onExchange = () => {
      if (gone || simulation.exchanged.length < 14) return
      gone = true
      simulation.site.deleteSpace(String(space!["id"]))
      simulation.site.setFaults([
        { kind: "status", status: 404, path: "/wiki/api/v2/pages", query: String(space!["id"]), times: 8 },
      ])
    }
    const ran = await simulation.run("read", { streams: ["pages"] })
    expect(gone).toBe(true)
    expect(ran.exit).toBe(0)
    const ids = new Set(idsOf(ran, "pages"))
    expect(pagesOf(simulation).filter((id) => !ids.has(id))).toEqual([])
    expect(ids.size).toBe(recordsOf(ran, "pages").length)
  })

  test("that moves between spaces while they are read is sent once at most", async () => {
    const simulation = new Simulation({
      seed: 37,
      pages: 900,
      spaces: 12,
      settings: { maxPageSize: 30 },
      latencyMs: 20,
    })
    const spaces = simulation.site.truth("spaces").map((row) => String(row["id"]))
    simulation.onExchange = ({ request }) => {
      if (!request.path.endsWith("/pages")) return
      const pages = simulation.site.truth("pages")
      const page = pages[(simulation.exchanged.length * 37) % pages.length]!
      simulation.site.move(String(page["id"]), { spaceId: spaces[simulation.exchanged.length % spaces.length]! })
    }
    const ran = await simulation.run("read", { streams: ["pages"] })
    expect(ran.exit).toBe(0)
    expect(new Set(idsOf(ran, "pages")).size).toBe(recordsOf(ran, "pages").length)
  })
})

describe("users", () => {
  test("come from rows alone where neither users nor groups can be listed", async () => {
    const simulation = new Simulation({ seed: 38, pages: 300 })
    simulation.site.set({ forbidden: ["/wiki/rest/api/search/user", "/wiki/rest/api/group*"] })
    const ran = await simulation.run("read", { streams: ["pages", "users"] })
    expect(ran.exit).toBe(0)
    const named = new Set(
      recordsOf(ran, "pages").flatMap((row) => [row["authorId"], row["ownerId"], row["lastOwnerId"]]),
    )
    const users = new Set(recordsOf(ran, "users").map((row) => row["accountId"]))
    expect([...named].filter((id) => typeof id === "string" && !users.has(id))).toEqual([])
    expect(users.size).toBeGreaterThan(10)
  })

  test("are looked up 250 at a time, and every account that a row names has a row", async () => {
    const simulation = new Simulation({ seed: 39, pages: 2000, users: 900 })
    const content = ["spaces", "pages", "blog_posts", "comments", "attachments"]
    const ran = await simulation.run("read", { streams: [...content, "users"] })
    const lookUps = simulation.exchanged.filter(({ request }) => request.path.endsWith("/users-bulk"))
    expect(lookUps.length).toBe(Math.ceil(recordsOf(ran, "users").length / 250))
    const users = new Set(recordsOf(ran, "users").map((row) => row["accountId"]))
    for (const stream of content) {
      for (const row of recordsOf(ran, stream)) {
        for (const id of [
          row["authorId"],
          row["ownerId"],
          (row["version"] as { authorId?: unknown } | undefined)?.authorId,
        ]) {
          if (typeof id === "string") expect(users.has(id)).toBe(true)
        }
      }
    }
  })
})
