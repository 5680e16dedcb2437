/** What a sync costs of the hourly quota of OAuth apps: rows that nothing new is in are not listed. */
import { describe, expect, test } from "vitest"
import { pointsOf } from "../../src/confluence/points.ts"
import { Connection, STREAMS } from "../support/Connection.ts"
import { expectTruth, merged } from "../support/destination.ts"
import { errorsOf, type Ran, recordsOf, Simulation } from "../support/inProcess.ts"

const MINUTE = 60_000

/** Counted by the answers themselves. */
const pointsSince = (simulation: Simulation, from: number): number =>
  simulation.exchanged.slice(from).reduce((sum, { request, response }) => {
    const path = request.path.replace(/^\/ex\/confluence\/[^/]+/, "")
    if (!path.startsWith("/wiki/") || response.status !== 200) return sum
    const { results } = JSON.parse(Buffer.from(response.body).toString()) as {
      readonly results?: ReadonlyArray<unknown>
    }
    const each = /user|group|permission/.test(path) ? 2 : 1
    return sum + 1 + each * (results?.length ?? 1)
  }, 0)

const told = (ran: Ran): number =>
  Number(
    /(\d+) points of the app's hourly quota/.exec(
      ran.messages.findLast(({ log }) => log?.message.startsWith("Read "))!.log!.message,
    )?.[1],
  )

const bySigningIn = (authType: "api_token" | "service_account", cursorBindsLimit = true) => {
  const settings = { quirks: { cursorBindsLimit } }
  const simulation = new Simulation({ seed: 121, pages: 2500, blogPosts: 600, spaces: 8, bodyBytes: 40, settings })
  const config = authType === "api_token" ? {} : simulation.site.config("service_account")
  return { simulation, connection: new Connection(simulation), input: { config } }
}

const editPages = ({ site, clock }: Simulation, count: number): void => {
  clock.advance(MINUTE)
  const pages = site.truth("pages").filter(({ status }) => status === "current")
  for (const { id } of pages.slice(0, count)) site.edit(String(id), { body: "<p>edited</p>" })
}

describe("where rows cost points", () => {
  test("an idle sync of five streams takes at most 200 of them, and says how many", async () => {
    const { simulation, connection, input } = bySigningIn("service_account")
    const streams = [...STREAMS, "custom_content"]
    await connection.sync({ ...input, streams })
    simulation.clock.advance(MINUTE)
    const from = simulation.exchanged.length
    const idle = await connection.sync({ ...input, streams })
    expect(errorsOf(idle)).toEqual([])
    for (const stream of streams) expect(recordsOf(idle, stream)).toEqual([])
    const points = pointsSince(simulation, from)
    expect(points).toBeLessThanOrEqual(200)
    expect(points).toBeGreaterThan(100)
    expect(told(idle)).toBe(points)
  })

  for (const cursorBindsLimit of [true, false]) {
    for (const [edits, requests] of [
      [10, 1],
      [20, 1],
      [60, 2],
      [700, 4],
    ] as const) {
      const most = cursorBindsLimit && edits > 24 ? requests + 1 : requests
      const world = cursorBindsLimit ? "a cursor is bound to its limit" : "a cursor takes any limit"
      test(`${edits} edits come with ${most} requests: ${world}`, async () => {
        const { simulation, connection, input } = bySigningIn("service_account", cursorBindsLimit)
        const pages = { ...input, streams: ["pages"] }
        await connection.sync(pages)
        editPages(simulation, edits)
        const from = simulation.exchanged.length
        const ran = await connection.sync(pages)
        expect(recordsOf(ran, "pages")).toHaveLength(edits)
        expectTruth(simulation, "pages", merged("pages", connection.runs))
        const asked = simulation.exchanged.slice(from).filter(({ request }) => request.path.endsWith("/v2/pages"))
        expect(asked.length).toBeLessThanOrEqual(most)
      })
    }
  }
})

test("with an API token, whose rows cost nothing, the first page is a whole one, and no points are told", async () => {
  const { simulation, connection, input } = bySigningIn("api_token")
  await connection.sync(input)
  const from = simulation.exchanged.length
  const idle = await connection.sync(input)
  const limits = simulation.exchanged.slice(from).flatMap(({ request }) => request.query.get("limit") ?? [])
  expect(new Set(limits)).toEqual(new Set(["250"]))
  expect(told(idle)).toBeNaN()
})

describe("an answer", () => {
  test("costs a point, and one for each object, two for each user, group or permission", () => {
    expect(pointsOf("/wiki/api/v2/pages", { results: [{}, {}, {}] })).toBe(4)
    expect(pointsOf("/wiki/api/v2/pages/1", { id: "1" })).toBe(2)
    expect(pointsOf("/wiki/api/v2/users-bulk", { results: [{}, {}] })).toBe(5)
    expect(pointsOf("/wiki/rest/api/user/current", {})).toBe(3)
    expect(pointsOf("/wiki/rest/api/group/7c9e/membersByGroupId", { results: [{}] })).toBe(3)
    expect(pointsOf("/wiki/api/v2/content/convert-ids-to-types", { results: { 1: "page", 2: null } })).toBe(3)
    expect(pointsOf("/_edge/tenant_info", {})).toBe(0)
  })
})
