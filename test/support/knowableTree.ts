/** The folders, whiteboards, databases and embeds of a sample site that its API lets one know of. */
import type { SampleSite } from "../../src/sample-site/SampleSite.ts"
import type { TruthOptions, TruthStream } from "../../src/sample-site/truth.ts"

type Row = Record<string, unknown>

export const TREE_STREAMS = ["folders", "whiteboards", "databases", "embeds"] as const

/** Columns with the id of the content that a row is, or is of. */
const COLUMNS: Readonly<Record<string, string>> = {
  content_restrictions: "contentId",
  content_properties: "contentId",
  ...Object.fromEntries(TREE_STREAMS.map((stream) => [stream, "id"])),
}

/** The ids of content of the tree of which nobody can know: no search shows it, and nothing names it as its parent. */
const unknowable = (site: SampleSite): ReadonlySet<unknown> =>
  new Set(site.truth("content_tree").flatMap(({ id, known }) => (known === "no" ? [id] : [])))

/** The rows of a stream as truth has them, without those of which nobody can know. */
export const knowableRows = (site: SampleSite, stream: TruthStream, options: TruthOptions = {}): Array<Row> => {
  const column = COLUMNS[stream]
  const rows = site.truth(stream, options)
  if (column === undefined) return rows
  const unknown = unknowable(site)
  return rows.filter((row) => !unknown.has(row[column]))
}
