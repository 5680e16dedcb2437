/** What a sample site is made of and how it behaves: the options at its start, and the settings that can change while it runs. */
import type { BodyLength } from "./bodies.ts"

/** How the burst limit counts: windows of one second of the site's clock, or a bucket refilled steadily. */
export interface RateLimitSettings {
  /** Requests per second; 0 = no limit. */
  readonly perSecond: number
  readonly kind?: "window" | "bucket"
  /** What Retry-After says, in seconds; null = a 429 without any hint. */
  readonly retryAfterSeconds?: number | null
}

/** Where sites differ from each other, or where nobody has said in public what Atlassian's do. */
export interface Quirks {
  /** Which form of id lists and status lists is understood; the other form gets 400. */
  readonly lists: "both" | "repeated" | "comma"
  /** Whether the site-wide comment lists hold replies, or only comments on the content itself. */
  readonly repliesInCommentLists: boolean
  /** Whether moves, archiving, trashing and restoring create a version. */
  readonly versionOnEveryChange: boolean
  /** Whether replies stay, without their parent, when a comment is deleted. */
  readonly orphanReplies: boolean
  /** Whether `/spaces` without `status` holds archived spaces too. */
  readonly archivedSpacesByDefault: boolean
  /** Whether the site-wide lists hold the content of archived spaces. */
  readonly contentOfArchivedSpaces: boolean
  /** Whether the site-wide lists of comments and attachments hold what hangs on content in the trash. */
  readonly hangingListedInTrash: boolean
  /** Whether they hold what hangs on archived pages and on content of archived spaces. */
  readonly hangingListedInArchives: boolean
  /** What a look by its id says of a comment or attachment whose container is in the trash: 404, or its status. */
  readonly looksInTrash: "404" | "current" | "trashed"
  /** Whether a look by its id finds a comment or attachment although its container is hidden from the viewer. */
  readonly looksBehindRestrictions: boolean
  /** Whether a look by its id still finds the replies to a deleted comment, which no list holds any more. */
  readonly looksAtLostReplies: boolean
  /** What the list of a container in the trash says of what hangs on it. */
  readonly listsOfTrashed: "404" | "empty" | "all"
  /** When the offset lists of v1 have a `next`: "sometimes" = groups and members do, the search for users does not. */
  readonly nextInV1: "always" | "sometimes" | "never"
  /** Whether a cursor is refused with another `limit` than it was made for. */
  readonly cursorBindsLimit: boolean
  /** Whether each use of a refresh token gives another one; false: none is given, and the old one goes on working. */
  readonly rotateRefreshTokens: boolean
  /** Whether v1 takes granular scopes where a classic one would do; some have seen 401 "scope does not match". */
  readonly v1TakesGranularScopes: boolean
  /** Whether the sites of a token are listed once more, with the scopes of Jira alone. */
  readonly listsJiraToo: boolean
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
  /** What the gateway says of an access token that has expired or was revoked; "not found": 404 on v2 and 403 on v1. */
  readonly expiredTokenAnswer: "401" | "not found"
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
  readonly users?: number
  readonly groups?: number
  /** A fixed size of every page's storage body in bytes; left out: as varied as in a real wiki. */
  readonly bodyBytes?: number
  /** False: all content is current and visible, as benchmarks want it. */
  readonly varied?: boolean
  /** The number of neighbouring pages that the credential may not see. */
  readonly restrictedRun?: number
  readonly latencyMs?: number
  /** Requests per second, or the limit in full. */
  readonly rateLimit?: number | RateLimitSettings
  readonly settings?: SettingsChange
  readonly credentials?: Partial<SiteCredentials>
  /** Sites that a consent can cover beside this one; nothing answers there. */
  readonly otherSites?: readonly ConfluenceSite[]
  readonly cloudId?: string
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
  readonly users: number
  readonly groups: number
  readonly bodyLength: BodyLength
  readonly varied: boolean
  readonly restrictedRun: number
}

/** The usual behaviour, as the public sources have it. */
export const USUAL_QUIRKS: Quirks = {
  lists: "both",
  repliesInCommentLists: true,
  versionOnEveryChange: false,
  orphanReplies: false,
  archivedSpacesByDefault: true,
  contentOfArchivedSpaces: true,
  hangingListedInTrash: false,
  hangingListedInArchives: true,
  looksInTrash: "404",
  looksBehindRestrictions: false,
  looksAtLostReplies: false,
  listsOfTrashed: "404",
  nextInV1: "sometimes",
  cursorBindsLimit: true,
  rotateRefreshTokens: true,
  v1TakesGranularScopes: true,
  listsJiraToo: false,
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
    users: options.users ?? between(260, pages / 100, 5000),
    groups: options.groups ?? between(8, pages / 2000, 200),
    bodyLength: options.bodyBytes ?? "varied",
    varied: options.varied ?? true,
    restrictedRun: options.restrictedRun ?? (pages >= 20_000 ? 600 : Math.floor(pages / 20)),
  }
}

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
    if (key === "expiredTokenAnswer" && value !== "401" && value !== "not found")
      return '"expiredTokenAnswer" must be "401" or "not found"'
    const fits =
      (nullable && value === null) ||
      (listed && Array.isArray(value) && value.every((entry) => typeof entry === "string")) ||
      (key === "rateLimit" && typeof value === "number") ||
      (!listed && typeof value === typeof now && value !== null)
    if (!fits)
      return `"${key}" must be ${listed ? "a list of texts" : `a ${typeof now}`}, such as ${JSON.stringify(now)}`
  }
  return undefined
}
