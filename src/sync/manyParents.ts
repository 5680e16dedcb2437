/**
 * Lists that hang on as many parents as the site has content: a request for each, in the order of their ids.
 *
 * As with parents.ts, one that fails costs its own rows and is asked for again. Where one after the other fails, that is no fault of
 * theirs: the rest is not asked for. The lists of other streams go first.
 */
import { Effect } from "effect"
import { Reporter } from "../protocol/Reporter.ts"
import type { Missed } from "../site/Accounts.ts"
import type { IdList } from "../site/IdList.ts"
import type { ReadFailure } from "./failures.ts"
import { type Parent, readEach } from "./parents.ts"
import type { Pass } from "./Pass.ts"
import type { ReadServices } from "./readServices.ts"

type Reading<A> = Effect.Effect<A, ReadFailure, ReadServices>

/** Of the requests that wait for their turn, those for one content alone go last. */
export const LAST = -1
/** So many failures in a row are no fault of parents. */
const MOST_IN_VAIN = 20
/** Parents that are asked for before the next ones are looked at. The first few tell whether any can be asked for. */
const PORTION = 100
const FIRST_FEW = 10
/** With more failed parents than this, the state does not go on past them, so that it stays small. */
const MOST_KEPT = 100

export interface ManyParents {
  /** Names the position in the state, and the parents in messages: `pages`. */
  readonly kind: string
  /** In order, each once. */
  readonly ids: IdList
  /** Whether these are all: what is missing now may come later, and stand before where the state would stop. */
  readonly areAll: boolean
  /** As people know one: `the page 123`. */
  readonly nameOf: (id: string) => string
  readonly read: (id: string) => Reading<void>
  /** Of parents that answered 404 or 403: those that their own list shows. */
  readonly stillThere: (ids: ReadonlyArray<string>) => Reading<ReadonlySet<string>>
  readonly onMissed?: (id: string) => void
  readonly onVanished?: (id: string) => void
}

/** Asks for some parents; answers those that failed. */
export const readSome = (
  { nameOf, read, stillThere, onMissed, onVanished }: ManyParents,
  ids: ReadonlyArray<string>,
  onAsked: (id: string, isMissed: boolean) => void,
): Reading<ReadonlyArray<Missed>> =>
  readEach<Parent>(
    ids.map((id) => ({ id, name: nameOf(id) })),
    {
      mostInVain: MOST_IN_VAIN,
      // A content that has been hidden meanwhile may be refused.
      mayBeGone: ({ _tag }) => _tag === "Forbidden",
      read: ({ id }) => read(id),
      stillThere: (parents) => stillThere(parents.map(({ id }) => id)),
      onDone: ({ id }) => onAsked(id, false),
      onMissed: ({ id }) => {
        onMissed?.(id)
        onAsked(id, true)
      },
      onVanished: ({ id }) => onVanished?.(id),
    },
  )

function* inPortions(ids: IdList, after: string | undefined): Generator<ReadonlyArray<string>> {
  let isFirst = true
  for (const portion of ids.portions(PORTION, after)) {
    if (isFirst) yield portion.slice(0, FIRST_FEW)
    const rest = isFirst ? portion.slice(FIRST_FEW) : portion
    if (rest.length > 0) yield rest
    isFirst = false
  }
}

/** Reads all parents of a kind that no earlier attempt has done; answers those that failed. */
export const walkMany = Effect.fnUntraced(function* (
  pass: Pass,
  parents: ManyParents,
): Effect.fn.Return<ReadonlyArray<Missed>, ReadFailure, ReadServices> {
  const { kind, ids, areAll } = parents
  const from = pass.parts.get(kind)
  let after = from?.f?.l
  if (after !== undefined && !ids.has(after)) {
    const reporter = yield* Reporter
    yield* reporter.log(
      "WARN",
      `${pass.run.facts.name}: what the state stops at is gone; all ${kind} are asked for anew.`,
    )
    after = undefined
  }
  // What a list that was not read to its end does not show is left for the next attempt.
  const left = new Set((after === undefined ? [] : (from?.left ?? [])).filter((id) => !areAll || ids.has(id)))
  let isStuck = !areAll
  const keep = () => {
    if (after !== undefined) pass.parts.set(kind, { f: { l: after }, ...(left.size === 0 ? {} : { left: [...left] }) })
  }
  const missed = [
    ...(yield* readSome(
      parents,
      [...left].filter((id) => ids.has(id)),
      (id, isMissed) => {
        if (!isMissed) left.delete(id)
        keep()
      },
    )),
  ]
  for (const portion of inPortions(ids, after)) {
    const failed = new Map<string, boolean>()
    let reached = 0
    const onAsked = (id: string, isMissed: boolean) => {
      failed.set(id, isMissed)
      if (!isMissed) left.delete(id)
      while (reached < portion.length && failed.has(portion[reached]!) && !isStuck) {
        const next = portion[reached]!
        if (failed.get(next) === true) left.add(next)
        isStuck = left.size > MOST_KEPT
        if (isStuck) left.delete(next)
        else {
          after = next
          reached++
        }
      }
      keep()
    }
    const some = yield* readSome(parents, portion, onAsked)
    const [one] = some
    if (one !== undefined && portion.length >= FIRST_FEW && some.length === portion.length) return yield* one.error
    missed.push(...some)
  }
  return missed
})
