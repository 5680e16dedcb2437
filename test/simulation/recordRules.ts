/** Judges each record and tombstone by itself: that it was true, and told in the right form. */
import { type Held, isTombstone } from "./destination.ts"
import type { Fate } from "./fates.ts"
import { difference, isIncremental, isWithheld, keyColumns, keyOf, type Moment, type Row } from "./moments.ts"
import { contentOf, hasMovedUp, mayBeMixed, RESTRICTIONS } from "./restrictions.ts"
import { tellsOfTrash } from "./untoldTrash.ts"
import type { StreamSeen, Violation } from "./verdict.ts"

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/
const REASONS: ReadonlySet<unknown> = new Set(["trashed", "purged", "filtered", "not_visible"])

/** The reasons that are true of what has this fate. Of what is in the trash with its container the API tells either way. */
const TRUE_REASONS: Readonly<Record<Fate, ReadonlyArray<unknown>>> = {
  visible: [],
  trashed: ["trashed"],
  "in an unlisted trash": ["trashed", "not_visible"],
  "in trash with container": ["trashed", "not_visible"],
  "left out": ["not_visible"],
  "left out or filtered": ["not_visible", "filtered"],
  hidden: ["not_visible"],
  "hidden in trash": ["trashed", "not_visible"],
  gone: ["purged", "not_visible"],
  "gone in trash": ["trashed", "purged", "not_visible"],
  filtered: ["filtered"],
  "filtered in trash": ["filtered", "trashed", "not_visible"],
  "perhaps filtered": ["filtered", "trashed", "not_visible"],
  anything: ["filtered", "trashed", "purged", "not_visible"],
}

const UNSEEN = "the credential did not see it"

export const rowAt = (moment: Moment, stream: string, key: string): Row | undefined => moment.rows.get(stream)?.get(key)

/** A row that may be sent: the filters let it in, or nobody can tell. */
export const sendableAt = (moment: Moment, stream: string, key: string): Row | undefined =>
  rowAt(moment, stream, key) ??
  moment.filtered?.perhaps.get(stream)?.get(key) ??
  (stream === RESTRICTIONS ? moment.restrictions?.uncertain.get(key) : undefined)

/** A row that the credential sees, whatever filters say. */
export const seenAt = (moment: Moment, stream: string, key: string): Row | undefined =>
  sendableAt(moment, stream, key) ?? moment.filtered?.leftOut.get(stream)?.get(key)

/**
 * Whether what a row hangs on, or what it lies below, has changed while it was read: then filters may have judged it by a mixture of both,
 * and the next sync that reconciles puts that right.
 */
export const wasMoved = ({ name, sync }: Pick<StreamSeen, "name" | "sync">, key: string): boolean =>
  name === RESTRICTIONS
    ? hasMovedUp(sync.moments, key)
    : new Set(sync.moments.map(({ filtered }) => filtered?.places.get(name)?.get(key))).size > 1

/** Whether filters may leave a row out, so that the guard against mass deletion need not count it. */
export const mayBeLeftOutAt = (moment: Moment, stream: string, key: string): boolean =>
  (rowAt(moment, stream, key) === undefined && seenAt(moment, stream, key) !== undefined) ||
  moment.fates.get(stream)?.get(key) === "left out or filtered"

/** Whether filters could judge neither a row nor the content that it hangs on, because the site gave that without what they ask for. */
export const isUnjudged = ({ name, sync }: StreamSeen, key: string): boolean =>
  sync.moments.some(({ filtered }) => {
    const content = name === RESTRICTIONS ? contentOf(key) : filtered?.contents.get(name)?.get(key)
    return filtered !== undefined && sync.unjudged.has(content ?? key)
  })

/**
 * Judges what a stream has sent. `latestTime`: the latest time that the site's clock or a version of the stream has ever shown,
 * in milliseconds: `changedAt` stands behind a row that is dated ahead. `setBack`: that clock was set back, so that a sync which knows nothing of what a killed one had sent may tell an earlier time.
 */
export const judgeRecords = (seen: StreamSeen, latestTime: number, setBack: boolean): ReadonlyArray<Violation> => {
  const { name, records } = seen
  const violations: Array<Violation> = []
  const add = (rule: Violation["rule"], key: string, detail: string) =>
    void violations.push({ rule, stream: name, detail: `${key}: ${detail}` })
  // Of what a killed sync has sent after its last state the next one knows nothing, so that it cannot tell a later time than that.
  const isKnown = (held: Held) =>
    held.vouched || (!setBack && !(Date.parse(String(held.record["changedAt"])) > seen.sync.moments[0]!.siteTime))
  const known = [...seen.before].filter(([, held]) => isKnown(held))
  const last = new Map(known.map(([key, { record }]) => [key, record["changedAt"]]))
  for (const record of records) {
    const key = keyOf(name, record)
    if (isIncremental(name)) {
      for (const fault of timeFaults(record, latestTime)) add("times", key, fault)
      const before = last.get(key)
      const isBack = typeof before === "string" && String(record["changedAt"]) < before
      if (isBack && !isFirstSeen(seen.before.get(key), record)) {
        add("changedAt goes back", key, `from ${before} to ${String(record["changedAt"])}`)
      }
      last.set(key, record["changedAt"])
    }
    if (isTombstone(record)) judgeTombstone(seen, key, record, add)
    else judgeLive(seen, key, record, add)
  }
  return violations
}

/**
 * A version that the connector knows nothing of, although a killed sync has told its own start for the row, after its last state: by a
 * tombstone, or because the site gave no time of the version. The next sync tells the version's time, which may be before that.
 */
const isFirstSeen = (held: Held | undefined, record: Row): boolean => {
  if (held === undefined || held.vouched || isTombstone(record)) return false
  const hadTime = typeof held.record["updatedAt"] === "string"
  const { updatedAt, changedAt } = record
  if (hadTime || changedAt !== updatedAt) return false
  const known = held.before?.record
  return known?.["updatedAt"] !== updatedAt && String(changedAt) >= String(known?.["changedAt"] ?? "")
}

const timeFaults = (record: Row, latestTime: number): ReadonlyArray<string> => {
  const faults: Array<string> = []
  const { changedAt, updatedAt, version } = record
  if (typeof changedAt !== "string" || !TIME.test(changedAt)) return [`changedAt is ${String(changedAt)}`]
  // The Date header, by which the connector knows the site's clock, has whole seconds.
  if (Date.parse(changedAt) > latestTime) faults.push(`changedAt ${changedAt} is in the site's future`)
  if (isTombstone(record)) return faults
  // A version is dated itself.
  if (record["number"] !== undefined) {
    const { createdAt } = record
    if (typeof createdAt === "string" && changedAt < createdAt)
      faults.push(`changedAt ${changedAt} is before ${createdAt}`)
    return faults
  }
  if (updatedAt !== ((version as Row | null | undefined)?.["createdAt"] ?? null))
    faults.push(`updatedAt is ${String(updatedAt)}`)
  if (typeof updatedAt === "string" && changedAt < updatedAt) {
    faults.push(`changedAt ${changedAt} is before updatedAt ${updatedAt}`)
  }
  return faults
}

type Add = (rule: Violation["rule"], key: string, detail: string) => void

const judgeLive = (seen: StreamSeen, key: string, record: Row, add: Add): void => {
  const { name, sync } = seen
  let why: string | undefined
  for (const moment of sync.moments) {
    // An account may be asked for because of a row that was there before.
    const truth = seenAt(moment, name, key) ?? (name === "users" ? moment.accounts.get(key) : undefined)
    const differs = truth === undefined ? undefined : difference(name, record, truth, sync.config.body_format)
    if (truth !== undefined && differs === undefined) {
      why = undefined
      break
    }
    why = differs ?? why ?? UNSEEN
  }
  if (isWithheld(record)) judgeWithheld({ name, sync }, key, record, add)
  // Rows name accounts, too, that are unknown to the site.
  if (why === UNSEEN && name === "users") return
  if (why === UNSEEN && tellsOfTrash(seen)) return
  // What is read of several lists may be of several moments.
  if (why === UNSEEN && name === RESTRICTIONS && mayBeMixed(sync.moments, key)) return
  if (why !== undefined) return add("record of no moment", key, why)
  if (isLeftOut(seen, key)) add("outside the filters", key, "they leave it out")
}

/** Whether filters leave a row out at all moments. A page that was moved out of a tree is known as one of it until a sync reconciles. */
const isLeftOut = ({ name, sync, before }: StreamSeen, key: string): boolean => {
  if (name === "users" || wasMoved({ name, sync }, key)) return false
  if (sync.moments.some((moment) => sendableAt(moment, name, key) !== undefined)) return false
  const { page_ids_include = [], page_ids_exclude = [] } = sync.config.filters ?? {}
  return !(
    name === "pages" &&
    page_ids_include.length + page_ids_exclude.length > 0 &&
    before.get(key)?.deleted === false
  )
}

const judgeWithheld = ({ name, sync }: Pick<StreamSeen, "name" | "sync">, key: string, record: Row, add: Add): void => {
  if (record["body"] !== undefined && record["body"] !== null) return add("body withheld", key, "but it is there")
  const isPoisoned = sync.moments.some(({ poisoned }) => poisoned.get(name)?.has(key) === true)
  if (!isPoisoned && !sync.troubled) add("body withheld", key, "it could be had all the time")
}

const judgeTombstone = ({ name, sync, before }: StreamSeen, key: string, record: Row, add: Add): void => {
  const { deletionReason, _ab_cdc_deleted_at: deletedAt } = record
  if (!isIncremental(name) || sync.syncMode === "full_refresh")
    return add("tombstone's form", key, "the stream is read whole")
  const missing = keyColumns(name).filter((column) => record[column] === undefined)
  if (missing.length > 0) add("tombstone's form", key, `${missing.join(", ")} is missing`)
  if (typeof deletedAt !== "string" || !TIME.test(deletedAt))
    add("tombstone's form", key, `deleted at ${String(deletedAt)}`)
  if (!REASONS.has(deletionReason)) return add("tombstone's form", key, `the reason is ${String(deletionReason)}`)
  if (!before.has(key)) add("false tombstone", key, "no such row was ever sent")
  const fates = sync.moments.map((moment) => moment.fates.get(name)?.get(key) ?? "gone")
  if (fates.every((fate) => fate === "visible") && !sync.lied) {
    return add("false tombstone", key, `${String(deletionReason)}, but the credential saw it all the time`)
  }
  if (!sync.lied && !fates.some((fate) => TRUE_REASONS[fate].includes(deletionReason))) {
    add("false reason", key, `${String(deletionReason)}, but it was ${[...new Set(fates)].join(", ")}`)
  }
}
