/**
 * The consents and service accounts that a sample site's authorization server knows, with their codes and tokens: what is
 * issued, how refresh tokens rotate, and when something is no longer good. Times in milliseconds by the injected clock.
 */
import { createHash } from "node:crypto"
import type { SiteSettings } from "./options.ts"
import { seededUuid } from "./seededChance.ts"

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
/** A code that nobody redeems dies after this time (Atlassian's documentation of 3LO apps). */
const CODE_LIFE_MS = 10 * MINUTE_MS
/** A refresh token that nobody uses dies after this time. */
const REFRESH_TOKEN_IDLE_MS = 90 * DAY_MS
/** However often it is refreshed, a consent ends after this time (staff of Atlassian, in the community's forum). */
const GRANT_LIFE_MS = 365 * DAY_MS

/** The scope without which a consent gives no refresh token. */
export const OFFLINE_ACCESS = "offline_access"

/** What somebody has consented to, by which app, for which sites. */
export interface Consent {
  readonly clientId: string
  readonly scopes: readonly string[]
  /** Cloud ids. */
  readonly siteIds: readonly string[]
}

/** A code that the browser carries to the app, and what it is bound to. */
export interface CodeTerms {
  readonly consent: Consent
  readonly redirectUri: string
  /** Of PKCE, method S256; undefined: no verifier is asked for. */
  readonly codeChallenge: string | undefined
}

interface RefreshToken {
  readonly token: string
  readonly issuedAt: number
  uses: number
  lastUsedAt: number | undefined
  /** When another token took its place. */
  replacedAt: number | undefined
}

interface AccessToken {
  readonly token: string
  readonly issuedAt: number
  expiresAt: number
  readonly scopes: readonly string[]
}

interface Grant extends Consent {
  readonly id: string
  readonly grantType: "authorization_code" | "client_credentials"
  readonly createdAt: number
  readonly refreshTokens: RefreshToken[]
  readonly accessTokens: AccessToken[]
  killedByReuse: boolean
  revoked: boolean
}

/** A grant as it is told. The tokens open nothing but this site. */
export interface GrantReport extends Consent {
  readonly id: string
  readonly grantType: "authorization_code" | "client_credentials"
  readonly createdAt: number
  /** Somebody used a refresh token again that another had replaced: everything of the grant is dead. */
  readonly killedByReuse: boolean
  readonly revoked: boolean
  /** In the order of their issue, with how often each was sent to be used, refusals included. */
  readonly refreshTokens: readonly { readonly token: string; readonly issuedAt: number; readonly uses: number }[]
  readonly accessTokens: readonly Readonly<AccessToken>[]
}

/** Tokens that have just been issued. */
export interface IssuedTokens {
  /** The id of the grant that they belong to. */
  readonly grant: string
  readonly accessToken: string
  readonly refreshToken: string | undefined
  readonly expiresInSeconds: number
  readonly expiresAt: number
  readonly scopes: readonly string[]
}

/** What a Bearer token stands for: nothing here, something that has ended, or a grant in force. */
export type BearerState = "unknown" | "ended" | Pick<Grant, "scopes" | "siteIds" | "grantType">

/** Why no tokens are issued. */
export type TokenRefusal = "bad code" | "wrong redirect_uri" | "wrong code_verifier" | "unknown" | "expired"

export class Grants {
  private grants: Grant[] = []
  private readonly codes = new Map<string, CodeTerms & { readonly expiresAt: number }>()
  private readonly refreshTokens = new Map<string, { readonly grant: Grant; readonly entry: RefreshToken }>()
  private readonly accessTokens = new Map<string, { readonly grant: Grant; readonly entry: AccessToken }>()
  /** Never set back: a token from before a reset stays dead. */
  private serial = 0
  private readonly seed: number
  private readonly now: () => number
  private readonly settings: () => SiteSettings

  constructor(seed: number, now: () => number, settings: () => SiteSettings) {
    this.seed = seed
    this.now = now
    this.settings = settings
  }

  /** The code of a consent that was just given. */
  issueCode(terms: CodeTerms): string {
    const code = this.secret("code")
    this.codes.set(code, { ...terms, expiresAt: this.now() + CODE_LIFE_MS })
    return code
  }

  /** Redeems a code. Whatever comes of it, the code is used up. */
  redeem(
    code: string,
    by: { readonly clientId: string; readonly redirectUri: string; readonly codeVerifier: string | undefined },
  ): IssuedTokens | TokenRefusal {
    const terms = this.codes.get(code)
    if (terms === undefined || terms.consent.clientId !== by.clientId) return "bad code"
    this.codes.delete(code)
    if (this.now() >= terms.expiresAt) return "bad code"
    if (terms.redirectUri !== by.redirectUri) return "wrong redirect_uri"
    const { codeChallenge } = terms
    const verifier = by.codeVerifier ?? ""
    if (codeChallenge !== undefined && createHash("sha256").update(verifier).digest("base64url") !== codeChallenge)
      return "wrong code_verifier"
    return this.mint(terms.consent)
  }

  /** The tokens of a consent as if it had been given `ageMs` ago: what would have expired since then has. */
  mint(consent: Consent, how: { readonly ageMs?: number } = {}): IssuedTokens {
    const at = this.now() - (how.ageMs ?? 0)
    const grant = this.begin("authorization_code", consent, at)
    return this.issued(grant, at, consent.scopes.includes(OFFLINE_ACCESS) ? this.refreshToken(grant, at) : undefined)
  }

  /** A refresh token of a new consent, and no access token yet. */
  mintRefreshToken(consent: Consent): string {
    const at = this.now()
    return this.refreshToken(this.begin("authorization_code", consent, at), at)
  }

  /** Tokens for a refresh token. Using a replaced one again, later than the leeway allows, ends its whole grant. */
  refresh(token: string, clientId: string): IssuedTokens | TokenRefusal {
    const known = this.refreshTokens.get(token)
    if (known === undefined || known.grant.clientId !== clientId) return "unknown"
    const { grant, entry } = known
    entry.uses++
    if (hasEnded(grant)) return "unknown"
    const at = this.now()
    const { reuseLeewayMs, quirks } = this.settings()
    if (entry.replacedAt !== undefined && at - entry.replacedAt >= reuseLeewayMs) {
      grant.killedByReuse = true
      return "unknown"
    }
    const idleMs = at - (entry.lastUsedAt ?? entry.issuedAt)
    if (idleMs >= REFRESH_TOKEN_IDLE_MS || at - grant.createdAt >= GRANT_LIFE_MS) return "expired"
    entry.lastUsedAt = at
    if (!quirks.rotateRefreshTokens) return this.issued(grant, at, undefined)
    entry.replacedAt ??= at
    return this.issued(grant, at, this.refreshToken(grant, at))
  }

  /** An access token for the service account, which has one grant until that is revoked. */
  serviceAccount(account: Consent): IssuedTokens {
    const at = this.now()
    const grant =
      this.grants.find((each) => each.grantType === "client_credentials" && !hasEnded(each)) ??
      this.begin("client_credentials", account, at)
    return this.issued(grant, at, undefined, account.scopes)
  }

  /** What a Bearer token stands for now. */
  bearer(token: string): BearerState {
    const known = this.accessTokens.get(token)
    if (known === undefined) return "unknown"
    const { grant, entry } = known
    if (hasEnded(grant) || this.now() >= entry.expiresAt) return "ended"
    return { scopes: entry.scopes, siteIds: grant.siteIds, grantType: grant.grantType }
  }

  /** Takes a grant back, named by its id or by any token of it; all of them where none is named. Answers how many. */
  revoke(named?: string): number {
    const grants = named === undefined ? this.grants : this.grants.filter((grant) => isNamed(grant, named))
    for (const grant of grants) grant.revoked = true
    return grants.length
  }

  /** Lets every access token expire before its time; their refresh tokens stay good. Answers how many were still good. */
  expireAccessTokens(): number {
    const at = this.now()
    const live = [...this.accessTokens.values()].filter(({ grant, entry }) => !hasEnded(grant) && at < entry.expiresAt)
    for (const { entry } of live) entry.expiresAt = at
    return live.length
  }

  /** The id of the grant that a refresh token belongs to. */
  grantOf(refreshToken: string): string | undefined {
    return this.refreshTokens.get(refreshToken)?.grant.id
  }

  /** Every grant, oldest first. */
  report(): readonly GrantReport[] {
    return this.grants.map((grant) => ({
      ...grant,
      refreshTokens: grant.refreshTokens.map(({ token, issuedAt, uses }) => ({ token, issuedAt, uses })),
      accessTokens: grant.accessTokens.map((entry) => structuredClone(entry)),
    }))
  }

  /** Forgets every grant: their tokens are unknown from now on. */
  reset(): void {
    this.grants = []
    this.codes.clear()
    this.refreshTokens.clear()
    this.accessTokens.clear()
  }

  private begin(grantType: Grant["grantType"], consent: Consent, createdAt: number): Grant {
    const grant: Grant = {
      id: `grant-${this.grants.length + 1}`,
      grantType,
      clientId: consent.clientId,
      scopes: [...consent.scopes],
      siteIds: [...consent.siteIds],
      createdAt,
      refreshTokens: [],
      accessTokens: [],
      killedByReuse: false,
      revoked: false,
    }
    this.grants.push(grant)
    return grant
  }

  private refreshToken(grant: Grant, issuedAt: number): string {
    const entry: RefreshToken = {
      token: this.secret("refresh-token"),
      issuedAt,
      uses: 0,
      lastUsedAt: undefined,
      replacedAt: undefined,
    }
    grant.refreshTokens.push(entry)
    this.refreshTokens.set(entry.token, { grant, entry })
    return entry.token
  }

  private issued(
    grant: Grant,
    issuedAt: number,
    refreshToken: string | undefined,
    scopes: readonly string[] = grant.scopes,
  ): IssuedTokens {
    const { tokenLifetimeSeconds } = this.settings()
    const expiresAt = issuedAt + tokenLifetimeSeconds * 1000
    const entry: AccessToken = { token: this.secret("access-token"), issuedAt, expiresAt, scopes }
    grant.accessTokens.push(entry)
    this.accessTokens.set(entry.token, { grant, entry })
    return {
      grant: grant.id,
      accessToken: entry.token,
      refreshToken,
      expiresInSeconds: tokenLifetimeSeconds,
      expiresAt,
      scopes,
    }
  }

  private secret(kind: "code" | "refresh-token" | "access-token"): string {
    return `sample-${kind}-${seededUuid(this.seed, 97, ++this.serial)}`
  }
}

const hasEnded = (grant: Grant): boolean => grant.killedByReuse || grant.revoked

const isNamed = (grant: Grant, named: string): boolean =>
  grant.id === named || [...grant.refreshTokens, ...grant.accessTokens].some(({ token }) => token === named)
