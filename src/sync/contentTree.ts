/**
 * All that lies below some content, in the tree of pages, folders, whiteboards, databases and embeds.
 *
 * The lists of descendants tell it, ten levels at a time; then what hangs in between in the archive or in the trash, which they may
 * leave out, and what lies below that.
 */
import { Effect } from "effect"
import { type List, type Row, eachPage } from "../confluence/Listing.ts"
import { IdList } from "../site/IdList.ts"
import { KeySet } from "../site/KeySet.ts"
import { MOST_SPACES } from "../site/manyValues.ts"
import { SiteDirectory } from "../site/SiteDirectory.ts"
import type { ReadFailure } from "./failures.ts"
import { batchesOf, idOf } from "./LookUp.ts"
import { type AskServices, MOST_AT_ONCE } from "./services.ts"
import {
  type Above,
  type Node,
  PAGES,
  TREE_TYPES,
  type TreeType,
  aboveOf,
  isTreeType,
  pagesAnywhere,
  treeItem,
} from "./treeContent.ts"

const DESCENDANTS_SCOPE = "read:hierarchical-content:confluence"
/** Levels that a list of descendants shows at most. */
const DEPTH = 10

/** Roots with all that lies below them. */
export interface Tree {
  readonly ids: KeySet
  /** Those of them that are pages, or may be. */
  readonly pages: IdList
}

/** All that lies below some content, itself included. */
export const below = Effect.fnUntraced(function* (
  stream: string,
  roots: ReadonlyArray<Node>,
): Effect.fn.Return<Tree, ReadFailure, AskServices> {
  const tree: Tree = { ids: new KeySet(), pages: new IdList() }
  let open: Array<Node> = []
  /** Something lies in the tree whose own descendants are not told, in the trash for instance. */
  let isBlind = false
  const take = ({ id, type }: Node, isOpen: boolean) => {
    if (!tree.ids.add(id)) return
    if (type === "page") tree.pages.add(id)
    if (isOpen) open.push({ id, type })
  }
  const descend = ({ id, type }: Node) =>
    eachPage(descendants(stream, type, id), (rows) =>
      Effect.sync(() => {
        for (const row of rows) {
          if (isTreeType(row["type"])) take({ id: idOf(row), type: row["type"] }, Number(row["depth"]) >= DEPTH)
        }
      }),
    ).pipe(Effect.catchTag("NotFound", () => Effect.sync(() => void (isBlind = true))))
  const descendAll = Effect.gen(function* () {
    while (open.length > 0) {
      const now = open
      open = []
      yield* Effect.forEach(now, descend, { concurrency: MOST_AT_ONCE, discard: true })
    }
  })
  for (const root of roots) take(root, true)
  yield* descendAll
  // Doubt: whether lists of descendants hold what is archived or in the trash, and what lies below that.
  const { spaces, isAnyTrashed } = yield* placesOf(stream, roots)
  isBlind ||= isAnyTrashed
  const join = Effect.fnUntraced(function* (placed: ReadonlyArray<Placed>) {
    for (let before = -1; before !== tree.ids.size;) {
      before = tree.ids.size
      for (const { id, type, above, isTrashed } of placed) {
        if (!tree.ids.has(above.id)) continue
        take({ id, type }, true)
        // Of what is in the trash no list tells what lies below.
        isBlind ||= isTrashed
      }
      yield* descendAll
    }
  })
  const archived = yield* pagesIn(stream, spaces, "archived")
  const trashed = yield* pagesIn(stream, spaces, "trashed")
  // Where the lists of descendants have shown something archived, they show all of that, folders in the archive included.
  const isShown = archived.some(({ id }) => tree.ids.has(id))
  const aside = [...archived, ...(isShown ? [] : yield* aboveThese(stream, archived, tree)), ...trashed]
  yield* join(aside)
  if (isBlind) {
    const current = yield* pagesIn(stream, spaces, "current")
    yield* join([...aside, ...current, ...(yield* aboveThese(stream, current, tree))])
  }
  return tree
})

const descendants = (stream: string, type: TreeType, id: string): List => ({
  path: `${TREE_TYPES[type].path}/${encodeURIComponent(id)}/descendants`,
  query: [["depth", String(DEPTH)]],
  paging: "cursor",
  limit: 250,
  stream,
  scope: DESCENDANTS_SCOPE,
})

/** Content that lies below something. */
interface Placed extends Node {
  readonly above: Above
  readonly isTrashed: boolean
}

/** The spaces that some content lies in, and whether any of it is in the trash. */
const placesOf = Effect.fnUntraced(function* (
  stream: string,
  roots: ReadonlyArray<Node>,
): Effect.fn.Return<
  { readonly spaces: ReadonlyArray<string>; readonly isAnyTrashed: boolean },
  ReadFailure,
  AskServices
> {
  const spaces = new Set<string>()
  let isAnyTrashed = false
  const note = (rows: ReadonlyArray<Row>) =>
    Effect.sync(() => {
      for (const row of rows) {
        spaces.add(String(row["spaceId"]))
        isAnyTrashed ||= row["status"] === "trashed"
      }
    })
  yield* pagesAnywhere(stream, roots.filter(({ type }) => type === "page").map(idOf), note)
  yield* Effect.forEach(
    roots.filter(({ type }) => type !== "page"),
    ({ id, type }) =>
      Effect.flatMap(treeItem(stream, type, id), (row) => (row === undefined ? Effect.void : note([row]))),
    { concurrency: MOST_AT_ONCE, discard: true },
  )
  return { spaces: [...spaces], isAnyTrashed }
})

/** The pages of some spaces that have a status and lie below something. */
const pagesIn = Effect.fnUntraced(function* (
  stream: string,
  spaces: ReadonlyArray<string>,
  status: "current" | "archived" | "trashed",
): Effect.fn.Return<ReadonlyArray<Placed>, ReadFailure, AskServices> {
  const several = yield* SiteDirectory.use((directory) => directory.severalValues)
  const found: Array<Placed> = []
  const isTrashed = status === "trashed"
  const keep = (rows: ReadonlyArray<Row>) =>
    Effect.sync(() => {
      for (const row of rows) {
        const above = aboveOf(row)
        if (above !== undefined) found.push({ id: idOf(row), type: "page", above, isTrashed })
      }
    })
  const lists = batchesOf(spaces, Math.min(MOST_SPACES, several.most)).map((some): List => ({
    path: PAGES.path,
    scope: PAGES.scope,
    stream,
    query: [["status", status], ...several.query("space-id", some)],
    paging: "cursor",
    limit: 250,
  }))
  yield* Effect.forEach(lists, (list) => eachPage(list, keep), { concurrency: MOST_AT_ONCE, discard: true })
  return found
})

/** The folders and the like that some content lies below, on the way up to what is in the tree. */
const aboveThese = Effect.fnUntraced(function* (
  stream: string,
  placed: ReadonlyArray<Placed>,
  tree: Tree,
): Effect.fn.Return<ReadonlyArray<Placed>, ReadFailure, AskServices> {
  const found: Array<Placed> = []
  const asked = new Set<string>()
  for (let open = placed; open.length > 0;) {
    const unknown = new Map<string, TreeType>()
    for (const { above } of open) {
      const { id, type } = above
      if (isTreeType(type) && type !== "page" && !tree.ids.has(id) && !asked.has(id)) unknown.set(id, type)
    }
    for (const id of unknown.keys()) asked.add(id)
    const rows = yield* Effect.forEach(
      unknown,
      ([id, type]) => Effect.map(treeItem(stream, type, id), (row) => [id, type, row] as const),
      { concurrency: MOST_AT_ONCE },
    )
    open = rows.flatMap(([id, type, row]): ReadonlyArray<Placed> => {
      const above = row === undefined ? undefined : aboveOf(row)
      return above === undefined ? [] : [{ id, type, above, isTrashed: false }]
    })
    found.push(...open)
  }
  return found
})
