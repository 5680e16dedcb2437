/** Which contents can still be seen, wherever they are: what has gone away meanwhile is no failure. */
import { Effect } from "effect"
import { LISTED_CONTAINERS } from "../../site/containers.ts"
import type { ReadFailure } from "../../sync/failures.ts"
import { eachLive, idOf, withTrash } from "../../sync/LookUp.ts"
import type { ReadServices } from "../../sync/readServices.ts"
import { isTreeType, pagesAnywhere, treeItem } from "../../sync/treeContent.ts"

/** The ids of those contents that can be seen, in the trash too. */
export const stillSeen = Effect.fnUntraced(function* (
  stream: string,
  contents: ReadonlyArray<{ readonly id: string; readonly type: string }>,
): Effect.fn.Return<ReadonlySet<string>, ReadFailure, ReadServices> {
  const there = new Set<string>()
  const ofType = (type: string) => contents.filter((each) => each.type === type).map(idOf)
  const note = (rows: ReadonlyArray<{ readonly id?: unknown }>) =>
    Effect.sync(() => rows.forEach((row) => there.add(idOf(row))))
  if (ofType("page").length > 0) yield* pagesAnywhere(stream, ofType("page"), note)
  if (ofType("blogpost").length > 0) {
    const list = { ...LISTED_CONTAINERS.blogpost, query: [], stream }
    yield* eachLive(withTrash(list), ofType("blogpost"), note)
  }
  for (const { id, type } of contents) {
    if (type === "page" || type === "blogpost") continue
    // Of what no list is known of, nobody can say that it is gone.
    if (!isTreeType(type) || (yield* treeItem(stream, type, id)) !== undefined) there.add(id)
  }
  return there
})
