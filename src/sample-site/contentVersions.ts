/**
 * The versions of the sample site's content. The last one is the content's own; those before it are computed from it, or kept as they
 * were when a newer one came. Some of the early ones were deleted.
 */
import type { ItemVersion } from "./Collection.ts"
import { numberOf } from "./reactions.ts"
import { hash32, pick } from "./seededChance.ts"

const VERSION = 74
/** Between a version and the one before it, of those that are computed. */
const APART_MS = 3_600_000

interface Kept {
  readonly version: ItemVersion
}

/** The versions of a site's content. */
export class ContentVersions {
  private readonly seed: number
  private readonly accountIds: readonly string[]
  /** What was the last version once, by content and number. */
  private readonly kept = new Map<string, Map<number, Kept>>()
  private readonly deleted = new Map<string, Set<number>>()

  /** `accountIds`: of the users at the start. */
  constructor(seed: number, accountIds: readonly string[]) {
    this.seed = seed
    this.accountIds = accountIds
  }

  /** A newer version is about to come. */
  keep(contentId: string, version: ItemVersion): void {
    const all = this.kept.get(contentId) ?? new Map<number, Kept>()
    all.set(version.number, { version: { ...version } })
    this.kept.set(contentId, all)
  }

  /** All that are there, the oldest first, given the last one. */
  of(contentId: string, last: ItemVersion): readonly ItemVersion[] {
    const kept = this.kept.get(contentId)
    const first = Math.min(last.number, ...(kept?.keys() ?? []))
    const base = kept?.get(first)?.version ?? last
    const deleted = this.deletedOf(contentId, base.number)
    return Array.from({ length: last.number }, (_, place) => place + 1)
      .filter((number) => number === last.number || !deleted.has(number))
      .map((number) =>
        number === last.number ? last : (kept?.get(number)?.version ?? this.computed(contentId, number, base)),
      )
  }

  /** Deletes one that is not the last; false where it is not there. */
  delete(contentId: string, number: number, last: ItemVersion): boolean {
    if (number === last.number || !this.of(contentId, last).some((version) => version.number === number)) return false
    const kept = this.kept.get(contentId)
    const first = Math.min(last.number, ...(kept?.keys() ?? []))
    this.deleted.set(contentId, new Set([...this.deletedOf(contentId, first), number]))
    return true
  }

  /** One in five contents of more than two versions at the start has lost its second. */
  private deletedOf(contentId: string, atTheStart: number): ReadonlySet<number> {
    const known = this.deleted.get(contentId)
    if (known !== undefined) return known
    const isDeleted = atTheStart > 2 && hash32(this.seed, VERSION, numberOf(contentId)) % 5 === 0
    return new Set(isDeleted ? [2] : [])
  }

  private computed(contentId: string, number: number, base: ItemVersion): ItemVersion {
    const hash = hash32(this.seed + number, VERSION, numberOf(contentId))
    return {
      number,
      at: base.at - (base.number - number) * APART_MS,
      message: hash % 6 === 0 ? `Change ${number}` : "",
      minorEdit: hash % 4 === 0,
      authorId: pick(this.accountIds, hash >>> 8),
    }
  }
}
