/** Judges the guard against mass deletion: what it lets pass, and where it may stop a stream. */
import { type Held, isTombstone } from "./destination.ts"
import { isIncremental, keyOf, OF_CONTENTS } from "./moments.ts"
import { isUnjudged, mayBeLeftOutAt, seenAt } from "./recordRules.ts"
import type { StreamSeen, Violation } from "./verdict.ts"

/** Contract: up to so many missing rows the guard lets pass. */
const GUARD_ROWS = 20

/** The keys of all rows that the connector has known in the sync. A tombstone that no state vouches for is not known to have been sent. */
const knownTo = ({ name, before, records }: StreamSeen): ReadonlySet<string> => {
  const isKnown = ({ deleted, before: vouched }: Held) => !deleted || vouched?.deleted === false
  const known = new Set([...before].filter(([, held]) => isKnown(held)).map(([key]) => key))
  for (const record of records) if (!isTombstone(record)) known.add(keyOf(name, record))
  return known
}

/** Whether filters surely leave a row out. What nobody can judge stays in the table, and so may count among what is known. */
const isLeftOut = (seen: StreamSeen, key: string): boolean =>
  seen.sync.moments.every(({ filtered }) => filtered?.leftOut.get(seen.name)?.has(key) === true) &&
  !isUnjudged(seen, key)

/** Where far too much is missing all the time, nothing is deleted. */
export const judgeGuard = (seen: StreamSeen, wasComplete: boolean): ReadonlyArray<Violation> => {
  if (!isIncremental(seen.name) || !wasComplete) return []
  const { name, sync } = seen
  // What the filters leave out counts on neither side. Where that is in doubt, the row does not count as missing, and does as known.
  const isHeld = (key: string) => !sync.moments.some((moment) => mayBeLeftOutAt(moment, name, key))
  const deleted = seen.records.filter((record) => isTombstone(record) && isHeld(keyOf(name, record))).length
  if (deleted === 0) return []
  const known = [...knownTo(seen)].filter((key) => !isLeftOut(seen, key)).length
  const isMissing = (key: string) => sync.moments.every((moment) => seenAt(moment, name, key) === undefined)
  const vouched = [...seen.before].filter(([, held]) => !held.deleted && held.vouched)
  const all = vouched.filter(([key]) => isMissing(key) && isHeld(key)).length
  const { max_deletion_percent: percent, reconcile_interval_hours: hours } = seen.sync.config
  // What contents of a kind have that could not be read is not missed, nor what those have that are not asked between reconciliations.
  const isPartial = OF_CONTENTS.has(name) && (seen.incomplete || hours !== 0)
  const missing = isPartial ? Math.min(all, deleted) : all
  if (missing <= GUARD_ROWS + 2 || missing * 100 <= (percent + 3) * known) return []
  return [
    {
      rule: "guard",
      stream: seen.name,
      detail: `${deleted} deleted although ${missing} of ${known} rows were missing and ${percent} % is allowed`,
    },
  ]
}

/**
 * What is hidden for a moment counts as missing, also of the rows that this very sync has sent. What the filters leave out, or nobody can
 * judge, is there all the same; where that is in doubt, it need not count as known.
 */
export const mayBeGuarded = (seen: StreamSeen): boolean => {
  const { moments, config } = seen.sync
  const known = [...knownTo(seen)]
  const isMissing = (key: string) => moments.some((moment) => seenAt(moment, seen.name, key) === undefined)
  const isHeld = (key: string) => !moments.some((moment) => mayBeLeftOutAt(moment, seen.name, key))
  const missing = known.filter(isMissing).length
  const held = known.filter(isHeld).length
  return missing > GUARD_ROWS && missing * 100 > config.max_deletion_percent * held * 0.8
}
