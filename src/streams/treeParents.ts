/**
 * Folders, whiteboards, databases and embeds as content whose own lists are asked for: which there are, and what has become of some.
 *
 * Which there are tells the survey of the tree, in which other streams may take part. What one of those has looked at is not looked at again.
 */
import { Effect } from "effect"
import type { Row } from "../confluence/Listing.ts"
import type { Missed } from "../site/Accounts.ts"
import { IdList } from "../site/IdList.ts"
import type { DeletionReason } from "../sync/Changes.ts"
import { Contents } from "../sync/Contents.ts"
import { type ReadFailure, isOfOnePart } from "../sync/failures.ts"
import { idOf } from "../sync/LookUp.ts"
import type { ReadServices } from "../sync/readServices.ts"
import { MOST_AT_ONCE } from "../sync/services.ts"
import type { StreamFacts } from "../sync/StreamFacts.ts"
import type { StreamRun } from "../sync/StreamRun.ts"
import { surveyAll } from "../sync/surveyTree.ts"
import { type ItemType, toldTypes, treeItem } from "../sync/treeContent.ts"
import { TreeSurvey } from "../sync/TreeSurvey.ts"
import type { Verdict } from "../sync/verdicts.ts"

type Reading<A> = Effect.Effect<A, ReadFailure, ReadServices>

/** Statuses of what has no rows. */
const DEAD: ReadonlySet<unknown> = new Set(["trashed", "deleted", "draft", "historical"])

/** What filters say of items: those of spaces alone concern them. */
const verdictsOf = (stream: string, rows: ReadonlyArray<Row>): Reading<ReadonlyArray<Verdict>> =>
  Contents.use((contents) =>
    contents.admit({ stream, filteredAs: "ofSpace", isKnown: () => false, isSettled: false }, rows),
  )

/** What there is of the items of some types. */
export interface ListedItems {
  readonly ids: ReadonlyMap<ItemType, IdList>
  readonly missed: ReadonlyArray<Missed>
  readonly notWhole: ReadonlySet<ItemType>
}

/** All items that are let in. One that cannot be looked at costs itself. */
export const listItems = Effect.fnUntraced(function* (
  facts: StreamFacts,
  types: ReadonlyArray<ItemType>,
): Effect.fn.Return<ListedItems, ReadFailure, ReadServices> {
  const survey = yield* TreeSurvey
  yield* surveyAll(facts)
  const missed: Array<Missed> = [...survey.missed]
  const notWhole = new Set<ItemType>(missed.length > 0 ? types : [])
  const ids = new Map<ItemType, IdList>()
  for (const type of types) {
    const rows: Array<Row> = []
    const look = Effect.fnUntraced(function* (id: string): Effect.fn.Return<void, ReadFailure, ReadServices> {
      const row = survey.rowOf(id) ?? (yield* treeItem(facts.name, type, id))
      if (row !== undefined && !DEAD.has(row["status"])) rows.push(row)
    })
    const lookOrMiss = (id: string): Reading<void> =>
      Effect.catch(look(id), (error: ReadFailure): Reading<void> => {
        if (error._tag !== "ScopeMissing" && error._tag !== "EndpointRemoved" && !isOfOnePart(error))
          return Effect.fail(error)
        notWhole.add(type)
        return Effect.sync(() => void missed.push({ name: `the ${type} ${id}`, error: error as Missed["error"] }))
      })
    yield* Effect.forEach(survey.seenOf(type), lookOrMiss, { concurrency: MOST_AT_ONCE, discard: true })
    const verdicts = yield* verdictsOf(facts.name, rows)
    const list = new IdList()
    rows.forEach((row, at) => {
      if (verdicts[at] === "in") list.add(idOf(row))
    })
    list.sortOnce()
    ids.set(type, list)
  }
  return { ids, missed, notWhole }
})

/** What has become of items of a type that the survey has not shown. One that is not found and that another look-up knows is there. */
export const fatesOfItems = (type: ItemType) =>
  Effect.fnUntraced(function* (
    run: StreamRun,
    _kind: unknown,
    ids: ReadonlyArray<string>,
  ): Effect.fn.Return<ReadonlyMap<string, "live" | DeletionReason>, ReadFailure, ReadServices> {
    const { name } = run.facts
    const fates = new Map<string, "live" | DeletionReason>(ids.map((id) => [id, "not_visible"]))
    const rows: Array<Row> = []
    const nowhere: Array<string> = []
    const look = Effect.fnUntraced(function* (id: string): Effect.fn.Return<void, ReadFailure, ReadServices> {
      const row = yield* treeItem(name, type, id)
      if (row === undefined) return void nowhere.push(id)
      const { status } = row
      if (!DEAD.has(status)) rows.push(row)
      else if (status === "trashed" || status === "deleted") fates.set(id, status === "trashed" ? "trashed" : "purged")
    })
    yield* Effect.forEach(ids, look, { concurrency: MOST_AT_ONCE, discard: true })
    const types = nowhere.length === 0 ? new Map<string, string>() : yield* toldTypes(name, nowhere)
    for (const id of nowhere) if (types.get(id) === type) fates.set(id, "live")
    const verdicts = yield* verdictsOf(name, rows)
    rows.forEach((row, at) => void fates.set(idOf(row), verdicts[at] === "filtered" ? "filtered" : "live"))
    return fates
  })
