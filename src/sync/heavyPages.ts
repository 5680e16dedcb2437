/**
 * Gets the next page of a list, also where it is too heavy for the site: with bodies that make a long answer, or with a row whose
 * body the site cannot give, so that every page with it fails.
 *
 * Smaller pages are asked for from the same place. Doubt: whether a cursor is taken with another `limit`, or without bodies. The
 * cursors that have been seen hold a position and nothing else, so it is tried. Where it is refused, the list is begun anew
 * without bodies, rows that were taken before are passed over, and the bodies of the others are found by their ids.
 */
import { Effect } from "effect"
import { isHeavy } from "../confluence/errors.ts"
import { type List, type ListPage, type PageOptions, type Row, readPage } from "../confluence/Listing.ts"
import type { ReadFailure } from "./failures.ts"
import { withBodyOf, withoutBody } from "./lostBodies.ts"
import { HEAVY_TRIES, LAST_TRIES, MOST_BYTES, PageSize, type RowWeights } from "./PageSize.ts"
import type { Pass } from "./Pass.ts"
import type { ReadServices } from "./readServices.ts"
import type { EndPosition } from "./StreamState.ts"
import type { Walk } from "./Walk.ts"

/** Begun anew this often without getting further, a list has failed. */
const MOST_RESTARTS = 5
/** A page without bodies is not made smaller than this. */
const SMALLEST_PAGE = 10

/** How one end of a walk is going on at present. */
export class Going {
  cursor: string | undefined
  /** Rows up to this key were taken before the list was begun anew. */
  passTo: string | undefined
  hasPassedOver = false
  /** The list has been empty once, and was asked for again. */
  isConfirmed = false
  /** The site has refused a cursor with another limit or without bodies: from then on pages come without bodies. */
  isLight = false
  onBeginAnew: () => void = () => {}
  /** The rows that the last page was asked for by: the cursor was made with it. */
  lastLimit: number | undefined
  readonly size: PageSize
  #isFromState: boolean
  #restarts = 0
  #seen = new Set<string>()
  readonly #isBody: boolean
  readonly #most: number

  constructor(list: List, weights: RowWeights, { c, l }: EndPosition, sorted: boolean) {
    this.cursor = c
    this.#isFromState = c !== undefined
    this.passTo = c === undefined && sorted ? l : undefined
    this.#most = list.limit
    this.#isBody = (list.body?.length ?? 0) > 0
    this.size = new PageSize(list.path, list.limit, weights)
  }

  /** Pages are asked for with bodies. */
  get hasBodies(): boolean {
    return this.#isBody && !this.isLight
  }

  /** False for a cursor that has been given before: the list leads back to itself. */
  isNew(cursor: string): boolean {
    if (this.#seen.has(cursor)) return false
    this.#seen.add(cursor)
    return true
  }

  /** Begins the list anew; `passTo` is the last key that was taken. False when that has been done too often. */
  beginAnew(passTo: string | undefined): boolean {
    this.cursor = undefined
    this.#isFromState = false
    this.#seen = new Set()
    this.passTo = passTo
    this.size.passed()
    this.onBeginAnew()
    return ++this.#restarts <= MOST_RESTARTS
  }

  /** A row has come that had not been taken before. */
  arrived(): void {
    if (this.passTo !== undefined) this.#restarts = 0
    this.passTo = undefined
  }

  /** A page of `limit` rows has come. */
  answered(limit: number): void {
    this.#isFromState = false
    this.lastLimit = limit
  }

  /** The cursor came out of a state, and nothing has come with it yet: it may be refused in any way. */
  get isFromState(): boolean {
    return this.#isFromState
  }

  /** The site takes a cursor only as it was made: pages come without bodies from now on, or by `limit` where that cannot be. */
  bindTo(limit: number, canBeLight: boolean): void {
    this.isLight = canBeLight && this.#isBody
    this.size.fix(this.isLight ? this.#most : limit)
  }
}

const idOf = (row: Row): string => String(row["id"])
const versionOf = (row: Row): unknown => (row["version"] as Row | null | undefined)?.["number"]

const optionsOf = ({ size, hasBodies }: Going, priority: number): PageOptions =>
  hasBodies
    ? {
        priority,
        tries: size.limit === 1 ? LAST_TRIES : size.isSearching ? 1 : HEAVY_TRIES,
        timeoutMs: size.timeoutMs,
        expectedBytes: size.expectedBytes,
        ...(size.limit === 1 ? {} : { mostBytes: MOST_BYTES }),
      }
    : { priority, light: true, tries: size.isSearching ? HEAVY_TRIES : undefined }

/** The rows of a page without bodies: with those bodies that are needed. */
const completed = Effect.fnUntraced(function* (
  pass: Pass,
  walk: Walk,
  page: ListPage,
): Effect.fn.Return<ListPage, ReadFailure, ReadServices> {
  const { changes } = pass.run
  if (!pass.withBodies || walk.find === undefined) return page
  const shaped = (row: Row) => (walk.row === undefined ? row : walk.row({ ...row }))
  const needed = new Map(
    page.rows.map((row) => [idOf(row), shaped(row)] as const).filter(([, row]) => changes?.differs(row) ?? true),
  )
  const found = needed.size === 0 ? [] : yield* walk.find(pass.run, [...needed.keys()])
  const whole = new Map(found.map((row) => [idOf(row), row]))
  const left = [...needed].flatMap(([id, row]) => (whole.has(id) ? [] : [row]))
  const beside = left.length === 0 || walk.findBeside === undefined ? [] : yield* walk.findBeside(pass.run, left)
  const besides = new Map(beside.map((row) => [idOf(row), row]))
  const rows = page.rows.map((row) => {
    const id = idOf(row)
    if (!needed.has(id)) return row
    const one = whole.get(id)
    if (one !== undefined) return versionOf(one) === versionOf(row) ? withBodyOf(row, one) : one
    // What a list shows is the row. A look by its id may tell another status, such as that of the content it hangs on.
    if (walk.findBeside === undefined) return undefined
    const other = besides.get(id)
    return other !== undefined && versionOf(other) === versionOf(row) ? withBodyOf(row, other) : withoutBody(row)
  })
  return { ...page, rows: rows.filter((row) => row !== undefined), mayBeMalformed: true }
})

/**
 * The next page of a walk; undefined where another try is due, perhaps from the beginning. `lastKey`: the last one that was taken, where
 * the list has an order.
 */
export const pageOf = Effect.fnUntraced(function* (
  pass: Pass,
  walk: Walk,
  list: List,
  going: Going,
  lastKey: string | undefined,
  priority: number,
): Effect.fn.Return<ListPage | undefined, ReadFailure, ReadServices> {
  const { size } = going
  const { limit } = size
  const answer = yield* Effect.result(readPage(list, going.cursor, limit, optionsOf(going, priority)))
  if (answer._tag === "Success") {
    going.answered(limit)
    if (going.isLight) return yield* completed(pass, walk, answer.success)
    size.answered(limit, answer.success.rows.length, answer.success.bytes)
    return answer.success
  }
  const error = answer.failure
  const beginAnew = Effect.suspend(() =>
    going.beginAnew(lastKey ?? going.passTo) ? Effect.succeed(undefined) : Effect.fail(error),
  )
  if (error._tag === "BadRequest" && going.cursor !== undefined) {
    // A cursor that is refused with another limit than before has not expired: it would be refused again.
    if (!going.isFromState && limit !== going.lastLimit) going.bindTo(limit, walk.find !== undefined)
    return yield* beginAnew
  }
  if (going.isFromState && (error._tag === "NotFound" || error._tag === "EndpointRemoved")) return yield* beginAnew
  if (error._tag !== "SiteUnavailable" || !isHeavy(error.kind)) return yield* error
  if (error.kind === "too large" && limit > 1) {
    size.tooLong(limit)
    return undefined
  }
  if (!going.hasBodies) {
    // What is asked for without bodies is not heavy: the site is down, or does not take the cursor of an earlier sync.
    if (going.isFromState) return yield* beginAnew
    if (limit <= SMALLEST_PAGE) return yield* error
    if (!going.isLight) {
      size.failed(limit)
      return undefined
    }
    size.fix(Math.max(SMALLEST_PAGE, limit / 4))
    return yield* beginAnew
  }
  if (size.isSearching && limit > 1) {
    size.failed(limit)
    return undefined
  }
  // A site that is down answers no better without bodies, and then it is the site that has failed. A first row without its body
  // shows that it is the bodies; and where one row was asked for, it is that row that cannot be had whole.
  const first = yield* Effect.result(readPage(list, going.cursor, 1, { priority, light: true }))
  if (first._tag === "Failure") {
    if (going.isFromState) return yield* beginAnew
    if (first.failure._tag !== "BadRequest" || going.cursor === undefined) return yield* first.failure
    going.bindTo(limit / 4, walk.find !== undefined)
    return yield* beginAnew
  }
  if (limit > 1) {
    size.failed(limit)
    return undefined
  }
  size.passed()
  return { ...first.success, rows: first.success.rows.map(withoutBody) }
})
