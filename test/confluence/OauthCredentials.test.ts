/**
 * Access tokens that end, are refused, or seem to: how often new ones are asked for, when they are handed on, and what is believed
 * meanwhile. The token endpoint and the site are one scripted server in virtual time.
 */
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Fiber, Layer, Redacted } from "effect"
import { TestClock } from "effect/testing"
import { ConfluenceClient } from "../../src/confluence/ConfluenceClient.ts"
import { type OauthOptions, oauthCredentials } from "../../src/confluence/OauthCredentials.ts"
import { clientOf, minutes, type Reaction, type ScriptedSite, scriptedSite, within } from "./scriptedSite.ts"

const auth = "https://auth.atlassian.com"
const HOUR = 3_600_000
const PAGES = "/wiki/api/v2/pages"
const GROUPS = "/wiki/rest/api/group"
const WHO = "/wiki/rest/api/user/current"

/** An OAuth server with rotating refresh tokens r0, r1 …, and a site that takes the access tokens a1, a2 … for an hour each. */
class Server {
  readonly scripted: ScriptedSite
  /** What was kept, in order, among the requests that were sent. */
  readonly events: Array<string> = []
  readonly expires = new Map<string, number>()
  readonly warnings: Array<string> = []
  /** Answers in the place of the token endpoint's, one for each request; undefined as usual. */
  tokenAnswers: Array<Reaction | undefined> = []
  /** What the site answers to a token that is not good. */
  refusal: (path: string) => Reaction = () => ({ status: 401, body: { code: 401, message: "Unauthorized" } })
  /** What the site answers to a good one; undefined as usual. */
  answer: (path: string) => Reaction | undefined = () => undefined
  lifetime = HOUR
  rotates = true
  latency = 0
  #rotations = 0

  constructor() {
    this.scripted = scriptedSite(
      ({ url, headers, body }, _n, now) => {
        const { pathname } = new URL(url)
        return pathname === "/oauth/token"
          ? this.#tokens(JSON.parse(body ?? "{}") as Record<string, string>, now)
          : this.#site(pathname, headers["authorization"] ?? "", now)
      },
      () => this.latency,
    )
  }

  #tokens(asked: Record<string, string>, now: number): Reaction {
    this.events.push(`${asked["grant_type"]} ${asked["refresh_token"] ?? ""}`.trim())
    const instead = this.tokenAnswers.shift()
    if (instead !== undefined) return instead
    if (asked["client_secret"] !== "hush") return { status: 401, body: { error: "access_denied" } }
    const isRefresh = asked["grant_type"] === "refresh_token"
    if (isRefresh && asked["refresh_token"] !== `r${this.rotates ? this.#rotations : 0}`) {
      return { status: 403, body: { error: "unauthorized_client", error_description: "refresh_token is invalid" } }
    }
    this.#rotations++
    const token = `a${this.#rotations}`
    this.expires.set(token, now + this.lifetime)
    const refresh = isRefresh && this.rotates ? { refresh_token: `r${this.#rotations}` } : {}
    return { body: { access_token: token, expires_in: this.lifetime / 1000, token_type: "Bearer", ...refresh } }
  }

  #site(path: string, authorization: string, now: number): Reaction {
    const token = authorization.replace("Bearer ", "")
    this.events.push(`${path.split("/").at(-1)} ${token}`)
    return now < (this.expires.get(token) ?? 0) ? (this.answer(path) ?? { body: { results: [] } }) : this.refusal(path)
  }

  get tokenRequests(): ReadonlyArray<string> {
    return this.events.filter((event) => /^(refresh_token|client_credentials)/.test(event))
  }

  layer(options: Partial<OauthOptions> = {}) {
    const credentials = oauthCredentials({
      auth,
      client: { client_id: "app", client_secret: Redacted.make("hush") },
      refreshToken: Redacted.make("r0"),
      accessToken: undefined,
      expiresAt: undefined,
      keep: ({ accessToken, refreshToken }) =>
        Effect.sync(() => {
          const refresh = refreshToken === undefined ? "" : ` ${Redacted.value(refreshToken)}`
          this.events.push(`kept ${Redacted.value(accessToken)}${refresh}`)
        }),
      warn: (text) => Effect.sync(() => void this.warnings.push(text)),
      ...options,
    })
    return clientOf(this.scripted, { credentials: Layer.provide(credentials, this.scripted.layer) })
  }
}

const get = (path: string) => ConfluenceClient.use((client) => client.request({ path }))
const several = (path: string, count: number) =>
  Effect.forEach(Array.from({ length: count }), () => get(path), { concurrency: "unbounded" })

describe("a grant", () => {
  it.effect("gets one token for all, and hands it on before anything is sent with it", () =>
    Effect.gen(function* () {
      const server = new Server()
      server.latency = 100
      yield* within(minutes(1), several(PAGES, 8).pipe(Effect.provide(server.layer())))
      assert.deepStrictEqual(server.events.slice(0, 3), ["refresh_token r0", "kept a1 r1", "pages a1"])
      assert.lengthOf(server.tokenRequests, 1)
    }),
  )

  it.effect("uses a stored token as long as it is good, and renews it early", () =>
    Effect.gen(function* () {
      const server = new Server()
      const now = yield* Clock.currentTimeMillis
      server.expires.set("stored", now + HOUR / 2)
      const layer = server.layer({ accessToken: Redacted.make("stored"), expiresAt: now + HOUR / 2 })
      const reading = Effect.gen(function* () {
        yield* get(PAGES)
        yield* Effect.sleep(HOUR / 2 - 60_000)
        yield* get(PAGES)
      })
      yield* within(HOUR, reading.pipe(Effect.provide(layer)))
      assert.deepStrictEqual(server.events, ["pages stored", "refresh_token r0", "kept a1 r1", "pages a1"])
    }),
  )

  it.effect("outlives many tokens without ever being refused", () =>
    Effect.gen(function* () {
      const server = new Server()
      const refused: Array<string> = []
      server.refusal = (path) => {
        refused.push(path)
        return { status: 401 }
      }
      const reading = Effect.forEach(
        Array.from({ length: 600 }),
        () => Effect.andThen(get(PAGES), Effect.sleep(60_000)),
        { discard: true },
      )
      yield* within(11 * HOUR, reading.pipe(Effect.provide(server.layer())))
      assert.deepStrictEqual(refused, [])
      assert.deepStrictEqual(
        server.tokenRequests,
        Array.from({ length: 11 }, (_, n) => `refresh_token r${n}`),
      )
    }),
  )

  it.effect("is renewed once for all requests that were refused together, and each is sent again", () =>
    Effect.gen(function* () {
      const server = new Server()
      server.latency = 50
      const layer = server.layer({ accessToken: Redacted.make("revoked") })
      const answers = yield* within(minutes(1), several(PAGES, 6).pipe(Effect.provide(layer)))
      assert.lengthOf(answers, 6)
      assert.lengthOf(server.tokenRequests, 1)
      assert.lengthOf(
        server.events.filter((event) => event === "pages a1"),
        6,
      )
    }),
  )

  it.effect("keeps its refresh token where the server gives no other", () =>
    Effect.gen(function* () {
      const server = new Server()
      server.rotates = false
      const reading = get(PAGES).pipe(Effect.andThen(Effect.sleep(HOUR)), Effect.andThen(get(PAGES)))
      yield* within(2 * HOUR, reading.pipe(Effect.provide(server.layer())))
      assert.deepStrictEqual(server.tokenRequests, ["refresh_token r0", "refresh_token r0"])
      assert.include(server.events, "kept a2 r0")
    }),
  )

  it.effect("is not lost when the run is interrupted while it is renewed", () =>
    Effect.gen(function* () {
      const server = new Server()
      server.latency = 1_000
      const fiber = yield* Effect.forkChild(get(PAGES).pipe(Effect.provide(server.layer())))
      yield* TestClock.adjust(600)
      const interrupted = yield* Effect.forkChild(Fiber.interrupt(fiber))
      yield* TestClock.adjust(5_000)
      yield* Fiber.join(interrupted)
      assert.deepStrictEqual(server.events, ["refresh_token r0", "kept a1 r1"])
    }),
  )
})

describe("a 404 or 403 with an access token", () => {
  const expired: Server["refusal"] = (path) =>
    path === GROUPS || path === WHO ? { status: 403, body: { message: "no" } } : { status: 404 }

  it.effect.each([PAGES, GROUPS])("at %s is not believed of a token that has ended before its time", (path) =>
    Effect.gen(function* () {
      const server = new Server()
      server.refusal = expired
      server.latency = 20
      const reading = Effect.gen(function* () {
        yield* get(WHO)
        server.expires.set("a1", 0)
        return yield* several(path, 3)
      })
      const answers = yield* within(minutes(1), reading.pipe(Effect.provide(server.layer())))
      assert.lengthOf(answers, 3)
      assert.deepStrictEqual(server.tokenRequests, ["refresh_token r0", "refresh_token r1"])
    }),
  )

  it.effect("is not believed of a stored token that has opened nothing yet", () =>
    Effect.gen(function* () {
      const server = new Server()
      server.refusal = expired
      const layer = server.layer({ accessToken: Redacted.make("old") })
      yield* within(minutes(1), get(PAGES).pipe(Effect.provide(layer)))
      assert.deepStrictEqual(server.events, ["pages old", "refresh_token r0", "kept a1 r1", "pages a1"])
    }),
  )

  it.effect("is believed when the token opens a known-good path, which is asked for once for all that wait", () =>
    Effect.gen(function* () {
      const server = new Server()
      server.latency = 40
      server.answer = (path) => (path === PAGES ? { status: 404 } : undefined)
      const reading = Effect.gen(function* () {
        yield* get(WHO)
        return yield* Effect.forEach([1, 2, 3, 4, 5, 6, 7, 8], () => Effect.flip(get(PAGES)), { concurrency: 8 })
      })
      const errors = yield* within(minutes(1), reading.pipe(Effect.provide(server.layer())))
      assert.deepStrictEqual([...new Set(errors.map(({ _tag }) => _tag))], ["NotFound"])
      assert.lengthOf(server.tokenRequests, 1)
      // At the start, for the answer that came first, and for the others.
      assert.lengthOf(
        server.events.filter((event) => event.startsWith("current")),
        3,
      )
    }),
  )

  it.effect("that everything is answered with, also to a new token, is a lost access and not a missing row", () =>
    Effect.gen(function* () {
      const server = new Server()
      let lost = false
      server.answer = () => (lost ? { status: 404 } : undefined)
      const reading = Effect.gen(function* () {
        yield* get(WHO)
        lost = true
        return yield* Effect.forEach([1, 2, 3], () => Effect.flip(get(PAGES)), { concurrency: 3 })
      })
      const errors = yield* within(minutes(1), reading.pipe(Effect.provide(server.layer())))
      assert.deepStrictEqual([...new Set(errors.map(({ _tag }) => _tag))], ["CredentialsRejected"])
      assert.lengthOf(server.tokenRequests, 3)
    }),
  )

  it.effect("to tokens that have opened nothing yet is believed in the end", () =>
    Effect.gen(function* () {
      const server = new Server()
      server.answer = () => ({ status: 404 })
      const error = yield* within(minutes(1), Effect.flip(get(PAGES)).pipe(Effect.provide(server.layer())))
      assert.strictEqual(error._tag, "NotFound")
      assert.lengthOf(server.tokenRequests, 3)
    }),
  )

  it.effect("is a passing failure where the known-good path cannot be asked", () =>
    Effect.gen(function* () {
      const server = new Server()
      let asked = 0
      server.answer = (path) =>
        path === PAGES ? { status: 404 } : path === WHO && asked++ > 0 ? { status: 503 } : undefined
      const reading = get(WHO).pipe(Effect.andThen(Effect.flip(get(PAGES))))
      const error = yield* within(minutes(5), reading.pipe(Effect.provide(server.layer())))
      assert.strictEqual(error._tag, "SiteUnavailable")
    }),
  )
})

describe("a 401 with an access token", () => {
  const scopeWords = { code: 401, message: "Unauthorized; scope does not match" }
  const plain = { code: 401, message: "Unauthorized" }
  const asked = (server: Server, what: string) => server.events.filter((event) => event.startsWith(what)).length
  const afterWho = (path: string) => Effect.andThen(get(WHO), Effect.flip(get(path)))

  it.effect("that one endpoint alone gives is that endpoint's own refusal, and takes no new token", () =>
    Effect.gen(function* () {
      const server = new Server()
      server.answer = (path) => (path === GROUPS ? { status: 401, body: plain } : undefined)
      const error = yield* within(minutes(1), afterWho(GROUPS).pipe(Effect.provide(server.layer())))
      assert.strictEqual(error._tag, "Forbidden")
      assert.match(error.message, /401 Unauthorized.*although the credential opens others/)
      assert.lengthOf(server.tokenRequests, 1)
      assert.strictEqual(asked(server, "group"), 2)
    }),
  )

  it.effect("that is given for a moment costs one more request", () =>
    Effect.gen(function* () {
      const server = new Server()
      let times = 1
      server.answer = (path) => (path === GROUPS && times-- > 0 ? { status: 401, body: plain } : undefined)
      const reading = Effect.andThen(get(WHO), get(GROUPS))
      const { body } = yield* within(minutes(1), reading.pipe(Effect.provide(server.layer())))
      assert.deepStrictEqual(body, { results: [] })
      assert.lengthOf(server.tokenRequests, 1)
    }),
  )

  it.effect("that speaks of the scope, but to a token that has ended, is no missing scope", () =>
    Effect.gen(function* () {
      const server = new Server()
      server.refusal = () => ({ status: 401, body: scopeWords })
      const reading = Effect.gen(function* () {
        yield* get(WHO)
        server.expires.set("a1", 0)
        return yield* several(PAGES, 3)
      })
      const answers = yield* within(minutes(1), reading.pipe(Effect.provide(server.layer())))
      assert.lengthOf(answers, 3)
      assert.lengthOf(server.tokenRequests, 2)
    }),
  )

  it.effect("that speaks of the scope is believed of a token that opens others", () =>
    Effect.gen(function* () {
      const server = new Server()
      server.answer = (path) => (path === GROUPS ? { status: 401, body: scopeWords } : undefined)
      const error = yield* within(minutes(1), afterWho(GROUPS).pipe(Effect.provide(server.layer())))
      assert.strictEqual(error._tag, "ScopeMissing")
      assert.lengthOf(server.tokenRequests, 1)
      assert.strictEqual(asked(server, "current"), 2)
    }),
  )

  it.effect("that names the check of scopes in a header is believed at once", () =>
    Effect.gen(function* () {
      const server = new Server()
      const headers = { "x-failure-category": "FAILURE_CLIENT_SCOPE_CHECK" }
      server.answer = (path) => (path === GROUPS ? { status: 401, headers, body: scopeWords } : undefined)
      const error = yield* within(minutes(1), afterWho(GROUPS).pipe(Effect.provide(server.layer())))
      assert.strictEqual(error._tag, "ScopeMissing")
      assert.deepStrictEqual([asked(server, "current"), asked(server, "group")], [1, 1])
    }),
  )

  it.effect("of one endpoint is its own also where the token may not tell whose it is", () =>
    Effect.gen(function* () {
      const server = new Server()
      server.answer = (path) => ({ status: 401, body: path === WHO ? scopeWords : plain })
      const reading = Effect.andThen(Effect.flip(get(WHO)), Effect.flip(get(GROUPS)))
      const error = yield* within(minutes(1), reading.pipe(Effect.provide(server.layer())))
      assert.strictEqual(error._tag, "Forbidden")
      // One more at the first words: before anything has opened, they may be said of a token that has ended.
      assert.lengthOf(server.tokenRequests, 2)
    }),
  )

  it.effect("that speaks of the scope before anything has opened is an ended token's, where the next token opens", () =>
    Effect.gen(function* () {
      const server = new Server()
      server.answer = () => (server.tokenRequests.length < 2 ? { status: 401, body: scopeWords } : undefined)
      const result = yield* within(minutes(1), Effect.result(get(GROUPS)).pipe(Effect.provide(server.layer())))
      assert.strictEqual(result._tag, "Success")
      assert.lengthOf(server.tokenRequests, 2)
    }),
  )

  it.effect("that speaks of the scope to the next token too is believed", () =>
    Effect.gen(function* () {
      const server = new Server()
      server.answer = () => ({ status: 401, body: scopeWords })
      const error = yield* within(minutes(1), Effect.flip(get(GROUPS)).pipe(Effect.provide(server.layer())))
      assert.strictEqual(error._tag, "ScopeMissing")
      assert.lengthOf(server.tokenRequests, 2)
    }),
  )
})

describe("a token endpoint", () => {
  const failing: ReadonlyArray<{
    what: string
    answers: ReadonlyArray<Reaction>
    tag: string
    type: string
    says: string
    sent: number
  }> = [
    {
      what: "that does not take the refresh token any more",
      answers: [{ status: 403, body: { error: "unauthorized_client", error_description: "refresh_token is invalid" } }],
      tag: "CredentialsRejected",
      type: "config_error",
      says: "Authorize again",
      sent: 1,
    },
    {
      what: "that says the refresh token has expired",
      answers: [{ status: 403, body: { error: "invalid_grant", error_description: "Unknown or expired" } }],
      tag: "CredentialsRejected",
      type: "config_error",
      says: "Authorize again",
      sent: 1,
    },
    {
      what: "that does not know the secret",
      answers: [{ status: 401, body: { error: "access_denied" } }],
      tag: "CredentialsRejected",
      type: "config_error",
      says: '"credentials.client_secret"',
      sent: 1,
    },
    {
      what: "that fails",
      answers: [{ status: 503, body: "<html>" }],
      tag: "SiteUnavailable",
      type: "transient_error",
      says: "Try again",
      sent: 1,
    },
    {
      what: "whose answer is lost, perhaps with the new refresh token in it",
      answers: [{ breaks: "reset" }],
      tag: "SiteUnavailable",
      type: "transient_error",
      says: "may be used up",
      sent: 1,
    },
    {
      what: "that does not answer in time",
      answers: [{ hangs: true }],
      tag: "SiteUnavailable",
      type: "transient_error",
      says: "may be used up",
      sent: 1,
    },
    {
      what: "that cannot be reached",
      answers: Array.from({ length: 5 }, () => ({ breaks: "refused" as const })),
      tag: "SiteUnavailable",
      type: "transient_error",
      says: "connection refused. Check the address and the network",
      sent: 5,
    },
    {
      what: "that asks to wait for an hour",
      answers: [{ status: 429, headers: { "retry-after": "3600" } }],
      tag: "RateLimitExceeded",
      type: "transient_error",
      says: "later",
      sent: 1,
    },
    {
      what: "that is none",
      answers: [{ body: "<html>Welcome</html>" }],
      tag: "UnexpectedResponse",
      type: "system_error",
      says: '"endpoints.auth"',
      sent: 1,
    },
  ]
  it.effect.each(failing)("$what fails every request, and is not asked again by others", (each) =>
    Effect.gen(function* () {
      const server = new Server()
      server.tokenAnswers = [...each.answers]
      const errors = yield* within(
        minutes(10),
        Effect.forEach([1, 2, 3], () => Effect.flip(get(PAGES)), { concurrency: "unbounded" }).pipe(
          Effect.provide(server.layer()),
        ),
      )
      assert.deepStrictEqual([...new Set(errors.map(({ _tag }) => _tag))], [each.tag])
      assert.strictEqual(errors[0]!.failureType, each.type)
      assert.include(errors[0]!.message, each.says)
      assert.notInclude(JSON.stringify(errors) + errors[0]!.message, "hush")
      assert.lengthOf(server.tokenRequests, each.sent)
      assert.lengthOf(
        server.events.filter((event) => event.startsWith("pages")),
        0,
      )
    }),
  )

  it.effect("that is busy or cannot be reached for a moment is asked again", () =>
    Effect.gen(function* () {
      const server = new Server()
      server.tokenAnswers = [{ breaks: "refused" }, { status: 429, headers: { "retry-after": "7" } }, undefined]
      yield* within(minutes(1), get(PAGES).pipe(Effect.provide(server.layer())))
      assert.lengthOf(server.tokenRequests, 3)
      const [, second, third] = server.scripted.seen
      assert.isAtLeast(third!.at - second!.at, 7_000)
    }),
  )

  it.effect("that fails while the old token is still good costs nothing yet, and is told", () =>
    Effect.gen(function* () {
      const server = new Server()
      const now = yield* Clock.currentTimeMillis
      server.expires.set("stored", now + 100_000)
      server.tokenAnswers = [{ status: 500 }]
      const layer = server.layer({ accessToken: Redacted.make("stored"), expiresAt: now + 100_000 })
      const reading = Effect.gen(function* () {
        yield* get(PAGES)
        yield* get(PAGES)
        yield* Effect.sleep(100_000)
        return yield* Effect.flip(get(PAGES))
      })
      const error = yield* within(minutes(5), reading.pipe(Effect.provide(layer)))
      assert.strictEqual(error._tag, "SiteUnavailable")
      assert.deepStrictEqual(server.events, ["refresh_token r0", "pages stored", "pages stored"])
      assert.lengthOf(server.warnings, 1)
      assert.include(server.warnings[0], "could not be renewed")
    }),
  )
})

describe("a service account", () => {
  it.effect("gets a token by its secret, again when it ends, and also from a server that fails at first", () =>
    Effect.gen(function* () {
      const server = new Server()
      server.tokenAnswers = [{ status: 503 }, { breaks: "reset" }, undefined]
      const reading = get(PAGES).pipe(Effect.andThen(Effect.sleep(HOUR)), Effect.andThen(get(PAGES)))
      yield* within(2 * HOUR, reading.pipe(Effect.provide(server.layer({ refreshToken: undefined }))))
      assert.deepStrictEqual(server.events, [
        "client_credentials",
        "client_credentials",
        "client_credentials",
        "kept a1",
        "pages a1",
        "client_credentials",
        "kept a2",
        "pages a2",
      ])
    }),
  )
})
