/** Authorizing from the consent to the written config, against the sample site. */
import { linkSync, readdirSync, symlinkSync } from "node:fs"
import { join } from "node:path"
import { Effect, Exit } from "effect"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import type { Question } from "../../src/authorize/prompt.ts"
import { decodeConfig } from "../../src/config/ConnectorConfig.ts"
import { type RunningSampleSite, startSampleSite } from "../../src/sample-site/server.ts"
import { withFolder } from "../support/runConnector.ts"
import { CREDENTIALS, appConfig, attempt, configIn, decide, fileIn, modeOf, SCOPES, visit, within } from "./attempt.ts"

let server: RunningSampleSite
beforeAll(async () => {
  server = await startSampleSite({ pages: 20 })
})
afterAll(() => server.close())
beforeEach(() => server.site.reset())

describe("a consent", () => {
  it("becomes a complete config, that its owner alone can read, with all else as it was", () =>
    within(
      {
        note: "mine",
        ...appConfig(server),
        num_workers: 3,
        unknown: { kept: [1, null] },
        credentials: { ...appConfig(server)["credentials"], refresh_token: "old-refresh-token", custom: true },
      },
      async (config) => {
        const { address, end, said } = attempt({ config })
        const page = await visit(await decide(await address, "accept"))
        expect([page.status, page.html]).toEqual([200, expect.stringContaining("It worked")])
        expect(page.html).toContain(new URL(server.url).host)
        expect(Exit.isSuccess(await end)).toBe(true)
        const written = configIn(config)
        const [grant] = server.site.grants()
        expect(written).toEqual({
          domain_name: server.url,
          note: "mine",
          endpoints: { gateway: server.url, auth: server.url },
          num_workers: 3,
          unknown: { kept: [1, null] },
          credentials: {
            auth_type: "oauth2.0",
            client_id: "sample-client-id",
            client_secret: "sample-client-secret",
            refresh_token: expect.stringMatching(/^sample-refresh-token-/),
            access_token: expect.stringMatching(/^sample-access-token-/),
            token_expiry_date: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
            custom: true,
          },
        })
        expect(JSON.stringify(grant)).toContain(written["credentials"].refresh_token)
        const lifetimeMs = Date.parse(written["credentials"].token_expiry_date) - Date.now()
        expect(lifetimeMs).toBeGreaterThan(3_590_000)
        expect(lifetimeMs).toBeLessThanOrEqual(3_600_000)
        expect(Effect.runSync(decodeConfig(written, {})).siteUrl).toBe(server.url)
        expect(modeOf(config)).toBe("600")
        expect(readdirSync(join(config, ".."))).toEqual(["config.json"])
        expect(said()).toContain(`The config is in ${config}; it reads ${new URL(server.url).host}`)
      },
    ))

  it("is asked for with every scope that the streams need", () =>
    within(appConfig(server), async (config) => {
      const { address, end } = attempt({ config })
      expect(new URL(await address).searchParams.get("scope")).toBe(SCOPES.join(" "))
      expect(SCOPES).toContain("offline_access")
      await visit(await decide(await address, "accept"))
      await end
      const { access_token: token } = configIn(config)["credentials"]
      const listed = await fetch(`${server.url}/oauth/token/accessible-resources`, {
        headers: { authorization: `Bearer ${token}` },
      })
      expect(await listed.json()).toMatchObject([{ scopes: expect.arrayContaining(["read:page:confluence"]) }])
    }))

  it("goes to --output, and leaves --config as it was", () =>
    withFolder(async (folder) => {
      const config = fileIn(folder, "in.json", appConfig(server), 0o640)
      const output = join(folder, "out.json")
      const { address, end } = attempt({ config, output })
      await visit(await decide(await address, "accept"))
      expect(Exit.isSuccess(await end)).toBe(true)
      expect([configIn(config), modeOf(config)]).toEqual([appConfig(server), "640"])
      expect([configIn(output)["domain_name"], modeOf(output)]).toEqual([server.url, "600"])
    }))

  it("goes to the file behind a link, and not into another name of the old one", () =>
    withFolder(async (folder) => {
      const config = fileIn(folder, "real.json", appConfig(server))
      const link = join(folder, "link.json")
      const second = join(folder, "second.json")
      symlinkSync("real.json", link)
      linkSync(config, second)
      const { address, end } = attempt({ config: link })
      await visit(await decide(await address, "accept"))
      await end
      expect(
        readdirSync(folder, { withFileTypes: true })
          .find(({ name }) => name === "link.json")!
          .isSymbolicLink(),
      ).toBe(true)
      expect(configIn(config)["credentials"].refresh_token).toBeDefined()
      expect(configIn(second)).toEqual(appConfig(server))
    }))

  it("is tied to this run by a challenge, whose verifier goes along with the code", () =>
    within(appConfig(server), async (config, untouched) => {
      const { address, failure } = attempt({ config })
      const consent = new URL(await address)
      consent.searchParams.set("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
      await visit(await decide(consent.href, "accept"))
      expect(await failure).toMatch(/^Atlassian does not take the code that the browser brought back \(/)
      untouched()
    }))

  it("shows no secret, and nothing but the challenge of the verifier", () =>
    within(appConfig(server), async (config) => {
      const { address, end, said } = attempt({ config })
      const callback = await decide(await address, "accept")
      const page = await visit(callback)
      await end
      const { client_secret, refresh_token, access_token } = configIn(config)["credentials"]
      const code = new URL(callback).searchParams.get("code")!
      for (const secret of [client_secret, refresh_token, access_token, code]) {
        expect(said()).not.toContain(secret)
        expect(page.html).not.toContain(secret)
      }
    }))
})

describe("what the config lacks", () => {
  const answers = (asked: Array<Question>, given: ReadonlyArray<string>) => ({
    ask: (question: Question) => {
      asked.push(question)
      return Effect.succeed(given[asked.length - 1]!)
    },
  })

  it("is asked for, again when the answer is empty, the secret as a secret", () =>
    within(
      { ...appConfig(server), credentials: { auth_type: "oauth2.0", client_id: " ", client_secret: null } },
      async (config) => {
        const asked: Array<Question> = []
        const { address, end } = attempt({ config }, answers(asked, ["", "sample-client-id", "sample-client-secret"]))
        await visit(await decide(await address, "accept"))
        expect(Exit.isSuccess(await end)).toBe(true)
        const clientId = { text: "Client id of the OAuth 2.0 app: ", secret: false }
        expect(asked).toEqual([clientId, clientId, { text: "Client secret (it is not shown): ", secret: true }])
        expect(configIn(config)["credentials"]).toMatchObject({
          client_id: "sample-client-id",
          client_secret: "sample-client-secret",
        })
      },
    ))

  it("is everything without --config", () =>
    withFolder(async (folder) => {
      const asked: Array<Question> = []
      const attempted = attempt({ output: join(folder, "new.json") }, answers(asked, ["my-app", "my-secret"]))
      const address = new URL(await attempted.address)
      expect([address.origin, address.searchParams.get("client_id")]).toEqual(["https://auth.atlassian.com", "my-app"])
      await attempted.interrupt()
      expect([asked.length, readdirSync(folder)]).toEqual([2, []])
    }))

  it.each([
    [
      {
        auth_type: "service_account",
        client_id: "sample-service-client-id",
        client_secret: "sample-service-client-secret",
      },
      "service_account",
    ],
    [{ auth_type: "api_token", email: "a@b.c", api_token: "old-token" }, "api_token"],
  ])("is everything where the credentials are of another kind, which are replaced: %j", (credentials, kind) =>
    within({ ...appConfig(server), credentials }, async (config) => {
      const { address, end, said } = attempt({ config }, answers([], ["sample-client-id", "sample-client-secret"]))
      await visit(await decide(await address, "accept"))
      await end
      expect(said()).toContain(
        `The credentials of ${config} are of the kind "${kind}"; those of OAuth 2.0 will take their place.`,
      )
      expect(Object.keys(configIn(config)["credentials"])).toEqual(CREDENTIALS)
    }),
  )

  it("is everything in the config of Airbyte's own connector, whose token goes", () =>
    within(
      { email: "a@b.c", api_token: "old-token", num_workers: 2, endpoints: appConfig(server)["endpoints"] },
      async (config) => {
        const { address, end } = attempt({ config }, answers([], ["sample-client-id", "sample-client-secret"]))
        await visit(await decide(await address, "accept"))
        await end
        const written = configIn(config)
        expect(Object.keys(written)).toEqual(["domain_name", "credentials", "num_workers", "endpoints"])
        expect(Effect.runSync(decodeConfig(written, {})).credentials.auth_type).toBe("oauth2.0")
      },
    ))

  it("is an end where there is no terminal to ask in", async () => {
    await within(
      { ...appConfig(server), credentials: { client_id: "sample-client-id" } },
      async (config, untouched) => {
        expect(await attempt({ config }).failure).toBe(
          `"credentials.client_secret" of the OAuth 2.0 app is missing in ${config}, and there is no terminal to ask in: give a config that has it with --config.`,
        )
        untouched()
      },
    )
    await withFolder(async (folder) => {
      expect(await attempt({ output: join(folder, "new.json") }).failure).toBe(
        `"credentials.client_id" and "credentials.client_secret" of the OAuth 2.0 app are missing, and there is no terminal to ask in: give a config that has them with --config.`,
      )
    })
  })
})
