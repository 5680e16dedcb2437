/**
 * The kind of streams that are folders, whiteboards, databases or embeds: content of the tree that no list shows. Which there are tells the
 * survey of the tree; each is one request.
 *
 * One that cannot be looked at costs itself, and is named. The state says up to which item, in the order of their ids, all that the search and the list of
 * pages have shown have been asked for, and which of those are to be asked for again (TreePosition.ts).
 */
import { Effect } from "effect"
import type { Endpoint } from "../../confluence/scopes.ts"
import type { Missed } from "../../site/Accounts.ts"
import { SPACES } from "../../site/siteLists.ts"
import { Contents } from "../../sync/Contents.ts"
import { SEARCH, SITE_SEARCH } from "../../sync/contentSearch.ts"
import { type ReadFailure, partsUnread } from "../../sync/failures.ts"
import { asListed } from "../../sync/lookAt.ts"
import { type Parent, readEach } from "../../sync/parents.ts"
import type { Pass } from "../../sync/Pass.ts"
import type { ReadServices } from "../../sync/readServices.ts"
import type { StreamDefinition } from "../../sync/StreamDefinition.ts"
import { eachItem } from "../../sync/surveyTree.ts"
import {
  type Above,
  ANCESTORS_SCOPE,
  ITEM_TYPES,
  type ItemType,
  TREE_TYPES,
  lookAtItem,
  toldTypes,
} from "../../sync/treeContent.ts"
import { TreeSurvey } from "../../sync/TreeSurvey.ts"
import { accountsIn } from "../rowFacts.ts"
import { ONE_ROW } from "./lists.ts"
import { TreePosition } from "./TreePosition.ts"

/** Statuses of what is no row. */
const NO_ROWS: ReadonlySet<unknown> = new Set(["trashed", "deleted", "draft", "historical"])
/** An id of nothing, of the right form. */
const NOTHING = "1"

const PAGES: Endpoint = { path: TREE_TYPES.page.path, scopes: [[TREE_TYPES.page.scope]] }
const singleOf = (type: ItemType): Endpoint => ({
  path: `${TREE_TYPES[type].path}/{id}`,
  scopes: [[TREE_TYPES[type].scope]],
})
const ANCESTORS = (["page", ...ITEM_TYPES] as const).map((type): Endpoint => ({
  path: `${TREE_TYPES[type].path}/{id}/ancestors`,
  scopes: [[ANCESTORS_SCOPE]],
}))

/** What the survey of the tree asks. */
export const TREE_ENDPOINTS: ReadonlyArray<Endpoint> = [
  SEARCH,
  SITE_SEARCH,
  PAGES,
  ...ITEM_TYPES.map(singleOf),
  ...ANCESTORS,
  SPACES,
]

/** Looks at some items, and sends them. Answers those that failed. */
const lookAtItems = Effect.fnUntraced(function* (
  pass: Pass,
  type: ItemType,
  ids: ReadonlyArray<string>,
  position: TreePosition,
): Effect.fn.Return<ReadonlyArray<Missed>, ReadFailure, ReadServices> {
  const survey = yield* TreeSurvey
  const { run } = pass
  const named = new Map<string, Above | undefined>()
  const failed = new Set<string>()
  const vanished = new Set<string>()
  const askedTwice = new Set<string>()
  const look = Effect.fnUntraced(function* (id: string): Effect.fn.Return<void, ReadFailure, ReadServices> {
    const row = yield* lookAtItem(run.facts.name, type, id)
    named.set(id, survey.tell({ type, id }, row))
    if (NO_ROWS.has(row["status"]) || !position.isDue(id)) return
    const rows = run.sound([asListed(row)])
    if (run.isOdd) yield* run.tellOdd(0)
    yield* pass.take(rows, () => {})
  })
  /** Which of those that are not found are there: all, until each has been asked for once more; then those that another look-up knows. */
  const stillThere = Effect.fnUntraced(function* (
    some: ReadonlyArray<Parent>,
  ): Effect.fn.Return<ReadonlySet<string>, ReadFailure, ReadServices> {
    const all = some.map(({ id }) => id)
    if (all.some((id) => !askedTwice.has(id))) {
      for (const id of all) askedTwice.add(id)
      return new Set(all)
    }
    const types = yield* toldTypes(run.facts.name, all)
    return new Set(all.filter((id) => types.get(id) === type))
  })
  const missed = yield* readEach(
    ids.map((id) => ({ id, name: `the ${type} ${id}` })),
    {
      read: ({ id }) => look(id),
      stillThere,
      onDone: ({ id }) => {
        failed.delete(id)
        if (vanished.has(id)) position.noteVanished(id)
        else position.note(id, named.get(id))
      },
      onMissed: ({ id }) => {
        failed.add(id)
        position.noteFailed(id)
      },
      onVanished: ({ id }) => {
        run.counts.skipped++
        vanished.add(id)
        survey.unseen({ type, id })
      },
    },
  )
  for (const id of failed) survey.failed({ type, id })
  return missed
})

/** A stream of the items of one type. */
export const treeContent = (name: string, type: ItemType): StreamDefinition => {
  const own = singleOf(type)
  const others = ITEM_TYPES.filter((other) => other !== type)
  return {
    name,
    primaryKey: ["id"],
    syncModes: ["full_refresh"],
    endpoints: [own, SEARCH, SITE_SEARCH, PAGES, ...others.map(singleOf), ...ANCESTORS, SPACES],
    probes: [
      { endpoint: own, nothing: NOTHING },
      { endpoint: SEARCH, query: [["cql", "type = page"], ONE_ROW] },
      { endpoint: PAGES, query: [ONE_ROW] },
      ...others.map((other) => ({
        endpoint: singleOf(other),
        nothing: NOTHING,
        without: `what only ${other}s name as lying above them cannot be told`,
      })),
      {
        endpoint: ANCESTORS[0]!,
        nothing: NOTHING,
        without: "what lies above content that this account cannot see cannot be told",
      },
    ],
    accountsIn,
    filteredAs: "ofSpace",
    read: Effect.fnUntraced(function* (pass) {
      yield* Contents.use((contents) => contents.prepare(name, "ofSpace"))
      const survey = yield* TreeSurvey
      const position = new TreePosition(pass, survey)
      const missed: Array<Missed> = []
      let isFirst = true
      yield* eachItem(pass.run.facts, type, position.left, (ids) => {
        const sorted = ids.toSorted()
        const due = isFirst ? position.begin(sorted) : sorted
        isFirst = false
        const asked = new Set(due)
        for (const id of sorted) if (!asked.has(id)) survey.pass(id)
        return Effect.map(lookAtItems(pass, type, due, position), (some) => void missed.push(...some))
      })
      position.settle()
      const all = [...missed, ...survey.missed]
      if (all.length > 0) yield* partsUnread(name, `${all.length} of the questions that tell of all ${type}s`, all)
    }),
  }
}
