/** Ids in filters that are of nothing: named, because they are mistyped, or of what the account does not see. */
import { Effect } from "effect"
import { LISTED_CONTAINERS } from "../site/containers.ts"
import type { Scope } from "../site/Scope.ts"
import type { ReadFailure } from "./failures.ts"
import { eachLive, withTrash } from "./LookUp.ts"
import type { AskServices } from "./services.ts"
import { typesOf } from "./treeContent.ts"

type Reading<A> = Effect.Effect<A, ReadFailure, AskServices>

/** A sentence for each of these ids of pages, or of what pages lie below. */
export const unknownPages = ({ include }: Scope["roots"], ids: Iterable<string>): ReadonlyArray<string> =>
  [...ids].map(
    (id) =>
      `filters.page_ids_${include.has(id) ? "include" : "exclude"}: the id ${id} is of nothing that the account sees.`,
  )

/** A sentence for each id of a blog post that is of none. `stream` pays for the requests. */
export const unknownBlogPosts = (
  stream: string,
  { include, exclude }: Scope["blogPosts"],
): Reading<ReadonlyArray<string>> =>
  Effect.gen(function* () {
    const ids = [...new Set([...include, ...exclude])]
    if (ids.length === 0) return []
    const list = { ...LISTED_CONTAINERS.blogpost, query: [], stream }
    const nowhere = yield* eachLive(withTrash(list), ids, () => Effect.void)
    return [...nowhere].map(
      (id) =>
        `filters.blog_post_ids_${include.has(id) ? "include" : "exclude"}: the id ${id} is of no blog post that the account sees.`,
    )
  })

/** A sentence for each id in the filters that is of nothing. */
export const unknownIds = (stream: string, { roots, blogPosts }: Scope): Reading<ReadonlyArray<string>> =>
  Effect.gen(function* () {
    const ids = [...new Set([...roots.include, ...roots.exclude])]
    const types = ids.length === 0 ? new Map<string, unknown>() : yield* typesOf(stream, ids)
    const pages = unknownPages(
      roots,
      ids.filter((id) => !types.has(id)),
    )
    return [...pages, ...(yield* unknownBlogPosts(stream, blogPosts))]
  })
