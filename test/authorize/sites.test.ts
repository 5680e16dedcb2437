/** Which site a config is written for, of those that access was given to. */
import { Exit } from "effect"
import { describe, expect, it } from "vitest"
import type { RunningSampleSite } from "../../src/sample-site/server.ts"
import { appConfig, attempt, configIn, decide, OTHER_SITE, serveSites, unnamed, visit, within } from "./attempt.ts"

let server: RunningSampleSite
let several: RunningSampleSite
serveSites((one, more) => {
  server = one
  several = more
})

describe("the site", () => {
  it("is the only one that access was given to", () =>
    within(unnamed(several), async (config) => {
      const { address, end } = attempt({ config })
      await visit(await decide(await address, "accept", OTHER_SITE.id))
      expect(Exit.isSuccess(await end)).toBe(true)
      expect(configIn(config)["domain_name"]).toBe("acme.atlassian.net")
    }))

  it("is the one that the config names, in whatever form, where it is among several", () =>
    within({ ...appConfig(several), domain_name: " https://Acme.atlassian.net/wiki/spaces/X" }, async (config) => {
      const { address, end, said } = attempt({ config })
      const page = await visit(await decide(await address, "accept"))
      expect(page.html).toContain("It worked")
      await end
      expect(configIn(config)["domain_name"]).toBe("acme.atlassian.net")
      expect(said()).toContain("it reads acme.atlassian.net (Acme <b>&amp;)")
    }))

  it("is chosen in the browser where there are several", () =>
    within(unnamed(several), async (config) => {
      const { address, choice, end, said } = attempt({ config })
      const callback = await decide(await address, "accept")
      const page = await visit(callback)
      expect(page.address).toBe(await choice)
      expect(new URL(page.address).pathname).toMatch(/^\/site\/[A-Za-z0-9_-]{43}$/)
      expect(page.html).toContain(`value="${OTHER_SITE.id}">Acme &lt;b&gt;&amp;amp;<small>acme.atlassian.net</small>`)
      expect(page.html).not.toContain("<b>")
      expect(said()).toContain("Access was given to 2 sites: acme.atlassian.net (Acme <b>&amp;), ")
      // Who does not know the address of the choice cannot make it.
      const forged = await visit(new URL("/site", page.address).href, {
        method: "POST",
        body: new URLSearchParams({ site: OTHER_SITE.id }),
      })
      expect(forged.status).toBe(404)
      // Seen again, sent without a site, sent with an unknown one: still open.
      expect((await visit(page.address)).html).toBe(page.html)
      for (const site of ["", "x"]) {
        const again = await visit(page.address, { method: "POST", body: new URLSearchParams({ site }) })
        expect(again.html).toBe(page.html)
      }
      // The callback leads there too, however often it is visited.
      expect((await visit(callback)).html).toBe(page.html)
      const done = await visit(page.address, { method: "POST", body: new URLSearchParams({ site: OTHER_SITE.id }) })
      expect(done.html).toContain("has access to <strong>Acme &lt;b&gt;&amp;amp;</strong> (acme.atlassian.net)")
      expect(Exit.isSuccess(await end)).toBe(true)
      expect(configIn(config)["domain_name"]).toBe("acme.atlassian.net")
    }))

  it("is asked for, even with one to choose from, where the config names another one", () =>
    within({ ...appConfig(several), domain_name: "wrong" }, async (config, untouched) => {
      const { address, choice, end, said } = attempt({ config })
      const page = await visit(await decide(await address, "accept", OTHER_SITE.id))
      const why =
        "The config names wrong.atlassian.net, but access was given to acme.atlassian.net (Acme <b>&amp;). Choose the site to read; or press Ctrl-C in the terminal, and authorize again for wrong.atlassian.net."
      expect(said()).toContain(why)
      expect(page.html).toContain("The config names wrong.atlassian.net, but access was given to acme.atlassian.net")
      untouched()
      await visit(await choice, { method: "POST", body: new URLSearchParams({ site: OTHER_SITE.id }) })
      await end
      expect(configIn(config)["domain_name"]).toBe("acme.atlassian.net")
    }))

  it("is listed once where Jira's access to it is listed as well", () =>
    within(unnamed(server), async (config) => {
      server.site.set({ quirks: { listsJiraToo: true } })
      const { address, end } = attempt({ config })
      await visit(await decide(await address, "accept"))
      await end
      expect(configIn(config)["domain_name"]).toBe(server.url)
    }))
})
