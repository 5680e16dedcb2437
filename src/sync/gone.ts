/**
 * Finds out whether content that no list has shown is gone, and why: by its list of given ids.
 *
 * A list may have missed a row that moved while it was read, or a site may have hidden it for a moment; so nothing is
 * believed to be gone that was not asked for by its id.
 */
import { Effect } from "effect"
import type { Row } from "../confluence/Listing.ts"
import { SiteDirectory } from "../site/SiteDirectory.ts"
import { sendAdmitted } from "./admission.ts"
import type { DeletionReason } from "./Changes.ts"
import type { ReadFailure } from "./failures.ts"
import { lookAt } from "./lookAt.ts"
import { type ById, type OnRows, archivedOf, eachAnywhere, eachLive, idOf } from "./LookUp.ts"
import type { ReadServices } from "./readServices.ts"
import { MOST_AT_ONCE } from "./services.ts"
import type { StreamRun } from "./StreamRun.ts"

/**
 * Of content that is not live: what is in the trash, and what has been purged from it. Doubt: how complete the lists of trashed
 * and deleted content are. What neither has cannot be told from what the credential may no longer see. `list` has no status.
 */
export const reasonsInTrash = Effect.fnUntraced(function* (
  list: ById,
  ids: Iterable<string>,
  archivedNow?: ReadonlyArray<string>,
): Effect.fn.Return<ReadonlyMap<string, DeletionReason>, ReadFailure, ReadServices> {
  const left = new Set(ids)
  const reasons = new Map<string, DeletionReason>()
  for (const [status, reason] of [
    ["trashed", "trashed"],
    ["deleted", "purged"],
  ] as const) {
    if (left.size === 0) break
    const note = (rows: ReadonlyArray<Row>) =>
      Effect.sync(() => {
        for (const row of rows) if (left.delete(idOf(row))) reasons.set(idOf(row), reason)
      })
    const there: ById = { ...list, query: [...list.query, ["status", status] as const] }
    yield* eachAnywhere(there, [...left], note, undefined, archivedNow)
  }
  return reasons
})

/**
 * The rows of ids that no list shows, each asked for alone: for who may not list spaces, and so cannot ask the lists about archived ones.
 * Answers those that are there neither.
 */
const eachAlone = Effect.fnUntraced(function* (
  list: ById,
  ids: ReadonlyArray<string>,
  onRows: OnRows<ReadServices>,
): Effect.fn.Return<ReadonlyArray<string>, ReadFailure, ReadServices> {
  const left: Array<string> = []
  const look = Effect.fnUntraced(function* (id: string) {
    const row = yield* lookAt(list, id, list.body ?? [])
    if (row?.["status"] === "current" || row?.["status"] === "archived") yield* onRows([row])
    else left.push(id)
  })
  yield* Effect.forEach(ids, look, { concurrency: MOST_AT_ONCE, discard: true })
  return left
})

/** How content is looked for by its id. */
export interface Looking {
  /**
   * Goes through the live rows of ids, wherever they are, and answers those that it has not shown. `archived`: the archived spaces, read
   * anew.
   */
  readonly live: (
    ids: ReadonlyArray<string>,
    archived?: ReadonlyArray<string>,
  ) => Effect.Effect<ReadonlySet<string>, ReadFailure, ReadServices>
  /** What is done with rows that are asked for alone, because spaces cannot be listed. */
  readonly onRows: OnRows<ReadServices>
  /** The list that rows asked for alone are in, and the same without bodies and statuses, for what is in the trash. */
  readonly list: ById
  readonly bare: ById
}

/** Looks for content by its id, and says of what is not there why: it is in the trash, or purged from it, or can be seen no more. */
export const lookFor = Effect.fnUntraced(function* (
  { live, onRows, list, bare }: Looking,
  ids: ReadonlyArray<string>,
): Effect.fn.Return<ReadonlyMap<string, DeletionReason>, ReadFailure, ReadServices> {
  const notLive = yield* live(ids)
  const reasons = yield* reasonsInTrash(bare, notLive)
  const left = [...notLive].filter((id) => !reasons.has(id))
  if (left.length === 0) return reasons
  const directory = yield* SiteDirectory
  const spaces = yield* Effect.result(directory.spaces)
  // What came back from the trash between the two questions is in neither answer; nor is what is in a space that was archived since.
  if (spaces._tag === "Failure") {
    const unseen = yield* eachAlone(list, [...(yield* live(left))], onRows)
    return new Map<string, DeletionReason>([...reasons, ...notVisible(unseen)])
  }
  const archived = archivedOf(yield* directory.spacesNow)
  const nowhere = yield* live(left, archived)
  const known = new Set(archivedOf(spaces.success))
  const late = archived.every((id) => known.has(id)) ? [] : yield* reasonsInTrash(bare, nowhere, archived)
  return new Map<string, DeletionReason>([...reasons, ...notVisible(nowhere), ...late])
})

/** For content that its list finds by id: whatever is there is sent if it is news, the rest is looked for in the trash. Most is not there, so that bodies are asked for only of what is. */
export const goneById = Effect.fnUntraced(function* (
  run: StreamRun,
  lists: ReadonlyArray<ById>,
  bare: ById,
  row: (row: Row) => Row,
  ids: ReadonlyArray<string>,
): Effect.fn.Return<ReadonlyMap<string, DeletionReason>, ReadFailure, ReadServices> {
  const send = (rows: ReadonlyArray<Row>) => sendAdmitted(run, rows.map(row))
  const { lost } = run.changes!
  const light = lists.map(({ body: _body, ...list }): ById => list)
  const live = Effect.fnUntraced(function* (some: ReadonlyArray<string>, archived?: ReadonlyArray<string>) {
    const asked = new Set(some)
    const there = new Set<string>()
    // A row may come without its id.
    const note = (rows: ReadonlyArray<Row>) =>
      Effect.sync(() => rows.forEach((row) => asked.has(idOf(row)) && there.add(idOf(row))))
    const left = yield* eachLive(light, some, note, undefined, archived)
    return there.size === 0 ? left : new Set([...left, ...(yield* eachLive(lists, [...there], send, lost, archived))])
  })
  return yield* lookFor({ live, onRows: send, list: lists[0]!, bare }, ids)
})

const notVisible = (ids: Iterable<string>) => [...ids].map((id) => [id, "not_visible"] as const)
