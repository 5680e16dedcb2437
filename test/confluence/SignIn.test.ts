/** Whether a token is classic or scoped is found out by asking; what is asked, and of whom, is asserted with the result. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { isFatal } from "../../src/confluence/errors.ts"
import type { ConfluenceError } from "../../src/confluence/errors.ts"
import { signInWithApiToken } from "../../src/confluence/SignIn.ts"
import { clientOf, minutes, scriptedSite, site, within } from "./scriptedSite.ts"
import type { Reaction } from "./scriptedSite.ts"

const gateway = "https://api.atlassian.com"
const cloudId = "1324a887-45db-1bf4-1e99-ef0ff456d421"
const onSite = `${site}/wiki/rest/api/user/current`
const tenantInfo = `${site}/_edge/tenant_info`
const onGateway = `${gateway}/ex/confluence/${cloudId}/wiki/rest/api/user/current`

const date = "Wed, 08 Oct 2025 15:00:00 GMT"
const ada: Reaction = { headers: { date }, body: { type: "known", accountId: "5b10", displayName: "Ada", email: "" } }
const visitor: Reaction = { body: { type: "anonymous", displayName: "Anonymous" } }
const rejected: Reaction = { status: 401, body: "<html>no</html>" }
const mismatch: Reaction = { status: 401, body: { code: 401, message: "Unauthorized; scope does not match" } }
const tenant: Reaction = { body: { cloudId } }
const html: Reaction = { body: "<html>Welcome</html>", headers: { "content-type": "text/html" } }

const signInto = (answers: Readonly<Record<string, Reaction>>) => {
  const scripted = scriptedSite(({ url }) => answers[url] ?? { status: 404, body: "<html>404</html>" })
  const signedIn = within(minutes(3), signInWithApiToken({ site, gateway }).pipe(Effect.provide(clientOf(scripted))))
  return { scripted, signedIn }
}

describe("signing in", () => {
  it.effect("takes a classic token on the site, and looks up the cloud id without the credential", () =>
    Effect.gen(function* () {
      const { scripted, signedIn } = signInto({ [onSite]: ada, [tenantInfo]: tenant })
      assert.deepStrictEqual(yield* signedIn, {
        baseUrl: site,
        cloudId,
        via: "site",
        account: { accountId: "5b10", displayName: "Ada" },
        siteTime: Date.parse(date),
      })
      assert.deepStrictEqual(
        scripted.seen.map(({ url, headers }) => [url, "authorization" in headers]),
        [
          [onSite, true],
          [tenantInfo, false],
        ],
      )
    }),
  )

  it.effect.each<{ why: string; answer: Reaction }>([
    { why: "the site does not serve it", answer: { status: 404 } },
    { why: "a web page is in its place", answer: html },
    { why: "it is empty", answer: { body: { cloudId: "" } } },
    { why: "it is no object", answer: { body: "3" } },
    { why: "it stays unavailable", answer: { status: 503 } },
  ])("does without a cloud id where $why", ({ answer }) =>
    Effect.gen(function* () {
      const connection = yield* signInto({ [onSite]: { body: { type: "user", accountId: "x" } }, [tenantInfo]: answer })
        .signedIn
      assert.deepStrictEqual(connection, {
        baseUrl: site,
        cloudId: undefined,
        via: "site",
        account: { accountId: "x" },
        siteTime: undefined,
      })
    }),
  )

  it.effect.each<{ why: string; answer: Reaction }>([
    { why: "answers 401 on the site", answer: rejected },
    { why: "counts as a visitor on the site", answer: visitor },
  ])("takes a scoped token, which $why, on the gateway", ({ answer }) =>
    Effect.gen(function* () {
      const { scripted, signedIn } = signInto({ [onSite]: answer, [tenantInfo]: tenant, [onGateway]: ada })
      assert.deepStrictEqual(yield* signedIn, {
        baseUrl: `${gateway}/ex/confluence/${cloudId}`,
        cloudId,
        via: "gateway",
        account: { accountId: "5b10", displayName: "Ada" },
        siteTime: Date.parse(date),
      })
      assert.deepStrictEqual(
        scripted.seen.map(({ url }) => url),
        [onSite, tenantInfo, onGateway],
      )
    }),
  )

  it.effect("takes a scoped token that may not read users: its scope is looked at after it was recognized", () =>
    Effect.gen(function* () {
      const connection = yield* signInto({ [onSite]: rejected, [tenantInfo]: tenant, [onGateway]: mismatch }).signedIn
      assert.deepInclude(connection, { via: "gateway", account: undefined, siteTime: undefined })
    }),
  )

  interface Failing {
    readonly why: string
    readonly answers: Readonly<Record<string, Reaction>>
    readonly tag: ConfluenceError["_tag"]
    readonly says: string
  }
  const failing: ReadonlyArray<Failing> = [
    {
      why: "site and gateway reject the token",
      answers: { [onSite]: rejected, [tenantInfo]: tenant, [onGateway]: rejected },
      tag: "CredentialsRejected",
      says: "Both acme.atlassian.net and Atlassian's gateway reject the credential",
    },
    {
      why: "the site rejects it and has no cloud id",
      answers: { [onSite]: rejected },
      tag: "CredentialsRejected",
      says: "rejects the credential",
    },
    {
      why: "the gateway knows no such site",
      answers: { [onSite]: rejected, [tenantInfo]: tenant, [onGateway]: { status: 404, body: {} } },
      tag: "CredentialsRejected",
      says: "rejects the credential",
    },
    {
      why: "it is a visitor everywhere",
      answers: { [onSite]: visitor, [tenantInfo]: tenant, [onGateway]: visitor },
      tag: "AnonymousAccess",
      says: "answers as to an anonymous visitor: check the email and the API token",
    },
    {
      why: "it is a visitor, and there is no gateway",
      answers: { [onSite]: visitor },
      tag: "AnonymousAccess",
      says: "anonymous",
    },
    {
      why: "the user has no licence",
      answers: { [onSite]: { status: 403, body: { message: "Current user not permitted to use Confluence" } } },
      tag: "NotLicensed",
      says: "no Confluence licence",
    },
    {
      why: "the host has no Confluence",
      answers: {},
      tag: "WrongSite",
      says: "serves no Confluence (404 Not Found). Check domain_name",
    },
    {
      why: "the host does not exist",
      answers: { [onSite]: { breaks: "dns" } },
      tag: "WrongSite",
      says: "There is no host acme.atlassian.net",
    },
    {
      why: "the host speaks no TLS",
      answers: { [onSite]: { breaks: "tls" } },
      tag: "WrongSite",
      says: "does not speak TLS",
    },
    { why: "every path is a web page", answers: { [onSite]: html }, tag: "WrongSite", says: "answers with web pages" },
    { why: "the endpoint is gone", answers: { [onSite]: { status: 410 } }, tag: "WrongSite", says: "status 410" },
    {
      why: "the site has moved",
      answers: { [onSite]: { status: 301, headers: { location: "https://new.atlassian.net/" } } },
      tag: "WrongSite",
      says: "redirect (301) to new.atlassian.net",
    },
    {
      why: "a login page is in between",
      answers: { [onSite]: { status: 302, headers: { location: "https://login.corp.example/?to=x" } } },
      tag: "WrongSite",
      says: "redirect (302) to login.corp.example, which is not followed",
    },
    {
      why: "something else answers in JSON",
      answers: { [onSite]: { body: { ok: true } } },
      tag: "WrongSite",
      says: "does not answer like Confluence Cloud.",
    },
    {
      why: "the answer is null",
      answers: { [onSite]: { body: "null" } },
      tag: "WrongSite",
      says: "does not answer like Confluence Cloud.",
    },
    {
      why: "the site is down",
      answers: { [onSite]: { status: 503, body: "<html>" } },
      tag: "SiteUnavailable",
      says: "when the site is back",
    },
    {
      why: "the connection is refused",
      answers: { [onSite]: { breaks: "refused" } },
      tag: "SiteUnavailable",
      says: "connection refused",
    },
  ]
  it.effect.each(failing)("fails where $why: $tag", ({ answers, tag, says }) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(signInto(answers).signedIn)
      assert.notMatch(error.message, /\bsync\b/)
      assert.strictEqual(error._tag, tag)
      assert.include(error.message, says)
      assert.strictEqual(isFatal(error), tag !== "SiteUnavailable")
      assert.strictEqual(error.failureType, tag === "SiteUnavailable" ? "transient_error" : "config_error")
      if (tag === "WrongSite") assert.include(error.message, "domain_name")
    }),
  )
})
