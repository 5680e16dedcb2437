/**
 * The content whose own lists streams ask for, one by one: where each kind is found, and what has become of content that is in no list.
 * What there is of them is in contentLists.ts.
 */
import { Effect } from "effect"
import type { Row } from "../confluence/Listing.ts"
import {
  containerKey,
  containerOf,
  LISTED_CONTAINERS,
  pathBelow,
  SINGLE_CONTAINERS,
  withContainer,
} from "../site/containers.ts"
import { letIn } from "../sync/admission.ts"
import type { DeletionReason } from "../sync/Changes.ts"
import { statesOf } from "../sync/containerStates.ts"
import type { ReadFailure } from "../sync/failures.ts"
import { lookFor } from "../sync/gone.ts"
import { type Single, stillListed } from "../sync/goneWithContainer.ts"
import { lookAt } from "../sync/lookAt.ts"
import { type ById, eachAnywhere, idOf } from "../sync/LookUp.ts"
import type { ReadServices } from "../sync/readServices.ts"
import { MOST_AT_ONCE, Settings } from "../sync/services.ts"
import { silentRun } from "../sync/silentRun.ts"
import type { StreamRun } from "../sync/StreamRun.ts"
import { type ItemType, TREE_TYPES } from "../sync/treeContent.ts"
import { Containers, KINDS as COMMENTS, SCOPE as COMMENT_SCOPE, parentOf, shaped } from "./commentContainers.ts"
import { besideComment } from "./commentLooks.ts"
import { type KindName, listAgain } from "./contentLists.ts"
import { fatesOfTypes, ofTypesThatLeft } from "./customContent/gone.ts"
import { fatesOfItems } from "./treeParents.ts"

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
  /** The fates of what filters leave out say so; of the other kinds, what is live and in no list is left out. */
  readonly tellsFiltered?: true
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
    const live = (some: ReadonlyArray<string>, archived?: ReadonlyArray<string>) =>
      eachAnywhere(list, some, note, undefined, archived)
    for (const [id, reason] of yield* lookFor({ live, onRows: note, list, bare: list }, ids)) fates.set(id, reason)
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
  const { definition, ids, missed, odd } = yield* listAgain(contentType)
  const { read: _read, ...facts } = definition
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

const treeKind = (type: ItemType) => ({
  contentType: type,
  called: `the ${type}`,
  plural: `${type}s`,
  ...TREE_TYPES[type],
  fates: fatesOfItems(type),
  tellsFiltered: true as const,
})

/** All that is to be known of each kind. */
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
  folder: treeKind("folder"),
  whiteboard: treeKind("whiteboard"),
  database: treeKind("database"),
  embed: treeKind("embed"),
} satisfies Readonly<Record<KindName, Kind>>
