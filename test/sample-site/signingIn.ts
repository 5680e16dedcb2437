/** Signs in to a sample site in the same process by OAuth 2.0, as an app and its browser would. */
import { assert } from "vitest"
import type { SampleSiteOptions } from "../../src/sample-site/options.ts"
import { SampleSite } from "../../src/sample-site/SampleSite.ts"
import type { Asked, Row } from "./asking.ts"

export const APP = { client_id: "sample-client-id", client_secret: "sample-client-secret" }
export const SERVICE = { client_id: "sample-service-client-id", client_secret: "sample-service-client-secret" }
export const CALLBACK = "http://localhost:8976/callback"
export const START = Date.UTC(2026, 6, 1, 12)
export const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS

/** The parameters with which an app sends the browser to the page of consent. */
export const CONSENT: Readonly<Record<string, string>> = {
  audience: "api.atlassian.com",
  client_id: APP.client_id,
  scope: "read:page:confluence offline_access",
  redirect_uri: CALLBACK,
  response_type: "code",
  prompt: "consent",
}

/** A small site whose clock only moves when it is told to. */
export const clockedSite = (options: SampleSiteOptions = {}) => {
  const clock = { now: START }
  return { clock, site: new SampleSite({ pages: 60, ...options, now: () => clock.now }) }
}

/** Sends a request with the headers as they are given. */
export const send = (
  site: SampleSite,
  method: string,
  address: string,
  headers: Readonly<Record<string, string>> = {},
  body = "",
): Asked => {
  const [path = "", query = ""] = address.split("?", 2)
  const response = site.handle({ method, path, query: new URLSearchParams(query), headers, body })
  response.finished()
  const text = Buffer.from(response.body).toString()
  const isJson =
    response.headers["content-type"]?.includes("json") === true && response.abort === undefined && /[}\]]$/.test(text)
  return {
    response,
    status: response.status,
    headers: response.headers,
    text,
    json: isJson ? (JSON.parse(text) as Row) : {},
  }
}

/** Asks for tokens, in JSON or as a form. */
export const askTokens = (site: SampleSite, body: Readonly<Record<string, unknown>>, as: "json" | "form" = "json") =>
  as === "json"
    ? send(site, "POST", "/oauth/token", { "content-type": "application/json" }, JSON.stringify(body))
    : send(
        site,
        "POST",
        "/oauth/token",
        { "content-type": "application/x-www-form-urlencoded;charset=UTF-8" },
        `${new URLSearchParams(body as Record<string, string>)}`,
      )

/** Uses a refresh token. */
export const refresh = (site: SampleSite, refreshToken: unknown): Asked =>
  askTokens(site, { grant_type: "refresh_token", ...APP, refresh_token: refreshToken })

/** Sends the form of the page of consent; answers where the browser is sent to. */
export const decide = (site: SampleSite, form: Readonly<Record<string, string>>): URL => {
  const type = { "content-type": "application/x-www-form-urlencoded" }
  const asked = send(site, "POST", "/authorize", type, `${new URLSearchParams({ ...CONSENT, ...form })}`)
  assert.strictEqual(asked.status, 302, asked.text)
  return new URL(asked.headers["location"] ?? "")
}

/** A code of a consent that somebody accepts. */
export const codeOf = (site: SampleSite, form: Readonly<Record<string, string>> = {}): string =>
  decide(site, { decision: "accept", ...form }).searchParams.get("code") ?? ""

/** Redeems a code. */
export const redeem = (site: SampleSite, code: string, more: Readonly<Record<string, string>> = {}): Asked =>
  askTokens(site, { grant_type: "authorization_code", ...APP, code, redirect_uri: CALLBACK, ...more })

/** Asks the API through the gateway with an access token. */
export const askGateway = (site: SampleSite, path: string, token: unknown, cloudId = site.cloudId): Asked =>
  send(site, "GET", `/ex/confluence/${cloudId}${path}`, { authorization: `Bearer ${String(token)}` })

/** The sites of an access token. */
export const resources = (site: SampleSite, token: unknown): Asked & { readonly sites: readonly Row[] } => {
  const asked = send(site, "GET", "/oauth/token/accessible-resources", { authorization: `Bearer ${String(token)}` })
  return { ...asked, sites: asked.json as unknown as readonly Row[] }
}

/** That a request for tokens was refused, and how. */
export const assertRefused = (asked: Asked, status: number, error: string, description?: string): void => {
  assert.deepStrictEqual([asked.status, asked.json["error"]], [status, error])
  if (description !== undefined) assert.strictEqual(asked.json["error_description"], description)
}
