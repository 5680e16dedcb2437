/**
 * Finds out which custom content is gone, and why.
 *
 * What the lists of the types show by its id is there. Of types that the config names no more all is gone by that, as their lists tell. The
 * rest is looked at one by one: it is in the trash, or of another type, or what it hangs on has gone.
 */
import { Effect } from "effect"
import { type Row, eachPage } from "../../confluence/Listing.ts"
import { type Container, containerKey, containerOf } from "../../site/containers.ts"
import { sendAdmitted } from "../../sync/admission.ts"
import type { DeletionReason } from "../../sync/Changes.ts"
import { statesOf } from "../../sync/containerStates.ts"
import type { ReadFailure } from "../../sync/failures.ts"
import { namedIn } from "../../sync/Following.ts"
import { lookAt } from "../../sync/lookAt.ts"
import { archivedNow, idOf } from "../../sync/LookUp.ts"
import type { ReadServices } from "../../sync/readServices.ts"
import { MOST_AT_ONCE } from "../../sync/services.ts"
import type { StreamRun } from "../../sync/StreamRun.ts"
import { byType, eachOfTypes, isLive } from "./lists.ts"
import { PATH, SCOPE, mayBeOfType, typesOf } from "./typesOfRun.ts"

/** More missing rows than this are not looked at one by one. */
const MOST_LOOKS = 1000
/** Custom content on custom content is followed so far up. */
const MOST_STEPS = 20

type Reasons = ReadonlyMap<string, DeletionReason>

/** Of these ids those that are of types which the state names and the config does not. */
export const ofTypesThatLeft = Effect.fnUntraced(function* (
  run: StreamRun,
  types: ReadonlyArray<string>,
  ids: ReadonlySet<string>,
): Effect.fn.Return<Reasons, ReadFailure, ReadServices> {
  const filtered = new Map<string, DeletionReason>()
  const { otherScope, scopeBefore } = (run.changes ?? run.children)!
  if (!otherScope) return filtered
  const left = namedIn(scopeBefore)
    .map(decodeURIComponent)
    .filter((type) => !types.includes(type))
  const note = (rows: ReadonlyArray<Row>) =>
    Effect.sync(() => {
      for (const row of rows) if (ids.has(idOf(row)) && isLive(row)) filtered.set(idOf(row), "filtered")
    })
  const list = (type: string) => ({ ...byType(run, type), paging: "cursor" as const, limit: 250 })
  for (const type of left) {
    if (filtered.size < ids.size) {
      yield* eachPage(list(type), note).pipe(
        Effect.catchIf(
          (error) => mayBeOfType(error),
          () => Effect.void,
        ),
      )
    }
  }
  return filtered
})

/** Why content is gone that the lists do not show, although a look at it finds it: by what it hangs on, at any height. */
const reasonOf = Effect.fnUntraced(function* (
  row: Row,
  aboveOf: (container: Container) => Effect.Effect<Row | undefined, ReadFailure, ReadServices>,
): Effect.fn.Return<DeletionReason | Container, ReadFailure, ReadServices> {
  let at = row
  for (let step = 0; step < MOST_STEPS; step++) {
    if (at["status"] === "trashed") return "trashed"
    if (at["status"] === "deleted") return "purged"
    const container = containerOf(at)
    if (container === undefined) return "not_visible"
    if (container.containerType !== "custom-content") return container
    const above = yield* aboveOf(container)
    if (above === undefined) return "not_visible"
    at = above
  }
  return "not_visible"
})

type Looks = (id: string) => Effect.Effect<Row | undefined, ReadFailure, ReadServices>

/** Finds custom content by its id, each once. */
const looksOf = (run: StreamRun): { readonly look: Looks; readonly asked: ReadonlyMap<string, unknown> } => {
  const asked = new Map<string, Effect.Effect<Row | undefined, ReadFailure, ReadServices>>()
  const place = { path: PATH, scope: SCOPE, stream: run.facts.name }
  const look = Effect.fnUntraced(function* (id: string) {
    const known = asked.get(id) ?? (yield* Effect.cached(lookAt(place, id, [])))
    asked.set(id, known)
    return yield* known
  })
  return { look, asked }
}

/** Why these rows are gone, by what they hang on; where that does not say so, it is `not_visible`. */
const reasonsByContainers = Effect.fnUntraced(function* (
  run: StreamRun,
  rows: ReadonlyArray<Row>,
  look: Looks,
): Effect.fn.Return<ReadonlyMap<string, DeletionReason>, ReadFailure, ReadServices> {
  const reasons = new Map<string, DeletionReason>()
  const later: Array<{ readonly id: string; readonly on: Container }> = []
  const judge = Effect.fnUntraced(function* (row: Row) {
    const reason = yield* reasonOf(row, ({ containerId }) => look(containerId))
    if (typeof reason === "string") reasons.set(idOf(row), reason)
    else later.push({ id: idOf(row), on: reason })
  })
  yield* Effect.forEach(rows, judge, { concurrency: MOST_AT_ONCE, discard: true })
  const states = yield* statesOf(
    run.facts.name,
    later.map(({ on }) => on),
  )
  for (const { id, on } of later) {
    const state = states.get(containerKey(on))
    reasons.set(id, state === "trashed" || state === "purged" ? state : "not_visible")
  }
  return reasons
})

/** What becomes of custom content that the lists do not show, as looks at it tell; what they leave open is not among the reasons. */
interface Judged {
  readonly reasons: Map<string, DeletionReason>
  /** Of types that the config does not name. */
  readonly outside: Reasons
  /** What a look has found. */
  readonly seen: ReadonlySet<string>
}

const judged = Effect.fnUntraced(function* (
  run: StreamRun,
  types: ReadonlyArray<string>,
  ids: ReadonlyArray<string>,
): Effect.fn.Return<Judged, ReadFailure, ReadServices> {
  const reasons = new Map<string, DeletionReason>()
  const outside = new Map<string, DeletionReason>()
  const found: Array<Row> = []
  const { look, asked } = looksOf(run)
  const judge = Effect.fnUntraced(function* (id: string) {
    const row = yield* look(id)
    if (row === undefined) return void reasons.set(id, "not_visible")
    const { type } = row
    if (isLive(row) && typeof type === "string" && !types.includes(type)) return void outside.set(id, "filtered")
    // A list that was refused says nothing of what a look still finds.
    if (isLive(row) && typesOf(run).unknown.has(String(type))) return
    found.push({ ...row, id })
  })
  yield* Effect.forEach(ids, judge, { concurrency: MOST_AT_ONCE, discard: true })
  for (const [id, reason] of yield* reasonsByContainers(run, found, look)) reasons.set(id, reason)
  return { reasons, outside, seen: new Set(asked.keys()) }
})

/**
 * What has become of custom content, whoever asks, without its rows being sent. Doubt: whether lists hold what hangs on content in the
 * trash, which may not answer for what it has there: it is as gone as what it hangs on.
 */
export const fatesOfTypes = Effect.fnUntraced(function* (
  run: StreamRun,
  types: ReadonlyArray<string>,
  ids: ReadonlyArray<string>,
): Effect.fn.Return<ReadonlyMap<string, "live" | DeletionReason>, ReadFailure, ReadServices> {
  const shown = new Map<string, Row>()
  const note = (rows: ReadonlyArray<Row>) => Effect.sync(() => rows.forEach((row) => shown.set(idOf(row), row)))
  const unlisted = (some: ReadonlyArray<string>, archived?: ReadonlyArray<string>) =>
    eachOfTypes(run, types, some, note, true, archived)
  const fates = new Map<string, "live" | DeletionReason>(ids.map((id) => [id, "live"]))
  const { reasons, outside } = yield* judged(run, types, [...(yield* unlisted(ids))])
  for (const [id, reason] of [...outside, ...reasons]) fates.set(id, reason)
  // What came back between the two questions is there after all, as is what is in a space that was archived since.
  const found = [...reasons].flatMap(([id, reason]) => (reason === "not_visible" ? id : []))
  const gone = found.length === 0 ? new Set<string>() : yield* unlisted(found, yield* archivedNow)
  for (const id of found) if (!gone.has(id)) fates.set(id, "live")
  const { look } = looksOf(run)
  for (const [id, reason] of yield* reasonsByContainers(run, [...shown.values()], look))
    if (reason !== "not_visible") fates.set(id, reason)
  return fates
})

export const goneOfTypes = Effect.fnUntraced(function* (
  run: StreamRun,
  types: ReadonlyArray<string>,
  ids: ReadonlyArray<string>,
): Effect.fn.Return<Reasons, ReadFailure, ReadServices> {
  const filtered = yield* ofTypesThatLeft(run, types, new Set(ids))
  // It is the filters' doing, and counts on neither side of the guard.
  yield* run.bury(filtered)
  const send = (rows: ReadonlyArray<Row>) => sendAdmitted(run, rows)
  /** Those that the lists do not show. What they show is sent with its body, if it is news. */
  const notListed = Effect.fnUntraced(function* (some: ReadonlyArray<string>, archived?: ReadonlyArray<string>) {
    const there: Array<string> = []
    const note = (rows: ReadonlyArray<Row>) => Effect.sync(() => void there.push(...rows.map(idOf)))
    const nowhere = yield* eachOfTypes(run, types, some, note, true, archived)
    if (there.length === 0) return nowhere
    return new Set([...nowhere, ...(yield* eachOfTypes(run, types, there, send, false, archived))])
  })
  const open = yield* notListed(ids.filter((id) => !filtered.has(id)))
  const all = [...open]
  const { reasons, outside, seen } = yield* judged(run, types, all.slice(0, MOST_LOOKS))
  yield* run.bury(outside)
  for (const id of all.slice(MOST_LOOKS)) reasons.set(id, "not_visible")
  // What came back between the two questions is there after all, as is what is in a space that was archived since.
  const found = [...reasons].flatMap(([id, reason]) => (reason === "not_visible" && seen.has(id) ? [id] : []))
  const gone = found.length === 0 ? new Set<string>() : yield* notListed(found, yield* archivedNow)
  for (const id of found) if (!gone.has(id)) reasons.delete(id)
  return reasons
})
