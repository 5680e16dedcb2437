/**
 * What apps keep with the content of the sample site: properties, a key with a value of any form. Those of the start are computed from a
 * content's id when they are asked for; only those of content that was changed are kept.
 */
import { numberOf } from "./reactions.ts"
import { hash32, pick } from "./seededChance.ts"
import { BASE_DATE } from "./spaces.ts"

/** A property of a content. */
export interface ContentProperty {
  readonly id: string
  readonly key: string
  readonly value: unknown
  readonly version: {
    readonly number: number
    readonly message: string
    readonly minorEdit: boolean
    readonly authorId: string
    readonly createdAt: string
  }
}

const PROPERTY = 73
/** Ids of those of the start stand beside those of their content; those that are made later follow after all of them. */
const FIRST_ID = 3_000_000_000
const FIRST_MADE_ID = 7_000_000_000

const AT_THE_START: readonly (readonly [string, unknown])[] = [
  ["editor", "v2"],
  ["content-appearance-published", "full-width"],
  ["emoji-title-published", "1f680"],
  ["org.example.review", { state: "approved", reviewers: ["Olena", "Jürgen"], score: 4.5 }],
  ["org.example.checklist", [true, false, null]],
]

/** The properties of a site's content. */
export class ContentProperties {
  private readonly seed: number
  private readonly accountIds: readonly string[]
  private readonly changed = new Map<string, readonly ContentProperty[]>()
  private made = 0

  /** `accountIds`: of the users at the start. */
  constructor(seed: number, accountIds: readonly string[]) {
    this.seed = seed
    this.accountIds = accountIds
  }

  /** Those of a content, by their keys. */
  of(contentId: string): readonly ContentProperty[] {
    return this.changed.get(contentId) ?? this.generated(contentId)
  }

  /** Gives a content a property, or another value to the one of this key. */
  set(contentId: string, key: string, value: unknown, how: { readonly at: number; readonly authorId: string }): void {
    const all = this.of(contentId)
    const known = all.find((each) => each.key === key)
    const version = {
      number: (known?.version.number ?? 0) + 1,
      message: "",
      minorEdit: false,
      authorId: how.authorId,
      createdAt: new Date(how.at).toISOString(),
    }
    const id = known?.id ?? String(FIRST_MADE_ID + ++this.made)
    const others = all.filter((each) => each.key !== key)
    this.changed.set(
      contentId,
      [...others, { id, key, value, version }].toSorted((a, b) => (a.key < b.key ? -1 : 1)),
    )
  }

  /** False where there is none of this key. */
  remove(contentId: string, key: string): boolean {
    const all = this.of(contentId)
    const left = all.filter((each) => each.key !== key)
    this.changed.set(contentId, left)
    return left.length < all.length
  }

  /** Two in five contents have one or two. */
  private generated(contentId: string): readonly ContentProperty[] {
    const hash = hash32(this.seed, PROPERTY, numberOf(contentId))
    const count = hash % 5 < 3 ? 0 : 1 + ((hash >>> 4) % 2)
    return Array.from({ length: count }, (_, place): ContentProperty => {
      const [key, value] = AT_THE_START[((hash >>> 6) + place) % AT_THE_START.length]!
      return {
        id: idOf(contentId, place),
        key,
        value,
        version: {
          number: 1 + ((hash >>> 9) % 3),
          message: "",
          minorEdit: false,
          authorId: pick(this.accountIds, hash >>> 12),
          createdAt: new Date(BASE_DATE - ((hash >>> 3) % 40_000_000) * 1000).toISOString(),
        },
      }
    }).toSorted((a, b) => (a.key < b.key ? -1 : 1))
  }
}

/** Of long ids those of properties are long, too. */
const idOf = (contentId: string, place: number): string => {
  const digits = contentId.replace(/^att/, "")
  return digits.length > 15 ? `922${place}${digits.slice(4)}` : String(FIRST_ID + Number(digits) * 2 + place)
}
