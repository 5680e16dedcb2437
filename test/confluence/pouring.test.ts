/** Files over real sockets: piece by piece, no faster than they are taken, and never without an end. */
import { createServer, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { Effect, Result } from "effect"
import { afterEach, expect, test } from "vitest"
import type { Taker } from "../../src/confluence/pouring.ts"
import { Transport } from "../../src/confluence/Transport.ts"

const servers: Array<Server> = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
})

const serve = async (answer: (response: ServerResponse) => void): Promise<string> => {
  const server = createServer((_, response) => answer(response))
  servers.push(server)
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/file`
}

const send = (
  url: string,
  take: Taker | undefined,
  options: { readonly silenceMs?: number; readonly slowWindowMs?: number } = {},
) =>
  Effect.runPromise(
    Effect.result(
      Transport.use((transport) => transport.send({ method: "GET", url, headers: {}, taker: () => take })),
    ).pipe(Effect.provide(Transport.layer({ connections: 2, ...options }))),
  )

const reasonOf = (result: Awaited<ReturnType<typeof send>>) =>
  Result.isFailure(result) ? result.failure.reason : "none"

test("a file is handed on as it comes, however long it is", async () => {
  const piece = Buffer.alloc(1_000_000, 7)
  const url = await serve((response) => {
    let left = 300
    const next = (): void => {
      while (left-- > 0) if (!response.write(piece)) return void response.once("drain", next)
      response.end()
    }
    next()
  })
  let bytes = 0
  const result = await send(url, ({ length }) => {
    bytes += length
    return undefined
  })
  // More than an answer of the API may have.
  expect([reasonOf(result), bytes]).toEqual(["none", 300_000_000])
})

test("no more comes than is taken", async () => {
  let written = 0
  const piece = Buffer.alloc(100_000)
  const url = await serve((response) => {
    const next = (): void => {
      while (!response.destroyed && written < 200_000_000) {
        written += piece.length
        if (!response.write(piece)) return void response.once("drain", next)
      }
      response.end()
    }
    next()
  })
  let taken = 0
  const result = await send(url, () => {
    if (taken++ > 20) throw new Error("enough")
    return new Promise((resume) => setTimeout(resume, 20))
  })
  expect(reasonOf(result)).toBe("other")
  // What the sockets' own buffers hold.
  expect(written).toBeLessThan(20_000_000)
})

test("a host that drips is given up, one that is silent too, and one that breaks off", async () => {
  const dripping = await serve((response) => {
    response.writeHead(200)
    const timer = setInterval(() => response.write("."), 20)
    response.on("close", () => clearInterval(timer))
  })
  expect(reasonOf(await send(dripping, () => undefined, { slowWindowMs: 200 }))).toBe("timeout")
  const silent = await serve((response) => void response.writeHead(200).write("a beginning"))
  expect(reasonOf(await send(silent, () => undefined, { silenceMs: 300 }))).toBe("timeout")
  const broken = await serve((response) => {
    response.writeHead(200, { "content-length": "1000" }).write("a beginning", () => response.destroy())
  })
  expect(reasonOf(await send(broken, () => undefined))).toBe("truncated")
})

test("what the taker throws, at once or later, ends the exchange with that as the cause", async () => {
  const url = await serve((response) => response.end(Buffer.alloc(1000)))
  const error = new Error("no room")
  for (const take of [
    () => {
      throw error
    },
    () => Promise.reject(error),
  ]) {
    const result = await send(url, take)
    expect(Result.isFailure(result) && result.failure.cause).toBe(error)
  }
})

test("an answer that nobody takes is given whole if it is short, and broken off if it is not", async () => {
  const short = await send(await serve((response) => response.writeHead(404).end("no such file")), undefined)
  expect(Result.getOrThrow(short)).toMatchObject({ status: 404, body: Buffer.from("no such file") })
  const long = await send(await serve((response) => response.writeHead(500).end(Buffer.alloc(1_000_000))), undefined)
  expect(reasonOf(long)).toBe("other")
})
