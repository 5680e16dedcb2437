/** docs/filters.md: its examples are configs that are taken, and it tells of each filter. */
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { keysOf } from "../../src/config/configSchema.ts"
import { streams } from "../../src/generated/streams.ts"
import { filtersOf } from "../support/filtersOf.ts"

const text = readFileSync(new URL("../../docs/filters.md", import.meta.url), "utf8")
const examples = [...text.matchAll(/```json\n([^`]+)```/g)].map(([, json]) => JSON.parse(json!))
/** The first cells of the rows of tables. */
const rows = [...text.matchAll(/^\| ([^|]+?) +\|/gm)].map(([, cell]) => cell!)

describe("the documentation of filters", () => {
  it("has examples that the connector takes, with keys that it knows", () => {
    expect(examples.length).toBeGreaterThan(5)
    const known = keysOf("api_token")["filters"]!
    for (const { filters } of examples) {
      expect(() => filtersOf(filters)).not.toThrow()
      for (const key of Object.keys(filters)) expect(known).toContain(key)
    }
  })

  it("tells of each filter", () => {
    const told = rows.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, key]) => key!))
    expect(told.toSorted()).toEqual([...keysOf("api_token")["filters"]!].toSorted())
  })

  it("tells of each stream", () => {
    for (const { name } of streams) expect(rows).toContain(name)
  })
})
