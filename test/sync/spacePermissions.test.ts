/** Who may do what in which space: all of it, of the spaces that filters let in, and a space that fails costs its own rows. */
import { describe, expect, test } from "vitest"
import type { Fault } from "../../src/sample-site/Fault.ts"
import { expectTruth, merged } from "../support/destination.ts"
import { errorsOf, type Ran, recordsOf, Simulation, statesOf, statusesOf } from "../support/inProcess.ts"

const STREAM = "space_permissions"
const STREAMS = [STREAM]
const SITE = { seed: 81, pages: 30, spaces: 12, users: 60 } as const

type Row = Record<string, unknown>
const pathOf = (space: Row | string) =>
  `/wiki/api/v2/spaces/${typeof space === "string" ? space : String(space["id"])}/permissions`
const isAsked = (simulation: Simulation) =>
  simulation.exchanged.flatMap(({ request }) => (request.path.endsWith("/permissions") ? [request.path] : []))
const warnings = (ran: Ran) => ran.messages.flatMap(({ log }) => (log?.level === "WARN" ? [log.message] : []))
const accountOf = ({ principal }: Row) => {
  const { type, id } = principal as { readonly type: string; readonly id: string }
  return type === "user" ? [id] : []
}

describe("the permissions of spaces", () => {
  test("are all there, each with its space, of users, groups and classes of people", async () => {
    const simulation = new Simulation({ ...SITE, settings: { maxPageSize: 4 } })
    const ran = await simulation.run("read", { streams: STREAMS })
    expect(errorsOf(ran)).toEqual([])
    const rows = recordsOf(ran, STREAM)
    expect(rows).toHaveLength(simulation.site.truth(STREAM).length)
    expectTruth(simulation, STREAM, rows)
    const types = rows.map(({ principal }) => (principal as { readonly type: string }).type)
    expect(new Set(types)).toEqual(new Set(["user", "group", "access-class"]))
  })

  test("are asked for with one request for each space, and the list of spaces is read once", async () => {
    const simulation = new Simulation(SITE)
    await simulation.run("read", { streams: ["spaces", STREAM] })
    const spaces = simulation.site.truth("spaces")
    expect(isAsked(simulation).toSorted()).toEqual(spaces.map(pathOf).toSorted())
    const lists = simulation.exchanged.filter(({ request }) => request.path === "/wiki/api/v2/spaces")
    expect(lists).toHaveLength(2)
  })

  test("follow what is granted and revoked, and what a group had goes with the group", async () => {
    const simulation = new Simulation(SITE)
    const { site } = simulation
    const [first, second] = site.spaces
    const group = site
      .truth(STREAM)
      .map(({ principal }) => principal as Row)
      .find(({ type }) => type === "group")!
    await simulation.run("read", { streams: STREAMS })
    const granted = site.grantPermission(first!.id, { principalId: site.users[7]!.accountId, key: "purge_version" })
    const revoked = site.permissionsOf(second!)[0]!.id
    site.revokePermission(second!.id, { permissionId: revoked })
    site.removeGroup(String(group["id"]))
    const rows = recordsOf(await simulation.run("read", { streams: STREAMS }), STREAM)
    expectTruth(simulation, STREAM, rows)
    expect(rows.find(({ id }) => id === granted)).toMatchObject({ spaceId: first!.id })
    expect(rows.map(({ id }) => id)).not.toContain(revoked)
    expect(rows.filter(({ principal }) => (principal as Row)["id"] === group["id"])).toEqual([])
  })

  test("name accounts to the stream of users, also one that no list of people shows", async () => {
    const simulation = new Simulation(SITE)
    const { site } = simulation
    const accountId = site.addUser({ displayName: "Only a permission names me", accountStatus: "inactive" })
    site.grantPermission(site.spaces[0]!.id, { principalId: accountId })
    const ran = await simulation.run("read", { streams: [STREAM, "users"] })
    const users = new Set(recordsOf(ran, "users").map((user) => user["accountId"]))
    expect(users).toContain(accountId)
    expect(
      recordsOf(ran, STREAM)
        .flatMap(accountOf)
        .filter((id) => !users.has(id)),
    ).toEqual([])
  })

  const FAULTS: Readonly<Record<string, { readonly fault: Fault; readonly type: string }>> = {
    "answers 403": { fault: { kind: "status", status: 403 }, type: "config_error" },
    "answers 404 although it is listed": { fault: { kind: "status", status: 404 }, type: "system_error" },
    "answers 500": { fault: { kind: "status", status: 500 }, type: "transient_error" },
  }
  for (const [what, { fault, type }] of Object.entries(FAULTS)) {
    test(`of a space that ${what} alone are missing, it is named, and the next attempt asks for it alone`, async () => {
      const simulation = new Simulation(SITE)
      const { site } = simulation
      const space = site.spaces[3]!
      site.setFaults([{ ...fault, path: pathOf(space.id) }])
      const first = await simulation.run("read", { streams: STREAMS })
      expect(errorsOf(first)).toMatchObject([{ failure_type: type, stream_descriptor: { name: STREAM } }])
      expect(errorsOf(first)[0]!["message"]).toContain(`the space "${space.name}" (${space.id})`)
      expect(statusesOf(first, STREAM).at(-1)).toBe("INCOMPLETE")
      const others = site.truth(STREAM).filter(({ spaceId }) => spaceId !== space.id)
      expect(recordsOf(first, STREAM)).toHaveLength(others.length)
      site.setFaults([])
      simulation.exchanged.length = 0
      const second = await simulation.run("read", { streams: STREAMS, state: statesOf(first) })
      expect(second.exit).toBe(0)
      expect(isAsked(simulation)).toEqual([pathOf(space.id)])
      expectTruth(simulation, STREAM, merged(STREAM, [first, second]))
    })
  }

  test("of a space that goes away meanwhile cost nothing else, and that is no error", async () => {
    const simulation = new Simulation(SITE)
    const { site } = simulation
    const { id } = site.spaces[3]!
    simulation.onExchange = ({ request }) => {
      if (request.path === "/wiki/api/v2/spaces") site.deleteSpace(id)
      simulation.onExchange = () => {}
    }
    const ran = await simulation.run("read", { streams: STREAMS })
    expect(errorsOf(ran)).toEqual([])
    expectTruth(simulation, STREAM, recordsOf(ran, STREAM))
  })

  test("go on where a read was cut off, space by space, wherever that was", async () => {
    for (const terminateAfterRequests of [4, 8, 13, 20]) {
      const simulation = new Simulation({ ...SITE, settings: { maxPageSize: 5 } })
      const config = { num_workers: 2 }
      const first = await simulation.run("read", { streams: STREAMS, config, terminateAfterRequests })
      const second = await simulation.run("read", { streams: STREAMS, config, state: statesOf(first) })
      expect(second.exit).toBe(0)
      expectTruth(simulation, STREAM, merged(STREAM, [first, second]))
    }
  })
})

describe("filters of spaces", () => {
  const inSpaces = (rows: ReadonlyArray<Row>) => new Set(rows.map(({ spaceId }) => spaceId))

  test("narrow the spaces that are asked, and a pattern that matches none is named", async () => {
    const simulation = new Simulation(SITE)
    const [one, other] = simulation.site.truth("spaces")
    const filters = { spaces_include: [String(one!["key"]), String(other!["key"]), "NOSUCH"] }
    const ran = await simulation.run("read", { streams: STREAMS, config: { filters } })
    expect(ran.exit).toBe(0)
    expect(isAsked(simulation).toSorted()).toEqual([pathOf(one!), pathOf(other!)].toSorted())
    expect(inSpaces(recordsOf(ran, STREAM))).toEqual(new Set([one!["id"], other!["id"]]))
    expect(warnings(ran)).toEqual([expect.stringContaining('"NOSUCH"')])
  })

  test("that leave no space end COMPLETE with no row, and say why", async () => {
    const simulation = new Simulation(SITE)
    const ran = await simulation.run("read", { streams: STREAMS, config: { filters: { spaces_include: ["NOSUCH"] } } })
    expect(recordsOf(ran, STREAM)).toEqual([])
    expect(statusesOf(ran, STREAM).at(-1)).toBe("COMPLETE")
    expect(warnings(ran)).toEqual([expect.stringContaining('"NOSUCH"')])
  })

  test("that have changed since a read was cut off make it begin anew, so that what it had sent is not taken for all", async () => {
    const simulation = new Simulation(SITE)
    const { site } = simulation
    const spaces = site.truth("spaces").toSorted((a, b) => (String(a["id"]) < String(b["id"]) ? -1 : 1))
    const keys = spaces.map(({ key }) => String(key))
    // The first of them all, in the order in which states count, is let in by the second filters alone.
    const config = { num_workers: 1, filters: { spaces_include: keys.slice(1) } }
    const first = await simulation.run("read", { streams: STREAMS, config, terminateAfterRequests: 8 })
    expect(recordsOf(first, STREAM).length).toBeGreaterThan(0)
    const filters = { spaces_include: keys.slice(0, -1) }
    const second = await simulation.run("read", { streams: STREAMS, config: { filters }, state: statesOf(first) })
    expect(second.exit).toBe(0)
    expect(inSpaces(recordsOf(second, STREAM))).toEqual(new Set(spaces.slice(0, -1).map(({ id }) => id)))
  })

  test("whose list of spaces may not be read end the stream with nothing sent", async () => {
    const simulation = new Simulation({ ...SITE, settings: { forbidden: ["/wiki/api/v2/spaces"] } })
    const ran = await simulation.run("read", { streams: STREAMS, config: { filters: { spaces_include: ["A*"] } } })
    expect(errorsOf(ran)).toMatchObject([{ failure_type: "config_error", stream_descriptor: { name: STREAM } }])
    expect(recordsOf(ran, STREAM)).toEqual([])
  })

  test("do not concern the permissions where they are of pages or dates", async () => {
    const simulation = new Simulation(SITE)
    const [page] = simulation.site.truth("pages")
    const filters = { page_ids_include: [String(page!["id"])], modified_after: "2026-01-01" }
    const ran = await simulation.run("read", { streams: STREAMS, config: { filters } })
    expectTruth(simulation, STREAM, recordsOf(ran, STREAM))
  })
})

describe("check", () => {
  test("takes a space that is not there for an answer, and names what refuses the permissions of any", async () => {
    const simulation = new Simulation(SITE)
    const logs = async () => (await simulation.run("check")).messages.flatMap(({ log }) => log?.message ?? [])
    expect(await logs()).toContain(`${STREAM}: can be read.`)
    simulation.site.set({ forbidden: ["/wiki/api/v2/spaces/*"] })
    expect(await logs()).toContainEqual(expect.stringMatching(/^space_permissions: cannot be read\. .*403 Forbidden/))
  })
})
