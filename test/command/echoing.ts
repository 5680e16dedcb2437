/**
 * A site that repeats what it is sent, as some proxies and error pages do: in each answer another form of it, in another shape
 * of errors, cut off at another place.
 */
import type { SiteRequest, SiteResponse } from "../../src/sample-site/answers.ts"
import type { SampleSite } from "../../src/sample-site/SampleSite.ts"
import { SPELLINGS } from "../support/SecretFinder.ts"

const base64 = (text: string) => Buffer.from(text).toString("base64")

/** How a text is repeated. */
const FORMS: ReadonlyArray<(text: string) => string> = [
  ...Object.values(SPELLINGS).map((spell) => (text: string) => [...text].map(spell).join("")),
  base64,
  (text) => Buffer.from(text).toString("base64url"),
  (text) => base64(`x${text}`),
  (text) => base64(`xy${text}`),
  (text) => base64(JSON.stringify({ said: text })),
  (text) => text.toLowerCase(),
  (text) => `…${text.slice(9, -5)}…`,
]

const htmlOf = (text: string) => `<!DOCTYPE html><html><body><h1>Error</h1><pre>${text}</pre></body></html>`

/** The shapes that errors have at Confluence, the gateway, the token endpoint and whatever stands in between. */
const SHAPES: ReadonlyArray<(text: string, status: number) => { readonly type: string; readonly body: string }> = [
  (text, status) => ({
    type: "application/json",
    body: JSON.stringify({ errors: [{ status, code: "INVALID", title: text, detail: text }] }),
  }),
  (text, statusCode) => ({ type: "application/json", body: JSON.stringify({ statusCode, message: text, data: {} }) }),
  (text, code) => ({ type: "application/json", body: JSON.stringify({ code, message: text }) }),
  (text) => ({ type: "application/json", body: JSON.stringify({ error: text, error_description: text }) }),
  (text) => ({ type: "application/json", body: JSON.stringify({ error: "invalid_grant", error_description: text }) }),
  (text) => ({ type: "text/html", body: htmlOf(text) }),
  (text) => ({ type: "text/plain", body: text }),
]

/** So many characters come before: bodies, titles and descriptions are shortened at 200 to 400. */
const BEFORE = [0, 0, 185, 330, 355, 375, 386, 391, 395]

/** All that a request carries and nobody else may see. */
const sentIn = ({ headers, body }: SiteRequest): ReadonlyArray<string> => {
  const authorization = headers["authorization"] ?? ""
  const [scheme = "", value = ""] = authorization.split(" ")
  const basic = scheme === "Basic" ? [Buffer.from(value, "base64").toString()] : []
  const fields = body.startsWith("{") ? Object.values(JSON.parse(body) as Record<string, unknown>) : []
  return [...basic, ...fields.map(String).toReversed(), value, authorization, body].filter((text) => text.length > 11)
}

/** Every form of all that a request carries. */
export const formsSentIn = (request: SiteRequest): ReadonlyArray<string> =>
  FORMS.flatMap((form) => sentIn(request).map(form))

/** Which requests are answered so, and with what; undefined: as usual. */
export type Echo = (path: string, request: SiteRequest) => number | undefined

/** Takes effect at once, until the function that it answers is called. `seed`: where to begin among all the combinations. */
export const startEchoing = (site: SampleSite, echo: Echo, seed: number): { readonly stop: () => number } => {
  const usual = site.handle.bind(site)
  let turn = seed
  let echoed = 0
  site.handle = (request): SiteResponse => {
    const status = echo(request.path.replace(/^\/ex\/confluence\/[^/]+/, ""), request)
    if (status === undefined) return usual(request)
    const n = turn++
    echoed++
    const sent = sentIn(request).map(FORMS[n % FORMS.length]!)
    const text = `${"x".repeat(BEFORE[n % BEFORE.length]!)}${sent.join(" ")}`
    const { type, body } = SHAPES[n % SHAPES.length]!(text, status)
    const inHeader = encodeURIComponent(sent.join(" "))
    const headers = {
      "content-type": type,
      "x-echo": inHeader,
      "x-seraph-loginreason": `AUTHENTICATION_DENIED ${inHeader}`,
      "www-authenticate": `Bearer error_description="${inHeader}"`,
      location: `https://${(sentIn(request)[0] ?? "nobody").replaceAll(/[^A-Za-z0-9]/g, "").slice(0, 60)}.example/${inHeader}`,
    }
    return { status, headers, body, delayMs: 0, finished: () => {} }
  }
  return {
    stop: () => {
      site.handle = usual
      return echoed
    },
  }
}
