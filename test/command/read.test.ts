/** `read` through the executable: all rows of a site, in each way in which a platform may ask for them. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { type RunningSampleSite, startSampleSite } from "../../src/sample-site/server.ts"
import { OF_CONTENTS } from "../support/ofContents.ts"
import { brokenRules } from "../support/protocolRules.ts"
import {
  type ConnectorRun,
  errorsOf,
  type InputFiles,
  lastStatesOf,
  logsOf,
  recordsOf,
  runCommand,
  SHORT_PAUSES,
  statusesOf,
} from "../support/runConnector.ts"
import { ALL_STREAMS, asPlatformWritesIt, catalogOf } from "./catalogs.ts"
import { expectRowsOfSite } from "./siteTruth.ts"

let server: RunningSampleSite
beforeAll(async () => {
  server = await startSampleSite({ pages: 300 })
})
afterAll(() => server.close())
beforeEach(() => server.site.reset())

/** All streams that lists hold, and one of those that ask each content. */
const MOST_STREAMS = ALL_STREAMS.filter((stream) => stream === "likes" || !OF_CONTENTS.has(stream))

/** A few, of several kinds. */
const SOME_STREAMS = ["spaces", "pages", "comments", "users", "groups", "group_members", "content_labels", "folders"]

const expectWholeRead = (run: ConnectorRun, catalog = catalogOf(ALL_STREAMS)): void => {
  expect(brokenRules(run.lines, { catalog })).toEqual([])
  expect({ ...run, lines: [], messages: [] }).toEqual({
    lines: [],
    messages: [],
    unfinished: "",
    stderr: "",
    exitCode: 0,
    signal: null,
  })
}

const readAll = (files: InputFiles = {}, catalog = catalogOf(ALL_STREAMS)) =>
  runCommand("read", { config: server.site.config(), catalog, ...files })

/** How often a query parameter had this value in the requests for a path. */
const asked = (path: string, parameter: string): ReadonlyArray<string | null> =>
  server.site
    .requests()
    .map(({ address }) => new URL(address, server.url))
    .filter(({ pathname }) => pathname.endsWith(path))
    .map(({ searchParams }) => searchParams.get(parameter))

describe("a read of all streams", () => {
  let run: ConnectorRun
  beforeAll(async () => {
    run = await readAll()
  })

  it("emits every row of every stream once, with the values of the site", () => {
    expectWholeRead(run)
    for (const stream of ALL_STREAMS) expectRowsOfSite(server.site, stream, recordsOf(run, stream))
  })

  it("has the description and the icon of every space", () => {
    for (const space of recordsOf(run, "spaces")) {
      expect(space["description"]).toMatchObject({ plain: { representation: "plain", value: expect.any(String) } })
      expect(space["icon"]).toMatchObject({ path: expect.any(String) })
    }
  })

  it("adds to pages the time of their last change", () => {
    for (const page of recordsOf(run, "pages")) {
      const { createdAt } = page["version"] as { readonly createdAt: string }
      expect([page["updatedAt"], page["changedAt"]]).toEqual([createdAt, createdAt])
    }
  })

  it("tells for each comment, replies too, its kind and the content that it hangs on", () => {
    const content = new Set(["pages", "blog_posts"].flatMap((name) => recordsOf(run, name).map((row) => row["id"])))
    const comments = recordsOf(run, "comments")
    for (const comment of comments) {
      if (comment["pageId"] ?? comment["blogPostId"])
        expect(comment["containerId"]).toBe(comment["pageId"] ?? comment["blogPostId"])
      expect(content).toContain(comment["containerId"])
    }
    expect(new Set(comments.map((row) => row["commentType"]))).toEqual(new Set(["footer", "inline"]))
    expect(new Set(comments.map((row) => row["containerType"]))).toEqual(new Set(["page", "blogpost"]))
    expect(comments.some((row) => row["parentCommentId"] !== null)).toBe(true)
  })

  it("tells where the email of a user comes from", () => {
    const sources = new Set(recordsOf(run, "users").map((user) => `${user["emailSource"]} ${Boolean(user["email"])}`))
    expect(sources).toEqual(new Set(["profile true", "null false"]))
  })

  it("has a row for every account that any row names", () => {
    const known = new Set(recordsOf(run, "users").map((user) => user["accountId"]))
    const named = ["spaces", "pages", "blog_posts", "comments", "attachments", "group_members"].flatMap((stream) =>
      recordsOf(run, stream).flatMap((row) => [
        row["authorId"],
        row["ownerId"],
        row["lastOwnerId"],
        row["accountId"],
        (row["version"] as { readonly authorId?: unknown } | undefined)?.authorId,
      ]),
    )
    expect(named.filter((id) => id !== null && id !== undefined && !known.has(id))).toEqual([])
  })

  it("notes in a record what of its text no destination could take", () => {
    const odd = new Set(
      server.site
        .truth("pages")
        .filter((row) => /\\u(?:d[89a-f]|0000)/.test(JSON.stringify(row)))
        .map((row) => row["id"]),
    )
    expect(odd.size).toBeGreaterThan(0)
    for (const { record } of run.messages) {
      if (record?.stream !== "pages") continue
      const change = { change: "TRUNCATED", reason: "SOURCE_SERIALIZATION_ERROR", field: "title" }
      if (odd.has(record.data["id"])) expect(record.meta).toEqual({ changes: expect.arrayContaining([change]) })
      else expect(record.meta).toBeUndefined()
    }
  })
})

describe("a read", () => {
  it("reads through Atlassian's gateway with a token that has scopes", async () => {
    const run = await readAll({ config: server.site.config("scoped") })
    expectWholeRead(run)
    for (const stream of ALL_STREAMS) expectRowsOfSite(server.site, stream, recordsOf(run, stream))
    const onSite = server.site.requests().filter(({ address }) => !address.startsWith("/ex/confluence/"))
    expect(onSite.map(({ address, status }) => `${address} ${status}`)).toEqual([
      "/wiki/rest/api/user/current 401",
      "/_edge/tenant_info 200",
    ])
  })

  it("takes the config of Airbyte's own connector", async () => {
    const { email, classicToken } = server.site.credentials
    const config = { domain_name: server.url, email, api_token: classicToken, num_workers: 3 }
    const catalog = catalogOf(SOME_STREAMS)
    const run = await readAll({ config }, catalog)
    expectWholeRead(run, catalog)
    expectRowsOfSite(server.site, "pages", recordsOf(run, "pages"))
    expect(server.site.statistics().mostInFlight).toBeLessThanOrEqual(3)
  })

  it("takes files with nulls for every optional field and with a byte order mark", async () => {
    const config = {
      ...server.site.config(),
      filters: null,
      body_format: null,
      custom_content_types: null,
      attachments: null,
      reconcile_interval_hours: null,
      lookback_minutes: null,
      max_deletion_percent: null,
      user_emails_csv: null,
      organization: null,
      num_workers: null,
      unknown_to_us: null,
    }
    const catalog = catalogOf(SOME_STREAMS)
    const state = [
      {
        type: "STREAM",
        stream: { stream_descriptor: { name: "pages", namespace: null }, stream_state: null },
        global: null,
      },
    ]
    const marked = (value: unknown) => `\uFEFF${JSON.stringify(value, undefined, 2)}\r\n`
    const run = await readAll({
      config: marked(config),
      catalog: marked(asPlatformWritesIt(catalog)),
      state: marked(state),
    })
    expectWholeRead(run, catalog)
    expectRowsOfSite(server.site, "pages", recordsOf(run, "pages"))
  })

  it("accepts the sync mode incremental for a stream of full refresh, and reads it anew after a finished sync", async () => {
    const catalog = catalogOf(["groups", "spaces"], { syncMode: "incremental" })
    const first = await readAll({}, catalog)
    expectWholeRead(first, catalog)
    const again = await readAll({ state: lastStatesOf(first) }, catalog)
    expectWholeRead(again, catalog)
    for (const run of [first, again]) {
      for (const stream of ["groups", "spaces"]) expectRowsOfSite(server.site, stream, recordsOf(run, stream))
    }
  })

  it("sends of an incremental stream what has changed since its state", async () => {
    const catalog = catalogOf(["pages"], { syncMode: "incremental" })
    const first = await readAll({}, catalog)
    expectWholeRead(first, catalog)
    const edited = server.site.truth("pages").find((page) => page["status"] === "current")
    server.site.edit(String(edited!["id"]), { body: "<p>Something else</p>" })
    const created = server.site.create({ title: "A page of today" })
    const next = await readAll({ state: lastStatesOf(first) }, catalog)
    expectWholeRead(next, catalog)
    expect(
      recordsOf(next, "pages")
        .map((page) => page["id"])
        .sort(),
    ).toEqual([created, edited!["id"]].sort())
    expectRowsOfSite(server.site, "pages", [...recordsOf(first, "pages"), ...recordsOf(next, "pages")])
  })

  it("sends nothing again where a full refresh goes on from states that its own job has finished", async () => {
    const catalog = catalogOf(MOST_STREAMS)
    const asJob = (id: string, state?: unknown) =>
      runCommand(
        "read",
        { config: server.site.config(), catalog, ...(state === undefined ? {} : { state }) },
        { env: { WORKER_JOB_ID: id } },
      )
    const first = await asJob("41")
    const again = await asJob("41", lastStatesOf(first))
    expectWholeRead(again, catalog)
    expect(again.messages.filter(({ type }) => type === "RECORD")).toEqual([])
    const other = await asJob("42", lastStatesOf(first))
    expectWholeRead(other, catalog)
    for (const stream of MOST_STREAMS) expectRowsOfSite(server.site, stream, recordsOf(other, stream))
  })

  it("sends all rows again to whoever hands the states of a full refresh back by hand", async () => {
    const catalog = catalogOf(MOST_STREAMS)
    const first = await readAll({}, catalog)
    const again = await readAll({ state: lastStatesOf(first) }, catalog)
    expectWholeRead(again, catalog)
    for (const stream of MOST_STREAMS) expectRowsOfSite(server.site, stream, recordsOf(again, stream))
  })

  it("repeats the namespace that the catalog gives to a stream", async () => {
    const catalog = catalogOf(SOME_STREAMS, { namespace: "wiki" })
    expectWholeRead(await readAll({}, catalog), catalog)
  })

  it("emits the selected columns alone, and does not ask for a body that is not selected", async () => {
    const columns = ["id", "title", "version"]
    const catalog = catalogOf(["pages", "comments"], { columns })
    const run = await readAll({}, catalog)
    expectWholeRead(run, catalog)
    expectRowsOfSite(server.site, "pages", recordsOf(run, "pages"), { columns })
    expect(new Set(asked("/pages", "body-format"))).toEqual(new Set([null]))
    expect(new Set(asked("/footer-comments", "body-format"))).toEqual(new Set([null]))
  })

  it("reads a stream none of whose key columns is selected", async () => {
    const catalog = catalogOf(["pages"], { columns: ["title"] })
    const run = await readAll({}, catalog)
    expectWholeRead(run, catalog)
    expect(recordsOf(run, "pages")).toHaveLength(server.site.truth("pages", { bodyFormat: null }).length)
    expect(new Set(recordsOf(run, "pages").flatMap((row) => Object.keys(row)))).toEqual(new Set(["title"]))
  })

  it("asks for bodies in the format that the config names", async () => {
    const catalog = catalogOf(["blog_posts", "comments"])
    const config = { ...server.site.config(), body_format: "atlas_doc_format" }
    const run = await readAll({ config }, catalog)
    expectWholeRead(run, catalog)
    for (const stream of ["blog_posts", "comments"])
      expectRowsOfSite(server.site, stream, recordsOf(run, stream), { bodyFormat: "atlas_doc_format" })
  })

  it("asks for no bodies where the config says none", async () => {
    const catalog = catalogOf(["blog_posts", "comments"])
    const run = await readAll({ config: { ...server.site.config(), body_format: "none" } }, catalog)
    expectWholeRead(run, catalog)
    expect(new Set(asked("/blogposts", "body-format"))).toEqual(new Set([null]))
    for (const stream of ["blog_posts", "comments"])
      expectRowsOfSite(server.site, stream, recordsOf(run, stream), { bodyFormat: null })
  })

  it("names what the config holds without effect", async () => {
    const files = { config: { ...server.site.config(), lookback_minute: 3 }, catalog: catalogOf(["groups"]) }
    const run = await runCommand("read", files)
    expectWholeRead(run, files.catalog)
    expect(logsOf(run).filter((text) => text.startsWith("WARN "))).toEqual([
      expect.stringMatching(/"lookback_minute" is not known and has no effect: did you mean "lookback_minutes"\?$/),
    ])
  })

  it("writes what LOG_LEVEL asks for, and keeps to the protocol with it", async () => {
    const files = { config: server.site.config(), catalog: catalogOf(["groups"]) }
    server.site.setFaults([{ kind: "html", path: "/wiki/rest/api/group", times: 1 }])
    const run = await runCommand("read", files, { env: { LOG_LEVEL: "debug", ...SHORT_PAUSES } })
    expectWholeRead(run, files.catalog)
    const debug = logsOf(run).filter((text) => text.startsWith("DEBUG "))
    const tries = debug.filter((text) => /^DEBUG GET \S+: \d+, \d+ ms, try [12]$/.test(text))
    expect(tries).toHaveLength(server.site.requests().length)
    expect(debug.filter((text) => !tries.includes(text))).toEqual([expect.stringContaining("; try 2 follows in ")])
    const quiet = await runCommand("read", files, { env: { LOG_LEVEL: "ERROR" } })
    expect(logsOf(quiet)).toEqual([])
  })
})

describe("a catalog with a stream that there is not", () => {
  it("costs that stream alone", async () => {
    const catalog = catalogOf(["labels_of_old", "groups"])
    const run = await readAll({}, catalog)
    expect(brokenRules(run.lines, { catalog })).toEqual([])
    expect(statusesOf(run, "labels_of_old")).toEqual(["STARTED", "INCOMPLETE"])
    expect(statusesOf(run, "groups")).toEqual(["STARTED", "RUNNING", "COMPLETE"])
    expectRowsOfSite(server.site, "groups", recordsOf(run, "groups"))
    expect(errorsOf(run)).toEqual([
      {
        message: expect.stringMatching(/"labels_of_old".*the streams are spaces, pages, /),
        failure_type: "config_error",
        stream_descriptor: { name: "labels_of_old" },
      },
    ])
    expect(run.exitCode).toBe(1)
  })
})
