/**
 * The proxy that the environment names for https, and the way through it. Values are taken as curl and Python take them: an
 * address without a scheme is an http:// one. A setting that cannot be used fails the requests that need it, not the program.
 */
import { EnvHttpProxyAgent, Pool } from "undici"
import type { Agent, Dispatcher } from "undici"

/** In this order; a variable that is there and empty means "no proxy". */
const FOR_HTTPS = ["https_proxy", "HTTPS_PROXY"] as const
const FOR_ALL = ["http_proxy", "HTTP_PROXY"] as const
const SCHEMES: ReadonlySet<string> = new Set(["http:", "https:", "socks5:", "socks:"])

type Environment = Readonly<Record<string, string | undefined>>

/** A proxy as messages may name it: without its user name and password. */
export interface ProxyName {
  /** The environment variable that names it. */
  readonly variable: string
  /** With its port where one was given; undefined where the variable's value is no address. */
  readonly host: string | undefined
}

/** The proxy of requests over https. */
export interface ProxySetting extends ProxyName {
  readonly uri: string
  /** The user name and the password, as they are in the value and as they are meant. */
  readonly secrets: ReadonlyArray<string>
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** What the environment says about a proxy for https; undefined where it names none. */
export const proxySetting = (environment: Environment): ProxySetting | undefined => {
  const given = (names: ReadonlyArray<string>) => names.find((name) => environment[name] !== undefined)
  const named = [given(FOR_HTTPS), given(FOR_ALL)].find(
    (name) => name !== undefined && environment[name]!.trim() !== "",
  )
  if (named === undefined) return undefined
  const value = environment[named]!.trim()
  const uri = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`
  const url = URL.canParse(uri) ? new URL(uri) : undefined
  // What stands before an "@" may be a password, even in what is no address.
  const written = /^(?:[^/]*\/\/)?(.*)@/.exec(value)?.[1] ?? ""
  const colon = written.indexOf(":")
  const secrets = colon < 0 ? [] : [written.slice(colon + 1), decoded(written.slice(colon + 1))]
  const isUsable = url !== undefined && url.hostname !== "" && SCHEMES.has(url.protocol)
  return { variable: named, uri, host: isUsable ? url.host : undefined, secrets }
}

/** No connection to the proxy itself, or none through it. `cause` is undici's or Node's error. */
export class ProxyFailure extends Error {
  readonly code = "PROXY_FAILURE"
  constructor(cause: unknown) {
    super("The proxy failed", { cause })
  }
}

/** The status by which a proxy has refused a tunnel, where this is such an error. */
export const tunnelStatus = (cause: unknown): number | undefined => {
  const found = cause instanceof Error ? /^Proxy response \((\d+)\)/.exec(cause.message)?.[1] : undefined
  return found === undefined ? undefined : Number(found)
}

type Connect = (options: object, done: (error: Error | null, socket: unknown) => void) => void

/** Goes through the proxy, except to the hosts of NO_PROXY. Undefined where the setting cannot be used. */
export const throughProxy = ({ uri, host }: ProxySetting, options: Agent.Options): Dispatcher | undefined => {
  if (host === undefined) return undefined
  // An error on the way to the proxy would look as if it had come from the site.
  const clientFactory = (origin: URL, { connect }: { readonly connect: Connect }): Dispatcher =>
    new Pool(origin, {
      connect: ((to: object, done: (error: Error | null, socket: unknown) => void) =>
        connect(to, (error, socket) => done(error === null ? null : new ProxyFailure(error), socket))) as never,
    })
  try {
    return new EnvHttpProxyAgent({ ...options, httpProxy: uri, httpsProxy: uri, clientFactory: clientFactory as never })
  } catch {
    // A user name or password with a broken escape.
    return undefined
  }
}
