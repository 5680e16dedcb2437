/** The readers of the common kinds of streams: lists of the whole site, and content that is listed by space. */
import { Effect } from "effect"
import type { List, Query, Row } from "../confluence/Listing.ts"
import { type ReadFailure, type ReadServices, Settings } from "../sync/services.ts"
import { type DirectoryList, type Entry, entryOf, SiteDirectory, SPACES } from "../sync/SiteDirectory.ts"
import { readContentOfSpaces } from "../sync/SpaceGroups.ts"
import { type Pass, scanOf } from "../sync/Pass.ts"
import type { StreamRun } from "../sync/StreamRun.ts"
import type { SortKey } from "../sync/Course.ts"
import { type Walk, walkList } from "../sync/walk.ts"
import { type ById, eachAnywhere, goneById } from "./gone.ts"
import { type Endpoint, scopeNames } from "../confluence/scopes.ts"
import type { StreamDefinition } from "./StreamDefinition.ts"

type Facts = Omit<StreamDefinition, "read" | "probes" | "endpoints" | "syncModes" | "changes">

interface ListFacts {
  readonly endpoint: Endpoint
  readonly query?: Query
}

/** `body-format`, unless nobody wants the body: then it is not asked for. */
export const bodyQuery = Effect.fnUntraced(function* (pass: Pass) {
  const { bodyFormat } = yield* Settings
  const query: Query =
    bodyFormat === "none" || !pass.withBodies || !pass.run.wants("body") ? [] : [["body-format", bodyFormat]]
  return query
})

/** Enough to see whether a list can be read. */
export const ONE_ROW = ["limit", "1"] as const

const definition = (
  facts: Facts & ListFacts,
  read: (pass: Pass) => Effect.Effect<void, ReadFailure, ReadServices>,
): StreamDefinition => {
  const { endpoint, query = [], ...rest } = facts
  return {
    ...rest,
    syncModes: ["full_refresh"],
    endpoints: [endpoint],
    probes: [{ endpoint, query: [...query, ONE_ROW] }],
    read,
  }
}

/** A list of the whole site, read in one or more parts that do not overlap. */
export const collection = (
  facts: Facts &
    ListFacts & {
      readonly paging?: List["paging"]
      readonly limit?: number
      /** Parts of the list by name, each with the parameters that select it. */
      readonly parts?: Readonly<Record<string, Query>>
      /** `sort` parameter for walks from the front and from the back, and the key by which rows show their order. */
      readonly sort?: { readonly front: string; readonly back: string; readonly key: SortKey }
      readonly row?: (row: Row) => Row
      readonly keeps?: () => boolean
      /** The list of the directory that this stream's rows make up, so that it is read once in a sync. */
      readonly feeds?: DirectoryList
    },
): StreamDefinition => {
  const { paging = "cursor", limit = 250, parts = { all: [] }, sort, row, keeps, feeds, ...rest } = facts
  return definition({ ...rest, ...(feeds === undefined ? {} : { feeds }) }, (pass) => {
    const entries = new Map<unknown, Entry>()
    const onRows = (rows: ReadonlyArray<Row>) =>
      Effect.sync(() => rows.forEach((each) => entries.set(each["id"], entryOf(each))))
    return Effect.forEach(
      Object.entries(parts),
      ([id, selection]) => {
        const list = (order: string | undefined): List => ({
          path: facts.endpoint.path,
          query: [...(facts.query ?? []), ...selection, ...(order === undefined ? [] : [["sort", order] as const])],
          paging,
          limit,
          stream: facts.name,
          scope: scopeNames(facts.endpoint),
        })
        return walkList(pass, {
          id,
          list: list(sort?.front),
          ...(sort === undefined ? {} : { backwards: list(sort.back), key: sort.key }),
          ...(row === undefined ? {} : { row }),
          ...(keeps === undefined ? {} : { keeps }),
          ...(feeds === undefined ? {} : { onRows }),
        })
      },
      { concurrency: "unbounded", discard: true },
    ).pipe(
      Effect.andThen(
        feeds === undefined
          ? Effect.void
          : SiteDirectory.use((directory) => directory.provide(feeds, [...entries.values()])),
      ),
    )
  })
}

/** Content that lives in spaces, and can be listed by them and found by its ids. */
export const contentOfSpaces = (facts: Facts & ListFacts & { readonly row: (row: Row) => Row }): StreamDefinition => {
  const { row, query = [], ...rest } = facts
  const { endpoint, name: stream } = facts
  const { path } = endpoint
  const scope = scopeNames(endpoint)
  const whole = { path, scope, stream }
  // Asked for by their ids, in the trash too, rows have no other status to be selected by.
  const bare: ById = { ...whole, query: query.filter(([parameter]) => parameter !== "status") }
  const live = (run: StreamRun) => bodyQuery(scanOf(run)).pipe(Effect.map((body): ById => ({ ...whole, query, body })))
  const find = Effect.fnUntraced(function* (run: StreamRun, ids: ReadonlyArray<string>) {
    const found: Array<Row> = []
    const keep = (rows: ReadonlyArray<Row>) => Effect.sync(() => void found.push(...rows))
    yield* eachAnywhere(yield* live(run), ids, keep, run.changes!.lost)
    return found
  })
  return {
    ...definition({ ...rest, query }, (pass) =>
      bodyQuery(pass).pipe(
        Effect.flatMap((body) => readContentOfSpaces(pass, { path, query, body, scope, row, find })),
      ),
    ),
    syncModes: ["full_refresh", "incremental"],
    endpoints: [endpoint, SPACES],
    probes: [
      { endpoint, query: [...query, ONE_ROW] },
      {
        endpoint: SPACES,
        query: [ONE_ROW],
        without: "spaces cannot be listed, so the content of archived spaces may be left out",
      },
    ],
    changes: {
      newest: (pass) =>
        bodyQuery(pass).pipe(
          Effect.map((body): ReadonlyArray<Walk> => [
            { id: "newest", list: newestFirst({ ...whole, query, body }), row, find },
          ]),
        ),
      fetch: Effect.fnUntraced(function* (run: StreamRun, ids: ReadonlyArray<string>) {
        return yield* eachAnywhere(yield* live(run), ids, (rows) => run.page(rows.map(row)), run.changes!.lost)
      }),
      gone: (run, ids) => live(run).pipe(Effect.flatMap((list) => goneById(run, list, bare, row, ids))),
    },
  }
}

/** A list by its last changes, the newest first. */
export const newestFirst = (list: ById): List => ({
  ...list,
  query: [...list.query, ["sort", "-modified-date"]],
  paging: "cursor",
  limit: 250,
})
