/**
 * What readers leave behind on the content of the sample site: who likes it, and how often it was viewed by how many. Those of the
 * start are computed from a content's id when they are asked for; only those of content that was changed are kept.
 */
import { fingerprint, hash32 } from "./seededChance.ts"

/** How often content was viewed, and by how many people. */
export interface Views {
  readonly views: number
  readonly viewers: number
}

const LIKES = 71
const VIEWS = 72
/** Most people who like a content at the start. */
const MOST_LIKES = 6

/** A number of an id, whatever its length. */
export const numberOf = (id: string): number => Number.parseInt(fingerprint(id), 36) % 0x7fffffff

/** The reactions of a site's readers. */
export class Reactions {
  private readonly seed: number
  private readonly accountIds: readonly string[]
  private readonly likes = new Map<string, readonly string[]>()
  private readonly viewed = new Map<string, Views>()

  /** `accountIds`: of the users at the start. */
  constructor(seed: number, accountIds: readonly string[]) {
    this.seed = seed
    this.accountIds = accountIds
  }

  /** The accounts that like a content, each once. */
  likesOf(id: string): readonly string[] {
    return this.likes.get(id) ?? this.generatedLikes(id)
  }

  like(id: string, accountId: string): void {
    this.likes.set(id, [...new Set([...this.likesOf(id), accountId])])
  }

  /** False where the account does not like it. */
  unlike(id: string, accountId: string): boolean {
    const all = this.likesOf(id)
    const left = all.filter((each) => each !== accountId)
    this.likes.set(id, left)
    return left.length < all.length
  }

  viewsOf(id: string): Views {
    return this.viewed.get(id) ?? this.generatedViews(id)
  }

  /** More views of a content, some of them by people who had not seen it before. */
  view(id: string, more: Views): void {
    const { views, viewers } = this.viewsOf(id)
    this.viewed.set(id, { views: views + more.views, viewers: viewers + more.viewers })
  }

  /** Two in three contents nobody likes. */
  private generatedLikes(id: string): readonly string[] {
    const hash = hash32(this.seed, LIKES, numberOf(id))
    const count = hash % 3 === 0 ? 1 + ((hash >>> 4) % MOST_LIKES) : 0
    const { accountIds } = this
    const from = (hash >>> 8) % accountIds.length
    return Array.from(
      { length: Math.min(count, accountIds.length) },
      (_, place) => accountIds[(from + place) % accountIds.length] as string,
    )
  }

  /** One in nine contents nobody has ever viewed. */
  private generatedViews(id: string): Views {
    const hash = hash32(this.seed, VIEWS, numberOf(id))
    if (hash % 9 === 0) return { views: 0, viewers: 0 }
    const viewers = 1 + ((hash >>> 4) % 40)
    return { viewers, views: viewers + ((hash >>> 10) % 400) }
  }
}
