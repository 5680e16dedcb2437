/** The whole way as a person goes it: the executable, the consent page of the sample site, and a real browser. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { type RunningSampleSite, startSampleSite } from "../../src/sample-site/server.ts"
import { runConnector, withFolder } from "../support/runConnector.ts"
import { CREDENTIALS, appConfig, configIn, fileIn, modeOf } from "./attempt.ts"
import { type AuthorizeProcess, CHOICE, CONSENT, startAuthorize } from "./authorizeProcess.ts"
import { type Chromium, findChromium, startChromium, type Tab } from "./chromium.ts"

const OTHER = {
  id: "0b8f9e4e-1111-4222-8333-944445555666",
  url: "https://acme.atlassian.net",
  name: `Acme "<Ltd>" & Co`,
}

/** In the consent page: gives access to every site. */
const ALL_SITES = `document.querySelector("select[name=site]").value = "all"`

describe("authorizing in Chromium", () => {
  let chromium: Chromium
  let server: RunningSampleSite
  let several: RunningSampleSite
  beforeAll(async () => {
    chromium = await startChromium(findChromium())
    server = await startSampleSite({ pages: 20 })
    several = await startSampleSite({ pages: 20, otherSites: [OTHER] })
  })
  afterAll(async () => {
    await Promise.all([server.close(), several.close(), chromium.close()])
  })
  beforeEach(() => {
    server.site.reset()
    several.site.reset()
  })

  interface Attempted extends AuthorizeProcess {
    readonly config: string
    readonly tab: Tab
  }

  /** With the consent page in a new tab. */
  const attempted = (content: unknown, use: (attempt: Attempted) => Promise<void>): Promise<void> =>
    withFolder(async (folder) => {
      const config = fileIn(folder, "config.json", content, 0o644)
      const started = startAuthorize(["--config", config, "--no-browser", "--port", "0"])
      const tab = await chromium.tab()
      await tab.go(await started.hears(CONSENT))
      await tab.heading("asks for access to your Confluence")
      await use({ ...started, config, tab })
    })

  const checked = async (config: string): Promise<string | undefined> => {
    const { messages } = await runConnector(["check", "--config", config])
    return messages.at(-1)?.connectionStatus?.status
  }

  /** Nothing that the browser keeps leads to the code. */
  const expectNoCode = async ({ tab }: Attempted): Promise<void> => {
    const addresses = await tab.history()
    expect(addresses.length).toBeGreaterThan(1)
    for (const address of addresses) expect(address).not.toMatch(/[?&]code=/)
    expect(await tab.evaluate("location.pathname + location.search")).toBe("/")
  }

  it("writes a config that check takes when the person accepts", () =>
    attempted(appConfig(server), async (attempt) => {
      const { tab, config, run } = attempt
      await tab.click("button[value=accept]")
      await tab.heading("It worked")
      expect(await tab.evaluate("document.body.innerText")).toContain(
        `source-confluence has access to northwind (${new URL(server.url).host}), and the config has been written.`,
      )
      // The page's own style and script are let through by its policy, and nothing else was loaded.
      expect(await tab.evaluate("getComputedStyle(document.body).display")).toBe("grid")
      expect(await tab.evaluate(`performance.getEntriesByType("resource").length`)).toBe(0)
      expect((await run).exitCode).toBe(0)
      await expectNoCode(attempt)
      expect(modeOf(config)).toBe("600")
      expect(Object.keys(configIn(config)["credentials"])).toEqual(CREDENTIALS)
      expect(configIn(config)).toMatchObject({ domain_name: server.url, endpoints: appConfig(server)["endpoints"] })
      expect(await checked(config)).toBe("SUCCEEDED")
      // The access token is fresh: nothing was renewed, and the written refresh token is the present one.
      expect(server.site.tokenRequests().length).toBe(1)
    }))

  it("writes nothing when the person cancels", () =>
    attempted(appConfig(server), async (attempt) => {
      const { tab, config, run } = attempt
      await tab.click("button[value=cancel]")
      await tab.heading("It did not work")
      expect(await tab.evaluate("document.body.innerText")).toContain("Access was refused on the consent page")
      expect([(await run).exitCode, configIn(config), modeOf(config)]).toEqual([1, appConfig(server), "644"])
      await expectNoCode(attempt)
    }))

  it("lets the person choose where access is given to several sites", () => {
    const { domain_name: _, ...unnamed } = appConfig(several)
    return attempted(unnamed, async (attempt) => {
      const { tab, config, run, hears } = attempt
      await tab.evaluate(ALL_SITES)
      await tab.click("button[value=accept]")
      await tab.heading("Which site?")
      expect(await tab.evaluate("location.href")).toBe(await hears(CHOICE))
      expect(await tab.evaluate(`[...document.querySelectorAll("button")].map((each) => each.innerText)`)).toEqual([
        `Acme "<Ltd>" & Co\nacme.atlassian.net`,
        `northwind\n${new URL(several.url).host}`,
      ])
      await tab.click("button:last-of-type")
      await tab.heading("It worked")
      expect((await run).exitCode).toBe(0)
      await expectNoCode(attempt)
      expect(configIn(config)["domain_name"]).toBe(several.url)
      expect(await checked(config)).toBe("SUCCEEDED")
    })
  })

  it("lets the person choose in another tab when the page was closed", () => {
    const { domain_name: _, ...unnamed } = appConfig(several)
    return attempted(unnamed, async ({ tab, config, run, hears }) => {
      await tab.evaluate(ALL_SITES)
      await tab.click("button[value=accept]")
      await tab.heading("Which site?")
      await tab.go("about:blank#closed")
      const another = await chromium.tab()
      await another.go(await hears(CHOICE))
      await another.click(`button[value="${OTHER.id}"]`)
      await another.heading("It worked")
      expect([(await run).exitCode, configIn(config)["domain_name"]]).toEqual([0, "acme.atlassian.net"])
    })
  })

  it("tells the person when the token endpoint refuses", () => {
    const config = appConfig(server)
    return attempted(
      { ...config, credentials: { ...config["credentials"], client_secret: "another-secret" } },
      async ({ tab, run }) => {
        await tab.click("button[value=accept]")
        await tab.heading("It did not work")
        expect(await tab.evaluate("document.body.innerText")).toContain("rejects the client id or the client secret")
        expect((await run).exitCode).toBe(1)
      },
    )
  })
})
