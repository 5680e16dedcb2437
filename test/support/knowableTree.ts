/** The folders, whiteboards, databases and embeds of a sample site that its API lets one know of. */
import type { SampleSite } from "../../src/sample-site/SampleSite.ts"
import type { TruthStream } from "../../src/sample-site/truth.ts"

type Row = Record<string, unknown>

export const TREE_STREAMS = ["folders", "whiteboards", "databases", "embeds"] as const

export const isTreeStream = (stream: string): boolean => (TREE_STREAMS as ReadonlyArray<string>).includes(stream)

/**
 * The ids of all content of the tree that can be known: pages, what the search shows, and whatever some of that lies below, on the whole way up.
 * Of one in the archive, or too new for the search, that nothing names as its parent nobody can know.
 */
export const knowableTree = (site: SampleSite): ReadonlySet<unknown> => {
  const { searchLagMs, quirks } = site.settings
  const tree = new Map(site.truth("content_tree").map((row) => [row["id"], row]))
  const isIndexed = ({ id }: Row) =>
    searchLagMs === 0 || (site.treeItem(String(id))?.createdAt ?? 0) <= site.siteTime() - searchLagMs
  const isShown = (row: Row) =>
    row["visible"] === true &&
    (row["status"] === "current" || (row["status"] === "archived" && quirks.archivedInSearch)) &&
    isIndexed(row)
  const known = new Set(
    [...tree.values()].flatMap((row) => (row["type"] === "page" || isShown(row) ? [row["id"]] : [])),
  )
  for (const { visible, status, id } of tree.values()) {
    if (visible !== true || status === "trashed" || !known.has(id)) continue
    for (let at = tree.get(id)?.["parentId"]; tree.has(at) && at !== id; at = tree.get(at)?.["parentId"]) known.add(at)
  }
  return known
}

/** The rows of a stream that can be known. */
export const knowableItems = (site: SampleSite, stream: TruthStream): Array<Row> => {
  const known = knowableTree(site)
  return site.truth(stream).filter(({ id }) => known.has(id))
}
