/** Which site the config is for, of those that the grant covers. */
import { Effect, Layer, type Redacted } from "effect"
import { bearer, Credentials } from "../confluence/Credentials.ts"
import type { ConfluenceError } from "../confluence/errors.ts"
import { Exchange } from "../confluence/Exchange.ts"
import { type GrantedSite, grantedSites, hostOf } from "../confluence/GrantedSites.ts"
import { RateControl } from "../confluence/RateControl.ts"
import { CERTAIN } from "../confluence/reaching.ts"
import { RequestLog } from "../confluence/RequestLog.ts"
import type { Transport } from "../confluence/Transport.ts"
import { version } from "../version.ts"
import { quotable } from "./AuthorizeFailed.ts"

/** A token that has just been made: it is not renewed, and what Atlassian says of it is true. */
const asBearer = (accessToken: Redacted.Redacted<string>): Layer.Layer<Credentials> =>
  Layer.succeed(Credentials, {
    authorization: Effect.succeed(bearer(accessToken)),
    rejected: () => Effect.succeed(false),
    trust: () => Effect.succeed("always"),
    remedies: {
      rejected: "call authorize again; the grant may have been revoked meanwhile",
      scope: "add it to the permissions of the OAuth 2.0 app, and call authorize again",
    },
  })

/** The Confluence sites that a new access token opens. `gateway`: an origin such as `https://api.atlassian.com`. */
export const sitesOf = (
  gateway: string,
  accessToken: Redacted.Redacted<string>,
): Effect.Effect<ReadonlyArray<GrantedSite>, ConfluenceError, Transport> =>
  grantedSites(gateway).pipe(
    Effect.provide(
      Exchange.layer({ version, certain: CERTAIN }).pipe(
        Layer.provide(asBearer(accessToken)),
        Layer.provide(RateControl.layer({ numWorkers: 1 })),
        Layer.provide(RequestLog.layer()),
      ),
    ),
    Effect.map(({ sites }) => sites.map((site) => ({ ...site, name: quotable(site.name) }))),
  )

/** Such as `acme.atlassian.net (Acme)`. */
export const siteText = (site: GrantedSite): string =>
  site.name === site.url || site.name === "" ? hostOf(site.url) : `${hostOf(site.url)} (${site.name})`

/** The site, where there is nothing to choose; or why a person must choose. */
export type Choice = { readonly site: GrantedSite } | { readonly ask: string }

/** `host` is what the config says already; undefined where it says nothing. */
export const choiceOf = (sites: ReadonlyArray<GrantedSite>, host: string | undefined): Choice => {
  const meant = sites.find((site) => hostOf(site.url) === host)
  if (meant !== undefined) return { site: meant }
  const [only] = sites
  if (host === undefined && sites.length === 1 && only !== undefined) return { site: only }
  const covered = sites.map(siteText).join(", ")
  return {
    ask:
      host === undefined
        ? `Access was given to ${sites.length} sites: ${covered}. Choose the one to read.`
        : `The config names ${host}, but access was given to ${covered}. Choose the site to read; or press Ctrl-C in the terminal, and authorize again for ${host}.`,
  }
}
