/**
 * Serves the answers of a sample site that have been made before, so that a reader is never held up by their making: a request that has
 * been seen is answered with the very bytes of the first time. The warm-up of a comparison makes them.
 */
import { createServer, type IncomingHttpHeaders } from "node:http"
import type { AddressInfo } from "node:net"
import type { SampleSite } from "../src/sample-site/SampleSite.ts"

interface Prepared {
  readonly status: number
  readonly headers: Readonly<Record<string, string | number>>
  readonly body: Buffer
}

/** Starts to serve, and answers the address. `lineEnds`: each title holds a character that some readers take for the end of a line. */
export const servePrepared = async (site: SampleSite, lineEnds: boolean): Promise<string> => {
  const known = new Map<string, Prepared>()
  const make = (method: string, address: string, headers: IncomingHttpHeaders, body: string): Prepared => {
    const [path = "/", query = ""] = address.split("?", 2)
    const texts = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
    const answer = site.handle({ method, path, query: new URLSearchParams(query), headers: texts, body })
    answer.finished()
    const bytes = lineEnds
      ? Buffer.from(Buffer.from(answer.body).toString().replaceAll('"title":"', '"title":"\u2028'))
      : Buffer.from(answer.body)
    return {
      status: answer.status,
      headers: { ...answer.headers, date: new Date().toUTCString(), "content-length": bytes.length },
      body: bytes,
    }
  }
  const server = createServer({ keepAliveTimeout: 60_000 }, (message, response) => {
    const { method = "GET", url = "/", headers } = message
    const chunks: Array<Buffer> = []
    message.on("data", (chunk: Buffer) => chunks.push(chunk))
    message.on("end", () => {
      const body = Buffer.concat(chunks).toString()
      const name = `${method} ${url} ${headers.authorization ?? ""} ${body}`
      const answer = known.get(name) ?? make(method, url, headers, body)
      if (method === "GET") known.set(name, answer)
      response.writeHead(answer.status, answer.headers).end(answer.body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  site.siteUrl = url
  return url
}
