/**
 * What there is of the content whose own lists streams ask for: the streams whose rows it is, and all of it that the filters let in.
 *
 * What there is of a kind is listed without bodies, once for all streams of a sync. What lies or hangs in the trash has no rows.
 */
import { Effect } from "effect"
import type { Row } from "../confluence/Listing.ts"
import type { Missed } from "../site/Accounts.ts"
import { IdList } from "../site/IdList.ts"
import { unaskedContents } from "../site/unasked.ts"
import { admitted } from "../sync/admission.ts"
import { type ReadFailure, isOfOnePart } from "../sync/failures.ts"
import { idOf } from "../sync/LookUp.ts"
import { Once } from "../sync/Once.ts"
import type { Pass } from "../sync/Pass.ts"
import type { ReadServices } from "../sync/readServices.ts"
import { Settings } from "../sync/services.ts"
import { silentRun } from "../sync/silentRun.ts"
import type { StreamDefinition } from "../sync/StreamDefinition.ts"
import type { StreamFacts } from "../sync/StreamFacts.ts"
import { ITEM_TYPES, type ItemType } from "../sync/treeContent.ts"
import { attachments } from "./definitions/attachments.ts"
import { blogPosts } from "./definitions/blog_posts.ts"
import { comments } from "./definitions/comments.ts"
import { customContent } from "./definitions/custom_content.ts"
import { pages } from "./definitions/pages.ts"
import { listItems } from "./treeParents.ts"

type Reading<A> = Effect.Effect<A, ReadFailure, ReadServices>

/** The kinds of content, by the names that states know them by, in the order of their numbers there: only ever added to. */
export const KIND_NAMES = [
  "page",
  "blogpost",
  "footer-comment",
  "inline-comment",
  "attachment",
  "custom-content",
  "folder",
  "whiteboard",
  "database",
  "embed",
] as const
export type KindName = (typeof KIND_NAMES)[number]

/** A stream whose rows are content, and of which kind a row is. */
export interface Source {
  readonly definition: StreamDefinition
  /** As rows name it. */
  readonly contentType: string
  readonly kinds: ReadonlyArray<KindName>
  readonly kindOf: (row: Row) => KindName
}

const SOURCES: ReadonlyArray<Source> = [
  { definition: pages, contentType: "page", kinds: ["page"], kindOf: () => "page" },
  { definition: blogPosts, contentType: "blogpost", kinds: ["blogpost"], kindOf: () => "blogpost" },
  {
    definition: comments,
    contentType: "comment",
    kinds: ["footer-comment", "inline-comment"],
    kindOf: ({ commentType }) => (commentType === "inline" ? "inline-comment" : "footer-comment"),
  },
  { definition: attachments, contentType: "attachment", kinds: ["attachment"], kindOf: () => "attachment" },
  {
    definition: customContent,
    contentType: "custom-content",
    kinds: ["custom-content"],
    kindOf: () => "custom-content",
  },
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

/** All content of a type that is let in, listed once more whoever has listed it before. */
export const listAgain = (contentType: string) => {
  const source = SOURCES.find((each) => each.contentType === contentType)!
  return Effect.map(listOf(source, ASK_ALL), (listed) => ({ ...listed, definition: source.definition }))
}

const listTree = Effect.fnUntraced(function* (facts: StreamFacts, types: ReadonlyArray<ItemType>) {
  const { ids, missed, notWhole } = yield* listItems(facts, types)
  const none: Listed = {
    ids: new Map<KindName, IdList>(ids),
    missed,
    notWhole: new Set<KindName>(notWhole),
    odd: 0,
    unasked: [],
    newest: new Map(),
  }
  return none
})

/**
 * All content of these kinds that is let in; what cannot be listed costs itself. Listed once for all streams, but for one that takes
 * rows out of the lists.
 */
export const listContents = Effect.fnUntraced(function* (
  kinds: ReadonlyArray<KindName>,
  onContents?: OnContents,
  facts?: StreamFacts,
): Effect.fn.Return<Listed, ReadFailure, ReadServices> {
  const once = yield* Once
  const types = ITEM_TYPES.filter((type) => kinds.includes(type))
  const lists = (yield* sourcesRead(kinds)).map((source) =>
    onContents === undefined
      ? once.answer(`all of ${source.definition.name}`, listOf(source, ASK_ALL))
      : listOf(source, onContents),
  )
  const tree = types.length === 0 || facts === undefined ? [] : [listTree(facts, types)]
  const all = yield* Effect.all([...lists, ...tree], { concurrency: "unbounded" })
  return {
    ids: new Map(kinds.map((kind) => [kind, all.find(({ ids }) => ids.has(kind))?.ids.get(kind) ?? new IdList()])),
    missed: all.flatMap(({ missed }) => missed),
    notWhole: new Set(all.flatMap(({ notWhole }) => [...notWhole])),
    odd: all.reduce((sum, { odd }) => sum + odd, 0),
    unasked: all.flatMap(({ unasked }) => unasked),
    newest: new Map(all.flatMap(({ newest }) => Array.from(newest))),
  }
})
