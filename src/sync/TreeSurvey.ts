/**
 * What is known in one sync of folders, whiteboards, databases and embeds, and what is still to be asked. Who asks is in surveyTree.ts.
 */
import { Context, type Effect, Latch, Layer } from "effect"
import type { Row } from "../confluence/Listing.ts"
import type { Missed } from "../site/Accounts.ts"
import { KeySet } from "../site/KeySet.ts"
import type { ReadFailure } from "./failures.ts"
import { type Above, ITEM_TYPES, type ItemType, type Node, aboveOf, itemType } from "./treeContent.ts"

/** Items by their ids, each with content that lies below it, as far as any is known to. */
type Named = Map<string, Node | undefined>

/** What is nobody's own to ask. */
export interface Besides {
  /** Pages that lie above others and that no list has shown, each with one that lies below it, if that is known. */
  readonly parents: ReadonlyMap<string, Node | undefined>
  /** Items of types that no stream reads. */
  readonly others: ReadonlyArray<Node>
  /** Content below something that cannot be seen. */
  readonly below: ReadonlyArray<Node>
}

class Survey {
  /** What could not be found out, so that no stream can tell whether it is whole. */
  readonly missed: Array<Missed> = []
  /** Whether the search and the list of pages have told all that they could. */
  isShownWhole = false
  /** Endpoints of which nothing can be read, as the log has told. */
  readonly closed = new Set<string>()
  /** The search and the list of pages, which begin it. */
  beginning: Effect.Effect<void, ReadFailure> | undefined
  /** Items that the search and the list of pages have named, whoever reads them and when. */
  readonly #shown = new KeySet()
  #hasBegun = false
  readonly #named = Object.fromEntries(ITEM_TYPES.map((type) => [type, new Map()])) as Readonly<Record<ItemType, Named>>
  /** What each stream that is being read has yet to look at. */
  readonly #own = new Map<ItemType, Array<string>>()
  /** Items that have been looked at, or could not be. */
  readonly #done = new KeySet()
  /** What is to be known of items that have been looked at, by their ids. */
  readonly #rows = new Map<string, Row>()
  readonly #unseen = new KeySet()
  /** Pages that were listed or looked for, and those that had to be looked for. */
  readonly #pages = new KeySet()
  readonly #sought = new KeySet()
  #parents: Named = new Map()
  #others: Array<Node> = []
  #below: Array<Node> = []
  readonly #climbed = new KeySet()
  #busy = 0
  #news = Latch.makeUnsafe(false)

  /** The search and the list of pages have been read, as far as they could be. */
  begun(missed: ReadonlyArray<Missed>): void {
    this.missed.push(...missed)
    this.isShownWhole = missed.length === 0
    this.#hasBegun = true
  }

  isShown(id: string): boolean {
    return this.#shown.has(id)
  }

  /** A stream begins to read the items of a type: all those that are known, and those that come. */
  join(type: ItemType): void {
    this.#own.set(type, [...this.#named[type].keys()])
    this.#others = this.#others.filter((item) => item.type !== type)
  }

  /** A stream ends, be it that it has failed: what it has not looked at is left to the others. */
  leave(type: ItemType): void {
    this.#own.delete(type)
    for (const id of this.#named[type].keys()) if (!this.#done.has(id)) this.#others.push({ type, id })
    this.#wake()
  }

  /** The items that a stream has yet to look at. Where there are any it is at work from now on, until `rest`. */
  takeOwn(type: ItemType): ReadonlyArray<string> {
    const own = this.#own.get(type)?.splice(0) ?? []
    if (own.length > 0) this.#busy++
    return own
  }

  /** What is nobody's own, if there is any; likewise. */
  takeBesides(): Besides | undefined {
    const besides = { parents: this.#parents, others: this.#others, below: this.#below }
    if (besides.parents.size + besides.others.length + besides.below.length === 0) return undefined
    this.#parents = new Map()
    this.#others = []
    this.#below = []
    this.#busy++
    return besides
  }

  rest(): void {
    this.#busy--
    this.#wake()
  }

  /** Whether nobody is at work, and there is nothing left to ask for. */
  get isOver(): boolean {
    return this.#busy === 0 && [...this.#own.values()].every((own) => own.length === 0)
  }

  /** Waits until something is named, or somebody rests. */
  get news(): Effect.Effect<void> {
    return this.#news.await
  }

  #wake(): void {
    const news = this.#news
    // Those who wait go on at once, and may wait for the next news by then.
    this.#news = Latch.makeUnsafe(false)
    news.openUnsafe()
  }

  /** Tells what an item lies below, and answers that. */
  tell(item: Node, row: Row): Above | undefined {
    this.#done.add(item.id)
    this.#rows.set(item.id, { id: item.id, spaceId: row["spaceId"], status: row["status"] })
    const above = aboveOf(row)
    if (above !== undefined) this.#name(above, item)
    return above
  }

  /** Whether what lies above an item has been shown by the search or the list of pages, and seen: nothing below it need name it again. */
  isSettled({ id, type: named }: Above): boolean {
    if (named === "page") return this.#pages.has(id) && !this.#sought.has(id)
    const type = itemType(named)
    if (type === undefined || this.closed.has(type)) return true
    return this.#shown.has(id) && this.#done.has(id) && !this.#unseen.has(id)
  }

  /** The items of a type, but for those that are not there. */
  seenOf(type: ItemType): ReadonlyArray<string> {
    return [...this.#named[type].keys()].filter((id) => !this.#unseen.has(id))
  }

  /** The space and the status of an item that has been looked at. */
  rowOf(id: string): Row | undefined {
    return this.#rows.get(id)
  }

  /** An item is not asked for again: an earlier attempt has told all that there is to know of it. */
  pass(id: string): void {
    this.#done.add(id)
  }

  /** An item is not there, or cannot be seen: what lies above it tells something below it. */
  unseen({ id, type }: Node): void {
    this.#done.add(id)
    this.#unseen.add(id)
    const below = type === "page" ? undefined : this.#named[type].get(id)
    if (below !== undefined) this.climbFrom(below)
  }

  /** An item could not be looked at: what lies above it tells its list of ancestors. */
  failed(item: Node): void {
    this.#done.add(item.id)
    this.climbFrom(item)
  }

  climbFrom(node: Node): void {
    if (!this.#climbed.add(node.id)) return
    this.#below.push(node)
    this.#wake()
  }

  notePages(rows: ReadonlyArray<Row>): void {
    for (const row of rows) {
      const page = typeof row["id"] === "string" ? ({ id: row["id"], type: "page" } as const) : undefined
      if (page !== undefined) this.passPage(page.id)
      const above = aboveOf(row)
      if (above !== undefined) this.#name(above, page)
    }
  }

  /** A page is looked for. */
  seekPage(id: string): void {
    this.#sought.add(id)
    this.passPage(id)
  }

  /** A page need not be looked for. */
  passPage(id: string): void {
    this.#pages.add(id)
    this.#parents.delete(id)
  }

  #name({ id, type }: Above, below: Node | undefined): void {
    if (type !== "page") return this.nameItem(type, id, below)
    if (this.#pages.has(id) || this.#parents.has(id)) return
    this.#parents.set(id, below)
    this.#wake()
  }

  /** Takes in an item, if it is of such a type. */
  nameItem(named: unknown, id: string, below: Node | undefined): void {
    const type = itemType(named)
    if (type === undefined) return
    if (!this.#hasBegun) this.#shown.add(id)
    const known = this.#named[type]
    if (known.has(id)) {
      if (below === undefined || known.get(id) !== undefined) return
      known.set(id, below)
      if (this.#unseen.has(id)) this.climbFrom(below)
      return
    }
    known.set(id, below)
    const own = this.#own.get(type)
    if (own === undefined) this.#others.push({ type, id })
    else own.push(id)
    this.#wake()
  }
}

/** The survey of one sync. */
export class TreeSurvey extends Context.Service<TreeSurvey, Survey>()("source-confluence/TreeSurvey") {
  static readonly layer: Layer.Layer<TreeSurvey> = Layer.sync(TreeSurvey)(() => new Survey())
}
