/** E-mail addresses in a run as the platform makes it: the export as a file, by http and as a text, and an organization. */
import { writeFileSync } from "node:fs"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type RunningSampleSite, startSampleSite } from "../../src/sample-site/server.ts"
import { errorsOf, type Row, SHORT_PAUSES, withFolder } from "../support/runConnector.ts"
import { startThief } from "../support/thief.ts"
import { catalogOf } from "./catalogs.ts"
import { CREDENTIALS, leaksOf, runWatched } from "./leaks.ts"

/** As hard to hide as the others (leaks.ts). */
const KEY = `0rGk3yVn8Sd/+=%2F"\\n&<b>'$\`:{}~Bq4Lw1Xe`
const SIGNATURE = "s1gN4tUr3-Hv9Tz6Km2Pd"
const SECRETS = { KEY, SIGNATURE, classicToken: CREDENTIALS.classicToken }

let server: RunningSampleSite
let files: Server
let filesUrl = ""
let served: () => Buffer = () => Buffer.alloc(0)
const asked: Array<Readonly<Record<string, unknown>>> = []

beforeAll(async () => {
  server = await startSampleSite({
    pages: 40,
    organization: true,
    credentials: { ...CREDENTIALS, organizationKey: KEY },
  })
  files = createServer((request, response) => {
    asked.push(request.headers)
    if (request.url?.includes("nowhere") === true) response.writeHead(404).end()
    else response.setHeader("content-encoding", "gzip").end(gzipSync(served()))
  })
  await new Promise<void>((resolve) => files.listen(0, "127.0.0.1", resolve))
  filesUrl = `http://127.0.0.1:${(files.address() as AddressInfo).port}`
})
afterAll(async () => {
  await server.close()
  await new Promise((resolve) => files.close(resolve))
})

const configOf = (change: Row): Row => ({ ...server.site.config(), ...change })
const read = (config: Row) =>
  runWatched("read", { config, catalog: catalogOf(["users", "spaces"]) }, { args: ["--debug"], env: SHORT_PAUSES })

type Run = Awaited<ReturnType<typeof read>>
const sourcesOf = (run: Run) => {
  const counts: Record<string, number> = {}
  for (const { record } of run.messages) {
    if (record?.stream === "users")
      counts[`${record.data["emailSource"]}`] = (counts[`${record.data["emailSource"]}`] ?? 0) + 1
  }
  return counts
}

/** The export with many more people than the site has. */
const longExport = () => {
  const [head, ...rows] = server.site.userExport().split("\r\n")
  const others = Array.from(
    { length: 50_000 },
    (_, at) => `712020:${at},"Else, ${at}",e${at}@northwind.example,Active,,,,`,
  )
  return [head, ...others, ...rows].join("\r\n")
}

describe("the export of users", () => {
  it("is read from a file, by http and as a text, alike", async () => {
    const text = longExport()
    served = () => Buffer.from(text)
    await withFolder(async (folder) => {
      const path = join(folder, "export-users.csv")
      writeFileSync(path, text)
      const expected = sourcesOf(await read(configOf({ user_emails_csv: path, organization: null })))
      expect(expected["csv"]).toBeGreaterThan(50)
      for (const user_emails_csv of [`${filesUrl}/export.csv?sig=${SIGNATURE}`, text]) {
        const run = await read(configOf({ user_emails_csv, organization: null }))
        expect(run.exitCode).toBe(0)
        expect(sourcesOf(run)).toEqual(expected)
        expect(leaksOf(run, SECRETS)).toEqual([])
      }
    })
    expect(asked.length).toBeGreaterThan(0)
    for (const headers of asked) expect(headers).not.toHaveProperty("authorization")
  })

  it.each([
    ["a folder", "/tmp", /"user_emails_csv"/],
    ["nothing", "/nowhere/export.csv", /\/nowhere\/export\.csv: there is no such file/],
    ["an address of nothing", `nowhere.csv?sig=${SIGNATURE}`, /no such file \(status 404\)/],
  ])("that cannot be read is told without its signature: %s", async (_, given, why) => {
    const user_emails_csv = given.startsWith("nowhere") ? `${filesUrl}/${given}` : given
    const run = await read(configOf({ user_emails_csv, organization: null }))
    expect(run.exitCode).toBe(1)
    expect(errorsOf(run)).toMatchObject([{ failure_type: "config_error", stream_descriptor: { name: "users" } }])
    expect(errorsOf(run)[0]!.message).toMatch(why)
    expect(leaksOf(run, SECRETS)).toEqual([])
  })
})

describe("the key of the organization", () => {
  it("opens the organization", async () => {
    expect(sourcesOf(await read(configOf({})))["organization"]).toBeGreaterThan(50)
  })

  it.each([
    [400, "application/json"],
    [401, "text/html"],
    [403, "application/json"],
    [503, "text/plain"],
    [200, "application/json"],
  ])("is nowhere in the output where its API answers %i and repeats it (%s)", async (status, type) => {
    const usual = server.site.handle.bind(server.site)
    server.site.handle = (request) => {
      if (!request.path.startsWith("/admin/")) return usual(request)
      const said = `${request.headers["authorization"]} ${Buffer.from(KEY).toString("base64")}`
      const body = type === "application/json" ? JSON.stringify({ errors: [{ title: said, detail: said }] }) : said
      return { status, headers: { "content-type": type }, body, delayMs: 0, finished: () => {} }
    }
    const run = await read(configOf({}))
    Reflect.deleteProperty(server.site, "handle")
    expect(errorsOf(run)).toMatchObject([{ stream_descriptor: { name: "users" } }])
    expect(errorsOf(run)[0]!.message).toContain('"organization')
    expect(leaksOf(run, SECRETS)).toEqual([])
  })

  const next = (url: string) => JSON.stringify({ data: [], links: { next: `${url}/admin/v1/orgs/x/users?cursor=1` } })
  it.each([
    ["a redirect", (location: string) => ({ kind: "redirect", location }) as const],
    ["a redirect that keeps the method", (location: string) => ({ kind: "redirect", location, status: 307 }) as const],
    ["a next link", (url: string) => ({ kind: "not-a-list", body: next(url) }) as const],
  ])("goes nowhere else by %s", async (_, faultOf) => {
    const thief = await startThief()
    server.site.setFaults([{ ...faultOf(thief.url), path: "/admin/*" }])
    const run = await read(configOf({}))
    server.site.setFaults([])
    const taken = thief.taken()
    await thief.close()
    expect(errorsOf(run).length).toBeGreaterThan(0)
    expect(leaksOf(run, SECRETS)).toEqual([])
    expect(taken).toEqual([])
  })
})
