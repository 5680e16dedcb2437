/** The kind of streams that are a list of the whole site, in one or more parts. */
import { Effect } from "effect"
import type { List, Query, Row } from "../../confluence/Listing.ts"
import { scopeNames } from "../../confluence/scopes.ts"
import { SiteDirectory } from "../../site/SiteDirectory.ts"
import { type DirectoryList, type Entry, entryOf } from "../../site/siteLists.ts"
import { Contents } from "../../sync/Contents.ts"
import type { SortKey } from "../../sync/Course.ts"
import type { StreamDefinition } from "../../sync/StreamDefinition.ts"
import { walkList } from "../../sync/walkList.ts"
import { type Facts, type ListFacts, definition } from "./lists.ts"

/** A list of the whole site, read in one or more parts that do not overlap. */
export const siteList = (
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
    const prepared = Contents.use((contents) => contents.prepare(facts.name, facts.filteredAs))
    const lists = Effect.forEach(
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
    )
    return Effect.andThen(prepared, lists).pipe(
      Effect.andThen(
        feeds === undefined
          ? Effect.void
          : Effect.gen(function* () {
              const all = [...entries.values()]
              const directory = yield* SiteDirectory
              // Rows that came without their id are not among the entries: then the list is asked once more.
              yield* directory.provide(feeds, pass.run.counts.failed === 0 ? all : undefined)
              const contents = yield* Contents
              if (feeds === "spaces") yield* contents.spaces.tell(all)
            }),
      ),
    )
  })
}
