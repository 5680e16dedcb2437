/** Why a host cannot be reached, in words, and what a person can do about it: the address, the network, its proxy, certificates. */
import { Result } from "effect"
import { Unreachable } from "./errors.ts"
import type { Unavailability } from "./errors.ts"
import type { TransportError } from "./TransportError.ts"

/** What the end of an exchange means for trying again, and in a few words. */
export interface Failure {
  readonly kind: Unavailability
  /** For the end of a sentence. */
  readonly why: string
}

const KINDS: Readonly<Record<TransportError["reason"], Failure>> = {
  timeout: { kind: "timeout", why: "no answer in time" },
  reset: { kind: "network", why: "connection lost" },
  refused: { kind: "refused", why: "connection refused" },
  unreachable: { kind: "unreachable", why: "no connection in time, or no way there" },
  dns: { kind: "dns", why: "no such host" },
  resolver: { kind: "resolver", why: "no DNS server answered" },
  tls: { kind: "tls", why: "no TLS" },
  certificate: { kind: "certificate", why: "no trusted certificate" },
  proxy: { kind: "proxy", why: "the proxy refused" },
  truncated: { kind: "unreadable", why: "an answer that broke off" },
  oversize: { kind: "too large", why: "an answer that was too large to be taken" },
  private: { kind: "private address", why: "an address that is not public" },
  other: { kind: "network", why: "no connection" },
}

const proxyName = ({ host, variable }: NonNullable<TransportError["proxy"]>): string =>
  `the proxy ${host} (${variable})`

export const failureOf = ({ reason, proxy }: TransportError): Failure => {
  const failure = KINDS[reason]
  if (proxy === undefined || reason === "proxy" || reason === "certificate") return failure
  // A name that the proxy has says nothing about the host that was asked for.
  const kind = reason === "dns" ? "unreachable" : failure.kind
  const what = proxy.status === undefined ? failure.why : `status ${proxy.status}, it could not reach the host`
  return { kind, why: `${what} (at ${proxyName(proxy)})` }
}

/** A try that has ended, for whoever watches each of them. Without a result it was given up. */
export const triedLine = (
  what: string,
  result: Result.Result<{ readonly status: number }, TransportError> | undefined,
  ms: number,
  attempt: number,
): string => {
  const ended =
    result === undefined
      ? "given up"
      : Result.isSuccess(result)
        ? `${result.success.status}`
        : failureOf(result.failure).why
  return `${what}: ${ended}, ${Math.round(ms)} ms, try ${attempt}`
}

/** What nobody can expect to be otherwise a moment later, so that a person who waits for an answer is told at once. */
export const CERTAIN: ReadonlySet<Unavailability> = new Set([
  "dns",
  "resolver",
  "refused",
  "unreachable",
  "tls",
  "web page",
])

/** Whether no connection came about, so that the host has not seen the request. */
export const isUnsent = ({ reason, proxy }: TransportError): boolean =>
  proxy !== undefined || /^(?:dns|resolver|refused|unreachable|tls|certificate|proxy)$/.test(reason)

const EXTRA_CERTIFICATES = "NODE_EXTRA_CA_CERTS"

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

const ofProxy = (
  host: string,
  { host: proxy, variable, status }: NonNullable<TransportError["proxy"]>,
): string | undefined => {
  if (proxy === undefined) {
    return `The environment variable ${variable} is not the address of a proxy: write it as http://proxy.example.com:3128, with special characters of a user name or password percent-encoded.`
  }
  switch (status) {
    case undefined:
      return undefined
    case 407:
      return `The proxy ${proxy} (${variable}) asks for a user name and a password that it knows (407 Proxy Authentication Required): write them into ${variable}, as http://USER:PASSWORD@${proxy}.`
    default:
      return `The proxy ${proxy} (${variable}) does not let the connector through to ${host} (status ${status}): have ${host} allowed there, or exempt it from the proxy by NO_PROXY.`
  }
}

/** What stops every request whatever is tried, as an error; undefined for what may pass. `url`: any address on the host. */
export const unreachable = (endpoint: string, url: string, error: TransportError): Unreachable | undefined => {
  const { host } = new URL(url)
  const { cause, proxy, reason } = error
  const say = (message: string) => new Unreachable({ endpoint, internalMessage: messageOf(cause), message })
  if (reason === "proxy" && proxy !== undefined) {
    const message = ofProxy(host, proxy)
    return message === undefined ? undefined : say(message)
  }
  if (reason !== "certificate") return undefined
  const whose = proxy === undefined ? host : proxyName(proxy)
  // Node goes on, with a warning on stderr, where the file that is named cannot be read.
  const isGiven = Boolean(process.env[EXTRA_CERTIFICATES])
  return say(
    // Node adds what to do to some of its messages.
    `The certificate of ${whose} is not trusted (${messageOf(cause).split(";")[0]}). If a proxy that opens TLS stands in between, ` +
      (isGiven
        ? `it is not one whose CA certificate is in the file that the environment variable ${EXTRA_CERTIFICATES} names; or the connector cannot read that file as PEM. `
        : `give its CA certificate to the connector: a PEM file, named by the environment variable ${EXTRA_CERTIFICATES}. `) +
      "Otherwise check the address.",
  )
}

/** What to do about a failure, as a sentence. */
export const adviceOn = (kind: Unavailability): string => {
  switch (kind) {
    case "web page":
      return "Check the address, and whether a proxy or a login page of the network answers in the site's place."
    case "server error":
    case "timeout":
    case "unreadable":
    case "too large":
      return "Try again when the site is back."
    default:
      return "Check the address and the network: whether a firewall stands in between, and whether requests must go through a proxy (HTTPS_PROXY)."
  }
}
