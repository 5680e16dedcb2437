/** The restrictions of a sample site that its API lets one know of. */
import type { SampleSite } from "../../src/sample-site/SampleSite.ts"

type Row = Record<string, unknown>

/**
 * The rows of `content_restrictions`, but for those of a folder, whiteboard, database or embed in the archive that is shown by no search and
 * named by nothing as its parent: of that nobody can know.
 */
export const knowableRestrictions = (site: SampleSite): Array<Row> => {
  const { archivedInSearch } = site.settings.quirks
  const tree = new Map(site.truth("content_tree").map((row) => [row["id"], row]))
  const isKnown = ({ type, status }: Row) =>
    type === "page" || status === "current" || (status === "archived" && archivedInSearch)
  const known = new Set([...tree.values()].flatMap((row) => (isKnown(row) ? [row["id"]] : [])))
  for (const { visible, status, id } of tree.values()) {
    if (visible !== true || status === "trashed" || !known.has(id)) continue
    for (let at = tree.get(id)?.["parentId"]; tree.has(at); at = tree.get(at)?.["parentId"]) known.add(at)
  }
  return site.truth("content_restrictions").filter(({ contentId }) => known.has(contentId) || !tree.has(contentId))
}
