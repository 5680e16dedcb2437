/** Every form in which a site may be named, and the one origin that it stands for. */
import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { domainNamePattern } from "../../src/config/settings.ts"
import { parseEndpoint, parseSiteAddress } from "../../src/config/siteAddress.ts"
import { badConfigs } from "./badConfigs.ts"

const ACME = "https://acme.atlassian.net"

/** Form → origin. */
const forms: ReadonlyArray<readonly [string, string]> = [
  ["acme", ACME],
  ["ACME", ACME],
  ["acme.atlassian.net", ACME],
  ["Acme.Atlassian.NET", ACME],
  ["  acme.atlassian.net \n", ACME],
  ["acme.atlassian.net/", ACME],
  ["acme.atlassian.net.", ACME],
  ["acme.atlassian.net:443", ACME],
  ["acme/wiki", ACME],
  ["https://acme", ACME],
  ["HTTPS://ACME.atlassian.net", ACME],
  ["https://acme.atlassian.net/wiki", ACME],
  ["https://acme.atlassian.net/wiki/spaces/ENG/pages/1/My+Page?focus=1#top", ACME],
  ["https://acme.atlassian.net?x=1", ACME],
  ["https://acme.atlassian.net/wiki/spaces/~ada@example.com", ACME],
  ["4711", "https://4711.atlassian.net"],
  ["my-site2", "https://my-site2.atlassian.net"],
  ["wiki.example.com", "https://wiki.example.com"],
  ["https://wiki.example.com:8443/wiki/", "https://wiki.example.com:8443"],
  ["http://127.0.0.1:8080", "http://127.0.0.1:8080"],
  ["http://127.9.8.7/", "http://127.9.8.7"],
  ["http://localhost:4000/wiki", "http://localhost:4000"],
  ["http://LOCALHOST:4000", "http://localhost:4000"],
  ["http://[::1]:4000", "http://[::1]:4000"],
  ["https://localhost:8443", "https://localhost:8443"],
  ["localhost", "https://localhost"],
  ["127.0.0.1:8443", "https://127.0.0.1:8443"],
  ["https://10.0.0.7", "https://10.0.0.7"],
]

describe("the site's address", () => {
  it.each(forms)("%j means %s", (form, origin) => {
    assert.deepStrictEqual(parseSiteAddress(form, false), Result.succeed(origin))
  })

  it.each(forms)("%j passes the pattern of the settings form", (form) => {
    assert.match(form, new RegExp(domainNamePattern))
  })

  it("is the same on Airbyte Cloud where it is public", () => {
    const isPublic = ([, origin]: readonly [string, string]) => !/localhost|\/\/(127|10)\.|::1/.test(origin)
    for (const [form, origin] of forms.filter(isPublic)) {
      assert.deepStrictEqual(parseSiteAddress(form, true), Result.succeed(origin))
    }
    for (const [form] of forms.filter((entry) => !isPublic(entry))) {
      assert.isTrue(Result.isFailure(parseSiteAddress(form, true)), form)
    }
  })

  it.each([
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "172.31.255.255",
    "192.168.0.1",
    "[::]",
    "[::1]",
    "[fd00::1]",
    "[fe80::1]",
    "[::ffff:10.0.0.1]",
    "wiki.localhost",
    "nas.local",
    "2130706433.0",
  ])("%s is refused on Airbyte Cloud", (host) => {
    assert.isTrue(Result.isFailure(parseSiteAddress(`https://${host}`, true)))
    assert.isTrue(Result.isFailure(parseEndpoint(`https://${host}`, true)))
  })

  it.each(["172.32.0.1", "8.8.8.8", "[2606:4700::1111]", "100.128.0.1"])("%s is public", (host) => {
    assert.deepStrictEqual(parseSiteAddress(host, true), Result.succeed(`https://${host}`))
  })

  it("is an origin without user, path, query or fragment, whatever the form", () => {
    for (const [form] of forms) {
      const url = new URL(Result.getOrThrow(parseSiteAddress(form, false)))
      assert.strictEqual(`${url.protocol}//${url.host}/`, url.href)
    }
  })

  it("keeps to what the settings form refuses: no form that its pattern refuses is accepted", () => {
    const pattern = new RegExp(domainNamePattern)
    const texts = badConfigs.flatMap(({ config }) => {
      const given = (config as { readonly domain_name?: unknown } | null)?.domain_name
      return typeof given === "string" && !pattern.test(given) ? [given] : []
    })
    assert.isNotEmpty(texts)
    for (const text of texts) assert.isTrue(Result.isFailure(parseSiteAddress(text, false)), text)
  })
})

describe("an endpoint", () => {
  it.each([
    ["https://api.atlassian.com", "https://api.atlassian.com"],
    ["https://api.atlassian.com/", "https://api.atlassian.com"],
    ["http://127.0.0.1:5000", "http://127.0.0.1:5000"],
    ["http://[::1]:5000/", "http://[::1]:5000"],
  ])("%s means %s", (text, origin) => {
    assert.deepStrictEqual(parseEndpoint(text, false), Result.succeed(origin))
  })

  it.each([
    "api.atlassian.com",
    "https://api.atlassian.com/ex",
    "https://u:p@api.atlassian.com",
    "https://api.atlassian.com?x=1",
    "https://api.atlassian.com#x",
    "http://api.atlassian.com",
    "file:///etc/passwd",
    "https://a_b.example.com",
  ])("%s is refused", (text) => {
    assert.isTrue(Result.isFailure(parseEndpoint(text, false)))
  })
})
