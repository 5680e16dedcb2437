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

/** Those that no list shows. */
export type ItemType = Exclude<TreeType, "page">
export const ITEM_TYPES = Object.keys(TREE_TYPES).filter((type): type is ItemType => type !== "page")

/** The type of an item as answers name it: embeds have been called smart links. */
export const itemType = (type: unknown): ItemType | undefined =>
  type === "smart-link" || type === "smartlink" ? "embed" : isTreeType(type) && type !== "page" ? type : undefined

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

/** One folder, whiteboard, database or embed that is known to be there. */
export const lookAtItem = Effect.fnUntraced(function* (stream: string, type: ItemType, id: string) {
  const client = yield* ConfluenceClient
  const { path, scope } = TREE_TYPES[type]
  const own = `${path}/${encodeURIComponent(id)}`
  const { body } = yield* client.request({ path: own, scope, stream })
  if (!isRecord(body) || idOf(body) !== id) return yield* noList(own, "without the content's id")
  return body
})

/** One that has been shown just now; undefined where it is of no such type. */
export const shownTreeItem = Effect.fnUntraced(function* (stream: string, type: string, id: string) {
  const known = itemType(type)
  return known === undefined ? undefined : yield* lookAtItem(stream, known, id)
})

/** The same; undefined where it is not there, too. */
export const treeItem = (stream: string, type: string, id: string) =>
  Effect.catchTag(shownTreeItem(stream, type, id), "NotFound", () => Effect.succeed(undefined))

export const ANCESTORS_SCOPE = "read:content.metadata:confluence"
/** Ancestors in one answer, the nearest ones. */
const MOST_ANCESTORS = 250

/** What content of the tree lies below, the highest first. */
export const ancestorsOf = Effect.fnUntraced(function* (stream: string, type: TreeType, id: string) {
  const client = yield* ConfluenceClient
  const path = `${TREE_TYPES[type].path}/${encodeURIComponent(id)}/ancestors`
  const { body } = yield* client.request({
    path,
    query: [["limit", String(MOST_ANCESTORS)]],
    scope: ANCESTORS_SCOPE,
    stream,
  })
  const results = isRecord(body) ? body["results"] : undefined
  if (!Array.isArray(results) || !results.every(isRecord)) return yield* noList(path, 'no "results" with rows in it')
  return results.map((row): Above => ({ id: idOf(row), type: typeof row["type"] === "string" ? row["type"] : "page" }))
})

/** The types of content that the look-up of types tells; of none where it is refused. */
export const toldTypes = Effect.fnUntraced(function* (
  stream: string,
  ids: ReadonlyArray<string>,
): Effect.fn.Return<Map<string, TreeType>, ReadFailure, AskServices> {
  const client = yield* ConfluenceClient
  const types = new Map<string, TreeType>()
  const ask = (some: ReadonlyArray<string>) =>
    client.request({ ...TYPES, method: "POST", body: { contentIds: some }, stream }).pipe(
      Effect.map(({ body }) => {
        const results = isRecord(body) && isRecord(body["results"]) ? body["results"] : {}
        for (const id of some) {
          const type = results[id] === "page" ? "page" : itemType(results[id])
          if (type !== undefined) types.set(id, type)
        }
      }),
      Effect.as(true),
      Effect.catchTag(["Forbidden", "ScopeMissing", "NotFound", "BadRequest"], () => Effect.succeed(false)),
    )
  for (const some of batchesOf(ids, MOST_TYPES)) if (!(yield* ask(some))) break
  return types
})

/** The types of content by its ids. Where the look-up is refused, each is asked for as every type in turn. */
export const typesOf = Effect.fnUntraced(function* (
  stream: string,
  ids: ReadonlyArray<string>,
): Effect.fn.Return<ReadonlyMap<string, TreeType>, ReadFailure, AskServices> {
  const types = yield* toldTypes(stream, ids)
  // What the look-up does not tell may be there all the same: a page in an archived space, say.
  const left = ids.filter((id) => !types.has(id))
  if (left.length === 0) return types
  const nowhere = yield* pagesAnywhere(stream, left, (rows) =>
    Effect.sync(() => rows.forEach((row) => types.set(idOf(row), "page"))),
  )
  for (const id of nowhere) {
    for (const type of ITEM_TYPES) {
      if (types.has(id)) continue
      const found = yield* Effect.catchTag(treeItem(stream, type, id), ["Forbidden", "ScopeMissing"], () =>
        Effect.succeed(undefined),
      )
      if (found !== undefined) types.set(id, type)
    }
  }
  return types
})
