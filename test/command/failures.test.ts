/** `read` through the executable where the site refuses or fails: what fails in one stream stays there. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import type { Fault } from "../../src/sample-site/Fault.ts"
import { type RunningSampleSite, startSampleSite } from "../../src/sample-site/server.ts"
import { brokenRules } from "../support/protocolRules.ts"
import {
  type ConfiguredCatalog,
  type ConnectorRun,
  errorsOf,
  lastStatesOf,
  logsOf,
  recordsOf,
  type Row,
  runCommand,
  SHORT_PAUSES,
  statusesOf,
} from "../support/runConnector.ts"
import { catalogOf } from "./catalogs.ts"
import { expectRowsOfSite } from "./siteTruth.ts"

let server: RunningSampleSite
beforeAll(async () => {
  server = await startSampleSite({ pages: 400 })
})
afterAll(() => server.close())
beforeEach(() => {
  server.site.reset()
  // Lists of several pages, however small the site is.
  server.site.set({ maxPageSize: 60 })
})

/** Enough to see that what fails in one stays there; each of the others fails in a test of its own. */
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
  "labels",
]
const catalog = catalogOf(STREAMS)
const read = async (
  kind: "classic" | "scoped" = "classic",
  files: { readonly config?: Row; readonly state?: unknown; readonly catalog?: ConfiguredCatalog } = {},
) => {
  const given = { config: server.site.config(kind), catalog, ...files }
  const run = await runCommand("read", given, { env: SHORT_PAUSES })
  expect(brokenRules(run.lines, { catalog: given.catalog })).toEqual([])
  expect([run.unfinished, run.stderr]).toEqual(["", ""])
  return run
}

const COMMENTS = "/wiki/api/v2/footer-comments"

/** The named streams are INCOMPLETE and explained; all others are complete and equal to the site. */
const expectIncomplete = (run: ConnectorRun, ...incomplete: ReadonlyArray<string>): void => {
  for (const stream of STREAMS) {
    expect(`${stream} ${statusesOf(run, stream).at(-1)}`).toBe(
      `${stream} ${incomplete.includes(stream) ? "INCOMPLETE" : "COMPLETE"}`,
    )
    // Accounts that only an incomplete stream names are missing among the users.
    if (!incomplete.includes(stream) && stream !== "users")
      expectRowsOfSite(server.site, stream, recordsOf(run, stream))
  }
  expect(errorsOf(run).map((error) => error.stream_descriptor?.name)).toEqual([...incomplete])
  expect(logsOf(run).at(-1)).toContain(`Read ${STREAMS.length - incomplete.length} of ${STREAMS.length} streams`)
  expect(run.exitCode).toBe(1)
}

describe("a stream that fails", () => {
  const failing: ReadonlyArray<readonly [string, Fault, string, RegExp]> = [
    ["is refused with 403", { kind: "status", status: 403 }, "config_error", /403 Forbidden.*read:comment:confluence/],
    ["is gone with 410", { kind: "status", status: 410 }, "system_error", /410 Gone/],
    ["fails with 500 every time", { kind: "status", status: 500 }, "transient_error", /the last one: the status 500/],
    [
      "is answered with web pages every time",
      { kind: "html", status: 200 },
      "transient_error",
      /a web page instead of JSON/,
    ],
    ["is cut off every time", { kind: "truncated-json" }, "transient_error", /JSON that is not whole/],
    ["is led in a circle", { kind: "repeated-cursor" }, "system_error", /leads back to a page that was read before/],
    ["is redirected", { kind: "redirect" }, "system_error", /redirect \(302\) to attacker\.example/],
  ]
  it.each(failing)("is INCOMPLETE where it %s, and the others go on", async (_, fault, failureType, message) => {
    server.site.setFaults([{ ...fault, path: COMMENTS }])
    const run = await read()
    expectIncomplete(run, "comments")
    expect(errorsOf(run)[0]).toMatchObject({ failure_type: failureType, message: expect.stringMatching(message) })
  })

  it("is read to its end by a sync that goes on from the states of the failed one", async () => {
    server.site.setFaults([{ kind: "status", status: 403, path: COMMENTS, after: 1 }])
    const failed = await read()
    expectIncomplete(failed, "comments")
    server.site.setFaults([])
    const next = await read("classic", { state: lastStatesOf(failed) })
    expect(next.exitCode).toBe(0)
    const comments = [failed, next].flatMap((run) => recordsOf(run, "comments"))
    expectRowsOfSite(server.site, "comments", comments)
  })

  it("costs nothing else where the list fails that others need too", async () => {
    server.site.setFaults([{ kind: "status", status: 403, path: "/wiki/rest/api/group", times: 1 }])
    expectIncomplete(await read(), "groups")
  })

  it("is INCOMPLETE for want of a scope, and the error names the scope", async () => {
    server.site.set({
      scopes: [
        "read:space:confluence",
        "read:page:confluence",
        "read:attachment:confluence",
        "read:user:confluence",
        "read:group:confluence",
        "read:content-details:confluence",
        "read:space.permission:confluence",
        "read:configuration:confluence",
        "read:label:confluence",
        "read:template:confluence",
        "read:task:confluence",
        "read:audit-log:confluence",
        "read:confluence-content.all",
        "read:content.metadata:confluence",
        "read:custom-content:confluence",
        ...["folder", "whiteboard", "database", "embed"].map((type) => `read:${type}:confluence`),
      ],
    })
    const run = await read("scoped")
    expectIncomplete(run, "comments")
    expect(errorsOf(run)[0]!.message).toContain("read:comment:confluence")
  })
})

describe("a credential that is rejected in the middle", () => {
  it("stops every stream that is not complete, as a config error", async () => {
    server.site.setFaults([{ kind: "status", status: 401, after: 6 }])
    // Few at once: what is in flight when the first is rejected cannot know of it.
    const run = await read("classic", { config: { ...server.site.config(), num_workers: 3 } })
    expect(run.exitCode).toBe(1)
    const incomplete = STREAMS.filter((stream) => statusesOf(run, stream).at(-1) === "INCOMPLETE")
    expect(incomplete).toEqual(expect.arrayContaining(["pages", "blog_posts", "users"]))
    expect(
      errorsOf(run)
        .map((error) => error.stream_descriptor?.name)
        .sort(),
    ).toEqual([...incomplete].sort())
    for (const error of errorsOf(run)) {
      expect(error).toMatchObject({
        failure_type: "config_error",
        message: expect.stringMatching(/401.*expired or been revoked/),
      })
    }
    const rejected = server.site.requests().filter(({ status }) => status === 401)
    expect(rejected.length).toBeLessThanOrEqual(8)
  })
})

describe("a site that stumbles", () => {
  it("costs time and no row", async () => {
    // One in six answers is bad: so often that tries are needed, and so seldom that six in a row do not happen by chance.
    server.site.setFaults([
      { kind: "reset", probability: 0.04 },
      { kind: "truncated-json", probability: 0.04 },
      { kind: "html", status: 502, probability: 0.04 },
      { kind: "status", status: 503, probability: 0.04 },
    ])
    const run = await read()
    expect(run.exitCode).toBe(0)
    for (const stream of STREAMS) expectRowsOfSite(server.site, stream, recordsOf(run, stream))
  })

  it("is waited for where it limits the rate, and the streams say so", async () => {
    server.site.setFaults([
      { kind: "rate-limit", path: "/wiki/api/v2/spaces", waitMs: 1_000, form: "seconds", times: 1 },
    ])
    // One at a time, so that no request crosses the refusal on its way, however busy the machine is.
    const config = { ...server.site.config(), num_workers: 1 }
    const run = await read("classic", { config, catalog: catalogOf(["spaces", "groups"]) })
    expect(run.exitCode).toBe(0)
    for (const stream of ["spaces", "groups"]) expectRowsOfSite(server.site, stream, recordsOf(run, stream))
    const held = run.messages.flatMap(({ trace }) => trace?.stream_status?.reasons ?? [])
    expect(held).toContainEqual({ type: "RATE_LIMITED", rate_limited: { quota_reset: expect.any(Number) } })
    expect(server.site.statistics()).toMatchObject({ early: 0, rateLimited: 1 })
  })
})
