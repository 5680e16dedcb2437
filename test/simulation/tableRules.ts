/** Judges a table after a stream has ended well: whether it is the site. */
import type { Held } from "./destination.ts"
import { mayBeUnfound } from "./findable.ts"
import { difference, isOdd, isWithheld, type Moment, type Row } from "./moments.ts"
import { isUnjudged, rowAt, seenAt, sendableAt, wasMoved } from "./recordRules.ts"
import { contentOf, mayBeMixed, RESTRICTIONS } from "./restrictions.ts"
import { spaceOfRow } from "./spacesOfRows.ts"
import { tellsOfTrash } from "./untoldTrash.ts"
import type { StreamSeen, Violation } from "./verdict.ts"

/** What a sync has promised of a table. */
export interface Promised {
  /** Every row that the credential sees is there, and is the site's. */
  readonly whole: boolean
  /** What the credential does not see any more is not there. */
  readonly withoutExtras: boolean
  /** A first scan does not look twice: what changed while it ran may be missing. */
  readonly mayMissChanged: boolean
  /** Rows whose version is of this time (epoch milliseconds) or later are there in that version. */
  readonly versionsSince: number | undefined
  /** But for these rows: of them, only versions of this time or later. */
  readonly overlooked: ReadonlyMap<string, number>
}

export const NOTHING: Promised = {
  whole: false,
  withoutExtras: false,
  mayMissChanged: false,
  versionsSince: undefined,
  overlooked: new Map(),
}

export interface TableVerdict {
  readonly violations: ReadonlyArray<Violation>
  /**
   * Rows that differ from the site, but only as the contract allows: they were sent after the last state of a killed sync and
   * were as before, or gone, by the next one.
   */
  readonly excused: number
  /** Rows that a killed sync has sent in the same way, and that other filters leave out by now. */
  readonly leftBehind: number
}

/** A row at the moments of a sync. */
class Course {
  readonly rows: ReadonlyArray<Row | undefined>
  constructor(moments: ReadonlyArray<Moment>, stream: string, key: string) {
    this.rows = moments.map((moment) => rowAt(moment, stream, key))
  }
  get visibleThroughout(): boolean {
    return this.rows.every((row) => row !== undefined)
  }
  /** In what a record differs from all of the moments; undefined where it agrees with one. */
  difference(seen: StreamSeen, record: Row): string | undefined {
    let why: string | undefined
    for (const row of this.rows) {
      if (row === undefined) continue
      why = difference(seen.name, record, row, seen.sync.config.body_format)
      if (why === undefined) return undefined
    }
    return why ?? "the credential did not see it"
  }
  /** Whether it could be found in a list all the time. A space that is archived or restored may be in none for a moment. */
  listedThroughout({ sync }: StreamSeen): boolean {
    const [before, ...after] = sync.moments.map(({ spaces }) => spaces.get(String(spaceOfRow(this.rows[0]))))
    return this.visibleThroughout && after.every((status) => status === before)
  }
  /** Whether lists that name no space may not have held it, as it was in an archived one for a moment at least. */
  mayBeInNoList(seen: StreamSeen): boolean {
    return !seen.sync.archivesListed && !this.isInCurrentSpace(seen)
  }
  isInCurrentSpace({ sync }: StreamSeen): boolean {
    return this.rows.every((row) => {
      const spaceId = spaceOfRow(row)
      return spaceId === undefined || sync.moments.every(({ spaces }) => spaces.get(String(spaceId)) === "current")
    })
  }
  changed({ name, sync }: StreamSeen): boolean {
    const [first, ...others] = this.rows
    return others.some(
      (row) => row !== first && (!row || !first || difference(name, row, first, sync.config.body_format) !== undefined),
    )
  }
}

interface Version {
  readonly number: number
  readonly createdAt: string
}

const versionOf = (row: Row): Version => row["version"] as Version

/**
 * Whether a record has a version at least. Where the site has told its number otherwise than it is, the version's time says so;
 * where it has told neither, nothing can be held against the record.
 */
const reaches = (record: Row, { number, createdAt }: Version): boolean => {
  const has = versionOf(record) as Partial<Version> | null | undefined
  if (typeof has?.number === "number") return has.number >= number
  return isOdd(record) && !(Date.parse(String(has?.createdAt)) < Date.parse(createdAt))
}

/** Whether the row is as it was when a state last vouched for it: the connector cannot know that more was sent. */
const isAsVouched = (seen: StreamSeen, held: Held | undefined, course: Course): boolean =>
  held !== undefined &&
  !held.vouched &&
  held.before !== undefined &&
  !held.before.deleted &&
  course.difference(seen, held.before.record) === undefined

/** Whether the row was unknown when a state last vouched for its place. */
const wasUnknown = (held: Held): boolean => !held.vouched && (held.before === undefined || held.before.deleted)

/**
 * What was withheld, as the connector knows, is there in a sync that could have it all the time. What lists alone show is found by those
 * that go through the lists: a look by its id, with which the others ask again, finds nothing.
 */
export const judgeBodies = (
  { name, sync, before, after }: StreamSeen,
  promised: Promised,
): ReadonlyArray<Violation> => {
  const isFine = ({ rows, poisoned, onlyListed }: Moment, key: string) =>
    rows.get(name)?.has(key) === true &&
    poisoned.get(name)?.has(key) !== true &&
    (promised.whole || onlyListed.get(name)?.has(key) !== true)
  return [...before].flatMap(([key, held]): ReadonlyArray<Violation> => {
    if (!held.vouched || held.deleted || !isWithheld(held.record)) return []
    if (after.get(key)?.record !== held.record || !sync.moments.every((moment) => isFine(moment, key))) return []
    return [{ rule: "body asked for again", stream: name, detail: `${key}: it can be had again` }]
  })
}

/**
 * Rows that a sync may not have come upon, although it is complete: hidden for a moment, say. That one can be seen again carries no
 * version, and so is for a reconciliation to find. Their newer versions are not.
 */
export const overlookedBy = (seen: StreamSeen, { mayMissChanged }: Promised): ReadonlyArray<string> => {
  const { name, sync } = seen
  const keys = new Set(sync.moments.flatMap(({ fates }) => [...(fates.get(name)?.keys() ?? [])]))
  return [...keys].filter((key) => {
    const course = new Course(sync.moments, name, key)
    if (!course.listedThroughout(seen) || course.mayBeInNoList(seen)) return true
    return mayMissChanged && course.changed(seen)
  })
}

/**
 * Whether nobody need know of it: of an account that restrictions alone name, which changed meanwhile so that a mixture of them may not have
 * named it; of a restriction that one look alone tells of, which may have been refused.
 */
const mayNotBeKnown = ({ name, sync }: StreamSeen, key: string): boolean => {
  const { moments, troubled } = sync
  if (name === RESTRICTIONS) return troubled && moments.some(({ restrictions }) => restrictions?.onOneLook.has(key))
  const isByThem = moments.some(({ restrictions }) => restrictions?.accounts.has(key))
  return name === "users" && (moments.length > 1 || troubled) && isByThem
}

export const judgeTable = (seen: StreamSeen, promised: Promised): TableVerdict => {
  const { name, sync, after } = seen
  const violations: Array<Violation> = []
  let excused = 0
  let leftBehind = 0
  const add = (rule: Violation["rule"], key: string, detail: string) =>
    void violations.push({ rule, stream: name, detail: `${key}: ${detail}` })
  const keys = new Set(sync.moments.flatMap((moment) => [...(moment.rows.get(name)?.keys() ?? [])]))
  for (const key of keys) {
    // A list has shown it, but not which row it is.
    if (sync.withoutId.has(name === RESTRICTIONS ? contentOf(key) : key)) continue
    const course = new Course(sync.moments, name, key)
    const held = after.get(key)
    const live = held !== undefined && !held.deleted ? held : undefined
    if (promised.whole) {
      // What could not be seen for a moment may have been looked for just then.
      if (!course.listedThroughout(seen)) continue
      if (sync.spacesRefused && course.mayBeInNoList(seen)) continue
      const why = live === undefined ? undefined : course.difference(seen, live.record)
      if (live !== undefined && why === undefined) continue
      if (isAsVouched(seen, held, course)) excused++
      // What is missing by a lie is that too where a killed sync has sent it as it was then, and nobody knows.
      else if (live !== undefined && sync.lied && wasUnknown(live)) excused++
      // An earlier attempt has sent it; nothing told this one that it is there, so that nobody could ask how it is by now.
      else if (live !== undefined && mayBeUnfound(seen, key) && live.record === seen.before.get(key)?.record) excused++
      else if (live !== undefined) add("stale", key, why!)
      else if (wasMoved(seen, key) || isUnjudged(seen, key) || mayNotBeKnown(seen, key) || mayBeUnfound(seen, key))
        continue
      else if (!sync.lied && !(promised.mayMissChanged && course.changed(seen))) {
        add("missing", key, held === undefined ? "never sent" : `deleted as ${String(held.record["deletionReason"])}`)
      }
    } else if (promised.versionsSince !== undefined && course.visibleThroughout && !sync.lied) {
      if (course.mayBeInNoList(seen)) continue
      // What changes once more while the list is walked may pass from what is to come to what has been read; the next sync finds it.
      if (course.changed(seen)) continue
      const version = versionOf(course.rows[0]!)
      const since = Math.max(promised.versionsSince, promised.overlooked.get(key) ?? Number.NEGATIVE_INFINITY)
      if (Date.parse(version.createdAt) < since) continue
      if (live !== undefined && reaches(live.record, version)) continue
      if (isAsVouched(seen, held, course)) excused++
      else {
        const has = live === undefined ? "no such row" : `version ${JSON.stringify(live.record["version"])}`
        add("newer version", key, `version ${version.number} of ${version.createdAt}, but the table has ${has}`)
      }
    }
  }
  if (promised.withoutExtras) {
    for (const [key, held] of after) {
      if (held.deleted || wasMoved(seen, key)) continue
      if (sync.moments.some((moment) => sendableAt(moment, name, key) !== undefined)) continue
      if (name === RESTRICTIONS && mayBeMixed(sync.moments, key)) continue
      if (tellsOfTrash(seen)) continue
      if (!wasUnknown(held)) add("extra", key, `last sent with changedAt ${String(held.record["changedAt"])}`)
      else if (sync.moments.some((moment) => seenAt(moment, name, key) !== undefined)) leftBehind++
      else excused++
    }
  }
  return { violations, excused, leftBehind }
}
