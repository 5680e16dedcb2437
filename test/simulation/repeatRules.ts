/** Judges what is sent a second time: only news are sent to a destination that is up to date. */
import { isTombstone } from "./destination.ts"
import { difference, formatSent, isIncremental, isOdd, isWithheld, keyOf, type Row } from "./moments.ts"
import type { StreamSeen, Violation } from "./verdict.ts"

/**
 * A body that comes after it was withheld is news, and so is what was told wrongly before. So is a row that the table
 * has in another format of bodies: a sync that could not judge it has left it as it was.
 */
const isSame = ({ name, sync }: StreamSeen, a: Row, b: Row): boolean =>
  !(isWithheld(b) && !isWithheld(a)) &&
  formatSent(a) === formatSent(b) &&
  !isOdd(a) &&
  !isOdd(b) &&
  a["fileStatus"] === b["fileStatus"] &&
  difference(name, a, b, sync.config.body_format) === undefined &&
  difference(name, b, a, sync.config.body_format) === undefined

/** What is sent although the destination has it, and the connector knows. */
export const judgeRepeats = (seen: StreamSeen): ReadonlyArray<Violation> => {
  if (!isIncremental(seen.name) || seen.sync.syncMode === "full_refresh") return []
  return seen.records.flatMap((record): ReadonlyArray<Violation> => {
    const key = keyOf(seen.name, record)
    const held = seen.before.get(key)
    if (held === undefined || !held.vouched || held.deleted !== isTombstone(record)) return []
    if (!held.deleted && !isSame(seen, record, held.record)) return []
    return [
      { rule: "sent again", stream: seen.name, detail: `${key}: ${held.deleted ? "a tombstone" : "the same row"}` },
    ]
  })
}
