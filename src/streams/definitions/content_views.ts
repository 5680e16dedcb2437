/**
 * How often each page and blog post was viewed, and by how many people: two requests for each. Not every plan of Confluence has these
 * counts; on one without them there are no rows, and a warning says why.
 */
import { Effect } from "effect"
import { ConfluenceClient } from "../../confluence/ConfluenceClient.ts"
import { type ConfluenceError, saysAbsent } from "../../confluence/errors.ts"
import { noList } from "../../confluence/Listing.ts"
import { type Endpoint, scopeNames } from "../../confluence/scopes.ts"
import { isRecord } from "../../json.ts"
import { Reporter } from "../../protocol/Reporter.ts"
import type { ReadFailure } from "../../sync/failures.ts"
import { LAST } from "../../sync/manyParents.ts"
import type { Pass } from "../../sync/Pass.ts"
import type { ReadServices } from "../../sync/readServices.ts"
import { type Content, childrenOfContent, pathOf, stillThere, takeRows } from "../kinds/childrenOfContent.ts"

type Reading<A> = Effect.Effect<A, ReadFailure, ReadServices>

const SCOPES: Endpoint["scopes"] = [["read:confluence-content.summary"], ["read:analytics.content:confluence"]]
const VIEWS: Endpoint = { path: "/wiki/rest/api/analytics/content/{contentId}/views", scopes: SCOPES }
const VIEWERS: Endpoint = { path: "/wiki/rest/api/analytics/content/{contentId}/viewers", scopes: SCOPES }

/** How many an endpoint counts for one content. */
const countOf = Effect.fnUntraced(function* (
  endpoint: Endpoint,
  id: string,
): Effect.fn.Return<number, ConfluenceError, ConfluenceClient> {
  const client = yield* ConfluenceClient
  const path = pathOf(endpoint, id)
  const { body } = yield* client.request({ path, stream: "content_views", scope: scopeNames(endpoint), priority: LAST })
  const count = isRecord(body) ? body["count"] : undefined
  return typeof count === "number" ? count : yield* noList(path, 'no "count"')
})

/**
 * The answer by which the site says that it has no such counts: 501 anywhere, or 404 for each of these contents that is there. Undefined
 * where none of them is there any more.
 */
const absence = Effect.fnUntraced(function* (
  pass: Pass,
  some: ReadonlyArray<Content>,
): Effect.fn.Return<ConfluenceError | "there" | undefined, ReadFailure, ReadServices> {
  const absent: Array<{ readonly content: Content; readonly error: ConfluenceError }> = []
  for (const content of some) {
    const answer = yield* Effect.result(countOf(VIEWS, content.id))
    if (answer._tag === "Success" || !saysAbsent(answer.failure)) return "there"
    if (answer.failure._tag === "EndpointRemoved") return answer.failure
    absent.push({ content, error: answer.failure })
  }
  for (const [kind, own] of Map.groupBy(absent, ({ content }) => content.kind)) {
    const isThere = yield* stillThere(
      pass,
      kind,
      own.map(({ content }) => content.id),
    )
    const one = own.find(({ content }) => isThere.has(content.id))
    if (one !== undefined) return one.error
  }
  return undefined
})

export const contentViews = childrenOfContent({
  name: "content_views",
  primaryKey: ["contentId"],
  kinds: ["page", "blogpost"],
  what: "the views",
  endpoints: [VIEWS, VIEWERS],
  filteredAs: "contents",
  // Doubt: how a plan without analytics says so. A refusal (403) may be the account's own, and is a failure.
  lacks: (pass, some): Reading<boolean | undefined> =>
    Effect.gen(function* () {
      const why = yield* absence(pass, some)
      if (why === undefined || why === "there") return why === undefined ? undefined : false
      const reporter = yield* Reporter
      yield* reporter.log(
        "WARN",
        `content_views: the site has no analytics (not every plan has), so there are no rows. ${why.message}`,
      )
      return true
    }),
  read: (pass, { contentType, id }) =>
    Effect.gen(function* () {
      const [views, viewers] = yield* Effect.all([countOf(VIEWS, id), countOf(VIEWERS, id)], { concurrency: 2 })
      yield* takeRows(pass, [{ contentId: id, contentType, views, viewers }])
    }),
})
