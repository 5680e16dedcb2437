/**
 * How people and service accounts sign in to a sample site by OAuth 2.0: what Atlassian's authorization server answers
 * (`/authorize`, `/oauth/token`), and the gateway's list of a token's sites.
 */
import { type Answer, html, type SiteRequest } from "./answers.ts"
import { answerAuthorize } from "./consent.ts"
import { answerAccessibleResources, sitesByName } from "./grantedSites.ts"
import { type BearerState, type Consent, type GrantReport, Grants, OFFLINE_ACCESS } from "./Grants.ts"
import type { ConfluenceSite, SiteCredentials, SiteSettings } from "./options.ts"
import { ImpossibleChange } from "./SpaceChanges.ts"
import { type ArrivedTokenRequest, TOKEN_PATH, TokenEndpoint, type TokenRequest } from "./TokenEndpoint.ts"

const AUTHORIZE_PATH = "/authorize"
const RESOURCES_PATH = "/oauth/token/accessible-resources"

/** A consent that somebody is said to have given. */
export interface MintedConsent {
  /** Beside `offline_access`; left out: all that are needed. */
  readonly scopes?: readonly string[]
  /** Cloud ids; left out: this site and all others. */
  readonly sites?: readonly string[]
}

/** Tokens by the names that they have in a config. */
export interface MintedTokens {
  readonly refresh_token: string
  readonly access_token: string
  /** RFC 3339. */
  readonly token_expiry_date: string
}

/** A grant with the requests for tokens that were about it. */
export interface TracedGrant extends GrantReport {
  readonly tokenRequests: readonly TokenRequest[]
}

/** What the server has to know of the site. */
export interface SigningIn {
  readonly seed: number
  readonly credentials: SiteCredentials
  readonly now: () => number
  readonly settings: () => SiteSettings
  /** The site itself and those that a consent can cover beside it. */
  readonly sites: () => readonly ConfluenceSite[]
  /** Every scope that some endpoint takes. */
  readonly neededScopes: () => readonly string[]
}

/** Whether a path is one of Atlassian's authorization server, which is another host than its API. */
export const isAuthorizationPath = (path: string): boolean => path === TOKEN_PATH || path === AUTHORIZE_PATH

export class AuthorizationServer {
  private readonly site: SigningIn
  private readonly given: Grants
  private readonly tokens: TokenEndpoint

  constructor(site: SigningIn) {
    this.site = site
    this.given = new Grants(site.seed, site.now, site.settings)
    const serviceAccount = () => ({
      clientId: site.credentials.serviceClientId,
      scopes: site.settings().grantedScopes ?? site.neededScopes(),
      siteIds: this.sites().map(({ id }) => id),
    })
    this.tokens = new TokenEndpoint(this.given, { credentials: site.credentials, serviceAccount })
  }

  /** Notes a request for tokens; of any other, undefined. */
  arrived(request: SiteRequest): ArrivedTokenRequest | undefined {
    const forTokens = request.path === TOKEN_PATH && request.method === "POST"
    return forTokens ? this.tokens.arrived(request, this.site.now()) : undefined
  }

  /** Answers a request that has arrived; undefined: the path is not one of these. */
  answer(request: SiteRequest, arrived: ArrivedTokenRequest | undefined): Answer | undefined {
    if (arrived !== undefined) return this.tokens.answer(arrived)
    if (request.path === TOKEN_PATH) return html(405, "Method Not Allowed")
    const { clientId, email } = this.site.credentials
    if (request.path === AUTHORIZE_PATH)
      return answerAuthorize(request, { clientId, email, sites: this.sites() }, this.given)
    if (request.path !== RESOURCES_PATH) return undefined
    const [scheme = "", token = ""] = (request.headers["authorization"] ?? "").split(" ")
    const held = scheme.toLowerCase() === "bearer" ? this.bearer(token) : "unknown"
    return answerAccessibleResources(held, this.sites(), this.site.settings().quirks)
  }

  /** What a Bearer token stands for now. */
  bearer(token: string): BearerState {
    return this.given.bearer(token)
  }

  /** A refresh token of a new consent that has no access token yet. */
  mintRefreshToken(consent: MintedConsent): string {
    return this.given.mintRefreshToken(this.consent(consent))
  }

  /** The tokens of a consent that was given `ageMs` ago. */
  mint(consent: MintedConsent, ageMs: number): MintedTokens {
    const { accessToken, refreshToken, expiresAt } = this.given.mint(this.consent(consent), { ageMs })
    return {
      refresh_token: refreshToken as string,
      access_token: accessToken,
      token_expiry_date: new Date(expiresAt).toISOString(),
    }
  }

  /** Takes a grant back, named by its id or any token of it; all of them where none is named. Answers how many. */
  revoke(named?: string): number {
    return this.given.revoke(named)
  }

  /** Lets every access token expire before its time. Answers how many were still good. */
  expireAccessTokens(): number {
    return this.given.expireAccessTokens()
  }

  /** Every grant, oldest first. */
  grants(): readonly TracedGrant[] {
    const requests = this.tokenRequests()
    return this.given.report().map((grant) => {
      const tokenRequests = requests.filter((request) => request.grant === grant.id)
      return Object.assign(grant, { tokenRequests })
    })
  }

  /** Every request for tokens, oldest first. */
  tokenRequests(): readonly TokenRequest[] {
    return this.tokens.requests()
  }

  /** Forgets every grant and request. */
  reset(): void {
    this.given.reset()
    this.tokens.reset()
  }

  private sites(): readonly ConfluenceSite[] {
    return sitesByName(this.site.sites())
  }

  private consent({ scopes, sites }: MintedConsent): Consent {
    const known = this.sites().map(({ id }) => id)
    const unknown = sites?.find((id) => !known.includes(id))
    if (unknown !== undefined) throw new ImpossibleChange(`no site has the cloud id ${unknown}`)
    return {
      clientId: this.site.credentials.clientId,
      scopes: [...new Set([...(scopes ?? this.site.neededScopes()), OFFLINE_ACCESS])],
      siteIds: sites ?? known,
    }
  }
}
