/**
 * What apps and scripts keep with the spaces of the sample site: properties, each a key with a value of any form. Those of the start
 * are computed when they are asked for; only those of spaces that were changed are kept.
 */
import { hash32, pick, seededUuid } from "./seededChance.ts"
import type { SiteSpace } from "./spaces.ts"

/** A property as the API shows it. */
export interface SpaceProperty {
  readonly id: string
  readonly key: string
  readonly value: unknown
  readonly createdAt: string
  readonly createdBy: string
  readonly version: {
    readonly number: number
    readonly createdAt: string
    readonly createdBy: string
    readonly message: string
  }
}

const PROPERTY = 33
/** The ids of those at the start, a run for each space; those that are made later follow after all of them. */
const FIRST_ID = 500_000_000
const IDS_PER_SPACE = 10
const FIRST_ADDED_ID = 600_000_000
const DAY_MS = 86_400_000

/** Values of every form that JSON has, the odd ones too. */
const VALUES: readonly ((hash: number) => unknown)[] = [
  (hash) => ({ color: "#0052CC", columns: hash % 4, widgets: ["recent", { id: `w-${hash % 90}`, pinned: true }] }),
  (hash) => [hash % 1000, null, "Überblick 🎉"],
  (hash) => `https://northwind.example/board/${hash % 500}`,
  (hash) => (hash % 2000) / 8,
  (hash) => hash % 2 === 0,
  () => null,
  () => ({}),
  (hash) => ({ deep: { deeper: { deepest: [[hash % 7]] } }, "a key with spaces": "" }),
]

/** The properties of a site's spaces. */
export class SpaceProperties {
  private readonly seed: number
  private readonly accountIds: readonly string[]
  private readonly changed = new Map<number, readonly SpaceProperty[]>()
  private made = 0

  /** `accountIds`: of the users at the start. */
  constructor(seed: number, accountIds: readonly string[]) {
    this.seed = seed
    this.accountIds = accountIds
  }

  /** Those of a space, by their ids. */
  of(space: SiteSpace): readonly SpaceProperty[] {
    return this.changed.get(space.index) ?? this.generated(space)
  }

  /** Gives a key a value, at the time `at`, and answers the property's id. */
  set(space: SiteSpace, key: string, value: unknown, at: number): string {
    const all = this.of(space)
    const old = all.find((each) => each.key === key)
    const [createdBy = ""] = this.accountIds
    const now = new Date(at).toISOString()
    const version = { number: (old?.version.number ?? 0) + 1, createdAt: now, createdBy, message: "" }
    const id = old?.id ?? String(FIRST_ADDED_ID + ++this.made)
    const property = { createdAt: now, createdBy, ...old, id, key, value, version }
    this.changed.set(space.index, [...all.filter((each) => each !== old), property])
    return id
  }

  /** Takes a property away; false where the space has none with this key. */
  remove(space: SiteSpace, key: string): boolean {
    const all = this.of(space)
    const left = all.filter((each) => each.key !== key)
    this.changed.set(space.index, left)
    return left.length < all.length
  }

  /** Two spaces of three have none. */
  private generated(space: SiteSpace): readonly SpaceProperty[] {
    const hash = hash32(this.seed, PROPERTY, space.index)
    if ((space.index + this.seed) % 3 !== 0) return []
    return Array.from({ length: 1 + ((hash >>> 4) % 3) }, (_, at): SpaceProperty => {
      const own = hash32(this.seed + 1, PROPERTY, space.index * IDS_PER_SPACE + at)
      const created = space.createdAt + (own % 900) * DAY_MS
      const number = 1 + (own % 5)
      return {
        id: String(FIRST_ID + space.index * IDS_PER_SPACE + at),
        key: `${pick(["theme", "com.example.board", "dashboard-layout"], own >>> 3)}.${at}`,
        value: pick(VALUES, own >>> 5)(own),
        createdAt: new Date(created).toISOString(),
        createdBy: pick(this.accountIds, own >>> 7),
        version: {
          number,
          createdAt: new Date(created + (number - 1) * DAY_MS).toISOString(),
          createdBy: number === 1 ? pick(this.accountIds, own >>> 7) : pick(this.accountIds, own >>> 9),
          message: own % 4 === 0 ? `Set by ${seededUuid(own, PROPERTY, 1).slice(0, 8)}` : "",
        },
      }
    })
  }
}
