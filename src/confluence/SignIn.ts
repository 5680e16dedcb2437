// Finds out where a credential is accepted. A classic API token is taken on the site itself, a scoped one only behind
// Atlassian's gateway, and nothing in the token tells which it is: the site is asked first, then the gateway. The tokens of
// OAuth 2.0 are good at the gateway alone, for the sites that they were granted for. Bad credentials on a site with anonymous
// access are answered like a visitor's, so the current user must be a known one.
import { Effect } from "effect"
import { AnonymousAccess, CredentialsRejected, UnexpectedResponse, WrongSite } from "./errors.ts"
import type { ConfluenceError } from "./errors.ts"
import { Exchange } from "./Exchange.ts"
import { chooseSite, grantedSites, hostOf, isCloudId } from "./GrantedSites.ts"
import { RequestLog } from "./RequestLog.ts"
import { scopeNames, SIGN_IN } from "./scopes.ts"

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

const CURRENT_USER = SIGN_IN.path

/** Not part of the REST API, but what Atlassian's own pages ask; needs no credential. */
const TENANT_INFO = "/_edge/tenant_info"

/**
 * Signs in with an API token: asks the site and then the gateway who we are. Fails with a sentence that says what to change in
 * the configuration.
 */
export const signInWithApiToken = Effect.fnUntraced(function* (
  options: SignInOptions,
): Effect.fn.Return<Connection, ConfluenceError, Exchange | RequestLog> {
  // Both at once: the second costs no credential and no time.
  const [onSite, tenant] = yield* Effect.all([Effect.result(whoAmI(options.site)), lookUpTenant(options.site)], {
    concurrency: 2,
  })
  if (onSite._tag === "Success" && onSite.success !== "anonymous") {
    return { baseUrl: options.site, cloudId: tenant?.cloudId, via: "site", ...onSite.success }
  }
  const refusal = onSite._tag === "Failure" ? onSite.failure : anonymous(options.site)
  // A scoped token is answered 401 on the site; or, where visitors may read, as a visitor.
  if (refusal._tag !== "CredentialsRejected" && refusal._tag !== "AnonymousAccess") {
    return yield* explained(refusal, options.site)
  }
  if (tenant === undefined) return yield* refusal
  return yield* throughGateway(options, tenant).pipe(
    Effect.catchTag("CredentialsRejected", ({ internalMessage }) =>
      Effect.fail(rejectedTwice(options.site, internalMessage)),
    ),
    // The gateway knows no such site: what the site itself said tells more.
    Effect.catchTag("NotFound", () => Effect.fail(refusal)),
  )
})

/**
 * Signs in with an access token of OAuth 2.0: finds the site among those that the token was granted for, and asks there who we
 * are. Fails with a sentence that says what to change.
 *
 * Doubt: whether Atlassian lists the sites of a service account's token, as it does for a grant. Where it does not, the site
 * itself tells its id.
 */
export const signInWithGrant = Effect.fnUntraced(function* (
  options: SignInOptions & { readonly serviceAccount: boolean },
): Effect.fn.Return<Connection, ConfluenceError, Exchange | RequestLog> {
  const { sites, siteTime } = yield* grantedSites(options.gateway).pipe(
    Effect.catchIf(
      (error) => options.serviceAccount && isRefusal(error),
      () => Effect.succeed({ sites: [], siteTime: undefined }),
    ),
  )
  const byAddress = yield* Effect.option(chooseSite(sites, options.site, undefined))
  const isAsked = byAddress._tag === "None" && (sites.length > 0 || options.serviceAccount)
  // An address of the site's own may stand for one of them, too.
  const tenant = isAsked ? yield* lookUpTenant(options.site) : undefined
  const chosen =
    sites.length === 0 && tenant !== undefined
      ? tenant
      : { ...(yield* chooseSite(sites, options.site, tenant?.cloudId)), siteTime }
  return yield* throughGateway(options, chosen).pipe(
    Effect.catchTag("NotFound", ({ internalMessage }) => Effect.fail(noConfluence(options.site, internalMessage))),
  )
})

const isRefusal = ({ _tag }: ConfluenceError): boolean =>
  _tag === "CredentialsRejected" || _tag === "ScopeMissing" || _tag === "Forbidden" || _tag === "NotFound"

/** A site's lasting id, and what its clock showed when it was told. */
interface Tenant {
  readonly cloudId: string
  readonly siteTime: number | undefined
}

const throughGateway = Effect.fnUntraced(function* ({ site, gateway }: SignInOptions, { cloudId, siteTime }: Tenant) {
  const baseUrl = `${gateway}/ex/confluence/${encodeURIComponent(cloudId)}`
  const found = { baseUrl, cloudId, via: "gateway" as const }
  return yield* whoAmI(baseUrl).pipe(
    Effect.flatMap((account) =>
      account === "anonymous" ? Effect.fail(anonymous(site)) : Effect.succeed({ ...found, ...account }),
    ),
    Effect.catchTag("ScopeMissing", () => Effect.succeed({ ...found, account: undefined, siteTime })),
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
    scope: scopeNames(SIGN_IN),
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
const lookUpTenant = Effect.fnUntraced(function* (site: string) {
  const exchange = yield* Exchange
  const log = yield* RequestLog
  return yield* exchange
    .request({ method: "GET", base: site, path: TENANT_INFO, query: [], authorized: false, tries: 4 })
    .pipe(
      Effect.map(({ body, siteTime }): Tenant | undefined => {
        const cloudId = typeof body === "object" && body !== null && "cloudId" in body ? body.cloudId : undefined
        return isCloudId(cloudId) ? { cloudId, siteTime } : undefined
      }),
      Effect.catch((error) =>
        Effect.as(log.watcher.note("debug", `The site does not tell its cloud id: ${error.message}`), undefined),
      ),
    )
})

const noConfluence = (site: string, internalMessage: string | undefined): WrongSite =>
  new WrongSite({
    endpoint: `GET ${CURRENT_USER}`,
    internalMessage,
    message: `${hostOf(site)} has no Confluence that the credential may use: check the account's access to Confluence there.`,
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
