/**
 * Follows all content up to the top of its space, so that what it inherits can be told: through pages in the archive, in the trash or outside
 * the filters, and through folders, whiteboards, databases and embeds.
 *
 * What lies above something that cannot be seen itself tells the list of ancestors of a content below it.
 */
import { Effect } from "effect"
import type { Row } from "../../confluence/Listing.ts"
import type { Missed } from "../../site/Accounts.ts"
import { MOST_IDS } from "../../site/manyValues.ts"
import { Contents } from "../../sync/Contents.ts"
import type { ReadFailure } from "../../sync/failures.ts"
import { batchesOf, idOf } from "../../sync/LookUp.ts"
import { type Parent, readBatches, readEach } from "../../sync/parents.ts"
import type { ReadServices } from "../../sync/readServices.ts"
import { Settings } from "../../sync/services.ts"
import {
  type Above,
  aboveOf,
  ancestorsOf,
  isTreeType,
  pagesAnywhere,
  shownTreeItem,
  treeItem,
} from "../../sync/treeContent.ts"
import type { ContentTable } from "./ContentTable.ts"
import { stillSeen } from "./stillSeen.ts"

type Reading<A> = Effect.Effect<A, ReadFailure, ReadServices>

/** A content as people know it. */
export const nameOf = (type: string, id: string): string => {
  const named = type === "blogpost" ? "blog post" : type === "" ? "content" : type
  return `the ${named} ${id}`
}

interface Placed extends Parent {
  readonly place: number
  readonly type: string
}

/** One going up of one stream. */
export class WayUp {
  readonly missed: Array<Missed> = []
  readonly #stream: string
  readonly #table: ContentTable
  readonly #searchAgain: (types: ReadonlyArray<string>) => Reading<ReadonlySet<string>>
  /** What the search has shown, so that it must be there. */
  #shown: ReadonlySet<number> = new Set()
  /** What cannot be seen, and a content that lies below it. */
  readonly #unseen = new Map<number, number | undefined>()
  /** The lists of ancestors of contents. */
  readonly #ancestors = new Map<number, ReadonlyArray<Above> | undefined>()
  /** Contents that have gone away since they were shown. */
  readonly #vanished = new Set<number>()
  /** What is named, and yet to be looked up, with the content that it was reached from. */
  #open = new Map<number, number>()
  /** What cannot be seen, and the way goes on from there. */
  #blind = new Map<number, number>()

  /** `searchAgain`: the ids of what the search shows of some types by now. */
  constructor(
    stream: string,
    table: ContentTable,
    searchAgain: (types: ReadonlyArray<string>) => Reading<ReadonlySet<string>>,
  ) {
    this.#stream = stream
    this.#table = table
    this.#searchAgain = searchAgain
  }

  /** What content lies below and cannot be seen. */
  get unseen(): ReadonlyArray<number> {
    return [...this.#unseen].flatMap(([place, below]) => (below === undefined ? [] : [place]))
  }

  /** Whether the search has shown a folder or the like. */
  isShown(place: number): boolean {
    return this.#shown.has(place)
  }

  /** Whether a content cannot be seen, neither by a list nor by its id. */
  isUnseen(place: number): boolean {
    return this.#unseen.has(place)
  }

  /** Goes up from all content that is in the table, and then from these folders and the like, which it looks up. */
  follow(tree: ReadonlyArray<number>): Reading<void> {
    return Effect.gen({ self: this }, function* () {
      const table = this.#table
      this.#shown = new Set(tree)
      for (let place = 0, { size } = table; place < size; place++) if (table.isContent(place)) this.#mark(place, place)
      yield* this.#goUp()
      for (const place of tree) this.#mark(place, place)
      yield* this.#goUp()
    })
  }

  #mark(from: number, content: number): void {
    const table = this.#table
    for (let at: number | undefined = from; at !== undefined; at = table.above(at)) {
      if (this.#unseen.has(at) && !table.isPlaced(at)) {
        if (at !== content) this.#blind.set(at, content)
        return
      }
      if (table.isNeeded(at)) return
      table.markNeeded(at)
      if (!table.isPlaced(at)) return void this.#open.set(at, content)
    }
  }

  #goUp(): Reading<void> {
    return Effect.gen({ self: this }, function* () {
      while (this.#open.size + this.#blind.size > 0) {
        const [open, blind] = [this.#open, this.#blind]
        this.#open = new Map()
        this.#blind = new Map()
        yield* Effect.all([this.#lookUp(open), this.#goPast(blind)], { concurrency: 2 })
      }
    })
  }

  #lookUp(open: ReadonlyMap<number, number>): Reading<void> {
    return Effect.gen({ self: this }, function* () {
      const table = this.#table
      const isPage = (place: number) => table.typeOf(place) === "page"
      const pages = [...open.keys()].filter(isPage)
      const failed = new Set<number>()
      const failedPages = yield* readBatches(
        batchesOf(
          pages.map((place) => table.idOf(place)),
          MOST_IDS,
        ),
        (id) => nameOf("page", id),
        (ids) => this.#lookUpPages(ids),
      )
      const others = [...open.keys()].filter((place) => !isPage(place))
      const failedOthers = yield* readEach(
        others.map((place): Placed => {
          const [id, type] = [table.idOf(place), table.typeOf(place)]
          return { place, id, type, name: nameOf(type, id) }
        }),
        {
          read: (each) => this.#lookUpOther(each.place),
          // What the search still shows is there, whatever a look at it says.
          stillThere: (some) => this.#searchAgain([...new Set(some.map(({ place }) => table.typeOf(place)))]),
          onMissed: ({ place }) => void failed.add(place),
        },
      )
      this.missed.push(...failedPages, ...failedOthers)
      const asked = new Set(failedPages.map(({ name }) => name))
      for (const place of pages) if (asked.has(nameOf("page", table.idOf(place)))) failed.add(place)
      for (const [place, content] of open) {
        if (table.isPlaced(place)) {
          const above = table.above(place)
          if (above !== undefined) this.#mark(above, content)
        } else if (failed.has(place)) table.cutOff(place)
        else {
          const below = place === content ? undefined : content
          this.#unseen.set(place, below)
          if (below !== undefined) this.#blind.set(place, below)
        }
      }
    })
  }

  #lookUpPages(ids: ReadonlyArray<string>): Reading<void> {
    const table = this.#table
    return Effect.asVoid(
      pagesAnywhere(this.#stream, ids, (rows) =>
        Effect.sync(() => {
          for (const row of rows) {
            const place = table.find(idOf(row))
            // What the lists have not shown is no content of the stream: it is in the trash, or outside the filters.
            if (place !== undefined) table.place(place, "page", String(row["spaceId"] ?? ""), aboveOf(row))
          }
        }),
      ),
    )
  }

  #lookUpOther(place: number): Reading<void> {
    return Effect.gen({ self: this }, function* () {
      const table = this.#table
      const type = table.typeOf(place)
      const look = this.#shown.has(place) ? shownTreeItem : treeItem
      const row = yield* look(this.#stream, type, table.idOf(place))
      if (row === undefined) return
      table.place(place, type, String(row["spaceId"] ?? ""), aboveOf(row))
      const isLive = row["status"] === "current" || row["status"] === "archived"
      table.setContent(place, isLive && (yield* this.#isLetIn(row)))
    })
  }

  /** Folders and the like are narrowed by filters of spaces alone. */
  #isLetIn(row: Row): Reading<boolean> {
    return Effect.gen({ self: this }, function* () {
      const { scope } = yield* Settings
      if (scope.isEverything) return true
      const contents = yield* Contents
      const asked = { stream: this.#stream, filteredAs: "ofSpace", isKnown: () => false, isSettled: false } as const
      return (yield* contents.admit(asked, [row]))[0] === "in"
    })
  }

  /** Goes past what cannot be seen, by the ancestors of a content below it. */
  #goPast(blind: ReadonlyMap<number, number>): Reading<void> {
    return Effect.gen({ self: this }, function* () {
      const table = this.#table
      const contents = [...new Set(blind.values())].filter((content) => !this.#ancestors.has(content))
      this.missed.push(
        ...(yield* readEach(
          contents.map((place): Placed => {
            const id = table.idOf(place)
            const type = table.typeOf(place)
            return { place, id, type, name: `what ${nameOf(type, id)} lies below` }
          }),
          {
            read: ({ place }) => this.#askForAncestors(place),
            stillThere: (some) => stillSeen(this.#stream, some),
            onVanished: ({ place }) => void this.#vanished.add(place),
          },
        )),
      )
      for (const [place, content] of blind) {
        const ancestors = this.#ancestors.get(content)
        if (ancestors === undefined) {
          const other = this.#vanished.has(content) ? this.#anotherBelow(place) : undefined
          if (other !== undefined) this.#blind.set(place, other)
          // What has gone away leaves nothing behind that lies there.
          else if (this.#vanished.has(content)) table.place(place, table.typeOf(place), "", undefined)
          else table.cutOff(place)
          continue
        }
        const passed = new Set<string>()
        for (let at: number | undefined = content; at !== undefined && at !== place; at = table.above(at)) {
          if (passed.has(table.idOf(at))) break
          passed.add(table.idOf(at))
        }
        passed.add(table.idOf(place))
        // Lists may leave out what cannot be seen. One that shows it tells what it lies below, wherever the content has moved meanwhile.
        const listed = ancestors.findIndex(({ id }) => id === table.idOf(place))
        table.place(
          place,
          table.typeOf(place),
          "",
          listed < 0 ? ancestors.findLast(({ id }) => !passed.has(id)) : ancestors[listed - 1],
        )
        const above = table.above(place)
        if (above !== undefined) this.#mark(above, content)
      }
    })
  }

  /** A content that lies below a place, and has not gone away either. */
  #anotherBelow(place: number): number | undefined {
    const table = this.#table
    for (let content = 0; content < table.size; content++) {
      if (!table.isContent(content) || this.#vanished.has(content)) continue
      let steps = 0
      let at = table.above(content)
      while (at !== undefined && at !== place && steps++ < table.size) at = table.above(at)
      if (at === place) return content
    }
    return undefined
  }

  #askForAncestors(place: number): Reading<void> {
    return Effect.gen({ self: this }, function* () {
      const type = this.#table.typeOf(place)
      if (!isTreeType(type)) return
      this.#ancestors.set(place, yield* ancestorsOf(this.#stream, type, this.#table.idOf(place)))
    })
  }
}
