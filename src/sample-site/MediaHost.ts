/**
 * The host that files come from: not the site, but one that takes signed addresses, each good for a while and for one file, and that
 * wants no credential. A client that sends one all the same is refused, and counted.
 */
import { Buffer } from "node:buffer"
import { type Answer, json, type SiteRequest } from "./answers.ts"
import type { AttachmentItem } from "./attachments.ts"
import { fileBytes } from "./fileBytes.ts"
import type { SiteSettings } from "./options.ts"
import { fingerprint } from "./seededChance.ts"

/** Where files are. */
const FILE_PATH = /^\/file\/([^/]+)\/binary$/
export const isMediaPath = (path: string): boolean => path.startsWith("/file/")

/** A version of a file. */
export interface FileVersion {
  readonly fileId: string
  readonly fileSize: number
}

/** What the host has seen since the start or the last reset. */
export interface MediaStatistics {
  requests: number
  /** Requests for a part of a file. */
  parts: number
  /** Requests that came with a credential. */
  credentials: number
  /** Addresses that were used when they had expired. */
  expired: number
  /** Requests for each attachment. */
  readonly files: Record<string, number>
}

const noStatistics = (): MediaStatistics => ({ requests: 0, parts: 0, credentials: 0, expired: 0, files: {} })

interface Signed {
  readonly id: string
  readonly fileId: string
  readonly size: number
  readonly until: number
}

/** What the host needs of the site whose files it has. */
export interface MediaSite {
  readonly seed: number
  readonly now: () => number
  readonly settings: () => SiteSettings
  /** Whether the file of an attachment has got lost. */
  readonly isLost: (attachmentId: string) => boolean
}

/** The id that Confluence gives where a file has got lost on the way. */
export const UNKNOWN_FILE = "UNKNOWN_MEDIA_ID"

export class MediaHost {
  private readonly site: MediaSite
  private counts = noStatistics()

  constructor(site: MediaSite) {
    this.site = site
  }

  statistics(): MediaStatistics {
    return structuredClone(this.counts)
  }

  reset(): void {
    this.counts = noStatistics()
  }

  private signature(text: string): string {
    return `${fingerprint(`${text}${this.site.seed}`)}${fingerprint(`${this.site.seed}${text}`)}`
  }

  /** Path and query of an address that is good for a while. */
  address({ id, title }: AttachmentItem, { fileId, fileSize }: FileVersion): string {
    const signed: Signed = { id, fileId, size: fileSize, until: this.site.now() + this.site.settings().mediaLifetimeMs }
    const text = Buffer.from(JSON.stringify(signed)).toString("base64url")
    const token = `eyJhbGciOiJIUzI1NiJ9.${text}.${this.signature(text)}`
    const name = encodeURIComponent(title.toWellFormed())
    return `/file/${fileId}/binary?token=${token}&client=sample-site&dl=true&name=${name}`
  }

  /** Answers a request for a file. */
  answer({ headers, method, path, query }: SiteRequest): Answer {
    this.counts.requests++
    if (headers["authorization"] !== undefined || headers["cookie"] !== undefined) {
      this.counts.credentials++
      return json(400, { error: { code: "InvalidArgument", title: "Only one auth mechanism allowed" } })
    }
    const fileId = FILE_PATH.exec(path)?.[1]
    const signed = this.verified(query.get("token") ?? "")
    if (method !== "GET" || fileId === undefined) return json(404, { error: { code: "NotFound" } })
    if (signed?.fileId !== fileId) return json(403, { error: { code: "JwtAuthoriser:TokenInvalidError" } })
    if (this.site.now() >= signed.until) {
      this.counts.expired++
      return json(403, { error: { code: "JwtAuthoriser:TokenExpiredError" } })
    }
    this.counts.files[signed.id] = (this.counts.files[signed.id] ?? 0) + 1
    const isLost = fileId === UNKNOWN_FILE || this.site.isLost(signed.id)
    if (isLost && this.site.settings().quirks.lostFiles !== "empty") return json(404, { error: { code: "NotFound" } })
    return this.file(fileId, isLost ? 0 : signed.size, headers["range"])
  }

  private verified(token: string): Signed | undefined {
    const [, text = "", signature] = token.split(".")
    return this.signature(text) === signature
      ? (JSON.parse(Buffer.from(text, "base64url").toString()) as Signed)
      : undefined
  }

  private file(fileId: string, size: number, range: string | undefined): Answer {
    const takesRanges = this.site.settings().quirks.mediaRanges
    const headers = {
      "content-type": "application/octet-stream",
      ...(takesRanges ? { "accept-ranges": "bytes" } : {}),
    }
    const bytes = fileBytes(fileId, size)
    const from = takesRanges ? Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? 0) : 0
    if (from === 0) return { status: 200, headers, body: "", file: { bytes, from: 0, to: size } }
    if (from >= size) return { status: 416, headers: { ...headers, "content-range": `bytes */${size}` }, body: "" }
    this.counts.parts++
    return {
      status: 206,
      headers: { ...headers, "content-range": `bytes ${from}-${size - 1}/${size}` },
      body: "",
      file: { bytes, from, to: size },
    }
  }
}
