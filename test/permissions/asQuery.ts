/**
 * The query of docs/permissions.md, run as it stands there. It keeps to what DuckDB and SQLite understand alike, so Node's own SQLite can
 * run it on the tables of a test.
 */
import { readFileSync } from "node:fs"
import { DatabaseSync } from "node:sqlite"
import { root } from "../support/runConnector.ts"
import type { Reader, Row, Tables } from "./effectiveReaders.ts"

/** The columns that the query needs, by table; a table that is empty has them too. */
const COLUMNS: Readonly<Record<keyof Tables, ReadonlyArray<string>>> = {
  pages: ["id", "spaceId", "status"],
  blog_posts: ["id", "spaceId", "status"],
  users: ["accountId", "accountType", "accountStatus", "isExternalCollaborator"],
  groups: ["id", "name"],
  group_members: ["groupId", "accountId"],
  space_permissions: ["spaceId", "principal", "operation"],
  space_roles: ["id", "spacePermissions"],
  space_role_assignments: ["spaceId", "roleId", "principalType", "principalId"],
  content_restrictions: ["contentId", "operation", "restrictedById", "principalType", "principalId"],
}

const query = (): string => {
  const [, sql] = /```sql\n([^]*?)```/.exec(readFileSync(`${root}/docs/permissions.md`, "utf8")) ?? []
  if (sql === undefined) throw new Error("docs/permissions.md has no query")
  return sql
}

const stored = (value: unknown): string | number | null =>
  value === undefined || value === null
    ? null
    : typeof value === "boolean"
      ? Number(value)
      : typeof value === "object"
        ? JSON.stringify(value)
        : String(value)

/** Who can read each content, by the query. */
export const readersByQuery = (tables: Tables): ReadonlyArray<Reader> => {
  const database = new DatabaseSync(":memory:")
  for (const [name, columns] of Object.entries(COLUMNS)) {
    database.exec(`create table ${name} (${columns.join(", ")})`)
    const insert = database.prepare(`insert into ${name} values (${columns.map(() => "?").join(", ")})`)
    for (const row of tables[name as keyof Tables] as ReadonlyArray<Row>)
      insert.run(...columns.map((column) => stored(row[column])))
  }
  const rows = database.prepare(query()).all()
  database.close()
  return rows.map((row) => ({
    contentId: String(row["content_id"]),
    accountId: String(row["account_id"]),
    via: row["via"] as Reader["via"],
  }))
}
