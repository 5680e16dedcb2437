/** One parent, one element of a batch that fails costs itself: it is named, all others arrive, and it is asked for again. */
import { describe, expect, test } from "vitest"
import type { Fault } from "../../src/sample-site/Fault.ts"
import { expectTruth, merged } from "../support/destination.ts"
import { errorsOf, type Ran, recordsOf, Simulation, statesOf, statusesOf } from "../support/inProcess.ts"

const GROUPS = ["groups", "group_members", "users"] as const
const USERS_BULK = "/wiki/api/v2/users-bulk"

const membersPath = (group: Record<string, unknown>) => `/wiki/rest/api/group/${String(group["id"])}/membersByGroupId`
const asked = (simulation: Simulation, path: string) =>
  simulation.exchanged.filter(({ request }) => request.path === path).length
const warnings = (ran: Ran) => ran.messages.flatMap(({ log }) => (log?.level === "WARN" ? [log.message] : []))

const WAYS: Readonly<Record<string, { readonly fault: Fault; readonly type: string }>> = {
  "answer 403": { fault: { kind: "status", status: 403 }, type: "config_error" },
  "answer 401": { fault: { kind: "status", status: 401 }, type: "config_error" },
  "answer 400": { fault: { kind: "status", status: 400 }, type: "system_error" },
  "answer 404 although the group is listed": { fault: { kind: "status", status: 404 }, type: "system_error" },
  "answer 500": { fault: { kind: "status", status: 500 }, type: "transient_error" },
  hang: { fault: { kind: "hang" }, type: "transient_error" },
}

describe("a group whose members", () => {
  for (const [what, { fault, type }] of Object.entries(WAYS)) {
    test(`${what} costs its own rows, is named, and is asked for again`, async () => {
      const simulation = new Simulation({ seed: 61, pages: 20, users: 60, groups: 9 })
      const { site } = simulation
      const group = site
        .truth("groups")
        .find(({ id }) => site.truth("group_members").some((row) => row["groupId"] === id))!
      site.setFaults([{ ...fault, path: membersPath(group) }])
      const first = await simulation.run("read", { streams: GROUPS })
      expect(first.exit).toBe(1)
      const others = site.truth("group_members").filter(({ groupId }) => groupId !== group["id"])
      expect(recordsOf(first, "group_members")).toHaveLength(others.length)
      expect(statusesOf(first, "group_members").at(-1)).toBe("INCOMPLETE")
      expect(statusesOf(first, "groups").at(-1)).toBe("COMPLETE")
      const error = errorsOf(first).find((each) => each["stream_descriptor"]?.name === "group_members")!
      expect(error).toMatchObject({ failure_type: type })
      expect(error["message"]).toContain(`1 of 9 groups could not be read`)
      expect(error["message"]).toContain(JSON.stringify(group["name"]))
      // Whom other lists tell is there.
      const users = new Set(recordsOf(first, "users").map((row) => row["accountId"]))
      expect(others.filter(({ accountId }) => !users.has(accountId))).toEqual([])
      expect(users.size).toBeGreaterThan(10)

      site.setFaults([])
      simulation.exchanged.length = 0
      const second = await simulation.run("read", { streams: ["groups", "group_members"], state: statesOf(first) })
      expect(second.exit).toBe(0)
      expectTruth(simulation, "group_members", merged("group_members", [first, second]))
      const members = simulation.exchanged.filter(({ request }) => request.path.includes("/membersByGroupId"))
      expect(new Set(members.map(({ request }) => request.path))).toEqual(new Set([membersPath(group)]))
    })
  }

  test("cannot be had is not asked for once more by users, which are incomplete where that may pass", async () => {
    for (const [status, ending] of [
      [403, "COMPLETE"],
      [500, "INCOMPLETE"],
    ] as const) {
      const simulation = new Simulation({ seed: 62, pages: 20, users: 60, groups: 5 })
      const [group] = simulation.site.truth("groups")
      simulation.site.setFaults([{ kind: "status", status, path: membersPath(group!) }])
      const ran = await simulation.run("read", { streams: GROUPS })
      expect(statusesOf(ran, "users").at(-1)).toBe(ending)
      expect(asked(simulation, membersPath(group!))).toBe(status === 403 ? 1 : 6)
      if (status === 403)
        expect(warnings(ran)).toContainEqual(expect.stringMatching(/^users: the group .* cannot be read/))
    }
  })

  for (const streams of [GROUPS, ["group_members"]]) {
    test(`answer 404 because it has gone costs nothing else, and is no error: ${streams.join(", ")}`, async () => {
      const simulation = new Simulation({ seed: 63, pages: 20, users: 60, groups: 5 })
      const [group] = simulation.site.truth("groups")
      const path = membersPath(group!)
      simulation.site.setFaults([{ kind: "status", status: 404, path }])
      simulation.onExchange = ({ request }) => {
        if (request.path === path) simulation.site.removeGroup(String(group!["id"]))
      }
      const ran = await simulation.run("read", { streams })
      expect(errorsOf(ran)).toEqual([])
      expect(ran.exit).toBe(0)
      expectTruth(simulation, "group_members", recordsOf(ran, "group_members"))
    })
  }

  test("cannot be had for any group, because the site is down, is soon given up", async () => {
    const simulation = new Simulation({ seed: 64, pages: 20, users: 20, groups: 300 })
    simulation.site.setFaults([{ kind: "status", status: 503, path: "/wiki/rest/api/group/*" }])
    const ran = await simulation.run("read", { streams: ["group_members"], config: { num_workers: 1 } })
    expect(errorsOf(ran)).toMatchObject([{ failure_type: "transient_error" }])
    expect(simulation.exchanged.filter(({ response }) => response.status === 503).length).toBeLessThan(400)
  })
})

describe("comments whose replies are not listed", () => {
  test.each([403, 404, 500])("are all there but the replies to one that answers %i", async (status) => {
    const simulation = new Simulation({ seed: 65, pages: 60, settings: { quirks: { repliesInCommentLists: false } } })
    const { site } = simulation
    const parent: unknown = site.truth("comments").find((row) => row["parentCommentId"] !== undefined)![
      "parentCommentId"
    ]
    site.setFaults([{ kind: "status", status, path: `/wiki/api/v2/*-comments/${String(parent)}/children` }])
    const first = await simulation.run("read", { streams: ["comments"] })
    expect(first.exit).toBe(1)
    expect(errorsOf(first)[0]!["message"]).toContain(`comment ${String(parent)}`)
    const below = new Set([parent])
    const truth = site.truth("comments")
    for (let size = 0; size < below.size;) {
      size = below.size
      for (const row of truth) if (below.has(row["parentCommentId"])) below.add(row["id"])
    }
    below.delete(parent)
    const got = new Set(recordsOf(first, "comments").map(({ id }) => id))
    expect(truth.filter(({ id }) => !got.has(id) && !below.has(id))).toEqual([])
    expect([...below].filter((id) => got.has(id))).toEqual([])
    site.setFaults([])
    const second = await simulation.run("read", { streams: ["comments"], state: statesOf(first) })
    expect(second.exit).toBe(0)
    expectTruth(simulation, "comments", merged("comments", [first, second]))
  })
})

describe("an account that spoils its batch", () => {
  test.each([400, 500])("with %i is the only one that is missing", async (status) => {
    const simulation = new Simulation({ seed: 66, pages: 300, users: 600 })
    const { site } = simulation
    const account = String(site.truth("group_members")[17]!["accountId"])
    const handle = site.handle.bind(site)
    site.handle = (request) => {
      const spoilt = request.path.endsWith(USERS_BULK) && request.body.includes(account)
      site.setFaults(spoilt ? [{ kind: "status", status, path: USERS_BULK }] : [])
      return handle(request)
    }
    const ran = await simulation.run("read", { streams: ["users"] })
    expect(ran.exit).toBe(1)
    expect(errorsOf(ran)).toMatchObject([{ stream_descriptor: { name: "users" } }])
    expect(errorsOf(ran)[0]!["message"]).toContain(`the account ${account}`)
    const got = new Set(recordsOf(ran, "users").map((row) => row["accountId"]))
    const members = new Set(site.truth("group_members").map((row) => row["accountId"]))
    expect([...members].filter((id) => !got.has(id))).toEqual([account])
    // Three batches, six tries of the whole one, and two for each half that holds the account.
    expect(asked(simulation, USERS_BULK)).toBeLessThan(3 + 6 + 8 * 3)
  })

  test("is not looked for where every look-up fails", async () => {
    const simulation = new Simulation({ seed: 67, pages: 20, users: 900 })
    simulation.site.setFaults([{ kind: "status", status: 400, path: USERS_BULK }])
    const ran = await simulation.run("read", { streams: ["users"] })
    expect(ran.exit).toBe(1)
    expect(asked(simulation, USERS_BULK)).toBeLessThan(40)
  })
})

describe("a space that spoils the list of its group", () => {
  test.each([400, 403, 404])("with %i costs its own pages, in a reconciliation too", async (status) => {
    const simulation = new Simulation({ seed: 68, pages: 900, spaces: 30 })
    const { site } = simulation
    const space = String(site.truth("pages")[0]!["spaceId"])
    const isElsewhere = (row: Record<string, unknown>) => row["spaceId"] !== space
    const spoil = () => site.setFaults([{ kind: "status", status, path: "/wiki/api/v2/pages", query: `=${space}` }])
    spoil()
    const input = { streams: ["pages"], syncMode: "incremental", config: { reconcile_interval_hours: 0 } } as const
    const first = await simulation.run("read", input)
    expect(first.exit).toBe(1)
    expect(errorsOf(first)[0]!["message"]).toContain(`the space ${space}`)
    const pages = site.truth("pages").filter(isElsewhere)
    expect(recordsOf(first, "pages")).toHaveLength(pages.length)
    site.setFaults([])
    const second = await simulation.run("read", { ...input, state: statesOf(first) })
    expect(second.exit).toBe(0)
    expectTruth(simulation, "pages", merged("pages", [first, second]))

    const moved = String(pages[5]!["id"])
    simulation.clock.advance(60_000)
    site.archive(moved)
    site.trash(String(pages[6]!["id"]))
    spoil()
    const third = await simulation.run("read", { ...input, state: statesOf(second) })
    expect(third.exit).toBe(1)
    // What was found of the others arrives, and nothing is believed to be gone.
    expect(recordsOf(third, "pages").map(({ id, deletionReason }) => [id, deletionReason])).toEqual([
      [moved, undefined],
    ])
  })

  test("is not looked for where no page may be listed at all", async () => {
    const simulation = new Simulation({ seed: 69, pages: 300, spaces: 60 })
    simulation.site.setFaults([{ kind: "status", status: 403, path: "/wiki/api/v2/pages" }])
    const ran = await simulation.run("read", { streams: ["pages"] })
    expect(errorsOf(ran)).toMatchObject([{ failure_type: "config_error" }])
    expect(errorsOf(ran)[0]!["message"]).toMatch(/^Confluence refuses GET/)
    expect(simulation.exchanged.length).toBeLessThan(50)
  })
})
