/** What an extract did, stream by stream, as the table that it ends with. */

export interface ExtractedStream {
  readonly name: string
  /** Rows in the table; undefined where nothing has come into one yet. */
  readonly rows: number | undefined
  readonly added: number
  readonly changed: number
  readonly deleted: number
  readonly requests: number
  readonly seconds: number
  /** All of it was read. */
  readonly isWhole: boolean
}

const HEADINGS = ["STREAM", "ROWS", "NEW", "CHANGED", "DELETED", "REQUESTS", "SECONDS"] as const

const number = new Intl.NumberFormat("en-US")

export const extractTable = (streams: ReadonlyArray<ExtractedStream>): string => {
  const cells = streams.map((stream) => [
    stream.name,
    stream.rows === undefined ? "" : number.format(stream.rows),
    ...[stream.added, stream.changed, stream.deleted, stream.requests].map((count) => number.format(count)),
    stream.seconds.toFixed(1),
    stream.isWhole ? "" : "incomplete",
  ])
  const rows = [[...HEADINGS, ""], ...cells]
  const widths = HEADINGS.map((_, at) => Math.max(...rows.map((row) => row[at]!.length)))
  return rows
    .map((row) => row.map((cell, at) => (at === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[at] ?? 0))))
    .map((row) => `${row.join("  ").trimEnd()}\n`)
    .join("")
}
