// Finds out where an API token is accepted: a classic token on the site itself, a scoped one only behind Atlassian's
// gateway, and nothing in the token tells which it is. The site is asked first, then the gateway. Bad credentials on a
// site with anonymous access are answered like a visitor's, so the current user must be a known one.
import { Effect } from "effect"
import { AnonymousAccess, CredentialsRejected, UnexpectedResponse, WrongSite } from "./errors.ts"
import type { ConfluenceError } from "./errors.ts"
import { Exchange } from "./Exchange.ts"
import { RequestLog } from "./RequestLog.ts"

/** The account that the credential belongs to. */
export interface Account {
  readonly accountId: string
  readonly displayName?: string
}

/** A way to the API that has been tried. */
export interface Connection {
  /** For ConfluenceClient. */
  readonly baseUrl: string
  /** The site's lasting id, whatever its name; undefined where the site does not tell it. */
  readonly cloudId: string | undefined
  readonly via: "site" | "gateway"
  /** Undefined where a scoped token may not read users (it lacks read:confluence-user), but is good otherwise. */
  readonly account: Account | undefined
  /** The site's clock by its Date header, ms since 1970; undefined where it sent none. */
  readonly siteTime: number | undefined
}

/** Both are origins without a slash at the end. */
export interface SignInOptions {
  /** E.g. `https://acme.atlassian.net`. */
  readonly site: string
  /** `https://api.atlassian.com`. */
  readonly gateway: string
}

const CURRENT_USER = "/wiki/rest/api/user/current"
const CURRENT_USER_SCOPE = "read:confluence-user"

/** Not part of the REST API, but what Atlassian's own pages ask; needs no credential. */
const TENANT_INFO = "/_edge/tenant_info"

/** Asks the site and then the gateway who we are. Fails with a sentence that says what to change in the configuration. */
export const signIn = Effect.fnUntraced(function* (
  options: SignInOptions,
): Effect.fn.Return<Connection, ConfluenceError, Exchange | RequestLog> {
  // Both at once: the second costs no credential and no time.
  const [onSite, cloudId] = yield* Effect.all([Effect.result(whoAmI(options.site)), lookUpCloudId(options.site)], {
    concurrency: 2,
  })
  if (onSite._tag === "Success" && onSite.success !== "anonymous") {
    return { baseUrl: options.site, cloudId, via: "site", ...onSite.success }
  }
  const refusal = onSite._tag === "Failure" ? onSite.failure : anonymous(options.site)
  // A scoped token is answered 401 on the site; or, where visitors may read, as a visitor.
  if (refusal._tag !== "CredentialsRejected" && refusal._tag !== "AnonymousAccess") {
    return yield* explained(refusal, options.site)
  }
  if (cloudId === undefined) return yield* refusal
  const baseUrl = `${options.gateway}/ex/confluence/${encodeURIComponent(cloudId)}`
  return yield* whoAmI(baseUrl).pipe(
    Effect.flatMap((account) =>
      account === "anonymous"
        ? Effect.fail(anonymous(options.site))
        : Effect.succeed({ baseUrl, cloudId, via: "gateway" as const, ...account }),
    ),
    Effect.catchTag("ScopeMissing", () =>
      Effect.succeed({ baseUrl, cloudId, via: "gateway" as const, account: undefined, siteTime: undefined }),
    ),
    Effect.catchTag("CredentialsRejected", ({ internalMessage }) =>
      Effect.fail(rejectedTwice(options.site, internalMessage)),
    ),
    // The gateway knows no such site: what the site itself said tells more.
    Effect.catchTag("NotFound", () => Effect.fail(refusal)),
  )
})

const whoAmI = Effect.fnUntraced(function* (base: string) {
  const exchange = yield* Exchange
  const { body, siteTime } = yield* exchange.request({
    method: "GET",
    base,
    path: CURRENT_USER,
    query: [],
    authorized: true,
    scope: CURRENT_USER_SCOPE,
  })
  const user = typeof body === "object" && body !== null ? (body as Readonly<Record<string, unknown>>) : {}
  const { type, accountId, displayName } = user
  if (type === "anonymous") return "anonymous" as const
  if (typeof accountId !== "string" || accountId === "") {
    return yield* new UnexpectedResponse({
      endpoint: `GET ${CURRENT_USER}`,
      status: 200,
      message: `GET ${CURRENT_USER} answered without an accountId: domain_name does not lead to Confluence Cloud.`,
    })
  }
  const account: Account = { accountId, ...(typeof displayName === "string" ? { displayName } : {}) }
  return { account, siteTime }
})

/** Undefined where the site does not serve it: nothing but the way over the gateway depends on it. */
const lookUpCloudId = Effect.fnUntraced(function* (site: string) {
  const exchange = yield* Exchange
  const log = yield* RequestLog
  return yield* exchange
    .request({ method: "GET", base: site, path: TENANT_INFO, query: [], authorized: false, tries: 4 })
    .pipe(
      Effect.map(({ body }) => {
        const cloudId = typeof body === "object" && body !== null && "cloudId" in body ? body.cloudId : undefined
        return typeof cloudId === "string" && cloudId !== "" ? cloudId : undefined
      }),
      Effect.catch((error) =>
        Effect.as(log.watcher.note("debug", `The site does not tell its cloud id: ${error.message}`), undefined),
      ),
    )
})

const anonymous = (site: string): AnonymousAccess =>
  new AnonymousAccess({
    endpoint: `GET ${CURRENT_USER}`,
    message:
      `${hostOf(site)} does not know the credential and answers as to an anonymous visitor: check the email and the API ` +
      "token, and whether the token has expired or been revoked.",
  })

const rejectedTwice = (site: string, internalMessage: string | undefined): CredentialsRejected =>
  new CredentialsRejected({
    endpoint: `GET ${CURRENT_USER}`,
    internalMessage,
    message:
      `Both ${hostOf(site)} and Atlassian's gateway reject the credential (401 Unauthorized): check the email and the API ` +
      "token, whether the token has expired or been revoked, and whether domain_name is the site it belongs to.",
  })

/** Before anything else has worked, some failures mean that the address is wrong. */
const explained = (error: ConfluenceError, site: string): ConfluenceError => {
  const wrong = (what: string): WrongSite =>
    new WrongSite({
      endpoint: `GET ${CURRENT_USER}`,
      internalMessage: error.message,
      message: `${what} Check domain_name: it should be the host name of a Confluence Cloud site, such as acme.atlassian.net.`,
    })
  const host = hostOf(site)
  switch (error._tag) {
    case "NotFound":
      return wrong(`${host} serves no Confluence (404 Not Found).`)
    case "EndpointRemoved":
      return wrong(`${host} serves no Confluence Cloud (status ${error.status}).`)
    case "UnexpectedResponse":
      return wrong(`${host} does not answer like Confluence Cloud.${error.status === 200 ? "" : ` ${error.message}`}`)
    case "SiteUnavailable":
      if (error.kind === "dns") return wrong(`There is no host ${host}.`)
      if (error.kind === "tls") return wrong(`${host} has no certificate that can be trusted.`)
      if (error.kind === "web page" && error.status === 200)
        return wrong(`${host} answers with web pages, not as Confluence's API.`)
      return error
    default:
      return error
  }
}

const hostOf = (site: string): string => new URL(site).host
