/** `check` and `discover` through the executable, on sites and with credentials of every kind. */
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { type RunningSampleSite, startSampleSite } from "../../src/sample-site/server.ts"
import { brokenRules } from "../support/protocolRules.ts"
import {
  type ConnectorRun,
  errorsOf,
  logsOf,
  type Row,
  runCommand,
  runConnector,
  SHORT_PAUSES,
  withFolder,
  writeInputs,
} from "../support/runConnector.ts"
import { ALL_STREAMS } from "./catalogs.ts"

let server: RunningSampleSite
beforeAll(async () => {
  server = await startSampleSite({ pages: 60 })
})
afterAll(() => server.close())
beforeEach(() => server.site.reset())

const check = async (config: unknown = server.site.config()) => {
  const run = await runCommand("check", { config }, { env: SHORT_PAUSES })
  expect(brokenRules(run.lines)).toEqual([])
  expect({ stderr: run.stderr, unfinished: run.unfinished, exitCode: run.exitCode }).toEqual({
    stderr: "",
    unfinished: "",
    exitCode: 0,
  })
  return run
}

const statusOf = (run: ConnectorRun) => {
  const statuses = run.messages.flatMap(({ connectionStatus }) => connectionStatus ?? [])
  expect(statuses).toHaveLength(1)
  return statuses[0]!
}

/** FAILED with a message, and a TRACE ERROR of a config error that says the same. */
const expectFailed = (run: ConnectorRun, message: RegExp, failureType = "config_error") => {
  expect(statusOf(run)).toEqual({ status: "FAILED", message: expect.stringMatching(message) })
  expect(errorsOf(run)).toMatchObject([{ message: statusOf(run).message, failure_type: failureType }])
}

const withToken = (apiToken: string) => {
  const config = server.site.config()
  return { ...config, credentials: { ...(config["credentials"] as Row), api_token: apiToken } }
}

/** The message counts the streams that the log says can be read; among these are some, and others are not. `alone`: no other fails. */
const expectCounted = (
  run: ConnectorRun,
  readable: ReadonlyArray<string>,
  refused: ReadonlyArray<string>,
  alone = false,
) => {
  const unread = ALL_STREAMS.filter((stream) =>
    logsOf(run).some((line) => line.startsWith(`WARN ${stream}: cannot be`)),
  )
  expect(statusOf(run).message).toContain(
    `${ALL_STREAMS.length - unread.length} of ${ALL_STREAMS.length} streams can be read.`,
  )
  expect(unread).toEqual(alone ? refused : expect.arrayContaining([...refused]))
  for (const stream of readable) expect(unread).not.toContain(stream)
}

describe("a check that succeeds", () => {
  it("says who is signed in, and that each stream can be read", async () => {
    const run = await check()
    const name = server.site.users[0]!.displayName
    expect(statusOf(run)).toEqual({
      status: "SUCCEEDED",
      message: `Signed in as ${name}. All ${ALL_STREAMS.length} streams can be read.`,
    })
    for (const stream of ALL_STREAMS) expect(logsOf(run)).toContain(`INFO ${stream}: can be read.`)
  })

  it("finds out that a token has scopes", async () => {
    const run = await check(server.site.config("scoped"))
    expect(statusOf(run).status).toBe("SUCCEEDED")
    expect(logsOf(run)[0]).toMatch(/, with a scoped token\.$/)
  })

  it("names the scope that is missing for each stream that cannot be read", async () => {
    server.site.set({ scopes: ["read:space:confluence", "read:page:confluence", "read:confluence-user"] })
    const run = await check(server.site.config("scoped"))
    const { status, message } = statusOf(run)
    expect(status).toBe("SUCCEEDED")
    expectCounted(run, ["spaces", "pages", "blog_posts", "space_permissions"], ["comments", "users", "groups"])
    for (const [scope, stream] of [
      ["read:comment:confluence", "comments"],
      ["read:user:confluence", "users"],
      ["read:confluence-groups (or read:group:confluence)", "groups, group_members"],
      ["search:confluence (or read:content-details:confluence)", "content_restrictions"],
      ["read:folder:confluence", "content_restrictions"],
      ["read:space.permission:confluence", "space_role_assignments, space_roles"],
      ["read:content-details:confluence", "users, in part"],
      ["read:content.metadata:confluence", "content_restrictions, in part"],
      ["read:configuration:confluence", "classification_levels"],
      ["read:label:confluence", "labels"],
    ] as const) {
      const [, streams] = message!.split(`the scope ${scope} (`)
      expect(streams?.split(")")[0], scope).toContain(stream)
    }
    expect(logsOf(run).filter((line) => line.startsWith("WARN "))).toEqual(
      expect.arrayContaining([expect.stringMatching(/^WARN comments: cannot be read\..*read:comment:confluence/)]),
    )
  })

  it("names the stream that the user may not read", async () => {
    server.site.set({ forbidden: ["/wiki/rest/api/group*"] })
    const run = await check()
    expect(statusOf(run)).toMatchObject({
      status: "SUCCEEDED",
      message: expect.stringMatching(
        /streams can be read\. Missing: the permission for GET \/wiki\/rest\/api\/group \(groups, group_members\)\.$/,
      ),
    })
    expectCounted(run, ["users"], ["groups", "group_members"], true)
    expect(logsOf(run)).toContainEqual(expect.stringMatching(/^WARN groups: cannot be read\..*403 Forbidden/))
    expect(logsOf(run)).toContainEqual(expect.stringMatching(/^WARN users: can be read, but accounts .*403 Forbidden/))
  })

  it("names the stream whose endpoint alone rejects the credential", async () => {
    server.site.setFaults([{ kind: "status", status: 401, path: "/wiki/api/v2/attachments" }])
    const run = await check()
    expect(statusOf(run)).toMatchObject({
      status: "SUCCEEDED",
      message: expect.stringMatching(/streams can be read\. Missing: .*attachments \(attachments.*\)\.$/),
    })
    expectCounted(run, ["pages"], ["attachments"])
    expect(logsOf(run)).toContainEqual(expect.stringMatching(/^WARN attachments: cannot be read\..*401 Unauthorized/))
  })

  it("names what the config holds without effect", async () => {
    const filters = { spaces_include: [server.site.spaces[0]!.key] }
    const config: Row = { ...server.site.config(), num_worker: 3, filters }
    const credentials = { ...(config["credentials"] as Row), client_secret: "of-another-way" }
    const warned = logsOf(await check({ ...config, credentials })).filter((line) => line.startsWith("WARN"))
    expect(warned).toEqual([
      expect.stringMatching(/"credentials\.client_secret" has no effect/),
      expect.stringMatching(/"num_worker" is not known and has no effect: did you mean "num_workers"\?$/),
    ])
  })

  it("outlives a site that stumbles", async () => {
    server.site.setFaults([
      { kind: "reset", times: 2 },
      { kind: "status", status: 503, times: 2 },
    ])
    expect(statusOf(await check()).status).toBe("SUCCEEDED")
  })
})

describe("a check that fails", () => {
  it("says that a token is not known", async () => {
    expectFailed(await check(withToken("no-such-token")), /reject.*401.*expired or been revoked/)
  })

  it("sees an anonymous visitor on a site that lets visitors read", async () => {
    server.site.set({ anonymousAccess: true })
    expectFailed(await check(withToken("no-such-token")), /reject|anonymous/)
  })

  it("says that the account has no licence", async () => {
    expectFailed(await check(server.site.config("unlicensed")), /no Confluence licence/)
  })

  it("says what is wrong where no stream can be read", async () => {
    server.site.set({
      forbidden: [
        "/wiki/api/*",
        "/wiki/rest/api/group*",
        "/wiki/rest/api/search*",
        "/wiki/rest/api/template*",
        "/wiki/rest/api/audit",
      ],
    })
    expectFailed(await check(), /403 Forbidden/)
  })

  it("says that the account sees no space: there is nothing to read", async () => {
    server.site.set({ hiddenSpaceShare: 1 })
    expectFailed(await check(), /The account sees no space, so that there is nothing to read: give it/)
  })

  it("names all scopes that are missing where no stream can be read", async () => {
    server.site.set({ scopes: ["read:confluence-user"] })
    const run = await check(server.site.config("scoped"))
    expectFailed(run, /^No stream can be read\. .*Missing in all: /)
    const { message } = statusOf(run)
    for (const scope of ["space", "page", "comment", "attachment", "user"]) {
      expect(message).toContain(`the scope read:${scope}:confluence`)
    }
    expect(message).toMatch(/the scope read:confluence-groups .*\(groups, group_members\)/)
  })

  it("says that a host serves no Confluence", async () => {
    const other = createServer((_, response) =>
      response.writeHead(404, { "content-type": "text/html" }).end("<h1>No</h1>"),
    )
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve))
    const { port } = other.address() as AddressInfo
    const config = { ...server.site.config(), domain_name: `http://127.0.0.1:${port}` }
    const run = await check(config).finally(() => other.close())
    expectFailed(run, /serves no Confluence.*Check domain_name/)
  })

  it("says that nothing answers", async () => {
    const config = { ...server.site.config(), domain_name: "http://127.0.0.1:1" }
    const run = await check(config)
    expectFailed(run, /127\.0\.0\.1:1 gave no usable answer.*in 1 try.*connection refused/, "transient_error")
    expect(statusOf(run).message).toMatch(/Check the address and the network: .*proxy/)
    expect(statusOf(run).message).not.toMatch(/\bsync\b/)
  })

  it("follows no redirect", async () => {
    server.site.setFaults([{ kind: "redirect" }])
    expectFailed(await check(), /redirect.*attacker\.example.*Check domain_name/)
  })
})

describe("with --debug", () => {
  it.each(["classic", "oauth2.0"] as const)("each request is told, and no secret: %s", (kind) =>
    withFolder(async (folder) => {
      server.site.setFaults([{ kind: "status", status: 503, path: "/wiki/api/v2/attachments", times: 1 }])
      const config = server.site.config(kind)
      const args = ["check", ...writeInputs(folder, { config }), "--debug"]
      const run = await runConnector(args, { env: SHORT_PAUSES })
      expect(statusOf(run).status).toBe("SUCCEEDED")
      const told = logsOf(run).filter((line) => /^DEBUG (GET|POST) \S+: \d+, \d+ ms, try \d+$/.test(line))
      expect(told).toHaveLength(server.site.requests().length)
      const attachments = told.filter((line) => line.includes("/wiki/api/v2/attachments: "))
      expect(attachments).toEqual([
        expect.stringMatching(/attachments: 503, \d+ ms, try 1$/),
        expect.stringMatching(/attachments: 200, \d+ ms, try 2$/),
      ])
      const { api_token, client_secret, refresh_token } = config["credentials"] as Readonly<Record<string, string>>
      const logs = logsOf(run).join("\n")
      for (const secret of [api_token, client_secret, refresh_token]) {
        if (secret !== undefined) expect(logs).not.toContain(secret)
      }
      expect(logs).not.toMatch(/Basic |Bearer /)
    }),
  )

  it("and without it none is", async () => {
    expect(logsOf(await check()).filter((line) => line.startsWith("DEBUG"))).toEqual([])
  })
})

describe("discover", () => {
  const discover = async (config: unknown = server.site.config()) => {
    const run = await runCommand("discover", { config })
    expect(brokenRules(run.lines)).toEqual([])
    expect([run.stderr, run.exitCode]).toEqual(["", 0])
    return run
  }

  it("prints one catalog, the same every time, without asking the site", async () => {
    const first = await discover()
    expect(first.lines).toHaveLength(1)
    expect((await discover()).lines).toEqual(first.lines)
    expect(server.site.statistics().requests).toBe(0)
  })

  it("shows each stream with its schema, key and modes", async () => {
    const [message] = (await discover()).messages
    const streams = message!.catalog!.streams
    expect(streams.map(({ name }) => name)).toEqual(ALL_STREAMS)
    for (const { json_schema: schema, source_defined_primary_key: key = [], ...facts } of streams) {
      expect(facts).toMatchObject({
        supported_sync_modes: expect.arrayContaining(["full_refresh"]),
        source_defined_cursor: true,
        is_resumable: true,
      })
      expect(key.length).toBeGreaterThan(0)
      for (const [column, ...deeper] of key) {
        expect(schema.properties).toHaveProperty(column!)
        expect(deeper).toEqual([])
      }
    }
  })
})
