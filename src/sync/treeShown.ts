/** What the search and the list of pages show of the tree. What fails is answered, not thrown: the rest is read. */
import { Effect } from "effect"
import type { Row } from "../confluence/Listing.ts"
import type { Missed } from "../site/Accounts.ts"
import { missedItems, searchFor } from "./contentSearch.ts"
import { type ReadFailure, isOfOnePart } from "./failures.ts"
import type { ContentList } from "./listOfSpaces.ts"
import { idOf } from "./LookUp.ts"
import { quietPass } from "./Pass.ts"
import type { ReadServices } from "./readServices.ts"
import { readContentOfSpaces } from "./SpaceGroups.ts"
import type { StreamFacts } from "./StreamFacts.ts"
import { ITEM_TYPES, type ItemType, PAGES, itemType } from "./treeContent.ts"

type Looking = Effect.Effect<ReadonlyArray<Missed>, ReadFailure, ReadServices>

/** Searches for folders, whiteboards, databases and embeds, in archived spaces too. `facts`: of the stream that pays for the requests. */
export const searchItems = (facts: StreamFacts, onItem: (type: ItemType, id: string) => void): Looking => {
  const onHits = (hits: ReadonlyArray<Row>) => {
    for (const hit of hits) {
      const type = itemType(hit["type"])
      if (type !== undefined) onItem(type, idOf(hit))
    }
  }
  const search = (archivedSpaces: boolean) =>
    Effect.flatMap(searchFor({ facts, types: ITEM_TYPES, archivedSpaces, onHits }), (unsearched) =>
      missedItems(facts.name, unsearched),
    )
  return Effect.map(Effect.all([search(false), search(true)], { concurrency: 2 }), (missed) => missed.flat())
}

/**
 * Lists the pages of all spaces that the filters let in, whatever these say of pages. Also a row that came without its id tells what it lies
 * below.
 */
export const listPages = (facts: StreamFacts, onRow: (row: Row) => void): Looking => {
  const list: ContentList = {
    path: PAGES.path,
    scope: PAGES.scope,
    query: [],
    body: [],
    row: (row) => {
      onRow(row)
      return row
    },
    find: () => Effect.succeed([]),
    isWhole: true,
  }
  return readContentOfSpaces(quietPass(facts), list).pipe(
    Effect.as<ReadonlyArray<Missed>>([]),
    Effect.catchTag("PartsUnread", ({ missed }) => Effect.succeed(missed)),
    Effect.catchIf(isOfOnePart, (error) => Effect.succeed([{ name: "the list of pages", error }])),
  )
}
