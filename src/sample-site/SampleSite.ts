/**
 * A simulated Confluence Cloud site: the whole of it without a network, so that it can be asked in one process and in
 * virtual time. `handle` takes a request and says at once what the answer is and how long it takes.
 */
import type { OddRow } from "./alteredAnswers.ts"
import { type Answer, html, json, notFound, Refusal, type SiteRequest, type SiteResponse } from "./answers.ts"
import {
  AuthorizationServer,
  isAuthorizationPath,
  type MintedConsent,
  type MintedTokens,
  type TracedGrant,
} from "./AuthorizationServer.ts"
import { answerControl, CONTROL_PATH } from "./control.ts"
import type { ConfigKind } from "./credentials.ts"
import { credentialsOf, identify, notPermitted, tokenOf } from "./credentials.ts"
import { CUSTOM_TYPES } from "./customContent.ts"
import { CustomContentChanges } from "./CustomContentChanges.ts"
import { Endpoints, removedEndpoint } from "./endpoints.ts"
import type { Fault } from "./Fault.ts"
import { type FaultOutcome, Faults, inflict, pathPattern } from "./faults.ts"
import {
  changedSettings,
  type SampleSiteOptions,
  type SettingsChange,
  settingsOf,
  type SiteCredentials,
} from "./options.ts"
import { type ExportForm, isOrganizationPath, Organization } from "./organization.ts"
import { RateLimiter } from "./RateLimiter.ts"
import { type AskedHost, type SeenRequest, type SiteStatistics, Statistics } from "./statistics.ts"
import type { ArrivedTokenRequest, TokenRequest } from "./TokenEndpoint.ts"
import { type TruthOptions, type TruthStream, truthOf } from "./truth.ts"
import { tooManyRequests } from "./waitHints.ts"

/** A request and where it goes. `path`: without the gateway's prefix. */
interface Asked {
  readonly request: SiteRequest
  readonly path: string
  readonly gateway: boolean
  readonly host: AskedHost
  readonly found: ReturnType<Endpoints["find"]>
  readonly tokens: ArrivedTokenRequest | undefined
}

const TYPE_NAMES = CUSTOM_TYPES.map(({ name }) => name)

export class SampleSite extends CustomContentChanges {
  readonly credentials: SiteCredentials
  private readonly options: SampleSiteOptions
  private readonly endpoints: Endpoints
  private readonly faults: Faults
  private readonly counts = new Statistics()
  private readonly authorization: AuthorizationServer
  private readonly organization: Organization
  private limiter = new RateLimiter()
  /** Where the gateway of Atlassian's API is; the sample server is both. */
  gatewayUrl: string

  constructor(options: SampleSiteOptions = {}) {
    super(options)
    this.options = options
    this.credentials = credentialsOf(options)
    this.gatewayUrl = this.siteUrl
    this.endpoints = new Endpoints(this)
    this.faults = new Faults(this.plan.seed)
    this.organization = new Organization({
      seed: this.plan.seed,
      credentials: this.credentials,
      users: () => this.users,
      groups: () => this.groups,
      settings: () => this.settings,
    })
    this.authorization = new AuthorizationServer({
      seed: this.plan.seed,
      credentials: this.credentials,
      now: () => this.ourTime(),
      settings: () => this.settings,
      sites: () => [{ id: this.cloudId, url: this.siteUrl, name: "northwind" }, ...(options.otherSites ?? [])],
      neededScopes: () => this.endpoints.scopes(),
    })
  }

  /** A config of the connector that reads this site. One for OAuth has a refresh token of its own, of a new consent. */
  config(kind: ConfigKind = "classic", consent: MintedConsent = {}): Readonly<Record<string, unknown>> {
    if (kind === "oauth2.0" || kind === "service_account") {
      const { clientId, clientSecret, serviceClientId, serviceClientSecret } = this.credentials
      const credentials =
        kind === "oauth2.0"
          ? {
              client_id: clientId,
              client_secret: clientSecret,
              refresh_token: this.authorization.mintRefreshToken(consent),
            }
          : { client_id: serviceClientId, client_secret: serviceClientSecret }
      return {
        domain_name: this.siteUrl,
        credentials: { auth_type: kind, ...credentials },
        custom_content_types: TYPE_NAMES,
        ...this.organizationSettings({ gateway: this.gatewayUrl, auth: this.gatewayUrl }),
      }
    }
    return {
      domain_name: this.siteUrl,
      credentials: {
        auth_type: "api_token",
        email: this.credentials.email,
        api_token: tokenOf(this.credentials, kind),
      },
      custom_content_types: TYPE_NAMES,
      ...this.organizationSettings({ gateway: this.gatewayUrl }),
    }
  }

  /** The endpoints of a config, and the organization where that is wanted. */
  organizationSettings(
    endpoints: object,
    wanted = this.options.organization === true,
  ): Readonly<Record<string, unknown>> {
    return wanted ? this.organization.settings(endpoints, this.gatewayUrl) : { endpoints }
  }

  /** The export of users from the organization's administration, as CSV. */
  userExport(form: ExportForm = "users"): string {
    return this.organization.csv(form)
  }

  /**
   * The tokens of a consent given `refreshTokenAgeMs` ago (unless told otherwise, now), by the names of a config. Of an
   * old one the access token has expired, and after 90 days the refresh token too.
   */
  mintGrant(consent: MintedConsent & { readonly refreshTokenAgeMs?: number } = {}): MintedTokens {
    return this.authorization.mint(consent, consent.refreshTokenAgeMs ?? 0)
  }

  /** Takes a grant back, named by its id or any token of it; all of them where none is named. Answers how many. */
  revokeGrant(named?: string): number {
    return this.authorization.revoke(named)
  }

  /** Lets every access token expire before its time; refresh tokens stay good. Answers how many were still good. */
  expireAccessTokens(): number {
    return this.authorization.expireAccessTokens()
  }

  /** Every grant, oldest first, with its tokens and the requests for tokens that were about it. */
  grants(): readonly TracedGrant[] {
    return this.authorization.grants()
  }

  /** Every request for tokens, oldest first, those that belong to no grant included. */
  tokenRequests(): readonly TokenRequest[] {
    return this.authorization.tokenRequests()
  }

  /** The rows that reading all pages of the lists would give at this moment, in the shape of the API. */
  truth(stream: TruthStream, options: TruthOptions = {}): Record<string, unknown>[] {
    return truthOf(this, stream, options)
  }

  /** Changes settings; what is left out stays. */
  set(change: SettingsChange): void {
    this.settings = changedSettings(this.settings, change)
    if (change.rateLimit !== undefined) this.limiter = new RateLimiter()
  }

  /** Puts other faults in force. */
  setFaults(faults: readonly Fault[]): void {
    this.faults.set(faults)
  }

  addFault(fault: Fault): void {
    this.faults.add(fault)
  }

  listFaults(): readonly (Fault & { readonly hit: number })[] {
    return this.faults.list()
  }

  /** The rows that faults did not give as they are. */
  oddRows(): readonly OddRow[] {
    return this.faults.oddRows()
  }

  statistics(): SiteStatistics {
    return this.counts.report()
  }

  /** The last requests, oldest first. */
  requests(): readonly SeenRequest[] {
    return this.counts.requests()
  }

  resetStatistics(): void {
    this.counts.reset()
  }

  /** Everything as it was at the start: content, settings, faults, counts; and no grants. */
  reset(): void {
    this.resetContent()
    this.resetSerials()
    this.settings = settingsOf(this.options)
    this.faults.set([])
    this.counts.reset()
    this.limiter = new RateLimiter()
    this.authorization.reset()
  }

  /** Answers a request. The control interface is answered at once and not counted. */
  handle(request: SiteRequest): SiteResponse {
    if (request.path.startsWith(CONTROL_PATH)) return this.carried(answerControl(this, request), {}, () => {})
    const now = this.ourTime()
    const asked = this.asked(request)
    const early = this.counts.arrived(now, asked.host)
    const { latencyMs, rateLimit } = this.settings
    const limiter = asked.host === "api" ? this.limiter : undefined
    const admitted = limiter?.admits(rateLimit, this.siteTime()) ?? true
    const outcome = admitted ? this.outcome(asked) : this.refusal()
    if (outcome.waitMs !== undefined && outcome.waitMs > 0)
      this.counts.toldToWait(now + latencyMs, outcome.waitMs, asked.host)
    if (asked.tokens !== undefined) {
      asked.tokens.status = outcome.answer.status
      asked.tokens.delivered = outcome.abort === undefined
    }
    const query = `${request.query}`
    const seen = {
      at: now,
      method: request.method,
      address: query === "" ? request.path : `${request.path}?${query}`,
      status: outcome.answer.status,
      early,
    }
    const endpoint = asked.found?.endpoint.template ?? asked.path
    this.counts.answered(seen, endpoint, outcome.answer.rows ?? 0, outcome.answer.body.length)
    let finished = false
    return this.carried(outcome.answer, { ...outcome, delayMs: latencyMs }, () => {
      if (finished) return
      finished = true
      this.counts.finished()
      if (admitted) limiter?.finished()
    })
  }

  private asked(request: SiteRequest): Asked {
    const prefix = `/ex/confluence/${this.cloudId}`
    const gateway = request.path.startsWith(`${prefix}/`)
    const path = gateway ? request.path.slice(prefix.length) : request.path
    return {
      request,
      path,
      gateway,
      host: gateway ? "api" : isAuthorizationPath(path) ? "auth" : isOrganizationPath(path) ? "admin" : "api",
      found: this.endpoints.find(request.method, path),
      tokens: this.authorization.arrived(request),
    }
  }

  private carried(
    answer: Answer,
    how: Partial<Pick<SiteResponse, "delayMs" | "dripMs" | "abort">>,
    finished: () => void,
  ): SiteResponse {
    const { abort = answer.abort, dripMs = answer.dripMs } = how
    return {
      status: answer.status,
      headers: { date: new Date(this.siteTime()).toUTCString(), ...answer.headers },
      body: answer.body,
      delayMs: how.delayMs ?? 0,
      ...(dripMs === undefined ? {} : { dripMs }),
      ...(abort === undefined ? {} : { abort }),
      finished,
    }
  }

  private refusal(): FaultOutcome {
    const { retryAfterSeconds = 1 } = this.settings.rateLimit
    const hint = retryAfterSeconds === null ? "none" : "seconds"
    return tooManyRequests(hint, (retryAfterSeconds ?? 0) * 1000, this.siteTime())
  }

  private outcome(asked: Asked): FaultOutcome {
    const { path, request } = asked
    const usual = () => this.answer(asked)
    const fault = this.faults.hitting(path, request)
    if (fault === undefined) return { answer: usual() }
    const outcome = inflict(fault, path, request.query, this.siteTime(), usual)
    this.faults.note(outcome)
    return outcome
  }

  private answer(asked: Asked): Answer {
    const { request, path, gateway, found } = asked
    if (!path.startsWith("/wiki/")) return this.outsideTheWiki(asked)
    const asking = {
      authorization: request.headers["authorization"],
      path,
      gateway,
      scopes: found?.endpoint.scopes ?? [],
    }
    const { credentials, settings, siteUrl, cloudId } = this
    const bearer = (token: string) => this.authorization.bearer(token)
    const viewer = identify({ credentials, settings, siteUrl, cloudId, bearer }, asking)
    if (typeof viewer !== "string") return viewer
    const removed = request.method === "GET" ? removedEndpoint(path) : undefined
    if (removed !== undefined) return removed
    if (found === undefined) return notFound(path)
    if (this.settings.forbidden.some((pattern) => pathPattern(pattern).test(path))) return notPermitted(path)
    try {
      return found.endpoint.answer({ path, query: request.query, body: request.body, viewer, parts: found.parts })
    } catch (error) {
      if (error instanceof Refusal) return error.answer
      throw error
    }
  }

  /** What Atlassian's edge, its authorization server and its gateway answer beside the site. */
  private outsideTheWiki({ request, path, gateway, tokens }: Asked): Answer {
    if (gateway) return html(404, "Not Found")
    if (isOrganizationPath(path)) return this.organization.answer(request)
    if (path === "/_edge/tenant_info") return json(200, { cloudId: this.cloudId })
    return this.authorization.answer(request, tokens) ?? html(404, "Not Found")
  }
}
