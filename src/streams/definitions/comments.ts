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
import type { ReadFailure, ReadServices } from "../../sync/services.ts"
import { type Pass, scanOf } from "../../sync/Pass.ts"
import { type Missed, partsUnread } from "../../sync/failures.ts"
import { type Parent, readEach } from "../../sync/parents.ts"
import { MOST_AT_ONCE, type Walk, walkList } from "../../sync/walk.ts"
import { bodyQuery, newestFirst, ONE_ROW } from "../collection.ts"
import { goneByLooking, type Single } from "../gone.ts"
import { accountsIn, type Container, containerOf, withContainer, withTimes } from "../rowFacts.ts"
import type { Endpoint } from "../../confluence/scopes.ts"
import type { StreamDefinition } from "../StreamDefinition.ts"

const SCOPE = "read:comment:confluence"
const KINDS = { footer: "/wiki/api/v2/footer-comments", inline: "/wiki/api/v2/inline-comments" } as const
type Kind = keyof typeof KINDS

/** Comments whose container is remembered for the replies that follow; an older parent is asked for by its id. */
const MOST_REMEMBERED = 50_000

const idOf = (row: Row) => String(row["id"])
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

/** A comment that may have replies. */
interface Commented extends Parent {
  readonly container: Container | undefined
}

const commented = (kind: Kind, id: string, container: Container | undefined): Commented => ({
  id,
  name: `the ${kind} comment ${id}`,
  container,
})

/** Comments that are still there: one that was deleted since it was listed takes its replies with it. */
const stillThere = (kind: Kind) =>
  Effect.fnUntraced(function* (parents: ReadonlyArray<Parent>) {
    const client = yield* ConfluenceClient
    const there = new Set<string>()
    const lookAt = ({ id }: Parent) =>
      client.request({ path: `${KINDS[kind]}/${encodeURIComponent(id)}`, stream: "comments", scope: SCOPE }).pipe(
        Effect.map(({ body }) => void ((body as Row)["status"] === "current" && there.add(id))),
        Effect.catchTag("NotFound", () => Effect.void),
      )
    yield* Effect.forEach(parents, lookAt, { concurrency: MOST_AT_ONCE, discard: true })
    return there
  })

/** Reads the replies to each comment, and theirs. Answers what failed. */
const readReplies = (
  pass: Pass,
  kind: Kind,
  query: Query,
  parents: ReadonlyArray<Commented>,
): Effect.Effect<ReadonlyArray<Missed>, ReadFailure, ReadServices> =>
  Effect.gen(function* () {
    const below: Array<Commented> = []
    const missed = yield* readEach(parents, {
      read: (parent) =>
        readRepliesTo(pass, kind, query, parent, (id) => below.push(commented(kind, id, parent.container))),
      stillThere: stillThere(kind),
      onVanished: () => void pass.run.counts.skipped++,
    })
    return below.length === 0 ? missed : [...missed, ...(yield* readReplies(pass, kind, query, below))]
  })

const readRepliesTo = (
  pass: Pass,
  kind: Kind,
  query: Query,
  { id: commentId, container }: Commented,
  onReply: (id: string) => void,
) => {
  const list: List = {
    path: `${KINDS[kind]}/${encodeURIComponent(commentId)}/children`,
    query,
    paging: "cursor",
    limit: 250,
    stream: pass.run.definition.name,
    scope: SCOPE,
  }
  return walkList(pass, {
    id: commentId,
    list,
    oftenEmpty: true,
    keeps: () => false,
    row: (row) =>
      withContainer(shaped(kind, { ...row, parentCommentId: row["parentCommentId"] ?? commentId }), container),
    onRows: (rows) => Effect.sync(() => rows.forEach((row) => onReply(idOf(row)))),
  })
}

const readKind = Effect.fnUntraced(function* (
  pass: Pass,
  kind: Kind,
  query: Query,
): Effect.fn.Return<ReadonlyArray<Missed>, ReadFailure, ReadServices> {
  const containers = new Containers(kind)
  // A position is kept from when replies were seen in the list: before that, going on from it could miss some.
  let repliesListed = pass.parts.get(kind) !== undefined
  let roots = new Map<string, Container | undefined>()
  yield* walkList(pass, {
    id: kind,
    list: {
      path: KINDS[kind],
      query: [...query, ["sort", "created-date"]],
      paging: "cursor",
      limit: 250,
      stream: pass.run.definition.name,
      scope: SCOPE,
    },
    keeps: () => repliesListed,
    row: (row) => shaped(kind, row),
    onRows: (rows) =>
      containers.complete(rows).pipe(
        Effect.andThen(
          Effect.sync(() => {
            repliesListed ||= rows.some((row) => parentOf(row) !== undefined)
            if (repliesListed) roots = new Map()
            else for (const row of rows) roots.set(idOf(row), containerOf(row))
          }),
        ),
      ),
  })
  return yield* readReplies(
    pass,
    kind,
    query,
    [...roots].map(([id, container]) => commented(kind, id, container)),
  )
})

const kinds = Object.keys(KINDS) as ReadonlyArray<Kind>

const read = Effect.fnUntraced(function* (pass: Pass): Effect.fn.Return<void, ReadFailure, ReadServices> {
  const query = yield* bodyQuery(pass)
  const lists = yield* Effect.forEach(kinds, (kind) => readKind(pass, kind, query), { concurrency: "unbounded" })
  const missed = lists.flat()
  if (missed.length > 0) yield* partsUnread("comments", `the replies to ${missed.length} comments`, missed)
})

/** Doubt: where the lists of the whole site hold no replies, a new reply shows at the next reconciliation. */
const newest = (pass: Pass) =>
  bodyQuery(pass).pipe(
    Effect.map((query) =>
      kinds.map((kind): Walk => {
        const containers = new Containers(kind)
        return {
          id: kind,
          list: newestFirst({ path: KINDS[kind], query, stream: pass.run.definition.name, scope: SCOPE }),
          row: (row) => shaped(kind, row),
          onRows: (rows) => containers.complete(rows),
        }
      }),
    ),
  )

const single = (kind: Kind, query: Query): Single => {
  const containers = new Containers(kind)
  return {
    path: KINDS[kind],
    query,
    row: (found) => {
      const row = shaped(kind, found)
      return Effect.as(containers.complete([row]), row)
    },
  }
}

const endpointOf = (kind: Kind, below = ""): Endpoint => ({ path: `${KINDS[kind]}${below}`, scopes: [[SCOPE]] })

export const comments: StreamDefinition = {
  name: "comments",
  primaryKey: ["id"],
  syncModes: ["full_refresh", "incremental"],
  endpoints: ["", "/{id}/children", "/{comment-id}"].flatMap((below) => kinds.map((kind) => endpointOf(kind, below))),
  probes: kinds.map((kind) => ({ endpoint: endpointOf(kind), query: [ONE_ROW] })),
  accountsIn,
  changes: {
    newest,
    gone: (run, ids) =>
      goneByLooking(run, ids, {
        scope: SCOPE,
        singles: bodyQuery(scanOf(run)).pipe(Effect.map((query) => kinds.map((kind) => single(kind, query)))),
        relist: read,
      }),
  },
  read,
}
