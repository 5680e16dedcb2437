/**
 * What each setting of the config allows, and what it is when it is not given. The decoder (ConnectorConfig.ts) and the
 * settings form (specification.ts) are both built from these facts, so they cannot disagree.
 */

/** The ways to sign in, by `credentials.auth_type`, in the order in which forms and messages name them. */
export const authTypes = ["oauth2.0", "service_account", "api_token"] as const
export type AuthType = (typeof authTypes)[number]

/**
 * Formats that lists answer bodies in (Confluence REST API v2, parameter `body-format`; the rendered formats exist for single
 * objects only). `none` asks for no body.
 */
export const bodyFormats = ["storage", "atlas_doc_format", "none"] as const

/** Most requests in flight at once, for all streams together. */
export const numWorkers = { minimum: 1, maximum: 50, default: 8 } as const

/** Megabytes (10^6 bytes) above which the binary of an attachment is left out. */
export const maxFileSizeMb = { minimum: 0, default: 100 } as const

/** Hours after which a sync reconciles, fractions allowed: 0 = every sync, below 0 = never. */
export const reconcileIntervalHours = { minimum: -1, default: 24 } as const

/** Minutes that a sync re-reads before its cursor, because lists may trail edits. */
export const lookbackMinutes = { minimum: 0, default: 10 } as const

/** Share of a stream's known rows, in percent, that one reconciliation may delete. */
export const maxDeletionPercent = { minimum: 0, maximum: 100, default: 50 } as const

/** Atlassian's hosts beside the site: the gateway to the API, the issuer of OAuth tokens, the organization admin API. */
export const endpoints = {
  gateway: "https://api.atlassian.com",
  auth: "https://auth.atlassian.com",
  admin: "https://api.atlassian.com",
} as const

/** Every form that a site's address may have; `siteAddress.ts` says what each one means. */
export const domainNamePattern = "^\\s*([Hh][Tt][Tt][Pp][Ss]?://)?[A-Za-z0-9\\[][A-Za-z0-9.:\\[\\]-]*([/?#].*)?\\s*$"

/** An email address as Basic authentication can carry it: RFC 7617 allows no colon in a user name. */
export const emailPattern = "^\\s*[^\\s@:]+@[^\\s@:]+\\s*$"

/** An API token: visible ASCII characters. Its length varies, so none is required. */
export const apiTokenPattern = "^\\s*[!-~]+\\s*$"

/** A date and time with a time zone (RFC 3339), as forms check it. */
export const dateTimePattern =
  "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$"

/** The date of a filter, as forms check it: a date alone, or a date and time with a time zone. */
export const datePattern =
  "^\\s*[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2}))?\\s*$"

/** The keys of spaces are no longer; nor is a pattern for them. */
export const longestSpaceKey = 255

/** An id of Confluence content: a positive 64-bit number as text. */
export const contentIdPattern = "^\\s*[1-9][0-9]{0,18}\\s*$"
export const largestContentId = 2n ** 63n - 1n

/** A media type or a family of them, such as `application/pdf` or `image/*`. */
export const mediaTypePattern = "^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*/([A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*|\\*)$"
