/** The filters of a config, decoded: which spaces, pages and blog posts are to be read. */
import { Schema, SchemaTransformation } from "effect"
import { parseDate } from "./dates.ts"
import { flag, group, list } from "./fields.ts"
import * as allowed from "./settings.ts"

const SPACE_KEY = `must be the key of a space, such as "ENG", in which * stands for any characters`

const spaceKeys = list(
  Schema.String.annotate({ message: `${SPACE_KEY}, but is {type}` }).check(
    Schema.isMinLength(1, { message: SPACE_KEY }),
    Schema.isMaxLength(allowed.longestSpaceKey, {
      message: `must have at most ${allowed.longestSpaceKey} characters, as the keys of spaces have`,
    }),
  ),
  `must be a list of space keys, such as ["ENG", "~*"]`,
)

const ID = `must be an id in quotes, digits only, such as "123456"`
/** Ids of Confluence are positive numbers of 64 bits; its API refuses others, and with them all that it is asked for at once. */
const isContentId = (value: string): boolean =>
  new RegExp(allowed.contentIdPattern).test(value) && BigInt(value) <= allowed.largestContentId

const contentIds = list(
  Schema.String.annotate({ message: `${ID}, but is {type}` }).check(Schema.makeFilter(isContentId, { message: ID })),
  `must be a list of ids, such as ["123456"]`,
)

const DATE = `must be a date, such as "2026-01-31" (from midnight UTC), or a date and time with a time zone, such as "2026-01-31T12:00:00+01:00" (RFC 3339)`

/** A moment, decoded to milliseconds since 1970. */
const date = Schema.optionalKey(
  Schema.String.annotate({ message: `${DATE}, but is {type}` })
    .check(Schema.makeFilter((value) => parseDate(value) !== undefined, { message: DATE }))
    .pipe(
      Schema.decodeTo(
        Schema.Number,
        SchemaTransformation.transform({
          decode: (value: string) => parseDate(value)!,
          encode: (ms: number) => new Date(ms).toISOString(),
        }),
      ),
    ),
)

/** A window that ends before it begins lets nothing in, which nobody can mean. */
const datesInOrder = (of: "modified" | "created") =>
  Schema.makeFilter((given: { readonly [key: string]: unknown }) => {
    const [after, before] = [given[`${of}_after`], given[`${of}_before`]]
    const inOrder = typeof after !== "number" || typeof before !== "number" || after < before
    return inOrder ? undefined : { path: [`${of}_after`], issue: `must be earlier than "filters.${of}_before"` }
  })

export const filters = group({
  spaces_include: spaceKeys,
  spaces_exclude: spaceKeys,
  include_archived_spaces: flag(true),
  include_personal_spaces: flag(true),
  page_ids_include: contentIds,
  page_ids_exclude: contentIds,
  blog_post_ids_include: contentIds,
  blog_post_ids_exclude: contentIds,
  modified_after: date,
  modified_before: date,
  created_after: date,
  created_before: date,
  include_archived: flag(true),
  include_trashed: flag(false),
}).check(datesInOrder("modified"), datesInOrder("created"))

/** Filters with every default filled in; dates as milliseconds since 1970. */
export type Filters = (typeof filters)["Type"]
