/** From a stream's schema to the table that holds it: names and descriptions as they are, types as DuckDB has them. */
import { FILE, literal, quoted } from "./duckdb.ts"

export type SqlType = "VARCHAR" | "BIGINT" | "DOUBLE" | "BOOLEAN" | "TIMESTAMPTZ" | "TIMESTAMP" | "DATE" | "JSON"

export interface Column {
  readonly name: string
  readonly type: SqlType
  readonly description: string
}

/** A stream as a table. */
export interface Table {
  readonly name: string
  readonly description: string
  readonly primaryKey: ReadonlyArray<string>
  readonly columns: ReadonlyArray<Column>
}

/** What is needed of a JSON Schema (draft-07). */
export interface TableSchema {
  readonly description: string
  readonly properties: { readonly [column: string]: unknown }
}

interface ColumnSchema {
  readonly type?: string | ReadonlyArray<string>
  readonly format?: string
  readonly airbyte_type?: string
  readonly description?: string
}

const typeOf = ({ type, format, airbyte_type: airbyteType }: ColumnSchema): SqlType => {
  const types = (typeof type === "string" ? [type] : (type ?? [])).filter((each) => each !== "null")
  if (types.length !== 1) return "JSON"
  switch (types[0]) {
    case "string":
      if (airbyteType === "timestamp_without_timezone") return "TIMESTAMP"
      if (format === "date-time" || airbyteType === "timestamp_with_timezone") return "TIMESTAMPTZ"
      return format === "date" ? "DATE" : "VARCHAR"
    case "integer":
      return "BIGINT"
    case "number":
      return "DOUBLE"
    case "boolean":
      return "BOOLEAN"
    default:
      return "JSON"
  }
}

export const tableOf = (name: string, primaryKey: ReadonlyArray<string>, schema: TableSchema): Table => ({
  name,
  primaryKey,
  description: schema.description,
  columns: Object.entries(schema.properties).map(([column, facts]) => ({
    name: column,
    type: typeOf(facts as ColumnSchema),
    description: (facts as ColumnSchema).description ?? "",
  })),
})

/** The set that a tombstone is told by. */
export const DELETED_AT = "_ab_cdc_deleted_at"
export const REASON = "deletionReason"

export const hasColumn = ({ columns }: Table, name: string): boolean => columns.some((column) => column.name === name)

/** The table's name in SQL. */
export const nameOf = ({ name }: Pick<Table, "name">): string => `${FILE}.main.${quoted(name)}`

/** The columns of the key, as a list in SQL; `of` is the alias of a table. */
export const keyList = ({ primaryKey }: Table, of?: string): string =>
  primaryKey.map((column) => (of === undefined ? quoted(column) : `${of}.${quoted(column)}`)).join(", ")

/** That the keys of two tables, named by their aliases, are the same. */
export const sameKey = ({ primaryKey }: Table, one: string, other: string): string =>
  primaryKey.map((column) => `${one}.${quoted(column)} = ${other}.${quoted(column)}`).join(" and ")

/** The key of a row as JSON: an object of its columns. */
export const keyJson = ({ primaryKey }: Table, of: string): string =>
  `json_object(${primaryKey.map((column) => `${literal(column)}, ${of}.${quoted(column)}`).join(", ")})`

/** Statements that make the table. */
export const making = (table: Table): ReadonlyArray<string> => [
  `create table ${nameOf(table)} (${table.columns.map(({ name, type }) => `${quoted(name)} ${type}`).join(", ")}, primary key (${keyList(table)}))`,
  ...describing(table),
]

const describing = (table: Table): ReadonlyArray<string> => [
  `comment on table ${nameOf(table)} is ${literal(table.description)}`,
  ...table.columns.map(
    ({ name, description }) => `comment on column ${nameOf(table)}.${quoted(name)} is ${literal(description)}`,
  ),
]

/** Statements that bring a table of an earlier version up to date; `present`: its columns and their types. */
export const updating = (table: Table, present: ReadonlyMap<string, string>): ReadonlyArray<string> => {
  const name = nameOf(table)
  const changes = table.columns.flatMap((column) => {
    const type = present.get(column.name)
    if (type === undefined) return [`alter table ${name} add column ${quoted(column.name)} ${column.type}`]
    const wanted = column.type === "TIMESTAMPTZ" ? "TIMESTAMP WITH TIME ZONE" : column.type
    if (type === wanted) return []
    return [
      `alter table ${name} alter column ${quoted(column.name)} type ${column.type} using try_cast(${quoted(column.name)} as ${column.type})`,
    ]
  })
  return changes.length === 0 ? [] : [...changes, ...describing(table)]
}

/** How a column is taken from a line of JSON. Only texts and JSON are taken as they are: what else a text says may not be of its type. */
export const columnsOfLines = ({ columns }: Table): string =>
  `{${columns.map(({ name, type }) => `${literal(name)}: '${type === "JSON" ? "JSON" : "VARCHAR"}'`).join(", ")}}`

/** The columns of rows that come from lines. `mayFail`: what is not of its column's type becomes null, where it else ends the statement. */
export const selected = ({ columns }: Table, mayFail: boolean): string =>
  columns
    .map(({ name, type }) =>
      type === "JSON" || type === "VARCHAR"
        ? quoted(name)
        : `${mayFail ? "try_cast" : "cast"}(${quoted(name)} as ${type}) as ${quoted(name)}`,
    )
    .join(", ")
