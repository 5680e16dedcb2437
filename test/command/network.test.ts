/** `check`, `discover` and `read` through the executable, in networks with proxies and authorities of their own. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { type RunningSampleSite, startSampleSite } from "../../src/sample-site/server.ts"
import { brokenRules } from "../support/protocolRules.ts"
import { CA_FILE, cuttingProxy, openingProxy, type Proxy, refusingProxy } from "../support/proxies.ts"
import { errorsOf, logsOf, recordsOf, type Row, runCommand, SHORT_PAUSES } from "../support/runConnector.ts"
import { catalogOf } from "./catalogs.ts"

let server: RunningSampleSite
beforeAll(async () => {
  server = await startSampleSite({ pages: 20 })
})
afterAll(() => server.close())
beforeEach(() => server.site.reset())

let proxy: Proxy | undefined
afterEach(() => proxy?.close())

/** The config for a site that is not on this machine. */
const away = (domain_name = "acme.atlassian.net"): Row => ({
  domain_name,
  credentials: server.site.config()["credentials"],
})

const run = async (command: "check" | "discover" | "read", config: Row, env: Readonly<Record<string, string>> = {}) => {
  const catalog = command === "read" ? { catalog: catalogOf(["spaces", "groups"]) } : {}
  const ran = await runCommand(command, { config, ...catalog }, { env: { ...SHORT_PAUSES, ...env } })
  expect(brokenRules(ran.lines, catalog)).toEqual([])
  expect([ran.stderr, ran.unfinished]).toEqual(["", ""])
  return ran
}

describe("a proxy", () => {
  it("is gone through where its address has no scheme", async () => {
    proxy = await cuttingProxy()
    const ran = await run("check", away(), { HTTPS_PROXY: proxy.host })
    expect(new Set(proxy.connects)).toEqual(new Set(["acme.atlassian.net:443"]))
    expect(errorsOf(ran)).toMatchObject([
      { failure_type: "transient_error", message: expect.stringContaining(`at the proxy ${proxy.host} (HTTPS_PROXY)`) },
    ])
    expect(errorsOf(ran)[0]!.message).not.toMatch(/\bsync\b/)
  })

  it.each([407, 403])("that answers %i is named, and asked by no request twice", async (status) => {
    proxy = await refusingProxy(status)
    for (const command of ["check", "read"] as const) {
      proxy.connects.length = 0
      const ran = await run(command, away(), { HTTPS_PROXY: `http://ada:hidden-word@${proxy.host}` })
      expect(errorsOf(ran)).toMatchObject([
        {
          failure_type: "config_error",
          message: expect.stringMatching(new RegExp(`^The proxy ${proxy.host} .*${status}`)),
        },
      ])
      // The site, and without the credential its cloud id.
      expect(proxy.connects.length).toBeLessThanOrEqual(2)
      expect(ran.lines.join("\n")).not.toContain("hidden-word")
    }
  })

  it.each(["ftp://ada:hidden-word@proxy", "http://ada:%zz@proxy:1", "pro xy"])(
    "that is none (%s) is a config error of what needs it, and nothing to discover",
    async (value) => {
      const ran = await run("check", away(), { HTTPS_PROXY: value })
      expect(errorsOf(ran)).toMatchObject([
        { failure_type: "config_error", message: expect.stringMatching(/HTTPS_PROXY is not the address of a proxy/) },
      ])
      expect(ran.lines.join("\n")).not.toContain("hidden-word")
      const discovered = await run("discover", away(), { HTTPS_PROXY: value })
      expect([discovered.exitCode, discovered.messages[0]?.type]).toEqual([0, "CATALOG"])
    },
  )

  it("that opens TLS is told by its certificate, at once", async () => {
    proxy = await openingProxy(server.url)
    for (const command of ["check", "read"] as const) {
      proxy.connects.length = 0
      const ran = await run(command, away(), { HTTPS_PROXY: proxy.host })
      expect(errorsOf(ran)).toMatchObject([
        {
          failure_type: "config_error",
          message: expect.stringMatching(
            /^The certificate of acme\.atlassian\.net is not trusted.*a proxy that opens TLS.*NODE_EXTRA_CA_CERTS/,
          ),
        },
      ])
      expect(proxy.connects.length).toBeLessThanOrEqual(2)
      expect(proxy.opened).toEqual([])
    }
  })

  it("that opens TLS is told apart from a file of authorities that does not help", async () => {
    proxy = await openingProxy(server.url)
    const env = { HTTPS_PROXY: proxy.host, NODE_EXTRA_CA_CERTS: "/no/such/file.pem" }
    const ran = await runCommand("check", { config: away() }, { env: { ...SHORT_PAUSES, ...env } })
    expect(errorsOf(ran)).toMatchObject([
      {
        message: expect.stringMatching(
          /not trusted .*in the file that .* NODE_EXTRA_CA_CERTS names; or .* cannot read/,
        ),
      },
    ])
  })

  it("that opens TLS with a certificate for other hosts is told, and ends the tries", async () => {
    proxy = await openingProxy(server.url)
    const env = { HTTPS_PROXY: proxy.host, NODE_EXTRA_CA_CERTS: CA_FILE }
    const ran = await run("check", away("acme.jira.com"), env)
    expect(errorsOf(ran)).toMatchObject([
      {
        failure_type: "config_error",
        message: expect.stringMatching(/^The certificate of acme\.jira\.com is not trusted/),
      },
    ])
    expect(proxy.opened).toEqual([])
    expect(proxy.connects.length).toBeLessThanOrEqual(2)
  })

  it("that opens TLS is gone through with its authority in NODE_EXTRA_CA_CERTS", async () => {
    proxy = await openingProxy(server.url)
    const ran = await run("read", away(), { HTTPS_PROXY: proxy.host, NODE_EXTRA_CA_CERTS: CA_FILE })
    expect(errorsOf(ran)).toEqual([])
    expect(recordsOf(ran, "spaces").length).toBeGreaterThan(0)
    expect(new Set(proxy.opened.map(({ host }) => host))).toEqual(new Set(["acme.atlassian.net"]))
  })

  it("and an address of the site's own: the token goes to Atlassian's gateway alone", async () => {
    proxy = await openingProxy(server.url)
    const config = { ...away("wiki.example"), credentials: server.site.config("scoped")["credentials"] }
    const ran = await run("read", config, { HTTPS_PROXY: proxy.host, NODE_EXTRA_CA_CERTS: CA_FILE })
    expect(errorsOf(ran)).toEqual([])
    expect(recordsOf(ran, "spaces").length).toBeGreaterThan(0)
    expect(proxy.opened.filter(({ host }) => host === "wiki.example")).toEqual([
      { host: "wiki.example", asked: "GET /_edge/tenant_info", authorization: undefined },
    ])
  })
})

describe("a mistyped address", () => {
  it("whose owner would like a token gets none", async () => {
    proxy = await openingProxy((_, response) => {
      response.setHeader("content-type", "application/json")
      response.end(JSON.stringify({ type: "known", accountId: "thief", results: [] }))
    })
    const ran = await run("check", away("acme.atlasian.net"), { HTTPS_PROXY: proxy.host, NODE_EXTRA_CA_CERTS: CA_FILE })
    expect(errorsOf(ran)).toMatchObject([
      {
        failure_type: "config_error",
        message: expect.stringMatching(/acme\.atlasian\.net is no Confluence Cloud site.*such as acme\.atlassian\.net/),
      },
    ])
    expect(proxy.opened.length).toBeGreaterThan(0)
    expect(proxy.opened.filter(({ authorization }) => authorization !== undefined)).toEqual([])
  })

  it.each([
    ["web pages", { "content-type": "text/html" }, 200, /answers with web pages/],
    [
      "a redirect to a login page",
      { location: "https://login.corp.example/" },
      302,
      /redirect \(302\) to login\.corp\.example/,
    ],
  ] as const)("that is answered with %s is told after one try", async (_, headers, status, says) => {
    proxy = await openingProxy((_request, response) => response.writeHead(status, headers).end("<html>Welcome</html>"))
    const ran = await run("check", away(), { HTTPS_PROXY: proxy.host, NODE_EXTRA_CA_CERTS: CA_FILE })
    expect(errorsOf(ran)).toMatchObject([{ failure_type: "config_error", message: expect.stringMatching(says) }])
    expect(proxy.opened.filter(({ asked }) => asked.endsWith("/user/current"))).toHaveLength(1)
  })

  it("that has no host is told at once by check, and by read in a LOG line before it is tried again", async () => {
    const nowhere = away("no-such-site.invalid")
    const checked = await run("check", nowhere)
    expect(errorsOf(checked)[0]!.message).toMatch(/There is no host|no DNS server answered/)
    expect(logsOf(checked).filter((line) => line.includes("asked again"))).toEqual([])
    const read = await run("read", nowhere)
    const told = logsOf(read).filter((line) => line.includes("It is asked again"))
    expect(told).toEqual([expect.stringMatching(/^WARN no-such-site\.invalid gave no usable answer/)])
    expect(told[0]).not.toMatch(/\bsync\b/)
  })
})

describe("what fails while the command is prepared", () => {
  const PREPARING = `--import=${new URL("preparing.ts", import.meta.url).href}`
  it.each([0, 1])("ends with a TRACE ERROR: after %i looks at the environment", async (looks) => {
    const env = { NODE_OPTIONS: PREPARING, READ_AT_MOST: `${looks}` }
    const ran = await run("discover", away(), env)
    expect(ran.exitCode).toBe(1)
    expect(errorsOf(ran)).toMatchObject([
      { failure_type: "system_error", internal_message: expect.stringContaining("the environment is gone") },
    ])
  })
})
