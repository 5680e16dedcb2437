/** The rows of a sample site as the judge of filters takes them: with what is in the trash. */
import { SampleSite } from "../../src/sample-site/SampleSite.ts"
import type { TruthOptions, TruthStream } from "../../src/sample-site/truth.ts"
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

/** Rows by stream, of which each stream's are written out when they are first asked for: most judgements need few of the streams. */
export const rowsByStream = (rowsOf: (stream: string) => SiteRows[string]): SiteRows => {
  const all: Record<string, SiteRows[string]> = {}
  for (const stream of [...ALL_STREAMS, "content_tree"]) {
    const get = () => {
      const value = rowsOf(stream)
      Object.defineProperty(all, stream, { enumerable: true, value })
      return value
    }
    Object.defineProperty(all, stream, { configurable: true, enumerable: true, get })
  }
  return all
}

export const siteRows = (site: SampleSite, bodyFormat: TruthOptions["bodyFormat"] = null): SiteRows =>
  rowsByStream((stream) => {
    if (stream === "content_tree") return site.truth(stream).map(findable(site))
    const trashed = stream === "pages" || stream === "blog_posts"
    const rows = placed(site, site.truth(stream as TruthStream, { bodyFormat, trashed }))
    const { trashListed } = site.settings.quirks
    return trashed && !trashListed ? rows.map((row) => ({ ...row, isListed: row["status"] !== "trashed" })) : rows
  })

/** A small site. */
export const smallSite = (seed: number): SampleSite =>
  new SampleSite({ pages: 120, spaces: 12, seed, now: () => Date.UTC(2026, 6, 1) })
