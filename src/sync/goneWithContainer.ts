/**
 * Finds out which of the rows that hang on content are gone, and why: comments and attachments.
 *
 * What a list shows is a row, and what it leaves out is none. A page in the trash takes its comments out of their list although
 * each of them may still be answered, as current, by its id. So a look at a row by its id keeps nothing alive: it tells where the
 * row hangs. Then the list of that container is asked, once for all that hang there, and what it leaves out too is gone; why, the
 * container tells. What it shows, on content that is current, has come back meanwhile. On content in an archive the two lists
 * may differ for good; there the list of the site is asked a second time, and decides: unless it leaves out even then what hangs on
 * current content and is listed there. Such a list does not show all that there is, and nobody is gone by its word.
 */
import { Effect } from "effect"
import { type List, type Query, type Row, eachPage } from "../confluence/Listing.ts"
import { containerKey, toldContainer } from "../site/containers.ts"
import { admitted, sendAdmitted } from "./admission.ts"
import type { DeletionReason } from "./Changes.ts"
import { type ContainerState, statesOf } from "./containerStates.ts"
import type { ReadFailure } from "./failures.ts"
import { lookAt } from "./lookAt.ts"
import { idOf } from "./LookUp.ts"
import { type Pass, relistingOf } from "./Pass.ts"
import type { ReadServices } from "./readServices.ts"
import { MOST_AT_ONCE } from "./services.ts"
import type { StreamRun } from "./StreamRun.ts"

/** More missing rows than this are first looked for in the site's list, and those beyond it are not asked for their reason. */
const MOST_LOOKS = 1000

/** Where a row may be found by its id. */
export interface Single {
  /** From the site's root, up to the id. */
  readonly path: string
  /** Turns what was found into a row of the stream, with its container. */
  readonly row: (row: Row) => Effect.Effect<Row, ReadFailure, ReadServices>
  /** The list that shows a row among what hangs beside it; undefined where the API has none. */
  readonly beside: (row: Row) => string | undefined
}

/** Rows whose place is known by now, and which rows of the stream a list has not shown in this sync. */
export interface Sought {
  readonly rows: ReadonlyArray<Row>
  readonly missing: ReadonlySet<string>
}

/** How a stream's rows are looked for. */
export interface Hanging {
  readonly scope: string
  readonly singles: ReadonlyArray<Single>
  /** What a row is asked for with, to be sent. */
  readonly body: Query
  /** Goes through the lists of the whole site; with `sought`, as far as that takes to show those rows. */
  readonly relist: (pass: Pass, sought?: Sought) => Effect.Effect<void, ReadFailure, ReadServices>
  /** A list of what is in the trash by itself, where there is one. */
  readonly trash?: List
}

interface Found {
  readonly id: string
  readonly row: Row
  readonly single: Single
  readonly beside: string | undefined
}

const ask = Effect.fnUntraced(function* (
  run: StreamRun,
  how: Pick<Hanging, "scope">,
  single: Single,
  id: string,
  body: Query,
) {
  const place = { path: single.path, scope: how.scope, stream: run.facts.name }
  const found = yield* lookAt(place, id, body)
  return found === undefined ? undefined : yield* single.row(found)
})

/** The ids that the lists beside some rows show, whatever their number. */
const shownBeside = Effect.fnUntraced(function* (
  run: StreamRun,
  how: Pick<Hanging, "scope">,
  found: ReadonlyArray<Found>,
) {
  const shown = new Set<string>()
  const paths = new Set(found.flatMap(({ beside }) => beside ?? []))
  const list = (path: string): List => ({
    path,
    query: [],
    paging: "cursor",
    limit: 250,
    stream: run.facts.name,
    scope: how.scope,
  })
  const read = (path: string) =>
    eachPage(list(path), (rows) => Effect.sync(() => rows.forEach((row) => shown.add(idOf(row))))).pipe(
      Effect.catchTag("NotFound", () => Effect.void),
    )
  yield* Effect.forEach(paths, read, { concurrency: MOST_AT_ONCE, discard: true })
  return shown
})

/** Which of these ids the list beside the row shows, a look by its id alone keeping nothing alive. */
export const stillListed = Effect.fnUntraced(function* (
  run: StreamRun,
  how: Pick<Hanging, "scope">,
  single: Single,
  ids: ReadonlyArray<string>,
): Effect.fn.Return<ReadonlySet<string>, ReadFailure, ReadServices> {
  const found: Array<Found> = []
  const lookAt = Effect.fnUntraced(function* (id: string) {
    const row = yield* ask(run, how, single, id, [])
    if (row?.["status"] === "current") found.push({ id, row, single, beside: single.beside(row) })
  })
  yield* Effect.forEach(ids, lookAt, { concurrency: MOST_AT_ONCE, discard: true })
  const shown = yield* shownBeside(run, how, found)
  return new Set(found.flatMap(({ id, beside }) => (beside === undefined || shown.has(id) ? [id] : [])))
})

const reasonOf = (state: ContainerState): DeletionReason =>
  state === "trashed" || state === "purged" ? state : "not_visible"

/** Lists the stream once more: what it shows is sent if it is news. The rest of the ids is answered. */
const listAgain = Effect.fnUntraced(function* (
  run: StreamRun,
  how: Hanging,
  ids: ReadonlyArray<string>,
  sought?: Sought,
) {
  const { index } = run.changes!
  index.forgetListed()
  yield* how.relist(relistingOf(run), sought)
  const missing = new Set(run.changes!.notListed())
  return ids.filter((id) => missing.has(id))
})

const trashed = Effect.fnUntraced(function* (list: List | undefined) {
  const ids = new Set<string>()
  if (list !== undefined) yield* eachPage(list, (rows) => Effect.sync(() => rows.forEach((row) => ids.add(idOf(row)))))
  return ids
})

/** Of rows that no list has shown: which are gone, and why. Those that are there after all are sent, if they are news. */
export const goneWithContainer = Effect.fnUntraced(function* (
  run: StreamRun,
  missing: ReadonlyArray<string>,
  how: Hanging,
): Effect.fn.Return<ReadonlyMap<string, DeletionReason>, ReadFailure, ReadServices> {
  const gone = new Map<string, DeletionReason>()
  let ids = missing
  if (ids.length > MOST_LOOKS) {
    ids = yield* listAgain(run, how, ids)
    const beyond = ids.slice(MOST_LOOKS)
    const inTrash = beyond.length === 0 ? new Set() : yield* trashed(how.trash)
    for (const id of beyond) gone.set(id, inTrash.has(id) ? "trashed" : "not_visible")
    ids = ids.slice(0, MOST_LOOKS)
  }

  const found: Array<Found> = []
  const judge = Effect.fnUntraced(function* (id: string) {
    for (const single of how.singles) {
      const row = yield* ask(run, how, single, id, [])
      if (row === undefined) continue
      const { status } = row
      if (status === "trashed" || status === "deleted") gone.set(id, status === "trashed" ? "trashed" : "purged")
      else found.push({ id, row, single, beside: single.beside(row) })
      return
    }
    gone.set(id, "not_visible")
  })
  yield* Effect.forEach(ids, judge, { concurrency: MOST_AT_ONCE, discard: true })
  if (found.length === 0) return gone

  const shown = yield* shownBeside(run, how, found)
  const states = yield* statesOf(
    run.facts.name,
    found.flatMap(({ row }) => toldContainer(row) ?? []),
  )
  const stateOf = ({ row }: Found): ContainerState => {
    const container = toldContainer(row)
    return (container === undefined ? undefined : states.get(containerKey(container))) ?? "unseen"
  }
  const isMissing = new Set(missing)
  const doubtful: Array<Found> = []
  /** Rows on current content that their content's list shows, and the site's has not. */
  const overlooked: Array<string> = []
  for (const each of found) {
    const state = stateOf(each)
    const { id, row, single, beside } = each
    const isShown = shown.has(id)
    // A reply is shown below a comment that may be gone itself.
    const hangsOnMissing = isMissing.has(String(row["parentCommentId"]))
    if ((beside !== undefined && !isShown) || state === "trashed" || state === "purged") gone.set(id, reasonOf(state))
    else if (isShown && state === "current" && !hangsOnMissing) {
      const whole = how.body.length === 0 ? row : yield* ask(run, how, single, id, how.body)
      if (whole === undefined) gone.set(id, "not_visible")
      else {
        yield* sendAdmitted(run, [whole])
        overlooked.push(id)
      }
    } else doubtful.push(each)
  }
  if (doubtful.length > 0) {
    const sought = { rows: doubtful.map(({ row }) => row), missing: isMissing }
    const left = new Set(yield* listAgain(run, how, [...sought.rows.map(idOf), ...overlooked], sought))
    if (overlooked.some((id) => left.has(id))) return gone
    // Of those that the filters leave out the reason is told here: replies to a comment that they leave out are in no list that is read.
    yield* admitted(
      run,
      doubtful.flatMap(({ id, row }) => (left.has(id) ? [row] : [])),
    )
    for (const id of left) gone.set(id, "not_visible")
  }
  return gone
})

/**
 * Asks once more for rows whose bodies could not be had, and sends those whose bodies can be had by now: as long as the list beside
 * them shows them.
 */
export const askAgain = Effect.fnUntraced(function* (
  run: StreamRun,
  ids: ReadonlyArray<string>,
  how: Hanging,
): Effect.fn.Return<void, ReadFailure, ReadServices> {
  let left = ids
  for (const single of how.singles) {
    const listed = yield* stillListed(run, how, single, left)
    const askFor = (id: string) =>
      Effect.flatMap(ask(run, how, single, id, how.body), (row) =>
        row === undefined ? Effect.void : sendAdmitted(run, [row]),
      )
    yield* Effect.forEach(listed, askFor, { concurrency: MOST_AT_ONCE, discard: true })
    left = left.filter((id) => !listed.has(id))
  }
})
