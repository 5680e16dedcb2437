/**
 * The content that has a new version: by the newest-first lists of each kind, down to where the last sync has stopped. One look for all
 * streams of a sync that begin from the same time, at a few rows first, because most syncs find little that is new.
 */
import { Effect } from "effect"
import type { List, Row } from "../confluence/Listing.ts"
import { admitted } from "../sync/admission.ts"
import type { ReadFailure } from "../sync/failures.ts"
import { unlessNothing } from "../sync/followChanges.ts"
import { Once } from "../sync/Once.ts"
import type { Pass } from "../sync/Pass.ts"
import type { ReadServices } from "../sync/readServices.ts"
import { Settings } from "../sync/services.ts"
import { silentRun } from "../sync/silentRun.ts"
import type { Walk } from "../sync/Walk.ts"
import { walkList } from "../sync/walkList.ts"
import { type KindName, type Source, sourcesRead } from "./contentLists.ts"

/** So many of the newest changes of each list are looked at first where rows cost points. */
const FEW_ROWS = 5

export interface Changed {
  readonly kind: KindName
  readonly row: Row
}

export interface ChangedContents {
  readonly changed: ReadonlyArray<Changed>
  /** The newest time of a version that was seen (epoch milliseconds); undefined where there is none. */
  readonly newest: number | undefined
}

const timeOf = (row: Row): number => Date.parse(String(row["updatedAt"]))

const lightOf = ({ body: _body, ...list }: List): List => list

/** What one list has down to a time. Doubt: whether it is sorted by the version's time; one that is not is read to its end. */
const walkDown = Effect.fnUntraced(function* (
  pass: Pass,
  walk: Walk,
  downTo: number,
): Effect.fn.Return<number | undefined, ReadFailure, ReadServices> {
  let newest: number | undefined
  let last = Number.POSITIVE_INFINITY
  let inOrder = true
  let isReached = false
  const whole: Walk = {
    ...walk,
    list: lightOf(walk.list),
    onRows: (rows) =>
      Effect.gen(function* () {
        if (walk.onRows !== undefined) yield* walk.onRows(rows)
        for (const row of rows) {
          const time = timeOf(row)
          if (!(time <= (newest ?? time))) newest = time
          newest ??= Number.isNaN(time) ? undefined : time
          if (time > last) inOrder = false
          last = time
        }
      }),
    onBeginAnew: () => {
      last = Number.POSITIVE_INFINITY
    },
    oftenEmpty: true,
    until: (rows) => {
      isReached ||= rows.some((row) => timeOf(row) < downTo)
      return isReached && inOrder
    },
  }
  const { rowsCost } = yield* Settings
  const look = rowsCost
    ? yield* walkList(pass, { ...whole, list: { ...whole.list, limit: FEW_ROWS }, pages: 1 })
    : undefined
  last = Number.POSITIVE_INFINITY
  if (!(isReached && inOrder) && look?.over !== true) yield* walkList(pass, whole)
  return newest
})

const changedOf = Effect.fnUntraced(function* (
  { definition, kindOf }: Source,
  downTo: number,
): Effect.fn.Return<ChangedContents, ReadFailure, ReadServices> {
  const { changes, read: _read, ...facts } = definition
  const run = silentRun(facts)
  const found = new Map<string, Changed>()
  const pass: Pass = {
    run,
    parts: new Map(),
    withBodies: false,
    sendsAll: false,
    take: (rows, advance) =>
      Effect.map(admitted(run, rows), (some) => {
        advance()
        for (const row of some) {
          if (row["status"] === "trashed" || timeOf(row) < downTo) continue
          found.set(String(row["id"]), { kind: kindOf(row), row })
        }
      }),
  }
  const walks = yield* changes!.newest(pass)
  const newest = yield* Effect.forEach(
    walks,
    (walk) => unlessNothing(walk, walkDown({ ...pass, parts: new Map() }, walk, downTo), undefined),
    { concurrency: "unbounded" },
  )
  const times = newest.filter((time) => time !== undefined)
  return { changed: [...found.values()], newest: times.length === 0 ? undefined : Math.max(...times) }
})

/** The content of these kinds whose version is of this time or later (epoch milliseconds). */
export const changedContents = Effect.fnUntraced(function* (
  kinds: ReadonlyArray<KindName>,
  downTo: number,
): Effect.fn.Return<ChangedContents, ReadFailure, ReadServices> {
  const once = yield* Once
  const all = yield* Effect.forEach(
    yield* sourcesRead(kinds),
    (source) => once.answer(`${source.definition.name} changed since ${downTo}`, changedOf(source, downTo)),
    { concurrency: "unbounded" },
  )
  const times = all.flatMap(({ newest }) => newest ?? [])
  return {
    changed: all.flatMap(({ changed }) => changed).filter(({ kind }) => kinds.includes(kind)),
    newest: times.length === 0 ? undefined : Math.max(...times),
  }
})
