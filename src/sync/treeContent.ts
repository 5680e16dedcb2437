/** Content that pages can lie below: folders, whiteboards, databases and embeds beside pages; how each is found by its id. */
import { Effect } from "effect"
import { ConfluenceClient } from "../confluence/ConfluenceClient.ts"
import { noList, type Row } from "../confluence/Listing.ts"
import { isRecord } from "../json.ts"
import { LISTED_CONTAINERS } from "../site/containers.ts"
import type { ReadFailure } from "./failures.ts"
import { batchesOf, eachLive, idOf, withTrash } from "./LookUp.ts"
import type { AskServices } from "./services.ts"

/** The types of content that pages can lie below, and where each is found. */
export const TREE_TYPES = {
  page: LISTED_CONTAINERS.page,
  folder: { path: "/wiki/api/v2/folders", scope: "read:folder:confluence" },
  whiteboard: { path: "/wiki/api/v2/whiteboards", scope: "read:whiteboard:confluence" },
  database: { path: "/wiki/api/v2/databases", scope: "read:database:confluence" },
  embed: { path: "/wiki/api/v2/embeds", scope: "read:embed:confluence" },
} as const
export type TreeType = keyof typeof TREE_TYPES

export const isTreeType = (type: unknown): type is TreeType => typeof type === "string" && type in TREE_TYPES

/** The most ids that the look-up of types takes. */
const MOST_TYPES = 100

const TYPES = { path: "/wiki/api/v2/content/convert-ids-to-types", scope: "read:content.metadata:confluence" }

/** Content of the tree. */
export interface Node {
  readonly type: TreeType
  readonly id: string
}

/** What content lies below, as its row names it. */
export interface Above {
  readonly type: string
  readonly id: string
}

export const aboveOf = (row: Row): Above | undefined => {
  const { parentId, parentType } = row
  return typeof parentId === "string" && parentId !== ""
    ? { id: parentId, type: typeof parentType === "string" ? parentType : "page" }
    : undefined
}

/** Pages of a status, wherever they are asked for by ids; without bodies. */
export const PAGES = { ...TREE_TYPES.page, query: [], stream: "" } as const

/** Goes through pages by their ids, in the trash too, without bodies. Answers those that are nowhere. */
export const pagesAnywhere = Effect.fnUntraced(function* (
  stream: string,
  ids: ReadonlyArray<string>,
  onRows: (rows: ReadonlyArray<Row>) => Effect.Effect<void>,
): Effect.fn.Return<ReadonlySet<string>, ReadFailure, AskServices> {
  return yield* eachLive(withTrash({ ...PAGES, stream }), ids, onRows)
})

/** One folder, whiteboard, database or embed that has been shown just now; undefined where it is of no such type. */
export const shownTreeItem = Effect.fnUntraced(function* (stream: string, type: string, id: string) {
  if (!isTreeType(type)) return undefined
  const client = yield* ConfluenceClient
  const { path, scope } = TREE_TYPES[type]
  const { body } = yield* client.request({ path: `${path}/${encodeURIComponent(id)}`, scope, stream })
  if (!isRecord(body) || idOf(body) !== id) return yield* noList(`${path}/${id}`, "without the content's id")
  return body
})

/** One folder, whiteboard, database or embed; undefined where it is not there or is of no such type. */
export const treeItem = (stream: string, type: string, id: string) =>
  Effect.catchTag(shownTreeItem(stream, type, id), "NotFound", () => Effect.succeed(undefined))

/** The types of content by its ids. Where the look-up is refused, each is asked for as every type in turn. */
export const typesOf = Effect.fnUntraced(function* (
  stream: string,
  ids: ReadonlyArray<string>,
): Effect.fn.Return<ReadonlyMap<string, TreeType>, ReadFailure, AskServices> {
  const client = yield* ConfluenceClient
  const types = new Map<string, TreeType>()
  const ask = (some: ReadonlyArray<string>) =>
    client.request({ ...TYPES, method: "POST", body: { contentIds: some }, stream }).pipe(
      Effect.map(({ body }) => {
        const results = isRecord(body) && isRecord(body["results"]) ? body["results"] : {}
        for (const id of some) {
          const type = results[id] === "smart-link" ? "embed" : results[id]
          if (isTreeType(type)) types.set(id, type)
        }
      }),
      Effect.as(true),
      Effect.catchTag(["Forbidden", "ScopeMissing", "NotFound", "BadRequest"], () => Effect.succeed(false)),
    )
  for (const some of batchesOf(ids, MOST_TYPES)) if (!(yield* ask(some))) break
  // What the look-up does not tell may be there all the same: a page in an archived space, say.
  const left = ids.filter((id) => !types.has(id))
  if (left.length === 0) return types
  const nowhere = yield* pagesAnywhere(stream, left, (rows) =>
    Effect.sync(() => rows.forEach((row) => types.set(idOf(row), "page"))),
  )
  for (const id of nowhere) {
    for (const type of Object.keys(TREE_TYPES) as ReadonlyArray<TreeType>) {
      if (type === "page" || types.has(id)) continue
      const found = yield* Effect.catchTag(treeItem(stream, type, id), ["Forbidden", "ScopeMissing"], () =>
        Effect.succeed(undefined),
      )
      if (found !== undefined) types.set(id, type)
    }
  }
  return types
})
