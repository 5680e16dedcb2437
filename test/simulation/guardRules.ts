/** Judges the guard against mass deletion: what it lets pass, and where it may stop a stream. */
import { type Held, isTombstone } from "./destination.ts"
import { isIncremental, keyOf } from "./moments.ts"
import { mayBeLeftOutAt, seenAt } from "./recordRules.ts"
import type { StreamSeen, Violation } from "./verdict.ts"

/** Contract: up to so many missing rows the guard lets pass. */
const GUARD_ROWS = 20

/** Where far too much is missing all the time, nothing is deleted. */
export const judgeGuard = (seen: StreamSeen, wasComplete: boolean): ReadonlyArray<Violation> => {
  if (!isIncremental(seen.name) || !wasComplete) return []
  const { name, sync } = seen
  // What the filters leave out counts on neither side.
  const isHeld = (key: string) => !sync.moments.some((moment) => mayBeLeftOutAt(moment, name, key))
  const deleted = seen.records.filter((record) => isTombstone(record) && isHeld(keyOf(name, record))).length
  if (deleted === 0) return []
  const known = new Set([...seen.before].filter(([key, held]) => !held.deleted && isHeld(key)).map(([key]) => key))
  for (const record of seen.records) if (!isTombstone(record)) known.add(keyOf(name, record))
  const isMissing = (key: string) => sync.moments.every((moment) => seenAt(moment, name, key) === undefined)
  const vouched = [...seen.before].filter(([, held]) => !held.deleted && held.vouched)
  const missing = vouched.filter(([key]) => isMissing(key) && isHeld(key)).length
  const { max_deletion_percent: percent } = seen.sync.config
  if (missing <= GUARD_ROWS + 2 || missing * 100 <= (percent + 3) * known.size) return []
  return [
    {
      rule: "guard",
      stream: seen.name,
      detail: `${deleted} deleted although ${missing} of ${known.size} rows were missing and ${percent} % is allowed`,
    },
  ]
}

/**
 * What is hidden for a moment counts as missing, also of the rows that this very sync has sent. What the filters leave out, or nobody can
 * judge, is there all the same.
 */
export const mayBeGuarded = (seen: StreamSeen): boolean => {
  const { moments, config } = seen.sync
  // A tombstone that no state vouches for is not known to have been sent.
  const isKnown = ({ deleted, before }: Held) => !deleted || before?.deleted === false
  const known = new Set([...seen.before].filter(([, held]) => isKnown(held)).map(([key]) => key))
  for (const record of seen.records) if (!isTombstone(record)) known.add(keyOf(seen.name, record))
  const isMissing = (key: string) => moments.some((moment) => seenAt(moment, seen.name, key) === undefined)
  const isHeld = (key: string) => !moments.some((moment) => mayBeLeftOutAt(moment, seen.name, key))
  const missing = [...known].filter(isMissing).length
  const held = [...known].filter(isHeld).length
  return missing > GUARD_ROWS && missing * 100 > config.max_deletion_percent * held * 0.8
}
