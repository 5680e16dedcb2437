/** Compares what the connector has emitted with what is true of the sample site, field by field. */
import { isDeepStrictEqual } from "node:util"
import { expect } from "vitest"
import type { SampleSite } from "../../src/sample-site/SampleSite.ts"
import type { TruthOptions, TruthStream } from "../../src/sample-site/truth.ts"
import { knowableRows } from "../support/knowableTree.ts"
import type { Row } from "../support/runConnector.ts"

/** What the connector adds to the rows of Confluence. */
const ADDED: ReadonlySet<string> = new Set([
  "updatedAt",
  "changedAt",
  "commentType",
  "containerType",
  "containerId",
  "emailSource",
  "_ab_cdc_deleted_at",
  "deletionReason",
])

const KEYS: Readonly<Record<string, ReadonlyArray<string>>> = {
  users: ["accountId"],
  group_members: ["groupId", "accountId"],
  space_role_assignments: ["spaceId", "roleId", "principalType", "principalId"],
  likes: ["contentId", "accountId"],
  content_views: ["contentId"],
  content_versions: ["contentId", "number"],
  templates: ["templateId"],
  audit_log: ["auditId"],
  space_labels: ["spaceId", "labelId"],
  content_labels: ["contentId", "labelId"],
  content_restrictions: ["contentId", "operation", "restrictedById", "principalType", "principalId"],
}

const keyOf = (stream: string, row: Row): string => (KEYS[stream] ?? ["id"]).map((column) => row[column]).join(" ")

/** As a destination merges rows: a later one replaces an earlier one, and a tombstone takes it away. */
const merged = (stream: string, rows: ReadonlyArray<Row>): ReadonlyMap<string, Row> => {
  const table = new Map<string, Row>()
  for (const row of rows) {
    if ((row["_ab_cdc_deleted_at"] ?? null) === null) table.set(keyOf(stream, row), row)
    else table.delete(keyOf(stream, row))
  }
  return table
}

/** Where truth differs by intent: it does not tell all that was asked for, and `_expandable` says only what was not. */
const NOT_COMPARED: Readonly<Record<string, ReadonlyArray<string>>> = {
  groups: ["_links"],
  spaces: ["description", "icon"],
  group_members: ["_expandable"],
  templates: ["_expandable"],
  content_restrictions: ["spaceId", "restrictedByType", "principalName"],
}

const isCompared = (stream: string, column: string): boolean =>
  !ADDED.has(column) && NOT_COMPARED[stream]?.includes(column) !== true

/** Text as a destination can take it: without NUL, and with U+FFFD for each surrogate that stands alone. */
const clean = (_key: string, value: unknown): unknown =>
  typeof value === "string" ? value.toWellFormed().replaceAll("\u0000", "") : value

/** The accounts that the connector names although the site does not tell about them. */
const isUnknownAccount = (row: Row): boolean => row["accountStatus"] === "unknown"

/** The rows of users that truth can tell: without accounts that restrictions alone name, which truth does not count in. */
const toldUsers = (site: SampleSite, records: ReadonlyArray<Row>, truth: ReadonlyArray<Row>): ReadonlyArray<Row> => {
  const told = new Set(truth.map(({ accountId }) => accountId))
  const restricted = new Set(site.truth("content_restrictions").map(({ principalId }) => principalId))
  return records.filter(
    (row) => told.has(row["accountId"]) || !(isUnknownAccount(row) || restricted.has(row["accountId"])),
  )
}

interface Comparison extends TruthOptions {
  /** The columns that the catalog selected. */
  readonly columns?: ReadonlyArray<string>
}

/** The rows, merged by primary key as a destination merges them, are those of the site. */
export const expectRowsOfSite = (
  site: SampleSite,
  stream: string,
  records: ReadonlyArray<Row>,
  { columns, ...options }: Comparison = {},
): void => {
  const told = knowableRows(site, stream as TruthStream, options)
  const emitted = merged(stream, stream === "users" ? toldUsers(site, records, told) : records)
  const truth = merged(stream, JSON.parse(JSON.stringify(told, clean)) as Row[])
  expect([...emitted.keys()].sort(), `the keys of ${stream}`).toEqual([...truth.keys()].sort())
  for (const [key, row] of truth) {
    const compared = (of: Row) =>
      Object.fromEntries(Object.entries(of).filter(([column]) => isCompared(stream, column)))
    const given = compared(emitted.get(key)!)
    const wanted = Object.entries(row).filter(([column]) => columns?.includes(column) ?? true)
    const expected = compared(Object.fromEntries(wanted))
    if (!isDeepStrictEqual(given, expected)) expect(given, `${stream} ${key}`).toEqual(expected)
  }
}
