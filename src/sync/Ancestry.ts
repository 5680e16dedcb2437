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

/** What lies below the roots. `unseen`: one that is excluded cannot be seen itself, so that each row is asked upwards for it. */
interface Trees {
  readonly included: Tree | undefined
  readonly excluded: Tree | "unseen" | undefined
}

/** Each row is asked upwards. */
const NOT_PLANTED = { included: "unseen", excluded: "unseen" } as const

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
  #trees: Trees | undefined
  #planting: Reading<void> | undefined
  /** What each content lies below; undefined for what lies at the top, "nowhere" for what cannot be found. */
  #above = new Map<string, Above | "nowhere" | undefined>()

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
      const isUnseen = unknown.some((id) => this.#exclude.has(id))
      const [included, excluded] = yield* Effect.all(
        [treeOf(this.#include), isUnseen ? Effect.succeed("unseen" as const) : treeOf(this.#exclude)],
        { concurrency: 2 },
      )
      this.#trees = { included, excluded }
    })
  }

  /** Which of these pages the filters of pages let in; undefined where that cannot be told. */
  judge(stream: string, rows: ReadonlyArray<Row>): Reading<ReadonlyArray<boolean | undefined>> {
    return Effect.gen({ self: this }, function* () {
      const { included, excluded } = this.#trees ?? NOT_PLANTED
      // What is not in a tree is asked upwards before it is left out: a list may have been empty for a moment, a root hidden.
      const isToClimb = (row: Row) =>
        included === "unseen" || excluded === "unseen" || (included !== undefined && !isBelow(included, row))
      const open = rows.filter(isToClimb)
      for (const row of open) this.#remember(idOf(row), aboveOf(row))
      yield* this.#climb(
        stream,
        open.flatMap((row) => aboveOf(row) ?? []),
      )
      return rows.map((row) => {
        const isExcluded =
          excluded === "unseen"
            ? this.#isAbove(this.#exclude, idOf(row))
            : excluded !== undefined && isBelow(excluded, row)
        const isIncluded =
          this.#include.size === 0 ||
          (included !== undefined && included !== "unseen" && isBelow(included, row)) ||
          this.#isAbove(this.#include, idOf(row))
        if (isExcluded === true || isIncluded === false) return false
        return isExcluded === undefined || isIncluded === undefined ? undefined : true
      })
    })
  }

  #remember(id: string, above: Above | "nowhere" | undefined): void {
    if (this.#above.size > MOST_REMEMBERED) this.#above = new Map()
    this.#above.set(id, above)
  }

  /** Whether content lies below one of the roots, or is one; undefined where the way up cannot be followed to its end. */
  #isAbove(roots: ReadonlySet<string>, id: string): boolean | undefined {
    const chain = new Set<string>()
    for (let at = id; !chain.has(at);) {
      if (roots.has(at)) return true
      chain.add(at)
      const above = this.#above.get(at)
      // What was forgotten leads nowhere either.
      if (above === "nowhere" || !this.#above.has(at)) return undefined
      if (above === undefined) return false
      at = above.id
    }
    return false
  }

  /** Asks for what these lie below, up to the top or to a root that is excluded. */
  #climb(stream: string, from: ReadonlyArray<Above>): Reading<void> {
    return Effect.gen({ self: this }, function* () {
      let open = from
      while (open.length > 0) {
        const unknown = new Map<string, Above>()
        for (const start of open) {
          let at: Above | "nowhere" | undefined = start
          const seen = new Set<string>()
          while (at !== undefined && at !== "nowhere" && this.#above.has(at.id) && !seen.has(at.id)) {
            seen.add(at.id)
            at = this.#above.get(at.id)
          }
          if (at === undefined || at === "nowhere" || this.#above.has(at.id)) continue
          if (!this.#exclude.has(at.id)) unknown.set(at.id, at)
        }
        yield* this.#lookUp(stream, [...unknown.values()])
        open = [...unknown.values()]
      }
    })
  }

  #lookUp(stream: string, nodes: ReadonlyArray<Above>): Reading<void> {
    return Effect.gen({ self: this }, function* () {
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
      // Only now: other streams go up the same ways meanwhile, and what is still being asked for is not nowhere.
      for (const { id } of nodes) if (!this.#above.has(id)) this.#remember(id, "nowhere")
    })
  }
}

/** A row whose parent is in a tree joins it, be it that it was created meanwhile. */
const isBelow = (tree: Tree, row: Row): boolean => {
  const above = aboveOf(row)
  if (tree.ids.has(idOf(row))) return true
  if (above === undefined || !tree.ids.has(above.id)) return false
  tree.ids.add(idOf(row))
  return true
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
  /** Something lies in the tree whose own descendants are not told, in the trash for instance. */
  let isBlind = false
  const take = ({ id, type }: Node, isOpen: boolean) => {
    if (!tree.ids.add(id)) return
    if (type === "page") tree.pages.add(id)
    if (isOpen) open.push({ id, type })
  }
  const descend = ({ id, type }: Node) => {
    let isEmpty = true
    const list = eachPage(descendants(stream, type, id), (rows) =>
      Effect.sync(() => {
        isEmpty &&= rows.length === 0
        for (const row of rows) {
          if (isTreeType(row["type"])) take({ id: idOf(row), type: row["type"] }, Number(row["depth"]) >= DEPTH)
        }
      }),
    )
    // A list may be empty for a moment; few are asked for at all.
    return Effect.suspend(() => list).pipe(
      Effect.andThen(Effect.suspend(() => (isEmpty ? list : Effect.void))),
      Effect.catchTag("NotFound", () => Effect.sync(() => void (isBlind = true))),
    )
  }
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
  const aside = yield* placedIn(stream, spaces, ["archived", "trashed"])
  yield* join(aside)
  if (isBlind) yield* join([...aside, ...(yield* placedIn(stream, spaces, ["current"]))])
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
    ({ id, type }) => Effect.flatMap(oneOf(stream, type, id), (row) => (row === undefined ? Effect.void : note([row]))),
    { concurrency: MOST_AT_ONCE, discard: true },
  )
  return { spaces: [...spaces], isAnyTrashed }
})

/** The pages of some spaces and statuses that lie below something, and the folders and the like on the way up. */
const placedIn = Effect.fnUntraced(function* (
  stream: string,
  spaces: ReadonlyArray<string>,
  statuses: ReadonlyArray<string>,
): Effect.fn.Return<ReadonlyArray<Placed>, ReadFailure, AskServices> {
  const several = yield* SiteDirectory.use((directory) => directory.severalValues)
  const found = new Map<string, Placed>()
  const place = (type: TreeType) => (row: Row) => {
    const above = aboveOf(row)
    if (above !== undefined)
      found.set(idOf(row), { id: idOf(row), type, above, isTrashed: row["status"] === "trashed" })
  }
  const keep = (rows: ReadonlyArray<Row>) => Effect.sync(() => rows.forEach(place("page")))
  const lists = batchesOf(spaces, Math.min(MOST_SPACES, several.most)).flatMap((some) =>
    statuses.map((status): List => ({
      path: PAGES.path,
      scope: PAGES.scope,
      stream,
      query: [["status", status], ...several.query("space-id", some)],
      paging: "cursor",
      limit: 250,
    })),
  )
  yield* Effect.forEach(lists, (list) => eachPage(list, keep), { concurrency: MOST_AT_ONCE, discard: true })
  const asked = new Set<string>()
  for (let open = [...found.values()]; open.length > 0;) {
    const unknown = new Map<string, TreeType>()
    for (const { above } of open) {
      const { id, type } = above
      if (isTreeType(type) && type !== "page" && !asked.has(id)) unknown.set(id, type)
    }
    for (const id of unknown.keys()) asked.add(id)
    yield* Effect.forEach(
      unknown,
      ([id, type]) => Effect.map(oneOf(stream, type, id), (row) => (row === undefined ? undefined : place(type)(row))),
      { concurrency: MOST_AT_ONCE, discard: true },
    )
    open = [...unknown.keys()].flatMap((id) => found.get(id) ?? [])
  }
  return [...found.values()]
})
