/**
 * Footer and inline comments with their replies at every depth, on pages, blog posts and what else can be commented on.
 *
 * Doubt: whether the lists of the whole site hold replies. Once one was seen in a list, they do. Where a list ends without
 * any, there are none, or they are not listed: then each comment is asked for its replies, and each reply for its own.
 * Doubt: whether listed replies name their page. Where one does not, it hangs where its parent does.
 */
import { Effect } from "effect"
import { ConfluenceClient } from "../../confluence/ConfluenceClient.ts"
import type { List, Query, Row } from "../../confluence/Listing.ts"
import type { Endpoint } from "../../confluence/scopes.ts"
import type { Missed } from "../../site/Accounts.ts"
import { containerOf, pathBelow, withContainer, type Container } from "../../site/containers.ts"
import { IdList } from "../../site/IdList.ts"
import { letIn } from "../../sync/admission.ts"
import { Contents } from "../../sync/Contents.ts"
import { partsUnread, type ReadFailure } from "../../sync/failures.ts"
import { askAgain, goneWithContainer, type Hanging, type Single, stillListed } from "../../sync/goneWithContainer.ts"
import { lookAt } from "../../sync/lookAt.ts"
import { idOf } from "../../sync/LookUp.ts"
import { type Parent, readEach } from "../../sync/parents.ts"
import { type Pass, scanOf } from "../../sync/Pass.ts"
import type { ReadServices } from "../../sync/readServices.ts"
import { MOST_AT_ONCE } from "../../sync/services.ts"
import type { StreamDefinition } from "../../sync/StreamDefinition.ts"
import type { StreamRun } from "../../sync/StreamRun.ts"
import type { Walk } from "../../sync/Walk.ts"
import { walkList } from "../../sync/walkList.ts"
import { bodyQuery, newestFirst, ONE_ROW } from "../kinds/lists.ts"
import { accountsIn, withTimes } from "../rowFacts.ts"

const SCOPE = "read:comment:confluence"
const KINDS = { footer: "/wiki/api/v2/footer-comments", inline: "/wiki/api/v2/inline-comments" } as const
type Kind = keyof typeof KINDS

/** Comments whose container is remembered for the replies that follow; an older parent is asked for by its id. */
const MOST_REMEMBERED = 50_000
/** Comments that are asked for their replies are taken out of their list so many at a time. */
const MOST_PARENTS = 5_000

const parentOf = (row: Row) => (typeof row["parentCommentId"] === "string" ? row["parentCommentId"] : undefined)

const shaped = (kind: Kind, row: Row): Row => {
  row["commentType"] = kind
  return withContainer(withTimes(row))
}

/** Finds the container of replies that do not name it. */
class Containers {
  readonly #remembered = new Map<string, Container>()
  readonly #kind: Kind
  constructor(kind: Kind) {
    this.#kind = kind
  }

  remember(id: string, container: Container): void {
    this.#remembered.set(id, container)
    if (this.#remembered.size > MOST_REMEMBERED) this.#remembered.delete(this.#remembered.keys().next().value!)
  }

  find(id: string): Effect.Effect<Container | undefined, ReadFailure, ReadServices> {
    return Effect.gen({ self: this }, function* () {
      const remembered = this.#remembered.get(id)
      if (remembered !== undefined) return remembered
      const client = yield* ConfluenceClient
      const path = `${KINDS[this.#kind]}/${encodeURIComponent(id)}`
      const parent = yield* client.request({ path, stream: "comments", scope: SCOPE }).pipe(
        Effect.map((answer) => answer.body as Row),
        // The reply outlived its parent: nothing says any more where it hangs.
        Effect.catchTag("NotFound", () => Effect.succeed<Row>({})),
      )
      const above = parentOf(parent)
      const container = containerOf(parent) ?? (above === undefined ? undefined : yield* this.find(above))
      if (container !== undefined) this.remember(id, container)
      return container
    })
  }

  /** Gives each row its container. */
  complete(rows: ReadonlyArray<Row>): Effect.Effect<void, ReadFailure, ReadServices> {
    return Effect.gen({ self: this }, function* () {
      for (const row of rows) {
        const parent = parentOf(row)
        const container = containerOf(row) ?? (parent === undefined ? undefined : yield* this.find(parent))
        withContainer(row, container)
        if (container !== undefined) this.remember(idOf(row), container)
      }
    })
  }
}

/** Comments are found by their ids one at a time. */
const findOf =
  (kind: Kind, body: Query): NonNullable<Walk["find"]> =>
  (run, ids) =>
    Effect.forEach(ids, (id) => lookAt({ path: KINDS[kind], scope: SCOPE, stream: run.facts.name }, id, body), {
      concurrency: MOST_AT_ONCE,
    }).pipe(Effect.map((found) => found.filter((row) => row !== undefined)))

/** Reads the replies to each comment, and theirs. Answers what failed. */
const readReplies = (
  pass: Pass,
  kind: Kind,
  body: Query,
  containers: Containers,
  ids: ReadonlyArray<string>,
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
    return below.length === 0 ? missed : [...missed, ...(yield* readReplies(pass, kind, body, containers, below))]
  })

const readRepliesTo = (
  pass: Pass,
  kind: Kind,
  body: Query,
  containers: Containers,
  commentId: string,
  below: Array<string>,
) => {
  const list: List = {
    path: `${KINDS[kind]}/${encodeURIComponent(commentId)}/children`,
    query: [],
    body,
    paging: "cursor",
    limit: 250,
    stream: pass.run.facts.name,
    scope: SCOPE,
  }
  return walkList(pass, {
    id: commentId,
    list,
    find: findOf(kind, body),
    showsMore: true,
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
): Effect.fn.Return<ReadonlyArray<Missed>, ReadFailure, ReadServices> {
  const containers = new Containers(kind)
  // A position is kept from when replies were seen in the list: before that, going on from it could miss some.
  let repliesListed = pass.parts.get(kind) !== undefined
  /** Comments whose replies are to be asked for, unless the list turns out to hold replies. */
  const roots = new IdList()
  yield* walkList(pass, {
    id: kind,
    list: {
      path: KINDS[kind],
      query: [["sort", "created-date"]],
      body,
      paging: "cursor",
      limit: 250,
      stream: pass.run.facts.name,
      scope: SCOPE,
    },
    find: findOf(kind, body),
    showsMore: true,
    keeps: () => repliesListed,
    row: (row) => shaped(kind, row),
    onRows: (rows) =>
      containers.complete(rows).pipe(
        Effect.andThen(letIn(pass.run, rows)),
        Effect.map((some) => {
          repliesListed ||= rows.some((row) => parentOf(row) !== undefined)
          if (repliesListed) roots.clear()
          else for (const row of some) roots.add(idOf(row))
        }),
      ),
  })
  const missed: Array<Missed> = []
  for (const ids of roots.portions(MOST_PARENTS))
    missed.push(...(yield* readReplies(pass, kind, body, containers, ids)))
  return missed
})

const kinds = Object.keys(KINDS) as ReadonlyArray<Kind>

const read = Effect.fnUntraced(function* (pass: Pass): Effect.fn.Return<void, ReadFailure, ReadServices> {
  const body = yield* bodyQuery(pass)
  yield* Contents.use((contents) => contents.prepare("comments", "container"))
  const lists = yield* Effect.forEach(kinds, (kind) => readKind(pass, kind, body), { concurrency: "unbounded" })
  const missed = lists.flat()
  if (missed.length > 0) yield* partsUnread("comments", `the replies to ${missed.length} comments`, missed)
})

/** Doubt: where the lists of the whole site hold no replies, a new reply shows at the next reconciliation. */
const newest = (pass: Pass) =>
  bodyQuery(pass).pipe(
    Effect.map((body) =>
      kinds.map((kind): Walk => {
        const containers = new Containers(kind)
        return {
          id: kind,
          list: newestFirst({ path: KINDS[kind], query: [], body, stream: pass.run.facts.name, scope: SCOPE }),
          find: findOf(kind, body),
          showsMore: true,
          row: (row) => shaped(kind, row),
          onRows: (rows) => containers.complete(rows),
        }
      }),
    ),
  )

/** Only pages and blog posts have inline comments. */
const besideComment = (kind: Kind, row: Row): string | undefined => {
  const parent = parentOf(row)
  return parent === undefined
    ? pathBelow(row, `${kind}-comments`)
    : `${KINDS[kind]}/${encodeURIComponent(parent)}/children`
}

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

const hanging = (run: StreamRun) =>
  Effect.map(bodyQuery(scanOf(run)), (body): Hanging => ({
    scope: SCOPE,
    body,
    singles: kinds.map(single),
    relist: read,
  }))

const endpointOf = (kind: Kind, below = ""): Endpoint => ({ path: `${KINDS[kind]}${below}`, scopes: [[SCOPE]] })

export const comments: StreamDefinition = {
  name: "comments",
  primaryKey: ["id"],
  syncModes: ["full_refresh", "incremental"],
  endpoints: ["", "/{id}/children", "/{comment-id}"].flatMap((below) => kinds.map((kind) => endpointOf(kind, below))),
  probes: kinds.map((kind) => ({ endpoint: endpointOf(kind), query: [ONE_ROW] })),
  accountsIn,
  filteredAs: "container",
  changes: {
    newest,
    again: (run, ids) => Effect.flatMap(hanging(run), (how) => askAgain(run, ids, how)),
    gone: (run, ids) => Effect.flatMap(hanging(run), (how) => goneWithContainer(run, ids, how)),
  },
  read,
}
