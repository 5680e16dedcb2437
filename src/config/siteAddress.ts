/**
 * Which site a config means. People paste what they see: the site's name, its host or the address of a page. Each becomes
 * the site's origin. Credentials go to this origin, so plain http is refused except on loopback, and on Airbyte Cloud so are
 * the addresses of its own network.
 */
import { BlockList, isIP } from "node:net"
import { Result } from "effect"

/** Why an address is refused: the rest of a sentence that begins with the name of the setting. */
export type Refusal = string

const SITE_EXPECTED = `must be the site's address, such as "acme.atlassian.net"`
const HTTPS_EXPECTED = `must begin with https:// (http:// is only for a loopback address, such as "http://127.0.0.1:8080")`
const PUBLIC_EXPECTED = "must be a public https:// address on Airbyte Cloud, not a loopback or private one"
const PUBLIC_ALONE = "must not lead from a public address to a private one"

/** Hosts of Atlassian that are no sites. People copy them from the documentation or from the address bar. */
const NOT_SITES: ReadonlySet<string> = new Set([
  "atlassian.net",
  "atlassian.com",
  "www.atlassian.com",
  "admin.atlassian.com",
  "api.atlassian.com",
  "auth.atlassian.com",
  "home.atlassian.com",
  "id.atlassian.com",
  "start.atlassian.com",
])

const loopback = new BlockList()
loopback.addSubnet("127.0.0.0", 8, "ipv4")
loopback.addAddress("::1", "ipv6")

// IANA special-purpose registries: private, shared, link-local, unique local, benchmarking, multicast, reserved and unspecified
// addresses. An IPv4 address within an IPv6 one (::ffff:10.0.0.1) counts as itself.
const privateNetworks = new BlockList()
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 3],
] as const) {
  privateNetworks.addSubnet(network, prefix, "ipv4")
}
privateNetworks.addAddress("::", "ipv6")
privateNetworks.addSubnet("fc00::", 7, "ipv6")
privateNetworks.addSubnet("fe80::", 10, "ipv6")
privateNetworks.addSubnet("fec0::", 10, "ipv6")
privateNetworks.addSubnet("ff00::", 8, "ipv6")

const contains = (list: BlockList, host: string): boolean => {
  const address = host.replace(/^\[|\]$/g, "")
  const family = isIP(address)
  return family !== 0 && list.check(address, family === 6 ? "ipv6" : "ipv4")
}

/** Whether a host (as `URL.hostname` gives it) is this machine itself. */
export const isLoopback = (host: string): boolean => host === "localhost" || contains(loopback, host)

/** Domains under which Atlassian alone gives out names: whatever is mistyped before them, no stranger hears a credential. */
const ATLASSIANS = /\.(?:atlassian\.net|jira\.com|atlassian-us-gov-mod\.net)$/

/** Whether a site with this host is Atlassian's, or this machine itself, so that a credential may go there. */
export const isTrustedHost = (host: string): boolean => isLoopback(host) || ATLASSIANS.test(host)

/** Whether an IP address (brackets allowed) is this machine's own, or of a network that is not public. */
export const isPrivateAddress = (address: string): boolean =>
  contains(loopback, address) || contains(privateNetworks, address)

const isInternal = (host: string): boolean => isPrivateAddress(host) || /(^|\.)(localhost|local|internal)$/.test(host)

/** The refusal of an address that would be reached over an unsafe way, or that Airbyte Cloud must not reach. */
const unsafe = (url: URL, cloud: boolean): Refusal | undefined => {
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url.hostname))) return HTTPS_EXPECTED
  return cloud && (url.protocol !== "https:" || isInternal(url.hostname)) ? PUBLIC_EXPECTED : undefined
}

const isHostName = (host: string): boolean =>
  isIP(host.replace(/^\[|\]$/g, "")) !== 0 ||
  (host.length <= 253 && host.split(".").every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label)))

/**
 * The origin of the site, such as `https://acme.atlassian.net`, from any form that `domain_name` may have. A name without dots
 * stands for a host under atlassian.net; a host with dots is taken as it is; path, query and fragment are dropped.
 */
export const parseSiteAddress = (text: string, cloud: boolean): Result.Result<string, Refusal> => {
  const [, scheme = "https://", authority = ""] = /^([a-z][a-z0-9+.-]*:\/\/)?([^/?#]*)/i.exec(text.trim()) ?? []
  if (authority.includes("@")) {
    return Result.fail(`must be the site's address alone, such as "acme.atlassian.net", without a user name or "@"`)
  }
  const isName = !authority.includes(".") && /^[a-z0-9-]+$/i.test(authority) && authority.toLowerCase() !== "localhost"
  const address = `${scheme}${isName ? `${authority}.atlassian.net` : authority.replace(/\.(?=$|:)/, "")}`
  if (!/^[A-Za-z0-9.:[\]-]+$/.test(authority) || !URL.canParse(address)) return Result.fail(SITE_EXPECTED)
  const url = new URL(address)
  const refusal = unsafe(url, cloud)
  if (refusal !== undefined) return Result.fail(refusal)
  if (NOT_SITES.has(url.hostname)) {
    return Result.fail(`must be the site's own address, such as "acme.atlassian.net", not ${url.hostname}`)
  }
  const isComplete = isLoopback(url.hostname) || url.hostname.includes(".") || url.hostname.startsWith("[")
  return isComplete && isHostName(url.hostname) ? Result.succeed(url.origin) : Result.fail(SITE_EXPECTED)
}

/** The origin of one of Atlassian's other hosts: a scheme, a host, a port at most. */
export const parseEndpoint = (text: string, cloud: boolean): Result.Result<string, Refusal> => {
  const expected = `must be an address such as "https://api.atlassian.com", without a path`
  if (!URL.canParse(text)) return Result.fail(expected)
  const url = new URL(text)
  const refusal = unsafe(url, cloud)
  if (refusal !== undefined) return Result.fail(refusal)
  const isBare =
    url.username === "" && url.password === "" && url.pathname === "/" && url.search === "" && url.hash === ""
  return isBare && isHostName(url.hostname) ? Result.succeed(url.origin) : Result.fail(expected)
}

/**
 * Why a file must not be fetched from an address, if so. `from`: the host whose answer has led there; a public one must not lead to
 * what only this machine, or its network, can reach.
 */
export const downloadRefusal = (address: URL, cloud: boolean, from?: URL): Refusal | undefined => {
  const refusal = unsafe(address, cloud)
  if (refusal !== undefined) return refusal
  if (address.username !== "" || address.password !== "") return "must be an address without a user name or password"
  return from !== undefined && isInternal(address.hostname) && !isInternal(from.hostname) ? PUBLIC_ALONE : undefined
}
