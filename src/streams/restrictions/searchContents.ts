/**
 * The restrictions of many contents at once: by the search for content, which expands them for 200 hits an answer. It also shows folders,
 * whiteboards, databases and embeds, which no list does.
 *
 * Ancestors are never expanded: with one in the trash that fails the whole answer (CONFCLOUD-77618). Whatever the search does not show is
 * asked for one by one (askEach.ts).
 */
import { Effect } from "effect"
import type { Row } from "../../confluence/Listing.ts"
import { type Unsearched, searchFor } from "../../sync/contentSearch.ts"
import type { ReadFailure } from "../../sync/failures.ts"
import { idOf } from "../../sync/LookUp.ts"
import type { Pass } from "../../sync/Pass.ts"
import type { ReadServices } from "../../sync/readServices.ts"
import { isTreeType } from "../../sync/treeContent.ts"
import { OPERATIONS, type Told, distinct, isWhole, toldByHit } from "./answers.ts"
import type { ContentTable } from "./ContentTable.ts"

const EXPAND = OPERATIONS.flatMap((operation) =>
  ["user", "group"].map((part) => `restrictions.${operation}.restrictions.${part}`),
).join(",")

/** What the search has shown. */
export interface Searched {
  /** The places of folders, whiteboards, databases and embeds. */
  readonly tree: Array<number>
  /** Contents whose restrictions are longer than a hit shows, by their places. */
  readonly unfinished: Map<number, Told>
  readonly missed: Array<Unsearched>
}

export const nothingSearched = (): Searched => ({ tree: [], unfinished: new Map(), missed: [] })

const note = (table: ContentTable, searched: Searched, hits: ReadonlyArray<Row>): void => {
  for (const hit of hits) {
    const { type } = hit
    if (typeof type !== "string") continue
    const place = table.add(idOf(hit), type)
    if (isTreeType(type) && type !== "page") searched.tree.push(place)
    const told = toldByHit(hit)
    if (told === undefined) continue
    if (!isWhole(told)) searched.unfinished.set(place, told)
    else {
      searched.unfinished.delete(place)
      table.tell(place, { read: distinct(told.read.principals), update: distinct(told.update.principals) })
    }
  }
}

/** Searches for content of some types, and notes the restrictions of all hits; in archived spaces, where none are shown, what there is. */
export const searchContents = (
  { run: { facts } }: Pass,
  table: ContentTable,
  searched: Searched,
  types: ReadonlyArray<string>,
  archivedSpaces = false,
): Effect.Effect<void, ReadFailure, ReadServices> =>
  Effect.map(
    searchFor({ facts, types, archivedSpaces, expand: EXPAND, onHits: (hits) => note(table, searched, hits) }),
    (unsearched) => void searched.missed.push(...unsearched),
  )
