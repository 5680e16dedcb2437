/** The kind of streams that are content which lives in spaces: listed by space, found by ids. */
import { Effect } from "effect"
import type { Row } from "../../confluence/Listing.ts"
import { scopeNames } from "../../confluence/scopes.ts"
import { SPACES } from "../../site/siteLists.ts"
import { goneById } from "../../sync/gone.ts"
import { type ById, eachAnywhere } from "../../sync/LookUp.ts"
import { scanOf } from "../../sync/Pass.ts"
import { readContentOfSpaces } from "../../sync/SpaceGroups.ts"
import type { StreamDefinition } from "../../sync/StreamDefinition.ts"
import type { StreamRun } from "../../sync/StreamRun.ts"
import type { Walk } from "../../sync/Walk.ts"
import { newestFirst, bodyQuery, type ListFacts, type Facts, ONE_ROW, definition } from "./lists.ts"

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
