/** The callback server: where it listens, what it answers, and that it is gone afterwards. */
import { connect, createServer, type Server } from "node:net"
import { networkInterfaces } from "node:os"
import { Effect, Exit, Scope } from "effect"
import { describe, expect, it } from "vitest"
import { callbackServer, type Routes } from "../../src/authorize/callbackServer.ts"
import { failedPage } from "../../src/authorize/pages.ts"

const page = (text: string) => Effect.succeed({ ...failedPage(text), status: 200 })

const ROUTES: Routes = {
  "/callback": { GET: (parameters) => page(`got ${parameters}`) },
  "/form": { GET: () => page("the form"), POST: (form) => page(`sent ${form}`) },
}

/** Serves the routes while `use` is under way. */
const serving = async <A>(
  use: (origin: string, port: number, addresses: ReadonlyArray<string>) => Promise<A>,
  port = 0,
  routes: Routes = ROUTES,
): Promise<A> => {
  const scope = Effect.runSync(Scope.make())
  try {
    const server = await Effect.runPromise(callbackServer(port, routes).pipe(Scope.provide(scope)))
    return await use(
      server.origin,
      server.addresses[0]!.port,
      server.addresses.map(({ address }) => address),
    )
  } finally {
    await Effect.runPromise(Scope.close(scope, Exit.void))
  }
}

/** Whether somebody answers there. */
const isOpen = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 3_000 })
    const end = (open: boolean) => {
      socket.destroy()
      resolve(open)
    }
    socket.once("connect", () => end(true))
    socket.once("error", () => end(false))
    socket.once("timeout", () => end(false))
  })

const occupied = (host: string, port = 0): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once("error", reject)
    server.listen({ host, port }, () => resolve(server))
  })
const portOf = (server: Server): number => (server.address() as { port: number }).port

const external = Object.values(networkInterfaces())
  .flat()
  .filter((each) => each !== undefined && !each.internal && each.family === "IPv4")
  .map((each) => each!.address)
const hasIpv6 = Object.values(networkInterfaces())
  .flat()
  .some((each) => each?.address === "::1")

describe("where it listens", () => {
  it("is loopback alone, on every address that localhost can mean", () =>
    serving(async (origin, port, addresses) => {
      expect(origin).toBe(`http://localhost:${port}`)
      expect(addresses).toEqual(hasIpv6 ? ["127.0.0.1", "::1"] : ["127.0.0.1"])
      for (const host of addresses) expect(await isOpen(host, port)).toBe(true)
    }))

  it.skipIf(external.length === 0)("is closed to who comes by another address of the machine", () =>
    serving(async (_, port) => {
      for (const host of external) expect(await isOpen(host, port)).toBe(false)
    }),
  )

  it("is the port that is asked for, once it is free", async () => {
    const other = await occupied("127.0.0.1")
    const port = portOf(other)
    await expect(serving(async () => undefined, port)).rejects.toThrow(
      `Port ${port} is in use by another program: end that, or choose another port with --port, and give the OAuth 2.0 app the callback URL that belongs to it (http://localhost:PORT/callback).`,
    )
    await new Promise((resolve) => other.close(resolve))
    expect(await serving(async (_, own) => own, port)).toBe(port)
  })

  it.skipIf(!hasIpv6)("is refused when somebody else sits on the other loopback address", async () => {
    const other = await occupied("::1")
    const port = portOf(other)
    await expect(serving(async () => undefined, port)).rejects.toThrow(`Port ${port} is in use by another program`)
    expect(await isOpen("127.0.0.1", port)).toBe(false)
    other.close()
  })
})

describe("what it answers", () => {
  it("is the page of the path, given the parameters of the address or the form", () =>
    serving(async (origin) => {
      expect(await (await fetch(`${origin}/callback?a=1&b=x%20y`)).text()).toContain("got a=1&amp;b=x+y")
      expect(await (await fetch(`${origin}/form`)).text()).toContain("the form")
      const body = new URLSearchParams({ site: "ä" })
      expect(await (await fetch(`${origin}/form`, { method: "POST", body })).text()).toContain("sent site=%C3%A4")
    }))

  it("is 404 at any other path, and 405 for any other method", () =>
    serving(async (origin) => {
      for (const path of ["/", "/favicon.ico", "/callback/", "/Callback", "/%63allback", "/toString", "//"]) {
        expect([path, (await fetch(origin + path)).status]).toEqual([path, 404])
      }
      for (const method of ["POST", "PUT", "HEAD", "OPTIONS", "DELETE"]) {
        const answer = await fetch(`${origin}/callback`, { method })
        expect([method, answer.status, answer.headers.get("allow")]).toEqual([method, 405, "GET"])
      }
      expect((await fetch(`${origin}/form`, { method: "PUT" })).headers.get("allow")).toBe("GET, POST")
    }))

  it("is 413 to a form that is longer than any of ours", () =>
    serving(async (origin) => {
      const body = new URLSearchParams({ site: "x".repeat(9_000) })
      expect((await fetch(`${origin}/form`, { method: "POST", body })).status).toBe(413)
    }))

  it("is kept nowhere, loads nothing, and tells no other site where it was", () =>
    serving(async (origin) => {
      const { headers } = await fetch(`${origin}/callback?code=1`)
      expect(headers.get("cache-control")).toBe("no-store")
      expect(headers.get("referrer-policy")).toBe("no-referrer")
      expect(headers.get("x-content-type-options")).toBe("nosniff")
      expect(headers.get("connection")).toBe("close")
      expect(headers.get("content-security-policy")).toMatch(/^default-src 'none'; .*frame-ancestors 'none'/)
    }))
})

describe("its end", () => {
  it("leaves nobody listening", async () => {
    const port = await serving(async (_, own) => own)
    expect([await isOpen("127.0.0.1", port), await isOpen("::1", port)]).toEqual([false, false])
  })

  it("is not held up by a browser that keeps a connection open and asks nothing", async () => {
    let since = 0
    await serving(async (_, port) => {
      const silent = connect({ host: "127.0.0.1", port })
      await new Promise((resolve) => silent.once("connect", resolve))
      since = Date.now()
    })
    expect(Date.now() - since).toBeLessThan(1_500)
  })

  it("waits for an answer that is under way", async () => {
    const answer = await serving(
      async (origin) => {
        const asked = fetch(`${origin}/slow`)
        await new Promise((resolve) => setTimeout(resolve, 150))
        return asked.then((got) => got.text())
      },
      0,
      { "/slow": { GET: () => Effect.delay(page("at last"), 300) } },
    )
    expect(answer).toContain("at last")
  })
})
