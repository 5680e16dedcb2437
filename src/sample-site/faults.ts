/**
 * Faults on demand: everything that goes wrong between a client and Confluence, addressed to the requests it shall hit and
 * counted, so that a test can say "the third list of pages is cut off, once".
 */
import { type Answer, badCursor, errorV1, errorV2, html, json } from "./answers.ts"
import { chance } from "./seededChance.ts"
import { TOKEN_PATH } from "./TokenEndpoint.ts"
import { exhaustedHeaders, tooManyRequests, WAIT_FORMS, type WaitForm } from "./waitHints.ts"

/** What a fault does. */
export const FAULT_KINDS = [
  "status",
  "html",
  "truncated-json",
  "cut",
  "reset",
  "hang",
  "slow",
  "empty-list",
  "repeated-cursor",
  "expired-cursor",
  "foreign-next",
  "absolute-next",
  "redirect",
  "rate-limit",
  "exhausted",
  "headers",
] as const

/** A fault and the requests it hits. */
export interface Fault {
  readonly kind: (typeof FAULT_KINDS)[number]
  /** Paths, with * for any part, below the site: "/wiki/api/v2/pages". Left out: every path. */
  readonly path?: string
  /** A text that the query must hold. */
  readonly query?: string
  /** How many requests that fit are let through first. */
  readonly after?: number
  /** How many requests it hits at most; left out: all. */
  readonly times?: number
  /** The share of requests that fit which it hits, drawn by the site's seed. */
  readonly probability?: number
  /** Of "status", "html" and "redirect". */
  readonly status?: number
  /** Of "status": the body as it is sent, instead of Confluence's error. */
  readonly body?: string
  /** Of "status" and "headers". */
  readonly headers?: Readonly<Record<string, string>>
  /** Of "rate-limit": how it asks for the wait; of "exhausted": "structured" or "remaining". */
  readonly form?: WaitForm | "structured" | "remaining"
  /** Of "rate-limit", "exhausted" and "slow", in milliseconds. */
  readonly waitMs?: number
  /** Of "redirect" and "foreign-next": the other host's origin. */
  readonly location?: string
  /**
   * True: the site first does what it was asked to, and then the fault comes; a refresh token is used up by then. Left
   * out: the faults that change or break an answer come after it was made, the others before anything is done.
   */
  readonly processed?: boolean
}

interface Counted {
  readonly fault: Fault
  readonly pattern: RegExp
  fitted: number
  hit: number
}

/** What a fault makes of a request or of its answer. */
export interface FaultOutcome {
  readonly answer: Answer
  readonly dripMs?: number
  readonly abort?: "reset" | "hang" | "truncate"
  /** The wait that a client was told, in milliseconds. */
  readonly waitMs?: number
}

/** A pattern of paths: * stands for anything. */
export const pathPattern = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .split("*")
      .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"))
      .join(".*")}$`,
  )

/** Says what is wrong with a fault from outside. */
export const faultProblem = (fault: unknown): string | undefined => {
  if (typeof fault !== "object" || fault === null) return "a fault must be an object"
  const { kind, form, status, processed } = fault as Record<string, unknown>
  if (!FAULT_KINDS.includes(kind as Fault["kind"])) return `"kind" must be one of ${FAULT_KINDS.join(", ")}`
  const forms: readonly unknown[] = [undefined, "structured", "remaining", ...WAIT_FORMS]
  if (!forms.includes(form)) return `"form" must be one of structured, remaining, ${WAIT_FORMS.join(", ")}`
  if (status !== undefined && !(Number.isInteger(status) && (status as number) >= 200 && (status as number) < 600))
    return '"status" must be a whole number from 200 to 599'
  if (processed !== undefined && typeof processed !== "boolean") return '"processed" must be true or false'
  return undefined
}

/** The faults in force on one site. */
export class Faults {
  private counted: Counted[] = []
  private drawn = 0
  private readonly seed: number

  constructor(seed: number) {
    this.seed = seed
  }

  /** Puts other faults in force, with their counts at zero. */
  set(faults: readonly Fault[]): void {
    this.counted = faults.map((fault) => ({ fault, pattern: pathPattern(fault.path ?? "*"), fitted: 0, hit: 0 }))
    this.drawn = 0
  }

  /** Adds one fault. */
  add(fault: Fault): void {
    this.counted.push({ fault, pattern: pathPattern(fault.path ?? "*"), fitted: 0, hit: 0 })
  }

  /** The faults and how often each has hit. */
  list(): readonly (Fault & { readonly hit: number })[] {
    return this.counted.map(({ fault, hit }) => ({ ...fault, hit }))
  }

  /** The first fault that hits this request. */
  hitting(path: string, query: URLSearchParams): Fault | undefined {
    for (const entry of this.counted) {
      const { fault } = entry
      if (!entry.pattern.test(path) || (fault.query !== undefined && !`${query}`.includes(fault.query))) continue
      if (entry.fitted++ < (fault.after ?? 0) || entry.hit >= (fault.times ?? Number.POSITIVE_INFINITY)) continue
      if (fault.probability !== undefined && chance(this.seed, 95, this.drawn++) >= fault.probability) continue
      entry.hit++
      return fault
    }
    return undefined
  }
}

/** What a fault does with a request; `process` does what it asks for and gives the answer that would have been sent. */
export const inflict = (
  fault: Fault,
  path: string,
  query: URLSearchParams,
  siteTime: number,
  process: () => Answer,
): FaultOutcome => {
  const waitMs = fault.waitMs ?? 1000
  const processed = fault.processed === true ? process() : undefined
  const usual = () => processed ?? process()
  switch (fault.kind) {
    case "status":
      return { answer: statusAnswer(fault, path) }
    case "html":
      return {
        answer: html(
          fault.status ?? 200,
          fault.status === undefined ? "Log in with Atlassian account" : "Service unavailable",
        ),
      }
    case "truncated-json": {
      const answer = usual()
      return { answer: { ...answer, body: Buffer.from(answer.body).subarray(0, Math.floor(answer.body.length * 0.6)) } }
    }
    case "cut":
      return { answer: usual(), abort: "truncate" }
    case "reset":
      return { answer: json(200, {}), abort: "reset" }
    case "hang":
      return { answer: json(200, {}), abort: "hang" }
    case "slow":
      return { answer: usual(), dripMs: waitMs }
    case "empty-list":
      return { answer: json(200, { results: [], _links: {} }) }
    case "expired-cursor":
      return { answer: query.has("cursor") ? badCursor(query.get("cursor") as string) : usual() }
    case "repeated-cursor":
      return { answer: withNext(usual(), (next) => (query.has("cursor") ? sameCursor(next, query) : next)) }
    case "foreign-next":
      return { answer: withNext(usual(), (next) => `${fault.location ?? "https://attacker.example"}${next}`) }
    case "absolute-next":
      return { answer: withNext(usual(), (next, base) => `${base}${next.replace(/^\/wiki/, "")}`) }
    case "redirect": {
      const location = `${fault.location ?? "https://attacker.example"}${path}?${query}`
      return { answer: { status: fault.status ?? 302, headers: { location }, body: "" } }
    }
    case "rate-limit": {
      const form = WAIT_FORMS.find((known) => known === fault.form) ?? "seconds"
      return tooManyRequests(form, waitMs, siteTime)
    }
    case "exhausted": {
      const answer = usual()
      const headers = exhaustedHeaders(fault.form === "structured", waitMs, siteTime)
      return { answer: { ...answer, headers: { ...answer.headers, ...headers } }, waitMs }
    }
    case "headers": {
      const answer = usual()
      return { answer: { ...answer, headers: { ...answer.headers, ...fault.headers } } }
    }
  }
}

const statusAnswer = (fault: Fault, path: string): Answer => {
  const status = fault.status ?? 500
  const headers = fault.headers ?? {}
  if (fault.body !== undefined)
    return { status, headers: { "content-type": "application/json", ...headers }, body: fault.body }
  const answer =
    status >= 500
      ? html(status, "Oops, an error occurred")
      : path === TOKEN_PATH
        ? json(status, { error: "invalid_request", error_description: "An error on demand" })
        : status === 410
          ? errorV1(410, "GoneException", "This deprecated endpoint has been removed.")
          : path.startsWith("/wiki/rest/")
            ? errorV1(status, "ServiceException", "An error on demand")
            : errorV2(
                status,
                status === 404 ? "NOT_FOUND" : status === 403 ? "FORBIDDEN" : "ERROR",
                "An error on demand",
              )
  return { ...answer, headers: { ...answer.headers, ...headers } }
}

const sameCursor = (next: string, query: URLSearchParams): string => {
  const [path, rest] = next.split("?")
  const changed = new URLSearchParams(rest)
  changed.set("cursor", query.get("cursor") as string)
  return `${path}?${changed}`
}

/** Changes the link to the next page, in the body and in the Link header alike. */
const withNext = (answer: Answer, change: (next: string, base: string) => string): Answer => {
  if (answer.status !== 200) return answer
  const value = JSON.parse(Buffer.from(answer.body).toString()) as Record<string, Record<string, string> | undefined>
  const links = value["_links"]
  const next = links?.["next"]
  if (links === undefined || next === undefined) return answer
  const changed = change(next, links["base"] ?? "")
  links["next"] = changed
  const link = answer.headers?.["link"]
  const headers = link === undefined ? answer.headers : { ...answer.headers, link: link.replace(next, () => changed) }
  return { ...answer, headers: headers ?? {}, body: JSON.stringify(value) }
}
