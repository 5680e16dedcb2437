/**
 * Who a request comes from. A classic API token works on the site's own host; one with scopes, and the access tokens of
 * OAuth, only through the gateway. Each is refused on the other with 401, as Atlassian does.
 */
import { type Answer, errorV1, errorV2, html, json, notFound } from "./answers.ts"
import type { BearerState } from "./Grants.ts"
import type { SampleSiteOptions, SiteCredentials, SiteSettings } from "./options.ts"
import type { Viewer } from "./SiteContent.ts"

/** A kind of credential that the sample site can hand out. */
export type CredentialKind = "classic" | "scoped" | "unlicensed" | "expired"

/** A kind of credential that a config can hold. */
export type ConfigKind = CredentialKind | "oauth2.0" | "service_account"

/** The documented accounts and tokens. They open nothing but sample sites. */
export const SAMPLE_CREDENTIALS: SiteCredentials = {
  email: "data.engineer@northwind.example",
  classicToken: "sample-classic-token",
  scopedToken: "sample-scoped-token",
  unlicensedToken: "sample-unlicensed-token",
  clientId: "sample-client-id",
  clientSecret: "sample-client-secret",
  serviceClientId: "sample-service-client-id",
  serviceClientSecret: "sample-service-client-secret",
  organizationKey: "sample-organization-key",
}

/** The site's credentials by its options. */
export const credentialsOf = (options: SampleSiteOptions): SiteCredentials => ({
  ...SAMPLE_CREDENTIALS,
  ...options.credentials,
})

/** The token of a kind; the expired one is one that no site knows. */
export const tokenOf = (credentials: SiteCredentials, kind: CredentialKind): string =>
  ({
    classic: credentials.classicToken,
    scoped: credentials.scopedToken,
    unlicensed: credentials.unlicensedToken,
    expired: "sample-expired-token",
  })[kind]

const unauthorized = (siteUrl: string): Answer => {
  const page = html(401, "Unauthorized")
  return {
    ...page,
    headers: {
      ...page.headers,
      "www-authenticate": `OAuth realm="${siteUrl}/wiki"`,
      "x-seraph-loginreason": "AUTHENTICATED_FAILED",
    },
  }
}

/** What the gateway answers to a token that it does not take. */
export const unknownToken = (): Answer => json(401, { code: 401, message: "Unauthorized" })

/** Scopes of which one set must be held in full: the granular form and the classic one. */
export type ScopeChoices = readonly (readonly string[])[]

/** The site that is asked: what it knows of its accounts and tokens. */
export interface AskedSite {
  readonly credentials: SiteCredentials
  readonly settings: SiteSettings
  readonly siteUrl: string
  readonly cloudId: string
  readonly bearer: (token: string) => BearerState
}

/** What of a request says who sends it, and what it needs. */
export interface Asking {
  readonly authorization: string | undefined
  readonly path: string
  readonly gateway: boolean
  readonly scopes: ScopeChoices
}

/** Says who asks, or the answer that refuses the request. */
export const identify = (site: AskedSite, asking: Asking): Viewer | Answer => {
  const [scheme = "", value = ""] = (asking.authorization ?? "").split(" ")
  if (scheme.toLowerCase() === "bearer") return byBearer(site, asking, value)
  const [email, ...rest] = scheme.toLowerCase() === "basic" ? Buffer.from(value, "base64").toString().split(":") : []
  return byBasic(site, asking, email === site.credentials.email ? rest.join(":") : undefined)
}

const byBasic = (site: AskedSite, asking: Asking, token: string | undefined): Viewer | Answer => {
  const { credentials, settings, siteUrl } = site
  if (token === credentials.unlicensedToken)
    return json(403, { message: "Current user not permitted to use Confluence", statusCode: 403 })
  if (asking.gateway)
    return token === credentials.scopedToken ? withScopes(site, asking, settings.scopes) : unknownToken()
  if (token === credentials.classicToken) return "user"
  return settings.anonymousAccess ? "anonymous" : unauthorized(siteUrl)
}

const byBearer = (site: AskedSite, asking: Asking, token: string): Viewer | Answer => {
  if (!asking.gateway) return unauthorized(site.siteUrl)
  const held = site.bearer(token)
  if (held === "unknown") return unknownToken()
  if (held === "ended") return ofEndedToken(site.settings.expiredTokenAnswer, asking.path)
  // A site that the consent leaves out is, to the gateway, no site.
  return held.siteIds.includes(site.cloudId) ? withScopes(site, asking, held.scopes) : html(404, "Not Found")
}

const ofEndedToken = (answer: SiteSettings["expiredTokenAnswer"], path: string): Answer => {
  switch (answer) {
    case "401":
      return unknownToken()
    case "scope":
      return scopeMissing()
    case "403":
      return notPermitted(path)
    case "404":
      return notFound(path)
    case "not found":
      return path.startsWith("/wiki/rest/") ? notPermitted(path) : notFound(path)
  }
}

const scopeMissing = (headers: Readonly<Record<string, string>> = {}): Answer =>
  json(401, { code: 401, message: "Unauthorized; scope does not match" }, headers)

/** The viewer may not do this. */
export const notPermitted = (path: string): Answer =>
  path.startsWith("/wiki/rest/")
    ? errorV1(403, "PermissionException", "Current user is not permitted to do this")
    : errorV2(403, "FORBIDDEN", "Current user is not permitted to do this")

/** A granular scope names a kind of thing of Confluence; classic ones are older and wider. */
const GRANULAR_SCOPE = /^(read|write|delete):[^:]+:confluence$/

const withScopes = (site: AskedSite, { path, scopes }: Asking, held: readonly string[] | null): Viewer | Answer => {
  const classic = scopes.filter((set) => !set.some((scope) => GRANULAR_SCOPE.test(scope)))
  // Some v1 endpoints have no classic scope at all; those go by the granular one whatever the quirk.
  const classicOnly = !site.settings.quirks.v1TakesGranularScopes && path.startsWith("/wiki/rest/")
  const choices = classicOnly && classic.length > 0 ? classic : scopes
  const enough =
    held === null || choices.length === 0 || choices.some((set) => set.every((scope) => held.includes(scope)))
  if (enough) return "user"
  const { scopeFaultsHaveHeader } = site.settings.quirks
  return scopeMissing(scopeFaultsHaveHeader ? { "x-failure-category": "FAILURE_CLIENT_SCOPE_CHECK" } : {})
}
