/** Draws filters that make sense for a site: they name what is there, and now and then what is not. */
import type { GivenFilters } from "../support/givenFilters.ts"
import type { Chance } from "./chance.ts"
import type { SiteRows } from "./inScope.ts"

type Row = SiteRows[string][number]

const DAY = 86_400_000
const NOT_THERE = { key: "NOSUCHSPACE", id: "999999999999" } as const

/** Some of a list, each once: one to three. */
const some = (chance: Chance, list: ReadonlyArray<string>): ReadonlyArray<string> => [
  ...new Set(Array.from({ length: chance.between(1, 3) }, () => chance.of(list))),
]

/** A key, a pattern that matches it, or one of the rare patterns. */
const drawPattern = (chance: Chance, keys: ReadonlyArray<string>): string => {
  const key = chance.of(keys)
  const cut = chance.between(1, key.length)
  switch (chance.weighted({ key: 6, beginning: 3, end: 1, middle: 1, personal: 1, none: 1, gone: 0.5, all: 0.3 })) {
    case "key":
      return key
    case "beginning":
      return `${key.slice(0, cut)}*`
    case "end":
      return `*${key.slice(cut - 1)}`
    case "middle":
      return `${key[0]}*${key.at(-1)}`
    case "personal":
      return "~*"
    case "none":
      return key.toLowerCase()
    case "gone":
      return NOT_THERE.key
    case "all":
      return "*"
  }
}

const drawPatterns = (chance: Chance, keys: ReadonlyArray<string>): ReadonlyArray<string> =>
  Array.from({ length: chance.between(1, 4) }, () => drawPattern(chance, keys))

/** A moment as people write one. */
const written = (chance: Chance, ms: number): string => {
  const minutes = chance.of([-480, 60, 330])
  const local = new Date(ms + minutes * 60_000).toISOString()
  const two = (value: number) => String(value).padStart(2, "0")
  const offset = `${minutes < 0 ? "-" : "+"}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`
  return chance.of([new Date(ms).toISOString(), local.replace("Z", offset), new Date(ms).toISOString().slice(0, 10)])
}

/** A window in the midst of these moments; its ends are often a moment itself, which `after` lets in and `before` does not. */
const drawWindow = (
  chance: Chance,
  moments: ReadonlyArray<number>,
): { readonly after?: string; readonly before?: string } => {
  const drawn = () => written(chance, chance.of(moments) + chance.of([0, 0, 1, -DAY, DAY]))
  const [after, before] = [drawn(), drawn()].toSorted((one, other) => Date.parse(one) - Date.parse(other))
  const ends = chance.weighted({ after: 4, before: 3, both: 2 })
  if (ends === "after") return { after: after! }
  if (ends === "before" || Date.parse(after!) >= Date.parse(before!)) return { before: before! }
  return { after: after!, before: before! }
}

/** Filters of any kind for a site; half of the time of one kind alone. */
export const drawFilters = (chance: Chance, site: SiteRows): GivenFilters => {
  const rows = (stream: string): ReadonlyArray<Row> => site[stream] ?? []
  const keys = rows("spaces").map((space) => String(space["key"]))
  const content = [...rows("pages"), ...rows("blog_posts")]
  const created = content.map((row) => Date.parse(String(row["createdAt"])))
  const modified = content.map((row) => Date.parse(String((row["version"] as Row)["createdAt"])))
  // Pages with others below them, and what is no page, are what people name; a leaf now and then.
  const parents = rows("pages").flatMap(({ parentId }) => (typeof parentId === "string" ? [parentId] : []))
  const pageIds = [...parents, ...rows("pages").map(({ id }) => String(id)), NOT_THERE.id]
  const postIds = [...rows("blog_posts").map(({ id }) => String(id)), NOT_THERE.id]
  const kinds: Readonly<Record<string, () => GivenFilters>> = {
    ...(keys.length === 0
      ? {}
      : {
          included: () => ({ spaces_include: drawPatterns(chance, keys) }),
          excluded: () => ({ spaces_exclude: drawPatterns(chance, keys) }),
        }),
    archivedSpaces: () => ({ include_archived_spaces: false }),
    personalSpaces: () => ({ include_personal_spaces: false }),
    trees: () => ({ page_ids_include: some(chance, pageIds) }),
    otherTrees: () => ({ page_ids_exclude: some(chance, pageIds) }),
    posts: () => ({ blog_post_ids_include: some(chance, postIds) }),
    otherPosts: () => ({ blog_post_ids_exclude: some(chance, postIds) }),
    ...(content.length === 0
      ? {}
      : {
          modified: () => {
            const { after, before } = drawWindow(chance, modified)
            return { ...(after && { modified_after: after }), ...(before && { modified_before: before }) }
          },
          created: () => {
            const { after, before } = drawWindow(chance, created)
            return { ...(after && { created_after: after }), ...(before && { created_before: before }) }
          },
        }),
    archived: () => ({ include_archived: false }),
    trashed: () => ({ include_trashed: true }),
  }
  const all = Object.keys(kinds)
  const chosen = chance.happens(0.5) ? [chance.of(all)] : all.filter(() => chance.happens(0.2))
  return Object.assign({}, ...chosen.map((kind) => kinds[kind]!())) as GivenFilters
}
