/**
 * The request for a person's consent, and what the browser brings back (RFC 6749, section 4.1). `state` ties the answer to
 * this run; PKCE (RFC 7636) ties the code to it, too.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto"
import { Effect, Redacted } from "effect"

/** What nobody else knows of one request for consent. */
export interface ConsentSecrets {
  readonly state: string
  /** Goes along with the code to the token endpoint. */
  readonly codeVerifier: Redacted.Redacted<string>
}

export interface ConsentOptions {
  /** The origin of the OAuth server, such as `https://auth.atlassian.com`. */
  readonly auth: string
  readonly clientId: string
  readonly scopes: ReadonlyArray<string>
  /** Exactly the callback URL that the app has registered. */
  readonly redirectUri: string
}

/** 43 characters in base64url: the least that a verifier must have (RFC 7636, section 4.1). */
const RANDOM_BYTES = 32

const random = (): string => randomBytes(RANDOM_BYTES).toString("base64url")

/** New ones, good for one answer. */
export const consentSecrets: Effect.Effect<ConsentSecrets> = Effect.sync(() => ({
  state: random(),
  codeVerifier: Redacted.make(random()),
}))

/**
 * The address that the browser opens. Atlassian documents every parameter but the challenge: whether its server takes PKCE is
 * not known, and a server that does not must ignore it (RFC 6749, section 3.1). The client secret is sent in any case.
 */
export const consentAddress = (
  { auth, clientId, scopes, redirectUri }: ConsentOptions,
  { state, codeVerifier }: ConsentSecrets,
): string => {
  const parameters = {
    audience: "api.atlassian.com",
    client_id: clientId,
    scope: scopes.join(" "),
    redirect_uri: redirectUri,
    state,
    response_type: "code",
    prompt: "consent",
    code_challenge: createHash("sha256").update(Redacted.value(codeVerifier)).digest("base64url"),
    code_challenge_method: "S256",
  }
  // Not URLSearchParams, which writes a space as "+".
  const query = Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(value.toWellFormed())}`)
  return `${auth}/authorize?${query.join("&")}`
}

/** What a visit of the callback address brings. */
export type ConsentAnswer =
  | { readonly kind: "code"; readonly code: Redacted.Redacted<string> }
  /** `error` as in RFC 6749, section 4.1.2.1; `access_denied` is a person's no. */
  | { readonly kind: "refused"; readonly error: string; readonly description: string }
  /** An answer to another request than ours. */
  | { readonly kind: "foreign" }
  /** No answer at all, such as an address that was typed in. */
  | { readonly kind: "none" }

const isSame = (given: string, expected: string): boolean => {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)]
  return left.length === right.length && timingSafeEqual(left, right)
}

export const consentAnswer = (parameters: URLSearchParams, state: string): ConsentAnswer => {
  const [code, error] = [parameters.get("code"), parameters.get("error")]
  if (!code && !error) return { kind: "none" }
  if (!isSame(parameters.get("state") ?? "", state)) return { kind: "foreign" }
  return error
    ? { kind: "refused", error, description: parameters.get("error_description") ?? "" }
    : { kind: "code", code: Redacted.make(code ?? "") }
}
