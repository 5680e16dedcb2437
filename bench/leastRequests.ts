/**
 * The requests that a full read of streams cannot do without, on a site where all content is current and visible. Streams that ask
 * content by content are not among them: of those nearly every request is needed, and they would outnumber all others by hundreds to one.
 */
import { leastOfRestrictions } from "./leastOfRestrictions.ts"
import type { BenchSite } from "./sampleSite.ts"

/** Streams that cost a request, or two, for each content. */
export const BY_CONTENT: ReadonlySet<string> = new Set([
  "content_properties",
  "content_versions",
  "content_views",
  "likes",
])

/** Rows of a list, hits of the search and records of the audit log in one answer. */
const LISTED = 250
const FOUND = 200
const RECORDS = 1000

type Rows = ReadonlyArray<Readonly<Record<string, unknown>>>

const lists = (rows: number): number => Math.ceil(rows / LISTED)
const distinct = (rows: Rows, column: string): number =>
  new Set(rows.flatMap((row) => (typeof row[column] === "string" ? [row[column]] : []))).size

/** Of these all rows stand in one list of the whole site. */
const IN_ONE_LIST = [
  "spaces",
  "pages",
  "blog_posts",
  "attachments",
  "users",
  "groups",
  "space_roles",
  "labels",
  "classification_levels",
]
/** Of these each space has lists: so many. */
const OF_SPACES: Readonly<Record<string, number>> = {
  space_permissions: 1,
  space_role_assignments: 1,
  space_properties: 1,
  space_labels: 1,
  // Templates of pages and those of blueprints.
  templates: 2,
}
const TREE = ["folders", "whiteboards", "databases", "embeds"]

/** The list of tasks, and looks at what they hang on, 250 at a time, whether it is in the trash. */
const ofTasks = async (site: BenchSite): Promise<number> => {
  const tasks = await site.truth("tasks")
  return lists(tasks.length) + lists(distinct(tasks, "pageId")) + lists(distinct(tasks, "blogPostId"))
}

/** The search, the list of pages, and each item by itself: once for all four streams. */
const ofTree = (rowsOf: (...streams: ReadonlyArray<string>) => number): number =>
  Math.ceil(rowsOf(...TREE) / FOUND) + lists(rowsOf("pages")) + rowsOf(...TREE)

/** A list for each type, and one of bodies for each type that has them in its own form. */
const ofCustomContent = async (site: BenchSite): Promise<number> => {
  const byType = Map.groupBy(await site.truth("custom_content"), ({ type }) => type)
  return [...byType.values()].reduce((sum, rows) => {
    const isRaw = rows.some(({ body }) => typeof body === "object" && body !== null && "raw" in body)
    return sum + lists(rows.length) * (isRaw ? 2 : 1)
  }, 0)
}

/** `emitted`: the rows of each stream that was read; `listed`: the rows in the lists of comments. */
export const leastRequests = async (
  site: BenchSite,
  emitted: Readonly<Record<string, number>>,
  listedComments: ReadonlyArray<number>,
): Promise<number> => {
  const rowsOf = (...streams: ReadonlyArray<string>) => streams.reduce((sum, stream) => sum + (emitted[stream] ?? 0), 0)
  const least: Readonly<Record<string, number>> = {
    ...Object.fromEntries(IN_ONE_LIST.map((stream) => [stream, lists(rowsOf(stream))])),
    ...Object.fromEntries(Object.entries(OF_SPACES).map(([stream, each]) => [stream, each * rowsOf("spaces")])),
    "templates of the site": 2,
    comments: listedComments.reduce((sum, rows) => sum + lists(rows), 0),
    group_members: rowsOf("groups"),
    // Of each label its pages, its blog posts and its attachments, and the further pages of these lists.
    content_labels: 3 * rowsOf("labels") + Math.floor(rowsOf("content_labels") / LISTED),
    audit_log: Math.ceil(rowsOf("audit_log") / RECORDS),
    tasks: await ofTasks(site),
    custom_content: await ofCustomContent(site),
    content_restrictions: await leastOfRestrictions(site),
    "the tree": ofTree(rowsOf),
  }
  const unknown = Object.keys(emitted).filter((stream) => !(stream in least) && !TREE.includes(stream))
  if (unknown.length > 0) throw new Error(`the least requests of ${unknown.join(", ")} are not known`)
  return Object.values(least).reduce((sum, requests) => sum + requests, 0)
}
