/**
 * Reads a stream that tells changes: first a scan of everything; then, sync by sync, a walk from the newest change down to
 * where the last one stopped, and now and then a reconciliation.
 *
 * The walk sees what has a new version. The reconciliation lists everything, without bodies where the API can find rows by
 * their ids, and compares: what differs is fetched and sent, what is gone becomes a tombstone. It counts only when every
 * list of it came to its end, and it does not believe in a site that shows far less than before.
 */
import { Effect } from "effect"
import type { List, Row } from "../confluence/Listing.ts"
import { Reporter } from "../protocol/Reporter.ts"
import { Contents } from "./Contents.ts"
import { type ReadFailure, isOfOnePart } from "./failures.ts"
import { isDue } from "./Following.ts"
import { relistingOf, scanOf } from "./Pass.ts"
import type { ReadServices } from "./readServices.ts"
import { comparing, reconcile } from "./reconcile.ts"
import { Settings } from "./services.ts"
import type { ChangeFacts, StreamDefinition } from "./StreamDefinition.ts"
import type { StreamRun } from "./StreamRun.ts"
import type { Walk } from "./Walk.ts"
import { walkList } from "./walkList.ts"

/** So many of the newest changes are looked at where rows cost points. */
const FEW_ROWS = 25

/**
 * Doubt: whether `-modified-date` sorts by the version's time. Where it does not, the walk cannot know where to stop, and a
 * reconciliation does its work.
 */
interface WalkedNewest {
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
): Effect.fn.Return<WalkedNewest, ReadFailure, ReadServices> {
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
    fetch === undefined || (walk.isLight !== true && run.changes!.lost.size === 0)
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
  let isOver = false
  const { few = FEW_ROWS } = walk
  for (const limit of rowsCost ? new Set([few, FEW_ROWS]) : []) {
    if (!isReached && !isOver) isOver = (yield* walkList(pass, { ...whole, list: { ...list, limit }, pages: 1 })).over
  }
  if (!isReached && !isOver) yield* walkList(pass, whole)
  yield* flush
  return { newest, inOrder }
})

/** The walk of a list, or `nothing` where its refusal says that there is none, such as the list of a type that the site does not know. */
export const unlessNothing = <A>(
  { isNothing }: Walk,
  walking: Effect.Effect<A, ReadFailure, ReadServices>,
  nothing: A,
): typeof walking =>
  isNothing === undefined
    ? walking
    : Effect.catchIf(walking, isOfOnePart, (error) =>
        Effect.flatMap(isNothing(error), (isEmpty): typeof walking =>
          isEmpty ? Effect.succeed(nothing) : Effect.fail(error),
        ),
      )

/** Follows what has a new version. True when the walks could tell. */
const followVersions = Effect.fnUntraced(function* (
  run: StreamRun,
  facts: ChangeFacts,
): Effect.fn.Return<boolean, ReadFailure, ReadServices> {
  const changes = run.changes!
  const { lookbackMs } = yield* Settings
  const downTo = (changes.newest ?? Number.NEGATIVE_INFINITY) - lookbackMs
  const walks = yield* facts.newest(scanOf(run))
  const walked = yield* Effect.forEach(
    walks,
    (walk) => unlessNothing(walk, walkNewest(run, facts, walk, downTo), { newest: undefined, inOrder: true }),
    {
      concurrency: "unbounded",
    },
  )
  const seen = walked.flatMap(({ newest }) => (newest === undefined || Number.isNaN(newest) ? [] : [newest]))
  // What the first pages began with: whatever is newer came after, and the next sync finds it above this.
  if (seen.length > 0) changes.followedTo(Math.max(...seen))
  return walked.every(({ inOrder }) => inOrder)
})

/** Whether this sync is certain to go through all of a stream that tells changes. */
export const readsWhole = (run: StreamRun, intervalHours: number): boolean =>
  !run.finishedBefore &&
  run.changes !== undefined &&
  (!run.changes.scanned || run.changes.otherScope || isDue(run.changes, intervalHours))

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
        `${run.facts.name}: the state does not say which rows were sent; all are read anew, and rows that have gone since get no tombstone.`,
      )
    }
    yield* read(scanOf(run))
    // Between its beginnings the site went on: what was moved or deleted meanwhile is in no list that was yet to be read. The
    // scan is finished when that has been settled.
    if (run.resumed) yield* reconcile(run, facts, read)
    changes.scanFinished()
    return
  }
  // What is to be compared in any case is judged in one way, by all that there is.
  if (readsWhole(run, reconcileIntervalHours)) {
    const contents = yield* Contents
    yield* contents.prepare(run.facts.name, run.facts.filteredAs)
  }
  const told = yield* followVersions(run, facts)
  const isToCompare =
    !told || changes.otherScope || run.accounts?.areKnown === false || isDue(changes, reconcileIntervalHours)
  yield* isToCompare ? reconcile(run, facts, read) : askForLost(run, facts)
})
