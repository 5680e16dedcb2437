/**
 * Copies tables to the files of a folder: Parquet, CSV or lines of JSON. Each file is written whole under another name and then takes the
 * place of the one before, so that whoever reads the folder sees the one or the other.
 */
import { existsSync, renameSync, rmSync } from "node:fs"
import { join } from "node:path"
import { FILE, literal, quoted } from "./duckdb.ts"
import { FORMATS, type Format, type Place, type Target, workFile } from "./target.ts"
import { failedWriting } from "./TargetFailed.ts"

const DELETED = "deleted_rows"

/** Rows that Parquet keeps together, and that are in memory until they are written. */
const PARQUET_GROUP = 8_192

const HOW: Readonly<Record<Format, string>> = {
  parquet: `format parquet, compression zstd, row_group_size ${PARQUET_GROUP}`,
  csv: "format csv, header",
  ndjson: "format json",
}

/** The names of the files that streams have, in every format. */
export const fileNames = (streams: ReadonlyArray<string>): ReadonlySet<string> =>
  new Set([...streams, DELETED].flatMap((name) => FORMATS.map((format) => `${name}.${format}`)))

const isFormat = (text: string | undefined): text is Format => FORMATS.some((format) => format === text)

/**
 * Copies the tables that have changed since they were copied last, and those of `streams` whose files are not there. `asked`: the format
 * that the person named; else the folder's own stays, or Parquet is taken.
 */
export const copyOut = async ({ place, engine, store }: Target, asked: string | undefined): Promise<void> => {
  const folder = place.folder!
  const before = await store.format()
  const format = isFormat(asked) ? asked : isFormat(before) ? before : "parquet"
  const tables = await engine.exclusively(() =>
    engine.ask(
      `select table_name, estimated_size from duckdb_tables() where database_name = ${literal(FILE)} and schema_name = 'main'`,
    ),
  )
  const kept = before === format ? await store.exported() : new Set<string>()
  const names = tables.map(({ table_name: name }) => String(name))
  const isUpToDate = (name: string): boolean => kept.has(name) && existsSync(join(folder, `${name}.${format}`))
  const wanted = names.filter((name) => !isUpToDate(name))
  const copies: Array<readonly [from: string, to: string]> = []
  try {
    for (const name of wanted) {
      const copy = workFile(place, format)
      const table = `${FILE}.main.${quoted(name)}`
      await engine.exclusively(() => engine.run(`copy (from ${table}) to ${literal(copy)} (${HOW[format]})`))
      copies.push([copy, join(folder, `${name}.${format}`)])
    }
    for (const [from, to] of copies) renameSync(from, to)
    await store.noteExported(
      wanted.filter((name) => name !== DELETED),
      format,
    )
    if (isFormat(before) && before !== format) dropOthers(place, names, before)
  } catch (error) {
    throw failedWriting(place.name, error)
  }
}

/** The files of the format that the folder had before. */
const dropOthers = ({ folder }: Place, names: ReadonlyArray<string>, format: Format): void => {
  for (const name of names) rmSync(join(folder!, `${name}.${format}`), { force: true })
}
