/**
 * The export of users from Atlassian Administration (`export-users.csv`, or that of the managed accounts), read as it comes in: of
 * each row only the account's id and its e-mail address are looked at.
 *
 * Which columns there are depends on the options of the export and on the sites of the organization, so the two are found by their
 * names. Spreadsheets write semicolons or tabs in the place of commas, a byte order mark, and UTF-16.
 */
import { parse, type CsvError, type Options } from "csv-parse"
import { parse as parseAtOnce } from "csv-parse/sync"

/** In the order in which they are tried. */
const DELIMITERS = [",", ";", "\t"] as const
const ID_COLUMNS: ReadonlySet<string> = new Set(["user id", "atlassian id", "account id", "userid", "accountid"])
const EMAIL_COLUMNS: ReadonlySet<string> = new Set(["email", "e-mail", "email address"])

/** The names of the columns are looked for in so many bytes at the beginning. */
const HEAD_BYTES = 65_536
/** A row has fewer characters; what seems to be longer is a quotation mark that is never closed. */
const LONGEST_ROW = 1_000_000

/** Why an export cannot be read, as a whole sentence. It repeats nothing of the export: its rows are people. */
export class ExportUnreadable extends Error {}

interface Columns {
  readonly delimiter: string
  readonly id: number
  readonly email: number
}

const READING: Options = {
  bom: true,
  // Each of them, wherever it comes: left to itself the parser takes the first for that of all rows.
  record_delimiter: ["\r\n", "\n", "\r"],
  relax_column_count: true,
  skip_empty_lines: true,
  max_record_size: LONGEST_ROW,
}

const nameOf = (cell: string): string =>
  cell
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_]+/g, " ")

/** The names of the columns, were this what stands between them; undefined where quotation marks contradict it. */
const headerBy = (head: Buffer, delimiter: string): ReadonlyArray<string> | undefined => {
  try {
    const [header = []] = parseAtOnce(head, { ...READING, delimiter, to: 1 }) as ReadonlyArray<ReadonlyArray<string>>
    return header.map(nameOf)
  } catch {
    return undefined
  }
}

const columnsOf = (head: Buffer): Columns => {
  const headers = DELIMITERS.map((delimiter) => [delimiter, headerBy(head, delimiter)] as const)
  let best: ReadonlyArray<string> = []
  for (const [delimiter, header = []] of headers) {
    const [id, email] = [ID_COLUMNS, EMAIL_COLUMNS].map((names) => header.findIndex((name) => names.has(name)))
    if (id! >= 0 && email! >= 0) return { delimiter, id: id!, email: email! }
    if (header.length > best.length) best = header
  }
  if (best.length === 0 && headers.every(([, header]) => header === undefined)) throw brokenQuotes()
  if (best.length === 0) throw new ExportUnreadable("It is empty.")
  const has = (names: ReadonlySet<string>) => best.some((name) => names.has(name))
  const missing = [
    ...(has(ID_COLUMNS) ? [] : ['"User id" (or "Atlassian ID")']),
    ...(has(EMAIL_COLUMNS) ? [] : ['"email"']),
  ]
  throw new ExportUnreadable(
    `Its first row names ${best.length === 1 ? "one column" : `${best.length} columns`}, none of them ${missing.join(" or ")}: it must be the export as Atlassian makes it, the names of its columns included.`,
  )
}

const brokenQuotes = (row?: number): ExportUnreadable =>
  new ExportUnreadable(
    `Its quotation marks are broken${row === undefined ? "" : `, in or before row ${row}`}: a value with a quotation mark in it must be quoted, and the mark doubled. Take the export as Atlassian makes it.`,
  )

/** What the parser says, in words of ours: its own hold parts of the row. */
const unreadable = (error: Error): ExportUnreadable => {
  if (error instanceof ExportUnreadable) return error
  const { code, records } = error as CsvError & { readonly records?: number }
  const row = typeof records === "number" ? records + 1 : undefined
  return /QUOTE|MAX_RECORD_SIZE/.test(String(code))
    ? brokenQuotes(row)
    : new ExportUnreadable(`It is no CSV that can be read (${code ?? "an unknown fault"}).`)
}

/** Takes an export piece by piece. `take` gets each row with an e-mail address; a user with several groups has several rows. */
export class UserExport {
  /** Rows with an e-mail address. */
  rows = 0
  readonly #take: (accountId: string, email: string) => void
  #head: Buffer | undefined = Buffer.alloc(0)
  #parser: ReturnType<typeof parse> | undefined

  constructor(take: (accountId: string, email: string) => void) {
    this.#take = take
  }

  async write(piece: Buffer): Promise<void> {
    if (this.#head === undefined) return this.#parse(piece)
    this.#head = Buffer.concat([this.#head, piece])
    if (this.#head.length >= HEAD_BYTES) await this.#begin(this.#head)
  }

  /** All pieces have come. */
  async end(): Promise<void> {
    if (this.#head !== undefined) await this.#begin(this.#head)
    const parser = this.#parser!
    await new Promise<void>((resolve, reject) => {
      parser.once("end", resolve)
      parser.once("error", (error) => reject(unreadable(error)))
      parser.end()
    })
  }

  async #begin(head: Buffer): Promise<void> {
    this.#head = undefined
    const { delimiter, id, email } = columnsOf(head)
    let isHeader = true
    const onRow = (row: ReadonlyArray<string>): null => {
      if (isHeader) isHeader = false
      else this.#row(row[id]?.trim(), row[email]?.trim())
      return null
    }
    this.#parser = parse({ ...READING, delimiter, on_record: onRow as never })
    // Rows go no further than `onRow`. An error is told by the write that has met it.
    this.#parser.on("error", () => {})
    this.#parser.resume()
    await this.#parse(head)
  }

  #row(accountId: string | undefined, email: string | undefined): void {
    if (accountId === undefined || accountId === "" || email === undefined || !email.includes("@")) return
    this.rows++
    this.#take(accountId, email)
  }

  #parse(piece: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#parser!.write(piece, (error) => (error == null ? resolve() : reject(unreadable(error))))
    })
  }
}
