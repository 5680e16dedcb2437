/** What is sent, what is sent again, and what an answer becomes. Virtual time. */
import { Buffer } from "node:buffer"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Random, Redacted } from "effect"
import { ConfluenceClient } from "../../src/confluence/ConfluenceClient.ts"
import type { ApiRequest } from "../../src/confluence/ConfluenceClient.ts"
import { Credentials } from "../../src/confluence/Credentials.ts"
import { isFatal, NotFound } from "../../src/confluence/errors.ts"
import type { ConfluenceError } from "../../src/confluence/errors.ts"
import { Exchange } from "../../src/confluence/Exchange.ts"
import { RequestLog } from "../../src/confluence/RequestLog.ts"
import { basic, clientOf, minutes, scriptedSite, site, token, within } from "./scriptedSite.ts"
import type { Reaction } from "./scriptedSite.ts"

const path = "/wiki/api/v2/pages"
const endpoint = `GET ${path}`
const ask = (request: Partial<ApiRequest> = {}) =>
  ConfluenceClient.use((client) => client.request({ path, stream: "pages", scope: "read:page:confluence", ...request }))

const html = "<!DOCTYPE html><html><body>Sign in</body></html>"

describe("a request", () => {
  it.effect("carries the credential, asks for JSON, and encodes its query with repeated keys", () =>
    Effect.gen(function* () {
      const date = "Wed, 08 Oct 2025 15:00:00 GMT"
      const scripted = scriptedSite(() => ({ body: '{"ü":1}', headers: { date, link: "<x>" } }))
      const query = [
        ["space-id", "1"],
        ["space-id", "2"],
        ["title", "a&b=c d/é"],
        ["cursor", "x==\ud800"],
      ] as const
      const answer = yield* within(0, ask({ query }).pipe(Effect.provide(clientOf(scripted))))
      assert.deepStrictEqual(answer, {
        body: { ü: 1 },
        bytes: 8,
        mayBeMalformed: false,
        siteTime: Date.parse(date),
        link: "<x>",
      })
      const { method, url, headers, body } = scripted.seen[0]!
      assert.strictEqual(
        url,
        `${site}${path}?space-id=1&space-id=2&title=a%26b%3Dc%20d%2F%C3%A9&cursor=x%3D%3D%EF%BF%BD`,
      )
      assert.deepStrictEqual([method, body], ["GET", undefined])
      assert.deepStrictEqual(headers, {
        accept: "application/json",
        authorization: `Basic ${Buffer.from(`ada@example.com:${token}`).toString("base64")}`,
        "user-agent": "source-confluence/1.2.3",
      })
    }),
  )

  it.effect("may be a POST, which is sent again after a failure since it only reads", () =>
    Effect.gen(function* () {
      const scripted = scriptedSite((_, n): Reaction => (n === 0 ? { breaks: "reset" } : { status: 204, body: "" }))
      const request = ask({ method: "POST", path: "/wiki/api/v2/users-bulk", body: { accountIds: ["a"] } })
      const answer = yield* within(minutes(1), request.pipe(Effect.provide(clientOf(scripted))))
      assert.isUndefined(answer.body)
      for (const { method, body, headers } of scripted.seen) {
        assert.deepStrictEqual(
          [method, body, headers["content-type"]],
          ["POST", '{"accountIds":["a"]}', "application/json"],
        )
      }
      assert.lengthOf(scripted.seen, 2)
    }),
  )

  it.effect("is not sent with the credential over http to another machine", () =>
    Effect.gen(function* () {
      const scripted = scriptedSite(() => ({}))
      const send = (base: string, authorized: boolean) =>
        Exchange.use((exchange) => exchange.request({ method: "GET", base, path, query: [], authorized }))
      const outcomes = yield* Effect.forEach(
        [send("http://acme.example", true), send("http://acme.example", false), send("http://127.0.0.1:8080", true)],
        Effect.result,
      ).pipe(Effect.provide(clientOf(scripted)))
      assert.deepStrictEqual(
        outcomes.map(({ _tag }) => _tag),
        ["Failure", "Success", "Success"],
      )
      assert.deepStrictEqual(
        scripted.seen.map(({ url, headers }) => [url, "authorization" in headers]),
        [
          [`http://acme.example${path}`, false],
          [`http://127.0.0.1:8080${path}`, true],
        ],
      )
    }),
  )
})

describe("what is sent again", () => {
  it.effect.each<{ what: string; reaction: Reaction }>([
    ...[408, 425, 500, 502, 503, 504, 520, 599].map((status) => ({
      what: `a ${status}`,
      reaction: { status, body: "oops" },
    })),
    ...(["timeout", "reset", "refused", "dns", "tls", "truncated", "other"] as const).map((breaks) => ({
      what: `an exchange that ends by ${breaks}`,
      reaction: { breaks },
    })),
    { what: "HTML with status 200", reaction: { body: html, headers: { "content-type": "text/html" } } },
    { what: "HTML with status 503", reaction: { status: 503, body: html } },
    { what: "JSON that is not whole", reaction: { body: '{"results":[{"id":"1"' } },
    { what: "an empty body", reaction: { body: "" } },
  ])("$what, and the next answer is used", ({ reaction }) =>
    Effect.gen(function* () {
      const notes: Array<string> = []
      const watcher = { note: (level: string, text: string) => Effect.sync(() => void notes.push(`${level} ${text}`)) }
      const scripted = scriptedSite((_, n) => (n < 2 ? reaction : { body: "\ufeff[1]" }))
      const { answer, counted } = yield* within(
        minutes(1),
        Effect.gen(function* () {
          const answer = yield* ask()
          return { answer, counted: (yield* RequestLog).of("pages") }
        }).pipe(Effect.provide(clientOf(scripted, { watcher }))),
      )
      assert.deepStrictEqual(answer.body, [1])
      assert.strictEqual(counted.requests, 3)
      assert.strictEqual(counted.retries, 2)
      assert.strictEqual(counted.waits, 2)
      assert.lengthOf(notes, 2)
      assert.match(notes[0]!, /^debug GET \/wiki\/api\/v2\/pages: .*; try 2 follows in \d+ ms$/)
    }).pipe(Random.withSeed("again")),
  )

  it.effect("is sent six times with growing pauses, and then the site counts as unavailable", () =>
    Effect.gen(function* () {
      const scripted = scriptedSite(() => ({ status: 502, body: html }))
      const error = yield* within(minutes(2), Effect.flip(ask()).pipe(Effect.provide(clientOf(scripted))))
      assert.strictEqual(error._tag, "SiteUnavailable")
      assert.deepInclude(
        { ...error },
        { endpoint, kind: "server error", status: 502, tries: 6, failureType: "transient_error" },
      )
      assert.match(
        error.message,
        /^acme\.atlassian\.net gave no usable answer to GET \/wiki\/api\/v2\/pages in 6 tries/,
      )
      const pauses = scripted.seen.slice(1).map(({ at }, n) => at - scripted.seen[n]!.at)
      for (const [n, least] of [500, 1_000, 2_000, 4_000, 8_000].entries()) {
        assert.isAtLeast(pauses[n]!, least)
        assert.isAtMost(pauses[n]!, least * 2)
      }
      assert.lengthOf(pauses, 5)
    }).pipe(Random.withSeed("six")),
  )

  it.effect("is sent fewer times where the caller wants it so", () =>
    Effect.gen(function* () {
      const scripted = scriptedSite(() => ({ status: 504 }))
      const error = yield* within(minutes(1), Effect.flip(ask({ tries: 1 })).pipe(Effect.provide(clientOf(scripted))))
      assert.include(error.message, "in 1 try")
      assert.lengthOf(scripted.seen, 1)
    }),
  )

  it.effect("includes a request that hangs, given up within 60 s", () =>
    Effect.gen(function* () {
      const scripted = scriptedSite((_, n): Reaction => (n === 0 ? { hangs: true } : {}))
      yield* within(minutes(2), ask().pipe(Effect.provide(clientOf(scripted))))
      assert.lengthOf(scripted.seen, 2)
      assert.isAtMost(scripted.seen[1]!.at, 60_000)
      assert.isAtLeast(scripted.seen[1]!.at, 50_000)
    }),
  )

  it.effect("is not counted as failed where the site refuses for the rate", () =>
    Effect.gen(function* () {
      const scripted = scriptedSite((_, n) => (n < 15 ? { status: 429, headers: { "retry-after": "2" } } : {}))
      yield* within(minutes(2), ask().pipe(Effect.provide(clientOf(scripted))))
      assert.lengthOf(scripted.seen, 16)
    }),
  )
})

interface Failing {
  readonly what: string
  readonly reaction: Reaction
  readonly tag: ConfluenceError["_tag"]
  readonly says?: string
  readonly request?: Partial<ApiRequest>
  readonly fields?: Readonly<Record<string, unknown>>
}

const v2Error = (status: number, code: string, title: string) => ({
  status,
  body: { errors: [{ status, code, title, detail: null }] },
})

const failing: ReadonlyArray<Failing> = [
  {
    what: "a 401 in HTML",
    reaction: { status: 401, body: html },
    tag: "CredentialsRejected",
    says: "expired or been revoked",
  },
  {
    what: "a 401 for a missing scope",
    reaction: { status: 401, body: { code: 401, message: "Unauthorized; scope does not match" } },
    tag: "ScopeMissing",
    says: "lacks the scope read:page:confluence",
    fields: { scope: "read:page:confluence" },
  },
  {
    what: "a 403 for a missing licence",
    reaction: { status: 403, body: { message: "Current user not permitted to use Confluence", statusCode: 403 } },
    tag: "NotLicensed",
    says: "no Confluence licence",
  },
  { what: "a 403", reaction: { status: 403, body: {} }, tag: "Forbidden", says: "read:page:confluence" },
  {
    what: "a 403 that asks for a CAPTCHA",
    reaction: { status: 403, headers: { "x-seraph-loginreason": "AUTHENTICATION_DENIED" } },
    tag: "CredentialsRejected",
    says: "sign in once in a browser",
  },
  {
    what: "a 404",
    reaction: v2Error(404, "NOT_FOUND", "Not Found"),
    tag: "NotFound",
    fields: {
      webPage: false,
      internalMessage: 'HTTP 404: {"errors":[{"status":404,"code":"NOT_FOUND","title":"Not Found","detail":null}]}',
    },
  },
  { what: "a 404 in HTML", reaction: { status: 404, body: html }, tag: "NotFound", fields: { webPage: true } },
  { what: "a 410", reaction: { status: 410 }, tag: "EndpointRemoved", says: "has removed", fields: { status: 410 } },
  { what: "a 501", reaction: { status: 501 }, tag: "EndpointRemoved", says: "does not offer", fields: { status: 501 } },
  {
    what: "a 400 that rejects the cursor it was sent",
    reaction: v2Error(400, "INVALID_REQUEST_PARAMETER", "Provided value for 'cursor' is not the correct type."),
    request: { query: [["cursor", "old"]] },
    tag: "BadRequest",
    says: "Provided value for 'cursor'",
    fields: { cursorRejected: true, code: "INVALID_REQUEST_PARAMETER", status: 400 },
  },
  {
    what: "a 400 about a cursor that was not sent",
    reaction: v2Error(400, "INVALID_REQUEST_PARAMETER", "cursor?"),
    tag: "BadRequest",
    fields: { cursorRejected: false },
  },
  {
    what: "a 400 about something else than the cursor",
    reaction: v2Error(400, "INVALID_REQUEST_PARAMETER", "limit"),
    request: { query: [["cursor", "old"]] },
    tag: "BadRequest",
    fields: { cursorRejected: false },
  },
  { what: "a 400 without a body", reaction: { status: 400, body: "" }, tag: "BadRequest", fields: { code: undefined } },
  { what: "a 400 with JSON that is no object", reaction: { status: 400, body: [1] }, tag: "BadRequest" },
  {
    what: "a 409 of v1",
    reaction: { status: 409, body: { statusCode: 409, message: "conflict" } },
    tag: "BadRequest",
    says: "conflict",
  },
  {
    what: "a redirect",
    reaction: { status: 302, headers: { location: "https://evil.example/wiki?token=1" } },
    tag: "UnexpectedResponse",
    says: "redirect (302) to evil.example, ",
  },
  { what: "a redirect to nowhere", reaction: { status: 304 }, tag: "UnexpectedResponse", says: "redirect (304), " },
]

describe("what fails at once", () => {
  it.effect.each(failing)("is $what: $tag", ({ reaction, tag, says = "", request, fields = {} }) =>
    Effect.gen(function* () {
      const scripted = scriptedSite(() => reaction)
      const error = yield* within(0, Effect.flip(ask(request)).pipe(Effect.provide(clientOf(scripted))))
      assert.strictEqual(error._tag, tag)
      assert.include(error.message, says)
      assert.deepInclude({ ...error }, { endpoint, ...fields })
      assert.strictEqual(isFatal(error), ["CredentialsRejected", "NotLicensed"].includes(tag))
      assert.notInclude(JSON.stringify(error) + error.message, token)
      assert.notInclude(error.message, "old")
      assert.lengthOf(scripted.seen, 1)
    }),
  )
})

describe("a credential that changes", () => {
  const remedies = { rejected: "sign in again", scope: "get the scope" }
  /** Tokens a, b, c …; the next one is there as soon as one was rejected. */
  const renewing = (names: string) => {
    const asked: Array<string> = []
    const rejected: Array<string> = []
    const layer = Layer.succeed(Credentials, {
      authorization: Effect.sync(() => {
        const name = names[Math.min(rejected.length, names.length - 1)]!
        asked.push(name)
        return Redacted.make(`Bearer ${name}`)
      }),
      rejected: (used) =>
        Effect.sync(() => {
          rejected.push(Redacted.value(used))
          return rejected.length < names.length
        }),
      trust: () => Effect.succeed("always"),
      remedies,
    })
    return { asked, rejected, layer }
  }

  it.effect("is asked for anew at each try, and once more after a 401 if there is a new one", () =>
    Effect.gen(function* () {
      const credentials = renewing("ab")
      const scripted = scriptedSite((_, n): Reaction => [{ status: 500 }, { status: 401 }, {}][n]!)
      yield* within(minutes(1), ask().pipe(Effect.provide(clientOf(scripted, { credentials: credentials.layer }))))
      assert.deepStrictEqual(
        scripted.seen.map(({ headers }) => headers["authorization"]),
        ["Bearer a", "Bearer a", "Bearer b"],
      )
      assert.deepStrictEqual(credentials.rejected, ["Bearer a"])
    }),
  )

  it.effect("is given up when the site rejects every new one", () =>
    Effect.gen(function* () {
      const credentials = renewing("abcdefghijklmnopqrstuvwxyz")
      const scripted = scriptedSite(() => ({ status: 401 }))
      const error = yield* within(
        minutes(1),
        Effect.flip(ask()).pipe(Effect.provide(clientOf(scripted, { credentials: credentials.layer }))),
      )
      assert.strictEqual(error._tag, "CredentialsRejected")
      assert.lengthOf(scripted.seen, 21)
    }),
  )

  const bare = (status: (path: string) => number) =>
    scriptedSite(({ url }): Reaction => ({ status: status(new URL(url).pathname), afterMs: 50 }))
  const open = ask({ path: "/wiki/rest/api/user/current" })
  const [groups, users] = ["/wiki/rest/api/group", "/wiki/rest/api/search/user"]

  it.effect("is not blamed for the 401 of one endpoint while it opens another", () =>
    Effect.gen(function* () {
      const scripted = bare((path) => (path === groups ? 401 : 200))
      const asking = Effect.andThen(open, Effect.flip(ask({ path: groups })))
      const error = yield* within(minutes(1), asking.pipe(Effect.provide(clientOf(scripted))))
      assert.strictEqual(error._tag, "Forbidden")
      assert.isFalse(isFatal(error))
      assert.strictEqual(error.failureType, "config_error")
      assert.include(error.message, groups)
    }),
  )

  it.effect("is blamed when what it had opened is refused too, which is not asked for each", () =>
    Effect.gen(function* () {
      let revoked = false
      const scripted = bare(() => (revoked ? 401 : 200))
      const asking = Effect.gen(function* () {
        yield* open
        revoked = true
        const paths = [groups, users, groups, users]
        return yield* Effect.forEach(paths, (each) => Effect.flip(ask({ path: each })), { concurrency: 4 })
      })
      const errors = yield* within(minutes(1), asking.pipe(Effect.provide(clientOf(scripted))))
      assert.deepStrictEqual([...new Set(errors.map(({ _tag }) => _tag))], ["CredentialsRejected"])
      // What it had opened is asked for the answer that came first, and once more for all others.
      assert.lengthOf(scripted.seen, 1 + 4 + 2)
    }),
  )

  it.effect("fails the request when it cannot be had", () =>
    Effect.gen(function* () {
      const failure = new NotFound({ message: "no token", endpoint: "", webPage: false })
      const credentials = Layer.succeed(Credentials, {
        authorization: Effect.fail(failure),
        rejected: () => Effect.succeed(false),
        trust: () => Effect.succeed("always"),
        remedies,
      })
      const scripted = scriptedSite(() => ({}))
      const error = yield* within(0, Effect.flip(ask()).pipe(Effect.provide(clientOf(scripted, { credentials }))))
      assert.strictEqual(error, failure)
      assert.lengthOf(scripted.seen, 0)
    }),
  )

  it.effect("never shows when printed", () =>
    Effect.gen(function* () {
      const { authorization } = yield* Credentials
      const shown = String(yield* authorization) + JSON.stringify(yield* authorization)
      assert.notInclude(shown, Buffer.from(`ada@example.com:${token}`).toString("base64"))
    }).pipe(Effect.provide(basic)),
  )
})
