/**
 * Footer and inline comments as they were at the start. Threads are laid out in blocks of eight neighbouring comments, each
 * block by one of a few shapes, so that the parent and the replies of a comment follow from its ordinal.
 */
import type { Item, ItemSource } from "./Collection.ts"
import type { IdScheme } from "./contentIds.ts"
import { authorOf, createdAt, editHistory } from "./pages.ts"
import { hash32, pick } from "./seededChance.ts"

/** How an inline comment stands. */
export type ResolutionStatus = "open" | "reopened" | "resolved" | "dangling"

/** What a comment or attachment hangs on. */
export interface Container {
  readonly type: "page" | "blogpost"
  readonly ordinal: number
}

/** A comment; replies name their parent and share its container. */
export interface CommentItem extends Item {
  readonly container: Container
  readonly parentOrdinal: number | null
  body: string | undefined
  /** Its body cannot be rendered: what shall hold it fails. */
  poisoned?: boolean
  /** It was deleted because the comment was that it replies to. */
  lost?: true
  /** Inline comments only. */
  resolution: { status: ResolutionStatus; modifierId: string | undefined; at: number | undefined } | undefined
}

/** What the generated comments of one kind depend on. */
export interface CommentSettings {
  readonly seed: number
  readonly type: "footer" | "inline"
  readonly count: number
  readonly ids: IdScheme
  readonly authors: readonly string[]
  readonly pageCount: number
  readonly blogPostCount: number
  /** The time of versions that are dated ahead, in milliseconds; 0 = none is. */
  readonly datedAhead: number
}

const SHAPE = 41
const CONTAINER = 42
const RESOLUTION = 43
const BLOCK = 8

/** Parents within a block; −1 is a comment on the content itself. The first shape goes four replies deep. */
const SHAPES: readonly (readonly number[])[] = [
  [-1, 0, 1, 2, 3, 0, -1, -1],
  [-1, -1, 1, 1, -1, 4, -1, -1],
  [-1, -1, -1, -1, -1, -1, -1, -1],
  [-1, 0, 0, 0, 0, 0, 1, -1],
  [-1, -1, -1, 2, -1, -1, 5, 6],
]

/** Chooses an earlier page or blog post for the n-th of `count` comments or attachments. */
export const containerFor = (
  hash: number,
  number: number,
  count: number,
  totals: { readonly pageCount: number; readonly blogPostCount: number },
): Container => {
  const onBlogPost = totals.pageCount === 0 || (totals.blogPostCount > 0 && hash % 7 === 0)
  const of = onBlogPost ? totals.blogPostCount : totals.pageCount
  const earlier = Math.max(1, Math.floor((of * (number + 1)) / count))
  return { type: onBlogPost ? "blogpost" : "page", ordinal: (hash >>> 3) % earlier }
}

/** The generated comments of one kind. */
export class CommentSource implements ItemSource<CommentItem> {
  readonly count: number
  private readonly s: CommentSettings
  private readonly kind: number

  constructor(settings: CommentSettings) {
    this.s = settings
    this.count = settings.count
    this.kind = settings.type === "footer" ? 2 : 3
  }

  readonly spaceOf = (): number => -1
  readonly title = (): string => ""

  readonly modifiedAt = (ordinal: number): number =>
    editHistory(this.s, this.kind, ordinal, createdAt(this.s.seed + this.kind, ordinal, this.count), 0.15).at

  /** The comment that this one answers. */
  parent(ordinal: number): number | null {
    const first = ordinal - (ordinal % BLOCK)
    const parent = this.shape(ordinal)[ordinal % BLOCK] as number
    return parent < 0 ? null : first + parent
  }

  /** The generated replies to a comment, in order of creation. */
  replies(ordinal: number): number[] {
    const first = ordinal - (ordinal % BLOCK)
    return this.shape(ordinal)
      .map((parent, place) => (first + parent === ordinal && parent >= 0 ? first + place : -1))
      .filter((reply) => reply >= 0 && reply < this.count)
  }

  readonly item = (ordinal: number): CommentItem => {
    const { seed, authors, type } = this.s
    const created = createdAt(seed + this.kind, ordinal, this.count)
    const { number, at, hash } = editHistory(this.s, this.kind, ordinal, created, 0.15)
    const parentOrdinal = this.parent(ordinal)
    return {
      ordinal,
      id: this.s.ids.id(ordinal),
      title: "",
      space: -1,
      container: this.container(ordinal),
      parentOrdinal,
      version: {
        number,
        at,
        message: "",
        minorEdit: false,
        authorId: authorOf(seed, 20 + this.kind, ordinal, authors),
      },
      gone: false,
      body: undefined,
      resolution: type === "inline" ? this.resolution(ordinal, parentOrdinal, created, hash) : undefined,
    }
  }

  private shape(ordinal: number): readonly number[] {
    return pick(SHAPES, hash32(this.s.seed, SHAPE + this.kind, Math.floor(ordinal / BLOCK)))
  }

  private container(ordinal: number): Container {
    let root = ordinal
    for (let parent = this.parent(root); parent !== null; parent = this.parent(root)) root = parent
    return containerFor(hash32(this.s.seed, CONTAINER + this.kind, root), root, this.count, this.s)
  }

  private resolution(ordinal: number, parent: number | null, created: number, hash: number): CommentItem["resolution"] {
    const draw = parent === null ? hash32(this.s.seed, RESOLUTION, ordinal) % 10 : 0
    if (draw < 6) return { status: "open", modifierId: undefined, at: undefined }
    const status = draw < 8 ? "resolved" : draw === 8 ? "reopened" : "dangling"
    return { status, modifierId: pick(this.s.authors, hash >>> 3), at: created + 3_600_000 + (hash % 86_400_000) }
  }
}
