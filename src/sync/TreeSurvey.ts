/**
 * Which folders, whiteboards, databases and embeds there are, found out once in a sync, whatever streams read them.
 *
 * No list shows them. The search does, as far as it goes; pages name what they lie below, and so does each of these items when it is looked at
 * by its id. Past what cannot be seen itself leads the list of ancestors of something below it. An item that no search shows and that
 * nothing names cannot be known.
 *
 * Each stream looks at the items of its own type, as long as any of the others may still name one; those of a type that no stream reads are
 * looked at for what they lie below.
 */
import { Context, Effect, Latch, Layer } from "effect"
import type { ConfluenceError } from "../confluence/errors.ts"
import type { Row } from "../confluence/Listing.ts"
import { Reporter } from "../protocol/Reporter.ts"
import type { Missed } from "../site/Accounts.ts"
import { KeySet } from "../site/KeySet.ts"
import { MOST_IDS } from "../site/manyValues.ts"
import { type ReadFailure, isOfOnePart } from "./failures.ts"
import { batchesOf, idOf } from "./LookUp.ts"
import type { ReadServices } from "./readServices.ts"
import { MOST_AT_ONCE } from "./services.ts"
import type { StreamFacts } from "./StreamFacts.ts"
import {
  type Above,
  ITEM_TYPES,
  type ItemType,
  type Node,
  aboveOf,
  ancestorsOf,
  itemType,
  pagesAnywhere,
  treeItem,
} from "./treeContent.ts"
import { listPages, searchItems } from "./treeShown.ts"

type Reading<A> = Effect.Effect<A, ReadFailure, ReadServices>

/** Items by their ids, each with content that lies below it, as far as any is known to. */
type Named = Map<string, Node | undefined>

/** Whether nothing of an endpoint can be read. */
const isClosed = ({ _tag }: ReadFailure): boolean => _tag === "ScopeMissing" || _tag === "EndpointRemoved"

class Survey {
  /** What could not be found out, so that no stream can tell whether it is whole. */
  readonly missed: Array<Missed> = []
  readonly #named = Object.fromEntries(ITEM_TYPES.map((type) => [type, new Map()])) as Readonly<Record<ItemType, Named>>
  /** What each stream that is being read has yet to look at. */
  readonly #own = new Map<ItemType, Array<string>>()
  /** Items that have been looked at, or could not be. */
  readonly #done = new KeySet()
  readonly #pages = new KeySet()
  /** Pages that lie above others, and that no list has shown so far, each with one that lies below it. */
  #parents = new Map<string, Node>()
  /** Items of types that no stream reads. */
  #others: Array<Node> = []
  /** Content below something that cannot be seen. */
  #below: Array<Node> = []
  readonly #climbed = new KeySet()
  readonly #told = new Set<string>()
  #busy = 0
  #news = Latch.makeUnsafe(false)
  #beginning: Reading<void> | undefined

  /**
   * Hands over the ids of all items of a type, each once, in portions as they become known: `lookAt` looks at each, and tells what came of
   * it. Over when there is nothing left that could name another one.
   */
  each(
    { name, ...facts }: StreamFacts,
    type: ItemType,
    lookAt: (ids: ReadonlyArray<string>) => Reading<void>,
  ): Reading<void> {
    return Effect.gen({ self: this }, function* () {
      const own = [...this.#named[type].keys()]
      this.#own.set(type, own)
      this.#others = this.#others.filter((item) => item.type !== type)
      const beginning = this.#beginning ?? (yield* Effect.cached(this.#begin({ name, ...facts })))
      this.#beginning = beginning
      yield* beginning
      for (;;) {
        if (own.length > 0) yield* this.#counted(lookAt(own.splice(0)))
        else if (yield* this.#isOver(name)) return
      }
    }).pipe(Effect.ensuring(Effect.sync(() => this.#leave(type))))
  }

  /** Tells what an item lies below, and answers whether nothing else had named that. */
  tell(item: Node, row: Row): boolean {
    this.#done.add(item.id)
    const above = aboveOf(row)
    return above !== undefined && this.#name(above, item)
  }

  /** An item is not asked for again: an earlier attempt has told all that there is to know of it. */
  pass(id: string): void {
    this.#done.add(id)
  }

  /** An item is not there, or cannot be seen: what lies above it tells something below it. */
  unseen({ id, type }: Node): void {
    this.#done.add(id)
    const below = type === "page" ? undefined : this.#named[type].get(id)
    if (below !== undefined) this.#climbFrom(below)
  }

  /** An item could not be looked at: what lies above it tells its list of ancestors. */
  failed(item: Node): void {
    this.#done.add(item.id)
    this.#climbFrom(item)
  }

  #climbFrom(node: Node): void {
    if (!this.#climbed.add(node.id)) return
    this.#below.push(node)
    this.#wake()
  }

  #name({ id, type }: Above, below: Node): boolean {
    if (type === "page") {
      if (this.#pages.has(id) || this.#parents.has(id)) return false
      this.#parents.set(id, below)
      this.#wake()
      return true
    }
    const item = itemType(type)
    return item !== undefined && this.#nameItem(item, id, below)
  }

  #nameItem(type: ItemType, id: string, below: Node | undefined): boolean {
    const named = this.#named[type]
    if (named.has(id)) {
      if (below !== undefined && named.get(id) === undefined) named.set(id, below)
      return false
    }
    named.set(id, below)
    const own = this.#own.get(type)
    if (own === undefined) this.#others.push({ type, id })
    else own.push(id)
    this.#wake()
    return true
  }

  #wake(): void {
    this.#news.openUnsafe()
    this.#news = Latch.makeUnsafe(false)
  }

  /** A stream ends, be it that it has failed: what it has not looked at is left to the others. */
  #leave(type: ItemType): void {
    this.#own.delete(type)
    for (const id of this.#named[type].keys()) if (!this.#done.has(id)) this.#others.push({ type, id })
    this.#wake()
  }

  #counted<A>(work: Reading<A>): Reading<A> {
    return Effect.suspend(() => {
      this.#busy++
      return Effect.ensuring(
        work,
        Effect.sync(() => {
          this.#busy--
          this.#wake()
        }),
      )
    })
  }

  /** Does some of what is nobody's own, or waits for what others find. Answers whether all that can be known is. */
  #isOver(stream: string): Reading<boolean> {
    return Effect.gen({ self: this }, function* () {
      const work = this.#besides(stream)
      if (work !== undefined) yield* this.#counted(work)
      else if (this.#busy === 0 && [...this.#own.values()].every((own) => own.length === 0)) return true
      else yield* this.#news.await
      return false
    })
  }

  #besides(stream: string): Reading<void> | undefined {
    const [parents, others, below] = [this.#parents, this.#others, this.#below]
    if (parents.size > 0) {
      this.#parents = new Map()
      return this.#lookForPages(stream, parents)
    }
    if (others.length > 0) {
      this.#others = []
      return Effect.forEach(others, (item) => this.#lookAtOther(stream, item), {
        concurrency: MOST_AT_ONCE,
        discard: true,
      })
    }
    if (below.length > 0) {
      this.#below = []
      return Effect.forEach(below, (node) => this.#climb(stream, node), { concurrency: MOST_AT_ONCE, discard: true })
    }
    return undefined
  }

  /** The search, and the list of pages. What fails of them is noted: the rest is read. */
  #begin(facts: StreamFacts): Reading<void> {
    const onItem = (type: ItemType, id: string) => void this.#nameItem(type, id, undefined)
    return Effect.map(
      Effect.all([searchItems(facts, onItem), listPages(facts, (rows) => this.#notePages(rows))], { concurrency: 2 }),
      (missed) => void this.missed.push(...missed.flat()),
    )
  }

  #notePages(rows: ReadonlyArray<Row>): void {
    for (const row of rows) {
      const page = { id: idOf(row), type: "page" } as const
      this.#pages.add(page.id)
      this.#parents.delete(page.id)
      const above = aboveOf(row)
      if (above !== undefined) this.#name(above, page)
    }
  }

  /** Looks for pages that lists have not shown: in the trash, say. Past those that cannot be seen leads what lies below them. */
  #lookForPages(stream: string, parents: ReadonlyMap<string, Node>): Reading<void> {
    return Effect.gen({ self: this }, function* () {
      for (const id of parents.keys()) this.#pages.add(id)
      for (const ids of batchesOf([...parents.keys()], MOST_IDS)) {
        yield* pagesAnywhere(stream, ids, (rows) => Effect.sync(() => this.#notePages(rows))).pipe(
          Effect.map((nowhere) => nowhere.forEach((id) => this.#climbFrom(parents.get(id)!))),
          Effect.catchIf(isOfOnePart, () => Effect.sync(() => ids.forEach((id) => this.#climbFrom(parents.get(id)!)))),
        )
      }
    })
  }

  #lookAtOther(stream: string, item: Node): Reading<void> {
    return Effect.suspend(() =>
      this.#told.has(item.type) ? Effect.succeed(undefined) : treeItem(stream, item.type, item.id),
    ).pipe(
      Effect.map((row) => void (row === undefined ? this.unseen(item) : this.tell(item, row))),
      Effect.catch((error: ReadFailure): Reading<void> => {
        if (isClosed(error))
          return this.#tellClosed(stream, item.type, `what only ${item.type}s name`, error as ConfluenceError)
        return isOfOnePart(error) ? Effect.sync(() => this.failed(item)) : Effect.fail(error)
      }),
    )
  }

  #climb(stream: string, { id, type }: Node): Reading<void> {
    return Effect.suspend(() =>
      this.#told.has("ancestors") ? Effect.succeed([]) : ancestorsOf(stream, type, id),
    ).pipe(
      Effect.map((ancestors) =>
        ancestors.forEach((above) => {
          const item = itemType(above.type)
          if (item !== undefined) this.#nameItem(item, above.id, undefined)
        }),
      ),
      Effect.catchTag("NotFound", () => Effect.void),
      Effect.catch((error: ReadFailure): Reading<void> => {
        if (isClosed(error)) {
          return this.#tellClosed(
            stream,
            "ancestors",
            "what lies above content that this account cannot see",
            error as ConfluenceError,
          )
        }
        if (!isOfOnePart(error)) return Effect.fail(error)
        return Effect.sync(() => void this.missed.push({ name: `what the ${type} ${id} lies below`, error }))
      }),
    )
  }

  /** Once for each endpoint of which nothing can be read: the streams do without. */
  #tellClosed(stream: string, endpoint: string, what: string, { message }: ConfluenceError): Reading<void> {
    if (this.#told.has(endpoint)) return Effect.void
    this.#told.add(endpoint)
    return Reporter.use((reporter) =>
      reporter.log("WARN", `${stream}: ${what} cannot be told, and is left out. ${message}`),
    )
  }
}

/** The survey of one sync. */
export class TreeSurvey extends Context.Service<TreeSurvey, Survey>()("source-confluence/TreeSurvey") {
  static readonly layer: Layer.Layer<TreeSurvey> = Layer.sync(TreeSurvey)(() => new Survey())
}
