/**
 * The sites that an OAuth grant or a service account covers, and which of them the config means. A Bearer token works at the
 * gateway alone, where a site is known by its cloud id.
 */
import { Effect } from "effect"
import { UnexpectedResponse, WrongSite } from "./errors.ts"
import type { ConfluenceError } from "./errors.ts"
import { Exchange } from "./Exchange.ts"

/** A site as Atlassian lists it for a token. */
export interface GrantedSite {
  readonly cloudId: string
  /** Its address, such as `https://acme.atlassian.net`. */
  readonly url: string
  readonly name: string
}

export const ACCESSIBLE_RESOURCES = "/oauth/token/accessible-resources"

/** The host of an address, with its port where it has one. */
export const hostOf = (url: string): string => new URL(url).host

/** Atlassian's are UUIDs. It becomes part of the gateway's path, where a text of another form could lead elsewhere. */
export const isCloudId = (value: unknown): value is string => typeof value === "string" && /^[\w-]{1,100}$/.test(value)

/** The Confluence sites among Atlassian's answer, each once, in its order. */
export const confluenceSitesIn = (body: unknown): ReadonlyArray<GrantedSite> | undefined => {
  if (!Array.isArray(body)) return undefined
  const sites = new Map<string, GrantedSite>()
  for (const each of body as ReadonlyArray<unknown>) {
    const { id, url, name, scopes } = (each ?? {}) as Readonly<Record<string, unknown>>
    if (!isCloudId(id) || typeof url !== "string" || !URL.canParse(url)) continue
    // A site is listed for each product that the grant covers on it; Jira's scopes open nothing here.
    const isOurs =
      !Array.isArray(scopes) || scopes.length === 0 || scopes.some((scope) => /confluence/.test(`${scope}`))
    if (isOurs && !sites.has(id)) sites.set(id, { cloudId: id, url, name: typeof name === "string" ? name : url })
  }
  return [...sites.values()]
}

/**
 * The sites of the token that is signed in with, and the time by Atlassian's clock (ms since 1970). `gateway`: an origin such as
 * `https://api.atlassian.com`.
 */
export const grantedSites = Effect.fnUntraced(function* (
  gateway: string,
): Effect.fn.Return<
  { readonly sites: ReadonlyArray<GrantedSite>; readonly siteTime: number | undefined },
  ConfluenceError,
  Exchange
> {
  const exchange = yield* Exchange
  const { body, siteTime } = yield* exchange.request({
    method: "GET",
    base: gateway,
    path: ACCESSIBLE_RESOURCES,
    query: [],
    authorized: true,
    tellsFirstFailure: true,
  })
  const sites = confluenceSitesIn(body)
  if (sites !== undefined) return { sites, siteTime }
  return yield* new UnexpectedResponse({
    endpoint: `GET ${ACCESSIBLE_RESOURCES}`,
    status: 200,
    message: `${new URL(gateway).host} does not list the sites of the credential as Atlassian does: check "endpoints.gateway".`,
  })
})

/** The site that `domain_name` means. `cloudId` is what the site itself says that it is, for addresses of its own (custom domains). */
export const chooseSite = (
  sites: ReadonlyArray<GrantedSite>,
  site: string,
  cloudId: string | undefined,
): Effect.Effect<GrantedSite, WrongSite> => {
  const found = sites.find(({ url }) => hostOf(url) === hostOf(site)) ?? sites.find((each) => each.cloudId === cloudId)
  if (found !== undefined) return Effect.succeed(found)
  return Effect.fail(
    new WrongSite({
      endpoint: `GET ${ACCESSIBLE_RESOURCES}`,
      message:
        sites.length === 0
          ? `The credential covers no Confluence site: authorize again and choose ${hostOf(site)}, or give the service account access to Confluence there.`
          : `The credential does not cover ${hostOf(site)}; it covers ${sites.map(({ url }) => hostOf(url)).join(", ")}. Change domain_name to one of these, or authorize again for ${hostOf(site)}.`,
    }),
  )
}
