/**
 * The kind of streams that ask each content for what it has of its own, and tell changes: properties and versions.
 *
 * Between reconciliations only content that has a new version is asked, and what failed before. A reconciliation asks all, and so does a
 * first scan that was cut off: it goes on with what was not asked yet, then asks the rest once more. What a content has no more, or has
 * with it when it is gone, gets a tombstone; content that failed keeps its rows.
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
import { Contents } from "../../sync/Contents.ts"
import { type ReadFailure, partsUnread } from "../../sync/failures.ts"
import { isDue } from "../../sync/Following.ts"
import { type ManyParents, readSome, walkMany } from "../../sync/manyParents.ts"
import { scanOf } from "../../sync/Pass.ts"
import type { ReadServices } from "../../sync/readServices.ts"
import { believe } from "../../sync/reconcile.ts"
import { Settings } from "../../sync/services.ts"
import type { StreamDefinition } from "../../sync/StreamDefinition.ts"
import type { StreamRun } from "../../sync/StreamRun.ts"
import { changedContents } from "../changedContents.ts"
import {
  KINDS,
  type Kind,
  type KindName,
  type Listed,
  type OnContents,
  listContents,
  sourcesOf,
} from "../contentParents.ts"
import { type Content, isOfOneKind, NOTHING } from "./childrenOfContent.ts"
import { type Facts } from "./lists.ts"

type Reading<A> = Effect.Effect<A, ReadFailure, ReadServices>

/** In the order of their numbers in states: only ever added to. */
const NUMBERED: ReadonlyArray<KindName> = [
  "page",
  "blogpost",
  "footer-comment",
  "inline-comment",
  "attachment",
  "custom-content",
]
const numberOfKind = (kind: KindName): number => NUMBERED.indexOf(kind)

/** More content than this that is gone is not asked one by one for the reason. */
const MOST_LOOKS = 1000
/** Content that is asked for at once beyond the walks. */
const PORTION = 500

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

const contentOf = (kind: KindName, id: string): Content => ({ kind, contentType: KINDS[kind].contentType, id })

/** Nobody can tell which of the rows of a content these are. */
const withoutKeys = ({ path }: Endpoint, odd: number) =>
  new UnexpectedResponse({
    message: `Confluence lists ${odd} of its rows without what tells them apart, so that nobody knows what it has no more.`,
    endpoint: `GET ${path}`,
    status: undefined,
  })

/** One stream in one sync. */
class Following {
  readonly #run: StreamRun
  readonly #facts: FollowedFacts
  /** Content that had rows and shows none now. */
  readonly #emptied = new Map<string, KindName>()

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
      for (const row of sound) shown.add(run.children!.childOf(withKind(row, numberOfKind(kind))))
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
      if (isKnown && shown.size === 0) this.#emptied.set(content.id, content.kind)
      else {
        this.#emptied.delete(content.id)
        index.noteAll(content.id, shown)
      }
    })
  }

  /**
   * What has become of content that shows nothing any more. Doubt: whether content in the trash answers that it has nothing; so it is
   * looked at, asked once more if it is there, and looked at again.
   */
  #emptiedAs(): Reading<ReadonlyMap<string, DeletionReason>> {
    return Effect.gen({ self: this }, function* () {
      const gone = new Map<string, DeletionReason>()
      const { index } = this.#run.children!
      for (const isLast of [false, true]) {
        for (const kind of new Set(this.#emptied.values())) {
          const ids = [...this.#emptied].flatMap(([id, each]) => (each === kind ? id : []))
          const looked = ids.slice(0, MOST_LOOKS)
          const fates = yield* KINDS[kind].fates(this.#run, KINDS[kind], looked)
          const there = looked.filter((id) => fates.get(id) === "live")
          for (const id of looked) {
            const fate = fates.get(id) ?? "not_visible"
            if (fate === "live") continue
            gone.set(id, fate)
            this.#emptied.delete(id)
            index.noteAll(id, NOTHING_SHOWN)
          }
          if (!isLast && there.length > 0) yield* readSome(this.#parentsOf(kind, NOTHING_LISTED), there, () => {})
        }
      }
      for (const id of this.#emptied.keys()) index.noteAll(id, NOTHING_SHOWN)
      return gone
    })
  }

  #parentsOf(kind: KindName, { ids, notWhole }: Listed): ManyParents {
    return {
      kind: KINDS[kind].plural,
      ids: ids.get(kind)!,
      areAll: !notWhole.has(kind),
      nameOf: (id) => `${KINDS[kind].called} ${id}`,
      read: (id) => this.#ask(contentOf(kind, id)),
      stillThere: (some) =>
        Effect.map(
          KINDS[kind].fates(this.#run, KINDS[kind], some),
          (fates) => new Set(some.filter((id) => fates.get(id) === "live")),
        ),
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
    const listed = yield* listContents(kinds, this.#told(others))
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
      changes.compared()
    }
    yield* this.#fail(missed)
  })

  /** What has become of known content that is in no list; what is there after all is asked, and not answered. */
  #gone(listed: Listed, others: KeySet): Reading<ReadonlyMap<string, DeletionReason>> {
    return Effect.gen({ self: this }, function* () {
      const run = this.#run
      const { scope } = yield* Settings
      const unlisted = new Map<KindName, Array<string>>()
      for (const { kind: number, contentId } of run.children!.index.contents()) {
        const kind = NUMBERED[number]
        if (kind === undefined || listed.notWhole.has(kind) || others.has(contentId)) continue
        if (listed.ids.get(kind)?.has(contentId) === true) continue
        const known = unlisted.get(kind)
        if (known === undefined) unlisted.set(kind, [contentId])
        else known.push(contentId)
      }
      const gone = new Map<string, DeletionReason>()
      for (const [kind, all] of unlisted) {
        const { leftOut: toldOut }: Kind = KINDS[kind]
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
          else if (!scope.isEverything) gone.set(id, "filtered")
          else there.push(id)
        }
        const parents = this.#parentsOf(kind, listed)
        if (there.length > 0) yield* readSome(parents, there, () => {})
      }
      return gone
    })
  }

  #buryAll(listed: Listed, others: KeySet): Reading<void> {
    return Effect.gen({ self: this }, function* () {
      const run = this.#run
      const { index } = run.children!
      const known = index.size
      const gone = yield* this.#gone(listed, others)
      for (const contentId of gone.keys()) index.noteAll(contentId, NOTHING_SHOWN)
      const emptied = yield* this.#emptiedAs()
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
    const emptied = yield* this.#emptiedAs()
    yield* run.buryChildren(
      changes.index.missingRows().map((child) => [child, emptied.get(child.contentId) ?? "purged"] as const),
    )
    if (newest !== undefined) changes.followedTo(newest)
    yield* this.#fail(missed)
  })

  #fail(missed: ReadonlyArray<Missed>): Reading<void> {
    const { name } = this.#run.facts
    return missed.length === 0
      ? Effect.void
      : partsUnread(name, `${this.#facts.what} of ${missed.length} contents`, missed, undefined)
  }
}

const NOTHING_SHOWN: ReadonlySet<string> = new Set()
const NONE: ReadonlyMap<string, DeletionReason> = new Map()
const NOTHING_LISTED: Listed = {
  ids: new Map(),
  missed: [],
  notWhole: new Set(),
  odd: 0,
  unasked: [],
  newest: new Map(),
}

const follow = (facts: FollowedFacts, run: StreamRun): Reading<void> =>
  Effect.gen(function* () {
    const changes = run.children!
    const { reconcileIntervalHours } = yield* Settings
    yield* Contents.use((contents) => contents.prepare(run.facts.name, run.facts.filteredAs))
    const following = new Following(run, facts)
    const isWhole = !changes.scanned || changes.otherScope || isDue(changes, reconcileIntervalHours)
    yield* isWhole ? following.all : following.news
  })

/** A stream of what each content of some kinds has, which tells changes. */
export const followedChildren = (facts: Facts & FollowedFacts): StreamDefinition => {
  const { kinds, what, endpointOf, key, read, told, newestOf, ...rest } = facts
  const own: FollowedFacts = {
    kinds,
    what,
    endpointOf,
    key,
    read,
    ...(told === undefined ? {} : { told }),
    ...(newestOf === undefined ? {} : { newestOf }),
  }
  const sources = sourcesOf(kinds).map(({ definition }) => definition)
  const endpoints = kinds.map(endpointOf)
  const ofTypes = sources.find((source) => source.ofTypes === true)
  return {
    ...rest,
    ...(ofTypes === undefined ? {} : { ofTypes: true }),
    syncModes: ["full_refresh", "incremental"],
    endpoints: [...endpoints, ...sources.flatMap((source) => source.endpoints)],
    probes: [
      ...kinds.map((kind) =>
        kind === "custom-content"
          ? { endpoint: endpointOf(kind), nothing: NOTHING, without: `${what} of custom content cannot be read` }
          : { endpoint: endpointOf(kind), nothing: NOTHING },
      ),
      ...sources.flatMap((source) =>
        source.ofTypes === true ? [] : source.probes.filter(({ without }) => without === undefined),
      ),
    ],
    ofContents: { key, follow: (run) => follow(own, run) },
    read: ({ run }) => follow(own, run),
  }
}
