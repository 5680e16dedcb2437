/** What has become of what contents have of their own: what has become of their content, or that they are gone alone. */
import type { SampleSite } from "../../src/sample-site/SampleSite.ts"
import { type Fate, fatesOf, hangingInTrash, items } from "./fates.ts"
import type { FilteredRows } from "./filteredRows.ts"

const STREAMS = ["pages", "blog_posts", "comments", "attachments", "custom_content"] as const

/** The contents of all keys that were ever seen of a stream, by site. */
const known = new WeakMap<SampleSite, Map<string, Map<string, string>>>()

/** Of what is in the trash a look by its id may tell. */
const fatesOfTree = (site: SampleSite): ReadonlyArray<readonly [string, Fate]> =>
  items(site.treeItems).map((item) => {
    if (!site.contentExists(item)) return [item.id, "gone"]
    if (!site.contentVisible(item, "user")) return [item.id, item.status === "trashed" ? "hidden in trash" : "hidden"]
    return [item.id, item.status === "trashed" ? "in an unlisted trash" : "visible"]
  })

/** The fates of all rows that there ever were, by their keys. */
export const fatesOfContents = (
  site: SampleSite,
  stream: string,
  filtered: FilteredRows | undefined,
): ReadonlyMap<string, Fate> => {
  const ofSite = known.get(site) ?? new Map<string, Map<string, string>>()
  known.set(site, ofSite)
  const contents = ofSite.get(stream) ?? new Map<string, string>()
  ofSite.set(stream, contents)
  const isVersions = stream === "content_versions"
  const rows = site.truth(isVersions ? "content_versions" : "content_properties")
  const there = new Set<string>()
  for (const row of rows) {
    const key = isVersions ? `${String(row["contentId"])} ${String(row["number"])}` : String(row["id"])
    contents.set(key, String(row["contentId"]))
    there.add(key)
  }
  const inTrash = new Set(STREAMS.flatMap((each) => [...hangingInTrash(site, each)]))
  const fates = new Map([...STREAMS.flatMap((each) => Array.from(fatesOf(site, each))), ...fatesOfTree(site)])
  const fateOf = (key: string, contentId: string): Fate => {
    if (filtered !== undefined) {
      if (filtered.rows.get(stream)?.has(key) === true) return "visible"
      if (filtered.perhaps.get(stream)?.has(key) === true) return "perhaps filtered"
      if (filtered.leftOut.get(stream)?.has(key) === true) return "filtered in trash"
      // What is gone alone from content that the filters leave out goes with that.
      if (!there.has(key)) return "anything"
    }
    const fate = fates.get(contentId) ?? "gone"
    if (fate !== "visible") return fate
    if (there.has(key)) return "visible"
    // What hangs on something in the trash and is listed all the same has lost what it has by that, or before.
    return inTrash.has(contentId) ? "gone in trash" : "gone"
  }
  return new Map([...contents].map(([key, contentId]) => [key, fateOf(key, contentId)]))
}
