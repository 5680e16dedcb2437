/**
 * What is listed without its id cannot be asked for what it has: it is named, the stream ends INCOMPLETE, and nothing else is lost. Where the
 * id comes when the list is read once more, nothing is lost at all.
 */
import { describe, expect, test } from "vitest"
import { LABEL_QUIRKS } from "../../src/sample-site/quirks.ts"
import { type Ran, errorsOf, recordsOf, Simulation, statesOf, statusesOf } from "../support/inProcess.ts"

const SITE = { seed: 61, pages: 60, spaces: 6, users: 30 } as const
const V2 = "/wiki/api/v2"
const GROUPS = "/wiki/rest/api/group"

const simulationOf = () => new Simulation({ ...SITE })
const read = (simulation: Simulation, stream: string, more: object = {}) =>
  simulation.run("read", { streams: [stream], ...more })
const isIncomplete = (ran: Ran, stream: string) => statusesOf(ran, stream).at(-1) === "INCOMPLETE"
const odd = (path: string, more: object = {}) => ({ kind: "odd-row", path, field: "id", value: null, ...more }) as const

/** Rows that a sync without faults sends and the other one does not. */
const lost = (whole: Ran, ran: Ran, stream: string) => {
  const keys = new Set(recordsOf(ran, stream).map((row) => JSON.stringify(row)))
  return recordsOf(whole, stream).filter((row) => !keys.has(JSON.stringify(row)))
}

describe("a group without an id", () => {
  for (const stream of ["group_members", "users"])
    test(`is named by ${stream}, and costs its own members`, async () => {
      const simulation = simulationOf()
      const whole = await read(simulation, stream)
      simulation.site.setFaults([odd(GROUPS)])
      const ran = await read(simulation, stream)
      expect(isIncomplete(ran, stream)).toBe(true)
      expect(errorsOf(ran)[0]!["message"]).toMatch(/the group "[^"]+": Confluence lists this without an id/)
      const [first] = new Set(lost(whole, ran, "group_members").map(({ groupId }) => groupId))
      expect(lost(whole, ran, "group_members").every(({ groupId }) => groupId === first)).toBe(true)
      expect(recordsOf(ran, stream).length).toBeGreaterThan(0)
    })

  test("once costs nothing", async () => {
    const simulation = simulationOf()
    const whole = await read(simulation, "group_members")
    simulation.site.setFaults([odd(GROUPS, { times: 1 })])
    const ran = await read(simulation, "group_members")
    expect(errorsOf(ran)).toEqual([])
    expect(lost(whole, ran, "group_members")).toEqual([])
  })

  test("is named in the log of groups", async () => {
    const simulation = simulationOf()
    simulation.site.setFaults([odd(GROUPS)])
    const ran = await read(simulation, "groups")
    const warnings = ran.messages.flatMap(({ log }) => (log?.level === "WARN" ? [log.message] : []))
    expect(warnings).toEqual([expect.stringMatching(/^groups: .* rows without id \(such as "[^"]+"\)/)])
  })
})

test("people without an account id are told of by users, from members of groups as from the search", async () => {
  for (const path of [`${GROUPS}/*/membersByGroupId`, "/wiki/rest/api/search/user"]) {
    const simulation = simulationOf()
    const body = JSON.stringify({
      results: [{ accountId: null }, null, { user: {} }],
      size: 3,
      totalSize: 3,
      _links: {},
    })
    simulation.site.setFaults([{ kind: "not-a-list", path, body, times: 1 }])
    const ran = await read(simulation, "users")
    expect(errorsOf(ran)).toEqual([])
    const warnings = ran.messages.flatMap(({ log }) => (log?.level === "WARN" ? [log.message] : []))
    expect(warnings).toEqual([expect.stringMatching(/^users: Confluence listed rows without accountId/)])
  }
})

describe("a space without an id", () => {
  for (const stream of ["space_permissions", "space_labels", "space_properties", "templates", "pages", "blog_posts"])
    test(`is named by ${stream}, and costs its own rows`, async () => {
      const simulation = simulationOf()
      const whole = await read(simulation, stream)
      simulation.site.setFaults([odd(`${V2}/spaces`, { query: "status=current" })])
      const ran = await read(simulation, stream)
      expect(isIncomplete(ran, stream)).toBe(true)
      expect(errorsOf(ran)[0]!["message"]).toMatch(/the space "[^"]+": Confluence lists this without an id/)
      const spaces = new Set(lost(whole, ran, stream).map(({ spaceId }) => spaceId))
      expect(spaces.size).toBeLessThanOrEqual(1)
      expect(recordsOf(ran, stream).length).toBeGreaterThan(0)
    })

  test("is no loss where filters leave it out", async () => {
    const simulation = simulationOf()
    const [first, second] = simulation.site.spaces.filter(({ status }) => status === "current")
    simulation.site.setFaults([odd(`${V2}/spaces`, { query: "status=current" })])
    for (const { key } of [first!, second!]) {
      const filters = { spaces_include: [key] }
      const ran = await read(simulation, "space_permissions", { config: { filters } })
      const isIt = errorsOf(ran).length > 0
      expect(recordsOf(ran, "space_permissions").length > 0).toBe(!isIt)
    }
  })
})

describe("a label without an id", () => {
  for (const trashedInLabelLists of LABEL_QUIRKS.trashedInLabelLists)
    test(`is named by content_labels, and costs its own rows (trashed ones are listed: ${trashedInLabelLists})`, async () => {
      const stream = "content_labels"
      const simulation = new Simulation({ ...SITE, settings: { quirks: { trashedInLabelLists } } })
      const whole = await read(simulation, stream)
      simulation.site.setFaults([odd(`${V2}/labels`)])
      const ran = await read(simulation, stream)
      expect(isIncomplete(ran, stream)).toBe(true)
      expect(errorsOf(ran)[0]!["message"]).toMatch(/the label "[^"]+": Confluence lists this without an id/)
      expect(new Set(lost(whole, ran, stream).map(({ labelId }) => labelId)).size).toBe(1)
    })
})

describe("content without an id", () => {
  for (const stream of ["likes", "content_views", "content_properties", "content_versions", "content_restrictions"])
    test(`makes ${stream} INCOMPLETE, and costs its own rows`, async () => {
      const simulation = simulationOf()
      const whole = await read(simulation, stream)
      simulation.site.setFaults([odd(`${V2}/blogposts`)])
      const ran = await read(simulation, stream)
      expect(isIncomplete(ran, stream)).toBe(true)
      expect(errorsOf(ran)[0]!["message"]).toMatch(/\d+ of the blog posts: Confluence lists this without ids/)
      expect(recordsOf(ran, stream).length).toBeGreaterThan(0)
      const contents = new Set(lost(whole, ran, stream).map(({ contentId }) => contentId))
      const posts = new Set(simulation.site.truth("blog_posts").map(({ id }) => id))
      expect([...contents].every((id) => posts.has(id as string))).toBe(true)
    })
})

describe("a stream of which no row has its key", () => {
  for (const [stream, path] of [
    ["labels", `${V2}/labels`],
    ["tasks", `${V2}/tasks`],
    ["pages", `${V2}/pages`],
  ] as const)
    test(`${stream} is INCOMPLETE, so that nobody takes it for empty`, async () => {
      const simulation = simulationOf()
      const rows = [{ id: null, name: "x", title: "x", status: "current" }, null, { id: {} }]
      simulation.site.setFaults([{ kind: "not-a-list", path, body: JSON.stringify({ results: rows, _links: {} }) }])
      const ran = await read(simulation, stream)
      expect(recordsOf(ran, stream)).toEqual([])
      expect(isIncomplete(ran, stream)).toBe(true)
      expect(errorsOf(ran)[0]!["message"]).toMatch(
        /no row that Confluence listed has its id, so that none could be sent/,
      )
    })
})

describe("a row that is known and comes without its key", () => {
  const tombstones = (ran: Ran, stream: string) =>
    recordsOf(ran, stream).filter(
      (row) => row["_ab_cdc_deleted_at"] !== undefined && row["_ab_cdc_deleted_at"] !== null,
    )

  for (const [stream, path] of [
    ["pages", `${V2}/pages`],
    ["blog_posts", `${V2}/blogposts`],
    ["content_properties", `${V2}/pages/*/properties`],
  ] as const)
    test(`is no reason for a tombstone of ${stream}: the stream is INCOMPLETE until its key is there again`, async () => {
      const simulation = simulationOf()
      const sync = (state: ReadonlyArray<unknown>) =>
        read(simulation, stream, { syncMode: "incremental", state, config: { reconcile_interval_hours: 0 } })
      const first = await sync([])
      simulation.site.setFaults([odd(path)])
      const second = await sync(statesOf(first))
      expect(tombstones(second, stream)).toEqual([])
      expect(isIncomplete(second, stream)).toBe(true)
      simulation.site.setFaults([])
      const third = await sync(statesOf(second))
      expect(errorsOf(third)).toEqual([])
      expect(tombstones(third, stream)).toEqual([])
    })
})

describe("entries of a list that are no rows", () => {
  for (const [stream, path] of [
    ["space_labels", `${V2}/spaces/*/labels`],
    ["likes", `${V2}/blogposts/*/likes/users`],
    ["content_versions", `${V2}/pages/*/versions`],
    ["templates", "/wiki/rest/api/template/page"],
    ["content_labels", `${V2}/labels/*/attachments`],
  ] as const)
    test(`are told of by ${stream}`, async () => {
      const simulation = simulationOf()
      const body = JSON.stringify({ results: [null, "x"], _links: {} })
      simulation.site.setFaults([{ kind: "not-a-list", path, body, times: 1 }])
      const ran = await read(simulation, stream)
      const warnings = ran.messages.flatMap(({ log }) => (log?.level === "WARN" ? [log.message] : []))
      expect(warnings).toEqual([expect.stringMatching(new RegExp(`^${stream}: Confluence listed rows without `))])
    })
})
