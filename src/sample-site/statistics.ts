/**
 * What the sample site has seen: how many requests each endpoint got, what was sent, how many were under way at once, and
 * which came although the site had asked for a wait.
 */

/** How much of a wait's end may be cut off, and how long an answer may be on its way, before a request counts as early. */
const GRACE_MS = 20
const REMEMBERED_REQUESTS = 10_000

/** Whose wait a request has to keep: Atlassian's authorization server is another host than its sites, and its administration another API. */
export type AskedHost = "api" | "auth" | "admin"

/** Counts of one endpoint. */
export interface EndpointStatistics {
  requests: number
  rows: number
  bytes: number
  statuses: Record<string, number>
}

/** A request that was seen. `early`: it was sent although the client had been told to wait. */
export interface SeenRequest {
  readonly at: number
  readonly method: string
  readonly address: string
  readonly status: number
  readonly early: boolean
}

/** All counts since the start or the last reset. Times in milliseconds. */
export interface SiteStatistics {
  readonly requests: number
  readonly rows: number
  readonly bytes: number
  readonly rateLimited: number
  readonly early: number
  readonly inFlight: number
  readonly mostInFlight: number
  readonly firstRequestAt: number | undefined
  readonly lastRequestAt: number | undefined
  readonly longestGapMs: number
  readonly endpoints: Readonly<Record<string, EndpointStatistics>>
}

export class Statistics {
  private endpoints = new Map<string, EndpointStatistics>()
  private seen: SeenRequest[] = []
  private rateLimited = 0
  private early = 0
  private inFlight = 0
  private mostInFlight = 0
  private first: number | undefined
  private last: number | undefined
  private longestGap = 0
  /** Waits told to clients: from when it is known to them until when it holds. */
  private waits: { readonly host: AskedHost; readonly knownAt: number; readonly until: number }[] = []

  /** A request has arrived; tells whether it is early. */
  arrived(at: number, host: AskedHost): boolean {
    this.first ??= at
    if (this.last !== undefined) this.longestGap = Math.max(this.longestGap, at - this.last)
    this.last = at
    this.inFlight++
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight)
    this.waits = this.waits.filter((wait) => wait.until > at)
    const early = this.waits.some((wait) => wait.host === host && at > wait.knownAt && at < wait.until - GRACE_MS)
    if (early) this.early++
    return early
  }

  /** Its answer is decided. */
  answered(request: SeenRequest, endpoint: string, rows: number, bytes: number): void {
    const counts = this.endpoints.get(endpoint) ?? { requests: 0, rows: 0, bytes: 0, statuses: {} }
    counts.requests++
    counts.rows += rows
    counts.bytes += bytes
    counts.statuses[request.status] = (counts.statuses[request.status] ?? 0) + 1
    this.endpoints.set(endpoint, counts)
    if (request.status === 429) this.rateLimited++
    this.seen.push(request)
    if (this.seen.length > 2 * REMEMBERED_REQUESTS) this.seen = this.seen.slice(-REMEMBERED_REQUESTS)
  }

  /** The answer has left, or never will. */
  finished(): void {
    this.inFlight--
  }

  /** An answer asks to wait `waitMs` from `sentAt` on. */
  toldToWait(sentAt: number, waitMs: number, host: AskedHost): void {
    this.waits.push({ host, knownAt: sentAt + GRACE_MS, until: sentAt + waitMs })
  }

  /** The last requests, oldest first. */
  requests(): readonly SeenRequest[] {
    return this.seen.slice(-REMEMBERED_REQUESTS)
  }

  /** The counts as they stand. */
  report(): SiteStatistics {
    const endpoints = Object.fromEntries([...this.endpoints].toSorted(([a], [b]) => (a < b ? -1 : 1)))
    const sum = (field: "requests" | "rows" | "bytes") =>
      [...this.endpoints.values()].reduce((total, counts) => total + counts[field], 0)
    return {
      requests: sum("requests"),
      rows: sum("rows"),
      bytes: sum("bytes"),
      rateLimited: this.rateLimited,
      early: this.early,
      inFlight: this.inFlight,
      mostInFlight: this.mostInFlight,
      firstRequestAt: this.first,
      lastRequestAt: this.last,
      longestGapMs: this.longestGap,
      endpoints,
    }
  }

  /** Forgets everything but the requests under way. */
  reset(): void {
    this.endpoints = new Map()
    this.seen = []
    this.rateLimited = 0
    this.early = 0
    this.mostInFlight = this.inFlight
    this.first = undefined
    this.last = undefined
    this.longestGap = 0
    this.waits = []
  }
}
