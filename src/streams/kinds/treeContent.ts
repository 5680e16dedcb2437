/**
 * The kind of streams that are folders, whiteboards, databases or embeds: content of the tree that no list shows. Which there are tells the
 * survey of the tree; each is one request.
 *
 * One that cannot be looked at costs itself, and is named. The state says up to which item, in the order of their ids, all that the search and the list of
 * pages have shown have been asked for, which of those failed, and after `above` which of them alone have named another one: an attempt that
 * goes on from it asks for these again. Where one of the two has failed it may have hidden any item, so that the position stays where it is.
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

/** Names the position in the state. */
const PART = "items"
const ABOVE = "above "
/** With more than this left to ask for, the state does not go on, so that it stays small. */
const MOST_KEPT = 100
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

/** How far a stream has come, in the order of the ids that were shown at first. */
class Position {
  readonly #pass: Pass
  readonly #after: string | undefined
  /** Of what earlier attempts have passed, what they have not read, and what they have read that has named others. */
  readonly #failed: ReadonlySet<string>
  readonly #naming: ReadonlySet<string>
  /** What is left to ask for, as the state has it; those that an earlier attempt has left may be gone by now. */
  readonly #left: Set<string>
  #ahead: ReadonlyArray<string> = []
  #reached = 0
  readonly #asked = new Set<string>()

  constructor(pass: Pass) {
    this.#pass = pass
    const from = pass.parts.get(PART)
    this.#after = from?.f?.l
    this.#left = new Set(this.#after === undefined ? [] : from?.left)
    this.#failed = new Set([...this.#left].filter((entry) => !entry.startsWith(ABOVE)))
    this.#naming = new Set(
      [...this.#left].flatMap((entry) => (entry.startsWith(ABOVE) ? entry.slice(ABOVE.length) : [])),
    )
  }

  isPassed(id: string): boolean {
    return this.#after !== undefined && id <= this.#after
  }

  /** Those of the first ids that are to be asked for. Whether an earlier attempt knew one that was not shown, it cannot tell. */
  begin(ids: ReadonlyArray<string>, survey: TreeSurvey["Service"]): ReadonlyArray<string> {
    const shown = ids.filter((id) => survey.isShown(id))
    if (survey.isShownWhole) this.#ahead = shown.filter((id) => !this.isPassed(id))
    const passed = new Set(shown.filter((id) => this.isPassed(id) && !this.#failed.has(id) && !this.#naming.has(id)))
    return ids.filter((id) => !passed.has(id))
  }

  /** Whether an item is to be sent: an earlier attempt has not. */
  isDue(id: string): boolean {
    return !this.isPassed(id) || !this.#naming.has(id)
  }

  /** An item has been asked for. `left`: it is to be asked for again, for itself or for what it has named. */
  note(id: string, left: "itself" | "above" | undefined): void {
    this.#asked.add(id)
    this.#left.delete(id)
    this.#left.delete(ABOVE + id)
    if (left !== undefined) this.#left.add(left === "above" ? ABOVE + id : id)
    let last: string | undefined
    while (
      this.#reached < this.#ahead.length &&
      this.#asked.has(this.#ahead[this.#reached]!) &&
      this.#left.size <= MOST_KEPT
    ) {
      last = this.#ahead[this.#reached++]
    }
    const after = last ?? this.#pass.parts.get(PART)?.f?.l
    if (after === undefined) return
    const kept = [...this.#left].filter((entry) => entry.replace(ABOVE, "") <= after)
    this.#pass.parts.set(PART, { f: { l: after }, ...(kept.length === 0 ? {} : { left: kept }) })
  }
}

/** Looks at some items, and sends them. Answers those that failed. */
const lookAtItems = Effect.fnUntraced(function* (
  pass: Pass,
  type: ItemType,
  ids: ReadonlyArray<string>,
  position: Position,
): Effect.fn.Return<ReadonlyArray<Missed>, ReadFailure, ReadServices> {
  const survey = yield* TreeSurvey
  const { run } = pass
  const naming = new Set<string>()
  const failed = new Set<string>()
  const askedTwice = new Set<string>()
  const look = Effect.fnUntraced(function* (id: string): Effect.fn.Return<void, ReadFailure, ReadServices> {
    const row = yield* lookAtItem(run.facts.name, type, id)
    if (survey.tell({ type, id }, row)) naming.add(id)
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
        position.note(id, naming.has(id) ? "above" : undefined)
      },
      onMissed: ({ id }) => {
        failed.add(id)
        position.note(id, "itself")
      },
      onVanished: ({ id }) => {
        run.counts.skipped++
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
      const position = new Position(pass)
      const missed: Array<Missed> = []
      let isFirst = true
      yield* eachItem(pass.run.facts, type, (ids) => {
        const sorted = ids.toSorted()
        const due = isFirst ? position.begin(sorted, survey) : sorted
        isFirst = false
        const asked = new Set(due)
        for (const id of sorted) if (!asked.has(id)) survey.pass(id)
        return Effect.map(lookAtItems(pass, type, due, position), (some) => void missed.push(...some))
      })
      const all = [...missed, ...survey.missed]
      if (all.length > 0) yield* partsUnread(name, `${all.length} of the questions that tell of all ${type}s`, all)
    }),
  }
}
