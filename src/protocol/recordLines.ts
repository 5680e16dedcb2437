/**
 * A page of rows as RECORD lines.
 *
 * The page is the unit: one text for all its rows. Each row is checked, as soon as it is serialised, for what a parser
 * downstream would stumble over, and only one that holds such a thing is gone through column by column.
 */
import type { StreamDescriptor } from "./messages.ts"
import { cleanValue, escapeLineEnds, isOdd, isSuspect } from "./wellFormed.ts"

export type Row = Record<string, unknown>

/**
 * The platform warns above 20,000,000 characters a line, and destinations refuse records of about that size. A record
 * above this loses its largest column, and says so in `meta.changes`.
 */
const MAX_RECORD_CHARACTERS = 15_000_000

/** What became of a column on its way (`meta.changes` of the protocol). */
export interface Change {
  readonly field: string
  readonly change: "NULLED" | "TRUNCATED"
  readonly reason: "SOURCE_RECORD_SIZE_LIMITATION" | "SOURCE_SERIALIZATION_ERROR" | "SOURCE_RETRIEVAL_ERROR"
}

/** Under this key a row carries the changes that it has undergone before it came here. JSON does not see it. */
export const CHANGES = Symbol("changes")

export const changesOf = (row: Row): ReadonlyArray<Change> =>
  (row as { readonly [CHANGES]?: ReadonlyArray<Change> })[CHANGES] ?? []

const cleanRow = (row: Row): readonly [Row, ReadonlyArray<Change>] => {
  const clean: Row = {}
  const changes: Array<Change> = []
  for (const [field, value] of Object.entries(row)) {
    const before = JSON.stringify(value)
    clean[field] = isSuspect(before) ? cleanValue(value) : value
    if (JSON.stringify(clean[field]) !== before) {
      changes.push({ field, change: "TRUNCATED", reason: "SOURCE_SERIALIZATION_ERROR" })
    }
  }
  return [clean, changes]
}

const withoutLargestColumn = (row: Row): readonly [Row, Change] => {
  const size = (value: unknown) => JSON.stringify(value)?.length ?? 0
  const field = Object.keys(row).reduce((largest, name) => (size(row[name]) > size(row[largest]) ? name : largest))
  return [
    { ...row, [field]: null },
    { field, change: "NULLED", reason: "SOURCE_RECORD_SIZE_LIMITATION" },
  ]
}

const oddLine = (head: string, row: Row): string => {
  const [clean, changes] = cleanRow(row)
  let data = clean
  const all = [...changesOf(row), ...changes]
  while (JSON.stringify(data).length > MAX_RECORD_CHARACTERS) {
    const [smaller, change] = withoutLargestColumn(data)
    data = smaller
    all.push(change)
  }
  const meta = all.length === 0 ? "" : `,"meta":${JSON.stringify({ changes: all })}`
  return escapeLineEnds(`${head}${JSON.stringify(data)}${meta}}}\n`)
}

/** RECORD lines of `rows`; `emittedAt` in milliseconds since 1970. */
export const recordLines = (stream: StreamDescriptor, rows: ReadonlyArray<Row>, emittedAt: number): string => {
  const namespace = stream.namespace === undefined ? "" : `"namespace":${JSON.stringify(stream.namespace)},`
  const name = JSON.stringify(stream.name)
  const head = escapeLineEnds(
    `{"type":"RECORD","record":{"stream":${name},${namespace}"emitted_at":${Math.round(emittedAt)},"data":`,
  )
  let text = ""
  for (const row of rows) {
    const data = JSON.stringify(row)
    const isPlain = data.length <= MAX_RECORD_CHARACTERS && !isOdd(data) && changesOf(row).length === 0
    text += isPlain ? `${head}${data}}}\n` : oddLine(head, row)
  }
  return text
}
