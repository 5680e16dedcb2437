/** The rows of a sample site as the judge of filters takes them: with what is in the trash. */
import { SampleSite } from "../../src/sample-site/SampleSite.ts"
import type { TruthOptions } from "../../src/sample-site/truth.ts"
import { ALL_STREAMS } from "../support/inProcess.ts"
import type { SiteRows } from "./inScope.ts"
import { placed } from "./spacesOfRows.ts"

/**
 * A place as the account can find it. What is in the trash leads on only where the site's lists and look-ups tell of that; and what lies
 * below a folder in the archive, where lists of descendants leave out both, no list tells.
 */
const findable = (site: SampleSite) => {
  const { archivedInTree, belowLeftOut, trashListed } = site.settings.quirks
  return (place: Readonly<Record<string, unknown>>) => {
    const isPage = place["type"] === "page"
    const isHidden =
      (place["status"] === "trashed" && !(isPage && trashListed)) ||
      (place["status"] === "archived" && !isPage && !archivedInTree && !belowLeftOut)
    return isHidden ? { ...place, visible: false } : place
  }
}

export const siteRows = (site: SampleSite, bodyFormat: TruthOptions["bodyFormat"] = null): SiteRows => ({
  ...Object.fromEntries(
    ALL_STREAMS.map((stream) => {
      const trashed = stream === "pages" || stream === "blog_posts"
      const rows = placed(site, site.truth(stream, { bodyFormat, trashed }))
      const { trashListed } = site.settings.quirks
      return [
        stream,
        trashed && !trashListed ? rows.map((row) => ({ ...row, isListed: row["status"] !== "trashed" })) : rows,
      ]
    }),
  ),
  content_tree: site.truth("content_tree").map(findable(site)),
})

/** A small site. */
export const smallSite = (seed: number): SampleSite =>
  new SampleSite({ pages: 120, spaces: 12, seed, now: () => Date.UTC(2026, 6, 1) })
