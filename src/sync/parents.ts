/**
 * Lists that hang on parents: the members of each group, the replies to each comment.
 *
 * A parent that fails costs its own rows. All others are read, and then the stream fails with an error that names it. One that
 * answers 404 has vanished only if its own list does not show it any more. The state says up to which parent, in the order of
 * their ids, all have been asked for, and which of those failed: an attempt that goes on from it asks for these again.
 */
import { Effect } from "effect"
import type { ConfluenceError } from "../confluence/errors.ts"
import { Reporter } from "../protocol/Reporter.ts"
import type { Missed } from "../site/Accounts.ts"
import { type ReadFailure, isOfOnePart, partsUnread } from "./failures.ts"
import type { Pass } from "./Pass.ts"
import type { ReadServices } from "./readServices.ts"
import { MOST_AT_ONCE } from "./services.ts"

export interface Parent {
  readonly id: string
  /** As people know it: `the group "developers" (7c9e…)`. */
  readonly name: string
}

type Reading<A> = Effect.Effect<A, ReadFailure, ReadServices>

/** So many parents in a row that get no usable answer are an outage of the site. */
const MOST_UNAVAILABLE = 5
/** So many failures in a row, while batches are divided, are no fault of elements. */
const MOST_IN_VAIN = 20
/** With more failed parents than this, the state does not go on past them, so that it stays small. */
const MOST_KEPT = 100

export interface Asking<P extends Parent> {
  readonly read: (parent: P) => Reading<void>
  /** Of parents that answered 404: those that their own list shows. */
  readonly stillThere: (parents: ReadonlyArray<P>) => Reading<ReadonlySet<string>>
  /** Of failures other than 404: whether one may say that the parent is gone. */
  readonly mayBeGone?: (error: ConfluenceError) => boolean
  /** Called when a parent has been read, or has vanished. */
  /** More failures in a row are no fault of parents: the others are not asked for. */
  readonly mostInVain?: number
  readonly onDone?: (parent: P) => void
  readonly onMissed?: (parent: P) => void
  readonly onVanished?: (parent: P) => void
}

/** Asks for each parent; answers those that failed. */
export const readEach = Effect.fnUntraced(function* <P extends Parent>(
  parents: ReadonlyArray<P>,
  asking: Asking<P>,
  isSecond = false,
): Effect.fn.Return<ReadonlyArray<Missed>, ReadFailure, ReadServices> {
  const { read, stillThere, mostInVain, mayBeGone, onDone, onMissed, onVanished } = asking
  const missed: Array<Missed> = []
  const absent = new Map<P, Missed>()
  let unavailable = 0
  let inVain = 0
  yield* Effect.forEach(
    parents,
    (parent) =>
      read(parent).pipe(
        Effect.matchEffect({
          onSuccess: () =>
            Effect.sync(() => {
              unavailable = 0
              inVain = 0
              onDone?.(parent)
            }),
          onFailure: (error): Reading<void> => {
            if (!isOfOnePart(error)) return Effect.fail(error)
            onMissed?.(parent)
            if (error._tag === "SiteUnavailable" && ++unavailable >= MOST_UNAVAILABLE) return Effect.fail(error)
            const { name } = parent
            const isAbsent = error._tag === "NotFound" || mayBeGone?.(error) === true
            if ((isSecond || !isAbsent) && ++inVain > (mostInVain ?? Number.POSITIVE_INFINITY))
              return Effect.fail(error)
            if (isAbsent) absent.set(parent, { name, error })
            else missed.push({ name, error })
            return Effect.void
          },
        }),
      ),
    { concurrency: MOST_AT_ONCE, discard: true },
  )
  if (absent.size === 0) return missed
  const there = yield* stillThere([...absent.keys()])
  const again: Array<P> = []
  for (const [parent, miss] of absent) {
    if (!there.has(parent.id)) {
      onVanished?.(parent)
      onDone?.(parent)
    } else if (isSecond) missed.push(miss)
    else again.push(parent)
  }
  // One that was hidden for a moment answers by now.
  return again.length === 0 ? missed : [...missed, ...(yield* readEach(again, asking, true))]
})

export interface Family<P extends Parent> {
  /** Names the position in the state, and the parents in messages: `groups`. */
  readonly kind: string
  /** What is read of each, for messages: `the members`. */
  readonly what: string
  readonly parents: ReadonlyArray<P>
  /** Parents that cannot be asked for. */
  readonly unasked?: ReadonlyArray<Missed>
  readonly read: Asking<P>["read"]
  readonly stillThere: Asking<P>["stillThere"]
  readonly mayBeGone?: NonNullable<Asking<P>["mayBeGone"]>
}

/** Reads all parents that no earlier attempt has done, and fails in the end if some could not be read. */
export const walkParents = Effect.fnUntraced(function* <P extends Parent>(
  pass: Pass,
  { kind, what, parents, unasked = [], read, stillThere, mayBeGone }: Family<P>,
): Effect.fn.Return<void, ReadFailure, ReadServices> {
  const stream = pass.run.facts.name
  const sorted = parents.toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
  const from = pass.parts.get(kind)
  let after = from?.f?.l
  // A parent that is not there any more, or never was, says nothing of the others.
  if (after !== undefined && !parents.some(({ id }) => id === after)) {
    const reporter = yield* Reporter
    yield* reporter.log("WARN", `${stream}: what the state stops at is gone; all ${kind} are read anew.`)
    after = undefined
  }
  const left = new Set(after === undefined ? [] : from?.left)
  const todo = sorted.filter(({ id }) => after === undefined || id > after || left.has(id))
  const ahead = todo.filter(({ id }) => after === undefined || id > after)
  const asked = new Set<string>()
  let reached = 0
  const keep = () => {
    while (reached < ahead.length && asked.has(ahead[reached]!.id) && left.size <= MOST_KEPT) {
      after = ahead[reached++]!.id
    }
    if (after === undefined) return
    const failed = [...left].filter((id) => id <= after!)
    pass.parts.set(kind, { f: { l: after }, ...(failed.length === 0 ? {} : { left: failed }) })
  }
  const failed = yield* readEach(todo, {
    read,
    stillThere,
    ...(mayBeGone === undefined ? {} : { mayBeGone }),
    onDone: ({ id }) => {
      asked.add(id)
      left.delete(id)
      keep()
    },
    onMissed: ({ id }) => {
      asked.add(id)
      left.add(id)
      keep()
    },
    onVanished: () => void pass.run.counts.skipped++,
  })
  const missed = [...failed, ...unasked]
  if (missed.length > 0) {
    const count = parents.length + unasked.length
    return yield* partsUnread(stream, `${what} of ${missed.length} of ${count} ${kind}`, missed, count)
  }
})

/**
 * Asks for batches of ids. One that fails is divided until the id is found that spoils it: it costs itself. Answers the ids
 * that failed; `isPart` says that the site has failed at more than what is asked for now.
 */
export const readBatches = Effect.fnUntraced(function* (
  batches: ReadonlyArray<ReadonlyArray<string>>,
  nameOf: (id: string) => string,
  ask: (ids: ReadonlyArray<string>, isPart: boolean) => Reading<void>,
): Effect.fn.Return<ReadonlyArray<Missed>, ReadFailure, ReadServices> {
  const missed: Array<Missed> = []
  let inVain = 0
  const askFor = (ids: ReadonlyArray<string>, isPart: boolean): Reading<void> =>
    ask(ids, isPart).pipe(
      Effect.matchEffect({
        onSuccess: () => Effect.sync(() => void (inVain = 0)),
        onFailure: (error): Reading<void> => {
          if (!isOfOnePart(error) || ++inVain > MOST_IN_VAIN) return Effect.fail(error)
          if (ids.length === 1) return Effect.sync(() => void missed.push({ name: nameOf(ids[0]!), error }))
          const half = Math.ceil(ids.length / 2)
          return Effect.forEach([ids.slice(0, half), ids.slice(half)], (some) => askFor(some, true), {
            concurrency: 2,
            discard: true,
          })
        },
      }),
    )
  yield* Effect.forEach(batches, (batch) => askFor(batch, false), { concurrency: MOST_AT_ONCE, discard: true })
  return missed
})
