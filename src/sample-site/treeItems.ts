/**
 * Folders, whiteboards, databases and embeds as they were at the start, eight in each space, computed from their ordinal.
 * They lie at the top of their space, inside one another or between pages; pages lie below some of them.
 */
import type { ItemSource } from "./Collection.ts"
import type { IdScheme } from "./contentIds.ts"
import { generatedTreeType, type PlacedItem, TREE_ITEMS_PER_SPACE, type TreeType, turnOf } from "./contentTypes.ts"
import { authorOf, type ContentSource, createdAt, editHistory } from "./pages.ts"
import { contentTitle } from "./prose.ts"
import { hash32 } from "./seededChance.ts"

/** A folder, whiteboard, database or embed. */
export interface TreeItem extends PlacedItem {
  readonly type: TreeType
  /** Where an embed leads; one in seven has no address. */
  readonly embedUrl: string | undefined
}

/** What the generated items of one site depend on. */
export interface TreeItemSettings {
  readonly seed: number
  readonly spaces: number
  readonly ids: IdScheme
  readonly pageIds: IdScheme
  readonly pages: ContentSource
  readonly authors: readonly string[]
  /** False: everything is current and visible. */
  readonly varied: boolean
  readonly datedAhead: number
}

const KIND = 12
const TREE = 101
/** Only the first pages of a space have such items below them. */
const FIRST_PAGES = 12

/** The generated items of a site's tree that are no pages. */
export class TreeItemSource implements ItemSource<TreeItem> {
  readonly count: number
  private readonly s: TreeItemSettings

  constructor(settings: TreeItemSettings) {
    this.s = settings
    this.count = settings.spaces * TREE_ITEMS_PER_SPACE
  }

  readonly spaceOf = (ordinal: number): number => Math.floor(ordinal / TREE_ITEMS_PER_SPACE)

  readonly title = (ordinal: number): string =>
    contentTitle(hash32(this.s.seed, TREE, ordinal), this.s.pages.count + ordinal)

  readonly modifiedAt = (ordinal: number): number => this.history(ordinal).at

  readonly item = (ordinal: number): TreeItem => {
    const { seed, authors } = this.s
    const { number, at, created, hash } = this.history(ordinal)
    const authorId = authorOf(seed, KIND, ordinal, authors)
    const type = generatedTreeType(ordinal)
    const parent = this.parent(ordinal)
    return {
      ordinal,
      id: this.s.ids.id(ordinal),
      type,
      status: this.status(ordinal),
      title: this.title(ordinal),
      space: this.spaceOf(ordinal),
      parentId: parent?.id ?? null,
      parentType: parent?.type ?? null,
      position: hash % 9 === 0 ? null : (hash >>> 3) % 5000,
      authorId,
      ownerId: authorId,
      createdAt: created,
      version: {
        number,
        at,
        message: "",
        minorEdit: false,
        authorId: number === 1 ? authorId : authorOf(seed, KIND + 1, ordinal, authors),
      },
      restricted: this.s.varied && hash32(seed, TREE + 1, ordinal) % 100 < 4,
      gone: false,
      embedUrl: type === "embed" && hash % 7 > 0 ? `https://northwind.example/boards/${hash % 9973}` : undefined,
    }
  }

  /**
   * The node that an item lies under: −1 = none, below the number of pages a page, above it an item. Of its space's items only
   * earlier ones are above it, on any way, so that nothing lies below itself.
   */
  parentNode(ordinal: number): number {
    const { seed, pages } = this.s
    const hash = hash32(seed, TREE + 2, ordinal)
    const turn = turnOf(ordinal)
    if (hash % 7 === 0) return -1
    if (turn > 0 && hash % 7 < 4) return pages.count + ordinal - turn + ((hash >>> 4) % turn)
    const space = this.spaceOf(ordinal)
    const homepage = pages.atRank(space, 0) ?? -1
    const page = pages.atRank(space, (hash >>> 8) % FIRST_PAGES) ?? homepage
    return page < 0 || this.liesBelowLater(page, turn) ? homepage : page
  }

  private parent(ordinal: number) {
    const node = this.parentNode(ordinal)
    const { pages, ids, pageIds } = this.s
    if (node < 0) return undefined
    if (node < pages.count) return { id: pageIds.id(node), type: "page" as const }
    return { id: ids.id(node - pages.count), type: generatedTreeType(node - pages.count) }
  }

  /** Whether the nearest item above a page is not one of the first `turn` of its space. */
  private liesBelowLater(page: number, turn: number): boolean {
    const { pages } = this.s
    let node = page
    while (node >= 0 && node < pages.count) node = pages.parentNode(node)
    return node >= 0 && turnOf(node - pages.count) >= turn
  }

  private status(ordinal: number): TreeItem["status"] {
    const draw = hash32(this.s.seed, TREE + 3, ordinal) % 100
    return !this.s.varied || draw >= 10 ? "current" : draw < 5 ? "trashed" : "archived"
  }

  private history(ordinal: number) {
    const { seed } = this.s
    const created = createdAt(seed + TREE, ordinal, this.count)
    return { ...editHistory(this.s, KIND, ordinal, created, 0.3), created }
  }
}
