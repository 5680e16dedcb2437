/** E-mail addresses of users: where each comes from, what it costs, and what becomes of a source that cannot be read. */
import { describe, expect, test } from "vitest"
import type { SampleSiteOptions } from "../../src/sample-site/options.ts"
import { addressOf } from "../../src/sample-site/people.ts"
import { changesOf, type Told } from "../support/changes.ts"
import { errorsOf, type Ran, recordsOf, type RunInput, Simulation, statusesOf } from "../support/inProcess.ts"

const simulationOf = (options: SampleSiteOptions = {}) =>
  new Simulation({ seed: 41, pages: 40, users: 320, ...options })

const read = (simulation: Simulation, config: Record<string, unknown>, input: RunInput = {}) =>
  simulation.run("read", { streams: ["spaces", "users"], config: { ...simulation.site.config(), ...config }, ...input })

const organizationOf = ({ site }: Simulation, change: object = {}) => {
  const given = site.organizationSettings({ gateway: site.gatewayUrl }, true)
  return { ...given, organization: { ...(given["organization"] as object), ...change } }
}

/** Path and method of what the organization was asked. */
const askedOf = ({ exchanged }: Simulation) =>
  exchanged
    .filter(({ request }) => request.path.startsWith("/admin/"))
    .map(
      ({ request, response }) =>
        `${response.status} ${request.method} ${request.path.replace(/orgs\/[^/]+/, "orgs/ID")}`,
    )

const byId = (ran: Ran) => new Map(recordsOf(ran, "users").map((row) => [row["accountId"], row]))
const known = ({ site }: Simulation) => new Map(site.users.map((user) => [user.accountId, user]))

/** Every row has its address and says where it comes from, as `sourceOf` tells of those that the profile hides. */
const expectAddresses = (simulation: Simulation, ran: Ran, sourceOf: (accountId: string) => string | null) => {
  const people = known(simulation)
  const rows = recordsOf(ran, "users")
  const told = rows.map((row) => [row["accountId"], row["email"] || null, row["emailSource"]])
  const expected = rows.map(({ accountId }) => {
    const user = people.get(String(accountId))
    if (user === undefined) return [accountId, null, null]
    if (user.email !== "") return [accountId, user.email, "profile"]
    const source = addressOf(user) === "" ? null : sourceOf(user.accountId)
    return [accountId, source === null ? null : addressOf(user), source]
  })
  expect(told).toEqual(expected)
}

const fieldChanges = (ran: Ran): ReadonlyArray<Told> => changesOf(ran.lines, "users")

describe("without a source", () => {
  test("the profile's address is all there is", async () => {
    const simulation = simulationOf()
    const ran = await read(simulation, {})
    expect(ran.exit).toBe(0)
    expectAddresses(simulation, ran, () => null)
    expect(askedOf(simulation)).toEqual([])
  })
})

describe("the export of users", () => {
  test.each(["users", "groups", "managed"] as const)("fills in what the profile hides: the form %s", async (form) => {
    const simulation = simulationOf()
    const csv = simulation.site.userExport(form)
    const ran = await read(simulation, { user_emails_csv: csv })
    expect(errorsOf(ran)).toEqual([])
    expect(recordsOf(ran, "users").filter((row) => row["emailSource"] === "csv").length).toBeGreaterThan(50)
    expectAddresses(simulation, ran, (id) => (csv.includes(id) ? "csv" : null))
  })

  test("is read from a file, and from an address", async () => {
    const simulation = simulationOf()
    simulation.files.set("/data/export.csv", simulation.site.userExport())
    for (const setting of ["/data/export.csv", `${simulation.site.gatewayUrl}/_control/export/users`]) {
      const ran = await read(simulation, { user_emails_csv: setting })
      expect(errorsOf(ran)).toEqual([])
      expectAddresses(simulation, ran, () => "csv")
    }
    const fetched = simulation.exchanged.filter(({ request }) => request.path.startsWith("/_control/"))
    expect(fetched).toHaveLength(1)
    expect(Object.keys(fetched[0]!.request.headers).sort()).toEqual(["accept", "user-agent"])
  })

  test("is not asked for where users are not read", async () => {
    const simulation = simulationOf()
    const address = `${simulation.site.gatewayUrl}/_control/export/users`
    const ran = await read(
      simulation,
      { user_emails_csv: address, ...organizationOf(simulation) },
      { streams: ["spaces"] },
    )
    expect(ran.exit).toBe(0)
    expect(simulation.exchanged.filter(({ request }) => /^\/(?:_control|admin)\//.test(request.path))).toEqual([])
  })

  test.each([
    ["a path of nothing", "/data/none.csv", "there is no such file"],
    [
      "a text with other columns",
      "Name,Mail\nAda,ada@example.com",
      'none of them "User id" (or "Atlassian ID") or "email"',
    ],
    ["a text with broken quotes", 'User id,email\n1,"a@example.com\n2,b@example.com', "quotation marks are broken"],
    ["an address of nothing", "http://127.0.0.1:1/nothing/there.csv?sig=5ecr3t-5ignature", "no such file (status 404)"],
  ])("that cannot be read ends users, and no other stream: %s", async (_, setting, why) => {
    const simulation = simulationOf()
    const ran = await read(simulation, { user_emails_csv: setting })
    expect(ran.exit).toBe(1)
    const [error, ...others] = errorsOf(ran)
    expect(others).toEqual([])
    expect(error).toMatchObject({ failure_type: "config_error", stream_descriptor: { name: "users" } })
    expect(error!["message"]).toContain('"user_emails_csv"')
    expect(error!["message"]).toContain(why)
    expect(ran.lines.join("\n")).not.toMatch(/5ecr3t|ada@example|b@example/)
    expect([statusesOf(ran, "users").at(-1), statusesOf(ran, "spaces").at(-1)]).toEqual(["INCOMPLETE", "COMPLETE"])
    // Everybody is there; who has no address now may have one in the export.
    const whole = await read(simulation, {})
    expect(byId(ran).size).toBe(byId(whole).size)
    const hidden = recordsOf(ran, "users").filter((row) => row["emailSource"] === null)
    expect(hidden.every((row) => row["email"] === null)).toBe(true)
    expect(fieldChanges(ran)).toEqual(
      hidden.map(({ accountId }) => ({
        id: accountId,
        changes: [{ field: "email", change: "NULLED", reason: "SOURCE_RETRIEVAL_ERROR" }],
      })),
    )
  })
})

describe("the organization", () => {
  test.each(["all", "search", "directories", "each directory", "managed"] as const)(
    "answers some of its lists: %s",
    async (organizationLists) => {
      for (const organizationRefusal of ["404", "400", "403", "410"] as const) {
        for (const organizationNext of ["cursor", "address"] as const) {
          const quirks = { organizationLists, organizationRefusal, organizationNext }
          const simulation = simulationOf({ settings: { quirks } })
          const ran = await read(simulation, organizationOf(simulation))
          expect(errorsOf(ran)).toEqual([])
          const isManaged = (id: string) => addressOf(known(simulation).get(id)!).endsWith("@northwind.example")
          expectAddresses(simulation, ran, (id) =>
            organizationLists !== "managed" || isManaged(id) ? "organization" : null,
          )
          const before = { all: 0, search: 0, directories: 1, "each directory": 2, managed: 3 }[organizationLists]
          const pages = Math.ceil(290 / (organizationLists === "managed" ? 50 : 100))
          const asked = askedOf(simulation)
          expect(asked.slice(0, before).every((line) => line.startsWith(organizationRefusal))).toBe(true)
          expect(asked.slice(before).every((line) => line.startsWith("200 "))).toBe(true)
          expect(asked.length - before).toBeGreaterThanOrEqual(pages - 1)
          expect(asked.length - before).toBeLessThanOrEqual(pages + 1)
        }
      }
    },
  )

  test("comes after the profile and the export", async () => {
    const simulation = simulationOf()
    const [, ...rows] = simulation.site.userExport().split("\r\n").slice(0, -1)
    const half = rows.filter((_, at) => at % 2 === 0)
    const csv = ["User id,email", ...half.map((row) => `${row.split(",")[0]},of.csv@example.com`)].join("\n")
    const ran = await read(simulation, { user_emails_csv: csv, ...organizationOf(simulation) })
    const people = known(simulation)
    for (const [id, row] of byId(ran)) {
      const user = people.get(String(id))
      if (user === undefined) continue
      const source =
        user.email !== ""
          ? "profile"
          : csv.includes(user.accountId)
            ? "csv"
            : addressOf(user) === ""
              ? null
              : "organization"
      expect([id, row["emailSource"]]).toEqual([id, source])
      if (source === "csv") expect(row["email"]).toBe("of.csv@example.com")
    }
    const sources = new Set([...byId(ran).values()].map((row) => row["emailSource"]))
    expect(sources).toEqual(new Set(["profile", "csv", "organization", null]))
  })

  test("brings suspended people, whom no group and no search shows, and nobody whom the site does not know", async () => {
    const simulation = simulationOf({ pages: 0, users: 120 })
    const suspended = simulation.site.users.filter((user) => user.accountStatus === "inactive")
    expect(suspended.length).toBeGreaterThan(3)
    const without = await read(simulation, {})
    expect(suspended.some((user) => !byId(without).has(user.accountId))).toBe(true)
    const ran = await read(simulation, organizationOf(simulation))
    for (const user of suspended) {
      expect(byId(ran).get(user.accountId)).toMatchObject({
        accountStatus: "inactive",
        email: addressOf(user),
        emailSource: "organization",
      })
    }
    expect(recordsOf(ran, "users").filter((row) => row["accountStatus"] === "unknown")).toEqual([])
  })

  const KEY = "4n0th3r-0rg4n1z4t10n-k3y"
  test.each([
    ["a wrong key", { api_key: KEY }, [], '"organization.api_key", 401', "config_error", 4],
    ["a wrong id", { id: "0000-wrong" }, [], '"organization.id"', "config_error", 4],
    ["403", {}, [{ kind: "status", status: 403 }], "403 Forbidden", "config_error", 4],
    ["an outage", {}, [{ kind: "status", status: 503 }], '("organization") could not be read', "transient_error", 4],
    ["a connection that breaks", {}, [{ kind: "reset" }], '("organization") could not be read', "transient_error", 4],
    ["another API", {}, [{ kind: "not-a-list", body: "{}" }], '("organization") could not be read', "system_error", 1],
    ["a redirect", {}, [{ kind: "redirect" }], "redirect (302) to attacker.example", "system_error", 1],
    ["a failure in the middle", {}, [{ kind: "status", status: 500, after: 1 }], "500", "transient_error", 5],
    ["a loop", {}, [{ kind: "loop" }], "leads back", "system_error", 2],
  ] as const)(
    "that cannot be read ends users, and no other stream: %s",
    async (_, change, faults, why, type, requests) => {
      const simulation = simulationOf()
      const { site } = simulation
      site.setFaults(
        faults.map((fault) =>
          fault.kind === "loop"
            ? { kind: "not-a-list", body: '{"data":[],"links":{"next":"again"}}', path: "/admin/*" }
            : { ...fault, path: "/admin/*" },
        ),
      )
      const ran = await read(simulation, organizationOf(simulation, change))
      expect(ran.exit).toBe(1)
      expect(errorsOf(ran)).toMatchObject([{ failure_type: type, stream_descriptor: { name: "users" } }])
      expect(errorsOf(ran)[0]!["message"]).toContain(why)
      expect(errorsOf(ran)[0]!["message"]).toContain('"organization')
      expect([statusesOf(ran, "users").at(-1), statusesOf(ran, "spaces").at(-1)]).toEqual(["INCOMPLETE", "COMPLETE"])
      expect(askedOf(simulation)).toHaveLength(requests)
      expect(fieldChanges(ran).length).toBeGreaterThan(50)
      expect(ran.lines.join("\n")).not.toContain(KEY)
      expect(ran.lines.join("\n")).not.toContain(site.credentials.organizationKey)
    },
  )

  test("is waited for as long as it asks, while the site goes on", async () => {
    const simulation = simulationOf()
    simulation.site.setFaults([{ kind: "rate-limit", waitMs: 90_000, times: 2, path: "/admin/*" }])
    const ran = await read(simulation, organizationOf(simulation))
    expect(errorsOf(ran)).toEqual([])
    expectAddresses(simulation, ran, () => "organization")
    expect(ran.seconds).toBeGreaterThanOrEqual(180)
    expect(simulation.site.statistics().early).toBe(0)
  })

  test("and the export, where neither can be read, are named in one error", async () => {
    const simulation = simulationOf()
    const ran = await read(simulation, { user_emails_csv: "/none.csv", ...organizationOf(simulation, { id: "x" }) })
    expect(errorsOf(ran)).toHaveLength(1)
    expect(errorsOf(ran)[0]!["message"]).toMatch(/"user_emails_csv"/)
    expect(errorsOf(ran)[0]!["message"]).toMatch(/"organization\.id"/)
  })

  test("gets its key, and nothing else of ours; nobody else gets the key", async () => {
    const simulation = simulationOf()
    await read(simulation, organizationOf(simulation))
    const key = `Bearer ${simulation.site.credentials.organizationKey}`
    for (const { request } of simulation.exchanged) {
      expect(request.headers["authorization"] === key).toBe(request.path.startsWith("/admin/"))
    }
  })
})

describe("check", () => {
  const check = async (simulation: Simulation, config: Record<string, unknown>) => {
    simulation.exchanged.length = 0
    const ran = await simulation.run("check", { config: { ...simulation.site.config(), ...config } })
    const logs = ran.messages.flatMap(({ log }) => (log?.message.startsWith("users: ") ? [log] : []))
    return { logs, status: ran.messages.at(-1)!.connectionStatus!, requests: simulation.exchanged.length }
  }
  const HIDDEN = /^users: of 200 accounts looked at, (\d+) show no e-mail address in their profile/

  test("tells how many hide their address, and what would help, for two requests", async () => {
    const simulation = simulationOf()
    const { logs, status } = await check(simulation, {})
    const line = logs.find(({ message }) => HIDDEN.test(message))
    expect(Number(HIDDEN.exec(line!.message)![1])).toBeGreaterThan(50)
    expect(line!.message).toMatch(/"user_emails_csv".*"organization"/)
    expect(status.status).toBe("SUCCEEDED")
    expect(simulation.exchanged.filter(({ request }) => request.path.endsWith("/users-bulk"))).toHaveLength(2)
  })

  test("reads the export and a page of the organization", async () => {
    const simulation = simulationOf()
    const csv = simulation.site.userExport("managed")
    const { logs, status } = await check(simulation, { user_emails_csv: csv, ...organizationOf(simulation) })
    expect(logs.map(({ message }) => message).join("\n")).toMatch(
      /the export of users knows \d+ of them\. The organization/,
    )
    expect(askedOf(simulation)).toHaveLength(1)
    expect(status).toEqual({ status: "SUCCEEDED", message: expect.not.stringContaining("users:") })
  })

  test.each([
    [{ user_emails_csv: "/none.csv" }, /"user_emails_csv".*no such file/],
    [{ organization: { id: "x", api_key: "y" } }, /"organization\.api_key", 401/],
  ])("names what cannot be read, in a line and in its result, and succeeds", async (config, why) => {
    const simulation = simulationOf()
    const { endpoints } = organizationOf(simulation) as { endpoints?: unknown }
    const { logs, status } = await check(simulation, { endpoints, ...config })
    expect(logs.some(({ level, message }) => level === "WARN" && why.test(message))).toBe(true)
    expect(status.status).toBe("SUCCEEDED")
    expect(status.message).toMatch(why)
  })
})
