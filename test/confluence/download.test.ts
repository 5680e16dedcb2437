/** A file that somebody has given the address of, over real sockets: whole, by redirects, and never with anything of ours. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { gzipSync } from "node:zlib"
import { afterEach, assert, beforeEach, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Random } from "effect"
import { TestClock } from "effect/testing"
import { download, type DownloadFailed } from "../../src/confluence/download.ts"
import { Transport, type WireRequest } from "../../src/confluence/Transport.ts"
import { TransportError } from "../../src/confluence/TransportError.ts"

class Disliked extends Error {}

/** Takes all that comes; a piece with "bad" in it is one that it does not like. */
const receiving = () => {
  const tries: Array<Array<string>> = []
  let ended = 0
  const receiver = () => {
    const pieces: Array<string> = []
    tries.push(pieces)
    return {
      write: async (piece: Buffer) => {
        if (piece.includes("bad")) throw new Disliked("a bad piece")
        pieces.push(piece.toString())
      },
      end: async () => void ended++,
    }
  }
  return { receiver, texts: () => tries.map((pieces) => pieces.join("")), ended: () => ended, tries }
}

const refused = (cause: unknown) => (cause instanceof Disliked ? ("disliked" as const) : undefined)

describe("a download over the wire", () => {
  let answer: (request: IncomingMessage, response: ServerResponse) => void = () => {}
  let seen: Array<IncomingMessage> = []
  const server = createServer((request, response) => {
    seen.push(request)
    answer(request, response)
  })
  let url = ""
  beforeEach(async () => {
    seen = []
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterEach(() => {
    server.closeAllConnections()
    return new Promise<void>((resolve) => server.close(() => resolve()))
  })
  const get = (received: ReturnType<typeof receiving>, path = "/users.csv?sig=s3cr3t") =>
    download(new URL(url + path), false, received.receiver, refused).pipe(
      Effect.provide(Transport.layer({ connections: 2 })),
      Effect.result,
    )

  it.live("comes in pieces, none of which is held back, compressed or not", () =>
    Effect.gen(function* () {
      const text = Array.from({ length: 400_000 }, (_, at) => `${at}\n`).join("")
      for (const encoding of [undefined, "gzip"]) {
        answer = (_, response) => {
          if (encoding !== undefined) response.setHeader("content-encoding", encoding)
          response.end(encoding === undefined ? text : gzipSync(text))
        }
        const received = receiving()
        assert.strictEqual((yield* get(received))._tag, "Success")
        assert.strictEqual(received.texts().join("|"), text)
        assert.isAbove(received.tries[0]!.length, 10)
        assert.strictEqual(received.ended(), 1)
      }
    }),
  )

  it.live("is asked for without credentials, and follows redirects that stay on such addresses", () =>
    Effect.gen(function* () {
      answer = ({ url: path }, response) => {
        const hop = Number(/hop=(\d)/.exec(path!)?.[1] ?? 0)
        if (hop < 5) response.writeHead(302, { location: `/next?hop=${hop + 1}`, "set-cookie": "a=1" }).end()
        else response.end("there")
      }
      const received = receiving()
      assert.strictEqual((yield* get(received))._tag, "Success")
      assert.deepStrictEqual(received.texts(), ["there"])
      assert.lengthOf(seen, 6)
      for (const { headers } of seen) {
        assert.notProperty(headers, "authorization")
        assert.notProperty(headers, "cookie")
      }
    }),
  )

  it.live("ends with what its receiver does not like, at once", () =>
    Effect.gen(function* () {
      answer = (_, response) => void response.end("bad")
      const result = yield* get(receiving())
      assert.strictEqual(result._tag === "Failure" && result.failure, "disliked")
      assert.lengthOf(seen, 1)
    }),
  )

  it.live("begins anew, with a receiver of its own, where it was cut off", () =>
    Effect.gen(function* () {
      answer = (_, response) => {
        if (seen.length > 1) return void response.end("0123456789")
        response.writeHead(200, { "content-length": 10 })
        response.write("01234", () => response.destroy())
      }
      const received = receiving()
      assert.strictEqual((yield* get(received))._tag, "Success")
      assert.strictEqual(received.texts().at(-1), "0123456789")
      assert.strictEqual(received.ended(), 1)
    }),
  )
})

describe("a download", () => {
  type Reaction = { readonly status: number; readonly location?: string; readonly headers?: Record<string, string> }
  const run = (start: string, react: (url: URL) => Reaction | TransportError, cloud = false) =>
    Effect.gen(function* () {
      const asked: Array<string> = []
      const transport = {
        send: ({ url }: WireRequest) => {
          asked.push(url)
          const reaction = react(new URL(url))
          if (reaction instanceof TransportError) return Effect.fail(reaction)
          const { status, location, headers } = reaction
          const located = location === undefined ? {} : { location }
          return Effect.succeed({ status, headers: { ...headers, ...located }, body: Buffer.from("text") })
        },
      }
      const fiber = yield* download(new URL(start), cloud, receiving().receiver, refused).pipe(
        Effect.provide(Layer.succeed(Transport, transport)),
        Random.withSeed(1),
        Effect.flip,
        Effect.forkChild,
      )
      yield* TestClock.adjust("10 minutes")
      const failure = yield* Fiber.join(fiber)
      return { failure: failure as DownloadFailed, asked }
    })

  const START = "https://files.example/users.csv?sig=5ecr3t-5ignature"

  for (const [what, location] of [
    ["this machine", "http://127.0.0.1:8080/admin"],
    ["this machine, by its name", "https://localhost/admin"],
    ["a private network", "https://10.0.0.5/users.csv"],
    ["the metadata of a cloud", "https://169.254.169.254/latest"],
    ["plain http", "http://other.example/users.csv"],
    ["an address with a password", "https://you:pass@other.example/"],
    ["a file of this machine", "file:///etc/passwd"],
  ] as const) {
    it.effect(`does not follow a redirect to ${what}`, () =>
      Effect.gen(function* () {
        const { failure, asked } = yield* run(START, () => ({ status: 302, location }))
        assert.lengthOf(asked, 1)
        assert.strictEqual(failure.failureType, "config_error")
        assert.match(failure.message, /^files\.example redirects to .*, which is not followed/)
        assert.notMatch(failure.message, /5ecr3t|latest|passwd|you:pass/)
      }),
    )
  }

  it.effect("does not follow redirects without end", () =>
    Effect.gen(function* () {
      const { failure, asked } = yield* run(START, () => ({ status: 301, location: "/again" }))
      assert.lengthOf(asked, 6)
      assert.include(failure.message, "redirects more than 5 times")
    }),
  )

  for (const [what, reaction, tries, type, says] of [
    ["404", { status: 404 }, 1, "config_error", "has no such file (status 404)"],
    ["403", { status: 403 }, 1, "config_error", "without signing in"],
    ["503", { status: 503 }, 4, "transient_error", "status 503"],
    ["429", { status: 429, headers: { "retry-after": "20" } }, 4, "transient_error", "status 429"],
    ["429 for an hour", { status: 429, headers: { "retry-after": "3600" } }, 1, "transient_error", "status 429"],
    ["an unknown host", new TransportError({ reason: "dns", cause: "-" }), 1, "config_error", "no such host"],
    ["a lost connection", new TransportError({ reason: "reset", cause: "-" }), 4, "transient_error", "connection lost"],
    [
      "too long a file",
      new TransportError({ reason: "oversize", cause: "-" }),
      1,
      "config_error",
      "larger than 250 MB",
    ],
    ["a private address", new TransportError({ reason: "private", cause: "-" }), 1, "config_error", "private address"],
    ["an untrusted host", new TransportError({ reason: "certificate", cause: "-" }), 1, "config_error", "certificate"],
  ] as const) {
    it.effect(`is tried ${tries} times: ${what}`, () =>
      Effect.gen(function* () {
        const { failure, asked } = yield* run(START, () => reaction)
        assert.lengthOf(asked, tries)
        assert.strictEqual(failure.failureType, type)
        assert.include(failure.message, says)
        assert.notInclude(failure.message, "5ecr3t")
      }),
    )
  }
})
