/**
 * Looks at rows, with their bodies, in the lists of what hangs beside them: where a look by their ids finds them no more. Example: a page
 * is in the trash, the site's list shows its comments, a look at one of them answers 404, and the page's own list has them all.
 */
import { Effect } from "effect"
import type { List, Query, Row } from "../confluence/Listing.ts"
import { type ReadFailure, isOfOnePart } from "./failures.ts"
import { type Pass, relistingOf } from "./Pass.ts"
import type { ReadServices } from "./readServices.ts"
import { MOST_AT_ONCE } from "./services.ts"
import type { StreamRun } from "./StreamRun.ts"
import { walkList } from "./walkList.ts"

/** The rows that the lists beside `rows` have with their bodies, whatever they are. */
export const lookBeside = Effect.fnUntraced(function* (
  run: StreamRun,
  rows: ReadonlyArray<Row>,
  how: { readonly scope: string; readonly body: Query; readonly beside: (row: Row) => string | undefined },
): Effect.fn.Return<ReadonlyArray<Row>, ReadFailure, ReadServices> {
  const { scope, body, beside } = how
  const found: Array<Row> = []
  const pass: Pass = { ...relistingOf(run), take: (some) => Effect.sync(() => void found.push(...some)) }
  const read = (path: string) => {
    const list: List = { path, query: [], body, paging: "cursor", limit: 250, stream: run.facts.name, scope }
    // What such a list gives without bodies alone is looked for nowhere else; and one that cannot be had costs no more than bodies.
    return walkList(pass, { id: path, list, find: () => Effect.succeed([]), oftenEmpty: true }).pipe(
      Effect.catchIf(isOfOnePart, () => Effect.void),
    )
  }
  const paths = new Set(rows.flatMap((row) => beside(row) ?? []))
  yield* Effect.forEach(paths, read, { concurrency: MOST_AT_ONCE, discard: true })
  return found
})
