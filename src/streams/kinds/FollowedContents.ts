/**
 * The contents that a stream asks for what they have of their own, in one sync: all of them, or those that may have something new.
 *
 * A first scan that was cut off goes on with what was not asked yet, then asks the rest once more. Content that failed keeps its rows, and
 * is asked again by the next sync.
 */
import { Effect } from "effect"
import { UnexpectedResponse } from "../../confluence/errors.ts"
import type { Row } from "../../confluence/Listing.ts"
import type { Endpoint } from "../../confluence/scopes.ts"
import type { Missed } from "../../site/Accounts.ts"
import { KeySet } from "../../site/KeySet.ts"
import type { DeletionReason } from "../../sync/Changes.ts"
import { type ChildKey, withKind } from "../../sync/ChildChanges.ts"
import type { Child } from "../../sync/ChildIndex.ts"
import { type ReadFailure, partsUnread } from "../../sync/failures.ts"
import { type ManyParents, readSome, walkMany } from "../../sync/manyParents.ts"
import { scanOf } from "../../sync/Pass.ts"
import type { ReadServices } from "../../sync/readServices.ts"
import { believe } from "../../sync/reconcile.ts"
import { Settings } from "../../sync/services.ts"
import type { StreamRun } from "../../sync/StreamRun.ts"
import { changedContents } from "../changedContents.ts"
import { KIND_NAMES, type KindName, type Listed, type OnContents, listContents } from "../contentLists.ts"
import { KINDS } from "../contentParents.ts"
import { type Content, contentOf, isOfOneKind } from "./childrenOfContent.ts"
import { emptiedAs, goneOf, NOTHING_SHOWN } from "./goneContents.ts"

type Reading<A> = Effect.Effect<A, ReadFailure, ReadServices>

/** Content that is asked for at once beyond the walks. */
const PORTION = 500
/** More content that has failed is not kept for the next sync, which then asks all. */
const MOST_KEPT = 100

const NOTHING_LISTED: Listed = {
  ids: new Map(),
  missed: [],
  notWhole: new Set(),
  odd: 0,
  unasked: [],
  newest: new Map(),
}

export interface FollowedFacts {
  readonly kinds: ReadonlyArray<KindName>
  readonly what: string
  readonly endpointOf: (kind: KindName) => Endpoint
  readonly key: ChildKey
  /** Goes through all that one content has. */
  readonly read: (
    content: Content,
    mayBeEmpty: boolean,
    onRows: (rows: ReadonlyArray<Row>) => Reading<void>,
  ) => Reading<void>
  /** All that a content has, where its own row tells; undefined where it has to be asked. */
  readonly told?: (content: Content, row: Row) => ReadonlyArray<Row> | undefined
  /** The newest of what a content has, as its own row tells it: where that is known, there is nothing new. */
  readonly newestOf?: (row: Row) => string | undefined
}

/** Nobody can tell which of the rows of a content these are. */
const withoutKeys = ({ path }: Endpoint, odd: number) =>
  new UnexpectedResponse({
    message: `Confluence lists ${odd} of its rows without what tells them apart, so that nobody knows what it has no more.`,
    endpoint: `GET ${path}`,
    status: undefined,
  })

/** One stream in one sync. */
export class FollowedContents {
  readonly #run: StreamRun
  readonly #facts: FollowedFacts
  /** Content that had rows and shows none now. */
  readonly #emptied = new Map<string, KindName>()
  /** Content that is said not to be there when it is asked, and what has become of it. */
  readonly #vanished = new Map<string, DeletionReason>()
  /** What of the contents that no list has shown, or that were asked once more, could not be read. */
  readonly #missed: Array<Missed> = []
  readonly #failed = new Map<KindName, ReadonlyArray<string>>()

  constructor(run: StreamRun, facts: FollowedFacts) {
    this.#run = run
    this.#facts = facts
  }

  /** Answers how many of the rows cannot be sent. */
  #take({ kind }: Content, rows: ReadonlyArray<Row>, shown: Set<string>): Reading<number> {
    return Effect.gen({ self: this }, function* () {
      const run = this.#run
      const sound = run.sound(rows)
      if (sound.length < rows.length || run.isOdd) yield* run.tellOdd(rows.length - sound.length)
      for (const row of sound) shown.add(run.children!.childOf(withKind(row, KIND_NAMES.indexOf(kind))))
      yield* run.take(sound, () => {})
      return rows.length - sound.length
    })
  }

  /** Sends what is new of what a content has, and notes what it has no more. */
  #ask(content: Content): Reading<void> {
    return Effect.gen({ self: this }, function* () {
      const { index } = this.#run.children!
      const shown = new Set<string>()
      const isKnown = index.has(content.id)
      let odd = 0
      yield* this.#facts.read(content, !isKnown, (rows) =>
        Effect.map(this.#take(content, rows, shown), (unsound) => void (odd += unsound)),
      )
      // A row that came without its key may be one that is known: nothing of that content is gone for it.
      const isMissing = index.childrenOf(content.id).some((id) => !shown.has(id))
      if (odd > 0 && isMissing) return yield* withoutKeys(this.#facts.endpointOf(content.kind), odd)
      this.#vanished.delete(content.id)
      if (isKnown && shown.size === 0) this.#emptied.set(content.id, content.kind)
      else {
        this.#emptied.delete(content.id)
        index.noteAll(content.id, shown)
      }
    })
  }

  /** Asks contents that no list has shown, or that are asked once more; answers those that failed. */
  readonly #askUnlisted = (kind: KindName, ids: ReadonlyArray<string>): Reading<ReadonlySet<string>> =>
    Effect.gen({ self: this }, function* () {
      const failed = new Set<string>()
      const note = (id: string, isMissed: boolean) => void (isMissed ? failed.add(id) : failed.delete(id))
      this.#missed.push(...(yield* readSome(this.#parentsOf(kind, NOTHING_LISTED), ids, note)))
      this.#failed.set(kind, [...(this.#failed.get(kind) ?? []), ...failed])
      return failed
    })

  /** What has failed of them is asked for by the next sync. Answers false where that is too much for a state. */
  #keepFailed(): boolean {
    let isKept = true
    for (const [kind, failed] of this.#failed) {
      const { plural } = KINDS[kind]
      const left = new Set([...(this.#run.parts.get(plural)?.left ?? []), ...failed])
      if (left.size > MOST_KEPT) isKept = false
      else if (failed.length > 0) this.#run.parts.set(plural, { f: { l: failed.at(-1)! }, left: [...left] })
    }
    return isKept
  }

  #parentsOf(kind: KindName, { ids, notWhole }: Listed): ManyParents {
    return {
      kind: KINDS[kind].plural,
      ids: ids.get(kind)!,
      areAll: !notWhole.has(kind),
      nameOf: (id) => `${KINDS[kind].called} ${id}`,
      read: (id) => this.#ask(contentOf(kind, id)),
      stillThere: (some) =>
        Effect.map(KINDS[kind].fates(this.#run, KINDS[kind], some), (fates) => {
          for (const id of some) {
            const fate = fates.get(id) ?? "not_visible"
            if (fate !== "live") this.#vanished.set(id, fate)
          }
          return new Set(some.filter((id) => fates.get(id) === "live"))
        }),
      onVanished: () => void this.#run.counts.skipped++,
    }
  }

  /** Takes what the rows of content tell; answers those that have to be asked. `others`: those that need not. */
  #told(others: KeySet): OnContents | undefined {
    const { told } = this.#facts
    if (told === undefined) return undefined
    return (rows, kindOf) =>
      Effect.gen({ self: this }, function* () {
        const left: Array<Row> = []
        for (const row of rows) {
          const content = contentOf(kindOf(row), String(row["id"]))
          const all = told(content, row)
          if (all === undefined) left.push(row)
          else {
            const shown = new Set<string>()
            yield* this.#take(content, all, shown)
            this.#run.children!.index.noteAll(content.id, shown)
            others.add(content.id)
          }
        }
        return left
      })
  }

  /** Asks all content, and makes tombstones of what is gone. */
  readonly all: Reading<void> = Effect.gen({ self: this }, function* () {
    const run = this.#run
    const { kinds, what } = this.#facts
    const changes = run.children!
    const isScan = !changes.scanned
    const others = new KeySet()
    const listed = yield* listContents(kinds, this.#told(others), run.facts)
    run.counts.failed += listed.odd
    const missed: Array<Missed> = [...listed.missed, ...listed.unasked]
    let isWhole = listed.notWhole.size === 0
    const left = new Map<string, ReadonlyArray<string>>()
    for (const kind of kinds) {
      const parents = this.#parentsOf(kind, listed)
      const before = isScan && run.resumed ? run.parts.get(parents.kind) : undefined
      const pass = { ...scanOf(run), ...(isScan ? {} : { parts: new Map() }) }
      const ask = Effect.gen({ self: this }, function* () {
        const failed = [...(yield* walkMany(pass, parents))]
        // What an earlier attempt has asked may have changed since.
        const asked = before?.f?.l
        if (asked === undefined || !parents.ids.has(asked)) return failed
        const again = new Set(before?.left)
        for (const portion of parents.ids.portions(PORTION)) {
          const some = portion.slice(0, portion.includes(asked) ? portion.indexOf(asked) + 1 : undefined)
          failed.push(
            ...(yield* readSome(
              parents,
              some.filter((id) => !again.has(id)),
              () => {},
            )),
          )
          if (some.length < portion.length || some.at(-1) === asked) break
        }
        return failed
      })
      const failed = yield* ask.pipe(
        Effect.catchIf(isOfOneKind, (error) => {
          isWhole = false
          return Effect.succeed([{ name: `${what} of ${parents.kind}`, error: error as Missed["error"] }])
        }),
      )
      missed.push(...failed)
      const position = pass.parts.get(parents.kind)
      if (failed.length > (position?.left?.length ?? 0)) isWhole = false
      left.set(parents.kind, position?.left ?? [])
    }
    yield* this.#buryAll(listed, others)
    if (isWhole) {
      const newest = [...listed.newest.values()]
      for (const [kind, ids] of left) {
        run.parts.delete(kind)
        if (ids.length > 0) run.parts.set(kind, { f: { l: ids.at(-1)! }, left: ids })
      }
      if (Number.isFinite(Math.max(...newest))) changes.followedTo(Math.max(...newest))
      if (isScan) changes.scanFinished()
      if (this.#keepFailed()) changes.compared()
    }
    yield* this.#fail([...missed, ...this.#missed])
  })

  #buryAll(listed: Listed, others: KeySet): Reading<void> {
    return Effect.gen({ self: this }, function* () {
      const run = this.#run
      const { index } = run.children!
      const known = index.size
      // A list may show what hangs on content in the trash, and whoever asks it is told that it is not there.
      const gone = new Map([...(yield* goneOf(run, listed, others, this.#askUnlisted)), ...this.#vanished])
      for (const contentId of gone.keys()) index.noteAll(contentId, NOTHING_SHOWN)
      const emptied = yield* emptiedAs(this.#run, this.#emptied, this.#askUnlisted)
      const rows = index
        .missingRows()
        .map((child): readonly [Child, DeletionReason] => [
          child,
          gone.get(child.contentId) ?? emptied.get(child.contentId) ?? "purged",
        ])
      const filtered = rows.filter(([, reason]) => reason === "filtered").length
      yield* believe(run, rows.length - filtered, known - filtered)
      yield* run.buryChildren(rows)
    })
  }

  /** Asks the content that has a new version, and what failed before. */
  readonly news: Reading<void> = Effect.gen({ self: this }, function* () {
    const run = this.#run
    const { kinds, newestOf, told } = this.#facts
    const changes = run.children!
    const { lookbackMs } = yield* Settings
    const downTo = (changes.newest ?? Number.NEGATIVE_INFINITY) - lookbackMs
    const { changed, newest } = yield* changedContents(kinds, downTo)
    const missed: Array<Missed> = []
    for (const kind of kinds) {
      const parents = this.#parentsOf(kind, NOTHING_LISTED)
      const own = changed.filter((each) => each.kind === kind)
      const left = new Set(run.parts.get(parents.kind)?.left)
      for (const { row } of own) {
        const content = contentOf(kind, String(row["id"]))
        const all = told?.(content, row)
        const last = newestOf?.(row)
        const isKnown = last !== undefined && changes.index.get(content.id, last) !== undefined
        if (all === undefined && !isKnown) left.add(content.id)
        else if (all === undefined) continue
        else {
          const shown = new Set<string>()
          yield* this.#take(content, all, shown)
          changes.index.noteAll(content.id, shown)
          left.delete(content.id)
        }
      }
      const failed = new Set<string>()
      const note = (id: string, isMissed: boolean) => void (isMissed ? failed.add(id) : failed.delete(id))
      missed.push(...(yield* readSome(parents, [...left], note)))
      run.parts.delete(parents.kind)
      if (failed.size > 0) run.parts.set(parents.kind, { f: { l: [...failed].at(-1)! }, left: [...failed] })
    }
    const emptied = yield* emptiedAs(this.#run, this.#emptied, this.#askUnlisted)
    yield* run.buryChildren(
      changes.index.missingRows().map((child) => [child, emptied.get(child.contentId) ?? "purged"] as const),
    )
    if (this.#keepFailed() && newest !== undefined) changes.followedTo(newest)
    yield* this.#fail([...missed, ...this.#missed])
  })

  #fail(missed: ReadonlyArray<Missed>): Reading<void> {
    const { name } = this.#run.facts
    return missed.length === 0
      ? Effect.void
      : partsUnread(name, `${this.#facts.what} of ${missed.length} contents`, missed, undefined)
  }
}
