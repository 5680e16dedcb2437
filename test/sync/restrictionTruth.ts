/** What the stream of restrictions is held against: the rows of the site that its API lets one know of. */
import { expect } from "vitest"
import { keyOf, type Row } from "../support/destination.ts"
import type { Simulation } from "../support/inProcess.ts"
import { knowableRows } from "../support/knowableTree.ts"

export const STREAM = "content_restrictions"

export const knowable = ({ site }: Simulation): ReadonlyArray<Row> => knowableRows(site, STREAM)

const facts = (row: Row) => `${String(row["contentType"])} inherited ${String(row["inherited"])} ${keyOf(STREAM, row)}`

/** Asserts that rows are those, no more, no less, none twice. */
export const expectRows = (rows: ReadonlyArray<Row>, wanted: ReadonlyArray<Row>): void => {
  expect(wanted.length).toBeGreaterThan(0)
  const [got, due] = [new Set(rows.map(facts)), new Set(wanted.map(facts))]
  expect(got.size, "rows that came once").toBe(rows.length)
  expect([...due].filter((row) => !got.has(row)).slice(0, 5), "missing").toEqual([])
  expect([...got].filter((row) => !due.has(row)).slice(0, 5), "not on the site").toEqual([])
}
