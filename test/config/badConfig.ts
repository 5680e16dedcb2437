/** How a bad config is noted: what is bad, and the whole sentences that the person who wrote it reads. */

export interface BadConfig {
  readonly what: string
  readonly config: unknown
  readonly problems: ReadonlyArray<string>
  /** The platform's DEPLOYMENT_MODE. */
  readonly mode?: string
}

/** The secrets of these configs; none of them may appear in a message. */
export const SECRETS = [
  "ATATT3xFfGF0secret=1A2B",
  "client-secret-9f",
  "refresh-77aa",
  "org-key-5555",
  "access-33cc",
] as const
const [TOKEN] = SECRETS

export const apiToken = { auth_type: "api_token", email: "ada@example.com", api_token: TOKEN }
export const good = { domain_name: "acme", credentials: apiToken }

export const bad = (what: string, config: unknown, ...problems: ReadonlyArray<string>): BadConfig => ({
  what,
  config,
  problems,
})
export const badSetting = (what: string, setting: object, ...problems: ReadonlyArray<string>): BadConfig =>
  bad(what, { ...good, ...setting }, ...problems)
export const onCloud = (entry: BadConfig): BadConfig => ({ ...entry, mode: "CLOUD" })

export const HTTPS = `"domain_name" must begin with https:// (http:// is only for a loopback address, such as "http://127.0.0.1:8080").`
export const PUBLIC = `must be a public https:// address on Airbyte Cloud, not a loopback or private one.`
export const DATE = `must be a date and time with a time zone (RFC 3339), such as "2026-01-31T00:00:00Z"`
export const FILTER_DATE = `must be a date, such as "2026-01-31" (from midnight UTC), or a date and time with a time zone, such as "2026-01-31T12:00:00+01:00" (RFC 3339)`
