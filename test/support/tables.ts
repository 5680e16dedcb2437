/** What a DuckDB file, or a file of a folder, holds: read by an engine of the tests' own, which changes nothing. */
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api"

export type TableRow = Readonly<Record<string, unknown>>

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** Gives `use` a connection to an engine that has the file attached as `site`; undefined: no file. */
export const withDuckDB = async <A>(
  path: string | undefined,
  use: (connection: DuckDBConnection) => Promise<A>,
): Promise<A> => {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" })
  const connection = await instance.connect()
  try {
    await connection.run("set TimeZone = 'UTC'")
    if (path !== undefined) await connection.run(`attach ${literal(path)} as site (read_only)`)
    return await use(connection)
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

export const ask = async (connection: DuckDBConnection, sql: string): Promise<ReadonlyArray<TableRow>> =>
  (await connection.runAndReadAll(sql)).getRowObjectsJson() as ReadonlyArray<TableRow>

/** A time as DuckDB writes it into JSON, as records have it. */
const timeOf = (text: unknown): unknown =>
  typeof text === "string" ? new Date(text.replace(" ", "T").replace(/\+00$/, "Z")).toISOString() : text

/** The rows of what stands in a FROM clause, as records. */
const rowsOf = async (connection: DuckDBConnection, from: string): Promise<ReadonlyArray<TableRow>> => {
  const columns = await ask(connection, `describe from ${from}`)
  const times = columns.filter(({ column_type: type }) => type === "TIMESTAMP WITH TIME ZONE")
  const rows = await ask(connection, `select to_json(t)::varchar as "row" from ${from} t`)
  return rows.map(({ row }) => {
    const record = JSON.parse(String(row)) as Record<string, unknown>
    for (const { column_name: name } of times) record[String(name)] = timeOf(record[String(name)])
    return record
  })
}

/** All tables of a `.duckdb` file, by their names. */
export const tablesOf = (path: string): Promise<ReadonlyMap<string, ReadonlyArray<TableRow>>> =>
  withDuckDB(path, async (connection) => {
    const names = await ask(
      connection,
      "select table_name from duckdb_tables() where database_name = 'site' and schema_name = 'main'",
    )
    const tables = new Map<string, ReadonlyArray<TableRow>>()
    for (const { table_name: name } of names) {
      tables.set(String(name), await rowsOf(connection, `site.main."${String(name)}"`))
    }
    return tables
  })

/** The rows of a file of a folder; undefined where it is not there. */
export const fileOf = (
  folder: string,
  name: string,
  format: "parquet" | "ndjson",
): Promise<ReadonlyArray<TableRow> | undefined> => {
  const path = join(folder, `${name}.${format}`)
  if (!existsSync(path)) return Promise.resolve(undefined)
  if (format === "parquet") {
    return withDuckDB(undefined, (connection) => rowsOf(connection, `read_parquet(${literal(path)})`))
  }
  const lines = readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "")
  return Promise.resolve(lines.map((line) => JSON.parse(line) as TableRow))
}
