/**
 * Scope: what the filters of a config let in. Pure: it judges what it is told of spaces and content, and asks nobody.
 *
 * Not here, because it takes the site's tree: whether a page lies below one of the `roots`. Nor what hangs on content: a
 * comment, a file or a label has the scope of its page or blog post.
 */
import { createHash } from "node:crypto"
import type { Filters } from "../config/filters.ts"
import { matches, simplified } from "./spacePattern.ts"

/** The content whose own status and dates filters speak of. */
export type FilteredKind = "page" | "blogpost"

/** What filters need to know of a space; the rows of the list of spaces have it. */
export interface SpaceFacts {
  readonly key: string
  readonly type: string | undefined
  readonly status: string | undefined
}

/** What filters need to know of a page or blog post. Times are milliseconds since 1970. */
export interface ContentFacts {
  readonly kind: FilteredKind
  readonly id: string
  readonly status: string
  readonly createdAt: number
  /** That of the last version. */
  readonly modifiedAt: number
}

/** A way to read a list by a date, of which no more needs to be read from a moment on. */
export interface Order {
  readonly sort: "created-date" | "-created-date" | "modified-date" | "-modified-date"
  /** Ascending: rows of this moment and later are outside. Descending (`-`): earlier rows are. */
  readonly until: number
}

/** A pattern that matches no space, and the setting that holds it, such as `filters.spaces_include`. */
export interface Unmatched {
  readonly setting: string
  readonly pattern: string
}

interface Ids {
  /** Empty: all, as far as `exclude` lets them. */
  readonly include: ReadonlySet<string>
  /** Wins over `include`. */
  readonly exclude: ReadonlySet<string>
}

export interface Scope {
  /** "" without filters; else 8 characters, the same however the same filters are written: in another order, offset or twice. */
  readonly fingerprint: string
  /** There are no filters. */
  readonly isEverything: boolean
  /** There are filters of spaces. */
  readonly narrowsSpaces: boolean
  /** Those spaces that are let in. */
  readonly spaces: <S extends SpaceFacts>(all: ReadonlyArray<S>) => ReadonlyArray<S>
  /** Patterns, also of exclusions, that match none of the site's spaces. */
  readonly unmatched: (all: ReadonlyArray<SpaceFacts>) => ReadonlyArray<Unmatched>
  /** What lists are asked for by `status`. */
  readonly statuses: (kind: FilteredKind) => ReadonlyArray<string>
  /**
   * Which way a list can be read so that it may end early; undefined where no date ends it. Rows before that are for `holds`
   * to judge. Doubt: whether `modified-date` follows the last version; whoever ends a list early has to see that its rows
   * come in that order.
   */
  readonly order: Order | undefined
  /** Pages, or what pages lie below: each with all its descendants. */
  readonly roots: Ids
  readonly blogPosts: Ids
  /** Whether status, dates and ids of blog posts let it in: all but its space and, of a page, its ancestors. */
  readonly holds: (content: ContentFacts) => boolean
}

const DEFAULTS = {
  include_archived_spaces: true,
  include_personal_spaces: true,
  include_archived: true,
  include_trashed: false,
} as const

/** In the order of the alphabet, each once. */
const asSet = (values: ReadonlyArray<string>): ReadonlyArray<string> => [...new Set(values)].toSorted()

/** What the filters say and nothing else: without defaults, orders and repetitions. */
const normalized = (filters: Filters): Readonly<Record<string, unknown>> => {
  const included = asSet(filters.spaces_include.map(simplified))
  const said = {
    ...filters,
    // All spaces are let in without a pattern, too.
    spaces_include: included.includes("*") ? [] : included,
    spaces_exclude: asSet(filters.spaces_exclude.map(simplified)),
    page_ids_include: asSet(filters.page_ids_include),
    page_ids_exclude: asSet(filters.page_ids_exclude),
    blog_post_ids_include: asSet(filters.blog_post_ids_include),
    blog_post_ids_exclude: asSet(filters.blog_post_ids_exclude),
  }
  const defaults: Readonly<Record<string, unknown>> = DEFAULTS
  return Object.fromEntries(
    Object.entries(said)
      .filter(([, value]) => (Array.isArray(value) ? value.length > 0 : value !== undefined))
      .filter(([key, value]) => value !== defaults[key])
      .toSorted(([one], [other]) => (one < other ? -1 : 1)),
  )
}

const hashOf = (said: object): string =>
  createHash("sha256").update(JSON.stringify(said)).digest("base64url").slice(0, 8)

/** Personal spaces are of that type, and theirs are the only keys that begin with `~`; either tells. */
const isPersonal = ({ key, type }: SpaceFacts): boolean => type === "personal" || key.startsWith("~")

/** Statuses of what is no content that could be read, whatever the filters. */
const NEVER: ReadonlySet<string> = new Set(["deleted", "draft", "historical"])

/**
 * The shorter of two walks, as far as the dates alone tell: nothing is modified before it is created. So where the later of
 * both beginnings is the creation's, what is created from then on is part of what is modified from the other on; likewise
 * at the end. With a beginning and an end the newest come first, because most reading is of the last weeks.
 */
const orderOf = ({ modified_after, modified_before, created_after, created_before }: Filters): Order | undefined => {
  if (created_after !== undefined && created_after >= (modified_after ?? created_after)) {
    return { sort: "-created-date", until: created_after }
  }
  if (modified_after !== undefined) return { sort: "-modified-date", until: modified_after }
  if (modified_before !== undefined && modified_before <= (created_before ?? modified_before)) {
    return { sort: "modified-date", until: modified_before }
  }
  return created_before === undefined ? undefined : { sort: "created-date", until: created_before }
}

const isWithin = (at: number, after: number | undefined, before: number | undefined): boolean =>
  (after === undefined || at >= after) && (before === undefined || at < before)

const lets = ({ include, exclude }: Ids, id: string): boolean =>
  !exclude.has(id) && (include.size === 0 || include.has(id))

export const makeScope = (filters: Filters): Scope => {
  const said = normalized(filters)
  const isEverything = Object.keys(said).length === 0
  const included = filters.spaces_include.map(simplified)
  const excluded = filters.spaces_exclude.map(simplified)
  const blogPosts: Ids = {
    include: new Set(filters.blog_post_ids_include),
    exclude: new Set(filters.blog_post_ids_exclude),
  }
  const letsSpaceIn = (space: SpaceFacts): boolean =>
    (included.length === 0 || included.some((pattern) => matches(pattern, space.key))) &&
    !excluded.some((pattern) => matches(pattern, space.key)) &&
    (filters.include_archived_spaces || space.status !== "archived") &&
    (filters.include_personal_spaces || !isPersonal(space))
  const letsStatusIn = (status: string): boolean => {
    if (status === "archived") return filters.include_archived
    if (status === "trashed") return filters.include_trashed
    return !NEVER.has(status)
  }
  return {
    fingerprint: isEverything ? "" : hashOf(said),
    isEverything,
    narrowsSpaces: Object.keys(said).some((key) => key.includes("spaces")),
    spaces: (all) => all.filter(letsSpaceIn),
    unmatched: (all) =>
      (["spaces_include", "spaces_exclude"] as const).flatMap((key) =>
        [...new Set(filters[key])]
          .filter((pattern) => !all.some((space) => matches(pattern, space.key)))
          .map((pattern) => ({ setting: `filters.${key}`, pattern })),
      ),
    statuses: (kind) => [
      "current",
      // The list of blog posts knows no archived ones.
      ...(kind === "page" && filters.include_archived ? ["archived"] : []),
      ...(filters.include_trashed ? ["trashed"] : []),
    ],
    order: orderOf(filters),
    roots: { include: new Set(filters.page_ids_include), exclude: new Set(filters.page_ids_exclude) },
    blogPosts,
    holds: ({ kind, id, status, createdAt, modifiedAt }) =>
      letsStatusIn(status) &&
      isWithin(modifiedAt, filters.modified_after, filters.modified_before) &&
      isWithin(createdAt, filters.created_after, filters.created_before) &&
      (kind === "page" || lets(blogPosts, id)),
  }
}
