/**
 * Faults on demand: everything that goes wrong between a client and Confluence, addressed to the requests it shall hit and
 * counted, so that a test can say "the third list of pages is cut off, once".
 */
import { type OddRow, sameCursor, statusAnswer, withNext, withOddRow } from "./alteredAnswers.ts"
import { type Answer, badCursor, html, json, type SiteRequest } from "./answers.ts"
import { type Fault, FAULT_KINDS } from "./Fault.ts"
import { withOddFile } from "./oddFiles.ts"
import { chance, fingerprint, hash32 } from "./seededChance.ts"
import { exhaustedHeaders, tooManyRequests, WAIT_FORMS } from "./waitHints.ts"

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
  /** The row that it changed. */
  readonly odd?: OddRow
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

/** Whether a batch of ids or accounts holds one that the endpoint does not like. */
const isDisliked = ({ share = 0.05, alone = false }: Fault, query: URLSearchParams, body: string): boolean => {
  const posted = /\[(.*)\]/s.exec(body)?.[1] ?? ""
  const elements = [...query.getAll("id"), posted]
    .flatMap((list) => list.split(","))
    .map((element) => element.replaceAll(/["\s]/g, ""))
    .filter((element) => element !== "")
  const isOne = (element: string) => hash32(Number.parseInt(fingerprint(element), 36), 98, 0) < share * 4_294_967_296
  return (alone || elements.length > 1) && elements.some(isOne)
}

/** The faults in force on one site. */
export class Faults {
  private counted: Counted[] = []
  private drawn = 0
  private odd: OddRow[] = []
  private readonly seed: number

  constructor(seed: number) {
    this.seed = seed
  }

  /** Puts other faults in force, with their counts at zero. */
  set(faults: readonly Fault[]): void {
    this.counted = faults.map((fault) => ({ fault, pattern: pathPattern(fault.path ?? "*"), fitted: 0, hit: 0 }))
    this.drawn = 0
    this.odd = []
  }

  /** Adds one fault. */
  add(fault: Fault): void {
    this.counted.push({ fault, pattern: pathPattern(fault.path ?? "*"), fitted: 0, hit: 0 })
  }

  /** The faults and how often each has hit. */
  list(): readonly (Fault & { readonly hit: number })[] {
    return this.counted.map(({ fault, hit }) => ({ ...fault, hit }))
  }

  /** Remembers what an outcome has made of a row. */
  note({ odd }: FaultOutcome): void {
    if (odd !== undefined) this.odd.push(odd)
  }

  /** The rows that were not given as they are. */
  oddRows(): readonly OddRow[] {
    return this.odd
  }

  /** The first fault that hits this request. `path`: without the gateway's prefix. */
  hitting(path: string, { query, body }: Pick<SiteRequest, "query" | "body">): Fault | undefined {
    for (const entry of this.counted) {
      const { fault } = entry
      if (fault.kind === "disliked-element" && !isDisliked(fault, query, body)) continue
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
    case "disliked-element":
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
      if (answer.file !== undefined) return { answer, abort: "truncate" }
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
    case "longer":
    case "endless":
    case "compressed":
    case "gzip-bomb":
      return { answer: withOddFile(usual(), fault.kind) }
    case "not-a-list":
      return { answer: json(200, JSON.parse(fault.body ?? "{}")) }
    case "odd-row":
      return withOddRow(usual(), path, fault)
    case "headers": {
      const answer = usual()
      return { answer: { ...answer, headers: { ...answer.headers, ...fault.headers } } }
    }
  }
}
