/**
 * Judges a stream that is a log: every record comes once, in order or a little late. What a record is, other rules judge.
 *
 * A record that was written long after what it tells of may be missing: later than the lookback of the sync that could have seen it.
 */
import type { StreamSeen, Violation } from "./verdict.ts"

/** Streams that are logs. */
const LOGS: ReadonlySet<string> = new Set(["audit_log"])
export const isLog = (stream: string): boolean => LOGS.has(stream)

const MINUTE_MS = 60_000
/** The Date header, by which the connector knows the site's clock, has whole seconds. */
const SECOND_MS = 1000

/** When a record was first seen to be there. */
interface Appearance {
  readonly dated: number
  /** When the last sync before had begun, by the site's clock. */
  readonly lastStart: number
  /** The shortest lookback since. */
  lookbackMs: number
}

/** What the judge remembers of a connection's log. */
export class LogJudge {
  readonly #appeared = new Map<string, Appearance>()
  #lastStart = Number.POSITIVE_INFINITY
  /** The site has told lies, or its clock was set back: then nobody can say what is missing. */
  #isUnsure = false

  judge({ name, sync, records, complete, before, after }: StreamSeen, setBack: boolean): ReadonlyArray<Violation> {
    const violations: Array<Violation> = []
    const startedAt = sync.moments[0]!.siteTime
    const lookbackMs = sync.config.lookback_minutes * MINUTE_MS
    this.#isUnsure ||= setBack || sync.lied
    if (this.#lastStart === Number.POSITIVE_INFINITY) this.#lastStart = Number.NEGATIVE_INFINITY
    for (const [at, { rows }] of sync.moments.entries()) {
      const lastStart = at === 0 ? this.#lastStart : Math.max(startedAt, this.#lastStart)
      for (const [key, { creationDate }] of rows.get(name) ?? [])
        if (!this.#appeared.has(key)) this.#appeared.set(key, { dated: Number(creationDate), lastStart, lookbackMs })
    }
    for (const appearance of this.#appeared.values())
      appearance.lookbackMs = Math.min(appearance.lookbackMs, lookbackMs)
    this.#lastStart = Math.max(this.#lastStart, startedAt)
    if (!this.#isUnsure) {
      for (const { auditId } of records) {
        if (before.get(String(auditId))?.vouched === true)
          violations.push({ rule: "sent again", stream: name, detail: `${String(auditId)}: a record of the log` })
      }
    }
    if (!complete || sync.troubled || this.#isUnsure) return violations
    const end = Math.floor(startedAt / SECOND_MS) * SECOND_MS
    for (const [key, { creationDate }] of sync.moments[0]!.rows.get(name) ?? []) {
      const { dated, lastStart, lookbackMs: lookback } = this.#appeared.get(key)!
      const mayBeTooLate = dated < lastStart - lookback
      if (Number(creationDate) < end && !mayBeTooLate && !after.has(key))
        violations.push({ rule: "missing", stream: name, detail: `${key}: a record of ${String(creationDate)}` })
    }
    return violations
  }
}
