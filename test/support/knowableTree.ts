/** The folders, whiteboards, databases and embeds of a sample site that its API lets one know of. */
import type { SampleSite } from "../../src/sample-site/SampleSite.ts"
import type { TruthStream } from "../../src/sample-site/truth.ts"

type Row = Record<string, unknown>

export const TREE_STREAMS = ["folders", "whiteboards", "databases", "embeds"] as const

/**
 * The ids of all content of the tree that can be known: pages, what the search shows, and whatever some of that lies below, on the whole way up.
 * Of one in the archive, or too new for the search, that nothing names as its parent nobody can know.
 */
export const knowableTree = (site: SampleSite): ReadonlySet<unknown> =>
  new Set(site.truth("content_tree").flatMap(({ id, known }) => (known === "no" ? [] : [id])))

/** The rows of a stream that can be known. */
export const knowableItems = (site: SampleSite, stream: TruthStream): Array<Row> => {
  const known = knowableTree(site)
  return site.truth(stream).filter(({ id }) => known.has(id))
}
