/**
 * Where the export of users is that `user_emails_csv` gives: its text, a path or an address. What has a line break is the text; so is
 * a single line with the names of both columns, which is an export without users.
 */
import { downloadRefusal, type Refusal } from "./siteAddress.ts"

export type ExportPlace =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "path"; readonly path: string }
  | { readonly kind: "address"; readonly address: URL }

const ADDRESS = /^https?:\/\//i
const HEADER = /(?:user|atlassian) ?id\b.*[,;\t]|[,;\t].*(?:user|atlassian) ?id\b/i

export const exportPlaceOf = (setting: string): ExportPlace => {
  if (/[\r\n]/.test(setting) || HEADER.test(setting)) return { kind: "text", text: setting }
  if (ADDRESS.test(setting) && URL.canParse(setting)) return { kind: "address", address: new URL(setting) }
  return { kind: "path", path: setting }
}

const EXPECTED = "must be the export of users: its text, a path or an https:// address"

/** Why the setting cannot be used, if so: the rest of a sentence that begins with its name. */
export const exportRefusal = (setting: string, cloud: boolean): Refusal | undefined => {
  const place = exportPlaceOf(setting)
  switch (place.kind) {
    case "text":
      return undefined
    case "path":
      if (ADDRESS.test(setting)) return EXPECTED
      return cloud ? `${EXPECTED} (on Airbyte Cloud not a path, for your files are not there)` : undefined
    case "address": {
      const refusal = downloadRefusal(place.address, cloud)
      if (refusal === undefined) return undefined
      return refusal.startsWith("must begin with https://") ? `${EXPECTED} (not http://)` : refusal
    }
  }
}

/** What of the setting opens a file to whoever has it: the query of an address is often a signature. */
export const secretsOfExport = (setting: unknown): ReadonlyArray<string> => {
  if (typeof setting !== "string") return []
  const place = exportPlaceOf(setting.trim())
  if (place.kind !== "address") return []
  const { password, search, searchParams } = place.address
  return [password, search.slice(1), ...searchParams.values()].filter((text) => text.length >= SHORTEST_SIGNATURE)
}

/** Shorter values of a query are words: `format=csv`. */
const SHORTEST_SIGNATURE = 12
