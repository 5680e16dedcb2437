/**
 * The content whose own lists streams ask for, one by one: which kinds there are, all content of each that the filters let in, and what
 * has become of content that is in no list.
 *
 * What there is of a kind is listed without bodies, once for all streams of a sync. What lies or hangs in the trash has no rows.
 */
import { Effect } from "effect"
import type { Row } from "../confluence/Listing.ts"
import type { Missed } from "../site/Accounts.ts"
import {
  containerKey,
  containerOf,
  LISTED_CONTAINERS,
  pathBelow,
  SINGLE_CONTAINERS,
  withContainer,
} from "../site/containers.ts"
import { IdList } from "../site/IdList.ts"
import { unaskedContents } from "../site/unasked.ts"
import { admitted, letIn } from "../sync/admission.ts"
import type { DeletionReason } from "../sync/Changes.ts"
import { statesOf } from "../sync/containerStates.ts"
import { type ReadFailure, isOfOnePart } from "../sync/failures.ts"
import { reasonsInTrash } from "../sync/gone.ts"
import { type Single, stillListed } from "../sync/goneWithContainer.ts"
import { lookAt } from "../sync/lookAt.ts"
import { type ById, eachAnywhere, idOf } from "../sync/LookUp.ts"
import { Once } from "../sync/Once.ts"
import type { Pass } from "../sync/Pass.ts"
import type { ReadServices } from "../sync/readServices.ts"
import { MOST_AT_ONCE, Settings } from "../sync/services.ts"
import type { StreamDefinition } from "../sync/StreamDefinition.ts"
import { type StreamRun, silentRun } from "../sync/StreamRun.ts"
import { Containers, KINDS as COMMENTS, SCOPE as COMMENT_SCOPE, parentOf, shaped } from "./commentContainers.ts"
import { besideComment } from "./commentLooks.ts"
import { fatesOfTypes, ofTypesThatLeft } from "./customContent/gone.ts"
import { attachments } from "./definitions/attachments.ts"
import { blogPosts } from "./definitions/blog_posts.ts"
import { comments } from "./definitions/comments.ts"
import { customContent } from "./definitions/custom_content.ts"
import { pages } from "./definitions/pages.ts"

type Reading<A> = Effect.Effect<A, ReadFailure, ReadServices>

/** What has become of content. */
export type Fate = "live" | DeletionReason

export interface Kind {
  /** As rows name it. */
  readonly contentType: string
  readonly called: string
  /** In messages. */
  readonly plural: string
  /** Where one is found by its id, up to that. */
  readonly path: string
  readonly scope: string
  readonly fates: (run: StreamRun, kind: Kind, ids: ReadonlyArray<string>) => Reading<ReadonlyMap<string, Fate>>
  /** Those of any number that the config leaves out by now, as lists tell. */
  readonly leftOut?: (run: StreamRun, ids: ReadonlyArray<string>) => Reading<ReadonlyMap<string, DeletionReason>>
}

/** For content that its list finds by ids. */
const fatesOfListed: Kind["fates"] = (run, { path, scope }, ids) =>
  Effect.gen(function* () {
    const fates = new Map<string, Fate>(ids.map((id) => [id, "not_visible"]))
    const list: ById = { path, scope, stream: run.facts.name, query: [] }
    const note = (rows: ReadonlyArray<Row>) =>
      Effect.sync(() => rows.forEach((row) => void fates.set(idOf(row), "live")))
    const left = yield* eachAnywhere(list, ids, note)
    for (const [id, reason] of yield* reasonsInTrash(list, left)) fates.set(id, reason)
    return fates
  })

/**
 * For what hangs on content: a look by its id tells where, and what it hangs on, and the list beside it, whether it is there. Where these
 * two lists may differ for good, as of what hangs on archived content, the list of the site is asked a second time, and decides.
 */
const fatesOfHanging =
  (single: Single): Kind["fates"] =>
  (run, kind, ids) =>
    Effect.gen(function* () {
      const { path, scope } = kind
      const stream = run.facts.name
      const fates = new Map<string, Fate>(ids.map((id) => [id, "not_visible"]))
      const found: Array<Row> = []
      const look = Effect.fnUntraced(function* (id: string) {
        const row = yield* lookAt({ path, scope, stream }, id, [])
        if (row === undefined) return
        const { status } = row
        if (status === "trashed" || status === "deleted") fates.set(id, status === "trashed" ? "trashed" : "purged")
        else found.push(yield* single.row(row))
      })
      yield* Effect.forEach(ids, look, { concurrency: MOST_AT_ONCE, discard: true })
      const states = yield* statesOf(
        stream,
        found.flatMap((row) => containerOf(row) ?? []),
      )
      const listed = yield* stillListed(run, { scope }, single, found.map(idOf))
      const doubtful: Array<Row> = []
      for (const row of found) {
        const container = containerOf(row)
        const state = container === undefined ? undefined : states.get(containerKey(container))
        if (state === "trashed" || state === "purged") fates.set(idOf(row), state)
        else if (!listed.has(idOf(row)) || state === undefined) continue
        // A reply is shown below a comment that may be gone itself.
        else if (state === "current" && parentOf(row) === undefined) fates.set(idOf(row), "live")
        else doubtful.push(row)
      }
      for (const [id, fate] of yield* fatesInList(kind, doubtful)) fates.set(id, fate)
      return fates
    })

/** What the list of the site tells of rows, read once more. */
const fatesInList = Effect.fnUntraced(function* (
  { contentType }: Kind,
  rows: ReadonlyArray<Row>,
): Effect.fn.Return<ReadonlyMap<string, Fate>, ReadFailure, ReadServices> {
  if (rows.length === 0) return new Map()
  const source = SOURCES.find(({ kinds }) => KINDS[kinds[0]!].contentType === contentType)!
  const { read: _read, ...facts } = source.definition
  const { ids, missed, odd } = yield* listOf(source, ASK_ALL)
  const shown = (id: string) => [...ids.values()].some((some) => some.has(id))
  const unshown = rows.filter((row) => !shown(idOf(row)))
  // Nothing is gone for a list that was not read to its end.
  if (unshown.length > 0 && missed[0] !== undefined) return yield* missed[0].error
  // What the filters leave out is in no list that is read with them, and there all the same.
  const letInNow = new Set(odd > 0 ? [] : (yield* letIn(silentRun(facts), unshown)).map(idOf))
  return new Map(rows.map((row) => [idOf(row), letInNow.has(idOf(row)) ? "not_visible" : "live"]))
})

const fatesOfComments = (kind: keyof typeof COMMENTS) => {
  const containers = new Containers(kind)
  return fatesOfHanging({
    path: COMMENTS[kind],
    row: (found) => {
      const row = shaped(kind, found)
      return Effect.as(containers.complete([row]), row)
    },
    beside: (row) => besideComment(kind, row),
  })
}

const ATTACHMENTS = "/wiki/api/v2/attachments"

/** The kinds of content, by the names that states know them by. */
export const KINDS = {
  page: { contentType: "page", called: "the page", plural: "pages", ...LISTED_CONTAINERS.page, fates: fatesOfListed },
  blogpost: {
    contentType: "blogpost",
    called: "the blog post",
    plural: "blog posts",
    ...LISTED_CONTAINERS.blogpost,
    fates: fatesOfListed,
  },
  "footer-comment": {
    contentType: "comment",
    called: "the comment",
    plural: "footer comments",
    path: COMMENTS.footer,
    scope: COMMENT_SCOPE,
    fates: fatesOfComments("footer"),
  },
  "inline-comment": {
    contentType: "comment",
    called: "the comment",
    plural: "inline comments",
    path: COMMENTS.inline,
    scope: COMMENT_SCOPE,
    fates: fatesOfComments("inline"),
  },
  attachment: {
    contentType: "attachment",
    called: "the attachment",
    plural: "attachments",
    path: ATTACHMENTS,
    scope: "read:attachment:confluence",
    fates: fatesOfHanging({
      path: ATTACHMENTS,
      row: (each) => Effect.succeed(withContainer(each)),
      beside: (each) => pathBelow(each, "attachments"),
    }),
  },
  "custom-content": {
    contentType: "custom-content",
    called: "the custom content",
    plural: "custom content",
    ...SINGLE_CONTAINERS["custom-content"]!,
    fates: (run, _kind, ids) =>
      Effect.flatMap(Settings, ({ customContentTypes: types }) => fatesOfTypes(run, types, ids)),
    leftOut: (run, ids) =>
      Effect.flatMap(Settings, ({ customContentTypes: types }) => ofTypesThatLeft(run, types, new Set(ids))),
  },
} satisfies Readonly<Record<string, Kind>>
export type KindName = keyof typeof KINDS

/** A stream whose rows are content, and of which kind a row is. */
export interface Source {
  readonly definition: StreamDefinition
  readonly kinds: ReadonlyArray<KindName>
  readonly kindOf: (row: Row) => KindName
}

const SOURCES: ReadonlyArray<Source> = [
  { definition: pages, kinds: ["page"], kindOf: () => "page" },
  { definition: blogPosts, kinds: ["blogpost"], kindOf: () => "blogpost" },
  {
    definition: comments,
    kinds: ["footer-comment", "inline-comment"],
    kindOf: ({ commentType }) => (commentType === "inline" ? "inline-comment" : "footer-comment"),
  },
  { definition: attachments, kinds: ["attachment"], kindOf: () => "attachment" },
  { definition: customContent, kinds: ["custom-content"], kindOf: () => "custom-content" },
]

/** The streams that these kinds of content are rows of. */
export const sourcesOf = (kinds: ReadonlyArray<KindName>): ReadonlyArray<Source> =>
  SOURCES.filter((source) => source.kinds.some((kind) => kinds.includes(kind)))

/** The same, but for those of which the config reads nothing. */
export const sourcesRead = (kinds: ReadonlyArray<KindName>) =>
  Effect.map(Settings, ({ customContentTypes }) =>
    sourcesOf(kinds).filter(({ definition }) => definition.ofTypes !== true || customContentTypes.length > 0),
  )

/** What there is of some kinds of content. */
export interface Listed {
  readonly ids: ReadonlyMap<KindName, IdList>
  /** What could not be listed. */
  readonly missed: ReadonlyArray<Missed>
  /** Kinds of which content may be missing. */
  readonly notWhole: ReadonlySet<KindName>
  /** Rows that came without their ids. */
  readonly odd: number
  /** What these are, in the words of errors: what they have cannot be asked for. */
  readonly unasked: ReadonlyArray<Missed>
  /** The newest time of a version, by the name of the stream that lists it (epoch milliseconds). */
  readonly newest: ReadonlyMap<string, number>
}

/** Takes some rows of content that is let in; answers those that are left to be asked. */
export type OnContents = (rows: ReadonlyArray<Row>, kindOf: Source["kindOf"]) => Reading<ReadonlyArray<Row>>

const listOf = Effect.fnUntraced(function* (
  { definition, kinds, kindOf }: Source,
  onContents: OnContents,
): Effect.fn.Return<Listed, ReadFailure, ReadServices> {
  const { read, ...facts } = definition
  const ids = new Map(kinds.map((kind) => [kind, new IdList()]))
  let newest = Number.NEGATIVE_INFINITY
  const list = Effect.gen(function* () {
    const run = silentRun(facts)
    const take: Pass["take"] = (rows, advance) =>
      Effect.gen(function* () {
        const live = (yield* admitted(run, rows)).filter(({ status }) => status !== "trashed")
        for (const { updatedAt } of rows) newest = Math.max(newest, timeOf(updatedAt))
        for (const row of yield* onContents(live, kindOf)) ids.get(kindOf(row))!.add(idOf(row))
        advance()
      })
    const missed = yield* read({ run, parts: new Map(), withBodies: false, sendsAll: false, take }).pipe(
      Effect.as<ReadonlyArray<Missed>>([]),
      Effect.catch((error: ReadFailure) => {
        if (error._tag === "PartsUnread") return Effect.succeed(error.missed)
        const isOwn = error._tag === "ScopeMissing" || error._tag === "EndpointRemoved" || isOfOnePart(error)
        if (!isOwn) return Effect.fail(error)
        return Effect.succeed([{ name: `the list of ${facts.name.replace("_", " ")}`, error }])
      }),
    )
    return { missed, odd: run.counts.failed }
  })
  const first = yield* list
  // A row that came without its id has it when it is listed once more.
  const { missed, odd } = first.odd === 0 ? first : yield* list
  for (const each of ids.values()) each.sortOnce()
  return {
    ids,
    missed,
    odd,
    unasked: unaskedContents(odd, facts.name.replace("_", " "), facts.endpoints[0]!.path),
    newest: new Map([[facts.name, newest]]),
    notWhole: new Set(missed.length + odd > 0 ? kinds : []),
  }
})

const timeOf = (updatedAt: unknown): number => {
  const time = Date.parse(String(updatedAt))
  return Number.isNaN(time) ? Number.NEGATIVE_INFINITY : time
}

const ASK_ALL: OnContents = (rows) => Effect.succeed(rows)

/**
 * All content of these kinds that is let in; what cannot be listed costs itself. Listed once for all streams, but for one that takes
 * rows out of the lists.
 */
export const listContents = Effect.fnUntraced(function* (
  kinds: ReadonlyArray<KindName>,
  onContents?: OnContents,
): Effect.fn.Return<Listed, ReadFailure, ReadServices> {
  const once = yield* Once
  const all = yield* Effect.forEach(
    yield* sourcesRead(kinds),
    (source) =>
      onContents === undefined
        ? once.answer(`all of ${source.definition.name}`, listOf(source, ASK_ALL))
        : listOf(source, onContents),
    { concurrency: "unbounded" },
  )
  return {
    ids: new Map(kinds.map((kind) => [kind, all.find(({ ids }) => ids.has(kind))?.ids.get(kind) ?? new IdList()])),
    missed: all.flatMap(({ missed }) => missed),
    notWhole: new Set(all.flatMap(({ notWhole }) => [...notWhole])),
    odd: all.reduce((sum, { odd }) => sum + odd, 0),
    unasked: all.flatMap(({ unasked }) => unasked),
    newest: new Map(all.flatMap(({ newest }) => Array.from(newest))),
  }
})
