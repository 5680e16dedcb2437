/** Roles of spaces and who has them: all of it, and a site without roles, or whose roles may not be read, says so. */
import { describe, expect, test } from "vitest"
import type { Fault } from "../../src/sample-site/Fault.ts"
import type { SettingsChange } from "../../src/sample-site/options.ts"
import { ROLE_QUIRKS } from "../../src/sample-site/quirks.ts"
import { expectTruth, merged } from "../support/destination.ts"
import { errorsOf, type Ran, recordsOf, Simulation, statesOf, statusesOf } from "../support/inProcess.ts"

const ASSIGNMENTS = "space_role_assignments"
const STREAMS = [ASSIGNMENTS, "space_roles"] as const
const SITE = { seed: 91, pages: 30, spaces: 12, users: 60 } as const
const V2 = "/wiki/api/v2"
const OF_ALL_SPACES = `${V2}/spaces/*/role-assignments`

const siteWith = (settings: SettingsChange = {}) => new Simulation({ ...SITE, settings })
const read = (simulation: Simulation, streams: ReadonlyArray<string> = STREAMS) => simulation.run("read", { streams })
const warnings = (ran: Ran) => ran.messages.flatMap(({ log }) => (log?.level === "WARN" ? [log.message] : []))
const endsOf = (ran: Ran) => STREAMS.map((stream) => statusesOf(ran, stream).at(-1))
const asked = (simulation: Simulation, end: string) =>
  simulation.exchanged.flatMap(({ request }) => (request.path.endsWith(end) ? [request.path] : []))

/** Both streams are complete without a row, and a warning of each says that there are no roles, and why. */
const expectNone = (ran: Ran, why: RegExp) => {
  expect(errorsOf(ran)).toEqual([])
  expect(endsOf(ran)).toEqual(["COMPLETE", "COMPLETE"])
  for (const stream of STREAMS) {
    expect(recordsOf(ran, stream)).toEqual([])
    const said = warnings(ran).filter((text) => text.startsWith(`${stream}: the site has no roles`))
    expect(said).toEqual([expect.stringMatching(why)])
  }
}

describe("a site with roles", () => {
  for (const roleMode of ["ROLES", "ROLES_TRANSITION"] as const) {
    test(`in the mode ${roleMode} gives each role, and who has it in which space, once`, async () => {
      const simulation = siteWith({ maxPageSize: 2, quirks: { roleMode } })
      const ran = await read(simulation)
      expect(warnings(ran)).toEqual([])
      expect(errorsOf(ran)).toEqual([])
      for (const stream of STREAMS) {
        expect(recordsOf(ran, stream)).toHaveLength(simulation.site.truth(stream).length)
        expectTruth(simulation, stream, recordsOf(ran, stream))
      }
      const types = recordsOf(ran, ASSIGNMENTS).map(({ principalType }) => principalType)
      expect(new Set(types)).toEqual(new Set(["USER", "GROUP", "ACCESS_CLASS"]))
    })
  }

  test("that does not tell its mode is read all the same", async () => {
    for (const settings of [{ quirks: { tellsRoleMode: false } }, { forbidden: [`${V2}/space-role-mode`] }]) {
      const simulation = siteWith(settings)
      const ran = await read(simulation)
      expect(ran.exit).toBe(0)
      for (const stream of STREAMS) expectTruth(simulation, stream, recordsOf(ran, stream))
    }
  })

  test("tells of roles that come and go, and of those who get and lose them", async () => {
    const simulation = siteWith()
    const { site } = simulation
    const [space] = site.spaces
    const roleId = site.addRole({ name: "Guest" })
    const guest = { roleId, principalType: "USER", principalId: site.users[9]!.accountId }
    site.assignRole(space!.id, guest)
    const first = await read(simulation)
    expect(recordsOf(first, "space_roles")).toContainEqual(expect.objectContaining({ id: roleId, name: "Guest" }))
    expect(recordsOf(first, ASSIGNMENTS)).toContainEqual(expect.objectContaining({ spaceId: space!.id, ...guest }))
    site.unassignRole(space!.id, guest)
    site.removeRole(String(site.truth("space_roles")[0]!["id"]))
    const second = await read(simulation)
    for (const stream of STREAMS) {
      expectTruth(simulation, stream, recordsOf(second, stream))
      expect(recordsOf(second, stream).length).toBeLessThan(recordsOf(first, stream).length)
    }
  })

  test("names those who have a role to the stream of users", async () => {
    const simulation = siteWith()
    const { site } = simulation
    const accountId = site.addUser({ displayName: "Only a role names me", accountStatus: "inactive" })
    site.assignRole(site.spaces[0]!.id, { principalId: accountId })
    const ran = await read(simulation, [ASSIGNMENTS, "users"])
    expect(recordsOf(ran, "users").map((user) => user["accountId"])).toContain(accountId)
  })

  test("is asked by the filters of spaces, which say nothing of the roles themselves", async () => {
    const simulation = siteWith()
    const spaces = simulation.site.truth("spaces").slice(0, 2)
    const filters = { spaces_include: spaces.map(({ key }) => String(key)) }
    const ran = await simulation.run("read", { streams: STREAMS, config: { filters } })
    const ids = spaces.map(({ id }) => String(id))
    expect(new Set(recordsOf(ran, ASSIGNMENTS).map(({ spaceId }) => spaceId))).toEqual(new Set(ids))
    expect(asked(simulation, "/role-assignments").toSorted()).toEqual(
      ids.map((id) => `${V2}/spaces/${id}/role-assignments`).toSorted(),
    )
    expectTruth(simulation, "space_roles", recordsOf(ran, "space_roles"))
  })
})

test("the only space of a site in the mode ROLES that answers 404 is named, and not taken for one without roles", async () => {
  for (const [stream, end] of [
    [ASSIGNMENTS, "role-assignments"],
    ["space_permissions", "permissions"],
  ] as const) {
    const simulation = siteWith({ quirks: { roleMode: "ROLES" } })
    const [space] = simulation.site.truth("spaces")
    const path = `${V2}/spaces/${String(space!["id"])}/${end}`
    simulation.site.setFaults([{ kind: "status", status: 404, path }])
    const filters = { spaces_include: [String(space!["key"])] }
    const ran = await simulation.run("read", { streams: [stream], config: { filters } })
    expect(statusesOf(ran, stream).at(-1)).toBe("INCOMPLETE")
    expect(errorsOf(ran)[0]!["message"]).toContain(String(space!["id"]))
    expect(warnings(ran)).toEqual([])
  }
})

describe("a site without roles", () => {
  for (const listsWithoutRoles of ROLE_QUIRKS.listsWithoutRoles) {
    test(`that says so by its mode has no rows, and is asked for none, were its lists ${listsWithoutRoles}`, async () => {
      const simulation = siteWith({ quirks: { roleMode: "PRE_ROLES", listsWithoutRoles } })
      expectNone(await read(simulation), /PRE_ROLES/)
      expect(asked(simulation, "/role-assignments")).toEqual([])
      expect(asked(simulation, "/space-roles")).toEqual([])
    })
  }

  for (const [listsWithoutRoles, why] of [
    ["404", /404 Not Found/],
    ["501", /501 Not Implemented/],
  ] as const) {
    test(`that does not tell its mode has no rows where its lists answer ${listsWithoutRoles}`, async () => {
      const simulation = siteWith({ quirks: { roleMode: "PRE_ROLES", tellsRoleMode: false, listsWithoutRoles } })
      expectNone(await read(simulation), why)
      expect(asked(simulation, "/role-assignments")).toEqual([])
    })

    for (const [told, faults] of [
      ["whose mode promises roles", []],
      ["that does not tell its mode", [{ kind: "status", status: 404, path: `${V2}/space-role-mode` }]],
    ] as const)
      test(`${told} has unread ones where the lists of all spaces answer ${listsWithoutRoles}`, async () => {
        const simulation = siteWith()
        const status = Number(listsWithoutRoles)
        simulation.site.setFaults([...faults, { kind: "status", status, path: OF_ALL_SPACES }])
        const ran = await read(simulation)
        expect(endsOf(ran)).toEqual(["INCOMPLETE", "COMPLETE"])
        expectTruth(simulation, "space_roles", recordsOf(ran, "space_roles"))
      })

    test(`whose mode promises roles has unread ones where their list answers ${listsWithoutRoles}`, async () => {
      const simulation = siteWith()
      simulation.site.setFaults([{ kind: "status", status: Number(listsWithoutRoles), path: `${V2}/space-roles` }])
      const ran = await read(simulation)
      expect(endsOf(ran)).toEqual(["COMPLETE", "INCOMPLETE"])
      expectTruth(simulation, ASSIGNMENTS, recordsOf(ran, ASSIGNMENTS))
    })
  }

  test("can be read as far as check goes, whose mode is told or not; whose lists are refused where the mode is told", async () => {
    for (const tellsRoleMode of ROLE_QUIRKS.tellsRoleMode) {
      for (const listsWithoutRoles of ROLE_QUIRKS.listsWithoutRoles) {
        if (listsWithoutRoles === "403" && !tellsRoleMode) continue
        const simulation = siteWith({ quirks: { roleMode: "PRE_ROLES", tellsRoleMode, listsWithoutRoles } })
        const logs = (await simulation.run("check")).messages.flatMap(({ log }) => log?.message ?? [])
        for (const stream of STREAMS) expect(logs).toContain(`${stream}: can be read.`)
      }
    }
  })
})

describe("roles that may not be read", () => {
  test("are a config_error that says what is refused, not an empty table", async () => {
    for (const quirks of [{}, { roleMode: "PRE_ROLES", tellsRoleMode: false, listsWithoutRoles: "403" }] as const) {
      const simulation = siteWith({ quirks })
      const status = 403
      simulation.site.setFaults([OF_ALL_SPACES, `${V2}/space-roles`].map((path) => ({ kind: "status", status, path })))
      const ran = await read(simulation)
      expect(endsOf(ran)).toEqual(["INCOMPLETE", "INCOMPLETE"])
      for (const error of errorsOf(ran)) {
        expect(error).toMatchObject({ failure_type: "config_error", message: expect.stringMatching(/403 Forbidden/) })
      }
    }
  })

  test("because the spaces answer 404 are an error, not a site without roles", async () => {
    const simulation = new Simulation({ seed: 64, pages: 40, spaces: 5 })
    simulation.site.setFaults([{ kind: "status", status: 404, path: "/wiki/api/v2/spaces" }])
    const ran = await simulation.run("read", { streams: ["space_role_assignments"] })
    expect(ran.exit).toBe(1)
    expect(statusesOf(ran, "space_role_assignments").at(-1)).toBe("INCOMPLETE")
  })

  test("for want of a scope are a config_error that names the scope", async () => {
    const simulation = siteWith({ scopes: ["read:space:confluence", "read:confluence-user"] })
    const config = simulation.site.config("scoped")
    const ran = await simulation.run("read", { streams: STREAMS, config })
    expect(endsOf(ran)).toEqual(["INCOMPLETE", "INCOMPLETE"])
    for (const error of errorsOf(ran)) {
      expect(error).toMatchObject({
        failure_type: "config_error",
        message: expect.stringContaining("read:space.permission:confluence"),
      })
    }
  })

  test("without the scope of the role mode alone are read all the same", async () => {
    const simulation = siteWith({ scopes: ["read:space:confluence", "read:space.permission:confluence"] })
    const ran = await simulation.run("read", { streams: STREAMS, config: simulation.site.config("scoped") })
    expect(ran.exit).toBe(0)
    for (const stream of STREAMS) expectTruth(simulation, stream, recordsOf(ran, stream))
  })

  const WAYS: Readonly<Record<string, { readonly fault: Fault; readonly type: string }>> = {
    "403": { fault: { kind: "status", status: 403 }, type: "config_error" },
    "404": { fault: { kind: "status", status: 404 }, type: "system_error" },
    "500": { fault: { kind: "status", status: 500 }, type: "transient_error" },
  }
  for (const [status, { fault, type }] of Object.entries(WAYS)) {
    test(`in one space (${status}) cost its own rows, it is named, and the next attempt asks for it alone`, async () => {
      const simulation = siteWith()
      const { site } = simulation
      const space = site.spaces[3]!
      const path = `${V2}/spaces/${space.id}/role-assignments`
      site.setFaults([{ ...fault, path }])
      const first = await read(simulation, [ASSIGNMENTS])
      expect(errorsOf(first)).toMatchObject([{ failure_type: type, stream_descriptor: { name: ASSIGNMENTS } }])
      expect(errorsOf(first)[0]!["message"]).toContain(`the space "${space.name}" (${space.id})`)
      const others = site.truth(ASSIGNMENTS).filter(({ spaceId }) => spaceId !== space.id)
      expect(recordsOf(first, ASSIGNMENTS)).toHaveLength(others.length)
      site.setFaults([])
      simulation.exchanged.length = 0
      const second = await simulation.run("read", { streams: [ASSIGNMENTS], state: statesOf(first) })
      expect(second.exit).toBe(0)
      expect(asked(simulation, "/role-assignments")).toEqual([path])
      expectTruth(simulation, ASSIGNMENTS, merged(ASSIGNMENTS, [first, second]))
    })
  }

  test("on a later page are an error, not the end of the list", async () => {
    const simulation = siteWith({ maxPageSize: 2 })
    simulation.site.setFaults([{ kind: "status", status: 404, path: `${V2}/space-roles`, after: 1 }])
    const ran = await read(simulation, ["space_roles"])
    expect(recordsOf(ran, "space_roles")).toHaveLength(2)
    expect(statusesOf(ran, "space_roles").at(-1)).toBe("INCOMPLETE")
  })

  test("because the site is down are an error that may pass", async () => {
    const simulation = siteWith()
    simulation.site.setFaults([{ kind: "status", status: 503, path: `${V2}/space-role*` }])
    const ran = await read(simulation, ["space_roles"])
    expect(errorsOf(ran)).toMatchObject([{ failure_type: "transient_error" }])
  })
})
