/** The part of the settings form that narrows what is read (src/config/filters.ts decodes it, docs/filters.md explains it). */
import * as allowed from "./settings.ts"

const spaces = (title: string, description: string, examples: ReadonlyArray<ReadonlyArray<string>>, order: number) => ({
  title,
  description,
  type: "array",
  items: { type: "string", minLength: 1, maxLength: allowed.longestSpaceKey },
  default: [],
  examples,
  order,
})

const ids = (title: string, description: string, order: number) => ({
  title,
  description,
  type: "array",
  items: { type: "string", pattern: allowed.contentIdPattern, pattern_descriptor: "123456" },
  default: [],
  examples: [["123456", "7890123"]],
  order,
})

// Without a format: that of a date and time would refuse a date alone.
const date = (title: string, description: string, order: number) => ({
  title,
  description: `${description} You give a date, which begins at midnight UTC, or a date and time with a time zone.`,
  type: "string",
  pattern: allowed.datePattern,
  pattern_descriptor: "YYYY-MM-DD or YYYY-MM-DDTHH:mm:ssZ",
  examples: ["2026-01-31", "2026-01-31T12:00:00Z", "2026-01-31T12:00:00+01:00"],
  order,
})

const flag = (title: string, description: string, byDefault: boolean, order: number) => ({
  title,
  description,
  type: "boolean",
  default: byDefault,
  order,
})

export const filtersForm = {
  title: "Filters",
  description:
    "What you want to read of your site; without filters all that you may read. A page or blog post has to pass every filter that you give, and what hangs on it, such as its comments, goes with it.",
  type: "object",
  additionalProperties: true,
  properties: {
    spaces_include: spaces(
      "Included Spaces",
      "The keys of the spaces that you want to read, in capitals as the site shows them. A * stands for any characters. If you leave this empty, all spaces are read.",
      [["ENG", "OPS"], ["TEAM*"], ["~*"]],
      0,
    ),
    spaces_exclude: spaces(
      "Excluded Spaces",
      "The keys of spaces that you do not want to read, also if you include them above. A * stands for any characters.",
      [["OLD*"], ["HR", "~*"]],
      1,
    ),
    include_archived_spaces: flag("Include Archived Spaces", "Whether you want to read archived spaces too.", true, 2),
    include_personal_spaces: flag(
      "Include Personal Spaces",
      "Whether you want to read the personal spaces of users too. Their keys begin with ~.",
      true,
      3,
    ),
    page_ids_include: ids(
      "Included Page Trees",
      "The ids of the pages, folders, whiteboards, databases or embeds below which you want to read pages: each with all that lies below it, at any depth. You find the id in the address of a page. Blog posts are not concerned.",
      4,
    ),
    page_ids_exclude: ids(
      "Excluded Page Trees",
      "The ids of pages, folders, whiteboards, databases or embeds that you do not want to read pages of: each with all that lies below it, also if you include it above.",
      5,
    ),
    blog_post_ids_include: ids(
      "Included Blog Posts",
      "The ids of the only blog posts that you want to read. Pages are not concerned.",
      6,
    ),
    blog_post_ids_exclude: ids(
      "Excluded Blog Posts",
      "The ids of blog posts that you do not want to read, also if you include them above.",
      7,
    ),
    modified_after: date(
      "Modified After",
      "You read pages and blog posts whose last version is of this moment or later.",
      8,
    ),
    modified_before: date(
      "Modified Before",
      "You read pages and blog posts whose last version is of an earlier moment.",
      9,
    ),
    created_after: date(
      "Created After",
      "You read pages and blog posts that were created at this moment or later.",
      10,
    ),
    created_before: date("Created Before", "You read pages and blog posts that were created earlier.", 11),
    include_archived: flag("Include Archived Content", "Whether you want to read archived pages too.", true, 12),
    include_trashed: flag(
      "Include Trashed Content",
      'Whether you want the pages and blog posts in the trash as rows with the status "trashed", instead of as deletions.',
      false,
      13,
    ),
  },
  group: "filters",
  order: 0,
} as const
