/**
 * Walks one list from where an earlier walk stopped to its end, a page after the other.
 *
 * A list that is sorted by a key which its rows show can be walked from both ends at once; the walk is over when the two
 * have met. That halves the time of the list that would otherwise be left over, at no more than a page's cost.
 *
 * Short pages, and empty ones with a next page, are normal: Confluence takes out what the credential may not see after
 * paging. A cursor that the site no longer takes (its lifetime is not documented) begins the list anew; rows that were
 * taken before are not sent twice. A page that is too heavy for the site (5xx until all tries are used up) begins the
 * list anew with smaller pages, because nothing promises that a cursor survives another `limit`.
 */
import { Effect, Latch } from "effect"
import type { ConfluenceError, Unavailability } from "../confluence/errors.ts"
import { cursorLoop, type List, type Row, readPage } from "../confluence/Listing.ts"
import type { ReadFailure, ReadServices } from "./services.ts"
import type { Pass } from "./Pass.ts"
import type { EndPosition } from "./StreamState.ts"
import { WalkBoard } from "./WalkBoard.ts"

/** The key that a list is sorted by, as its rows show it. */
export interface SortKey {
  readonly of: (row: Row) => string
  readonly compare: (a: string, b: string) => number
  /** About where a key lies, for guesses of how far there is to go. */
  readonly place: (key: string) => number
}

/** Ids are decimal numbers of up to 64 bits as text, those of attachments with a prefix of equal length. */
export const byId: SortKey = {
  of: (row) => String(row["id"]),
  compare: (a, b) => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0),
  place: Number,
}

/** Times of Confluence's v2 API: UTC, in one form, so that their order is that of the text. */
export const byCreation: SortKey = {
  of: (row) => String(row["createdAt"]),
  compare: (a, b) => (a < b ? -1 : a > b ? 1 : 0),
  place: Date.parse,
}

export interface Walk {
  /** Names the part in the stream's state. */
  readonly id: string
  readonly list: List
  /** The same list in the opposite order; with `key`. */
  readonly backwards?: List
  readonly key?: SortKey
  /** Turns a row of the API into one of the stream. */
  readonly row?: (row: Row) => Row
  /** Sees each page's rows before they are written. */
  readonly onRows?: (rows: ReadonlyArray<Row>) => Effect.Effect<void, ReadFailure, ReadServices>
  /** Whether the state keeps the walk's position, asked after each page. Without it, it does. */
  readonly keeps?: () => boolean
  /** Whether an empty list is as likely as any, so that it need not be asked for again: replies to a comment, say. */
  readonly oftenEmpty?: boolean
  /** The walk ends with the page of which this says so. */
  readonly until?: (rows: ReadonlyArray<Row>) => boolean
  /** Stop after this many pages from each end: a look at the list. `atOnce` where the list is surely longer than that. */
  readonly pages?: number
  readonly atOnce?: boolean
}

/** Lists and look-ups begun at once; how many requests are in flight is the client's business. */
export const MOST_AT_ONCE = 50
/** Begun anew this often without getting further, a list has failed. */
const MOST_RESTARTS = 5
const SMALLEST_PAGE = 10
/** How a page that is too heavy for the site fails: it answers badly, or not in time. */
const TOO_HEAVY: ReadonlySet<Unavailability> = new Set(["server error", "timeout", "web page", "unreadable"])

/** One end of a walk as far as it has come. */
class Side {
  position: EndPosition
  first: string | undefined
  rows = 0
  over = false
  constructor(position: EndPosition) {
    this.position = position
    this.first = position.l
  }
}

/** Both ends of one walk, and what they know of each other. */
class Course {
  readonly front: Side
  readonly back: Side
  /** False from when the site was seen to sort otherwise than by the key: then only the front counts. */
  sorted: boolean
  readonly walk: Walk
  readonly backOpen = Latch.makeUnsafe(false)
  constructor(walk: Walk, front: EndPosition, back: EndPosition) {
    this.walk = walk
    this.front = new Side(front)
    this.back = new Side(back)
    this.sorted = walk.key !== undefined
  }

  /** Whether every key has been passed by one end or the other. Only strictly: rows of the same key may be in any order. */
  get met(): boolean {
    const { l: front } = this.front.position
    const { l: back } = this.back.position
    return this.sorted && front !== undefined && back !== undefined && this.walk.key!.compare(front, back) > 0
  }

  /** Rows for each step of the key, where this end has been. */
  #density({ first, position, rows }: Side): number {
    if (first === undefined || position.l === undefined) return 0
    const { place } = this.walk.key!
    const gone = Math.abs(place(position.l) - place(first))
    return gone === 0 ? 0 : rows / gone
  }

  /** Rows still to come, by how much of the way between the keys has gone; undefined while that cannot be told. */
  rowsLeft(): number | undefined {
    const front = this.front.position.l
    const back = this.back.position.l
    if (this.walk.key === undefined || !this.sorted || front === undefined || back === undefined) return undefined
    const { place } = this.walk.key
    // Of the two ends the denser one: a few odd keys (ids from an import, say) make an end look empty.
    const density = Math.max(this.#density(this.front), this.#density(this.back))
    return density * Math.max(0, place(back) - place(front))
  }
}

const smaller = (limit: number) => Math.max(SMALLEST_PAGE, Math.floor(limit / 4))

/** Walks one end until the list is over or the ends have met. */
const walkSide = Effect.fnUntraced(function* (
  pass: Pass,
  course: Course,
  side: Side,
  list: List,
): Effect.fn.Return<void, ReadFailure, ReadServices> {
  const { walk } = course
  const board = yield* WalkBoard
  const isFront = side === course.front
  const ahead = (a: string, b: string) => (isFront ? walk.key!.compare(a, b) : walk.key!.compare(b, a))
  let limit = list.limit
  let cursor = side.position.c
  let restarts = 0
  let pages = 0
  /** Rows up to here were taken before the list was begun anew. */
  let skipTo: string | undefined
  let skipped = false
  let confirmed = false
  let seen = new Set<string>()
  const beginAnew = (): boolean => {
    cursor = undefined
    seen = new Set()
    skipTo = course.sorted ? side.position.l : undefined
    return ++restarts <= MOST_RESTARTS
  }
  // A generator keeps what its variables last held while it waits. Each page has one of its own, so that a walk which waits
  // for its next page does not hold the rows of the one before.
  const takePage = Effect.fnUntraced(function* (): Effect.fn.Return<"more" | "over", ReadFailure, ReadServices> {
    const answer = yield* Effect.result(readPage(list, cursor, limit, priorityOf(course)))
    if (answer._tag === "Failure") {
      const error: ConfluenceError = answer.failure
      if (error._tag === "BadRequest" && error.cursorRejected && cursor !== undefined && beginAnew()) return "more"
      if (error._tag === "SiteUnavailable" && TOO_HEAVY.has(error.kind) && limit > SMALLEST_PAGE) {
        limit = smaller(limit)
        if (beginAnew()) return "more"
      }
      return yield* error
    }
    const { rows, next } = answer.success
    if (rows.length === 0 && next === undefined && !confirmed && walk.oftenEmpty !== true) {
      // Sites have been seen to answer 200 and nothing for a moment. The end of a list is worth a second question.
      confirmed = true
      return "more"
    }
    if (next !== undefined) {
      if (seen.has(next)) return yield* cursorLoop(list.path)
      seen.add(next)
    }
    // Doubt: that the lists are sorted as the documents say. A list that is not is walked from its front alone.
    let last = side.position.l
    let taken: ReadonlyArray<Row> = rows
    if (walk.key !== undefined) {
      let previous = skipTo === undefined ? last : undefined
      for (const row of rows) {
        const key = walk.key.of(row)
        if (previous !== undefined && ahead(key, previous) < 0) course.sorted = false
        previous = key
      }
      side.first ??= rows.length > 0 ? walk.key.of(rows[0]!) : undefined
      if (!course.sorted) {
        last = undefined
        skipTo = undefined
        if (skipped) {
          // Rows were passed over by a key that turns out to say nothing: all of the list is needed again.
          skipped = false
          if (beginAnew()) return "more"
        }
      } else if (skipTo !== undefined) {
        const from = skipTo
        taken = rows.filter((row) => ahead(walk.key!.of(row), from) >= 0)
        skipped = true
        // Only what is beyond is progress: the row at which the walk had stopped is seen again each time.
        if (taken.some((row) => ahead(walk.key!.of(row), from) > 0)) {
          skipTo = undefined
          restarts = 0
        }
      }
      if (course.sorted && previous !== undefined && skipTo === undefined) last = previous
    }
    side.rows += rows.length
    const shaped = walk.row === undefined ? taken : taken.map(walk.row)
    if (walk.onRows !== undefined) yield* walk.onRows(shaped)
    const position: EndPosition = {
      ...(next === undefined ? {} : { c: next }),
      ...(last === undefined ? {} : { l: last }),
    }
    yield* pass.take(shaped, () => {
      side.position = position
      side.over = next === undefined
      if (walk.keeps?.() ?? true) keep(pass, course)
    })
    board.rebalance(next !== undefined)
    if (walk.pages !== undefined && ++pages >= walk.pages) return "over"
    // Where the order says nothing, the back can never tell that all has been read: the front goes on alone.
    if (!isFront && !course.sorted) return yield* Effect.never
    if (next === undefined || walk.until?.(shaped) === true) return "over"
    cursor = next
    return "more"
  })
  while (!course.met) if ((yield* takePage()) === "over") return
})

const isEmpty = (position: EndPosition) => position.c === undefined && position.l === undefined

/** Writes the course's positions into the stream's state. */
const keep = (pass: Pass, course: Course): void => {
  const { walk, front, back } = course
  const over = front.over || (back.over && course.sorted) || course.met
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
  const course = new Course(walk, from?.f ?? {}, from?.b ?? {})
  const front = walkSide(pass, course, course.front, walk.list)
  if (walk.backwards === undefined) {
    yield* front
    return { over: course.front.over, rowsLeft: course.rowsLeft() }
  }
  const back = walkSide(pass, course, course.back, walk.backwards)
  if (walk.pages !== undefined) {
    if (walk.atOnce === true) yield* Effect.all([front, back], { concurrency: 2, discard: true })
    else {
      yield* front
      if (!course.front.over) yield* back
    }
    return { over: course.front.over || course.met || (course.back.over && course.sorted), rowsLeft: course.rowsLeft() }
  }
  if (from?.b !== undefined) course.backOpen.openUnsafe()
  const board = yield* WalkBoard
  const entry = {
    remaining: () => (course.rowsLeft() ?? course.front.rows) / walk.list.limit,
    openBack: () => (course.sorted && !course.backOpen.isOpen() ? () => void course.backOpen.openUnsafe() : undefined),
  }
  board.add(entry)
  // The one that comes to the end of the list, or meets the other, ends both; so does a failure of either.
  yield* Effect.raceFirst(front, course.backOpen.whenOpen(back)).pipe(
    Effect.ensuring(Effect.sync(() => board.remove(entry))),
  )
  return { over: true, rowsLeft: 0 }
})
