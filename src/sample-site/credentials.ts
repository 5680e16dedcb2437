/**
 * Who a request comes from. A classic API token works on the site's own host, one with scopes only through the gateway;
 * each is refused on the other with 401, as Atlassian does.
 */
import { type Answer, html, json } from "./answers.ts"
import type { SampleSiteOptions, SiteCredentials, SiteSettings } from "./options.ts"
import type { Viewer } from "./SiteContent.ts"

/** A kind of credential that the sample site can hand out. */
export type CredentialKind = "classic" | "scoped" | "unlicensed" | "expired"

/** The documented accounts and tokens. They open nothing but sample sites. */
export const SAMPLE_CREDENTIALS: SiteCredentials = {
  email: "data.engineer@northwind.example",
  classicToken: "sample-classic-token",
  scopedToken: "sample-scoped-token",
  unlicensedToken: "sample-unlicensed-token",
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

/** Scopes of which one set must be held in full: the granular form and the classic one. */
export type ScopeChoices = readonly (readonly string[])[]

/** Says who asks, or the answer that refuses the request. */
export const identify = (
  credentials: SiteCredentials,
  settings: SiteSettings,
  siteUrl: string,
  request: { readonly authorization: string | undefined; readonly gateway: boolean; readonly scopes: ScopeChoices },
): Viewer | Answer => {
  const { authorization, gateway, scopes } = request
  const [scheme, encoded] = (authorization ?? "").split(" ")
  const [email, ...rest] =
    scheme?.toLowerCase() === "basic"
      ? Buffer.from(encoded ?? "", "base64")
          .toString()
          .split(":")
      : []
  const token = email === credentials.email ? rest.join(":") : undefined
  if (token === credentials.unlicensedToken)
    return json(403, { message: "Current user not permitted to use Confluence", statusCode: 403 })
  if (gateway) {
    if (token !== credentials.scopedToken) return json(401, { code: 401, message: "Unauthorized" })
    const held = settings.scopes
    const enough =
      held === null || scopes.length === 0 || scopes.some((set) => set.every((scope) => held.includes(scope)))
    return enough ? "user" : json(401, { code: 401, message: "Unauthorized; scope does not match" })
  }
  if (token === credentials.classicToken) return "user"
  return settings.anonymousAccess ? "anonymous" : unauthorized(siteUrl)
}
