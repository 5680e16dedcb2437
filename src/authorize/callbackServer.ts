/**
 * The server that a browser comes back to. It listens on loopback alone, on both of its addresses, because browsers take
 * `localhost` for either: nobody else may sit on the one that we leave out.
 */
import { once } from "node:events"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"
import { Effect, Result, type Scope } from "effect"
import { AuthorizeFailed } from "./AuthorizeFailed.ts"
import { notFoundPage, type Page, tooLongPage, wrongMethodPage } from "./pages.ts"

/** Answers a visit, given the parameters of its address or of the form that was sent. It may take its time. */
export type Visited = (parameters: URLSearchParams) => Effect.Effect<Page>

/** What there is, by path and method. */
export type Routes = Readonly<Record<string, Readonly<Partial<Record<"GET" | "POST", Visited>>>>>

export interface CallbackServer {
  /** Such as `http://localhost:8765`. */
  readonly origin: string
  /** The addresses that it listens on. */
  readonly addresses: ReadonlyArray<AddressInfo>
}

/** A form of ours is far shorter (characters). */
const LONGEST_FORM = 8_192
/** When the server closes, answers under way get so long (ms) to reach the browser. */
const LAST_ANSWERS_MS = 2_000

type ListenError = NodeJS.ErrnoException

const listen = (
  host: string,
  port: number,
  serve: (request: IncomingMessage, response: ServerResponse) => void,
): Effect.Effect<Server, ListenError> =>
  Effect.callback((resume) => {
    const server = createServer(serve)
    server.on("error", (error) => resume(Effect.fail(error)))
    server.listen({ host, port }, () => resume(Effect.succeed(server)))
  })

const addressOf = (server: Server): AddressInfo => server.address() as AddressInfo

/** A machine without IPv6 has no second loopback address, and no browser on it goes there. */
const isWithoutAddress = ({ code }: ListenError): boolean =>
  code === "EADDRNOTAVAIL" || code === "EAFNOSUPPORT" || code === "EINVAL"

/** Listens on both addresses at one port; port 0 takes any free one. */
const listenOnLoopback = Effect.fnUntraced(function* (
  port: number,
  serve: (request: IncomingMessage, response: ServerResponse) => void,
): Effect.fn.Return<ReadonlyArray<Server>, ListenError> {
  const first = yield* listen("127.0.0.1", port, serve)
  const second = yield* Effect.result(listen("::1", addressOf(first).port, serve))
  if (Result.isSuccess(second)) return [first, second.success]
  if (isWithoutAddress(second.failure)) return [first]
  first.close()
  return yield* Effect.fail(second.failure)
})

const portRefused = (port: number, { code }: ListenError): AuthorizeFailed =>
  new AuthorizeFailed({
    message:
      code === "EADDRINUSE"
        ? `Port ${port} is in use by another program: end that, or choose another port with --port, and give the OAuth 2.0 app the callback URL that belongs to it (http://localhost:PORT/callback).`
        : code === "EACCES"
          ? `This user may not listen on port ${port}: choose another port with --port, and give the OAuth 2.0 app the callback URL that belongs to it (http://localhost:PORT/callback).`
          : `Listening on port ${port} of this machine failed (${code}): choose another port with --port.`,
  })

/** The form that was sent; undefined where it is too long. */
const formOf = async (request: IncomingMessage): Promise<URLSearchParams | undefined> => {
  let text = ""
  request.setEncoding("utf8")
  for await (const chunk of request) {
    text += String(chunk)
    if (text.length > LONGEST_FORM) return undefined
  }
  return new URLSearchParams(text)
}

/** Serves the routes until the scope closes; anything else is answered 404 or 405. */
export const callbackServer = Effect.fnUntraced(function* (
  port: number,
  routes: Routes,
): Effect.fn.Return<CallbackServer, AuthorizeFailed, Scope.Scope> {
  const fork = Effect.runForkWith(yield* Effect.context<never>())
  const underWay = new Set<ServerResponse>()

  const answer = Effect.fnUntraced(function* (request: IncomingMessage): Effect.fn.Return<Page> {
    const [path = "/", query = ""] = (request.url ?? "/").split("?", 2)
    const route = Object.hasOwn(routes, path) ? routes[path]! : undefined
    if (route === undefined) return notFoundPage
    const { method } = request
    const visited = method === "GET" || method === "POST" ? route[method] : undefined
    if (visited === undefined) return wrongMethodPage(Object.keys(route).join(", "))
    if (method === "GET") return yield* visited(new URLSearchParams(query))
    const form = yield* Effect.promise(() => formOf(request).catch(() => undefined))
    return form === undefined ? tooLongPage : yield* visited(form)
  })

  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    underWay.add(response)
    response.on("close", () => underWay.delete(response))
    fork(
      Effect.map(answer(request), ({ status, headers, html }) => {
        response.writeHead(status, { ...headers, connection: "close" }).end(html)
      }),
    )
  }

  const servers = yield* Effect.acquireRelease(
    listenOnLoopback(port, serve).pipe(Effect.mapError((error) => portRefused(port, error))),
    (servers) =>
      Effect.promise(async () => {
        for (const server of servers) server.close()
        const answered = Promise.all([...underWay].map((response) => once(response, "close")))
        await Promise.race([answered, sleep(LAST_ANSWERS_MS, undefined, { ref: false })])
        // Browsers keep connections open on which they have asked nothing yet.
        for (const server of servers) server.closeAllConnections()
      }),
  )
  const addresses = servers.map(addressOf)
  return { origin: `http://localhost:${addresses[0]!.port}`, addresses }
})
