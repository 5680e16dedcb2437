/**
 * Pages and blog posts as they were at the start, computed from their ordinal: where they lie in the tree, who wrote them,
 * how often and when they were edited, and the one in thirty that is archived, in the trash or restricted.
 */
import type { ItemSource } from "./Collection.ts"
import type { IdScheme } from "./contentIds.ts"
import { generatedTreeType, type ParentType, type PlacedItem, TREE_ITEMS_PER_SPACE } from "./contentTypes.ts"
import { unresolvableAccount } from "./people.ts"
import { contentTitle } from "./prose.ts"
import { chance, hash32, pick } from "./seededChance.ts"
import { BASE_DATE, FIRST_DATE } from "./spaces.ts"

/** A page or blog post. */
export interface ContentItem extends PlacedItem {
  readonly type: "page" | "blogpost"
  lastOwnerId: string | null
  readonly subtype: "live" | null
  /** A body given by a change; otherwise it is made up from ordinal and version. */
  body: string | undefined
  /** Its body cannot be rendered: what shall hold it fails. */
  poisoned?: boolean
  readonly templateId: string | null
}

/** What the generated pages of one site depend on. */
export interface ContentSettings {
  readonly seed: number
  readonly type: "page" | "blogpost"
  readonly count: number
  readonly ids: IdScheme
  /** Of the folders, whiteboards, databases and embeds. */
  readonly treeIds: IdScheme
  readonly authors: readonly string[]
  readonly places: Uint16Array
  /** For each page its number within its space. */
  readonly ranks: Uint32Array
  /** The pages of each space: space s holds `inSpaces[offsets[s] … offsets[s + 1])`. */
  readonly offsets: Uint32Array
  readonly inSpaces: Uint32Array
  /** Neighbouring ordinals that the credential may not see, so that whole answers come out empty. */
  readonly restrictedRun: { readonly from: number; readonly to: number } | undefined
  /** False: every page is current, visible and without oddities, as benchmarks want it. */
  readonly varied: boolean
  /** The time of versions that are dated ahead, in milliseconds; 0 = none is. */
  readonly datedAhead: number
}

const HASH = 31
const STATUS = 32
const EDITED = 33
const PARENT = 34
const AUTHOR = 35
const RESTRICTED = 36

const VERSION_MESSAGES = [
  "Fixed typos",
  "Updated after the review",
  "Übernahme aus dem alten Wiki ✓",
  "restored from version 3",
  'Merged "draft" by <Olena>',
  "v2",
] as const

/** Bulk imports: many rows share these very times of modification, so that only the id tells their order. */
const IMPORTS = [Date.UTC(2022, 2, 14, 2, 30), Date.UTC(2024, 8, 1, 3, 0, 0, 500), BASE_DATE - 86_400_000] as const

/** When the item of an ordinal was created: strictly ascending from the first date to the base date. */
export const createdAt = (seed: number, ordinal: number, count: number): number =>
  FIRST_DATE + Math.floor(((ordinal + chance(seed, HASH, ordinal) * 0.9) / count) * (BASE_DATE - FIRST_DATE - 1000))

/** An author: few write much, many write little; a few rows name accounts that nobody can resolve. */
export const authorOf = (seed: number, kind: number, number: number, authors: readonly string[]): string => {
  const at = chance(seed, AUTHOR + kind, number)
  return number % 211 === 17
    ? unresolvableAccount(seed, number)
    : (authors[Math.floor(at * at * authors.length)] as string)
}

/** How often an item was edited (its version number) and when last; one in forty is dated ahead, where any is. */
export const editHistory = (
  { seed, datedAhead }: { readonly seed: number; readonly datedAhead: number },
  kind: number,
  ordinal: number,
  created: number,
  share: number,
) => {
  const hash = hash32(seed, EDITED + kind * 101, ordinal)
  if (datedAhead > 0 && (hash >>> 6) % 40 === 7) return { number: 2, at: datedAhead + (hash % 3_600_000), hash }
  if (hash % 1000 >= share * 1000) return { number: 1, at: created, hash }
  const imported = pick(IMPORTS, hash >>> 8)
  const number = 2 + ((hash >>> 4) % ((hash >>> 16) % 20 === 0 ? 60 : 7))
  if ((hash >>> 9) % 50 === 0 && imported > created) return { number, at: imported, hash }
  const late = chance(seed, EDITED + kind * 101 + 1, ordinal)
  return { number, at: created + 1000 + Math.floor((BASE_DATE - created - 1000) * late * late), hash }
}

/** The generated pages or blog posts of a site. */
export class ContentSource implements ItemSource<ContentItem> {
  readonly count: number
  private readonly s: ContentSettings
  private readonly kind: number
  private readonly trashOffset: number

  constructor(settings: ContentSettings) {
    this.s = settings
    this.count = settings.count
    this.trashOffset = hash32(settings.seed, STATUS + 1, 0) % 45
    this.kind = settings.type === "page" ? 0 : 1
  }

  readonly spaceOf = (ordinal: number): number => this.s.places[ordinal] as number

  readonly title = (ordinal: number): string =>
    contentTitle(hash32(this.s.seed, HASH + 500 + this.kind, ordinal), ordinal)

  readonly modifiedAt = (ordinal: number): number => {
    const created = createdAt(this.s.seed, ordinal, this.count)
    return editHistory(this.s, this.kind, ordinal, created, 0.6).at
  }

  /** Homepages are always current; else one in 45 is in the trash, and 3 in 100 pages are archived. */
  status(ordinal: number): ContentItem["status"] {
    const rank = this.s.ranks[ordinal]
    if (!this.s.varied || rank === 0) return "current"
    if ((ordinal + this.trashOffset) % 45 === 0) return "trashed"
    return this.kind === 0 && hash32(this.s.seed, STATUS, ordinal) % 100 < 3 ? "archived" : "current"
  }

  /** Whether the credential may not see it, by a restriction of its own. */
  restricted(ordinal: number): boolean {
    if (!this.s.varied || this.s.ranks[ordinal] === 0) return false
    const run = this.s.restrictedRun
    if (run !== undefined && ordinal >= run.from && ordinal < run.to) return true
    return hash32(this.s.seed, RESTRICTED + this.kind, ordinal) % 100 < 2
  }

  readonly item = (ordinal: number): ContentItem => {
    const { seed, authors, ids, type } = this.s
    const created = createdAt(seed, ordinal, this.count)
    const { number, at, hash } = editHistory(this.s, this.kind, ordinal, created, 0.6)
    const authorId = authorOf(seed, this.kind, ordinal, authors)
    const parent = type === "page" ? this.parent(ordinal) : undefined
    return {
      ordinal,
      id: ids.id(ordinal),
      type,
      status: this.status(ordinal),
      title: this.title(ordinal),
      space: this.spaceOf(ordinal),
      parentId: parent?.id ?? null,
      parentType: parent?.type ?? null,
      position: hash % 9 === 0 ? null : (hash >>> 3) % 5000,
      authorId,
      ownerId: hash % 41 === 3 ? null : authorId,
      lastOwnerId: hash % 23 === 5 ? authorOf(seed, 5, ordinal, authors) : null,
      subtype: type === "page" && hash % 17 === 2 ? "live" : null,
      createdAt: created,
      version: {
        number,
        at,
        message: number > 1 && hash % 6 === 1 ? pick(VERSION_MESSAGES, hash >>> 7) : "",
        minorEdit: number > 1 && (hash >>> 5) % 5 === 0,
        authorId: number === 1 ? authorId : authorOf(seed, 7 + this.kind, ordinal, authors),
      },
      restricted: this.restricted(ordinal),
      gone: false,
      body: undefined,
      templateId: hash % 53 === 11 ? String(1_146_882 + (hash % 9) * 32_768) : null,
    }
  }

  /** The page of a space with this number within it; 0 is the homepage. */
  atRank(space: number, rank: number): number | undefined {
    const at = (this.s.offsets[space] as number) + rank
    return at < (this.s.offsets[space + 1] as number) ? this.s.inSpaces[at] : undefined
  }

  /**
   * The node that a page lies under: an earlier page of its space (below `count`), sometimes a folder or the like (`count` and
   * above), seldom none (−1).
   */
  parentNode(ordinal: number): number {
    const rank = this.s.ranks[ordinal] as number
    const hash = hash32(this.s.seed, PARENT, ordinal)
    if (rank === 0 || hash % 40 === 0) return -1
    const space = this.spaceOf(ordinal)
    if (hash % 16 === 1) return this.count + space * TREE_ITEMS_PER_SPACE + ((hash >>> 4) % TREE_ITEMS_PER_SPACE)
    // Most pages are near the page before them in the tree, some hang on the upper levels.
    const reach = (hash >>> 8) % 4 === 0 ? rank : Math.min(rank, 12)
    const parentRank = rank - 1 - ((hash >>> 10) % reach)
    return this.s.inSpaces[(this.s.offsets[space] as number) + parentRank] as number
  }

  private parent(ordinal: number): { readonly id: string; readonly type: ParentType } | undefined {
    const node = this.parentNode(ordinal)
    if (node < 0) return undefined
    if (node < this.count) return { id: this.s.ids.id(node), type: "page" }
    return { id: this.s.treeIds.id(node - this.count), type: generatedTreeType(node - this.count) }
  }
}
