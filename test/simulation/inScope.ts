/**
 * What of a site filters let in, stream by stream, for judges. Written from the promises about filters alone and without any of
 * the product's code, so that a mistake of the product is no mistake here as well.
 *
 * Some rows nobody can judge: pages below something that no list shows, say. They may be there or not.
 */
import type { GivenFilters } from "../support/givenFilters.ts"

type Row = Readonly<Record<string, unknown>>

/**
 * The rows that a faultless reading without filters would bring, by stream; among `pages` and `blog_posts` those in the trash too,
 * because others lie below them. A stream that is left out has no rows. `content_tree` tells what lies where, be it seen or not.
 */
export type SiteRows = Readonly<Record<string, ReadonlyArray<Row>>>

/** Ordered: a row is what the worst of its verdicts says. */
type Verdict = "in" | "perhaps" | "out"

export interface InScope {
  readonly rows: ReadonlyArray<Row>
  /** Rows that may be there or not. */
  readonly perhaps: ReadonlyArray<Row>
}

/** Streams that filters do not concern. */
export const OF_THE_WHOLE_SITE: ReadonlySet<string> = new Set([
  "users",
  "groups",
  "group_members",
  "space_roles",
  "audit_log",
  "labels",
  "classification_levels",
])
const OF_SPACES: ReadonlySet<string> = new Set([
  "space_permissions",
  "space_role_assignments",
  "space_labels",
  "space_properties",
])
/** Streams of what each content has of its own. */
const OF_CONTENTS: ReadonlySet<string> = new Set([
  "content_labels",
  "likes",
  "content_views",
  "content_properties",
  "content_versions",
])
const TREE_STREAMS: ReadonlySet<string> = new Set(["folders", "whiteboards", "databases", "embeds"])

/** The fields by which a row names what it hangs on. */
const CONTAINERS = ["pageId", "blogPostId", "customContentId"]

const worst = (...verdicts: ReadonlyArray<Verdict>): Verdict =>
  verdicts.includes("out") ? "out" : verdicts.includes("perhaps") ? "perhaps" : "in"
const when = (isIn: boolean): Verdict => (isIn ? "in" : "out")

const idOf = (row: Row): string => String(row["id"])
const byId = (rows: ReadonlyArray<Row> = []): ReadonlyMap<string, Row> => new Map(rows.map((row) => [idOf(row), row]))

/** Whether a pattern stands for the whole key; `*` is any run of characters. */
const isMatch = (pattern: string, key: string): boolean => {
  const literal = (part: string) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)
  return new RegExp(`^${pattern.split("*").map(literal).join(".*")}$`, "s").test(key)
}

const hasFilters = (given: GivenFilters): boolean =>
  Object.entries(given).some(([key, value]) =>
    typeof value === "boolean" ? value === (key === "include_trashed") : value.length > 0,
  )

/**
 * What filters say, however it is written: the same text for lists in another order, repetitions, defaults, and dates with another
 * offset. "" where they let everything in.
 */
export const sayingOf = (given: GivenFilters): string =>
  Object.entries(given)
    .filter(([key, value]) => hasFilters({ [key]: value }))
    .map(([key, value]): [string, unknown] => {
      if (typeof value !== "string") return [key, typeof value === "boolean" ? value : [...new Set(value)].toSorted()]
      return [key, Date.parse(value)]
    })
    .filter(([key, value]) => key !== "spaces_include" || !(value as ReadonlyArray<string>).includes("*"))
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, value]) => `${key} ${JSON.stringify(value)}`)
    .join(", ")

/** What filters say of the rows of one site. */
class Judgement {
  readonly #given: GivenFilters
  readonly #anyFilters: boolean
  readonly #spaces: ReadonlyMap<string, Row>
  readonly #pages: ReadonlyMap<string, Row>
  readonly #blogPosts: ReadonlyMap<string, Row>
  readonly #comments: ReadonlyMap<string, Row>
  readonly #attachments: ReadonlyMap<string, Row>
  readonly #customContent: ReadonlyMap<string, Row>
  /** All that can lie below something or have something below it. */
  readonly #tree: ReadonlyMap<string, Row>

  constructor(given: GivenFilters, site: SiteRows) {
    this.#given = given
    this.#anyFilters = hasFilters(given)
    this.#spaces = byId(site["spaces"])
    this.#pages = byId(site["pages"])
    this.#blogPosts = byId(site["blog_posts"])
    this.#comments = byId(site["comments"])
    this.#attachments = byId(site["attachments"])
    this.#customContent = byId(site["custom_content"])
    this.#tree = byId(["pages", ...TREE_STREAMS, "content_tree"].flatMap((stream) => site[stream] ?? []))
  }

  of(stream: string, row: Row, seen: Set<Row> = new Set()): Verdict {
    if (stream === "spaces") return this.#space(row)
    if (stream === "pages") return worst(this.#page(row), this.#ownStatus(row))
    if (stream === "blog_posts") return worst(this.#blogPost(row), this.#ownStatus(row))
    if (stream === "custom_content" && !CONTAINERS.some((field) => row[field] !== undefined)) return this.#spaceOf(row)
    if (stream === "comments" || stream === "attachments" || stream === "custom_content")
      return this.#hanging(row, seen)
    if (stream === "content_restrictions") return this.#content(String(row["contentId"]))
    // Pages are judged by their own stream, which tells of them what this one does not.
    if (stream === "content_tree") return row["type"] === "page" ? "out" : this.#spaceOf(row)
    if (OF_CONTENTS.has(stream)) return this.#ofContent(row)
    if (OF_SPACES.has(stream)) return this.#spaceOf(row)
    if (stream === "tasks") return this.#hanging(row, new Set())
    // One without a space is of the whole site.
    if (stream === "templates") return row["spaceId"] === null ? "in" : this.#spaceOf(row)
    // Folders and the like know filters of spaces alone.
    if (TREE_STREAMS.has(stream)) return this.#spaceOf(row)
    if (OF_THE_WHOLE_SITE.has(stream)) return "in"
    throw new Error(`no promise about filters of ${stream} is known here`)
  }

  /** A page, blog post, folder or the like, by its id. */
  #content(id: string): Verdict {
    const page = this.#pages.get(id)
    if (page !== undefined) return this.of("pages", page)
    const blogPost = this.#blogPosts.get(id)
    if (blogPost !== undefined) return this.of("blog_posts", blogPost)
    const other = this.#tree.get(id)
    return other === undefined ? "perhaps" : this.#spaceOf(other)
  }

  #space(space: Row): Verdict {
    const { spaces_include: include = [], spaces_exclude: exclude = [] } = this.#given
    const key = String(space["key"])
    const isOneOf = (patterns: ReadonlyArray<string>) => patterns.some((pattern) => isMatch(pattern, key))
    return when(
      (include.length === 0 || isOneOf(include)) &&
        !isOneOf(exclude) &&
        (this.#given.include_archived_spaces !== false || space["status"] !== "archived") &&
        (this.#given.include_personal_spaces !== false || !(space["type"] === "personal" || key.startsWith("~"))),
    )
  }

  #spaceOf(row: Row): Verdict {
    const space = this.#spaces.get(String(row["spaceId"]))
    if (space !== undefined) return this.#space(space)
    const { spaces_include = [], spaces_exclude = [], include_archived_spaces, include_personal_spaces } = this.#given
    const isNarrowed = spaces_include.length + spaces_exclude.length > 0
    return isNarrowed || include_archived_spaces === false || include_personal_spaces === false ? "perhaps" : "in"
  }

  #dates(row: Row): Verdict {
    const given = this.#given
    const isWithin = (time: unknown, after: string | undefined, before: string | undefined) =>
      (after === undefined || Date.parse(String(time)) >= Date.parse(after)) &&
      (before === undefined || Date.parse(String(time)) < Date.parse(before))
    const version = row["version"] as Row | undefined
    return when(
      isWithin(version?.["createdAt"], given.modified_after, given.modified_before) &&
        isWithin(row["createdAt"], given.created_after, given.created_before),
    )
  }

  /** The row and all that it lies below, as far as it is known; and whether that goes up to the top. */
  #chain(row: Row): { readonly ids: ReadonlyArray<string>; readonly isWhole: boolean } {
    const ids: Array<string> = [idOf(row)]
    for (let at: Row | undefined = row; ;) {
      const parent = at["parentId"] ?? undefined
      if (parent === undefined) return { ids, isWhole: true }
      // Around in a circle is as good as unknown.
      if (ids.includes(String(parent))) return { ids, isWhole: false }
      ids.push(String(parent))
      at = this.#tree.get(String(parent))
      // What nobody sees leads nobody on.
      if (at === undefined || at["visible"] === false) return { ids, isWhole: false }
    }
  }

  /** All but its status. */
  #page(row: Row): Verdict {
    const { page_ids_include: include = [], page_ids_exclude: exclude = [] } = this.#given
    const { ids, isWhole } = this.#chain(row)
    const isBelow = (roots: ReadonlyArray<string>): boolean | undefined =>
      ids.some((id) => roots.includes(id)) || (isWhole ? false : undefined)
    // What lies below content that nobody sees cannot be asked for.
    const isSeen = ids.some((id) => include.includes(id) && this.#tree.get(id)?.["visible"] !== false)
    const included = include.length === 0 ? true : isSeen || (isBelow(include) === true ? undefined : isBelow(include))
    const excluded = exclude.length === 0 ? false : isBelow(exclude)
    return worst(
      this.#spaceOf(row),
      this.#dates(row),
      excluded === undefined || included === undefined ? "perhaps" : "in",
      when(excluded !== true && included !== false),
    )
  }

  #blogPost(row: Row): Verdict {
    const { blog_post_ids_include: include = [], blog_post_ids_exclude: exclude = [] } = this.#given
    const isNamed = (include.length === 0 || include.includes(idOf(row))) && !exclude.includes(idOf(row))
    return worst(this.#spaceOf(row), this.#dates(row), when(isNamed))
  }

  #ownStatus(row: Row): Verdict {
    if (row["status"] === "archived") return when(this.#given.include_archived !== false)
    if (row["status"] === "trashed" && row["isListed"] === false)
      return this.#given.include_trashed === true ? "perhaps" : "out"
    return when(row["status"] !== "trashed" || this.#given.include_trashed === true)
  }

  /** What hangs on something in the trash: never read beside it; else, where a list shows it, filters find its container or not. */
  #statusForHanging(container: Row): Verdict {
    if (container["status"] !== "trashed") return this.#ownStatus(container)
    if (this.#given.include_trashed === true) return "out"
    return this.#anyFilters ? "perhaps" : "in"
  }

  /** What a content has of its own goes with it. */
  #ofContent(row: Row): Verdict {
    const id = String(row["contentId"])
    const [page, blogPost] = [this.#pages.get(id), this.#blogPosts.get(id)]
    if (page !== undefined) return worst(this.#page(page), this.#ownStatus(page))
    if (blogPost !== undefined) return worst(this.#blogPost(blogPost), this.#ownStatus(blogPost))
    const custom = this.#customContent.get(id)
    if (custom !== undefined) return this.of("custom_content", custom)
    const placed = this.#tree.get(id)
    if (placed !== undefined) return this.#spaceOf(placed)
    const hanging = this.#comments.get(id) ?? this.#attachments.get(id)
    return hanging === undefined ? "perhaps" : this.#hanging(hanging, new Set())
  }

  #hanging(row: Row, seen: Set<Row>): Verdict {
    const unknown = this.#anyFilters ? "perhaps" : "in"
    if (seen.has(row)) return unknown
    seen.add(row)
    const named = (field: string, among: ReadonlyMap<string, Row>) => among.get(String(row[field]))
    const page = named("pageId", this.#pages)
    const blogPost = named("blogPostId", this.#blogPosts)
    // Where no list tells of the content itself, nobody knows where it lies.
    if ((page ?? blogPost)?.["isListed"] === false) return unknown
    if (page !== undefined) return worst(this.#page(page), this.#statusForHanging(page))
    if (blogPost !== undefined) return worst(this.#blogPost(blogPost), this.#statusForHanging(blogPost))
    const custom = named("customContentId", this.#customContent)
    if (custom !== undefined) return this.of("custom_content", custom, seen)
    const other = named("attachmentId", this.#attachments) ?? named("parentCommentId", this.#comments)
    return other === undefined ? unknown : this.#hanging(other, seen)
  }
}

/** What filters, as a config has them, let in of a site. The rows of a stream are judged when they are first asked for. */
export const inScope = (given: GivenFilters, site: SiteRows): { get(stream: string): InScope | undefined } => {
  const judgement = new Judgement(given, site)
  const known = new Map<string, InScope>()
  const get = (stream: string): InScope | undefined => {
    const rows = site[stream]
    if (rows === undefined || known.has(stream)) return known.get(stream)
    const judged = rows.map((row) => [judgement.of(stream, row), row] as const)
    const those = (verdict: Verdict) => judged.flatMap(([each, row]) => (each === verdict ? [row] : []))
    known.set(stream, { rows: those("in"), perhaps: those("perhaps") })
    return known.get(stream)
  }
  return { get }
}
