/** Which site a host is, as it tells without a credential. */
import { Effect } from "effect"
import { Exchange, type ExchangeRequest } from "./Exchange.ts"
import { isCloudId } from "./GrantedSites.ts"
import { RequestLog } from "./RequestLog.ts"

/** Not part of the REST API, but what Atlassian's own pages ask; needs no credential. */
export const TENANT_INFO = "/_edge/tenant_info"

/** A site's lasting id, and what its clock showed when it was told. */
export interface Tenant {
  readonly cloudId: string
  readonly siteTime: number | undefined
}

/** So long (ms) signing in waits for a site to tell its cloud id: where it can do without, and where it cannot. */
export const OPTIONAL_MS = 5_000
export const NEEDED_MS = 15_000

/** A try is given up after this long, ms. */
const TRY_MS = 10_000

/** Asks a site, without the credential, who it is. Undefined where it answers with something else. */
export const askTenant = Effect.fnUntraced(function* (
  site: string,
  patience: Pick<ExchangeRequest, "tellsFirstFailure"> = {},
) {
  const exchange = yield* Exchange
  const { body, siteTime } = yield* exchange.request({
    method: "GET",
    base: site,
    path: TENANT_INFO,
    query: [],
    authorized: false,
    tries: 4,
    timeoutMs: TRY_MS,
    ...patience,
  })
  const cloudId = typeof body === "object" && body !== null && "cloudId" in body ? body.cloudId : undefined
  return isCloudId(cloudId) ? ({ cloudId, siteTime } satisfies Tenant) : undefined
})

/**
 * Undefined where the site does not tell, or not in time: a proxy may drop what is no part of the API, and only the way over the
 * gateway depends on it.
 */
export const inTime = Effect.fnUntraced(function* <E extends { readonly message: string }, R>(
  asked: Effect.Effect<Tenant | undefined, E, R>,
  waitMs: number,
) {
  const log = yield* RequestLog
  const untold = (why: string) =>
    Effect.as(log.watcher.note("debug", `The site does not tell its cloud id: ${why}`), undefined)
  return yield* asked.pipe(
    Effect.catch((error) => untold(error.message)),
    Effect.timeoutOrElse({ duration: waitMs, orElse: () => untold(`no answer within ${waitMs} ms.`) }),
  )
})
