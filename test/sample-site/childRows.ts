/** What content has of its own, read from the lists of each content. */
import type { SampleSite } from "../../src/sample-site/SampleSite.ts"
import { ask, ids, type Row, walk } from "./asking.ts"

const V2 = "/wiki/api/v2"

/** Lists of content, the type that rows name, and the part of the path. */
export const CONTENT = [
  ["pages", "page"],
  ["blogposts", "blogpost"],
  ["footer-comments", "comment"],
  ["inline-comments", "comment"],
] as const

const eachOf = (
  site: SampleSite,
  some: ReadonlyArray<(typeof CONTENT)[number]>,
  rows: (path: string, id: string) => readonly Row[],
): Row[] =>
  some.flatMap(([list, contentType]) =>
    ids(walk(site, `${V2}/${list}?limit=250`)).flatMap((contentId) =>
      rows(`${V2}/${list}/${contentId}`, contentId).map((row) => Object.assign({ contentId, contentType }, row)),
    ),
  )

/** The likes of all content. */
export const likesIn = (site: SampleSite): Row[] =>
  eachOf(site, CONTENT, (path) => walk(site, `${path}/likes/users?limit=2`))

const countIn = (site: SampleSite, id: string, what: string) =>
  (JSON.parse(ask(site, `/wiki/rest/api/analytics/content/${id}/${what}`).text) as { readonly count: number }).count

/** The views of all pages and blog posts. */
export const viewsIn = (site: SampleSite): Row[] =>
  eachOf(site, CONTENT.slice(0, 2), (_, id) => [
    { views: countIn(site, id, "views"), viewers: countIn(site, id, "viewers") },
  ])
