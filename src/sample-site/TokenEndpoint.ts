/**
 * `POST /oauth/token` of the sample site's authorization server: what the three grants need and give, and the refusals as
 * they were measured at Atlassian's (other clients' authors have published them).
 */
import { type Answer, json, type SiteRequest } from "./answers.ts"
import type { Consent, Grants, IssuedTokens, TokenRefusal } from "./Grants.ts"
import type { SiteCredentials } from "./options.ts"

/** Where tokens are asked for. */
export const TOKEN_PATH = "/oauth/token"

/** A request for tokens that was seen, in the order of arrival. */
export interface TokenRequest {
  readonly at: number
  readonly grantType: string | undefined
  readonly refreshToken: string | undefined
  /** The id of the grant that it was about, where there is one. */
  readonly grant: string | undefined
  /** Whether it was carried out or refused on its merits; false: a fault came first, and nothing has changed. */
  readonly processed: boolean
  /** The status that was sent. */
  readonly status: number
  /** Whether the connection held until the answer was out. */
  readonly delivered: boolean
}

/** A request for tokens while it is being answered. */
export type ArrivedTokenRequest = { -readonly [Key in keyof TokenRequest]: TokenRequest[Key] } & {
  readonly parameters: Parameters | undefined
}

type Parameters = Readonly<Record<string, string>>

/** Who may ask for tokens: the app of the consents, and the service account. */
export interface OauthClients {
  readonly credentials: SiteCredentials
  /** What the service account may do and where, at this moment. */
  readonly serviceAccount: () => Consent
}

const REFUSALS: Readonly<Record<TokenRefusal, readonly [status: number, error: string, description: string]>> = {
  "bad code": [400, "invalid_request", "authorization_code is invalid"],
  "wrong redirect_uri": [400, "invalid_request", "redirect_uri is not the one that the code was made for"],
  "wrong code_verifier": [400, "invalid_request", "code_verifier does not match the code_challenge"],
  unknown: [403, "unauthorized_client", "refresh_token is invalid"],
  expired: [403, "invalid_grant", "Unknown or invalid refresh token."],
}

export class TokenEndpoint {
  private log: ArrivedTokenRequest[] = []
  private readonly grants: Grants
  private readonly clients: OauthClients

  constructor(grants: Grants, clients: OauthClients) {
    this.grants = grants
    this.clients = clients
  }

  /** A request has arrived; nothing is done yet. */
  arrived(request: SiteRequest, at: number): ArrivedTokenRequest {
    const parameters = parametersOf(request)
    const refreshToken = parameters?.["refresh_token"]
    const arrived: ArrivedTokenRequest = {
      at,
      grantType: parameters?.["grant_type"],
      refreshToken,
      grant: refreshToken === undefined ? undefined : this.grants.grantOf(refreshToken),
      processed: false,
      status: 0,
      delivered: false,
      parameters,
    }
    this.log.push(arrived)
    return arrived
  }

  /** Carries a request out. */
  answer(request: ArrivedTokenRequest): Answer {
    request.processed = true
    const { parameters } = request
    if (parameters === undefined) return refused(400, "invalid_request", "the body is neither JSON nor a form")
    const issued = this.issue(parameters)
    if ("status" in issued) return issued
    request.grant = issued.grant
    return json(
      200,
      {
        access_token: issued.accessToken,
        ...(issued.refreshToken === undefined ? {} : { refresh_token: issued.refreshToken }),
        expires_in: issued.expiresInSeconds,
        scope: issued.scopes.join(" "),
        token_type: "Bearer",
      },
      { "cache-control": "no-store" },
    )
  }

  /** All requests so far, refused ones and those that a fault hit included. */
  requests(): readonly TokenRequest[] {
    return this.log.map(({ at, grantType, refreshToken, grant, processed, status, delivered }) => ({
      at,
      grantType,
      refreshToken,
      grant,
      processed,
      status,
      delivered,
    }))
  }

  reset(): void {
    this.log = []
  }

  private issue(parameters: Parameters): IssuedTokens | Answer {
    const { grant_type: grantType = "", client_id: clientId = "", client_secret: secret } = parameters
    if (!["authorization_code", "refresh_token", "client_credentials"].includes(grantType))
      return refused(400, "unsupported_grant_type", `Unsupported grant type: ${grantType}`)
    const { credentials, serviceAccount } = this.clients
    const isApp = clientId === credentials.clientId && secret === credentials.clientSecret
    const isServiceAccount = clientId === credentials.serviceClientId && secret === credentials.serviceClientSecret
    if (!isApp && !isServiceAccount) return refused(401, "access_denied", "Unauthorized")
    if (isServiceAccount !== (grantType === "client_credentials"))
      return refused(403, "unauthorized_client", `Grant type '${grantType}' not allowed for the client.`)
    if (isServiceAccount) return this.grants.serviceAccount(serviceAccount())
    const needed = grantType === "refresh_token" ? ["refresh_token"] : ["code", "redirect_uri"]
    const missing = needed.find((name) => parameters[name] === undefined)
    if (missing !== undefined) return refused(400, "invalid_request", `${missing} is missing`)
    const { code = "", redirect_uri: redirectUri = "", code_verifier: codeVerifier, refresh_token = "" } = parameters
    const issued =
      grantType === "refresh_token"
        ? this.grants.refresh(refresh_token, clientId)
        : this.grants.redeem(code, { clientId, redirectUri, codeVerifier })
    return typeof issued === "string" ? refused(...REFUSALS[issued]) : issued
  }
}

const refused = (status: number, error: string, description: string): Answer =>
  json(status, { error, error_description: description })

/** The parameters of a body, JSON or a form by its type; undefined where it is neither. Values that are no texts are as missing. */
const parametersOf = ({ headers, body }: SiteRequest): Parameters | undefined => {
  const type = headers["content-type"] ?? ""
  if (/^application\/x-www-form-urlencoded\b/i.test(type)) return Object.fromEntries(new URLSearchParams(body))
  if (!/^application\/json\b/i.test(type)) return undefined
  try {
    const value: unknown = JSON.parse(body)
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined
    return Object.fromEntries(
      Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
    )
  } catch {
    return undefined
  }
}
