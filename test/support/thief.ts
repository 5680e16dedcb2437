/**
 * A thief: another server, to which nothing of ours may come. It takes every connection, notes whatever it is sent, and answers
 * as one who would like to hear more: 200 with JSON that fits anywhere, and yes to a proxy's CONNECT.
 */
import { createServer, type AddressInfo } from "node:net"

export interface Thief {
  readonly url: string
  /** Without the scheme. */
  readonly host: string
  /** All that it has been sent, by connection. */
  readonly taken: () => ReadonlyArray<string>
  /** Forgets it. */
  readonly forget: () => void
  readonly close: () => Promise<void>
}

const BODY = JSON.stringify({ access_token: "stolen", results: [], _links: {}, type: "known", accountId: "thief" })

/** Listens on loopback, at a port of its own. */
export const startThief = async (): Promise<Thief> => {
  let taken: Array<Array<Buffer>> = []
  const server = createServer((socket) => {
    const chunks: Array<Buffer> = []
    taken.push(chunks)
    socket.on("error", () => undefined)
    socket.on("data", (chunk) => {
      chunks.push(chunk)
      const head = chunk.toString("latin1")
      if (head.startsWith("CONNECT ")) socket.write("HTTP/1.1 200 Connection established\r\n\r\n")
      else if (/ HTTP\/1\.1\r\n/.test(head)) {
        socket.end(
          `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${BODY.length}\r\nconnection: close\r\n\r\n${BODY}`,
        )
      } else socket.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    host,
    url: `http://${host}`,
    taken: () => taken.map((chunks) => Buffer.concat(chunks).toString("latin1")),
    forget: () => {
      taken = []
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
