/**
 * The fewest scopes: that they agree with Atlassian's documents, and that a sample site that asks for scopes lets a credential
 * with them read the streams, and with any one of them less does not.
 */
import { assert, describe, it } from "@effect/vitest"
import { authTypes } from "../../src/config/settings.ts"
import { scopesFor, SIGN_IN } from "../../src/confluence/scopes.ts"
import { endpoints } from "../../src/generated/endpoints.ts"
import { Simulation } from "../support/inProcess.ts"
import { loadOpenApiDocuments } from "../support/openapiDocuments.ts"

const streams = Object.keys(endpoints)
const everyEndpoint = Object.values(endpoints).flat()

const documents = loadOpenApiDocuments()

describe.skipIf(documents === undefined)("the scopes of endpoints and Atlassian's OpenAPI documents", () => {
  interface Operation {
    readonly deprecated?: boolean
    readonly "x-atlassian-oauth2-scopes": ReadonlyArray<{
      readonly state: "Current" | "Beta"
      readonly scopes: ReadonlyArray<string>
    }>
  }
  const operationOf = (endpoint: string): Operation => {
    const isV2 = endpoint.startsWith("/wiki/api/v2/")
    const { paths } = (isV2 ? documents!.v2 : documents!.v1) as {
      readonly paths: { readonly [path: string]: { readonly [method: string]: Operation } }
    }
    const methods = paths[isV2 ? endpoint.slice("/wiki/api/v2".length) : endpoint]
    assert.isDefined(methods, endpoint)
    return methods!["get"] ?? methods!["post"]!
  }

  it.each([SIGN_IN, ...everyEndpoint])("agree on $path, the current ones first", ({ path, scopes: alternatives }) => {
    const { deprecated = false, "x-atlassian-oauth2-scopes": documented } = operationOf(path)
    assert.isFalse(deprecated)
    const [first, ...others] = documented
    assert.strictEqual(first!.state, "Current")
    for (const { state } of others) assert.strictEqual(state, "Beta")
    assert.deepEqual<unknown>(
      alternatives,
      documented.map(({ scopes }) => scopes),
    )
  })
})

describe("the fewest scopes", () => {
  it.each(authTypes)("are sorted, each there once, and permit reading alone: %s", (authType) => {
    const scopes = scopesFor([...everyEndpoint, ...everyEndpoint], authType)
    assert.deepEqual(scopes, [...new Set(scopes)].toSorted())
    for (const scope of scopes) assert.match(scope, /^(read(?:only)?:[a-z.:-]+|search:confluence|offline_access)$/)
    assert.strictEqual(scopes.includes("offline_access"), authType === "oauth2.0")
  })

  it("are no more than what an API token needs, which may have classic or granular ones", () => {
    assert.deepEqual(scopesFor(endpoints["pages"]!, "api_token"), [
      "read:confluence-user",
      "read:page:confluence",
      "read:space:confluence",
    ])
    // The scope of the search for users names the account as well.
    assert.deepEqual(scopesFor(endpoints["users"]!, "api_token"), [
      "read:confluence-groups",
      "read:content-details:confluence",
      "read:user:confluence",
    ])
    // One classic scope instead of two granular ones.
    assert.deepEqual(scopesFor(endpoints["group_members"]!, "api_token"), [
      "read:confluence-groups",
      "read:confluence-user",
    ])
  })

  it("have the classic ones of version 1 with OAuth, whatever else is held", () => {
    assert.deepEqual(scopesFor(endpoints["users"]!, "oauth2.0"), [
      "offline_access",
      "read:confluence-groups",
      "read:confluence-user",
      "read:content-details:confluence",
      "read:user:confluence",
    ])
  })
})

describe("a credential with the fewest scopes", () => {
  const site = () => new Simulation({ pages: 20 })
  const refusals = ({ exchanged }: Simulation) =>
    exchanged.filter(({ response }) => response.body.toString().includes("scope does not match"))

  const readWith = async (stream: string, scopes: ReadonlyArray<string>) => {
    const simulation = site()
    simulation.site.set({ scopes })
    const { exit } = await simulation.run("read", { config: simulation.site.config("scoped"), streams: [stream] })
    return { exit, refused: refusals(simulation).length }
  }

  it.each(streams)("reads %s by an API token, and meets a refusal with any one scope less", async (stream) => {
    const scopes = scopesFor(endpoints[stream]!, "api_token")
    assert.deepEqual(await readWith(stream, scopes), { exit: 0, refused: 0 })
    for (const left of scopes) {
      const { refused } = await readWith(
        stream,
        scopes.filter((scope) => scope !== left),
      )
      assert.isAbove(refused, 0, left)
    }
  })

  it.each(["oauth2.0", "service_account"] as const)(
    "reads all streams by %s, even where version 1 takes no granular scopes",
    async (authType) => {
      const simulation = site()
      const scopes = scopesFor(everyEndpoint, authType)
      const { quirks } = simulation.site.settings
      simulation.site.set({ grantedScopes: scopes, quirks: { ...quirks, v1TakesGranularScopes: false } })
      const { exit } = await simulation.run("read", { config: simulation.site.config(authType, { scopes }) })
      assert.strictEqual(exit, 0)
      assert.lengthOf(refusals(simulation), 0)
    },
  )
})
