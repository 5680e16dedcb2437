/** Faults of what content has of its own, and whom they concern. */
import { IdScheme } from "../../src/sample-site/contentIds.ts"
import { generatedTreeType, TREE_ITEMS_PER_SPACE } from "../../src/sample-site/contentTypes.ts"
import type { Fault } from "../../src/sample-site/Fault.ts"
import type { SampleSiteOptions } from "../../src/sample-site/options.ts"
import { TREE_STREAMS } from "../support/knowableTree.ts"
import type { Chance } from "./chance.ts"

const V2 = "/wiki/api/v2"
const ANALYTICS = "/wiki/rest/api/analytics/content"

/** Endpoints, with `*` for a part that varies, and the streams that may fail with each. */
const DEPENDENTS: Readonly<Record<string, ReadonlyArray<string>>> = {
  [`${V2}/pages/*/likes/users`]: ["likes", "users"],
  [`${V2}/blogposts/*/likes/users`]: ["likes", "users"],
  [`${V2}/footer-comments/*/likes/users`]: ["likes", "users"],
  [`${ANALYTICS}/*/viewers`]: ["content_views"],
  [`${V2}/pages/*/properties`]: ["content_properties"],
  [`${V2}/comments/*/properties`]: ["content_properties"],
  [`${V2}/pages/*/versions`]: ["content_versions"],
  [`${V2}/attachments/*/versions`]: ["content_versions"],
  [`${V2}/custom-content/*/properties`]: ["content_properties"],
  [`${V2}/custom-content/*/versions`]: ["content_versions"],
  ...Object.fromEntries(TREE_STREAMS.map((stream) => [`${V2}/${stream}/*/properties`, ["content_properties"]])),
}

const OF_ONE = new RegExp(
  String.raw`^(?:${V2}/(?:pages|${TREE_STREAMS.join("|")})|${ANALYTICS})/(\d+)/(likes/users|viewers|properties|versions)$`,
)
const STREAMS: Readonly<Record<string, string>> = {
  "likes/users": "likes",
  viewers: "content_views",
  properties: "content_properties",
  versions: "content_versions",
}

/** The content that a path is of alone, and the stream that asks it. */
export const contentOf = (path: string): { readonly id: string; readonly stream: string } | undefined => {
  const [, id, list] = OF_ONE.exec(path) ?? []
  return id === undefined ? undefined : { id, stream: STREAMS[list!]! }
}

/** The streams that may fail where this path does; undefined: any. */
export const dependentsOfContent = (path: string): ReadonlyArray<string> | undefined => {
  const one = contentOf(path)
  return one === undefined ? DEPENDENTS[path] : [one.stream, "users"]
}

/** A page of the site's beginning. */
const somePage = (chance: Chance, { seed, pages = 0 }: SampleSiteOptions): string =>
  new IdScheme("page", seed!, pages - Math.floor(pages / 40)).id(chance.between(0, pages - 1))

/** A folder, whiteboard, database or embed of the site's beginning. */
const someItem = (chance: Chance, { seed, spaces = 0 }: SampleSiteOptions, stream: string): string => {
  const count = spaces * TREE_ITEMS_PER_SPACE
  const ordinals = Array.from({ length: count }, (_, ordinal) => ordinal)
  const ordinal = chance.of(ordinals.filter((each) => `${generatedTreeType(each)}s` === stream))
  return new IdScheme("tree item", seed!, count).id(ordinal)
}

/** A fault of one page's or tree item's own list, given as a path with `*` for its id: it costs itself. */
export const drawFaultOfOne = (chance: Chance, site: SampleSiteOptions, list: string): Fault => {
  const stream = TREE_STREAMS.find((each) => list.startsWith(`${V2}/${each}/`))
  const status = chance.of([403, 404, 500])
  const id = stream === undefined ? somePage(chance, site) : someItem(chance, site, stream)
  return { kind: "status", status, path: list.replace("*", id) }
}
