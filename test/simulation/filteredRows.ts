/**
 * What filters make of a site at one moment: the rows that must be there, those that may be, and those that the site shows and the
 * filters leave out. By the judge of filters, not by the product's code.
 */
import type { SampleSite } from "../../src/sample-site/SampleSite.ts"
import type { GivenFilters } from "../support/givenFilters.ts"
import { TREE_STREAMS } from "../support/knowableTree.ts"
import { withAddresses } from "./addresses.ts"
import { inScope, type SiteRows } from "./inScope.ts"
import { type BodyFormat, isIncremental, keyOf, type Row } from "./moments.ts"
import { rowsByStream, siteRows } from "./siteRows.ts"

type Rows = ReadonlyMap<string, ReadonlyMap<string, Row>>

export interface FilteredRows {
  readonly rows: Rows
  readonly perhaps: Rows
  readonly leftOut: Rows
  /** Whether the filters surely let in a page, blog post, folder, whiteboard, database or embed. */
  readonly isIn: (id: string) => boolean
  /** Where rows lie or hang, by stream and key, as a text: what decides about them besides themselves. */
  readonly places: ReadonlyMap<string, ReadonlyMap<string, string>>
  /** The ids of the pages and blog posts that rows hang on, by stream and key. */
  readonly contents: ReadonlyMap<string, ReadonlyMap<string, string>>
}

/** The fields that name accounts, at the top of a row or in its version. */
const ACCOUNT_FIELDS = ["authorId", "ownerId", "lastOwnerId", "spaceOwnerId", "resolutionLastModifierId"] as const

const namedBy = (row: Row): ReadonlyArray<unknown> => [
  ...ACCOUNT_FIELDS.map((field) => row[field]),
  (row["version"] as Row | undefined)?.["authorId"],
]

/** Whether a folder or the like can be known at all. */
const isKnown = (site: SiteRows): ((row: Row) => boolean) => {
  const unknown = new Set(site["content_tree"]?.flatMap(({ id, known }) => (known === "no" ? [id] : [])))
  return ({ id }) => !unknown.has(id)
}

/** Users that rows name which are let in are there for certain; the others are of the site, and nobody needs to know them. */
const namedUsers = (site: SiteRows, letIn: (stream: string) => ReadonlyArray<Row>): ReadonlySet<unknown> =>
  new Set([
    ...["spaces", "pages", "blog_posts", "comments", "attachments"].flatMap((stream) => letIn(stream).flatMap(namedBy)),
    ...TREE_STREAMS.flatMap((stream) => letIn(stream).filter(isKnown(site)).flatMap(namedBy)),
    ...letIn("likes").map(({ accountId }) => accountId),
    ...(site["group_members"] ?? []).map(({ accountId }) => accountId),
  ])

const idsOf = (rows: ReadonlyArray<Row> = []): ReadonlyArray<string> => rows.map(({ id }) => String(id))

const asMap = (stream: string, rows: ReadonlyArray<Row>): ReadonlyMap<string, Row> =>
  new Map(rows.map((row) => [keyOf(stream, row), row]))

/**
 * Says where a row hangs or lies: for content its space and all that it lies below, each with its status; for what hangs on content
 * also that content's version and status.
 */
const placesOf = (site: SiteRows, spaces: ReadonlyMap<string, string>) => {
  const by = (...streams: ReadonlyArray<string>) =>
    new Map(streams.flatMap((stream) => site[stream] ?? []).map((row) => [String(row["id"]), row]))
  const content = by("pages", "blog_posts")
  const hanging = by("comments", "attachments", "custom_content")
  const tree = by("content_tree")
  const wayUp = ({ spaceId, parentId }: Row, seen: ReadonlySet<unknown> = new Set()): string => {
    const above = tree.get(String(parentId))
    const own = `${String(spaceId)} ${spaces.get(String(spaceId)) ?? "unseen"}`
    if (above === undefined || seen.has(parentId)) return own
    return `${own}, below ${String(parentId)} ${String(above["status"])} ${wayUp(above, new Set([...seen, parentId]))}`
  }
  const contentOf = (row: Row, depth = 0): Row | undefined => {
    const container = content.get(String(row["pageId"] ?? row["blogPostId"] ?? row["contentId"]))
    if (container !== undefined) return container
    const { attachmentId, parentCommentId, customContentId, contentId } = row
    const other = hanging.get(String(attachmentId ?? parentCommentId ?? customContentId ?? contentId))
    return other === undefined || depth > 20 ? undefined : contentOf(other, depth + 1)
  }
  const placeOf = (part: Row): string => {
    const contentId = String(part["contentId"])
    const row = content.get(contentId) ?? hanging.get(contentId) ?? part
    const container = contentOf(row) ?? content.get(contentId)
    if (container === undefined) return wayUp(row)
    const { id, status, version } = container
    return `${String(id)} ${String(status)} ${JSON.stringify(version)} ${wayUp(container)}`
  }
  return { placeOf, contentOf: (row: Row) => contentOf(row) }
}

/** What these filters make of the streams. */
export const filteredRows = (
  site: SampleSite,
  streams: ReadonlyArray<string>,
  bodyFormat: BodyFormat,
  filters: GivenFilters,
): FilteredRows => {
  const shown = siteRows(site, bodyFormat === "none" ? null : bodyFormat)
  const all = rowsByStream((stream) => (stream === "users" ? withAddresses(site, shown["users"]!) : shown[stream]!))
  const judged = inScope(filters, all)
  const named = namedUsers(all, (stream) => judged.get(stream)?.rows ?? [])
  const inside = new Set(["pages", "blog_posts", "content_tree"].flatMap((stream) => idsOf(judged.get(stream)?.rows)))
  const { placeOf, contentOf } = placesOf(all, new Map(site.spaces.map(({ id, status }) => [id, status])))
  const isUsers = (stream: string) => stream === "users"
  const letIn = (stream: string): ReadonlyArray<Row> =>
    isUsers(stream) ? all["users"]!.filter(({ accountId }) => named.has(accountId)) : judged.get(stream)!.rows
  const mayBe = (stream: string): ReadonlyArray<Row> =>
    isUsers(stream) ? all["users"]!.filter(({ accountId }) => !named.has(accountId)) : judged.get(stream)!.perhaps
  const others = (stream: string): ReadonlyArray<Row> => {
    const some = new Set([...letIn(stream), ...mayBe(stream)])
    // What is in the trash is left out by its status, filters or not.
    return all[stream]!.filter(
      (row) => !some.has(row) && (row["status"] !== "trashed" || filters.include_trashed === true),
    )
  }
  const each = (rowsOf: (stream: string) => ReadonlyArray<Row>): Rows =>
    new Map(streams.map((stream) => [stream, asMap(stream, rowsOf(stream).map(withoutMarks))]))
  const placed = streams.filter(isIncremental)
  return {
    rows: each(letIn),
    perhaps: each(mayBe),
    leftOut: each(others),
    isIn: (id) => inside.has(id),
    places: new Map(
      placed.map((stream) => [stream, new Map(all[stream]!.map((row) => [keyOf(stream, row), placeOf(row)]))]),
    ),
    contents: new Map(
      placed.map((stream) => [
        stream,
        new Map(
          all[stream]!.flatMap((row) => {
            const content = contentOf(row)
            return content === undefined ? [] : [[keyOf(stream, row), String(content["id"])] as const]
          }),
        ),
      ]),
    ),
  }
}

/** Without what only the judge of filters is told. */
const withoutMarks = (row: Row): Row => {
  if (row["isListed"] === undefined) return row
  const { isListed: _isListed, ...rest } = row
  return rest
}
