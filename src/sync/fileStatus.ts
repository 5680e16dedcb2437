/** What became of the file of a row, in the row's own columns and in a place that JSON does not see. */
import type { Row } from "../confluence/Listing.ts"
import { FILE_REFERENCE } from "../protocol/recordLines.ts"
import type { Treatment } from "./FileLimits.ts"
import type { StagedFile } from "./Staging.ts"

/** What became of a file. `failed`: asked for again by the next sync; or, `untried`, by the next one that compares all. */
export type FileOutcome =
  | { readonly status: "transferred"; readonly file: StagedFile }
  | { readonly status: "failed"; readonly isUntried: boolean }
  | { readonly status: "missing" | Exclude<Treatment, "fetch"> }

const UNTRIED = Symbol("untried")

/** The row with its file, or with why it has none. */
export const withFile = (row: Row, outcome: FileOutcome): Row => {
  row["fileStatus"] = outcome.status
  row["fileSha256"] = null
  if (outcome.status === "failed" && outcome.isUntried) Object.assign(row, { [UNTRIED]: true })
  if (outcome.status !== "transferred") return row
  const { bytes, path, relativePath, sha256 } = outcome.file
  row["fileSha256"] = sha256
  const reference = { staging_file_url: path, source_file_relative_path: relativePath, file_size_bytes: bytes }
  return Object.assign(row, { [FILE_REFERENCE]: reference })
}

/** A row that was to come with a file, and could not. */
export const lacksFile = (row: Row): boolean => row["fileStatus"] === "failed"

/** It was not even tried: what stood in the way stands in the way of all. */
export const isUntried = (row: Row): boolean => (row as { readonly [UNTRIED]?: true })[UNTRIED] === true
