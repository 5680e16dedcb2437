/**
 * Lists all of a stream and compares it with what the destination has: what differs is sent, what is gone becomes a tombstone.
 *
 * It counts only when every list of it came to its end, and it does not believe in a site that shows far less than before.
 */
import { Effect } from "effect"
import { UnexpectedResponse } from "../confluence/errors.ts"
import { MOST_IDS } from "../site/manyValues.ts"
import { admitted } from "./admission.ts"
import { type ReadFailure, TooMuchMissing } from "./failures.ts"
import { type Pass, relistingOf } from "./Pass.ts"
import type { ReadServices } from "./readServices.ts"
import { Settings } from "./services.ts"
import type { ChangeFacts, StreamDefinition } from "./StreamDefinition.ts"
import type { StreamRun } from "./StreamRun.ts"

/** So few missing rows are believed whatever share of all they are. */
const FEW = 20
/** So many rows are named in an error. */
const MOST_NAMED = 5

/** A pass that compares: what differs is fetched by its id in batches. */
export const comparing = (run: StreamRun, fetch: NonNullable<ChangeFacts["fetch"]>) => {
  // A list that is walked from both ends breaks off the one that comes later, perhaps while it fetches: what was not fetched
  // to the end stays here, for the flush.
  const different = new Set<string>()
  let waiting: Array<string> = []
  /** Listed, and not found by their ids: gone since then, or hidden for a moment. */
  const unfound = new Set<string>()
  const fetchAll = (ids: ReadonlyArray<string>) =>
    Effect.map(fetch(run, ids), (missing) => {
      for (const id of ids) different.delete(id)
      for (const id of missing) unfound.add(id)
    })
  const flush = Effect.suspend(() => (different.size === 0 ? Effect.void : fetchAll([...different])))
  const pass: Pass = {
    run,
    parts: new Map(),
    withBodies: false,
    sendsAll: false,
    take: (rows, advance) =>
      Effect.flatMap(admitted(run, rows), (some) => {
        const changes = run.changes!
        run.accounts?.note(some)
        advance()
        for (const row of some) {
          if (!changes.differs(row)) continue
          const id = String(row["id"])
          different.add(id)
          waiting.push(id)
        }
        if (waiting.length < MOST_IDS) return Effect.void
        const batch = waiting.slice(0, MOST_IDS)
        waiting = waiting.slice(MOST_IDS)
        return fetchAll(batch)
      }),
  }
  return { pass, flush, unfound }
}

/** Fails where so much is missing that the site is not believed. */
export const believe = Effect.fnUntraced(function* (run: StreamRun, missing: number, known: number) {
  const { maxDeletionPercent } = yield* Settings
  if (missing <= FEW || missing <= (known * maxDeletionPercent) / 100) return
  const share = ((100 * missing) / known).toFixed(1)
  return yield* new TooMuchMissing({
    message:
      `${run.facts.name}: the site shows ${missing} of ${known} known rows no more (${share} %), above max_deletion_percent ` +
      `(${maxDeletionPercent}). None of them was deleted. If the site is right, raise max_deletion_percent for one sync; ` +
      `else look at the credential's permissions.`,
  })
})

/** What the site shows without its key may be what seems to be gone: neither is known, so that nothing is told to be. */
const untold = ({ facts: { name, endpoints } }: StreamRun, unseen: ReadonlyArray<string>, odd: number) =>
  new UnexpectedResponse({
    message:
      `${name}: the site shows ${unseen.length} known rows no more (${unseen.slice(0, MOST_NAMED).join(", ")}${unseen.length > MOST_NAMED ? ", …" : ""}), ` +
      `but lists ${odd} without an id, which these may be. None of them was deleted; the next sync asks again.`,
    endpoint: `GET ${endpoints[0]!.path}`,
    status: undefined,
  })

/** Lists everything and compares it with what is known. */
export const reconcile = Effect.fnUntraced(function* (
  run: StreamRun,
  facts: ChangeFacts,
  read: StreamDefinition["read"],
): Effect.fn.Return<void, ReadFailure, ReadServices> {
  const changes = run.changes!
  changes.index.forgetListed()
  let doubtful: ReadonlySet<string> = new Set()
  const oddBefore = run.counts.failed
  if (facts.fetch === undefined) {
    yield* read(relistingOf(run))
  } else {
    const { pass, flush, unfound } = comparing(run, facts.fetch)
    doubtful = unfound
    // What was listed of the rest is sent all the same.
    yield* Effect.catchTag(read(pass), "PartsUnread", (error) => Effect.andThen(flush, Effect.fail(error)))
    yield* flush
  }
  const { scope } = yield* Settings
  const isEverything = scope.isEverything && !changes.otherScope
  const known = changes.index.size
  const missing = [...new Set([...changes.notListed(), ...doubtful])]
  // What the filters leave out by now is no doubt about the site: it is looked for first, and counts on neither side.
  if (isEverything) yield* believe(run, missing.length, known)
  if (missing.length > 0) {
    const gone = yield* facts.gone(run, missing)
    // Nor does what the site shows after all, such as a page of which nobody can tell what it lies below.
    const left = missing.filter((id) => gone.has(id) && changes.index.get(id) !== undefined)
    if (!isEverything) yield* believe(run, left.length, changes.index.size)
    const odd = run.counts.failed - oddBefore
    const unseen = odd === 0 ? [] : left.filter((id) => gone.get(id) === "not_visible")
    const hidden = new Set(unseen)
    yield* run.bury(new Map([...gone].filter(([id]) => !hidden.has(id))))
    if (unseen.length > 0) return yield* untold(run, unseen, odd)
  }
  changes.compared()
  run.accounts?.allListed()
})
