/** Settings that would send a credential over an open line, or into Airbyte Cloud's own network, send nothing at all. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest"
import { type RunningSampleSite, startSampleSite } from "../../src/sample-site/server.ts"
import { errorsOf, type Row, runCommand, SHORT_PAUSES } from "../support/runConnector.ts"
import { startThief, type Thief } from "../support/thief.ts"
import { catalogOf } from "./catalogs.ts"
import { CREDENTIALS, leaksOf, secretsOf } from "./leaks.ts"
import { runOffline } from "./runOffline.ts"

let server: RunningSampleSite
let thief: Thief
beforeAll(async () => {
  server = await startSampleSite({ pages: 20, credentials: CREDENTIALS })
  thief = await startThief()
})
afterAll(() => Promise.all([server.close(), thief.close()]))
afterEach(() => thief.forget())

const portOf = (url: string) => new URL(url).port

/** Every way out leads to the thief, but the one to loopback. */
const proxies = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY", "all_proxy"].map((name) => [
      name,
      thief.url,
    ]),
  )

const check = (config: Row, env: Readonly<Record<string, string>> = {}) =>
  runCommand("check", { config }, { env: { ...SHORT_PAUSES, ...proxies(), LOG_LEVEL: "TRACE", ...env } })

/** The settings that name a host, each changed to this address. */
const hosts: Readonly<Record<string, (address: string) => Row>> = {
  domain_name: (domain_name) => ({ ...server.site.config(), domain_name }),
  "endpoints.gateway": (gateway) => changed("scoped", { gateway }),
  "endpoints.auth": (auth) => changed("oauth2.0", { auth }),
  "endpoints.auth of a service account": (auth) => changed("service_account", { auth }),
  "endpoints.admin": (admin) => changed("classic", { admin }),
}
const changed = (kind: "classic" | "scoped" | "oauth2.0" | "service_account", endpoint: Row): Row => {
  const config = server.site.config(kind)
  return { ...config, endpoints: { ...(config["endpoints"] as Row), ...endpoint } }
}

/** Refused in this process, where the first request would be a fault. For what is too much to start a process for each. */
const refusedOffline = async (config: Row, what: string, deploymentMode?: string): Promise<void> => {
  const run = await runOffline("check", { config }, deploymentMode)
  expect(errorsOf(run), what).toMatchObject([{ failure_type: "config_error", message: expect.stringMatching(/"/) }])
}

/** Refused by the executable, which goes nowhere with it. */
const refused = async (config: Row, what: string, env?: Readonly<Record<string, string>>): Promise<void> => {
  const run = await check(config, env)
  expect(errorsOf(run), what).toMatchObject([{ failure_type: "config_error" }])
  expect(run.messages.at(-1), what).toMatchObject({ connectionStatus: { status: "FAILED" } })
  expect(thief.taken(), what).toEqual([])
  expect(leaksOf({ ...run, left: {} }, secretsOf(server.site)), what).toEqual([])
}

describe("without https a credential stays here", () => {
  const open = (): ReadonlyArray<string> => [
    "http://acme.atlassian.net",
    "HTTP://acme.atlassian.net",
    "http://10.0.0.1",
    "http://192.168.1.20:8080",
    `http://0.0.0.0:${portOf(thief.url)}`,
    `http://[::]:${portOf(thief.url)}`,
    "http://[::2]",
    "http://128.0.0.1",
    `http://127.0.0.1.example:${portOf(thief.url)}`,
    `http://localhost.example:${portOf(thief.url)}`,
    `http://sub.localhost:${portOf(thief.url)}`,
    `http://localhost@acme.example`,
    `http://127.0.0.1:${portOf(thief.url)}@acme.example`,
    `http://127.0.0.1\\@acme.example`,
    "ftp://acme.atlassian.net",
    "ws://127.0.0.1:80",
  ]

  it.each(Object.keys(hosts))("in %s", async (name) => {
    for (const address of open()) await refusedOffline(hosts[name]!(address), address)
    await refused(hosts[name]!(open()[0]!), open()[0]!)
    await refused(hosts[name]!(open()[4]!), open()[4]!)
  })
})

describe("on Airbyte Cloud no private address is reached", () => {
  const CLOUD = { DEPLOYMENT_MODE: "cloud" }
  const numbers = (): ReadonlyArray<string> =>
    [
      "127.0.0.1",
      "127.1",
      "2130706433",
      "0x7f000001",
      "0177.0.0.1",
      "[::1]",
      "[::ffff:127.0.0.1]",
      "[0:0:0:0:0:ffff:7f00:1]",
      "0.0.0.0",
      "[::]",
      "10.1.2.3",
      "100.64.0.1",
      "169.254.169.254",
      "172.31.0.1",
      "192.0.0.8",
      "192.168.0.1",
      "198.18.0.1",
      "224.0.0.1",
      "255.255.255.255",
      "[::ffff:10.0.0.1]",
      "[fd00::1]",
      "[fe80::1]",
      "[ff02::1]",
    ].map((host) => `https://${host}:${portOf(thief.url)}`)
  const names = (): ReadonlyArray<string> =>
    ["localhost", "LOCALHOST", "sub.localhost", "wiki.internal", "printer.local"].map(
      (host) => `https://${host}:${portOf(thief.url)}`,
    )

  it.each(Object.keys(hosts))("by its number, in %s", async (name) => {
    for (const address of numbers()) await refusedOffline(publicBut(name, address), address, "cloud")
    await refused(publicBut(name, numbers()[0]!), numbers()[0]!, CLOUD)
  })

  it.each(Object.keys(hosts))("by a name that can only mean one, in %s", async (name) => {
    for (const address of names()) await refusedOffline(publicBut(name, address), address, "CLOUD")
    await refused(publicBut(name, names()[0]!), names()[0]!, CLOUD)
  })

  it.each(Object.keys(hosts))("over http, in %s", (name) => refused(publicBut(name, server.url), server.url, CLOUD))

  /** On Airbyte Cloud the other hosts must be public too. */
  const publicBut = (name: string, address: string): Row => {
    const usual = { gateway: "https://api.example", auth: "https://auth.example", admin: "https://api.example" }
    const { domain_name, endpoints, ...rest } = hosts[name]!(address)
    return {
      ...rest,
      domain_name: name === "domain_name" ? domain_name : "acme.example",
      endpoints: {
        ...usual,
        ...(name.startsWith("endpoints.") && {
          [name.split(/[. ]/)[1]!]: (endpoints as Row)[name.split(/[. ]/)[1]!],
        }),
      },
    }
  }

  describe("by a name that turns out to mean one", () => {
    const NAMES = {
      NODE_OPTIONS: `${SHORT_PAUSES.NODE_OPTIONS} --import=${new URL("otherNames.ts", import.meta.url).href}`,
    }
    const direct = { NO_PROXY: ".resolves.example", no_proxy: ".resolves.example" }
    const unproxied = Object.fromEntries(Object.keys({ ...direct }).map((name) => [name, "*"]))
    const address = () => `https://wiki.resolves.example:${portOf(thief.url)}`
    const asked = ["domain_name", "endpoints.auth", "endpoints.auth of a service account"]

    it.each(asked)("in %s", async (name) => {
      await refused(publicBut(name, address()), "without proxies", { ...CLOUD, ...NAMES, ...unproxied })
      await refused(publicBut(name, address()), "beside proxies", { ...CLOUD, ...NAMES, ...direct })
    })

    it("in endpoints.gateway", async () => {
      const config = publicBut("endpoints.gateway", address())
      // With a token that is good still, the gateway is the first to be asked.
      const credentials = { ...(server.site.config("oauth2.0")["credentials"] as Row), ...server.site.mintGrant() }
      await refused({ ...config, credentials }, "endpoints.gateway", { ...CLOUD, ...NAMES, ...direct })
    })

    it("which is reached anywhere else, by TLS alone", async () => {
      const run = await check(publicBut("domain_name", address()), { ...NAMES, ...direct })
      expect(errorsOf(run)).toHaveLength(1)
      expect(thief.taken().length).toBeGreaterThan(0)
      expect(leaksOf({ ...run, stderr: thief.taken().join("\n"), left: {} }, secretsOf(server.site))).toEqual([])
    })
  })
})

describe("a proxy", () => {
  it.each(["classic", "scoped", "oauth2.0", "service_account"] as const)(
    "is not asked for this machine itself: %s",
    async (kind) => {
      for (const host of ["127.0.0.1", "localhost"]) {
        const url = `http://${host}:${portOf(server.url)}`
        const config = { ...server.site.config(kind), endpoints: { gateway: url, auth: url } }
        const files = {
          config: kind === "classic" || kind === "scoped" ? { ...config, domain_name: url } : config,
          catalog: catalogOf(["spaces"]),
        }
        const run = await runCommand("read", files, { env: { ...SHORT_PAUSES, ...proxies() } })
        expect(errorsOf(run)).toEqual([])
        expect(thief.taken()).toEqual([])
      }
    },
  )

  it.each(["classic", "oauth2.0", "service_account"] as const)(
    "for another host hears the host's name alone, and TLS: %s",
    async (kind) => {
      const usual = { gateway: "https://api.example", auth: "https://auth.example" }
      const run = await check({ ...server.site.config(kind), domain_name: "acme.example", endpoints: usual })
      expect(errorsOf(run)).toHaveLength(1)
      const taken = thief.taken()
      const host = kind === "classic" ? "acme.example" : "auth.example"
      expect(taken[0]).toMatch(new RegExp(`^CONNECT ${host}:443 HTTP/1\\.1\\r\\n`))
      expect(taken.join("\n")).not.toMatch(/authorization/i)
      expect(leaksOf({ ...run, stderr: taken.join("\n"), left: {} }, secretsOf(server.site))).toEqual([])
    },
  )
})
