/**
 * Walks one list from where an earlier walk stopped to its end, a page after the other.
 *
 * A list that is sorted by a key which its rows show can be walked from both ends at once; the walk is over when the two
 * have met. That halves the time of the list that would otherwise be left over, at no more than a page's cost.
 *
 * Short pages, and empty ones with a next page, are normal: Confluence takes out what the credential may not see after
 * paging. A cursor that the site no longer takes (its lifetime is not documented) begins the list anew; rows that were
 * taken before are not sent twice. How a page is had that is too heavy for the site is told in heavyPages.ts.
 */
import { Effect, Latch } from "effect"
import { type List, type ListPage, cursorLoop } from "../confluence/Listing.ts"
import { Course, type Side } from "./Course.ts"
import type { ReadFailure } from "./failures.ts"
import { Going, pageOf } from "./heavyPages.ts"
import type { Pass } from "./Pass.ts"
import type { ReadServices } from "./readServices.ts"
import type { EndPosition } from "./StreamState.ts"
import type { Walk } from "./Walk.ts"
import { WalkBoard } from "./WalkBoard.ts"

/** Takes a page's rows in at one end of a walk. Answers what comes next. */
const takePage = Effect.fnUntraced(function* (
  pass: Pass,
  walk: Walk,
  course: Course,
  side: Side,
  going: Going,
  { rows, odd, next, mayBeMalformed }: ListPage,
): Effect.fn.Return<"more" | "over", ReadFailure, ReadServices> {
  const shaped = pass.run.sound(walk.row === undefined ? rows : rows.map(walk.row))
  const unsound = odd + rows.length - shaped.length
  if (unsound > 0 || pass.run.isOdd) yield* pass.run.tellOdd(unsound)
  const taken = course.take(side, shaped, going.passTo)
  if (!course.sorted && going.hasPassedOver) {
    // Rows were passed over by a key that turns out to say nothing: all of the list is needed again.
    going.hasPassedOver = false
    if (going.beginAnew(undefined)) return "more"
  }
  if (!course.sorted) going.passTo = undefined
  going.hasPassedOver ||= taken.rows.length < shaped.length
  if (taken.isBeyond) going.arrived()
  side.rows += rows.length
  if (walk.onRows !== undefined) yield* walk.onRows(taken.rows)
  const position: EndPosition = {
    // While rows are passed over there is no place in the list that goes with the last key.
    ...(next === undefined || !taken.isBeyond ? {} : { c: next }),
    ...(taken.last === undefined ? {} : { l: taken.last }),
  }
  const advance = () => {
    side.position = position
    side.over = next === undefined
    if (walk.keeps?.() ?? true) keep(pass, walk, course)
  }
  yield* pass.take(taken.rows, advance, mayBeMalformed)
  going.cursor = next
  return next === undefined || walk.until?.(taken.rows) === true ? "over" : "more"
})

/** Walks one end until the list is over or the ends have met. */
const walkSide = Effect.fnUntraced(function* (
  pass: Pass,
  walk: Walk,
  course: Course,
  side: Side,
  list: List,
): Effect.fn.Return<void, ReadFailure, ReadServices> {
  const board = yield* WalkBoard
  const going = new Going(list, board.weights, side.position, course.sorted)
  if (walk.onBeginAnew !== undefined) going.onBeginAnew = walk.onBeginAnew
  let pages = 0
  // A generator keeps what its variables last held while it waits. Each page has one of its own, so that a walk which waits
  // for its next page does not hold the rows of the one before.
  const step = Effect.fnUntraced(function* (): Effect.fn.Return<"more" | "over", ReadFailure, ReadServices> {
    const lastKey = course.sorted ? side.position.l : undefined
    const page = yield* pageOf(pass, walk, list, going, lastKey, priorityOf(course))
    if (page === undefined) return "more"
    if (page.rows.length === 0 && page.next === undefined && !going.isConfirmed && walk.oftenEmpty !== true) {
      // Sites have been seen to answer 200 and nothing for a moment. The end of a list is worth a second question.
      going.isConfirmed = true
      return "more"
    }
    if (page.next !== undefined && !going.isNew(page.next)) return yield* cursorLoop(list.path)
    const then = yield* takePage(pass, walk, course, side, going, page)
    board.rebalance(then === "more")
    if (walk.pages !== undefined && ++pages >= walk.pages) return "over"
    // Where the order says nothing, the back can never tell that all has been read: the front goes on alone.
    if (side === course.back && !course.sorted) return yield* Effect.never
    return then
  })
  while (!course.met) if ((yield* step()) === "over") return
})

const isEmpty = (position: EndPosition) => position.c === undefined && position.l === undefined

/** Writes the course's positions into the stream's state. */
const keep = (pass: Pass, walk: Walk, course: Course): void => {
  const { front, back } = course
  const { over } = course
  const spaces = pass.parts.get(walk.id)?.s
  pass.parts.set(walk.id, {
    ...(spaces === undefined ? {} : { s: spaces }),
    ...(over
      ? { done: 1 as const }
      : {
          ...(isEmpty(front.position) ? {} : { f: front.position }),
          ...(isEmpty(back.position) || !course.sorted ? {} : { b: back.position }),
        }),
  })
}

/** A list that has not begun goes first; of the others the longest, which is likely the one that has been longest by now. */
const priorityOf = (course: Course): number =>
  course.front.rows === 0 ? Number.POSITIVE_INFINITY : (course.rowsLeft() ?? course.front.rows)

/** What is known of a list after a walk of it, or a look at it. */
export interface Walked {
  /** True when all of it was read. */
  readonly over: boolean
  /** Rows still to come, as a guess; undefined where none can be made. */
  readonly rowsLeft: number | undefined
}

/** Walks a list to its end and sends its rows. */
export const walkList = Effect.fnUntraced(function* (
  pass: Pass,
  walk: Walk,
): Effect.fn.Return<Walked, ReadFailure, ReadServices> {
  const from = pass.parts.get(walk.id)
  if (from?.done === 1) return { over: true, rowsLeft: 0 }
  const course = new Course(walk.key, from?.f ?? {}, from?.b ?? {})
  const front = walkSide(pass, walk, course, course.front, walk.list)
  if (walk.backwards === undefined) {
    yield* front
    return { over: course.front.over, rowsLeft: course.rowsLeft() }
  }
  const back = walkSide(pass, walk, course, course.back, walk.backwards)
  if (walk.pages !== undefined) {
    if (walk.atOnce === true) yield* Effect.all([front, back], { concurrency: 2, discard: true })
    else {
      yield* front
      if (!course.front.over) yield* back
    }
    return { over: course.over, rowsLeft: course.rowsLeft() }
  }
  const backOpen = Latch.makeUnsafe(from?.b !== undefined)
  const board = yield* WalkBoard
  const entry = {
    remaining: () => (course.rowsLeft() ?? course.front.rows) / walk.list.limit,
    openBack: () => (course.sorted && !backOpen.isOpen() ? () => void backOpen.openUnsafe() : undefined),
  }
  board.add(entry)
  // The one that comes to the end of the list, or meets the other, ends both; so does a failure of either.
  yield* Effect.raceFirst(front, backOpen.whenOpen(back)).pipe(Effect.ensuring(Effect.sync(() => board.remove(entry))))
  return { over: true, rowsLeft: 0 }
})
