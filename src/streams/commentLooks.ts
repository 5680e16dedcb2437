/** Where a comment is looked for that a list gives without its body: by its id, and in the list of what hangs beside it. */
import { Effect } from "effect"
import type { Query, Row } from "../confluence/Listing.ts"
import { pathBelow } from "../site/containers.ts"
import { lookAt } from "../sync/lookAt.ts"
import { lookBeside } from "../sync/lookBeside.ts"
import { MOST_AT_ONCE } from "../sync/services.ts"
import type { Walk } from "../sync/Walk.ts"
import { KINDS, type Kind, SCOPE, parentOf } from "./commentContainers.ts"

/** The list that shows a comment among others. Only pages and blog posts have inline comments. */
export const besideComment = (kind: Kind, row: Row): string | undefined => {
  const parent = parentOf(row)
  return parent === undefined
    ? pathBelow(row, `${kind}-comments`)
    : `${KINDS[kind]}/${encodeURIComponent(parent)}/children`
}

/** How the bodies of one kind of comments are found: by their ids one at a time, and those that no such look finds beside others. */
export const looksFor = (kind: Kind, body: Query): Required<Pick<Walk, "find" | "findBeside">> => ({
  find: (run, ids) =>
    Effect.forEach(ids, (id) => lookAt({ path: KINDS[kind], scope: SCOPE, stream: run.facts.name }, id, body), {
      concurrency: MOST_AT_ONCE,
    }).pipe(Effect.map((found) => found.filter((row) => row !== undefined))),
  findBeside: (run, rows) => lookBeside(run, rows, { scope: SCOPE, body, beside: (row) => besideComment(kind, row) }),
})
