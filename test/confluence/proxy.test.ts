/** The proxy that the environment names: how its value is read, and that it is what is named where it stands in the way. */
import { afterEach, assert, describe, it, vi } from "@effect/vitest"
import { Effect } from "effect"
import { judgeFailure } from "../../src/confluence/answers.ts"
import { proxySetting } from "../../src/confluence/proxy.ts"
import { isUnsent } from "../../src/confluence/reaching.ts"
import { Transport } from "../../src/confluence/Transport.ts"
import { cuttingProxy, openingProxy, type Proxy, refusingProxy } from "../support/proxies.ts"

afterEach(() => vi.unstubAllEnvs())

describe("the setting", () => {
  it.each([
    ["127.0.0.1:3128", "http://127.0.0.1:3128", "127.0.0.1:3128"],
    ["proxy", "http://proxy", "proxy"],
    ["localhost:3128", "http://localhost:3128", "localhost:3128"],
    [" proxy.example:3128 ", "http://proxy.example:3128", "proxy.example:3128"],
    ["ada:secret@proxy:3128", "http://ada:secret@proxy:3128", "proxy:3128"],
    ["http://proxy:3128/", "http://proxy:3128/", "proxy:3128"],
    ["HTTPS://proxy", "HTTPS://proxy", "proxy"],
    ["socks5://proxy:1080", "socks5://proxy:1080", "proxy:1080"],
  ])("takes %j as %s", (value, uri, host) => {
    assert.deepInclude(proxySetting({ HTTPS_PROXY: value }), { variable: "HTTPS_PROXY", uri, host })
  })

  it.each(["http://", "ftp://proxy", "proxy:port", "http://a b", "::1:3128"])("knows %j for none", (value) => {
    assert.deepInclude(proxySetting({ https_proxy: value }), { variable: "https_proxy", host: undefined })
  })

  it("prefers the variable for https, in lower case; an empty one means no proxy", () => {
    const all = { https_proxy: "a", HTTPS_PROXY: "b", http_proxy: "c", HTTP_PROXY: "d" }
    const chosen = (environment: Readonly<Record<string, string>>) => proxySetting(environment)?.variable
    assert.strictEqual(chosen(all), "https_proxy")
    assert.strictEqual(chosen({ HTTPS_PROXY: "b", http_proxy: "c" }), "HTTPS_PROXY")
    assert.strictEqual(chosen({ HTTP_PROXY: "d", http_proxy: "c" }), "http_proxy")
    assert.strictEqual(chosen({ https_proxy: "", HTTPS_PROXY: "b" }), undefined)
    assert.strictEqual(chosen({ https_proxy: " " }), undefined)
    assert.strictEqual(chosen({}), undefined)
  })

  it("knows the password, also of what is no address", () => {
    const secretsOf = (value: string) => proxySetting({ HTTPS_PROXY: value })?.secrets
    assert.deepStrictEqual(secretsOf("http://ada:pass%40word@proxy:1"), ["pass%40word", "pass@word"])
    assert.deepStrictEqual(secretsOf("ada:50%off@proxy"), ["50%off", "50%off"])
    assert.deepStrictEqual(secretsOf("ftp://ada:hidden@x y"), ["hidden", "hidden"])
    assert.deepStrictEqual(secretsOf("http://proxy:3128"), [])
  })
})

const URL_ASKED = "https://acme.atlassian.net/wiki"

const get = (proxy: string) =>
  Effect.suspend(() => {
    vi.stubEnv("HTTPS_PROXY", proxy)
    for (const name of ["https_proxy", "NO_PROXY", "no_proxy"]) vi.stubEnv(name, undefined)
    return Transport.use((transport) => transport.send({ method: "GET", url: URL_ASKED, headers: {} })).pipe(
      Effect.provide(Transport.layer({ connections: 2 })),
    )
  })

const running = (start: () => Promise<Proxy>) =>
  Effect.acquireRelease(Effect.promise(start), (proxy) => Effect.promise(() => proxy.close()))

const judged = (proxy: string) =>
  Effect.map(Effect.flip(get(proxy)), (error) => ({
    error,
    verdict: judgeFailure({ endpoint: "GET /wiki" }, URL_ASKED, error),
  }))

describe("a proxy in the way", () => {
  it.live("is gone through where its address has no scheme, with its user name and password", () =>
    Effect.gen(function* () {
      const proxy = yield* running(() => refusingProxy(403))
      yield* Effect.flip(get(`ada:pass%40word@${proxy.host}`))
      assert.deepStrictEqual(proxy.connects, ["acme.atlassian.net:443"])
      assert.deepStrictEqual(proxy.authorizations, [`Basic ${Buffer.from("ada:pass@word").toString("base64")}`])
    }),
  )

  it.live.each([
    [407, /^The proxy 127\.0\.0\.1:\d+ \(HTTPS_PROXY\) asks for a user name and a password/],
    [403, /^The proxy 127\.0\.0\.1:\d+ \(HTTPS_PROXY\) does not let .* through to acme\.atlassian\.net \(status 403\)/],
    [404, /^The proxy 127\.0\.0\.1:\d+ \(HTTPS_PROXY\) does not let .*\(status 404\)/],
  ] as const)("that answers %i is named, as a config error that ends all tries", ([status, says]) =>
    Effect.gen(function* () {
      const proxy = yield* running(() => refusingProxy(status))
      const { error, verdict } = yield* judged(`http://ada:secret@${proxy.host}`)
      assert.deepInclude(error, { reason: "proxy" })
      assert.isTrue(isUnsent(error))
      if (verdict._tag !== "Fail") return assert.fail(verdict._tag)
      assert.deepInclude(verdict.error, { _tag: "Unreachable", failureType: "config_error" })
      assert.match(verdict.error.message, says)
      assert.notInclude(JSON.stringify(verdict.error) + verdict.error.message, "secret")
    }),
  )

  it.live("that cannot reach the host (502) is named, and tried again", () =>
    Effect.gen(function* () {
      const proxy = yield* running(() => refusingProxy(502))
      const { error, verdict } = yield* judged(proxy.host)
      assert.isTrue(isUnsent(error))
      if (verdict._tag !== "Retry") return assert.fail(verdict._tag)
      assert.deepStrictEqual(verdict, {
        _tag: "Retry",
        kind: "unreachable",
        why: `status 502, it could not reach the host (at the proxy ${proxy.host} (HTTPS_PROXY))`,
      })
    }),
  )

  it.live("that cuts off, or is not there, is named: the site is not to blame", () =>
    Effect.gen(function* () {
      const cutting = yield* running(cuttingProxy)
      const cut = yield* judged(cutting.host)
      assert.deepInclude(cut.verdict, {
        kind: "network",
        why: `connection lost (at the proxy ${cutting.host} (HTTPS_PROXY))`,
      })
      assert.isTrue(isUnsent(cut.error))
      const { host } = yield* Effect.scoped(running(cuttingProxy))
      const gone = yield* judged(host)
      assert.deepInclude(gone.verdict, {
        kind: "refused",
        why: `connection refused (at the proxy ${host} (HTTPS_PROXY))`,
      })
      const nowhere = yield* judged("http://proxy.invalid:3128")
      assert.include(["dns", "resolver"], nowhere.error.reason)
      assert.notDeepInclude(nowhere.verdict, { kind: "dns" })
      assert.match(JSON.stringify(nowhere.verdict), /at the proxy proxy\.invalid:3128/)
    }),
  )

  it.live.each(["ftp://ada:secret@proxy", "http://ada:%zz@proxy:1", "http://"])(
    "whose setting is no address (%s) fails the requests that need it, not the building of the layer",
    (value) =>
      Effect.gen(function* () {
        const { verdict } = yield* judged(value)
        if (verdict._tag !== "Fail") return assert.fail(verdict._tag)
        assert.deepInclude(verdict.error, { _tag: "Unreachable", failureType: "config_error" })
        assert.match(verdict.error.message, /HTTPS_PROXY/)
        assert.notInclude(verdict.error.message, "secret")
      }),
  )

  it.live("that opens TLS is told by the certificate that it shows", () =>
    Effect.gen(function* () {
      const proxy = yield* running(() => openingProxy((_, response) => void response.end("{}")))
      const { error, verdict } = yield* judged(proxy.host)
      assert.strictEqual(error.reason, "certificate")
      if (verdict._tag !== "Fail") return assert.fail(verdict._tag)
      assert.deepInclude(verdict.error, { _tag: "Unreachable", failureType: "config_error" })
      assert.match(
        verdict.error.message,
        /^The certificate of acme\.atlassian\.net is not trusted \(.*\)\. If a proxy that opens TLS .* NODE_EXTRA_CA_CERTS/,
      )
      assert.deepStrictEqual(proxy.opened, [])
    }),
  )
})
