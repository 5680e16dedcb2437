/** What a sample site is made of and how it behaves: the options at its start, and the settings that can change while it runs. */
import type { BodyLength } from "./bodies.ts"
import { ALL_QUIRKS, EXPIRED_TOKEN_ANSWERS, type Quirks, USUAL_QUIRKS } from "./quirks.ts"

/** How the burst limit counts: windows of the site's clock, a sliding one, or a bucket refilled steadily. */
export interface RateLimitSettings {
  /** Requests per second; 0 = no limit. */
  readonly perSecond: number
  readonly kind?: "window" | "sliding" | "bucket"
  /** The length of a window; left out: one second. */
  readonly windowSeconds?: number
  /** Requests that a bucket holds; left out: one second's worth. */
  readonly room?: number
  /** Requests in flight at once, beside the rest; 0 = no limit. */
  readonly inFlight?: number
  /** What Retry-After says, in seconds; null = a 429 without any hint. */
  readonly retryAfterSeconds?: number | null
}

/** What can be changed while the site runs. */
export interface SiteSettings {
  /** How long every answer takes, in milliseconds. */
  readonly latencyMs: number
  readonly rateLimit: RateLimitSettings
  /** Rows in one answer of a v2 list at most, whatever `limit` says; 0 = as asked. */
  readonly maxPageSize: number
  /** The share of the spaces (0 to 1) that cannot be seen for now. */
  readonly hiddenSpaceShare: number
  /** How far the site's clock is ahead of ours, in milliseconds. */
  readonly clockSkewMs: number
  /** How long a cursor is good for; 0 = for ever. */
  readonly cursorLifetimeMs: number
  /** For how many answers in a row one walk's cursors are good; 0 = any number. */
  readonly cursorUses: number
  /** Whether bad credentials are answered as those of an anonymous visitor, who sees the public spaces. */
  readonly anonymousAccess: boolean
  /** Paths (with * for any part) that the credential may not use: 403. */
  readonly forbidden: readonly string[]
  /** The scopes of the scoped token; null = all that are needed. */
  readonly scopes: readonly string[] | null
  /** The scopes of the access tokens that the service account gets from now on; null = all that are needed. */
  readonly grantedScopes: readonly string[] | null
  /** How long the access tokens live that are issued from now on, in seconds. */
  readonly tokenLifetimeSeconds: number
  /** How long a refresh token can be used again after another has replaced it, in milliseconds. */
  readonly reuseLeewayMs: number
  /**
   * What the gateway says of an access token that has expired or was revoked. "scope": 401 with the words of a missing scope,
   * without their header; "not found": 404 on v2 and 403 on v1.
   */
  readonly expiredTokenAnswer: (typeof EXPIRED_TOKEN_ANSWERS)[number]
  /** Answers with bodies that have more bytes than this are too heavy for the site (`heavyAnswer`); 0 = none is. */
  readonly heavyBytes: number
  /** How long after its creation the search finds content, in milliseconds. */
  readonly searchLagMs: number
  /** Users, and groups, that one list of a restriction names at most, whatever is asked for; 0 = as asked. */
  readonly maxPrincipals: number
  /** What cursors are made under: those made under another number are out of an earlier sync's state (`oldCursors`). */
  readonly cursorEpoch: number
  readonly quirks: Quirks
}

/** Changes to the settings: what is left out stays as it is. */
export type SettingsChange = Partial<Omit<SiteSettings, "quirks" | "rateLimit">> & {
  readonly quirks?: Partial<Quirks>
  /** The limit in full, or its number alone. */
  readonly rateLimit?: number | RateLimitSettings
}

/** The accounts and tokens that the site knows. */
export interface SiteCredentials {
  readonly email: string
  /** Works on the site's host. */
  readonly classicToken: string
  /** Works through the gateway. */
  readonly scopedToken: string
  /** Of somebody without a licence for Confluence. */
  readonly unlicensedToken: string
  /** The OAuth 2.0 app that people can consent to. */
  readonly clientId: string
  readonly clientSecret: string
  /** The OAuth 2.0 credential of a service account. */
  readonly serviceClientId: string
  readonly serviceClientSecret: string
  /** The API key of the organization. */
  readonly organizationKey: string
}

/** A site as Atlassian's list of a token's sites names it. */
export interface ConfluenceSite {
  /** The cloud id. */
  readonly id: string
  /** Its origin. */
  readonly url: string
  readonly name: string
}

/** Options of a sample site. Counts that are left out follow from the number of pages. */
export interface SampleSiteOptions {
  readonly pages?: number
  readonly seed?: number
  readonly spaces?: number
  readonly spaceSizes?: "uneven" | "even"
  readonly blogPosts?: number
  readonly footerComments?: number
  readonly inlineComments?: number
  readonly attachments?: number
  readonly customContent?: number
  readonly users?: number
  readonly groups?: number
  /** A fixed size of every page's storage body in bytes; left out: as varied as in a real wiki. */
  readonly bodyBytes?: number
  /** False: all content is current and visible, as benchmarks want it. */
  readonly varied?: boolean
  /** The number of neighbouring pages that the credential may not see. */
  readonly restrictedRun?: number
  /** How far one row in forty is dated ahead of the clock at the start, in days: an import, or a clock that was wrong. */
  readonly datedAheadDays?: number
  readonly latencyMs?: number
  /** Requests per second, or the limit in full. */
  readonly rateLimit?: number | RateLimitSettings
  readonly settings?: SettingsChange
  readonly credentials?: Partial<SiteCredentials>
  /** Sites that a consent can cover beside this one; nothing answers there. */
  readonly otherSites?: readonly ConfluenceSite[]
  readonly cloudId?: string
  /** Whether configs name the organization too, so that it tells the addresses that profiles hide. */
  readonly organization?: boolean
  /** The address that `_links.base` names. */
  readonly siteUrl?: string
  /** The clock in milliseconds. */
  readonly now?: () => number
}

/** The counts and the rest of what is fixed at the start. */
export interface SitePlan {
  readonly seed: number
  readonly pages: number
  readonly spaces: number
  readonly spaceSizes: "uneven" | "even"
  readonly blogPosts: number
  readonly footerComments: number
  readonly inlineComments: number
  readonly attachments: number
  readonly customContent: number
  readonly users: number
  readonly groups: number
  readonly bodyLength: BodyLength
  readonly varied: boolean
  readonly restrictedRun: number
  /** The version's time of the rows that are dated ahead, in milliseconds; 0 = none is. */
  readonly datedAhead: number
}

const between = (low: number, value: number, high: number): number => Math.max(low, Math.min(high, Math.round(value)))

/** Fills in what the options leave out. */
export const planOf = (options: SampleSiteOptions): SitePlan => {
  const pages = options.pages ?? 1200
  const blogPosts = options.blogPosts ?? Math.round(pages / 12)
  const commentable = pages + blogPosts > 0
  return {
    seed: options.seed ?? 1,
    pages,
    spaces: options.spaces ?? between(8, pages / 60, 1500),
    spaceSizes: options.spaceSizes ?? "uneven",
    blogPosts,
    footerComments: commentable ? (options.footerComments ?? Math.round(pages / 2)) : 0,
    inlineComments: commentable ? (options.inlineComments ?? Math.round(pages / 5)) : 0,
    attachments: commentable ? (options.attachments ?? Math.round(pages * 0.8)) : 0,
    customContent: options.customContent ?? Math.round(pages / 8),
    users: options.users ?? between(260, pages / 100, 5000),
    groups: options.groups ?? between(8, pages / 2000, 200),
    bodyLength: options.bodyBytes ?? "varied",
    varied: options.varied ?? true,
    restrictedRun: options.restrictedRun ?? (pages >= 20_000 ? 600 : Math.floor(pages / 20)),
    datedAhead: datedAhead(options),
  }
}

const datedAhead = ({ datedAheadDays = 0, settings, now = Date.now }: SampleSiteOptions): number =>
  datedAheadDays === 0 ? 0 : Math.floor(now() + (settings?.clockSkewMs ?? 0) + datedAheadDays * 86_400_000)

/** The settings at the start. */
export const settingsOf = (options: SampleSiteOptions): SiteSettings =>
  changedSettings(
    {
      latencyMs: options.latencyMs ?? 0,
      rateLimit: typeof options.rateLimit === "object" ? options.rateLimit : { perSecond: options.rateLimit ?? 0 },
      maxPageSize: 0,
      hiddenSpaceShare: 0,
      clockSkewMs: 0,
      cursorLifetimeMs: 0,
      cursorUses: 0,
      anonymousAccess: false,
      forbidden: [],
      scopes: null,
      grantedScopes: null,
      tokenLifetimeSeconds: 3600,
      reuseLeewayMs: 0,
      expiredTokenAnswer: "401",
      heavyBytes: 0,
      searchLagMs: 0,
      maxPrincipals: 0,
      cursorEpoch: 0,
      quirks: USUAL_QUIRKS,
    },
    options.settings ?? {},
  )

/** The settings after a change. */
export const changedSettings = (settings: SiteSettings, change: SettingsChange): SiteSettings => ({
  ...settings,
  ...change,
  rateLimit: {
    ...settings.rateLimit,
    ...(typeof change.rateLimit === "number" ? { perSecond: change.rateLimit } : change.rateLimit),
  },
  quirks: { ...settings.quirks, ...change.quirks },
})

/** Says what is wrong with a change of settings from outside. */
export const settingsProblem = (settings: SiteSettings, change: unknown): string | undefined => {
  if (typeof change !== "object" || change === null) return "settings must be an object"
  for (const [key, value] of Object.entries(change)) {
    if (!(key in settings)) return `"${key}" is no setting; settings are ${Object.keys(settings).join(", ")}`
    const now = settings[key as keyof SiteSettings]
    const nullable = key === "scopes" || key === "grantedScopes"
    const listed = key === "forbidden" || nullable
    if (key === "expiredTokenAnswer" && !EXPIRED_TOKEN_ANSWERS.some((known) => known === value))
      return `"expiredTokenAnswer" must be one of ${EXPIRED_TOKEN_ANSWERS.join(", ")}`
    const fits =
      (nullable && value === null) ||
      (listed && Array.isArray(value) && value.every((entry) => typeof entry === "string")) ||
      (key === "rateLimit" && typeof value === "number") ||
      (!listed && typeof value === typeof now && value !== null)
    if (key === "quirks" && fits) {
      for (const [quirk, answer] of Object.entries(value as object)) {
        const answers: readonly unknown[] | undefined = ALL_QUIRKS[quirk as keyof Quirks]
        if (answers?.includes(answer) !== true)
          return `"${quirk}" ${answers === undefined ? "is no quirk" : `must be one of ${answers.join(", ")}`}`
      }
    }
    if (!fits)
      return `"${key}" must be ${listed ? "a list of texts" : `a ${typeof now}`}, such as ${JSON.stringify(now)}`
  }
  return undefined
}
