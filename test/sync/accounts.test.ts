/** The stream of users holds everybody whom rows name, sync after sync, at the cost of few bytes and few requests. */
import { randomUUID } from "node:crypto"
import { describe, expect, test } from "vitest"
import { packAccounts, unpackAccounts } from "../../src/site/accountSets.ts"
import { Chance } from "../simulation/chance.ts"
import { errorsOf, type Ran, recordsOf, type RunInput, Simulation, statesOf, statusesOf } from "../support/inProcess.ts"

const hex = (chance: Chance, length: number) =>
  Array.from({ length }, () => chance.between(0, 15).toString(16)).join("")
const uuid = (chance: Chance) => [8, 4, 4, 4, 12].map((length) => hex(chance, length)).join("-")
const FORMS: ReadonlyArray<(chance: Chance) => string> = [
  (chance) => hex(chance, 24),
  (chance) => `712020:${uuid(chance)}`,
  (chance) => `557058:${uuid(chance)}`,
  (chance) => `qm:${uuid(chance)}:${uuid(chance)}`,
  uuid,
  (chance) => uuid(chance).toUpperCase(),
  (chance) => `u${chance.between(1, 99)}`,
  () => "ünknown\n\u2028 😀",
  (chance) => hex(chance, chance.between(1, 40)),
]

describe("a set of accounts as text", () => {
  test("holds just these, whatever their form and order", () => {
    for (let seed = 1; seed <= 300; seed++) {
      const chance = new Chance(seed)
      const ids = new Set(Array.from({ length: chance.between(0, 60) }, () => chance.of(FORMS)(chance)))
      const text = packAccounts(ids)
      expect(unpackAccounts(text)).toEqual(ids)
      expect(packAccounts([...ids].toReversed())).toBe(text)
    }
  })

  test("is none when it was cut or garbled", () => {
    const text = packAccounts(Array.from({ length: 50 }, () => `712020:${randomUUID()}`))
    for (let at = 0; at < text.length - 4; at += 3) {
      expect(unpackAccounts(text.slice(0, at))).toBeUndefined()
      const other = text[at] === "A" ? "B" : "A"
      const garbled = unpackAccounts(text.slice(0, at) + other + text.slice(at + 1))
      if (garbled !== undefined) expect(packAccounts(garbled)).toBe(text)
    }
  })

  test("takes 16 bytes an account, and 12 one of the older kind", () => {
    const chance = new Chance(7)
    for (const [form, bytes] of [
      [FORMS[0]!, 12],
      [FORMS[1]!, 16],
    ] as const) {
      const ids = Array.from({ length: 2000 }, () => form(chance))
      expect((packAccounts(ids).length * 0.75) / ids.length).toBeLessThan(bytes + 0.1)
    }
  })
})

const CONTENT = ["spaces", "pages", "blog_posts", "comments", "attachments"] as const
const STREAMS = [...CONTENT, "users"]
const NAMING = ["authorId", "ownerId", "lastOwnerId", "spaceOwnerId"]

/** A site whose people are told by rows alone. */
const siteOf = (options: ConstructorParameters<typeof Simulation>[0]) => {
  const simulation = new Simulation({ bodyBytes: 20, ...options })
  simulation.site.set({ forbidden: ["/wiki/rest/api/search/user", "/wiki/rest/api/group*"] })
  return simulation
}
const named = (simulation: Simulation) => {
  const ids = new Set<string>()
  const add = (id: unknown) => void (typeof id === "string" && id !== "" && ids.add(id))
  for (const row of CONTENT.flatMap((stream) => simulation.site.truth(stream))) {
    for (const field of NAMING) add(row[field])
    add((row["version"] as { authorId?: unknown } | undefined)?.authorId)
  }
  return ids
}
const expectEverybody = (simulation: Simulation, ran: Ran) => {
  const users = new Set(recordsOf(ran, "users").map((row) => row["accountId"]))
  expect([...named(simulation)].filter((id) => !users.has(id))).toEqual([])
  expect(statusesOf(ran, "users").at(-1)).toBe("COMPLETE")
}

type StateOf = {
  readonly stream: { readonly stream_descriptor: { readonly name: string }; readonly stream_state: unknown }
}
const nameOf = (state: unknown) => (state as StateOf).stream.stream_descriptor.name
const sizeOf = (ran: Ran, stream: string) =>
  JSON.stringify((statesOf(ran).find((state) => nameOf(state) === stream) as StateOf).stream.stream_state).length

/** What the platform hands to the next job: it has thrown the states of full refreshes away. */
const forNextJob = (states: ReadonlyArray<unknown>) =>
  states.filter((state) => nameOf(state) !== "users" && nameOf(state) !== "spaces")

const catalog = {
  streams: STREAMS.map((name) => ({
    stream: { name, json_schema: { type: "object" }, supported_sync_modes: ["full_refresh", "incremental"] },
    sync_mode: name === "users" || name === "spaces" ? "full_refresh" : "incremental",
    destination_sync_mode: "overwrite",
  })),
}
const never = { config: { reconcile_interval_hours: -1 }, catalog }

/** Requests for lists of content by its id or by its spaces: a reconciliation, not a look at what is newest. */
const relisted = (simulation: Simulation) =>
  simulation.exchanged.filter(
    ({ request }) =>
      /\/(pages|blogposts|attachments|footer-comments|inline-comments)$/.test(request.path) &&
      request.query.get("sort") !== "-modified-date",
  ).length

const sync = (simulation: Simulation, input: RunInput) => {
  simulation.exchanged.length = 0
  return simulation.run("read", input)
}

describe("users, where the platform throws their state away with each job", () => {
  test("are everybody whom unchanged rows name, without a row listed again, where there are fewer people than rows", async () => {
    const simulation = siteOf({
      seed: 71,
      pages: 1500,
      blogPosts: 1000,
      footerComments: 1000,
      inlineComments: 500,
      attachments: 1500,
      users: 40,
    })
    const first = await sync(simulation, never)
    expectEverybody(simulation, first)
    simulation.clock.advance(3_600_000)
    const second = await sync(simulation, { ...never, state: forNextJob(statesOf(first)) })
    expectEverybody(simulation, second)
    expect(relisted(simulation)).toBe(0)
    for (const stream of ["pages", "blog_posts", "comments", "attachments"]) {
      expect(sizeOf(second, stream)).toBeLessThan(12 * simulation.site.truth(stream as "pages").length)
    }
  })

  test("are everybody also where there are too many for the states, which then are listed for once more", async () => {
    const simulation = siteOf({ seed: 72, pages: 1500, users: 1300 })
    const first = await sync(simulation, never)
    expect(sizeOf(first, "pages")).toBeLessThan(12 * simulation.site.truth("pages").length)
    const second = await sync(simulation, { ...never, state: forNextJob(statesOf(first)) })
    expectEverybody(simulation, second)
    expect(recordsOf(second, "pages")).toEqual([])
    expect(relisted(simulation)).toBeGreaterThan(10)
  })
})

describe("users, where their state is handed back", () => {
  test("are everybody without a row listed again, however many there are", async () => {
    const simulation = siteOf({ seed: 73, pages: 1500, users: 1300 })
    const first = await sync(simulation, never)
    const second = await sync(simulation, { ...never, state: statesOf(first) })
    expectEverybody(simulation, second)
    expect(relisted(simulation)).toBe(0)
    const third = await sync(simulation, { ...never, state: statesOf(second) })
    expectEverybody(simulation, third)
    expect(relisted(simulation)).toBe(0)
  })

  test("are everybody also after syncs that were killed before they were read", async () => {
    const simulation = siteOf({ seed: 74, pages: 1500, users: 1300, settings: { maxPageSize: 20 } })
    const { site, clock } = simulation
    const input = { ...never, config: { reconcile_interval_hours: -1, lookback_minutes: 0 } }
    const kept = new Map(statesOf(await sync(simulation, input)).map((state) => [nameOf(state), state]))
    const state = () => [...kept.values()]
    /** The state of pages comes; that of users does not. */
    const killed = async () => {
      const ran = await sync(simulation, { ...input, state: state() })
      for (const each of statesOf(ran)) if (nameOf(each) === "pages") kept.set("pages", each)
      return recordsOf(ran, "pages").length
    }
    const [first, ...others] = site.truth("pages").filter((page) => page["status"] === "current")
    const account = "712020:00000000-0000-4000-8000-00000000cafe"
    clock.advance(3_600_000)
    site.edit(String(first!["id"]), { authorId: account })
    expect(await killed()).toBe(1)
    expect(kept.get("pages")).toMatchObject({ stream: { stream_state: { stamp: expect.any(Number) } } })
    // Edits that push the page with the new author out of what the next sync looks at.
    clock.advance(3_600_000)
    for (const page of others.slice(0, 50)) {
      clock.advance(1_000)
      site.edit(String(page["id"]), { authorId: String(page["authorId"]) })
    }
    expect(await killed()).toBe(50)
    const last = await sync(simulation, { ...input, state: state() })
    expect(recordsOf(last, "pages")).toEqual([])
    expectEverybody(simulation, last)
    expect(recordsOf(last, "users").map((row) => row["accountId"])).toContain(account)
  })
})

describe("users of a full refresh that goes on", () => {
  test("are everybody whom the rows of all attempts name", async () => {
    const whole = siteOf({ seed: 75, pages: 700, users: 300, spaces: 60, settings: { maxPageSize: 10 } })
    const { lines } = await sync(whole, { streams: STREAMS })
    for (const share of [0.2, 0.5, 0.8, 0.98]) {
      const simulation = siteOf({ seed: 75, pages: 700, users: 300, spaces: 60, settings: { maxPageSize: 10 } })
      const input = { streams: STREAMS, jobId: "1" }
      const first = await sync(simulation, { ...input, cutAfterLines: Math.floor(lines.length * share) })
      const second = await sync(simulation, { ...input, state: statesOf(first) })
      expect(errorsOf(second)).toEqual([])
      expectEverybody(simulation, second)
    }
  })

  test("are not finished while another stream of the job is not", async () => {
    const simulation = siteOf({ seed: 76, pages: 400, users: 300, settings: { maxPageSize: 20 } })
    simulation.site.setFaults([{ kind: "status", status: 500, path: "/wiki/api/v2/pages", after: 4 }])
    const input = { streams: ["pages", "users"], jobId: "1" }
    const first = await sync(simulation, input)
    expect(statusesOf(first, "pages").at(-1)).toBe("INCOMPLETE")
    simulation.site.setFaults([])
    const second = await sync(simulation, { ...input, state: statesOf(first) })
    expect(second.exit).toBe(0)
    const pages = simulation.site.truth("pages").flatMap((row) => [row["authorId"], row["ownerId"]])
    const users = new Set(recordsOf(second, "users").map((row) => row["accountId"]))
    expect(pages.filter((id) => typeof id === "string" && !users.has(id))).toEqual([])
  })
})
