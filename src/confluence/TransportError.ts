/** Why no whole answer came, told from the errors of Node and undici by their codes. */
import { Data } from "effect"
import { ProxyFailure, type ProxyName, tunnelStatus } from "./proxy.ts"

/**
 * `truncated`: it broke off after its head. `oversize`: it was longer than may be. `private`: the host is at an address that is
 * not public. `unreachable`: no connection, in time or at all. `resolver`: no DNS server has answered. `certificate`: it is not
 * trusted. `proxy`: it refuses, or its setting is no address. `tls`: the host speaks it otherwise or not at all.
 */
export type Breakdown =
  | "timeout"
  | "reset"
  | "refused"
  | "unreachable"
  | "dns"
  | "resolver"
  | "tls"
  | "certificate"
  | "proxy"
  | "truncated"
  | "oversize"
  | "private"
  | "other"

/** No whole answer came. */
export class TransportError extends Data.TaggedError("TransportError")<{
  readonly reason: Breakdown
  readonly cause: unknown
  /** The proxy, where it is what failed, and the status that it answered. */
  readonly proxy?: (ProxyName & { readonly status?: number }) | undefined
}> {}

/** Codes of our own. */
export const PRIVATE = "PRIVATE_ADDRESS"
export const OVERSIZE = "OVERSIZE"

const codeOf = (cause: unknown): string =>
  typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : ""

const UNTRUSTED =
  /^(?:CERT_|SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_(?:GET_ISSUER_CERT|VERIFY_LEAF_SIGNATURE)|ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE)/

/** `broken` is what a connection lost without further explanation means at this point of the exchange. */
const reasonOf = (cause: unknown, broken: "reset" | "truncated"): Breakdown => {
  const code = codeOf(cause)
  if (code === PRIVATE) return "private"
  if (code === OVERSIZE || code === "ERR_BUFFER_TOO_LARGE" || code === "UND_ERR_RES_EXCEEDED_MAX_SIZE")
    return "oversize"
  if (/^(?:UND_ERR_CONNECT_TIMEOUT|ETIMEDOUT|E(?:HOST|NET)(?:UNREACH|DOWN)|EADDRNOTAVAIL)$/.test(code))
    return "unreachable"
  if (code.includes("TIMEOUT")) return "timeout"
  if (code === "ECONNREFUSED") return "refused"
  if (code === "ENOTFOUND" || code === "ENODATA") return "dns"
  // It says nothing about the name.
  if (code === "EAI_AGAIN") return "resolver"
  if (UNTRUSTED.test(code)) return "certificate"
  if (/CERT|^ERR_TLS|^ERR_SSL|^EPROTO$/.test(code)) return "tls"
  if (/^(?:ECONNRESET|EPIPE|UND_ERR_SOCKET|UND_ERR_CLOSED|UND_ERR_DESTROYED)$/.test(code)) return broken
  if (/^(?:UND_ERR_RES_CONTENT_LENGTH_MISMATCH|Z_BUF_ERROR|Z_DATA_ERROR|ERR__ERROR_FORMAT.*)$/.test(code))
    return "truncated"
  return "other"
}

/** What an error means. `proxy`: the one that requests may go through. */
export const transportError = (
  cause: unknown,
  broken: "reset" | "truncated",
  proxy: ProxyName | undefined,
): TransportError => {
  const status = tunnelStatus(cause)
  if (proxy !== undefined && status !== undefined) {
    // By a 5xx a proxy says that it could not reach the host either.
    return new TransportError({ reason: status < 500 ? "proxy" : "unreachable", cause, proxy: { ...proxy, status } })
  }
  if (cause instanceof ProxyFailure) {
    return new TransportError({ reason: reasonOf(cause.cause, "reset"), cause: cause.cause, proxy })
  }
  const code = codeOf(cause)
  if (code === "UND_ERR_PRX_TLS") return new TransportError({ reason: "certificate", cause, proxy })
  if (code === "UND_ERR_PRX_CONN") return new TransportError({ reason: "reset", cause, proxy })
  return new TransportError({ reason: reasonOf(cause, broken), cause })
}
