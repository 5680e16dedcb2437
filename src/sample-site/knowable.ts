/** What of a site's content tree its API lets one know of: what a search shows, and what some content that one knows of lies below. */
import { isIndexed } from "./contentSearch.ts"
import type { PlacedItem } from "./contentTypes.ts"
import type { SiteContent } from "./SiteContent.ts"

/** `shown`: by a list or a search; `named`: by content below it alone; `no`: by nothing. */
export type Knowable = "shown" | "named" | "no"

const LIVE: ReadonlySet<string> = new Set(["current", "archived"])

/** How each content of the tree can be known to the credential. */
export const knowable = (site: SiteContent, items: readonly PlacedItem[]): ((item: PlacedItem) => Knowable) => {
  const how = { viewer: "user", archivedSpaces: true } as const
  const isShown = (item: PlacedItem): boolean =>
    item.type === "page"
      ? LIVE.has(item.status) && site.contentVisible(item, "user")
      : isIndexed(site, { types: [], spaces: undefined }, item, how)
  const shown = new Set<string>()
  const named = new Set<string>()
  for (const item of items) {
    if (!isShown(item)) continue
    shown.add(item.id)
    for (const above of site.chainOf(item)) named.add(above.id)
  }
  return ({ id }) => (shown.has(id) ? "shown" : named.has(id) ? "named" : "no")
}
