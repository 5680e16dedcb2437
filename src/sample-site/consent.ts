/**
 * `/authorize` of the sample site's authorization server: checks what an app asks for, shows the page on which a person
 * accepts or cancels, and sends the browser back to the app with a code or a refusal.
 */
import type { Answer, SiteRequest } from "./answers.ts"
import { ALL_SITES, consentPage, errorPage } from "./consentPage.ts"
import type { Consent, Grants } from "./Grants.ts"
import type { ConfluenceSite } from "./options.ts"

/** What an app may ask for, and what the person can choose from. */
export interface ConsentTerms {
  /** The one app that is registered. */
  readonly clientId: string
  readonly sites: readonly ConfluenceSite[]
  readonly email: string
}

/** What a request must carry on to the decision. */
const CARRIED = [
  "audience",
  "client_id",
  "scope",
  "redirect_uri",
  "state",
  "response_type",
  "prompt",
  "code_challenge",
  "code_challenge_method",
] as const

/** Answers `GET /authorize` with the page, and `POST /authorize`, its form, with the way back to the app. */
export const answerAuthorize = (request: SiteRequest, terms: ConsentTerms, grants: Grants): Answer => {
  const given = request.method === "POST" ? new URLSearchParams(request.body) : request.query
  const clientId = given.get("client_id")
  if (clientId !== terms.clientId) return errorPage(`No app with the client id "${clientId ?? ""}" is registered.`)
  const redirectUri = given.get("redirect_uri") ?? ""
  if (!isLoopback(redirectUri))
    return errorPage(`The callback address "${redirectUri}" is not one of the app's: a loopback address is needed.`)
  const state = given.get("state")
  const back = (parameters: Readonly<Record<string, string>>): Answer => sentBack(redirectUri, parameters, state)
  const problem = problemOf(given)
  if (problem !== undefined) return back({ error: problem[0], error_description: problem[1] })
  const scopes = [...new Set((given.get("scope") ?? "").split(" ").filter((scope) => scope !== ""))]
  if (request.method !== "POST")
    return consentPage({
      email: terms.email,
      scopes,
      sites: terms.sites,
      callback: new URL(redirectUri).host,
      carried: CARRIED.flatMap((name) => (given.has(name) ? [[name, given.get(name) as string] as const] : [])),
    })
  const decision = given.get("decision")
  if (decision === "cancel")
    return back({ error: "access_denied", error_description: "User did not authorize the request" })
  const siteIds = chosen(terms.sites, given.get("site") ?? ALL_SITES)
  if (decision !== "accept" || siteIds.length === 0) return errorPage("The form was not filled in as it is shown.")
  const consent: Consent = { clientId, scopes, siteIds }
  const codeChallenge = given.get("code_challenge") ?? undefined
  return back({ code: grants.issueCode({ consent, redirectUri, codeChallenge }) })
}

const problemOf = (given: URLSearchParams): readonly [error: string, description: string] | undefined => {
  if (given.get("response_type") !== "code") return ["unsupported_response_type", "response_type must be code"]
  if (given.get("audience") !== "api.atlassian.com") return ["invalid_request", "audience must be api.atlassian.com"]
  if ((given.get("scope") ?? "").trim() === "") return ["invalid_scope", "scope is missing"]
  if (given.has("code_challenge") !== given.has("code_challenge_method"))
    return ["invalid_request", "code_challenge and code_challenge_method go together"]
  if (given.has("code_challenge") && given.get("code_challenge_method") !== "S256")
    return ["invalid_request", "code_challenge_method must be S256"]
  return undefined
}

const chosen = (sites: readonly ConfluenceSite[], choice: string): readonly string[] =>
  sites.map(({ id }) => id).filter((id) => choice === ALL_SITES || choice === id)

/** Apps of the sample site run on the same machine: any port, any path. */
const isLoopback = (address: string): boolean => {
  if (!URL.canParse(address)) return false
  const { protocol, hostname, username, password, hash } = new URL(address)
  return (
    (protocol === "http:" || protocol === "https:") &&
    /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname) &&
    `${username}${password}${hash}` === ""
  )
}

const sentBack = (redirectUri: string, parameters: Readonly<Record<string, string>>, state: string | null): Answer => {
  const address = new URL(redirectUri)
  for (const [name, value] of Object.entries(parameters)) address.searchParams.append(name, value)
  if (state !== null) address.searchParams.append("state", state)
  return { status: 302, headers: { location: address.href, "cache-control": "no-store" }, body: "" }
}
