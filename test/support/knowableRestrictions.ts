/** The restrictions of a sample site that its API lets one know of. */
import type { SampleSite } from "../../src/sample-site/SampleSite.ts"
import { knowableTree } from "./knowableTree.ts"

type Row = Record<string, unknown>

/**
 * The rows of `content_restrictions`, but for those of a folder, whiteboard, database or embed that is shown by no search and named by
 * nothing as its parent: of that nobody can know.
 */
export const knowableRestrictions = (site: SampleSite): Array<Row> => {
  const known = knowableTree(site)
  const tree = new Set(site.truth("content_tree").map(({ id }) => id))
  return site.truth("content_restrictions").filter(({ contentId }) => known.has(contentId) || !tree.has(contentId))
}
