/** Compares what a destination has with what the site shows. */
import { expect } from "vitest"
import { cleanValue } from "../../src/protocol/wellFormed.ts"
import type { TruthStream } from "../../src/sample-site/truth.ts"
import { type Ran, recordsOf, type Simulation } from "./inProcess.ts"
import { knowableRows } from "./knowableTree.ts"

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
export type Row = Record<string, unknown>
export const keyOf = (stream: string, row: Row) => JSON.stringify((KEYS[stream] ?? ["id"]).map((column) => row[column]))

/** A value as it can be written: NULs taken out, texts well-formed. */
const clean = (value: unknown): string => JSON.stringify(cleanValue(value))

const restrictedTo = (site: Simulation["site"]): ReadonlyArray<unknown> =>
  site.truth("content_restrictions").map(({ principalId }) => principalId)

/** Asserts that merged rows of a stream are the site's, field by field. */
export const expectTruth = (
  simulation: Simulation,
  stream: TruthStream,
  rows: Iterable<Row>,
  truth: ReadonlyArray<Row> = knowableRows(simulation.site, stream),
) => {
  const got = new Map([...rows].map((row) => [keyOf(stream, row), row]))
  const { site } = simulation
  const missing = truth.filter((row) => !got.has(keyOf(stream, row)))
  expect(missing.slice(0, 3), `missing rows of ${stream}: ${missing.length}`).toEqual([])
  const keys = new Set(truth.map((row) => keyOf(stream, row)))
  const others = [...got.values()].filter((row) => !keys.has(keyOf(stream, row)) && row["accountStatus"] !== "unknown")
  // Restrictions name accounts that nothing else does.
  const named = new Set(stream === "users" && others.length > 0 ? restrictedTo(site) : [])
  const extra = others.filter(({ accountId }) => !named.has(accountId))
  expect(extra.slice(0, 3), `rows of ${stream} that the site does not have: ${extra.length}`).toEqual([])
  for (const row of truth) {
    const mine = got.get(keyOf(stream, row))!
    for (const [field, value] of Object.entries(row)) {
      if (field === "_expandable" || field === "icon" || field === "description" || mine[field] === undefined) continue
      if (clean(mine[field]) !== clean(value)) {
        expect({ id: row["id"], field, value: mine[field] }).toEqual({ id: row["id"], field, value })
      }
    }
    const declaredButMissing = Object.keys(row).filter(
      (field) => mine[field] === undefined && field !== "_expandable" && row[field] !== undefined,
    )
    expect(declaredButMissing).toEqual(stream === "group_members" ? declaredButMissing : [])
  }
}

/**
 * Puts what several reads have sent into one table, later rows over earlier ones; a tombstone takes its row out.
 */
export const merged = (stream: string, runs: ReadonlyArray<Ran>): ReadonlyArray<Row> => {
  const table = new Map<string, Row>()
  for (const row of runs.flatMap((ran) => recordsOf(ran, stream))) {
    if (row["_ab_cdc_deleted_at"] === undefined) table.set(keyOf(stream, row), row)
    else table.delete(keyOf(stream, row))
  }
  return [...table.values()]
}
