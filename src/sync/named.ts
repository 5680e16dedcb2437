/** Reads content that filters name by its ids, or that lies below what they name: 250 rows a request, in the order of the ids. */
import { Effect } from "effect"
import type { Row } from "../confluence/Listing.ts"
import type { IdList } from "../site/IdList.ts"
import type { ReadFailure } from "./failures.ts"
import type { ContentList } from "./listOfSpaces.ts"
import { type ById, eachAnywhere } from "./LookUp.ts"
import { type Pass, takeAsGiven } from "./Pass.ts"
import type { ReadServices } from "./readServices.ts"

/** Names the position in the state. */
const PART = "named"
/** The state's position is behind so many ids, or before all of them. */
const PORTION = 5_000

export const readNamed = Effect.fnUntraced(function* (
  pass: Pass,
  content: ContentList,
  ids: IdList,
): Effect.fn.Return<void, ReadFailure, ReadServices> {
  const { run } = pass
  const from = pass.parts.get(PART)
  if (from?.done === 1) return
  const list: ById = {
    path: content.path,
    query: content.query,
    body: content.body,
    scope: content.scope,
    stream: run.facts.name,
  }
  const take = (rows: ReadonlyArray<Row>) => takeAsGiven(pass, rows.map(content.row))
  ids.sort()
  for (const some of ids.portions(PORTION, from?.f?.l)) {
    yield* eachAnywhere(list, some, take, run.changes?.lost)
    pass.parts.set(PART, { f: { l: some.at(-1)! } })
  }
  pass.parts.set(PART, { done: 1 })
})
