/** The rows of a sample site as the judge of filters takes them: with what is in the trash. */
import { SampleSite } from "../../src/sample-site/SampleSite.ts"
import type { SiteRows } from "./inScope.ts"

export const STREAMS = ["spaces", "pages", "blog_posts", "comments", "attachments", "users", "groups"] as const

export const siteRows = (site: SampleSite): SiteRows =>
  Object.fromEntries(
    STREAMS.map((stream) => {
      const trashed = stream === "pages" || stream === "blog_posts"
      return [stream, site.truth(stream, { bodyFormat: null, trashed })]
    }),
  )

/** A small site. */
export const smallSite = (seed: number): SampleSite =>
  new SampleSite({ pages: 120, spaces: 12, seed, now: () => Date.UTC(2026, 6, 1) })
