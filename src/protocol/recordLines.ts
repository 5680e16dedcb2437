/**
 * A page of rows as RECORD lines.
 *
 * The page is the unit: one text for all its rows. Rows are looked at one by one only where the answer that they came in may hold what
 * a parser downstream would stumble over, and gone through column by column where one does.
 */
import type { StreamDescriptor } from "./messages.ts"
import { cleanValue, isSuspect, withLineEndsEscaped } from "./wellFormed.ts"

export type RecordData = Record<string, unknown>

/**
 * The platform warns above 20,000,000 characters a line, and destinations refuse records of about that size in bytes. A record
 * whose line takes more bytes of UTF-8 than this loses its largest column, and says so in `meta.changes`.
 */
const MOST_LINE_BYTES = 15_000_000
/** A UTF-16 unit takes at most so many bytes of UTF-8, or of the escape of a line end. */
const MOST_UNIT_BYTES = 6

const isTooLong = (line: string): boolean =>
  line.length * MOST_UNIT_BYTES > MOST_LINE_BYTES && withLineEndsEscaped(Buffer.from(line)).length > MOST_LINE_BYTES

/** What became of a column on its way (`meta.changes` of the protocol). */
export interface Change {
  readonly field: string
  readonly change: "NULLED" | "TRUNCATED"
  readonly reason: "SOURCE_RECORD_SIZE_LIMITATION" | "SOURCE_SERIALIZATION_ERROR" | "SOURCE_RETRIEVAL_ERROR"
}

/** Under this key a row carries the changes that it has undergone before it came here. JSON does not see it. */
export const CHANGES = Symbol("changes")

export const changesOf = (row: RecordData): ReadonlyArray<Change> =>
  (row as { readonly [CHANGES]?: ReadonlyArray<Change> })[CHANGES] ?? []

/** Where the file of a record is (`file_reference` of the protocol). */
export interface FileReference {
  readonly staging_file_url: string
  readonly source_file_relative_path: string
  readonly file_size_bytes: number
}

/** Under this key a row carries the file that comes with it. JSON does not see it. */
export const FILE_REFERENCE = Symbol("file reference")

const fileOf = (row: RecordData): string => {
  const reference = (row as { readonly [FILE_REFERENCE]?: FileReference })[FILE_REFERENCE]
  return reference === undefined ? "" : `,"file_reference":${JSON.stringify(reference)}`
}

const cleanRow = (row: RecordData): readonly [RecordData, ReadonlyArray<Change>] => {
  const clean: RecordData = {}
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

const withoutLargestColumn = (row: RecordData): readonly [RecordData, Change] => {
  const size = (value: unknown) => Buffer.byteLength(JSON.stringify(value) ?? "")
  const field = Object.keys(row).reduce((largest, name) => (size(row[name]) > size(row[largest]) ? name : largest))
  return [
    { ...row, [field]: null },
    { field, change: "NULLED", reason: "SOURCE_RECORD_SIZE_LIMITATION" },
  ]
}

const lineOf = (head: string, data: RecordData, changes: ReadonlyArray<Change>, file: string): string => {
  const meta = changes.length === 0 ? "" : `,"meta":${JSON.stringify({ changes })}`
  return `${head}${JSON.stringify(data)}${meta}${file}}}\n`
}

const oddLine = (head: string, row: RecordData): string => {
  const file = fileOf(row)
  const [clean, changes] = cleanRow(row)
  let data = clean
  let all = [...changesOf(row), ...changes]
  let line = lineOf(head, data, all, file)
  while (isTooLong(line)) {
    const [smaller, change] = withoutLargestColumn(data)
    data = smaller
    all = [...all.filter(({ field }) => field !== change.field), change]
    line = lineOf(head, data, all, file)
  }
  return line
}

/**
 * RECORD lines of `rows`; `emittedAt` in milliseconds since 1970. `mayBeMalformed`: their texts may hold a NUL or half of a surrogate
 * pair; false where that is known not to be.
 */
export const recordLines = (
  stream: StreamDescriptor,
  rows: ReadonlyArray<RecordData>,
  emittedAt: number,
  mayBeMalformed = true,
): string => {
  const namespace = stream.namespace === undefined ? "" : `"namespace":${JSON.stringify(stream.namespace)},`
  const name = JSON.stringify(stream.name)
  const head = `{"type":"RECORD","record":{"stream":${name},${namespace}"emitted_at":${Math.round(emittedAt)},"data":`
  let text = ""
  for (const row of rows) {
    const data = JSON.stringify(row)
    const line = `${head}${data}${fileOf(row)}}}\n`
    const isOdd = (mayBeMalformed && isSuspect(data)) || isTooLong(line) || changesOf(row).length > 0
    text += isOdd ? oddLine(head, row) : line
  }
  return text
}
