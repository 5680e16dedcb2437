/**
 * Proxies of a network, on loopback: one that refuses, one that cuts off, one that opens TLS and shows a certificate of its own.
 *
 * The certificate in `tls/` is of a test authority that nobody trusts, for *.atlassian.net, *.atlassian.com, wiki.example and
 * acme.atlasian.net; its key is no secret.
 */
import { readFileSync } from "node:fs"
import { createServer, type IncomingMessage, request as ask, type Server, type ServerResponse } from "node:http"
import { createServer as createTlsServer } from "node:https"
import { type AddressInfo, connect, type Server as SocketServer, type Socket } from "node:net"
import { fileURLToPath } from "node:url"

const file = (name: string): string => fileURLToPath(new URL(`tls/${name}`, import.meta.url))

/** The authority's certificate, a PEM file. */
export const CA_FILE = file("ca.pem")

export interface Proxy {
  /** With the port, without a scheme. */
  readonly host: string
  /** What CONNECT named, in order. */
  readonly connects: Array<string>
  /** The Proxy-Authorization headers that came. */
  readonly authorizations: Array<string | undefined>
  /** What came through TLS that it opened: host and request line, and the Authorization header. */
  readonly opened: Array<{ readonly host: string; readonly asked: string; readonly authorization: string | undefined }>
  readonly close: () => Promise<void>
}

const listen = async (server: SocketServer): Promise<string> => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

const end = (server: Server | ReturnType<typeof createTlsServer>, sockets: ReadonlySet<Socket>) =>
  new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
    for (const socket of sockets) socket.destroy()
  })

const start = async (
  onConnect: (socket: Socket, target: string) => void,
  opened: Proxy["opened"] = [],
): Promise<Proxy> => {
  const connects: Array<string> = []
  const authorizations: Array<string | undefined> = []
  const sockets = new Set<Socket>()
  const server = createServer()
  server.on("connect", (request, stream) => {
    const socket = stream as Socket
    sockets.add(socket)
    socket.on("error", () => undefined)
    connects.push(String(request.url))
    authorizations.push(request.headers["proxy-authorization"])
    onConnect(socket, String(request.url))
  })
  const host = await listen(server)
  return { host, connects, authorizations, opened, close: () => end(server, sockets) }
}

/** Answers every CONNECT with this status. */
export const refusingProxy = (status: number): Promise<Proxy> =>
  start((socket) => void socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`))

/** Ends every connection without an answer. */
export const cuttingProxy = (): Promise<Proxy> => start((socket) => void socket.destroy())

/** What serves in the place of all hosts: an address on loopback, or an answer. */
export type Behind = string | ((request: IncomingMessage, response: ServerResponse) => void)

const forward = (to: string, request: IncomingMessage, response: ServerResponse): void => {
  const { method, headers } = request
  const onward = ask(`${to}${request.url}`, { method: method!, headers }, (answer) => {
    response.writeHead(answer.statusCode!, answer.headers)
    answer.pipe(response)
  })
  onward.on("error", () => response.destroy())
  request.pipe(onward)
}

/** Opens the TLS of every connection, with the certificate of the test authority. */
export const openingProxy = async (behind: Behind): Promise<Proxy> => {
  const opened: Proxy["opened"] = []
  const inner = createTlsServer(
    { cert: readFileSync(file("server.pem")), key: readFileSync(file("server.key")) },
    (request, response) => {
      const { host, authorization } = request.headers
      opened.push({ host: String(host), asked: `${request.method} ${request.url}`, authorization })
      if (typeof behind === "string") forward(behind, request, response)
      else behind(request, response)
    },
  )
  const port = Number((await listen(inner)).split(":")[1])
  const onwards = new Set<Socket>()
  const proxy = await start((socket) => {
    const onward = connect(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n")
      socket.pipe(onward).pipe(socket)
    })
    onwards.add(onward)
    onward.on("error", () => socket.destroy())
  }, opened)
  return { ...proxy, close: () => Promise.all([proxy.close(), end(inner, onwards)]).then(() => undefined) }
}
