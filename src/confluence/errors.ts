/**
 * What can go wrong when Confluence is asked for something, named by what the reader can do about it. Each error carries
 * one sentence for the user (what happened, at which endpoint, what to do), never a secret and never a query string.
 */
import { Data } from "effect"

interface Details {
  /** For the user. */
  readonly message: string
  /** For a bug report: what the site said, shortened. */
  readonly internalMessage?: string | undefined
  /** Method and path, e.g. `GET /wiki/api/v2/pages`. */
  readonly endpoint: string
}

/** 401: the credential is wrong, expired or revoked. No request can succeed. */
export class CredentialsRejected extends Data.TaggedError("CredentialsRejected")<Details> {
  readonly failureType = "config_error" as const
}

/** The site answers, but as to somebody who has not signed in (bad Basic credentials on a site with anonymous access). */
export class AnonymousAccess extends Data.TaggedError("AnonymousAccess")<Details> {
  readonly failureType = "config_error" as const
}

/** 403 "Current user not permitted to use Confluence": no licence, or a suspended account. No request can succeed. */
export class NotLicensed extends Data.TaggedError("NotLicensed")<Details> {
  readonly failureType = "config_error" as const
}

/** `domain_name` does not lead to a Confluence Cloud site. */
export class WrongSite extends Data.TaggedError("WrongSite")<Details> {
  readonly failureType = "config_error" as const
}

/** A proxy or a certificate stands in the way to the host. No request can succeed. */
export class Unreachable extends Data.TaggedError("Unreachable")<Details> {
  readonly failureType = "config_error" as const
}

/** 401 "scope does not match": the token is good, but lacks the scope of this endpoint. Other endpoints may work. */
export class ScopeMissing extends Data.TaggedError("ScopeMissing")<
  Details & {
    readonly scope: string | undefined
    /** The gateway named the check that failed; without that, an expired token may have been answered so. */
    readonly certain: boolean
  }
> {
  readonly failureType = "config_error" as const
}

/** 403, or a 401 that other endpoints do not give: the user may not read this. */
export class Forbidden extends Data.TaggedError("Forbidden")<Details> {
  readonly failureType = "config_error" as const
}

/** 404: missing, or (v2 makes no difference, on purpose) not visible to this user. */
export class NotFound extends Data.TaggedError("NotFound")<
  Details & {
    /** The answer was not JSON: probably no Confluence at all. */
    readonly webPage: boolean
  }
> {
  readonly failureType = "system_error" as const
}

/** 410: Atlassian has removed the endpoint; 501: this site does not offer it. */
export class EndpointRemoved extends Data.TaggedError("EndpointRemoved")<Details & { readonly status: number }> {
  readonly failureType = "system_error" as const
}

/** 400, or another status by which the site refuses this very request. */
export class BadRequest extends Data.TaggedError("BadRequest")<
  Details & {
    readonly status: number
    /** v2 error code, e.g. `INVALID_REQUEST_PARAMETER`. */
    readonly code: string | undefined
    /** The request carried a cursor and the site speaks of the cursor: start the listing anew. */
    readonly cursorRejected: boolean
  }
> {
  readonly failureType = "system_error" as const
}

/** What the last try ended with, when a site stayed unavailable. */
export type Unavailability =
  | "network"
  | "refused"
  | "unreachable"
  | "dns"
  | "resolver"
  | "tls"
  | "certificate"
  | "proxy"
  | "private address"
  | "timeout"
  | "server error"
  | "web page"
  | "unreadable"
  | "too large"

/** How an endpoint fails where what was asked for is too heavy for it: it answers badly, or not in time, or with too much. */
const HEAVY: ReadonlySet<Unavailability> = new Set(["server error", "timeout", "web page", "unreadable", "too large"])
export const isHeavy = (kind: Unavailability): boolean => HEAVY.has(kind)

/** Network errors, 5xx, HTML or broken JSON, after all tries. */
export class SiteUnavailable extends Data.TaggedError("SiteUnavailable")<
  Details & { readonly kind: Unavailability; readonly status: number | undefined; readonly tries: number }
> {
  readonly failureType = "transient_error" as const
}

/** The site asks to wait longer than a sync sits out, or refuses without end. */
export class RateLimitExceeded extends Data.TaggedError("RateLimitExceeded")<
  Details & {
    /** How long the site asked to wait from now on, ms. */
    readonly waitMs: number
  }
> {
  readonly failureType = "transient_error" as const
}

/** An answer that no documented endpoint gives: a redirect, or JSON of another shape. */
export class UnexpectedResponse extends Data.TaggedError("UnexpectedResponse")<
  Details & { readonly status: number | undefined }
> {
  readonly failureType = "system_error" as const
}

/** A list that leads back to a place where it has been. */
export class CursorLoop extends Data.TaggedError("CursorLoop")<Details> {
  readonly failureType = "system_error" as const
}

/** Every way in which a request to Confluence can fail. */
export type ConfluenceError =
  | CredentialsRejected
  | AnonymousAccess
  | NotLicensed
  | WrongSite
  | Unreachable
  | ScopeMissing
  | Forbidden
  | NotFound
  | EndpointRemoved
  | BadRequest
  | SiteUnavailable
  | RateLimitExceeded
  | UnexpectedResponse
  | CursorLoop

/** Whether a site says that it does not have what was asked for: 404 in JSON, 501. */
export const saysAbsent = (error: ConfluenceError): boolean =>
  (error._tag === "NotFound" && !error.webPage) || (error._tag === "EndpointRemoved" && error.status === 501)

/** Whether no other request can succeed either, so that every stream should stop. */
export const isFatal = (error: ConfluenceError): boolean => {
  switch (error._tag) {
    case "CredentialsRejected":
    case "AnonymousAccess":
    case "NotLicensed":
    case "WrongSite":
    case "Unreachable":
      return true
    default:
      return false
  }
}
