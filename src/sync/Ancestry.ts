/**
 * Which pages lie below the content that filters name by its id: in the tree of pages, folders, whiteboards, databases and embeds.
 *
 * A whole reading asks for the trees: the descendants of each root, ten levels at a time, and what hangs in between in the archive or
 * in the trash, which those lists may leave out. A walk of newest changes asks upwards instead, from each row to what it lies
 * below, and so costs as much as has changed.
 */
import { Effect } from "effect"
import { ConfluenceClient } from "../confluence/ConfluenceClient.ts"
import { eachPage, isRecord, type List, type Row } from "../confluence/Listing.ts"
import { Reporter } from "../protocol/Reporter.ts"
import { IdList } from "../site/IdList.ts"
import { KeySet } from "../site/KeySet.ts"
import { MOST_SPACES } from "../site/manyValues.ts"
import type { Scope } from "../site/Scope.ts"
import { SiteDirectory } from "../site/SiteDirectory.ts"
import type { ReadFailure } from "./failures.ts"
import { batchesOf, eachAnywhere, idOf } from "./LookUp.ts"
import { MOST_AT_ONCE, type AskServices } from "./services.ts"

type Reading<A> = Effect.Effect<A, ReadFailure, AskServices>

/** The types of content that pages can lie below, and where each is found. */
export const TREE_TYPES = {
  page: { path: "/wiki/api/v2/pages", scope: "read:page:confluence" },
  folder: { path: "/wiki/api/v2/folders", scope: "read:folder:confluence" },
  whiteboard: { path: "/wiki/api/v2/whiteboards", scope: "read:whiteboard:confluence" },
  database: { path: "/wiki/api/v2/databases", scope: "read:database:confluence" },
  embed: { path: "/wiki/api/v2/embeds", scope: "read:embed:confluence" },
} as const
type TreeType = keyof typeof TREE_TYPES

const isTreeType = (type: unknown): type is TreeType => typeof type === "string" && type in TREE_TYPES

const DESCENDANTS_SCOPE = "read:hierarchical-content:confluence"
const TYPES = { path: "/wiki/api/v2/content/convert-ids-to-types", scope: "read:content.metadata:confluence" }
/** The most ids that the look-up of types takes. */
const MOST_TYPES = 100
/** Levels that a list of descendants shows at most. */
const DEPTH = 10
/** Ways upwards that are remembered. */
const MOST_REMEMBERED = 200_000

interface Node {
  readonly type: TreeType
  readonly id: string
}

/** Roots with all that lies below them. */
interface Tree {
  readonly ids: KeySet
  /** Those of them that are pages, or may be. */
  readonly pages: IdList
}

interface Above {
  readonly type: string
  readonly id: string
}

const aboveOf = (row: Row): Above | undefined => {
  const { parentId, parentType } = row
  return typeof parentId === "string" && parentId !== ""
    ? { id: parentId, type: typeof parentType === "string" ? parentType : "page" }
    : undefined
}

/** Pages of a status, wherever they are asked for by ids; without bodies. */
const PAGES = { ...TREE_TYPES.page, query: [], stream: "" } as const

export class Ancestry {
  readonly #include: ReadonlySet<string>
  readonly #exclude: ReadonlySet<string>
  #trees: { readonly included: Tree | undefined; readonly excluded: Tree | undefined } | undefined
  #planting: Reading<void> | undefined
  /** What each content lies below; undefined for what lies at the top, or cannot be found. */
  #above = new Map<string, Above | undefined>()

  constructor({ include, exclude }: Scope["roots"]) {
    this.#include = include
    this.#exclude = exclude
  }

  /** Whether filters name pages by their ids. */
  get matters(): boolean {
    return this.#include.size + this.#exclude.size > 0
  }

  /** Whether what lies below the roots is known. */
  get isWhole(): boolean {
    return this.#trees !== undefined
  }

  /** The pages of the trees that are included; undefined where filters include none by their ids, and so all. */
  get included(): IdList | undefined {
    return this.#trees?.included?.pages
  }

  /** Finds out what lies below the roots, once in a sync. `stream` pays for the requests. */
  plant(stream: string): Reading<void> {
    return Effect.gen({ self: this }, function* () {
      if (!this.matters || this.#trees !== undefined) return
      const planting = this.#planting ?? (yield* Effect.cached(this.#plant(stream)))
      this.#planting = planting
      yield* planting
    })
  }

  #plant(stream: string): Reading<void> {
    return Effect.gen({ self: this }, function* () {
      const roots = [...new Set([...this.#include, ...this.#exclude])]
      const types = yield* typesOf(stream, roots)
      const unknown = roots.filter((id) => !types.has(id))
      const reporter = yield* Reporter
      for (const id of unknown) {
        const key = this.#include.has(id) ? "page_ids_include" : "page_ids_exclude"
        yield* reporter.log("WARN", `filters.${key}: the id ${id} is of nothing that the account sees.`)
      }
      const treeOf = (ids: ReadonlySet<string>) =>
        ids.size === 0
          ? Effect.succeed(undefined)
          : below(
              stream,
              [...ids].flatMap((id): ReadonlyArray<Node> => {
                const type = types.get(id)
                return type === undefined ? [] : [{ id, type }]
              }),
            )
      const [included, excluded] = yield* Effect.all([treeOf(this.#include), treeOf(this.#exclude)], { concurrency: 2 })
      this.#trees = { included, excluded }
    })
  }

  /** Which of these pages the filters of pages let in. */
  judge(stream: string, rows: ReadonlyArray<Row>): Reading<ReadonlyArray<boolean>> {
    const trees = this.#trees
    if (trees !== undefined) return Effect.sync(() => rows.map((row) => isLetIn(trees, row)))
    return Effect.gen({ self: this }, function* () {
      for (const row of rows) this.#remember(idOf(row), aboveOf(row))
      yield* this.#climb(
        stream,
        rows.flatMap((row) => aboveOf(row) ?? []),
      )
      return rows.map((row) => {
        const chain = this.#chainOf(idOf(row))
        const isBelow = (roots: ReadonlySet<string>) => chain.some((id) => roots.has(id))
        return !isBelow(this.#exclude) && (this.#include.size === 0 || isBelow(this.#include))
      })
    })
  }

  #remember(id: string, above: Above | undefined): void {
    if (this.#above.size > MOST_REMEMBERED) this.#above = new Map()
    this.#above.set(id, above)
  }

  #chainOf(id: string): ReadonlyArray<string> {
    const chain = [id]
    for (let at = this.#above.get(id); at !== undefined && !chain.includes(at.id); at = this.#above.get(at.id)) {
      chain.push(at.id)
    }
    return chain
  }

  /** Asks for what these lie below, up to the top or to a root that is excluded. */
  #climb(stream: string, from: ReadonlyArray<Above>): Reading<void> {
    return Effect.gen({ self: this }, function* () {
      let open = from
      while (open.length > 0) {
        const unknown = new Map<string, Above>()
        for (const start of open) {
          let at: Above | undefined = start
          const seen = new Set<string>()
          while (at !== undefined && this.#above.has(at.id) && !seen.has(at.id)) {
            seen.add(at.id)
            at = this.#above.get(at.id)
          }
          if (at !== undefined && !this.#above.has(at.id) && !this.#exclude.has(at.id)) unknown.set(at.id, at)
        }
        yield* this.#lookUp(stream, [...unknown.values()])
        open = [...unknown.values()]
      }
    })
  }

  #lookUp(stream: string, nodes: ReadonlyArray<Above>): Reading<void> {
    return Effect.gen({ self: this }, function* () {
      for (const { id } of nodes) this.#remember(id, undefined)
      const note = (rows: ReadonlyArray<Row>) =>
        Effect.sync(() => rows.forEach((row) => this.#remember(idOf(row), aboveOf(row))))
      const pages = nodes.filter(({ type }) => type === "page").map(idOf)
      if (pages.length > 0) yield* pagesAnywhere(stream, pages, note)
      yield* Effect.forEach(
        nodes.filter(({ type }) => type !== "page"),
        ({ id, type }) =>
          Effect.map(oneOf(stream, type, id), (row) => {
            if (row !== undefined) this.#remember(id, aboveOf(row))
          }),
        { concurrency: MOST_AT_ONCE, discard: true },
      )
    })
  }
}

/** By the trees: a row whose parent is in one joins it, be it that it was created meanwhile. */
const isLetIn = ({ included, excluded }: { included: Tree | undefined; excluded: Tree | undefined }, row: Row) => {
  const isBelow = (tree: Tree): boolean => {
    const above = aboveOf(row)
    if (tree.ids.has(idOf(row))) return true
    if (above === undefined || !tree.ids.has(above.id)) return false
    tree.ids.add(idOf(row))
    return true
  }
  return !(excluded !== undefined && isBelow(excluded)) && (included === undefined || isBelow(included))
}

/** Goes through pages by their ids, in the trash too, without bodies. Answers those that are nowhere. */
const pagesAnywhere = Effect.fnUntraced(function* (
  stream: string,
  ids: ReadonlyArray<string>,
  onRows: (rows: ReadonlyArray<Row>) => Effect.Effect<void>,
): Effect.fn.Return<ReadonlySet<string>, ReadFailure, AskServices> {
  const list = { ...PAGES, stream }
  const left = yield* eachAnywhere(list, ids, onRows)
  if (left.size === 0) return left
  return yield* eachAnywhere({ ...list, query: [["status", "trashed"]] }, [...left], onRows)
})

/** One folder, whiteboard, database or embed; undefined where it is not there or is of no such type. */
const oneOf = Effect.fnUntraced(function* (stream: string, type: string, id: string) {
  if (!isTreeType(type)) return undefined
  const client = yield* ConfluenceClient
  const { path, scope } = TREE_TYPES[type]
  return yield* client.request({ path: `${path}/${encodeURIComponent(id)}`, scope, stream }).pipe(
    Effect.map(({ body }) => (isRecord(body) ? body : undefined)),
    Effect.catchTag("NotFound", () => Effect.succeed(undefined)),
  )
})

/** The types of content by its ids. Where the look-up is refused, each is asked for as every type in turn. */
const typesOf = Effect.fnUntraced(function* (
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
      const found = yield* Effect.catchTag(oneOf(stream, type, id), ["Forbidden", "ScopeMissing"], () =>
        Effect.succeed(undefined),
      )
      if (found !== undefined) types.set(id, type)
    }
  }
  return types
})

/** All that lies below some content, itself included. */
const below = Effect.fnUntraced(function* (
  stream: string,
  roots: ReadonlyArray<Node>,
): Effect.fn.Return<Tree, ReadFailure, AskServices> {
  const tree: Tree = { ids: new KeySet(), pages: new IdList() }
  let open: Array<Node> = []
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
    ).pipe(Effect.catchTag("NotFound", () => Effect.void))
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
  const aside = yield* asideOf(stream, roots)
  for (let before = -1; before !== tree.pages.length;) {
    before = tree.pages.length
    for (const row of aside) {
      const above = aboveOf(row)
      if (above !== undefined && tree.ids.has(above.id)) take({ id: idOf(row), type: "page" }, true)
    }
    yield* descendAll
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

/** The pages in the archive and in the trash of the spaces that some content lies in. */
const asideOf = Effect.fnUntraced(function* (
  stream: string,
  roots: ReadonlyArray<Node>,
): Effect.fn.Return<ReadonlyArray<Row>, ReadFailure, AskServices> {
  const spaces = new Set<string>()
  const note = (rows: ReadonlyArray<Row>) =>
    Effect.sync(() => rows.forEach((row) => spaces.add(String(row["spaceId"]))))
  yield* pagesAnywhere(stream, roots.filter(({ type }) => type === "page").map(idOf), note)
  yield* Effect.forEach(
    roots.filter(({ type }) => type !== "page"),
    ({ id, type }) => Effect.flatMap(oneOf(stream, type, id), (row) => (row === undefined ? Effect.void : note([row]))),
    { concurrency: MOST_AT_ONCE, discard: true },
  )
  const several = yield* SiteDirectory.use((directory) => directory.severalValues)
  const found: Array<Row> = []
  // What is aside is named by its id and its parent alone.
  const keep = (rows: ReadonlyArray<Row>) =>
    Effect.sync(() => void found.push(...rows.map(({ id, parentId, parentType }) => ({ id, parentId, parentType }))))
  const lists = batchesOf([...spaces], Math.min(MOST_SPACES, several.most)).flatMap((some) =>
    ["archived", "trashed"].map((status): List => ({
      path: PAGES.path,
      scope: PAGES.scope,
      stream,
      query: [["status", status], ...several.query("space-id", some)],
      paging: "cursor",
      limit: 250,
    })),
  )
  yield* Effect.forEach(lists, (list) => eachPage(list, keep), { concurrency: MOST_AT_ONCE, discard: true })
  return found
})
