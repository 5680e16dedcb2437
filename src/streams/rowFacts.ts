/** What the connector adds to the rows of Confluence's API, and which accounts they name. */
import type { Row } from "../confluence/Listing.ts"

export const versionOf = (row: Row): Row => {
  const version = row["version"]
  return typeof version === "object" && version !== null ? (version as Row) : {}
}

/**
 * Lifts the time of the last version to the top. `changedAt` equals it until a change that carries no version is seen; then
 * it is the time of the sync that saw it.
 */
export const withTimes = (row: Row): Row => {
  const updatedAt = versionOf(row)["createdAt"] ?? null
  row["updatedAt"] = updatedAt
  row["changedAt"] = updatedAt
  return row
}

/** The accounts that a row names: who wrote it, who owns it, who changed it last. */
export const accountsIn = (row: Row): ReadonlyArray<unknown> => [
  row["authorId"],
  row["ownerId"],
  row["lastOwnerId"],
  row["spaceOwnerId"],
  row["resolutionLastModifierId"],
  versionOf(row)["authorId"],
]
