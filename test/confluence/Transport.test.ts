/** The wire itself: real sockets on loopback, real time. */
import { Buffer } from "node:buffer"
import { createServer } from "node:http"
import type { RequestListener } from "node:http"
import { createServer as createSocketServer } from "node:net"
import type { AddressInfo, Server, Socket } from "node:net"
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib"
import { afterEach, assert, describe, it, vi } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { isLoopback } from "../../src/config/siteAddress.ts"
import { Transport } from "../../src/confluence/Transport.ts"
import type { TransportOptions } from "../../src/confluence/Transport.ts"

const listening = (server: Server) =>
  Effect.acquireRelease(
    Effect.callback<string>((resume) => {
      server.listen(0, "127.0.0.1", () =>
        resume(Effect.succeed(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)),
      )
    }),
    () => Effect.sync(() => server.close()),
  )

const serving = (listener: RequestListener) => {
  const server = createServer(listener)
  return Effect.ensuring(
    listening(server),
    Effect.addFinalizer(() => Effect.sync(() => server.closeAllConnections())),
  )
}

const servingRaw = (onSocket: (socket: Socket) => void) =>
  listening(createSocketServer((socket) => void socket.once("data", () => onSocket(socket)).on("error", () => {})))

const get = (url: string, options: Partial<TransportOptions> = {}) =>
  Transport.use((transport) => transport.send({ method: "GET", url, headers: { accept: "application/json" } })).pipe(
    Effect.provide(Transport.layer({ connections: 4, ...options })),
  )

const post = (url: string, body: string) =>
  Transport.use((transport) => transport.send({ method: "POST", url, headers: {}, body })).pipe(
    Effect.provide(Transport.layer({ connections: 4 })),
  )

afterEach(() => vi.unstubAllEnvs())

describe("the transport", () => {
  it.live("brings status, headers in lower case, and the body", () =>
    Effect.gen(function* () {
      const url = yield* serving((request, response) => {
        response.setHeader("X-Seen", `${request.method} ${request.url} ${request.headers.accept}`)
        response.setHeader("Set-Cookie", ["a=1", "b=2"])
        response.writeHead(404).end("gone")
      })
      const answer = yield* get(`${url}/wiki/a%2Fb?x=1&x=%E2%82%AC`)
      assert.strictEqual(answer.status, 404)
      assert.strictEqual(answer.headers["x-seen"], "GET /wiki/a%2Fb?x=1&x=%E2%82%AC application/json")
      assert.strictEqual(answer.headers["set-cookie"], "a=1, b=2")
      assert.strictEqual(answer.body.toString(), "gone")
    }),
  )

  it.live("sends the body of a POST", () =>
    Effect.gen(function* () {
      const url = yield* serving((request, response) => void request.pipe(response))
      assert.strictEqual((yield* post(`${url}/`, '{"ü":1}')).body.toString(), '{"ü":1}')
    }),
  )

  it.live("brings bodies of megabytes whole", () =>
    Effect.gen(function* () {
      const body = Buffer.alloc(3_000_000, "abcdefghijklm")
      const url = yield* serving((_, response) => void response.end(body))
      assert.isTrue((yield* get(`${url}/`)).body.equals(body))
    }),
  )

  it.live.each([
    ["gzip", gzipSync],
    ["br", brotliCompressSync],
    ["deflate", deflateSync],
  ] as const)("decompresses %s, and offers it", ([encoding, compress]) =>
    Effect.gen(function* () {
      const text = JSON.stringify({ text: "x".repeat(100_000) })
      let offered = ""
      const url = yield* serving((request, response) => {
        offered = String(request.headers["accept-encoding"])
        response.writeHead(200, { "content-encoding": encoding }).end(compress(text))
      })
      assert.strictEqual((yield* get(`${url}/`)).body.toString(), text)
      assert.include(offered, encoding)
    }),
  )

  it.live("does not follow a redirect", () =>
    Effect.gen(function* () {
      let elsewhere = 0
      const other = yield* serving((_, response) => {
        elsewhere++
        response.end()
      })
      const url = yield* serving((_, response) => void response.writeHead(302, { location: other }).end())
      const answer = yield* get(`${url}/`)
      assert.deepStrictEqual([answer.status, answer.headers["location"], elsewhere], [302, other, 0])
    }),
  )

  it.live("keeps no more connections than it is told, and uses them again", () =>
    Effect.gen(function* () {
      const ports = new Set<number | undefined>()
      const url = yield* serving((request, response) => {
        ports.add(request.socket.remotePort)
        setTimeout(() => response.end("{}"), 5)
      })
      const send = Transport.use((transport) => transport.send({ method: "GET", url: `${url}/`, headers: {} }))
      yield* Effect.forEach(Array(20), () => send, { concurrency: "unbounded" }).pipe(
        Effect.provide(Transport.layer({ connections: 3 })),
      )
      assert.strictEqual(ports.size, 3)
    }),
  )

  it.live("aborts the request when it is interrupted", () =>
    Effect.gen(function* () {
      let closed = () => {}
      const whenClosed = new Promise<void>((resolve) => (closed = resolve))
      let arrived = () => {}
      const whenArrived = new Promise<void>((resolve) => (arrived = resolve))
      const url = yield* serving((request) => {
        request.socket.on("close", closed)
        arrived()
      })
      const fiber = yield* Effect.forkChild(get(`${url}/`))
      yield* Effect.promise(() => whenArrived)
      yield* Fiber.interrupt(fiber)
      yield* Effect.promise(() => whenClosed)
    }),
  )

  it.live("honours a proxy for other hosts, but not for loopback", () =>
    Effect.gen(function* () {
      const asked: Array<string> = []
      const server = createServer()
      server.on("connect", (request, socket) => {
        asked.push(String(request.url))
        socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n")
      })
      const proxy = yield* listening(server)
      const direct = yield* serving((_, response) => void response.end("direct"))
      for (const name of ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"]) vi.stubEnv(name, proxy)
      vi.stubEnv("NO_PROXY", "")
      vi.stubEnv("no_proxy", "")
      assert.strictEqual((yield* get(`${direct}/`)).body.toString(), "direct")
      yield* Effect.flip(get("https://confluence.example/wiki"))
      assert.deepStrictEqual(asked, ["confluence.example:443"])
    }),
  )

  it("knows the names that can only mean this machine", () => {
    for (const name of ["localhost", "127.0.0.1", "127.1.2.3", "[::1]"]) assert.isTrue(isLoopback(name), name)
    for (const name of ["localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1", "[::2]"])
      assert.isFalse(isLoopback(name), name)
  })
})

describe("an exchange that comes to no whole answer", () => {
  const head = (length: number) =>
    `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`

  it.live("is a reset where the connection is cut before the answer", () =>
    Effect.gen(function* () {
      const url = yield* servingRaw((socket) => socket.resetAndDestroy())
      assert.strictEqual((yield* Effect.flip(get(`${url}/`))).reason, "reset")
    }),
  )

  it.live("is truncated where the connection is cut, or ends, within the body", () =>
    Effect.gen(function* () {
      const cut = yield* servingRaw((socket) =>
        socket.write(`${head(1_000)}{"results":[`, () => setTimeout(() => socket.resetAndDestroy(), 20)),
      )
      assert.strictEqual((yield* Effect.flip(get(`${cut}/`))).reason, "truncated")
      const ended = yield* servingRaw((socket) => void socket.end(`${head(1_000)}{"results":[`))
      assert.strictEqual((yield* Effect.flip(get(`${ended}/`))).reason, "truncated")
    }),
  )

  it.live("is truncated where compressed data break off", () =>
    Effect.gen(function* () {
      const whole = gzipSync("x".repeat(1_000))
      const url = yield* serving((_, response) => {
        response.writeHead(200, { "content-encoding": "gzip" }).end(whole.subarray(0, whole.length - 10))
      })
      assert.strictEqual((yield* Effect.flip(get(`${url}/`))).reason, "truncated")
    }),
  )

  it.live("is a timeout where no head comes, or a body stops", () =>
    Effect.gen(function* () {
      const silent = yield* serving(() => {})
      assert.strictEqual((yield* Effect.flip(get(`${silent}/`, { silenceMs: 300 }))).reason, "timeout")
      const stopping = yield* serving((_, response) => void response.write("{"))
      assert.strictEqual((yield* Effect.flip(get(`${stopping}/`, { silenceMs: 300 }))).reason, "timeout")
    }),
  )

  it.live("is refused where nobody listens", () =>
    Effect.gen(function* () {
      const url = yield* Effect.scoped(serving(() => {}))
      assert.strictEqual((yield* Effect.flip(get(`${url}/`))).reason, "refused")
    }),
  )

  it.live("is a TLS failure where the host speaks none", () =>
    Effect.gen(function* () {
      const url = yield* servingRaw((socket) => void socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"))
      assert.strictEqual((yield* Effect.flip(get(`${url.replace("http:", "https:")}/`))).reason, "tls")
    }),
  )

  it.live("is refused a body beyond all bounds, compressed or not", () =>
    Effect.gen(function* () {
      const plain = yield* serving((_, response) => void response.end("x".repeat(20_000)))
      assert.strictEqual((yield* Effect.flip(get(`${plain}/`, { maxBodyBytes: 10_000 }))).reason, "oversize")
      const bomb = yield* serving((_, response) => {
        response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync("x".repeat(20_000)))
      })
      assert.strictEqual((yield* Effect.flip(get(`${bomb}/`, { maxBodyBytes: 10_000 }))).reason, "oversize")
    }),
  )

  it.live.each(["127.0.0.1", "localhost"])("connects to no private address where that is asked for: %s", (host) =>
    Effect.gen(function* () {
      let reached = 0
      const url = yield* serving((_, response) => {
        reached++
        response.end("{}")
      })
      const elsewhere = url.replace("127.0.0.1", host)
      assert.strictEqual((yield* get(elsewhere)).status, 200)
      const error = yield* Effect.flip(get(elsewhere, { publicOnly: true }))
      assert.strictEqual(error.reason, "private")
      assert.strictEqual(reached, 1)
    }),
  )
})
