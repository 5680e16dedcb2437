/** Configs that are bad in a filter. */
import { type BadConfig, badSetting, FILTER_DATE } from "./badConfig.ts"

const ID = `must be an id in quotes, digits only, such as "123456"`

export const badFilters: ReadonlyArray<BadConfig> = [
  badSetting("filters that are a list", { filters: ["ENG"] }, `"filters" must be an object, but is a list.`),
  badSetting(
    "space keys that are a text",
    { filters: { spaces_include: "ENG" } },
    `"filters.spaces_include" must be a list of space keys, such as ["ENG", "~*"], but is a string.`,
  ),
  badSetting(
    "a space key that is null",
    { filters: { spaces_exclude: ["ENG", null] } },
    `"filters.spaces_exclude[1]" must be the key of a space, such as "ENG", in which * stands for any characters, but is null.`,
  ),
  badSetting(
    "a space key that is blank",
    { filters: { spaces_exclude: [" "] } },
    `"filters.spaces_exclude[0]" must be the key of a space, such as "ENG", in which * stands for any characters.`,
  ),
  badSetting(
    "a flag that is a word",
    { filters: { include_archived_spaces: "yes" } },
    `"filters.include_archived_spaces" must be true or false, but is "yes".`,
  ),
  badSetting(
    "a flag that is a number",
    { filters: { include_trashed: 1 } },
    `"filters.include_trashed" must be true or false, but is 1.`,
  ),
  badSetting(
    "a page id that is a number",
    { filters: { page_ids_include: [123] } },
    `"filters.page_ids_include[0]" ${ID}, but is a number.`,
  ),
  badSetting(
    "a page id with letters",
    { filters: { page_ids_exclude: ["12", "x1"] } },
    `"filters.page_ids_exclude[1]" ${ID}.`,
  ),
  badSetting(
    "blog post ids that are an object",
    { filters: { blog_post_ids_include: { id: "1" } } },
    `"filters.blog_post_ids_include" must be a list of ids, such as ["123456"], but is an object.`,
  ),
  badSetting(
    "a blog post id beyond 64 bits",
    { filters: { blog_post_ids_exclude: ["12345678901234567890"] } },
    `"filters.blog_post_ids_exclude[0]" ${ID}.`,
  ),
  badSetting(
    "a space key that is longer than any",
    { filters: { spaces_include: ["ENG", "OPS", "K".repeat(256)] } },
    `"filters.spaces_include[2]" must have at most 255 characters, as the keys of spaces have.`,
  ),
  badSetting("no page id", { filters: { page_ids_include: ["0"] } }, `"filters.page_ids_include[0]" ${ID}.`),
  badSetting(
    "a page id with a zero in front",
    { filters: { page_ids_include: ["0123"] } },
    `"filters.page_ids_include[0]" ${ID}.`,
  ),
  badSetting(
    "a page id of more than 63 bits",
    { filters: { page_ids_exclude: ["9223372036854775808"] } },
    `"filters.page_ids_exclude[0]" ${ID}.`,
  ),
  badSetting(
    "a date without a time zone",
    { filters: { modified_before: "2026-01-31T00:00:00" } },
    `"filters.modified_before" ${FILTER_DATE}.`,
  ),
  badSetting(
    "a day that does not exist",
    { filters: { created_after: "2026-02-30T00:00:00Z" } },
    `"filters.created_after" ${FILTER_DATE}.`,
  ),
  badSetting(
    "an hour that does not exist",
    { filters: { created_before: "2026-02-03T25:00:00Z" } },
    `"filters.created_before" ${FILTER_DATE}.`,
  ),
  badSetting(
    "the hour after the last",
    { filters: { created_before: "2026-02-03T24:00:00Z" } },
    `"filters.created_before" ${FILTER_DATE}.`,
  ),
  badSetting(
    "a time zone that does not exist",
    { filters: { created_before: "2026-02-03T00:00:00+24:00" } },
    `"filters.created_before" ${FILTER_DATE}.`,
  ),
  badSetting(
    "a day alone that does not exist",
    { filters: { modified_after: "2025-02-29" } },
    `"filters.modified_after" ${FILTER_DATE}.`,
  ),
  badSetting(
    "a date in another order",
    { filters: { modified_after: "31.01.2026" } },
    `"filters.modified_after" ${FILTER_DATE}.`,
  ),
  badSetting("a year alone", { filters: { modified_after: "2026" } }, `"filters.modified_after" ${FILTER_DATE}.`),
  badSetting(
    "a date that is a number",
    { filters: { created_before: 1770000000 } },
    `"filters.created_before" ${FILTER_DATE}, but is a number.`,
  ),
  badSetting(
    "an end before its beginning",
    { filters: { modified_after: "2026-02-01T00:00:00Z", modified_before: "2026-02-01T00:30:00+01:00" } },
    `"filters.modified_after" must be earlier than "filters.modified_before".`,
  ),
  badSetting(
    "a day that ends where it begins",
    { filters: { modified_after: "2026-02-01", modified_before: "2026-02-01" } },
    `"filters.modified_after" must be earlier than "filters.modified_before".`,
  ),
  badSetting(
    "an end that is its beginning",
    { filters: { created_after: "2026-02-01T00:00:00Z", created_before: "2026-02-01T00:00:00Z" } },
    `"filters.created_after" must be earlier than "filters.created_before".`,
  ),
]
