/**
 * Reads a stream that tells changes: first a scan of everything; then, sync by sync, a walk from the newest change down to
 * where the last one stopped, and now and then a reconciliation.
 *
 * The walk sees what has a new version. The reconciliation lists everything, without bodies where the API can find rows by
 * their ids, and compares: what differs is fetched and sent, what is gone becomes a tombstone. It counts only when every
 * list of it came to its end, and it does not believe in a site that shows far less than before.
 */
import { Clock, Data, Effect } from "effect"
import type { List, Row } from "../confluence/Listing.ts"
import { Reporter } from "../protocol/Reporter.ts"
import type { StreamDefinition } from "../streams/StreamDefinition.ts"
import type { DeletionReason } from "./Changes.ts"
import { type Pass, relistingOf, scanOf } from "./Pass.ts"
import { type ReadFailure, type ReadServices, Settings } from "./services.ts"
import type { StreamRun } from "./StreamRun.ts"
import { type Walk, walkList } from "./walk.ts"

/** How a stream tells changes. */
export interface ChangeFacts {
  /** What all ids of the stream begin with, such as `att`. */
  readonly idPrefix?: string
  /** The stream's lists sorted by their last change, newest first. */
  readonly newest: (pass: Pass) => Effect.Effect<ReadonlyArray<Walk>, ReadFailure, ReadServices>
  /** Sends the rows of these ids, in batches, and answers the ids that it has not found. Undefined where lists must carry what is sent. */
  readonly fetch?: (
    run: StreamRun,
    ids: ReadonlyArray<string>,
  ) => Effect.Effect<ReadonlySet<string>, ReadFailure, ReadServices>
  /** Asks once more for rows whose bodies could not be had; left out: `fetch` does. */
  readonly again?: (run: StreamRun, ids: ReadonlyArray<string>) => Effect.Effect<void, ReadFailure, ReadServices>
  /**
   * Of rows that no list has shown: which are gone, and why. Those that are there after all are sent, if they are news, or
   * left as they are.
   */
  readonly gone: (
    run: StreamRun,
    ids: ReadonlyArray<string>,
  ) => Effect.Effect<ReadonlyMap<string, DeletionReason>, ReadFailure, ReadServices>
}

/** A reconciliation that misses too much of what is known to believe it. Waiting may help, and nothing was deleted. */
export class TooMuchMissing extends Data.TaggedError("TooMuchMissing")<{ readonly message: string }> {
  readonly failureType = "transient_error"
}

/** The most ids that a request takes. */
export const MOST_IDS = 250
/** So few missing rows are believed whatever share of all they are. */
const FEW = 20
const HOUR_MS = 3_600_000
/** So many of the newest changes are looked at where rows cost points. */
const FEW_ROWS = 25

/** A pass that compares: what differs is fetched by its id in batches. */
const comparing = (run: StreamRun, fetch: NonNullable<ChangeFacts["fetch"]>) => {
  // A list that is walked from both ends breaks off the one that comes later, perhaps while it fetches: what was not fetched
  // to the end stays here, for the flush.
  const different = new Set<string>()
  let waiting: Array<string> = []
  /** Listed, and not found by their ids: gone since then, or hidden for a moment. */
  const unfound = new Set<string>()
  const fetchAll = (ids: ReadonlyArray<string>) =>
    Effect.map(fetch(run, ids), (missing) => {
      for (const id of ids) different.delete(id)
      for (const id of missing) unfound.add(id)
    })
  const flush = Effect.suspend(() => (different.size === 0 ? Effect.void : fetchAll([...different])))
  const pass: Pass = {
    run,
    parts: new Map(),
    withBodies: false,
    sendsAll: false,
    take: (rows, advance) =>
      Effect.suspend(() => {
        const changes = run.changes!
        run.accounts?.note(rows)
        advance()
        for (const row of rows) {
          if (!changes.differs(row)) continue
          const id = String(row["id"])
          different.add(id)
          waiting.push(id)
        }
        if (waiting.length < MOST_IDS) return Effect.void
        const batch = waiting.slice(0, MOST_IDS)
        waiting = waiting.slice(MOST_IDS)
        return fetchAll(batch)
      }),
  }
  return { pass, flush, unfound }
}

const believe = Effect.fnUntraced(function* (run: StreamRun, missing: number, known: number) {
  const { maxDeletionPercent } = yield* Settings
  if (run.defects.has("no-guard")) return
  if (missing <= FEW || missing <= (known * maxDeletionPercent) / 100) return
  const share = ((100 * missing) / known).toFixed(1)
  return yield* new TooMuchMissing({
    message:
      `${run.definition.name}: the site shows ${missing} of ${known} known rows no more (${share} %), above max_deletion_percent ` +
      `(${maxDeletionPercent}). Nothing was deleted. If the site is right, raise max_deletion_percent for one sync; ` +
      `else look at the credential's permissions.`,
  })
})

/** Lists everything and compares it with what is known. */
const reconcile = Effect.fnUntraced(function* (
  run: StreamRun,
  facts: ChangeFacts,
  read: StreamDefinition["read"],
): Effect.fn.Return<void, ReadFailure, ReadServices> {
  const changes = run.changes!
  changes.index.forgetListed()
  let doubtful: ReadonlySet<string> = new Set()
  if (facts.fetch === undefined) {
    yield* read(relistingOf(run))
  } else {
    const { pass, flush, unfound } = comparing(run, facts.fetch)
    doubtful = unfound
    yield* run.defects.has("tombstone-on-403")
      ? Effect.catchTag(read(pass), ["Forbidden", "PartsUnread"], () => Effect.void)
      : // What was listed of the rest is sent all the same.
        Effect.catchTag(read(pass), "PartsUnread", (error) => Effect.andThen(flush, Effect.fail(error)))
    yield* flush
  }
  const known = changes.index.size
  const missing = [...new Set([...changes.notListed(), ...doubtful])]
  yield* believe(run, missing.length, known)
  if (missing.length > 0) {
    const unconfirmed = run.defects.has("deleted-without-confirmation")
    const gone = unconfirmed
      ? new Map(missing.map((id) => [id, "not_visible" as const]))
      : yield* facts.gone(run, missing)
    yield* run.tombstones(changes.bury(gone))
  }
  changes.compared()
  run.accounts?.allListed()
})

/**
 * Doubt: whether `-modified-date` sorts by the version's time. Where it does not, the walk cannot know where to stop, and a
 * reconciliation does its work.
 */
interface Walked {
  readonly newest: number | undefined
  readonly inOrder: boolean
}

const timeOf = (row: Row): number => Date.parse(String(row["updatedAt"]))

const lightOf = ({ body: _body, ...list }: List): List => list

const walkNewest = Effect.fnUntraced(function* (
  run: StreamRun,
  facts: ChangeFacts,
  walk: Walk,
  downTo: number,
): Effect.fn.Return<Walked, ReadFailure, ReadServices> {
  let newest: number | undefined
  let last = Number.POSITIVE_INFINITY
  let inOrder = true
  const see = (rows: ReadonlyArray<Row>) =>
    Effect.sync(() => {
      for (const row of rows) {
        const time = timeOf(row)
        newest ??= time
        if (time > last) inOrder = false
        last = time
      }
    })
  const seeThen = (rows: ReadonlyArray<Row>) =>
    walk.onRows === undefined ? see(rows) : Effect.andThen(walk.onRows(rows), see(rows))
  // A row whose body cannot be had would spoil this list in every sync: it is then read without bodies, like a comparison.
  const { fetch } = facts
  const { pass, flush } =
    fetch === undefined || run.changes!.lost.size === 0
      ? { pass: relistingOf(run), flush: Effect.void }
      : comparing(run, fetch)
  let isReached = false
  const list = pass.withBodies ? walk.list : lightOf(walk.list)
  const whole: Walk = {
    ...walk,
    list,
    onRows: seeThen,
    onBeginAnew: () => {
      last = Number.POSITIVE_INFINITY
    },
    oftenEmpty: run.changes!.index.size === 0,
    until: (rows) => (isReached ||= rows.some((row) => timeOf(row) < downTo)),
  }
  const { rowsCost } = yield* Settings
  // Most syncs find little that is new. Where rows cost something, a few are asked for first, and more of them only if all are new.
  const look = rowsCost ? yield* walkList(pass, { ...whole, list: { ...list, limit: FEW_ROWS }, pages: 1 }) : undefined
  if (!isReached && look?.over !== true) yield* walkList(pass, whole)
  yield* flush
  return { newest, inOrder }
})

/** Follows what has a new version. True when the walks could tell. */
const followVersions = Effect.fnUntraced(function* (
  run: StreamRun,
  facts: ChangeFacts,
): Effect.fn.Return<boolean, ReadFailure, ReadServices> {
  const changes = run.changes!
  const { lookbackMs } = yield* Settings
  const downTo = (changes.newest ?? Number.NEGATIVE_INFINITY) - (run.defects.has("no-lookback") ? 0 : lookbackMs)
  const walks = yield* facts.newest(scanOf(run))
  const walked = yield* Effect.forEach(walks, (walk) => walkNewest(run, facts, walk, downTo), {
    concurrency: "unbounded",
  })
  const seen = walked.flatMap(({ newest }) => (newest === undefined || Number.isNaN(newest) ? [] : [newest]))
  // What the first pages began with: whatever is newer came after, and the next sync finds it above this.
  if (seen.length > 0) changes.followedTo(Math.max(...seen))
  if (run.defects.has("watermark-local-clock")) changes.newest = yield* Clock.currentTimeMillis
  return walked.every(({ inOrder }) => inOrder)
})

const isDue = (run: StreamRun, intervalHours: number): boolean => {
  const { reconciled, startedAt } = run.changes!
  if (intervalHours < 0) return false
  // A site's clock may have been set back since: then nothing is known of how long ago it was.
  return (
    intervalHours === 0 ||
    reconciled === undefined ||
    startedAt < reconciled ||
    startedAt - reconciled >= intervalHours * HOUR_MS
  )
}

/** Bodies that could not be had are asked for again by every sync; a reconciliation does so anyway. */
const askForLost = (run: StreamRun, facts: ChangeFacts): Effect.Effect<void, ReadFailure, ReadServices> => {
  const ids = [...run.changes!.lost]
  const ask = facts.again ?? facts.fetch
  return ids.length === 0 || ask === undefined ? Effect.void : Effect.asVoid(ask(run, ids))
}

/** Reads the stream from where its state left it, and tells what has changed. */
export const followChanges = Effect.fnUntraced(function* (
  run: StreamRun,
  facts: ChangeFacts,
  read: StreamDefinition["read"],
): Effect.fn.Return<void, ReadFailure, ReadServices> {
  const changes = run.changes!
  const { reconcileIntervalHours } = yield* Settings
  if (!changes.scanned) {
    if (changes.unknown) {
      const reporter = yield* Reporter
      yield* reporter.log(
        "WARN",
        `${run.definition.name}: the state does not say which rows were sent; all are read anew, and rows that have gone since get no tombstone.`,
      )
    }
    yield* read(scanOf(run))
    // Between its beginnings the site went on: what was moved or deleted meanwhile is in no list that was yet to be read. The
    // scan is finished when that has been settled.
    if (run.resumed && !run.defects.has("resumed-scan-does-not-reconcile")) yield* reconcile(run, facts, read)
    changes.scanFinished(run.defects.has("watermark-of-scan-end"))
    return
  }
  const told = yield* followVersions(run, facts)
  const isToCompare = !told || run.accounts?.areKnown === false || isDue(run, reconcileIntervalHours)
  yield* isToCompare ? reconcile(run, facts, read) : askForLost(run, facts)
})
