/**
 * Finds out where a credential is accepted. A classic API token is taken on the site itself, a scoped one only behind
 * Atlassian's gateway, and nothing in the token tells which it is: the site is asked first, then the gateway. The tokens of
 * OAuth 2.0 are good at the gateway alone, for the sites that they were granted for. Bad credentials on a site with anonymous
 * access are answered like a visitor's, so the current user must be a known one.
 */
import { Effect, Fiber } from "effect"
import { isTrustedHost } from "../config/siteAddress.ts"
import { UnexpectedResponse } from "./errors.ts"
import type { ConfluenceError } from "./errors.ts"
import { Exchange, type ExchangeRequest } from "./Exchange.ts"
import { chooseSite, grantedSites, hostOf } from "./GrantedSites.ts"
import { CERTAIN } from "./reaching.ts"
import type { RequestLog } from "./RequestLog.ts"
import { scopeNames, SIGN_IN } from "./scopes.ts"
import {
  anonymous,
  explained,
  isOutage,
  noConfluence,
  noSite,
  refusedBehindOwnAddress,
  rejectedTwice,
  withoutGateway,
} from "./signInErrors.ts"
import { askTenant, inTime, NEEDED_MS, OPTIONAL_MS, type Tenant, TENANT_INFO } from "./tenant.ts"

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

/**
 * Signs in with an API token: asks the site and then the gateway who we are. Fails with a sentence that says what to change in
 * the configuration. A host that is not Atlassian's is never sent the token, because it may be a stranger's by a slip of the pen.
 */
export const signInWithApiToken = Effect.fnUntraced(function* (
  options: SignInOptions,
): Effect.fn.Return<Connection, ConfluenceError, Exchange | RequestLog> {
  if (!isTrustedHost(new URL(options.site).hostname)) return yield* behindOwnAddress(options)
  // Both at once: the second costs no credential and no time.
  const { onSite, tenant } = yield* bothOf(options.site)
  if (onSite._tag === "Success" && onSite.success !== "anonymous") {
    return { baseUrl: options.site, cloudId: tenant?.cloudId, via: "site", ...onSite.success }
  }
  const refusal = onSite._tag === "Failure" ? onSite.failure : anonymous(options.site)
  // A scoped token is answered 401 on the site; or, where visitors may read, as a visitor.
  if (refusal._tag !== "CredentialsRejected" && refusal._tag !== "AnonymousAccess") {
    return yield* explained(refusal, options.site)
  }
  if (tenant === undefined) {
    return yield* withoutGateway(refusal, `${hostOf(options.site)} does not tell its cloud id (GET ${TENANT_INFO}).`)
  }
  return yield* throughGateway(options, tenant, { certain: CERTAIN, mostTries: 3 }).pipe(
    Effect.catchTag("CredentialsRejected", ({ internalMessage }) =>
      Effect.fail(rejectedTwice(options.site, internalMessage)),
    ),
    // The gateway knows no such site: what the site itself said tells more.
    Effect.catchTag("NotFound", () => Effect.fail(refusal)),
    // Where the gateway cannot be reached, too, for it may be closed for good. One that is down answers.
    Effect.catchIf(
      (error) => error._tag === "Unreachable" || (error._tag === "SiteUnavailable" && !isOutage(error.kind)),
      ({ message }) => Effect.fail(withoutGateway(refusal, message)),
    ),
  )
})

/**
 * Signs in to a site with an address of its own, such as wiki.example.com. Anybody may own a host like that, so it is only asked,
 * without the credential, which site it is; the token goes to the gateway, which takes it if it has scopes.
 */
const behindOwnAddress = Effect.fnUntraced(function* (options: SignInOptions) {
  const { site } = options
  const tenant = yield* askTenant(site, { tellsFirstFailure: true }).pipe(
    Effect.catchIf(isRefusal, () => Effect.succeed(undefined)),
    Effect.mapError((error) => explained(error, site)),
  )
  if (tenant === undefined) return yield* noSite(site)
  return yield* throughGateway(options, tenant).pipe(
    Effect.catchTag(["CredentialsRejected", "NotFound"], ({ internalMessage }) =>
      Effect.fail(refusedBehindOwnAddress(site, internalMessage)),
    ),
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
  const tenant = isAsked ? yield* inTime(askTenant(options.site), NEEDED_MS) : undefined
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

const throughGateway = Effect.fnUntraced(function* (
  { site, gateway }: SignInOptions,
  { cloudId, siteTime }: Tenant,
  patience: Pick<ExchangeRequest, "certain" | "mostTries"> = {},
) {
  const baseUrl = `${gateway}/ex/confluence/${encodeURIComponent(cloudId)}`
  const found = { baseUrl, cloudId, via: "gateway" as const }
  return yield* whoAmI(baseUrl, patience).pipe(
    Effect.flatMap((account) =>
      account === "anonymous" ? Effect.fail(anonymous(site)) : Effect.succeed({ ...found, ...account }),
    ),
    Effect.catchTag("ScopeMissing", () => Effect.succeed({ ...found, account: undefined, siteTime })),
  )
})

const whoAmI = Effect.fnUntraced(function* (
  base: string,
  patience: Pick<ExchangeRequest, "certain" | "mostTries"> = {},
) {
  const exchange = yield* Exchange
  const { body, siteTime } = yield* exchange.request({
    method: "GET",
    base,
    path: CURRENT_USER,
    tellsFirstFailure: true,
    timeoutMs: 30_000,
    ...patience,
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

/** Who we are to a site, and which one it is. */
const bothOf = Effect.fnUntraced(function* (site: string) {
  const asked = yield* Effect.forkChild(askTenant(site))
  return yield* Effect.gen(function* () {
    const onSite = yield* Effect.result(whoAmI(site))
    const isIn = onSite._tag === "Success" && onSite.success !== "anonymous"
    // What is wrong with the address or the network is said at once.
    const isEnd = onSite._tag === "Failure" && onSite.failure._tag !== "CredentialsRejected"
    const tenant = isEnd ? undefined : yield* inTime(Fiber.join(asked), isIn ? OPTIONAL_MS : NEEDED_MS)
    return { onSite, tenant }
  }).pipe(Effect.ensuring(Fiber.interrupt(asked)))
})
