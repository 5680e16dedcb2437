/** Asks a sample site in the same process, as a client would, and reads its lists to the end. */
import { assert } from "vitest"
import type { SiteResponse } from "../../src/sample-site/answers.ts"
import type { CredentialKind } from "../../src/sample-site/credentials.ts"
import type { SampleSite } from "../../src/sample-site/SampleSite.ts"

/** A row or an answer: JSON as it came. */
export type Row = { readonly [key: string]: unknown }

/** How to ask. */
export interface Asking {
  readonly method?: string
  readonly body?: unknown
  readonly as?: CredentialKind | "nobody"
}

/** An answer, as it came and as JSON. */
export interface Asked {
  readonly response: SiteResponse
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  readonly json: Row
}

/** The Basic credentials of a kind. */
export const authorization = (site: SampleSite, kind: CredentialKind = "classic"): string => {
  const { email, api_token } = (site.config(kind) as { credentials: Record<string, string> }).credentials
  return `Basic ${Buffer.from(`${email}:${api_token}`).toString("base64")}`
}

/** Sends a request and finishes it at once. */
export const ask = (site: SampleSite, address: string, asking: Asking = {}): Asked => {
  const [path = "", query = ""] = address.split("?", 2)
  const { as = "classic", method = "GET", body } = asking
  const headers: Record<string, string> = as === "nobody" ? {} : { authorization: authorization(site, as) }
  const text = body === undefined ? "" : JSON.stringify(body)
  const response = site.handle({ method, path, query: new URLSearchParams(query), headers, body: text })
  response.finished()
  const answer = Buffer.from(response.body).toString()
  const isJson = response.headers["content-type"]?.includes("json") === true
  return {
    response,
    status: response.status,
    headers: response.headers,
    text: answer,
    json: isJson && response.abort === undefined && answer.endsWith("}") ? (JSON.parse(answer) as Row) : {},
  }
}

/** The rows of a list's answer. */
export const rowsOf = (asked: Asked): readonly Row[] => {
  assert.strictEqual(asked.status, 200, asked.text.slice(0, 300))
  return asked.json["results"] as Row[]
}

/** The address of the next page, if there is one. */
export const nextOf = (asked: Asked): string | undefined => (asked.json["_links"] as { next?: string }).next

/** All answers of a v2 list, from the first to the last. */
export const walk = (site: SampleSite, address: string, each?: (asked: Asked, address: string) => void): Row[] => {
  const rows: Row[] = []
  for (let at: string | undefined = address; at !== undefined;) {
    const asked = ask(site, at)
    each?.(asked, at)
    rows.push(...rowsOf(asked))
    at = nextOf(asked)
  }
  return rows
}

/** All rows of a v1 list, by offset. */
export const walkOffsets = (site: SampleSite, address: string): Row[] => {
  const rows: Row[] = []
  for (;;) {
    const page = rowsOf(ask(site, `${address}${address.includes("?") ? "&" : "?"}start=${rows.length}`))
    if (page.length === 0) return rows
    rows.push(...page)
  }
}

/** The ids of rows. */
export const ids = (rows: readonly Row[]): string[] => rows.map((row) => row["id"] as string)

/** The row with an id. */
export const row = (rows: readonly Row[], id: string): Row | undefined =>
  rows.find((candidate) => candidate["id"] === id)
