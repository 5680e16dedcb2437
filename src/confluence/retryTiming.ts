/**
 * How long an answer's headers ask us to wait before anything else is sent. Atlassian sends Retry-After in seconds (an
 * HTTP-date is legal too), X-RateLimit-Reset as ISO 8601, sometimes without seconds, and the structured RateLimit
 * header; limits that are only announced carry a `Beta-` prefix and are not looked at. Points in time are compared with
 * the answer's own Date header, so that a site's clock hours off ours does no harm.
 * https://developer.atlassian.com/cloud/confluence/rate-limiting/
 */

/** Header names in lower case. */
export type Headers = Readonly<Record<string, string>>

/** A pause that the site asks for. */
export interface RequestedWait {
  readonly waitMs: number
  /** A used-up quota (per hour), as opposed to a limit on bursts. */
  readonly quota: boolean
}

/** A pause longer than this (ms) is called a quota even where the site gives no reason: burst limits reset in seconds. */
const BURST_AT_MOST_MS = 60_000

/** ISO 8601 with a zone, seconds optional. */
const ISO_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?<seconds>:\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})$/i

/** `RateLimit-Reason` and policy names of quotas; live names differ from the documented ones, hence loosely. */
const QUOTA = /quota|global-based|tenant-based/i

/** The site's own time by the Date header (ms since 1970), where it sends one. */
export const siteTime = (headers: Headers): number | undefined => {
  const time = Date.parse(headers["date"] ?? "")
  return Number.isNaN(time) ? undefined : time
}

/**
 * The wait asked for by an answer, or undefined where it asks for none that can be understood.
 * A good answer asks for one where it says that nothing remains; 429 and 5xx also by Retry-After.
 * `now` (ms) stands in for a missing Date header.
 */
export const requestedWait = (status: number, headers: Headers, now: number): RequestedWait | undefined => {
  const siteNow = siteTime(headers) ?? now
  const spent = spentPolicies(headers["ratelimit"])
  const nothingRemains = headers["x-ratelimit-remaining"]?.trim() === "0"
  const reset = untilReset(headers["x-ratelimit-reset"], siteNow)
  const quota = QUOTA.test(headers["ratelimit-reason"] ?? "") || spent.quota
  const waits = [spent.waitMs]
  if (nothingRemains) waits.push(reset)
  if (status === 429 || status >= 500) {
    const retryAfter = untilRetry(headers["retry-after"], siteNow)
    waits.push(retryAfter)
    // Without a better hint the reset of a refusal is its end, and of a quota it is in any case.
    if (status === 429 && (retryAfter === 0 || quota)) waits.push(reset)
  }
  const waitMs = Math.max(...waits)
  return waitMs > 0 ? { waitMs, quota: quota || waitMs > BURST_AT_MOST_MS } : undefined
}

const untilRetry = (value: string | undefined, siteNow: number): number => {
  const text = value?.trim() ?? ""
  if (/^\d+(?:\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1_000)
  // An HTTP-date begins with the name of a day; Date.parse alone would take almost anything for a date.
  const time = /^[A-Za-z]{3}/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(time) ? 0 : Math.max(0, time - siteNow)
}

const untilReset = (value: string | undefined, siteNow: number): number => {
  const text = value?.trim() ?? ""
  const match = ISO_TIME.exec(text)
  const time = match === null ? Number.NaN : Date.parse(text)
  if (Number.isNaN(time)) return 0
  if (time > siteNow) return time - siteNow
  // Cut to the minute, it may lie in the past although the minute is not over.
  return match?.groups?.["seconds"] === undefined ? Math.max(0, time + 60_000 - siteNow) : 0
}

/** `"policy";r=0;t=30, "other";r=12;t=5` (seconds): the longest reset of a policy with nothing left. */
const spentPolicies = (value: string | undefined): RequestedWait => {
  let waitMs = 0
  let quota = false
  for (const policy of (value ?? "").match(/(?:"[^"]*"|[^,"])+/g) ?? []) {
    const remaining = /;\s*r=(\d+)/i.exec(policy)?.[1]
    const seconds = /;\s*t=(\d+)/i.exec(policy)?.[1]
    if (remaining === undefined || Number(remaining) > 0 || seconds === undefined) continue
    waitMs = Math.max(waitMs, Number(seconds) * 1_000)
    quota ||= QUOTA.test(policy)
  }
  return { waitMs, quota }
}
