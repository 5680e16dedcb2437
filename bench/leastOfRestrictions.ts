/** The requests that restrictions cannot be read without, on a site where all content is current and visible. */
import type { BenchSite } from "./sampleSite.ts"

/** Rows of a list, and hits of the search with their restrictions, in one answer. */
const LISTED = 250
const FOUND = 200

/**
 * The lists of pages and blog posts; the search; a request for each content of archived spaces, which the search with restrictions never
 * shows; and one for each folder and the like, whose place no list tells.
 */
export const leastOfRestrictions = async (site: BenchSite): Promise<number> => {
  const [spaces, tree, posts] = await Promise.all([
    site.truth("spaces"),
    site.truth("content_tree"),
    site.truth("blog_posts"),
  ])
  const archived = new Set(spaces.flatMap(({ id, status }) => (status === "archived" ? [id] : [])))
  const all = [...tree, ...posts]
  const ofType = (isPage: boolean) => tree.filter(({ type }) => (type === "page") === isPage).length
  const aside = all.filter(({ spaceId }) => archived.has(spaceId)).length
  return (
    Math.ceil(ofType(true) / LISTED) +
    Math.ceil(posts.length / LISTED) +
    Math.ceil((all.length - aside) / FOUND) +
    aside +
    ofType(false)
  )
}
