/**
 * What has become of content that a stream has rows of, and that is in no list any more or shows nothing: why its rows are gone, if they are.
 */
import { Effect } from "effect"
import type { KeySet } from "../../site/KeySet.ts"
import type { DeletionReason } from "../../sync/Changes.ts"
import type { ReadFailure } from "../../sync/failures.ts"
import type { ReadServices } from "../../sync/readServices.ts"
import { Settings } from "../../sync/services.ts"
import type { StreamRun } from "../../sync/StreamRun.ts"
import { KIND_NAMES, type KindName, type Listed } from "../contentLists.ts"
import { KINDS, type Kind } from "../contentParents.ts"

type Reading<A> = Effect.Effect<A, ReadFailure, ReadServices>
type Reasons = ReadonlyMap<string, DeletionReason>
/** Asks contents of a kind; answers those that failed. */
type Ask = (kind: KindName, ids: ReadonlyArray<string>) => Reading<ReadonlySet<string>>

/** More content than this that is gone is not asked one by one for the reason. */
const MOST_LOOKS = 1000

const NONE: Reasons = new Map()
export const NOTHING_SHOWN: ReadonlySet<string> = new Set()

/**
 * What has become of content that shows nothing any more. Doubt: whether content in the trash answers that it has nothing; so it is
 * looked at, asked once more if it is there, and looked at again.
 */
export const emptiedAs = (run: StreamRun, emptied: Map<string, KindName>, ask: Ask): Reading<Reasons> =>
  Effect.gen(function* () {
    const gone = new Map<string, DeletionReason>()
    const { index } = run.children!
    for (const isLast of [false, true]) {
      for (const kind of new Set(emptied.values())) {
        const ids = [...emptied].flatMap(([id, each]) => (each === kind ? id : []))
        const looked = ids.slice(0, MOST_LOOKS)
        const fates = yield* KINDS[kind].fates(run, KINDS[kind], looked)
        const there = looked.filter((id) => fates.get(id) === "live")
        for (const id of looked) {
          const fate = fates.get(id) ?? "not_visible"
          if (fate === "live") continue
          gone.set(id, fate)
          emptied.delete(id)
          index.noteAll(id, NOTHING_SHOWN)
        }
        // What cannot be asked once more is not believed to have nothing.
        if (!isLast && there.length > 0) for (const id of yield* ask(kind, there)) emptied.delete(id)
      }
    }
    for (const id of emptied.keys()) index.noteAll(id, NOTHING_SHOWN)
    return gone
  })

/** What has become of known content that is in no list; what is there after all is asked, and not answered. */
export const goneOf = (run: StreamRun, listed: Listed, others: KeySet, ask: Ask): Reading<Reasons> =>
  Effect.gen(function* () {
    const { scope } = yield* Settings
    const unlisted = new Map<KindName, Array<string>>()
    for (const { kind: number, contentId } of run.children!.index.contents()) {
      const kind = KIND_NAMES[number]
      if (kind === undefined || listed.notWhole.has(kind) || others.has(contentId)) continue
      if (listed.ids.get(kind)?.has(contentId) === true) continue
      const known = unlisted.get(kind)
      if (known === undefined) unlisted.set(kind, [contentId])
      else known.push(contentId)
    }
    const gone = new Map<string, DeletionReason>()
    for (const [kind, all] of unlisted) {
      const { leftOut: toldOut, tellsFiltered }: Kind = KINDS[kind]
      const leftOut = toldOut === undefined ? NONE : yield* toldOut(run, all)
      for (const [id, reason] of leftOut) gone.set(id, reason)
      const ids = leftOut.size === 0 ? all : all.filter((id) => !leftOut.has(id))
      const looked = ids.slice(0, MOST_LOOKS)
      for (const id of ids.slice(MOST_LOOKS)) gone.set(id, "not_visible")
      const fates = yield* KINDS[kind].fates(run, KINDS[kind], looked)
      const there: Array<string> = []
      for (const id of looked) {
        const fate = fates.get(id) ?? "not_visible"
        if (fate !== "live") gone.set(id, fate)
        else if (!scope.isEverything && tellsFiltered !== true) gone.set(id, "filtered")
        else there.push(id)
      }
      if (there.length > 0) yield* ask(kind, there)
    }
    return gone
  })
