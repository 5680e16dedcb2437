// The spaces of a site for commands that a person waits for: all that the account sees, and what the filters make of them.
import { Effect } from "effect"
import type { ConfluenceClient } from "../confluence/ConfluenceClient.ts"
import type { ConfluenceError } from "../confluence/errors.ts"
import { eachPage, type Row } from "../confluence/Listing.ts"
import { scopeNames } from "../confluence/scopes.ts"
import type { Scope, SpaceFacts } from "../site/Scope.ts"
import { SPACE_STATUSES, SPACES } from "../sync/SiteDirectory.ts"

export interface SiteSpace extends SpaceFacts {
  readonly id: string
  readonly name: string
}

const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined)

const spaceOf = (row: Row): SiteSpace => ({
  id: String(row["id"]),
  key: textOf(row["key"]) ?? "",
  name: textOf(row["name"]) ?? "",
  type: textOf(row["type"]),
  status: textOf(row["status"]),
})

/** Current and archived ones, sorted by their keys. One request for each 250 of each status. */
export const siteSpaces: Effect.Effect<ReadonlyArray<SiteSpace>, ConfluenceError, ConfluenceClient> = Effect.suspend(
  () => {
    const found = new Map<string, SiteSpace>()
    const keep = (rows: ReadonlyArray<Row>) =>
      Effect.sync(() => rows.map(spaceOf).forEach((space) => found.set(space.id, space)))
    return Effect.forEach(
      SPACE_STATUSES,
      (status) =>
        eachPage(
          {
            path: SPACES.path,
            query: [["status", status]],
            paging: "cursor",
            limit: 250,
            stream: "spaces",
            scope: scopeNames(SPACES),
          },
          keep,
        ),
      { concurrency: "unbounded", discard: true },
    ).pipe(Effect.map(() => [...found.values()].toSorted((one, other) => (one.key < other.key ? -1 : 1))))
  },
)

/** A sentence for each pattern that matches no space, with the key that was probably meant. */
export const unmatchedPatterns = (scope: Scope, spaces: ReadonlyArray<SiteSpace>): ReadonlyArray<string> =>
  scope.unmatched(spaces).map(({ setting, pattern }) => {
    const meant = spaces.find(({ key }) => key.toLowerCase() === pattern.toLowerCase())
    const hint = meant === undefined ? "" : ` Did you mean "${meant.key}"? Capitals count.`
    return `"${pattern}" in ${setting} matches no space that the account sees.${hint}`
  })
