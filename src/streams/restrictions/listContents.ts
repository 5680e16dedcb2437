/** Fills the table with pages and blog posts, as their lists without bodies show them, and tells which of them are content of the stream. */
import { Effect } from "effect"
import type { Query, Row } from "../../confluence/Listing.ts"
import { type Endpoint, scopeNames } from "../../confluence/scopes.ts"
import type { FilteredKind } from "../../site/Scope.ts"
import { unaskedContents } from "../../site/unasked.ts"
import { Contents } from "../../sync/Contents.ts"
import { type PartsUnread, type ReadFailure, partsUnread } from "../../sync/failures.ts"
import type { ContentList } from "../../sync/listOfSpaces.ts"
import { idOf } from "../../sync/LookUp.ts"
import { readNamed } from "../../sync/named.ts"
import { type Pass, quietPass } from "../../sync/Pass.ts"
import type { ReadServices } from "../../sync/readServices.ts"
import { Settings } from "../../sync/services.ts"
import { readContentOfSpaces } from "../../sync/SpaceGroups.ts"
import { aboveOf } from "../../sync/treeContent.ts"
import { withTimes } from "../rowFacts.ts"
import type { ContentTable } from "./ContentTable.ts"

export const PAGES: Endpoint = { path: "/wiki/api/v2/pages", scopes: [["read:page:confluence"]] }
export const BLOG_POSTS: Endpoint = { path: "/wiki/api/v2/blogposts", scopes: [["read:page:confluence"]] }

/** The list of blog posts knows no archived ones. */
export const BLOG_POSTS_QUERY: Query = [["status", "current"]]

/** Notes rows of a list: all lie somewhere, but content of the stream is only what the filters let in. */
const noteRows = (table: ContentTable, stream: string, kind: FilteredKind) =>
  Effect.fnUntraced(function* (rows: ReadonlyArray<Row>): Effect.fn.Return<void, ReadFailure, ReadServices> {
    const { scope } = yield* Settings
    const contents = yield* Contents
    const verdicts = scope.isEverything
      ? undefined
      : yield* contents.admit({ stream, filteredAs: kind, isKnown: () => false, isSettled: false }, rows)
    rows.forEach((row, at) => {
      const place = table.add(idOf(row), kind)
      table.place(place, kind, String(row["spaceId"] ?? ""), kind === "page" ? aboveOf(row) : undefined)
      table.setContent(place, verdicts === undefined || verdicts[at] === "in")
    })
  })

/** Lists one kind of content. Answers what could not be listed. */
const listKind = Effect.fnUntraced(function* (
  pass: Pass,
  table: ContentTable,
  kind: FilteredKind,
): Effect.fn.Return<PartsUnread | undefined, ReadFailure, ReadServices> {
  const { scope } = yield* Settings
  const contents = yield* Contents
  const { name } = pass.run.facts
  yield* contents.prepare(name, kind)
  const endpoint = kind === "page" ? PAGES : BLOG_POSTS
  const isNarrow = kind === "page" && !scope.statuses("page").includes("archived")
  const list: ContentList = {
    path: endpoint.path,
    query: kind === "blogpost" || isNarrow ? BLOG_POSTS_QUERY : [],
    body: [],
    scope: scopeNames(endpoint),
    row: withTimes,
    find: () => Effect.succeed([]),
  }
  const own = quietPass(pass.run.facts, noteRows(table, name, kind))
  const named = contents.named(kind)
  const missed = yield* (named === undefined ? readContentOfSpaces(own, list) : readNamed(own, list, named)).pipe(
    Effect.as(undefined),
    Effect.catchTag("PartsUnread", (error) => Effect.succeed(error)),
  )
  const { failed } = own.run.counts
  pass.run.counts.failed += failed
  if (failed === 0) return missed
  // What came without its id may be restricted.
  const unread = [
    ...(missed?.missed ?? []),
    ...unaskedContents(failed, kind === "page" ? "pages" : "blog posts", list.path),
  ]
  return partsUnread(name, "the restrictions of some contents", unread)
})

/** Lists all pages and blog posts that may be content of the stream. Answers what could not be listed. */
export const listContents = (
  pass: Pass,
  table: ContentTable,
): Effect.Effect<ReadonlyArray<PartsUnread>, ReadFailure, ReadServices> =>
  Effect.map(
    Effect.forEach(["page", "blogpost"] as const, (kind) => listKind(pass, table, kind), { concurrency: 2 }),
    (missed) => missed.filter((each) => each !== undefined),
  )
