/** What a fault of the sample site is: what goes wrong, and which requests it hits. */
import type { WaitForm } from "./waitHints.ts"

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
  "not-a-list",
  "odd-row",
  "disliked-element",
  "longer",
  "endless",
  "compressed",
  "gzip-bomb",
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
  /** Of "status", "html", "redirect" and "disliked-element". */
  readonly status?: number
  /** Of "status": the body as it is sent, instead of Confluence's error; of "not-a-list": the JSON in the place of the list. */
  readonly body?: string
  /** Of "status" and "headers". */
  readonly headers?: Readonly<Record<string, string>>
  /** Of "rate-limit": how it asks for the wait; of "exhausted": "structured" or "remaining". */
  readonly form?: WaitForm | "structured" | "remaining"
  /** Of "rate-limit", "exhausted" and "slow", in milliseconds. */
  readonly waitMs?: number
  /** Of "redirect" and "foreign-next": the other host's origin. */
  readonly location?: string
  /** Of "odd-row": the field that one row lacks, such as "id" or "version.createdAt". */
  readonly field?: string
  /** Of "odd-row": what it holds instead; left out: the field is missing. */
  readonly value?: unknown
  /** Of "disliked-element": the share of all ids and accounts that spoil a batch which holds them. */
  readonly share?: number
  /** Of "disliked-element": true = also a batch of that one alone is refused. */
  readonly alone?: boolean
  /**
   * True: the site first does what it was asked to, and then the fault comes; a refresh token is used up by then. Left
   * out: the faults that change or break an answer come after it was made, the others before anything is done.
   */
  readonly processed?: boolean
}
