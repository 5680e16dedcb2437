/**
 * A simulated Confluence Cloud site: the whole of it without a network, so that it can be asked in one process and in
 * virtual time. `handle` takes a request and says at once what the answer is and how long it takes.
 */
import {
  type Answer,
  errorV1,
  errorV2,
  html,
  json,
  notFound,
  Refusal,
  type SiteRequest,
  type SiteResponse,
} from "./answers.ts"
import { ContentChanges } from "./ContentChanges.ts"
import { type CredentialKind, credentialsOf, identify, tokenOf } from "./credentials.ts"
import { Endpoints, removedEndpoint } from "./endpoints.ts"
import { type Fault, type FaultOutcome, Faults, inflict, pathPattern } from "./faults.ts"
import { answerControl, CONTROL_PATH } from "./control.ts"
import {
  changedSettings,
  type SampleSiteOptions,
  type SettingsChange,
  settingsOf,
  type SiteCredentials,
} from "./options.ts"
import { RateLimiter } from "./RateLimiter.ts"
import { type SeenRequest, type SiteStatistics, Statistics } from "./statistics.ts"
import { type TruthOptions, type TruthStream, truthOf } from "./truth.ts"
import { tooManyRequests } from "./waitHints.ts"

export class SampleSite extends ContentChanges {
  readonly credentials: SiteCredentials
  private readonly options: SampleSiteOptions
  private readonly endpoints: Endpoints
  private readonly faults: Faults
  private readonly counts = new Statistics()
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
  }

  /** A config of the connector that reads this site. */
  config(kind: CredentialKind = "classic"): Readonly<Record<string, unknown>> {
    return {
      domain_name: this.siteUrl,
      credentials: {
        auth_type: "api_token",
        email: this.credentials.email,
        api_token: tokenOf(this.credentials, kind),
      },
      endpoints: { gateway: this.gatewayUrl },
    }
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

  /** Everything as it was at the start: content, settings, faults, counts. */
  reset(): void {
    this.resetContent()
    this.resetSerials()
    this.settings = settingsOf(this.options)
    this.faults.set([])
    this.counts.reset()
    this.limiter = new RateLimiter()
  }

  /** Answers a request. The control interface is answered at once and not counted. */
  handle(request: SiteRequest): SiteResponse {
    if (request.path.startsWith(CONTROL_PATH)) return this.carried(answerControl(this, request), {}, () => {})
    const now = this.ourTime()
    const early = this.counts.arrived(now)
    const gateway = `/ex/confluence/${this.cloudId}`
    const throughGateway = request.path.startsWith(`${gateway}/`)
    const path = throughGateway ? request.path.slice(gateway.length) : request.path
    const found = this.endpoints.find(request.method, path)
    const outcome = this.outcome(request, path, throughGateway, found)
    const { latencyMs } = this.settings
    if (outcome.waitMs !== undefined && outcome.waitMs > 0) this.counts.toldToWait(now + latencyMs, outcome.waitMs)
    const query = `${request.query}`
    const seen = {
      at: now,
      method: request.method,
      address: query === "" ? request.path : `${request.path}?${query}`,
      status: outcome.answer.status,
      early,
    }
    this.counts.answered(seen, found?.endpoint.template ?? path, outcome.answer.rows ?? 0, outcome.answer.body.length)
    let finished = false
    return this.carried(outcome.answer, { ...outcome, delayMs: latencyMs }, () => {
      if (!finished) this.counts.finished()
      finished = true
    })
  }

  private carried(
    answer: Answer,
    how: Partial<Pick<SiteResponse, "delayMs" | "dripMs" | "abort">>,
    finished: () => void,
  ): SiteResponse {
    return {
      status: answer.status,
      headers: { date: new Date(this.siteTime()).toUTCString(), ...answer.headers },
      body: answer.body,
      delayMs: how.delayMs ?? 0,
      ...(how.dripMs === undefined ? {} : { dripMs: how.dripMs }),
      ...(how.abort === undefined ? {} : { abort: how.abort }),
      finished,
    }
  }

  private outcome(
    request: SiteRequest,
    path: string,
    throughGateway: boolean,
    found: ReturnType<Endpoints["find"]>,
  ): FaultOutcome {
    const { rateLimit } = this.settings
    if (!this.limiter.admits(rateLimit, this.siteTime())) {
      const { retryAfterSeconds = 1 } = rateLimit
      return tooManyRequests(
        retryAfterSeconds === null ? "none" : "seconds",
        (retryAfterSeconds ?? 0) * 1000,
        this.siteTime(),
      )
    }
    const usual = () => this.answer(request, path, throughGateway, found)
    const fault = this.faults.hitting(path, request.query)
    return fault === undefined ? { answer: usual() } : inflict(fault, path, request.query, this.siteTime(), usual)
  }

  private answer(request: SiteRequest, path: string, gateway: boolean, found: ReturnType<Endpoints["find"]>): Answer {
    if (path === "/_edge/tenant_info" && !gateway) return json(200, { cloudId: this.cloudId })
    if (!path.startsWith("/wiki/")) return html(404, "Not Found")
    const scopes = found?.endpoint.scopes ?? []
    const authorization = request.headers["authorization"]
    const viewer = identify(this.credentials, this.settings, this.siteUrl, { authorization, gateway, scopes })
    if (typeof viewer !== "string") return viewer
    const removed = request.method === "GET" ? removedEndpoint(path) : undefined
    if (removed !== undefined) return removed
    if (found === undefined) return notFound(path)
    if (this.settings.forbidden.some((pattern) => pathPattern(pattern).test(path)))
      return path.startsWith("/wiki/rest/")
        ? errorV1(403, "PermissionException", "Current user is not permitted to do this")
        : errorV2(403, "FORBIDDEN", "Current user is not permitted to do this")
    try {
      return found.endpoint.answer({ path, query: request.query, body: request.body, viewer, parts: found.parts })
    } catch (error) {
      if (error instanceof Refusal) return error.answer
      throw error
    }
  }
}
