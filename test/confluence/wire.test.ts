/** The whole client down to the sockets that undici would open, with msw in the place of the internet. */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { HttpRequestInterceptor } from "@mswjs/interceptors/http"
import { Effect, Layer } from "effect"
import { http, HttpResponse } from "msw"
import { defineNetwork, InterceptorSource } from "msw/experimental"
import { ConfluenceClient } from "../../src/confluence/ConfluenceClient.ts"
import { Exchange } from "../../src/confluence/Exchange.ts"
import { RateControl } from "../../src/confluence/RateControl.ts"
import { RequestLog } from "../../src/confluence/RequestLog.ts"
import { signInWithApiToken } from "../../src/confluence/SignIn.ts"
import { Transport } from "../../src/confluence/Transport.ts"
import { basic } from "./scriptedSite.ts"

const cloudId = "1324a887-45db-1bf4-1e99-ef0ff456d421"
const gateway = "https://api.atlassian.com"
const seen: Array<string> = []

const note = (request: Request) => seen.push(`${request.method} ${request.url} ${request.headers.has("authorization")}`)

const network = defineNetwork({
  sources: [new InterceptorSource({ interceptors: [new HttpRequestInterceptor()] })],
  handlers: [
    http.get("https://acme.atlassian.net/wiki/rest/api/user/current", ({ request }) => {
      note(request)
      return new HttpResponse("<html>", { status: 401, headers: { "content-type": "text/html" } })
    }),
    http.get("https://acme.atlassian.net/_edge/tenant_info", ({ request }) => {
      note(request)
      return HttpResponse.json({ cloudId })
    }),
    http.get(`${gateway}/ex/confluence/:id/wiki/rest/api/user/current`, ({ request }) => {
      note(request)
      return HttpResponse.json({ type: "known", accountId: "5b10", displayName: "Ada" })
    }),
    http.get(`${gateway}/ex/confluence/:id/wiki/api/v2/spaces`, ({ request }) => {
      note(request)
      return HttpResponse.json({ results: [], _links: {} }, { headers: { date: "Wed, 08 Oct 2025 15:00:00 GMT" } })
    }),
  ],
  onUnhandledFrame: "error",
  context: { quiet: true },
})

beforeAll(() => network.enable())
afterAll(() => network.disable())

describe("the whole client over the wire", () => {
  it.live("signs in by the gateway and reads a list there", () =>
    Effect.gen(function* () {
      const connection = yield* signInWithApiToken({ site: "https://acme.atlassian.net", gateway })
      const answer = yield* ConfluenceClient.use((client) =>
        client.request({ path: "/wiki/api/v2/spaces", query: [["limit", "250"]], stream: "spaces" }),
      ).pipe(Effect.provide(ConfluenceClient.layer(connection)))
      assert.deepStrictEqual(answer.body, { results: [], _links: {} })
      assert.strictEqual(answer.siteTime, Date.parse("2025-10-08T15:00:00Z"))
      assert.deepStrictEqual(seen, [
        "GET https://acme.atlassian.net/wiki/rest/api/user/current true",
        "GET https://acme.atlassian.net/_edge/tenant_info false",
        `GET ${gateway}/ex/confluence/${cloudId}/wiki/rest/api/user/current true`,
        `GET ${gateway}/ex/confluence/${cloudId}/wiki/api/v2/spaces?limit=250 true`,
      ])
    }).pipe(
      Effect.provide(
        Exchange.layer({ version: "1.2.3" }).pipe(
          Layer.provide(basic),
          Layer.provideMerge(RateControl.layer({ numWorkers: 2 })),
          Layer.provideMerge(RequestLog.layer()),
          Layer.provide(Transport.layer({ connections: 2 })),
        ),
      ),
    ),
  )
})
