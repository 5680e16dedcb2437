/**
 * The part of Confluence's query language that the sample site understands: `type` and `space` (or `space.key`), with `=` and
 * `in`, joined by `and`. For example: type in (folder, whiteboard) and space = "ENG".
 */
import { TREE_TYPES, type PlacedItem } from "./contentTypes.ts"

/** What is searched for; spaces by their keys, undefined = all. */
export interface Search {
  readonly types: readonly SearchedType[]
  readonly spaces: ReadonlySet<string> | undefined
}

/** What the search knows. Comments and attachments are counted alone. */
export type SearchedType = PlacedItem["type"] | "comment" | "attachment"

const TYPES: readonly SearchedType[] = ["page", "blogpost", "comment", "attachment", ...TREE_TYPES]

/** A clause: its field, and its value or the values in brackets. */
const CLAUSE = /^\s*(type|space(?:\.key)?)\s*(?:=\s*("[^"]*"|[^\s"()]+)|in\s*\(([^()]*)\))\s*$/i

/** Reads a query; undefined where it is not understood or names no type. */
export const readCql = (cql: string): Search | undefined => {
  let types: readonly SearchedType[] | undefined
  let spaces: ReadonlySet<string> | undefined
  for (const clause of cql.split(/\sand\s/i)) {
    const [, field, value, list] = CLAUSE.exec(clause) ?? []
    if (field === undefined) return undefined
    const values = (value ?? list ?? "").split(",").map((each) => each.trim().replaceAll(/^"|"$/g, ""))
    if (field.toLowerCase() === "type") {
      if (types !== undefined) return undefined
      // Since 2024 an embed has its older name here too.
      const named = values.map((each) => (each.toLowerCase() === "smartlink" ? "embed" : each.toLowerCase()))
      types = TYPES.filter((type) => named.includes(type))
      if (!named.every((each) => TYPES.some((type) => type === each))) return undefined
    } else {
      if (spaces !== undefined) return undefined
      spaces = new Set(values)
    }
  }
  return types === undefined ? undefined : { types, spaces }
}
