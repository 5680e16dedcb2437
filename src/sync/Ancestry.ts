/**
 * Which pages lie below the content that filters name by its id.
 *
 * A whole reading asks for the trees (contentTree.ts). A walk of newest changes asks upwards instead, from each row to what it lies
 * below, and so costs as much as has changed.
 */
import { Effect } from "effect"
import type { Row } from "../confluence/Listing.ts"
import { Reporter } from "../protocol/Reporter.ts"
import type { IdList } from "../site/IdList.ts"
import type { Scope } from "../site/Scope.ts"
import { type Tree, below } from "./contentTree.ts"
import type { ReadFailure } from "./failures.ts"
import { idOf } from "./LookUp.ts"
import { type AskServices, MOST_AT_ONCE } from "./services.ts"
import { type Above, type Node, aboveOf, pagesAnywhere, treeItem, typesOf } from "./treeContent.ts"
import { unknownPages } from "./unknownIds.ts"

type Reading<A> = Effect.Effect<A, ReadFailure, AskServices>

/** Ways upwards that are remembered. */
const MOST_REMEMBERED = 200_000

/** What lies below the roots. `unseen`: one that is excluded cannot be seen itself, so that each row is asked upwards for it. */
interface Trees {
  readonly included: Tree | undefined
  readonly excluded: Tree | "unseen" | undefined
}

/** Each row is asked upwards. */
const NOT_PLANTED = { included: "unseen", excluded: "unseen" } as const

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
      for (const sentence of unknownPages({ include: this.#include, exclude: this.#exclude }, unknown)) {
        yield* reporter.log("WARN", sentence)
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
          Effect.map(treeItem(stream, type, id), (row) => {
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
