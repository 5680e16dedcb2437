/** Filters as a config has them, decoded by the connector. */
import { Effect } from "effect"
import { decodeConfig } from "../../src/config/ConnectorConfig.ts"
import type { Filters } from "../../src/config/filters.ts"
import type { GivenFilters } from "./givenFilters.ts"

export const filtersOf = (filters: GivenFilters): Filters =>
  Effect.runSync(decodeConfig({ domain_name: "acme", email: "you@example.com", api_token: "t", filters }, {})).filters
