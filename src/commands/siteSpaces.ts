/** The spaces of a site for commands that a person waits for: all that the account sees, and what the filters make of them. */
import { Effect } from "effect"
import type { ConfluenceClient } from "../confluence/ConfluenceClient.ts"
import type { ConfluenceError } from "../confluence/errors.ts"
import { readSpaces, type Space, spaceOf } from "../site/siteLists.ts"

/**
 * Current and archived ones, sorted by their keys, each once: one that is archived just now may be in both lists. One request
 * for each 250 of each status.
 */
export const siteSpaces: Effect.Effect<ReadonlyArray<Space>, ConfluenceError, ConfluenceClient> = Effect.map(
  readSpaces,
  ({ entries }) => {
    const spaces = new Map(entries.map(spaceOf).map((space) => [space.id, space]))
    return [...spaces.values()].toSorted((one, other) => (one.key < other.key ? -1 : 1))
  },
)
