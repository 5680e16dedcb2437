/** Serves a sample site on loopback, with the delays and broken connections that it asks for. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import type { FilePart, SiteRequest, SiteResponse } from "./answers.ts"
import { isMediaPath } from "./MediaHost.ts"
import type { SampleSiteOptions } from "./options.ts"
import { SampleSite } from "./SampleSite.ts"

/** A sample site that is being served. */
export interface RunningSampleSite {
  readonly site: SampleSite
  readonly port: number
  readonly url: string
  /** The host that files come from, at a port of its own. */
  readonly mediaUrl: string
  /** Ends the server and every connection to it. */
  readonly close: () => Promise<void>
}

/** Serves a new sample site on 127.0.0.1; port 0 (the default) takes any free one. */
export const startSampleSite = async (
  options: SampleSiteOptions & { readonly port?: number } = {},
): Promise<RunningSampleSite> => {
  const site = new SampleSite(options)
  const main = await listening(site, options.port ?? 0)
  const media = await listening(site, 0, isMediaPath)
  const { port } = main.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  const mediaUrl = `http://127.0.0.1:${(media.address() as AddressInfo).port}`
  site.siteUrl = options.siteUrl ?? url
  site.gatewayUrl = url
  site.mediaUrl = mediaUrl
  const close = async () => {
    await Promise.all([main, media].map(ended))
  }
  return { site, port, url, mediaUrl, close }
}

/** A server on 127.0.0.1 that answers for the site, what `has` knows of it. */
const listening = async (
  site: SampleSite,
  port: number,
  has: (path: string) => boolean = () => true,
): Promise<Server> => {
  const server = createServer({ keepAliveTimeout: 60_000 }, (message, response) => {
    if (!has(message.url ?? "/")) {
      response.writeHead(404).end()
      return
    }
    if (message.method === "GET") {
      serve(site, message, response, "")
      return
    }
    const chunks: Buffer[] = []
    message.on("data", (chunk: Buffer) => chunks.push(chunk))
    message.on("end", () => serve(site, message, response, Buffer.concat(chunks).toString()))
  })
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject)
    server.listen(port, "127.0.0.1", resolve)
  })
  return server
}

const ended = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })

const serve = (site: SampleSite, message: IncomingMessage, response: ServerResponse, body: string): void => {
  const [path = "/", query = ""] = (message.url ?? "/").split("?", 2)
  const headers = message.headers as SiteRequest["headers"]
  const answer = answered(site, {
    method: message.method ?? "GET",
    path,
    query: new URLSearchParams(query),
    headers,
    body,
  })
  response.on("close", answer.finished)
  const send = () => carry(answer, message, response)
  if (answer.delayMs > 0) setTimeout(send, answer.delayMs)
  else send()
}

/** A mistake of the sample site itself is answered like one of Confluence's, and told on stderr; it ends nobody's run. */
const answered = (site: SampleSite, request: SiteRequest): SiteResponse => {
  try {
    return site.handle(request)
  } catch (error) {
    process.stderr.write(
      `sample site: ${request.method} ${request.path}: ${error instanceof Error ? error.stack : String(error)}\n`,
    )
    return {
      status: 500,
      headers: { "content-type": "text/plain" },
      body: "sample site failed",
      delayMs: 0,
      finished: () => {},
    }
  }
}

/** Sends an answer, or breaks the connection in the way it says. */
const carry = (answer: SiteResponse, message: IncomingMessage, response: ServerResponse): void => {
  if (response.destroyed || answer.abort === "hang") return
  if (answer.abort === "reset") {
    message.socket.resetAndDestroy()
    return
  }
  if (answer.file !== undefined) {
    carryFile(answer, answer.file, message, response)
    return
  }
  const bytes = typeof answer.body === "string" ? Buffer.from(answer.body) : answer.body
  response.writeHead(answer.status, { ...answer.headers, "content-length": bytes.length })
  if (answer.abort === "truncate") {
    response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => message.socket.destroy())
    return
  }
  if (answer.dripMs === undefined) response.end(bytes)
  else drip(bytes, answer.dripMs, response)
}

/** Sends a part of a file as fast as it is taken; half of it where it shall break off, in ten pieces where it shall trickle. */
const carryFile = (
  { abort, dripMs, headers, status }: SiteResponse,
  { bytes, from, isChunked, to }: FilePart,
  message: IncomingMessage,
  response: ServerResponse,
): void => {
  response.writeHead(status, isChunked === true ? headers : { ...headers, "content-length": to - from })
  const end = abort === "truncate" ? from + Math.floor((to - from) / 2) : to
  let at = from
  const step = Math.max(1, Math.ceil((to - from) / 10))
  const write = (): boolean => {
    const piece = bytes.piece(at, dripMs === undefined ? end : Math.min(end, at + step))
    at += piece.length
    return response.write(piece)
  }
  const next = (): void => {
    let isTaken = true
    const isOver = () => at >= end || response.destroyed
    while (isTaken && !isOver()) {
      isTaken = write()
      if (dripMs === undefined) continue
      setTimeout(next, dripMs / 10)
      return
    }
    if (!isTaken && !isOver()) {
      response.once("drain", next)
      return
    }
    if (response.destroyed) return
    if (abort === "truncate") message.socket.destroySoon()
    else response.end()
  }
  next()
}

/** Sends a body in ten pieces spread over the given time. */
const drip = (bytes: Uint8Array, overMs: number, response: ServerResponse): void => {
  const PIECES = 10
  const size = Math.ceil(bytes.length / PIECES)
  const next = (piece: number) => {
    if (response.destroyed) return
    if (piece === PIECES) {
      response.end()
      return
    }
    response.write(bytes.subarray(piece * size, (piece + 1) * size))
    setTimeout(next, overMs / PIECES, piece + 1)
  }
  next(0)
}
