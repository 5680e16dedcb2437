/** Lays out the pages or the blog posts of a site: which space each lies in, and its number within that space. */
import type { IdScheme } from "./contentIds.ts"
import type { SitePlan } from "./options.ts"
import { ContentSource } from "./pages.ts"
import { hash32 } from "./seededChance.ts"
import { placeInSpaces } from "./spaces.ts"

/** The generated pages or blog posts of a site. */
export const layOut = (
  plan: SitePlan,
  type: "page" | "blogpost",
  authors: readonly string[],
  ids: { readonly own: IdScheme; readonly tree: IdScheme },
): ContentSource => {
  const { seed, spaces, restrictedRun, varied, datedAhead } = plan
  const count = type === "page" ? plan.pages : plan.blogPosts
  const from = Math.min(count, spaces + Math.floor(((hash32(seed, 81, 0) % 100) / 100) * count * 0.5))
  const run =
    type === "page" && varied ? { from, to: Math.min(count, from + restrictedRun), space: 1 % spaces } : undefined
  const places = placeInSpaces(seed, type === "page" ? 0 : 1, count, spaces, plan.spaceSizes, run)
  const offsets = new Uint32Array(spaces + 1)
  for (let i = 0; i < count; i++) offsets[(places[i] as number) + 1]!++
  for (let s = 0; s < spaces; s++) offsets[s + 1]! += offsets[s]!
  const free = offsets.slice()
  const ranks = new Uint32Array(count)
  const inSpaces = new Uint32Array(count)
  for (let i = 0; i < count; i++) {
    const space = places[i] as number
    const at = free[space]!++
    ranks[i] = at - offsets[space]!
    inSpaces[at] = i
  }
  return new ContentSource({
    seed,
    type,
    count,
    authors,
    places,
    ranks,
    offsets,
    inSpaces,
    ids: ids.own,
    treeIds: ids.tree,
    restrictedRun: run,
    varied,
    datedAhead,
  })
}
