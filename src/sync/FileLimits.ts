/** Which of the files that rows stand for are wanted, by their size and their media type as the rows tell them. */
import type { Row } from "../confluence/Listing.ts"

/** Bytes of a megabyte, as the setting counts. */
const MB = 1_000_000

/** What is done about the file of a row. */
export type Treatment = "fetch" | "too_large" | "other_type"

export interface FileLimits {
  readonly maxBytes: number
  /** The file's treatment. A row that does not tell its size is fetched as far as the limit. */
  readonly treatmentOf: (row: Row) => Treatment
  /** Names the limits, in a state. */
  readonly fingerprint: string
}

const typeOf = (mediaType: unknown): string =>
  typeof mediaType === "string" ? mediaType.split(";", 1)[0]!.trim().toLowerCase() : ""

/** Eight digits that stand for a text (FNV-1a). */
const fingerprint = (text: string): string => {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return (hash >>> 0).toString(16).padStart(8, "0")
}

/** `mediaTypes`: such as `application/pdf` or `image/*`; none of them: all. */
export const fileLimits = (maxMegabytes: number, mediaTypes: ReadonlyArray<string>): FileLimits => {
  const maxBytes = Math.floor(maxMegabytes * MB)
  const wanted = mediaTypes.map((type) => type.toLowerCase()).toSorted()
  const isWanted = (type: string): boolean =>
    wanted.length === 0 ||
    wanted.some((each) => (each.endsWith("/*") ? type.startsWith(each.slice(0, -1)) : type === each))
  return {
    maxBytes,
    fingerprint: fingerprint(JSON.stringify([maxBytes, wanted])),
    treatmentOf: (row) => {
      if (!isWanted(typeOf(row["mediaType"]))) return "other_type"
      const size = row["fileSize"]
      return typeof size === "number" && size > maxBytes ? "too_large" : "fetch"
    },
  }
}
