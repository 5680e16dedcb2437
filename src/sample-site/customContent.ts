/**
 * Custom content as it was at the start: what apps keep on pages, blog posts, in spaces and on other custom content. Their ids are beside those of
 * other content, so that there can be any number of them without another id changing.
 */
import type { Item, ItemSource } from "./Collection.ts"
import { createdAt, editHistory } from "./pages.ts"
import { contentTitle } from "./prose.ts"
import { hash32, pick } from "./seededChance.ts"

/** The types that the site's apps bring, and in which form the bodies of each are. */
export const CUSTOM_TYPES = [
  { name: "ac:com.example.diagrams:diagram", bodies: "raw" },
  { name: "ac:com.example.reviews:review", bodies: "storage" },
  {
    name: "forge:0c9a3f52-61be-4d6c-9d0e-5a7f1c2b8e44:3f7d2a10-8b1c-4e57-a2f6-90cf4d1e6b7a:checklist",
    bodies: "storage",
  },
] as const

/** What custom content hangs on. */
export interface CustomContainer {
  readonly type: "page" | "blogpost" | "space" | "custom-content"
  readonly ordinal: number
}

export interface CustomItem extends Item {
  /** Its full type. */
  readonly type: string
  container: CustomContainer
  status: "current" | "trashed"
  readonly authorId: string
  readonly createdAt: number
  body: string | undefined
  /** Its body cannot be rendered: what shall hold it fails. */
  poisoned?: boolean
}

/** What the generated custom content of one site depends on. */
export interface CustomSettings {
  readonly seed: number
  readonly count: number
  readonly authors: readonly string[]
  readonly pageCount: number
  readonly blogPostCount: number
  readonly spaceCount: number
  /** False: all of it is current. */
  readonly varied: boolean
  /** The time of versions that are dated ahead, in milliseconds; 0 = none is. */
  readonly datedAhead: number
}

const BASE = 7_300_000_000_000
const STRIDE = 11
const KIND = 9
const PLACE = 171

export const customContentId = (ordinal: number): string => String(BASE + ordinal * STRIDE)

/** The ordinal of an id of custom content, if it is one's. */
export const customOrdinal = (id: string): number | undefined => {
  const ordinal = (Number(id) - BASE) / STRIDE
  return /^\d{13}$/.test(id) && Number.isInteger(ordinal) && ordinal >= 0 ? ordinal : undefined
}

/** The generated custom content of a site. */
export class CustomContentSource implements ItemSource<CustomItem> {
  readonly count: number
  private readonly s: CustomSettings

  constructor(settings: CustomSettings) {
    this.s = settings
    this.count = settings.count
  }

  readonly spaceOf = (): number => -1
  readonly title = (ordinal: number): string => contentTitle(hash32(this.s.seed, PLACE + 1, ordinal), ordinal)

  readonly modifiedAt = (ordinal: number): number =>
    editHistory(this.s, KIND, ordinal, createdAt(this.s.seed + KIND, ordinal, this.count), 0.3).at

  readonly item = (ordinal: number): CustomItem => {
    const { seed, authors, varied } = this.s
    const hash = hash32(seed, PLACE, ordinal)
    const created = createdAt(seed + KIND, ordinal, this.count)
    const { number, at } = editHistory(this.s, KIND, ordinal, created, 0.3)
    const authorId = pick(authors, hash >>> 5)
    return {
      ordinal,
      id: customContentId(ordinal),
      title: this.title(ordinal),
      space: -1,
      type: pick(CUSTOM_TYPES, hash).name,
      container: this.container(hash32(seed, PLACE + 2, ordinal), ordinal),
      status: varied && hash32(seed, PLACE + 3, ordinal) % 40 === 0 ? "trashed" : "current",
      authorId,
      createdAt: created,
      version: {
        number,
        at,
        message: "",
        minorEdit: false,
        authorId: number === 1 ? authorId : pick(authors, hash >>> 9),
      },
      gone: false,
      body: undefined,
    }
  }

  /** Half of it is on pages, the rest on blog posts, in spaces and on earlier custom content. */
  private container(hash: number, ordinal: number): CustomContainer {
    const { pageCount, blogPostCount, spaceCount } = this.s
    const draw = hash % 20
    const rest = hash >>> 5
    if (draw < 10 && pageCount > 0) return { type: "page", ordinal: rest % pageCount }
    if (draw < 13 && blogPostCount > 0) return { type: "blogpost", ordinal: rest % blogPostCount }
    if (draw < 16 && ordinal > 0) return { type: "custom-content", ordinal: rest % ordinal }
    return { type: "space", ordinal: rest % spaceCount }
  }
}
