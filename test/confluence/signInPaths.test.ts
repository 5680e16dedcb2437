/** Signing in where part of the way is closed, and to hosts that may be a stranger's: who hears the credential, and what is said. */
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect } from "effect"
import { signInWithApiToken } from "../../src/confluence/SignIn.ts"
import { clientOf, minutes, type Reaction, scriptedSite, site, within } from "./scriptedSite.ts"

const gateway = "https://api.atlassian.com"
const cloudId = "1324a887-45db-1bf4-1e99-ef0ff456d421"
const USER = "/wiki/rest/api/user/current"
const onSite = site + USER
const tenantInfo = `${site}/_edge/tenant_info`
const onGateway = `${gateway}/ex/confluence/${cloudId}${USER}`

const ada: Reaction = { body: { type: "known", accountId: "5b10", displayName: "Ada" } }
const rejected: Reaction = { status: 401, body: "<html>no</html>" }
const tenant: Reaction = { body: { cloudId } }
const html: Reaction = { body: "<html>Blocked</html>", headers: { "content-type": "text/html" } }

const signInto = (answers: Readonly<Record<string, Reaction>>, at = site, numWorkers = 8) => {
  const scripted = scriptedSite(({ url }) => answers[url] ?? { status: 404, body: "<html>404</html>" })
  const signedIn = within(
    minutes(5),
    Effect.gen(function* () {
      const from = yield* Clock.currentTimeMillis
      const result = yield* Effect.result(signInWithApiToken({ site: at, gateway }))
      return { result, ms: (yield* Clock.currentTimeMillis) - from }
    }).pipe(Effect.provide(clientOf(scripted, { numWorkers }))),
  )
  const askedOf = (url: string) => scripted.seen.filter((request) => request.url === url)
  return { scripted, signedIn, askedOf }
}

const failureOf = (result: { readonly _tag: string; readonly failure?: unknown }) => {
  assert.strictEqual(result._tag, "Failure")
  return result.failure as { readonly _tag: string; readonly message: string; readonly failureType: string }
}

describe("where the gateway is closed", () => {
  it.effect.each<{ how: string; answer: Reaction; tries: number }>([
    { how: "refuses connections", answer: { breaks: "refused" }, tries: 1 },
    { how: "is never reached", answer: { breaks: "unreachable" }, tries: 1 },
    { how: "has no name", answer: { breaks: "dns" }, tries: 1 },
    { how: "is replaced by a web page", answer: html, tries: 1 },
    { how: "shows another certificate", answer: { breaks: "certificate" }, tries: 1 },
    { how: "is cut off", answer: { breaks: "reset" }, tries: 3 },
  ])("and $how, the site's refusal of the token is what is said", ({ answer, tries }) =>
    Effect.gen(function* () {
      const { signedIn, askedOf } = signInto({ [onSite]: rejected, [tenantInfo]: tenant, [onGateway]: answer })
      const failure = failureOf((yield* signedIn).result)
      assert.deepInclude(failure, { _tag: "CredentialsRejected", failureType: "config_error" })
      assert.match(failure.message, /^Atlassian rejects the credential \(401 .*check the email and the token/)
      assert.match(
        failure.message,
        /through Atlassian's gateway alone, which could not be asked\. .*api\.atlassian\.com/,
      )
      assert.lengthOf(askedOf(onGateway), tries)
    }),
  )

  it.effect("and it answers that it is down, a token with scopes may be good: that is an outage", () =>
    Effect.gen(function* () {
      const { signedIn } = signInto({ [onSite]: rejected, [tenantInfo]: tenant, [onGateway]: { status: 503 } })
      assert.deepInclude(failureOf((yield* signedIn).result), {
        _tag: "SiteUnavailable",
        failureType: "transient_error",
      })
    }),
  )
})

describe("a site that never tells its cloud id", () => {
  for (const numWorkers of [1, 8]) {
    it.effect(`costs a classic token seconds, with ${numWorkers} workers`, () =>
      Effect.gen(function* () {
        const { signedIn } = signInto({ [onSite]: ada, [tenantInfo]: { hangs: true } }, site, numWorkers)
        const { result, ms } = yield* signedIn
        assert.deepInclude(result, { _tag: "Success" })
        if (result._tag === "Success") assert.deepInclude(result.success, { via: "site", cloudId: undefined })
        assert.isAtMost(ms, 5_000)
      }),
    )
  }

  it.effect("leaves a refused token with what the site said of it", () =>
    Effect.gen(function* () {
      const { signedIn } = signInto({ [onSite]: rejected, [tenantInfo]: { hangs: true } })
      const { result, ms } = yield* signedIn
      const failure = failureOf(result)
      assert.deepInclude(failure, { _tag: "CredentialsRejected", failureType: "config_error" })
      assert.include(failure.message, "acme.atlassian.net does not tell its cloud id")
      assert.isAtMost(ms, 15_000)
    }),
  )

  it.effect("is not waited for where the host cannot be reached", () =>
    Effect.gen(function* () {
      const { signedIn } = signInto({ [onSite]: { breaks: "certificate" }, [tenantInfo]: { hangs: true } })
      const { result, ms } = yield* signedIn
      assert.strictEqual(failureOf(result)._tag, "Unreachable")
      assert.strictEqual(ms, 0)
    }),
  )
})

describe("a host that is not Atlassian's", () => {
  const strangers = [
    "https://acme.atlasian.net",
    "https://wiki.example.com",
    "https://acme.atlassian.net.evil.example",
    "https://evilatlassian.net",
    "https://acme.atlassian.com",
    "https://jira.com",
    "https://10.0.0.1:8443",
  ]
  const never = (scripted: ReturnType<typeof signInto>["scripted"], stranger: string) => {
    const there = scripted.seen.filter(({ url }) => url.startsWith(stranger))
    assert.isAbove(there.length, 0)
    for (const { headers, url } of there) {
      assert.notProperty(headers, "authorization")
      assert.strictEqual(url, `${stranger}/_edge/tenant_info`)
    }
  }

  it.effect.each(strangers)("is asked who it is, and never sent the token: %s", (stranger) =>
    Effect.gen(function* () {
      // It would take the token, and claims to be a site.
      const { scripted, signedIn } = signInto(
        { [stranger + USER]: ada, [`${stranger}/_edge/tenant_info`]: tenant, [onGateway]: ada },
        stranger,
      )
      const { result } = yield* signedIn
      assert.deepInclude(result, { _tag: "Success" })
      if (result._tag === "Success") {
        assert.deepInclude(result.success, { baseUrl: `${gateway}/ex/confluence/${cloudId}`, via: "gateway" })
      }
      never(scripted, stranger)
    }),
  )

  const [stranger] = strangers as [string]
  it.effect.each<{ why: string; answer: Reaction; tag: string; says: RegExp }>([
    {
      why: "it tells none",
      answer: { body: {} },
      tag: "WrongSite",
      says: /is no Confluence Cloud site.*not sent there/,
    },
    { why: "it has no such path", answer: { status: 404 }, tag: "WrongSite", says: /is no Confluence Cloud site/ },
    { why: "it wants a login", answer: { status: 401 }, tag: "WrongSite", says: /is no Confluence Cloud site/ },
    { why: "it forbids the look", answer: { status: 403 }, tag: "WrongSite", says: /is no Confluence Cloud site/ },
    { why: "it has web pages alone", answer: html, tag: "WrongSite", says: /answers with web pages/ },
    {
      why: "it leads to a login page",
      answer: { status: 302, headers: { location: "https://login.example" } },
      tag: "WrongSite",
      says: /redirect \(302\) to login\.example/,
    },
    {
      why: "there is no such host",
      answer: { breaks: "dns" },
      tag: "WrongSite",
      says: /There is no host acme\.atlasian/,
    },
    {
      why: "it refuses connections",
      answer: { breaks: "refused" },
      tag: "SiteUnavailable",
      says: /connection refused/,
    },
    {
      why: "its certificate is not trusted",
      answer: { breaks: "certificate" },
      tag: "Unreachable",
      says: /NODE_EXTRA_CA/,
    },
  ])("is no site where $why", ({ answer, tag, says }) =>
    Effect.gen(function* () {
      const answers = { [`${stranger}/_edge/tenant_info`]: answer, [stranger + USER]: ada, [onGateway]: ada }
      const { scripted, signedIn } = signInto(answers, stranger)
      const failure = failureOf((yield* signedIn).result)
      assert.strictEqual(failure._tag, tag)
      assert.match(failure.message, says)
      assert.notMatch(failure.message, /\bsync\b/)
      if (tag === "WrongSite") assert.include(failure.message, "such as acme.atlassian.net")
      never(scripted, stranger)
    }),
  )

  it.effect("gets the name that was meant, where it is like one of Atlassian's", () =>
    Effect.gen(function* () {
      const messageFor = (host: string) =>
        Effect.map(signInto({}, host).signedIn, ({ result }) => failureOf(result).message)
      assert.include(yield* messageFor("https://globex.atlasian.net"), "such as globex.atlassian.net")
      assert.include(yield* messageFor("https://globex.atlassian.com"), "such as globex.atlassian.net")
      assert.include(yield* messageFor("https://globex.example"), "such as acme.atlassian.net")
      assert.include(yield* messageFor("https://globex.atlassian.net"), "such as acme.atlassian.net")
    }),
  )

  it.effect.each([rejected, { status: 404, body: {} }])("says where a token without scopes can go", (answer) =>
    Effect.gen(function* () {
      const answers = { [`${stranger}/_edge/tenant_info`]: tenant, [stranger + USER]: ada, [onGateway]: answer }
      const { scripted, signedIn } = signInto(answers, stranger)
      const failure = failureOf((yield* signedIn).result)
      assert.deepInclude(failure, { _tag: "CredentialsRejected", failureType: "config_error" })
      assert.match(failure.message, /The token is not sent to acme\.atlasian\.net itself.*ends with \.atlassian\.net/)
      never(scripted, stranger)
    }),
  )

  it.effect.each(["https://acme.jira.com", "https://acme.atlassian-us-gov-mod.net", "http://localhost:8080"])(
    "is not %s, which is asked at once",
    (trusted) =>
      Effect.gen(function* () {
        const { askedOf, signedIn } = signInto({ [trusted + USER]: ada }, trusted)
        assert.deepInclude((yield* signedIn).result, { _tag: "Success" })
        assert.property(askedOf(trusted + USER)[0]!.headers, "authorization")
      }),
  )
})
