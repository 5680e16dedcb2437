/** Filters as a config has them, decoded by the connector. */
import { Effect } from "effect"
import { decodeConfig } from "../../src/config/ConnectorConfig.ts"
import type { Filters } from "../../src/config/filters.ts"

/** The `filters` of a config as a person writes them. */
export type GivenFilters = Partial<
  Record<
    | "spaces_include"
    | "spaces_exclude"
    | "page_ids_include"
    | "page_ids_exclude"
    | "blog_post_ids_include"
    | "blog_post_ids_exclude",
    ReadonlyArray<string>
  > &
    Record<"modified_after" | "modified_before" | "created_after" | "created_before", string> &
    Record<"include_archived_spaces" | "include_personal_spaces" | "include_archived" | "include_trashed", boolean>
>

export const filtersOf = (filters: GivenFilters): Filters =>
  Effect.runSync(decodeConfig({ domain_name: "acme", email: "you@example.com", api_token: "t", filters }, {})).filters
