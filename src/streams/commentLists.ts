/**
 * Reads footer and inline comments with their replies at every depth.
 *
 * Doubt: whether the lists of the whole site hold replies. Once one was seen in a list, they do. Where a list ends without
 * any, there are none, or they are not listed: then each comment is asked for its replies, and each reply for its own.
 * Doubt: whether listed replies name their page. Where one does not, it hangs where its parent does.
 */
import { Effect } from "effect"
import type { List, Query } from "../confluence/Listing.ts"
import type { Missed } from "../site/Accounts.ts"
import { IdList } from "../site/IdList.ts"
import { letIn } from "../sync/admission.ts"
import { type ReadFailure, partsUnread } from "../sync/failures.ts"
import { type Hanging, type Single, type Sought, stillListed } from "../sync/goneWithContainer.ts"
import { idOf } from "../sync/LookUp.ts"
import { type Parent, readEach } from "../sync/parents.ts"
import { type Pass, scanOf } from "../sync/Pass.ts"
import type { ReadServices } from "../sync/readServices.ts"
import type { StreamRun } from "../sync/StreamRun.ts"
import type { Walk } from "../sync/Walk.ts"
import { walkList } from "../sync/walkList.ts"
import { Containers, KINDS, type Kind, SCOPE, parentOf, shaped } from "./commentContainers.ts"
import { besideComment, looksFor } from "./commentLooks.ts"
import { bodyQuery, newestFirst } from "./kinds/lists.ts"

/** Comments that are asked for their replies are taken out of their list so many at a time. */
const MOST_PARENTS = 5_000

/** Reads the replies to each comment, and theirs, as far as those `matter`. Answers what failed. */
export const readReplies = (
  pass: Pass,
  kind: Kind,
  body: Query,
  containers: Containers,
  ids: ReadonlyArray<string>,
  matters: (id: string) => boolean = () => true,
): Effect.Effect<ReadonlyArray<Missed>, ReadFailure, ReadServices> =>
  Effect.gen(function* () {
    const below: Array<string> = []
    const missed = yield* readEach(
      ids.map((id): Parent => ({ id, name: `the ${kind} comment ${id}` })),
      {
        read: ({ id }) => readRepliesTo(pass, kind, body, containers, id, below),
        stillThere: (parents) => stillListed(pass.run, { scope: SCOPE }, single(kind), parents.map(idOf)),
        onVanished: () => void pass.run.counts.skipped++,
      },
    )
    const next = below.filter(matters)
    if (next.length === 0) return missed
    return [...missed, ...(yield* readReplies(pass, kind, body, containers, next, matters))]
  })

const readRepliesTo = (
  pass: Pass,
  kind: Kind,
  body: Query,
  containers: Containers,
  commentId: string,
  below: Array<string>,
) => {
  const list = listBelow(`${KINDS[kind]}/${encodeURIComponent(commentId)}/children`, body)
  return walkList(pass, {
    id: commentId,
    list,
    ...looksFor(kind, body),
    oftenEmpty: true,
    keeps: () => false,
    row: (row) => shaped(kind, { ...row, parentCommentId: row["parentCommentId"] ?? commentId }),
    onRows: (rows) =>
      Effect.andThen(
        containers.complete(rows),
        Effect.sync(() => rows.forEach((row) => below.push(idOf(row)))),
      ),
  })
}

const readKind = Effect.fnUntraced(function* (
  pass: Pass,
  kind: Kind,
  body: Query,
  sought?: Sought,
): Effect.fn.Return<ReadonlyArray<Missed>, ReadFailure, ReadServices> {
  const containers = new Containers(kind)
  const { rightAway, matters } = parentsOf(pass.run, kind, sought)
  // A position is kept from when replies were seen in the list: before that, going on from it could miss some.
  let repliesListed = pass.parts.get(kind) !== undefined
  /** Comments whose replies are to be asked for, unless the list turns out to hold replies. */
  const roots = new IdList()
  yield* walkList(pass, {
    id: kind,
    list: commentsOfSite(kind, body),
    ...looksFor(kind, body),
    keeps: () => repliesListed,
    row: (row) => shaped(kind, row),
    onRows: (rows) =>
      containers.complete(rows).pipe(
        Effect.flatMap(() => {
          repliesListed ||= rows.some((row) => parentOf(row) !== undefined)
          if (!repliesListed) return letIn(pass.run, rows)
          roots.clear()
          return Effect.succeed([])
        }),
        Effect.map((some) => some.forEach((row) => roots.add(idOf(row)))),
      ),
  })
  if (repliesListed) return []
  const missed: Array<Missed> = []
  for (const ids of roots.portions(MOST_PARENTS)) {
    missed.push(...(yield* readReplies(pass, kind, body, containers, ids.filter(matters), matters)))
  }
  return [...missed, ...(yield* readReplies(pass, kind, body, containers, rightAway, matters))]
})

/**
 * Which comments are asked for their replies, where these are looked for once more: those that they answer. One that a list has shown in
 * this sync is asked right away, any other when a list shows it after all: be it missing, or never shown by a list, as in an archive.
 */
const parentsOf = (run: StreamRun, kind: Kind, sought: Sought | undefined) => {
  if (sought === undefined) return { rightAway: [], matters: () => true }
  const { rows, missing } = sought
  const parents = new Set(rows.flatMap((row) => (row["commentType"] === kind ? (parentOf(row) ?? []) : [])))
  const isShown = (id: string) => !missing.has(id) && run.changes!.index.get(id) !== undefined
  const rightAway = [...parents].filter(isShown)
  const asked = new Set(rightAway)
  return { rightAway, matters: (id: string) => parents.has(id) && !asked.has(id) }
}

export const kinds = Object.keys(KINDS) as ReadonlyArray<Kind>

export const commentsOfSite = (kind: Kind, body: Query): List => ({
  path: KINDS[kind],
  query: [["sort", "created-date"]],
  body,
  paging: "cursor",
  limit: 250,
  stream: "comments",
  scope: SCOPE,
})

export const listBelow = (path: string, body: Query, scope = SCOPE): List => ({
  path,
  query: [],
  body,
  paging: "cursor",
  limit: 250,
  stream: "comments",
  scope,
})

export const unlessNone = (missed: ReadonlyArray<Missed>): Effect.Effect<void, ReadFailure> =>
  missed.length === 0 ? Effect.void : partsUnread("comments", `the replies to ${missed.length} comments`, missed)

/** By the lists of the whole site. */
export const readSite = (pass: Pass, body: Query, sought?: Sought): Effect.Effect<void, ReadFailure, ReadServices> =>
  Effect.forEach(kinds, (kind) => readKind(pass, kind, body, sought), { concurrency: "unbounded" }).pipe(
    Effect.flatMap((missed) => unlessNone(missed.flat())),
  )

/** Doubt: where the lists of the whole site hold no replies, a new reply shows at the next reconciliation. */
export const newest = (pass: Pass) =>
  bodyQuery(pass).pipe(
    Effect.map((body) =>
      kinds.map((kind): Walk => {
        const containers = new Containers(kind)
        return {
          id: kind,
          list: newestFirst({ path: KINDS[kind], query: [], body, stream: pass.run.facts.name, scope: SCOPE }),
          ...looksFor(kind, body),
          row: (row) => shaped(kind, row),
          onRows: (rows) => containers.complete(rows),
        }
      }),
    ),
  )

const single = (kind: Kind): Single => {
  const containers = new Containers(kind)
  return {
    path: KINDS[kind],
    row: (found) => {
      const row = shaped(kind, found)
      return Effect.as(containers.complete([row]), row)
    },
    beside: (row) => besideComment(kind, row),
  }
}

export const hanging = (run: StreamRun) =>
  Effect.map(bodyQuery(scanOf(run)), (body): Hanging => ({
    scope: SCOPE,
    body,
    singles: kinds.map(single),
    relist: (pass, sought) => readSite(pass, body, sought),
  }))
