/** What is tried again and what is said at once, where nothing or something odd answers. Durations are counts of tries. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { ConfluenceClient } from "../../src/confluence/ConfluenceClient.ts"
import { Exchange } from "../../src/confluence/Exchange.ts"
import { CERTAIN } from "../../src/confluence/reaching.ts"
import { requestTokens } from "../../src/confluence/TokenEndpoint.ts"
import { clientOf, minutes, type Reaction, scriptedSite, site, token, within } from "./scriptedSite.ts"

const path = "/wiki/api/v2/pages"
const html: Reaction = { body: "<html>Welcome</html>", headers: { "content-type": "text/html" } }

const failures: ReadonlyArray<readonly [string, Reaction, inSync: number, atOnce: number]> = [
  ["an unknown host", { breaks: "dns" }, 6, 1],
  ["no DNS server", { breaks: "resolver" }, 6, 1],
  ["a refused connection", { breaks: "refused" }, 6, 1],
  ["no connection", { breaks: "unreachable" }, 6, 1],
  ["no TLS", { breaks: "tls" }, 6, 1],
  ["a web page with status 200", html, 6, 1],
  ["an untrusted certificate", { breaks: "certificate" }, 1, 1],
  ["a private address", { breaks: "private" }, 1, 1],
  ["a redirect", { status: 302, headers: { location: "https://login.example" } }, 1, 1],
  ["a connection that is lost", { breaks: "reset" }, 6, 6],
  ["no answer in time", { breaks: "timeout" }, 6, 6],
  ["a site that is down", { status: 503 }, 6, 6],
]

describe("a failure", () => {
  for (const [what, reaction, inSync, atOnce] of failures) {
    for (const [when, certain, tries] of [
      ["in a sync", undefined, inSync],
      ["where a person waits", CERTAIN, atOnce],
    ] as const) {
      it.effect(`is asked about ${tries} times ${when}: ${what}`, () =>
        Effect.gen(function* () {
          const scripted = scriptedSite(() => reaction)
          const error = yield* within(
            minutes(5),
            ConfluenceClient.use((client) => client.request({ path })).pipe(
              Effect.flip,
              Effect.provide(clientOf(scripted, { certain })),
            ),
          )
          assert.lengthOf(scripted.seen, tries)
          assert.notMatch(error.message, /\bsync\b/)
          if (reaction.breaks === "certificate") assert.include(error.message, "NODE_EXTRA_CA_CERTS")
        }),
      )
    }
  }

  it.effect("is told when it is the first, where nothing else shows life, and not again", () =>
    Effect.gen(function* () {
      const notes: Array<string> = []
      const watcher = { note: (level: string, text: string) => Effect.sync(() => void notes.push(`${level} ${text}`)) }
      const scripted = scriptedSite((_, n): Reaction => (n < 3 ? { breaks: "refused" } : {}))
      const request = { method: "GET", base: site, path, query: [], authorized: true, tellsFirstFailure: true } as const
      yield* within(
        minutes(1),
        Exchange.use((exchange) => exchange.request(request)).pipe(Effect.provide(clientOf(scripted, { watcher }))),
      )
      const told = notes.filter((note) => note.startsWith("warn"))
      assert.lengthOf(told, 1)
      assert.match(
        told[0]!,
        /acme\.atlassian\.net gave no usable answer: connection refused\. Check the address and the network/,
      )
      assert.notMatch(told[0]!, /\bsync\b/)
    }),
  )
})

describe("each try", () => {
  it.effect("is told with method, path, status, duration and number, and without query or credential", () =>
    Effect.gen(function* () {
      const tries: Array<string> = []
      const watcher = { onTry: (text: string) => Effect.sync(() => void tries.push(text)) }
      const answers: ReadonlyArray<Reaction> = [{ status: 503 }, { breaks: "reset" }, { afterMs: 120 }]
      const scripted = scriptedSite((_, n) => answers[n]!)
      yield* within(
        minutes(1),
        ConfluenceClient.use((client) => client.request({ path, query: [["cursor", "c"]] })).pipe(
          Effect.provide(clientOf(scripted, { watcher })),
        ),
      )
      assert.deepStrictEqual(tries, [
        `GET ${path}: 503, 0 ms, try 1`,
        `GET ${path}: connection lost, 0 ms, try 2`,
        `GET ${path}: 200, 120 ms, try 3`,
      ])
      assert.notInclude(tries.join(" "), token)
    }),
  )
})

describe("a token endpoint", () => {
  const grant = {
    grant_type: "refresh_token",
    client_id: "id",
    client_secret: Redacted.make("hush"),
    refresh_token: Redacted.make("hush-hush"),
  } as const
  const tokens = { body: { access_token: "fresh", expires_in: 3600 } }
  const ask = (react: (n: number) => Reaction, certain?: typeof CERTAIN) =>
    Effect.gen(function* () {
      const scripted = scriptedSite((_, n) => react(n))
      const warned: Array<string> = []
      const tries: Array<string> = []
      const result = yield* within(
        minutes(2),
        requestTokens({
          auth: "https://auth.atlassian.com",
          grant,
          certain,
          warn: (text) => Effect.sync(() => void warned.push(text)),
          onTry: (text) => Effect.sync(() => void tries.push(text)),
        }).pipe(Effect.result, Effect.provide(scripted.layer)),
      )
      return { asked: scripted.seen.length, result, warned, tries }
    })

  it.effect("that cannot be reached is asked once where a person waits", () =>
    Effect.gen(function* () {
      for (const breaks of ["dns", "refused", "unreachable", "resolver", "tls", "certificate"] as const) {
        const { asked, result, warned } = yield* ask(() => ({ breaks }), CERTAIN)
        assert.deepStrictEqual([breaks, asked, result._tag, warned], [breaks, 1, "Failure", []])
      }
    }),
  )

  it.effect("that cannot be reached for a moment is told, and asked again in a sync", () =>
    Effect.gen(function* () {
      const { asked, result, warned, tries } = yield* ask((n) => (n < 2 ? { breaks: "refused" } : tokens))
      assert.deepStrictEqual([asked, result._tag], [3, "Success"])
      assert.lengthOf(warned, 1)
      assert.match(
        warned[0]!,
        /^auth\.atlassian\.com gave no access token: connection refused\. Check .* It is asked again\.$/,
      )
      assert.deepStrictEqual(tries.at(-1), "POST /oauth/token: 200, 0 ms, try 3")
    }),
  )

  it.effect("that shows an untrusted certificate is asked once, also in a sync", () =>
    Effect.gen(function* () {
      const { asked, result } = yield* ask(() => ({ breaks: "certificate" }))
      assert.strictEqual(asked, 1)
      assert.deepInclude(result, { _tag: "Failure" })
      if (result._tag === "Failure") assert.include(result.failure.message, "NODE_EXTRA_CA_CERTS")
    }),
  )
})
