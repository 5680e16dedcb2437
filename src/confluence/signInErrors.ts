/** What it means that signing in has failed, and what to change in the configuration. */
import { isTrustedHost } from "../config/siteAddress.ts"
import { AnonymousAccess, CredentialsRejected, WrongSite } from "./errors.ts"
import type { ConfluenceError, Unavailability } from "./errors.ts"
import { hostOf } from "./GrantedSites.ts"
import { SIGN_IN } from "./scopes.ts"
import { TENANT_INFO } from "./tenant.ts"

const CURRENT_USER = SIGN_IN.path

/** What a server that is reached answers with where it is ill. */
export const isOutage = (kind: Unavailability): boolean =>
  kind === "server error" || kind === "timeout" || kind === "unreadable"

/** What the site said of a token, where the gateway has not been asked about it. */
export const withoutGateway = (refusal: CredentialsRejected | AnonymousAccess, why: string) => {
  const Refusal = refusal._tag === "CredentialsRejected" ? CredentialsRejected : AnonymousAccess
  return new Refusal({
    endpoint: refusal.endpoint,
    internalMessage: refusal.internalMessage,
    message: `${refusal.message} A token with scopes works through Atlassian's gateway alone, which could not be asked. ${why}`,
  })
}

export const noConfluence = (site: string, internalMessage: string | undefined): WrongSite =>
  new WrongSite({
    endpoint: `GET ${CURRENT_USER}`,
    internalMessage,
    message: `${hostOf(site)} has no Confluence that the credential may use: check the account's access to Confluence there.`,
  })

export const anonymous = (site: string): AnonymousAccess =>
  new AnonymousAccess({
    endpoint: `GET ${CURRENT_USER}`,
    message:
      `${hostOf(site)} does not know the credential and answers as to an anonymous visitor: check the email and the API ` +
      "token, and whether the token has expired or been revoked.",
  })

export const rejectedTwice = (site: string, internalMessage: string | undefined): CredentialsRejected =>
  new CredentialsRejected({
    endpoint: `GET ${CURRENT_USER}`,
    internalMessage,
    message:
      `Both ${hostOf(site)} and Atlassian's gateway reject the credential (401 Unauthorized): check the email and the API ` +
      "token, whether the token has expired or been revoked, and whether domain_name is the site it belongs to.",
  })

/** Domains by which people mean atlassian.net. */
const LIKE_ATLASSIANS = /^([a-z0-9-]+)\.at+las+[a-z]{0,3}n\.(?:net|com|org|io|cloud)$/

/** What to give as `domain_name` instead of a host that is none. */
const howToName = (host: string): string => {
  const name = isTrustedHost(host) ? undefined : LIKE_ATLASSIANS.exec(host)?.[1]
  const example = name === undefined ? "acme.atlassian.net" : `${name}.atlassian.net`
  return `Check domain_name: it should be the host name of a Confluence Cloud site, such as ${example}.`
}

/** Before anything else has worked, some failures mean that the address is wrong. */
export const explained = (error: ConfluenceError, site: string): ConfluenceError => {
  const host = hostOf(site)
  const wrong = (what: string): WrongSite =>
    new WrongSite({
      endpoint: error.endpoint,
      internalMessage: error.message,
      message: `${what} ${howToName(host)}`,
    })
  switch (error._tag) {
    case "NotFound":
      return wrong(`${host} serves no Confluence (404 Not Found).`)
    case "EndpointRemoved":
      return wrong(`${host} serves no Confluence Cloud (status ${error.status}).`)
    case "UnexpectedResponse":
      return wrong(`${host} does not answer like Confluence Cloud.${error.status === 200 ? "" : ` ${error.message}`}`)
    case "SiteUnavailable":
      if (error.kind === "dns") return wrong(`There is no host ${host}${VIA_PROXY}.`)
      if (error.kind === "tls") {
        return wrong(`${host} does not speak TLS as a site does: something else listens there, or stands in between.`)
      }
      if (error.kind === "web page" && error.status === 200) {
        return wrong(
          `${host} answers with web pages, not as Confluence's API: it is another site, or a proxy or a login page of the network answers in its place.`,
        )
      }
      return error
    default:
      return error
  }
}

const VIA_PROXY = " that this network knows (where names are known to its proxy alone, set HTTPS_PROXY)"

/** A host that is not Atlassian's, and does not show itself as a site. */
export const noSite = (site: string): WrongSite => {
  const host = hostOf(site)
  return new WrongSite({
    endpoint: `GET ${TENANT_INFO}`,
    message: `${host} is no Confluence Cloud site: it does not tell a cloud id (GET ${TENANT_INFO}). The credential was not sent there. ${howToName(host)}`,
  })
}

export const refusedBehindOwnAddress = (site: string, internalMessage: string | undefined): CredentialsRejected =>
  new CredentialsRejected({
    endpoint: `GET ${CURRENT_USER}`,
    internalMessage,
    message:
      `Atlassian's gateway rejects the credential for the site behind ${hostOf(site)}. The token is not sent to ${hostOf(site)} itself, ` +
      "which may be anybody's: for a token without scopes give the site's own address, which ends with .atlassian.net, in " +
      "domain_name. Otherwise check the email and the API token, and whether the token has expired or been revoked.",
  })
