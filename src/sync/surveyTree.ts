/**
 * Finds out which folders, whiteboards, databases and embeds there are, once in a sync, whatever streams read them.
 *
 * No list shows them. The search does, as far as it goes; pages name what they lie below, and so does each of these items when it is looked at
 * by its id. Past what cannot be seen itself leads the list of ancestors of something below it. An item that no search shows and that
 * nothing names cannot be known.
 *
 * Each stream looks at the items of its own type, as long as any of the others may still name one; those of a type that no stream reads are
 * looked at for what they lie below.
 *
 * Doubt: whether the search finds what is archived, and whether lists of ancestors name what cannot be seen. Neither is relied upon.
 */
import { Effect } from "effect"
import type { ConfluenceError } from "../confluence/errors.ts"
import { Reporter } from "../protocol/Reporter.ts"
import { MOST_IDS } from "../site/manyValues.ts"
import { type ReadFailure, isOfOnePart } from "./failures.ts"
import { batchesOf } from "./LookUp.ts"
import type { ReadServices } from "./readServices.ts"
import { MOST_AT_ONCE } from "./services.ts"
import type { StreamFacts } from "./StreamFacts.ts"
import { type ItemType, type Node, ancestorsOf, pagesAnywhere, treeItem } from "./treeContent.ts"
import { listPages, searchItems } from "./treeShown.ts"
import { type Besides, TreeSurvey } from "./TreeSurvey.ts"

type Reading<A> = Effect.Effect<A, ReadFailure, ReadServices>

/** Names the lists of ancestors among the endpoints of which nothing can be read. */
const ANCESTORS = "ancestors"

/** Whether nothing of an endpoint can be read. */
const isClosed = (error: ReadFailure): error is ConfluenceError =>
  error._tag === "ScopeMissing" || error._tag === "EndpointRemoved"

/** Once for each endpoint of which nothing can be read: the streams do without. */
const tellClosed = Effect.fnUntraced(function* (
  stream: string,
  endpoint: string,
  what: string,
  { message }: ConfluenceError,
) {
  const { closed } = yield* TreeSurvey
  if (closed.has(endpoint)) return
  closed.add(endpoint)
  const reporter = yield* Reporter
  yield* reporter.log("WARN", `${stream}: ${what} cannot be told, and is left out. ${message}`)
})

/** The search and the list of pages, once. What fails of them is noted: the rest is read. */
const begin = Effect.fnUntraced(function* (facts: StreamFacts): Effect.fn.Return<void, ReadFailure, ReadServices> {
  const survey = yield* TreeSurvey
  const context = yield* Effect.context<ReadServices>()
  const shown = Effect.all(
    [
      searchItems(facts, (type, id) => survey.nameItem(type, id, undefined)),
      listPages(facts, (row) => survey.notePages([row])),
    ],
    { concurrency: 2 },
  ).pipe(Effect.map((missed) => survey.begun(missed.flat())))
  const beginning = survey.beginning ?? (yield* Effect.cached(Effect.provide(shown, context)))
  survey.beginning = beginning
  yield* beginning
})

/** Looks for pages that lists have not shown: in the trash, say. Past those that cannot be seen leads what lies below them. */
const lookForPages = Effect.fnUntraced(function* (
  stream: string,
  parents: Besides["parents"],
): Effect.fn.Return<void, ReadFailure, ReadServices> {
  const survey = yield* TreeSurvey
  for (const id of parents.keys()) survey.seekPage(id)
  const climbFrom = (id: string) => {
    const below = parents.get(id)
    if (below !== undefined) survey.climbFrom(below)
  }
  for (const ids of batchesOf([...parents.keys()], MOST_IDS)) {
    const note = (rows: Parameters<typeof survey.notePages>[0]) => Effect.sync(() => survey.notePages(rows))
    const nowhere = yield* pagesAnywhere(stream, ids, note).pipe(
      Effect.catchIf(isOfOnePart, () => Effect.succeed<Iterable<string>>(ids)),
    )
    for (const id of nowhere) climbFrom(id)
  }
})

const lookAtOther = Effect.fnUntraced(function* (
  stream: string,
  item: Node,
): Effect.fn.Return<void, ReadFailure, ReadServices> {
  const survey = yield* TreeSurvey
  if (survey.closed.has(item.type)) return
  yield* treeItem(stream, item.type, item.id).pipe(
    Effect.map((row) => void (row === undefined ? survey.unseen(item) : survey.tell(item, row))),
    Effect.catch((error: ReadFailure): Reading<void> => {
      if (isClosed(error)) return tellClosed(stream, item.type, `what only ${item.type}s name`, error)
      return isOfOnePart(error) ? Effect.sync(() => survey.failed(item)) : Effect.fail(error)
    }),
  )
})

const climb = Effect.fnUntraced(function* (
  stream: string,
  { id, type }: Node,
): Effect.fn.Return<void, ReadFailure, ReadServices> {
  const survey = yield* TreeSurvey
  if (survey.closed.has(ANCESTORS)) return
  yield* ancestorsOf(stream, type, id).pipe(
    Effect.map((ancestors) => ancestors.forEach((above) => survey.nameItem(above.type, above.id, undefined))),
    Effect.catch((error: ReadFailure): Reading<void> => {
      if (error._tag === "NotFound") return Effect.void
      if (isClosed(error))
        return tellClosed(stream, ANCESTORS, "what lies above content that this account cannot see", error)
      if (!isOfOnePart(error)) return Effect.fail(error)
      return Effect.sync(() => void survey.missed.push({ name: `what the ${type} ${id} lies below`, error }))
    }),
  )
})

/** Asks for what is nobody's own. */
const askBesides = (stream: string, { parents, others, below }: Besides): Reading<void> => {
  const together = { concurrency: MOST_AT_ONCE, discard: true } as const
  return Effect.all(
    [
      lookForPages(stream, parents),
      Effect.forEach(others, (item) => lookAtOther(stream, item), together),
      Effect.forEach(below, (node) => climb(stream, node), together),
    ],
    { concurrency: 3, discard: true },
  )
}

const atWork = (survey: TreeSurvey["Service"], asking: Reading<void>) =>
  Effect.ensuring(
    asking,
    Effect.sync(() => survey.rest()),
  )

/** Takes part until there is nothing left that could name another item, for a stream that reads none of the types. */
export const surveyAll = Effect.fnUntraced(function* (
  facts: StreamFacts,
): Effect.fn.Return<void, ReadFailure, ReadServices> {
  const survey = yield* TreeSurvey
  yield* begin(facts)
  for (;;) {
    const besides = survey.takeBesides()
    if (besides !== undefined) yield* atWork(survey, askBesides(facts.name, besides))
    else if (survey.isOver) return
    else yield* survey.news
  }
})

/**
 * Hands over the ids of all items of a type, each once, in portions as they become known: `lookAt` looks at each, and tells the survey what
 * came of it. Over when there is nothing left that could name another one. `known`: items that are to be among them, shown or not.
 */
export const eachItem = Effect.fnUntraced(function* (
  facts: StreamFacts,
  type: ItemType,
  known: Iterable<string>,
  lookAt: (ids: ReadonlyArray<string>) => Reading<void>,
): Effect.fn.Return<void, ReadFailure, ReadServices> {
  const survey = yield* TreeSurvey
  const read = Effect.gen(function* () {
    yield* begin(facts)
    for (const id of known) survey.nameItem(type, id, undefined)
    for (;;) {
      const own = survey.takeOwn(type)
      const besides = own.length > 0 ? undefined : survey.takeBesides()
      if (own.length > 0) yield* atWork(survey, lookAt(own))
      else if (besides !== undefined) yield* atWork(survey, askBesides(facts.name, besides))
      else if (survey.isOver) return
      else yield* survey.news
    }
  })
  survey.join(type)
  yield* Effect.ensuring(
    read,
    Effect.sync(() => survey.leave(type)),
  )
})
