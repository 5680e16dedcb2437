/**
 * The spaces of the sample site: team spaces of each type, personal and archived ones, some that the credential may not
 * see, one without any page. Their sizes follow Zipf's law, as in real sites: few large ones, many small.
 */
import { IdScheme } from "./contentIds.ts"
import type { SiteUser } from "./people.ts"
import { sentences, spaceKey, spaceName } from "./prose.ts"
import { chance, hash32 } from "./seededChance.ts"

/** A space. `hidden`: the credential has no permission to see it. `deleted`: it is gone with all its content. */
export interface SiteSpace {
  readonly index: number
  readonly id: string
  key: string
  alias: string
  name: string
  readonly type: "global" | "collaboration" | "knowledge_base" | "personal"
  status: "current" | "archived"
  readonly authorId: string
  ownerId: string
  readonly createdAt: number
  homepageOrdinal: number | undefined
  description: string
  hidden: boolean
  deleted: boolean
  /** Anyone may read it without logging in, where the site allows that. */
  readonly anonymous: boolean
}

const SPACE = 21
const PLACE = 22

/** The time of the sample site's first content and of its last generated change. */
export const FIRST_DATE = Date.UTC(2018, 0, 8, 9)
export const BASE_DATE = Date.UTC(2026, 5, 1)

/** The ids of spaces; the last few of a site have 19 digits. */
export const spaceIds = (seed: number, count: number): IdScheme => new IdScheme("space", seed, Math.max(3, count - 3))

/** The spaces at the start. The last sixth are personal; their owners get them as their personal space. */
export const generateSpaces = (
  seed: number,
  count: number,
  pageCount: number,
  users: readonly SiteUser[],
  ids: IdScheme,
): SiteSpace[] => {
  const firstPersonal = count - Math.floor(count / 6)
  return Array.from({ length: count }, (_, index): SiteSpace => {
    const hash = hash32(seed, SPACE, index)
    const personal = index >= firstPersonal && count > 3
    const owner = users[(index * 3) % users.length] as SiteUser
    const key = personal ? `~${owner.accountId.replace(/[^0-9a-zA-Z]/g, "")}${index}` : spaceKey(index)
    const id = ids.id(index)
    if (personal && owner.personalSpaceId === null) owner.personalSpaceId = id
    return {
      index,
      id,
      key,
      // A renamed key stays the key; the alias is what addresses show.
      alias: index % 9 === 5 ? `${key}NEW` : key,
      name: personal ? owner.displayName : spaceName(index),
      type: personal ? "personal" : index % 8 === 3 ? "collaboration" : index % 8 === 6 ? "knowledge_base" : "global",
      status: index % 12 === 4 ? "archived" : "current",
      authorId: owner.accountId,
      ownerId: owner.accountId,
      createdAt: FIRST_DATE - (count - index) * 3_600_000 - (hash % 3_600_000),
      homepageOrdinal: index < pageCount && !isEmptySpace(index, count) ? index : undefined,
      description: index % 3 === 0 ? sentences(hash, 2) : "",
      hidden: index > 0 && index % 10 === 8,
      deleted: false,
      anonymous: index === 0 || index === 2,
    }
  })
}

/** One space of a larger site has no page at all, not even a homepage. */
const isEmptySpace = (index: number, count: number): boolean => count > 6 && index === 5

/**
 * Which space each item of a kind lies in. The first items are the homepages of the spaces in order; `reserved` is a
 * run of neighbouring items that all lie in one space, as an import leaves them.
 */
export const placeInSpaces = (
  seed: number,
  kind: number,
  itemCount: number,
  spaceCount: number,
  sizes: "uneven" | "even",
  reserved: { readonly from: number; readonly to: number; readonly space: number } | undefined,
): Uint16Array => {
  const TABLE = 65_536
  const table = new Uint16Array(TABLE)
  const weights = Array.from({ length: spaceCount }, (_, s) =>
    isEmptySpace(s, spaceCount) ? 0 : sizes === "even" ? 1 : 1 / (s + 1) ** 0.8,
  )
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  let sum = 0
  let at = 0
  for (const [space, weight] of weights.entries()) {
    sum += weight
    for (const end = Math.round((sum / total) * TABLE); at < end; at++) table[at] = space
  }
  const places = new Uint16Array(itemCount)
  for (let i = 0; i < itemCount; i++) {
    const inRun = reserved !== undefined && i >= reserved.from && i < reserved.to
    const homepage = i < spaceCount && !isEmptySpace(i, spaceCount)
    places[i] = homepage
      ? i
      : inRun
        ? reserved.space
        : (table[Math.floor(chance(seed, PLACE + kind, i) * TABLE)] as number)
  }
  return places
}
