/** The ends without a config: each a sentence in the terminal and on the page, with the file as it was. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { it as itEffect } from "@effect/vitest"
import { Effect, Exit, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { describe, expect, it } from "vitest"
import { type RunningSampleSite, startSampleSite } from "../../src/sample-site/server.ts"
import {
  appConfig,
  attempt,
  attemptOf,
  configIn,
  decide,
  fileIn,
  OTHER_SITE,
  serveSites,
  unnamed,
  visit,
  within,
} from "./attempt.ts"

let server: RunningSampleSite
let several: RunningSampleSite
serveSites((one, more) => {
  server = one
  several = more
})

describe("an end without a config", () => {
  it("is a refused consent", () =>
    within(appConfig(server), async (config, untouched) => {
      const { address, failure } = attempt({ config })
      const page = await visit(await decide(await address, "cancel"))
      const message =
        "Access was refused on the consent page (access_denied: User did not authorize the request). Nothing was written."
      expect(await failure).toBe(message)
      expect([page.status, page.html]).toEqual([400, expect.stringContaining(message)])
      untouched()
    }))

  it("is any other refusal, whose words cannot harm a terminal or a page", () =>
    within(appConfig(server), async (config, untouched) => {
      const { address, failure } = attempt({ config })
      const consent = new URL(await address)
      const back = new URL(consent.searchParams.get("redirect_uri")!)
      back.searchParams.set("error", "invalid_scope")
      back.searchParams.set("error_description", `\u001B[2J<img src=x>\r\nfake\u202E line ${"x".repeat(500)}`)
      back.searchParams.set("state", consent.searchParams.get("state")!)
      const page = await visit(back.href)
      expect(await failure).toMatch(
        /^Atlassian's consent page gave no access \(invalid_scope: \[2J<img src=x> fake line x{100,200}…\): check the permissions of the OAuth 2\.0 app and its callback URL\. Nothing was written\.$/,
      )
      expect(page.html).not.toContain("<img")
      untouched()
    }))

  it("is an answer with another state, and nobody asks for tokens", () =>
    within(appConfig(server), async (config, untouched) => {
      const { address, failure } = attempt({ config })
      const back = new URL(await decide(await address, "accept"))
      back.searchParams.set("state", "x".repeat(43))
      const page = await visit(back.href)
      const message =
        "The browser brought an answer that does not belong to this request (its state is another one): it may be of an earlier try, or somebody else's. Nothing was written; call authorize again."
      expect(await failure).toBe(message)
      expect([page.status, page.html]).toEqual([400, expect.stringContaining("does not belong to this request")])
      expect(server.site.tokenRequests()).toEqual([])
      untouched()
    }))

  it("is not a favicon, another path, an address without an answer, or a visit that comes twice", () =>
    within(appConfig(server), async (config) => {
      const { address, end } = attempt({ config })
      const callback = await decide(await address, "accept")
      const { origin } = new URL(callback)
      expect((await visit(`${origin}/favicon.ico`)).status).toBe(404)
      expect((await visit(callback, { method: "POST" })).status).toBe(405)
      const stray = await visit(`${origin}/callback`)
      expect([stray.status, stray.html]).toEqual([400, expect.stringContaining("Nothing to see here")])
      const pages = await Promise.all([visit(callback), visit(callback)])
      for (const page of pages) expect(page.html).toContain("It worked")
      expect(Exit.isSuccess(await end)).toBe(true)
      expect(server.site.tokenRequests().length).toBe(1)
    }))

  it("is not a strange answer that comes after ours", () =>
    within(unnamed(several), async (config) => {
      const { address, choice, end } = attempt({ config })
      const callback = await decide(await address, "accept")
      await visit(callback)
      const strange = await visit(`${new URL(callback).origin}/callback?code=x&state=y`)
      expect(strange.status).toBe(400)
      await visit(await choice, { method: "POST", body: new URLSearchParams({ site: OTHER_SITE.id }) })
      expect(Exit.isSuccess(await end)).toBe(true)
    }))

  it("is a refusal of the token endpoint", () =>
    within(
      { ...appConfig(server), credentials: { client_id: "sample-client-id", client_secret: "wrong-secret" } },
      async (config, untouched) => {
        const { address, failure } = attempt({ config })
        const page = await visit(await decide(await address, "accept"))
        const message = await failure
        expect(message).toMatch(/^Atlassian rejects the client id or the client secret \(access_denied/)
        expect(message).not.toContain("wrong-secret")
        expect(page.html).toContain("Atlassian rejects the client id or the client secret")
        untouched()
      },
    ))

  it("is a token endpoint out of order, which is asked once, as a code works once", () =>
    within(appConfig(server), async (config, untouched) => {
      const { address, failure } = attempt({ config })
      const back = await decide(await address, "accept")
      server.site.addFault({ path: "/oauth/token", kind: "status", status: 503 })
      await visit(back)
      expect(await failure).toContain("gave no access token: the status 503")
      expect(
        server.site.requests().filter((each) => each.method === "POST" && each.address === "/oauth/token").length,
      ).toBe(1)
      untouched()
    }))

  it("is a grant without a refresh token", () =>
    within(appConfig(server), async (config, untouched) => {
      const { address, failure } = attempt({ config, scopes: ["read:page:confluence"] })
      await visit(await decide(await address, "accept"))
      expect(await failure).toBe(
        "Atlassian gave no refresh token, without which the access ends in an hour: the OAuth 2.0 app must be allowed the scope offline_access. Nothing was written.",
      )
      untouched()
    }))

  it("is a grant without a Confluence site", () =>
    within(appConfig(server), async (config, untouched) => {
      const { address, failure } = attempt({ config, scopes: ["offline_access", "read:jira-work"] })
      await visit(await decide(await address, "accept"))
      expect(await failure).toBe(
        "Access was given, but to no site with Confluence: choose one on the consent page, with an account that may use Confluence there. Nothing was written; call authorize again.",
      )
      untouched()
    }))

  it("is a config with a bad setting, before anything is opened", () =>
    within({ ...appConfig(server), num_workers: 0 }, async (config, untouched) => {
      const { failure, said } = attempt({ config })
      expect(await failure).toBe(`"num_workers" must be a whole number from 1 to 50, but is 0.`)
      expect(said()).toBe("")
      untouched()
    }))

  it("is an unsafe address of Atlassian's hosts, to which no secret goes", () =>
    within({ ...appConfig(server), endpoints: { auth: "http://auth.example.com" } }, async (config, untouched) => {
      expect(await attempt({ config }).failure).toMatch(/^"endpoints\.auth" must begin with https:\/\//)
      untouched()
    }))

  it("is a site at an address that no config may have", async () => {
    const evil = { id: "evil", url: "http://evil.example", name: "Evil" }
    const sample = await startSampleSite({ pages: 20, otherSites: [evil] })
    await within(unnamed(sample), async (config, untouched) => {
      const { address, failure } = attempt({ config })
      await visit(await decide(await address, "accept", evil.id))
      expect(await failure).toMatch(/^"domain_name" must begin with https:\/\//)
      untouched()
    })
    await sample.close()
  })

  it("is an interruption, which a browser that is waiting is told", () =>
    within(unnamed(several), async (config, untouched) => {
      const { address, interrupt, end } = attempt({ config })
      const callback = await decide(await address, "accept")
      several.site.set({ latencyMs: 5_000 })
      const waiting = visit(callback)
      await sleep(200)
      await interrupt()
      expect(Exit.hasInterrupts(await end)).toBe(true)
      expect((await waiting).html).toContain("It was ended in the terminal. Nothing was written.")
      await expect(visit(callback)).rejects.toThrow("fetch failed")
      untouched()
    }))
})

/** Waits in virtual time, after `act` has done something at the consent page. */
const waitedFor = (act: (address: string) => Promise<unknown>, message: string) =>
  Effect.gen(function* () {
    const folder = yield* Effect.acquireRelease(
      Effect.sync(() => mkdtempSync(join(tmpdir(), "source-confluence-test-"))),
      (made) => Effect.sync(() => rmSync(made, { recursive: true })),
    )
    const config = fileIn(folder, "config.json", unnamed(several))
    const { run, address } = attemptOf({ config })
    const fiber = yield* Effect.forkChild(Effect.flip(run))
    yield* Effect.promise(async () => act(await address))
    // Until the waiting has begun.
    yield* TestClock.withLive(Effect.sleep(100))
    yield* TestClock.adjust("599 seconds")
    expect(fiber.pollUnsafe()).toBeUndefined()
    yield* TestClock.adjust("1 second")
    expect((yield* Fiber.join(fiber)).message).toBe(message)
    expect([configIn(config), readdirSync(folder)]).toEqual([unnamed(several), ["config.json"]])
  })

describe("a person who does nothing", () => {
  itEffect.effect("is waited for ten minutes, at the consent page", () =>
    waitedFor(
      () => Promise.resolve(),
      "No answer came from the browser within 10 minutes. Nothing was written; call authorize again.",
    ),
  )

  itEffect.effect("is waited for ten minutes, at the choice of a site", () =>
    waitedFor(
      async (address) => visit(await decide(address, "accept")),
      "No site was chosen within 10 minutes. Nothing was written; call authorize again.",
    ),
  )
})
