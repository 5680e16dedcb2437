/** Rows that are not what the documents say: each costs itself, and no record breaks its stream's schema. */
import { describe, expect, test } from "vitest"
import { changesOf } from "../../src/protocol/recordLines.ts"
import { SoundRows } from "../../src/sync/SoundRows.ts"

const text = { type: ["null", "string"] }
const PROPERTIES = {
  id: text,
  title: text,
  position: { type: ["null", "integer"] },
  isOpen: { type: ["null", "boolean"] },
  createdAt: { ...text, format: "date-time" },
  version: {
    type: ["null", "object"],
    properties: { number: { type: ["null", "integer"] }, createdAt: { ...text, format: "date-time" } },
  },
  labels: { type: ["null", "array"], items: text },
  anything: { type: ["null", "string", "object"] },
}
const sound = () => new SoundRows(["id"], PROPERTIES)
const whole = {
  id: "1",
  title: "One",
  position: 3,
  isOpen: true,
  createdAt: "2026-07-01T10:00:00.000Z",
  version: { number: 2, createdAt: "2026-07-01T10:00:00Z", more: 1 },
  labels: ["a", null],
  anything: { deep: [1] },
}

describe("a row", () => {
  test("that is as the schema says stays the same row, whatever it lacks or has besides", () => {
    const rows = [whole, { id: "2" }, { id: "3", title: null, version: null, unknown: [1, "2"] }]
    const before = structuredClone(rows)
    expect(sound().of(rows)).toBe(rows)
    expect(rows).toEqual(before)
    expect(rows.flatMap(changesOf)).toEqual([])
  })

  test("without its key is left out, and no other is", () => {
    const odd = [{}, { id: null }, { id: "" }, { id: true }, { id: {} }, { id: ["1"] }, { id: 2 ** 60 }]
    expect(sound().of([{ id: "1" }, ...odd, { id: "2" }])).toEqual([{ id: "1" }, { id: "2" }])
  })

  test("has values of another type made what they mean, where nothing is lost by it", () => {
    const rows = sound().of([{ id: 7, title: 12, position: "40", version: { number: "2" }, labels: [3, "b"] }])
    expect(rows).toEqual([{ id: "7", title: "12", position: 40, version: { number: 2 }, labels: ["3", "b"] }])
    expect(rows.flatMap(changesOf)).toEqual([])
  })

  for (const [told, held] of [
    ["2026-07-01T10:00:00.000+0000", "2026-07-01T10:00:00.000+00:00"],
    ["2026-07-01T10:00:00+02", "2026-07-01T10:00:00+02:00"],
    ["2026-07-01 10:00:00Z", "2026-07-01T10:00:00Z"],
    ["2026-07-01T10:00:00.123456-05:30", "2026-07-01T10:00:00.123456-05:30"],
  ] as const)
    test(`has the time ${told} as ${held}, which is the form that its schema names`, () => {
      const rows = sound().of([{ id: "1", createdAt: told, version: { number: 1, createdAt: told } }])
      expect(rows).toEqual([{ id: "1", createdAt: held, version: { number: 1, createdAt: held } }])
      expect(rows.flatMap(changesOf)).toEqual([])
    })

  for (const [name, value, held, change] of [
    ["title", ["One"], null, "NULLED"],
    ["title", {}, null, "NULLED"],
    ["position", "many", null, "NULLED"],
    ["position", 1.5, null, "NULLED"],
    ["isOpen", "true", null, "NULLED"],
    ["createdAt", "yesterday", null, "NULLED"],
    ["createdAt", 1_750_000_000_000, null, "NULLED"],
    ["version", 3, null, "NULLED"],
    ["version", [1], null, "NULLED"],
    ["version", { number: 2, createdAt: "yesterday" }, { number: 2, createdAt: null }, "TRUNCATED"],
    ["labels", "a", null, "NULLED"],
    ["labels", ["a", {}], ["a", null], "TRUNCATED"],
  ] as const) {
    test(`loses ${name} where that is ${JSON.stringify(value)}, and says so`, () => {
      const rows = sound().of([{ ...whole, [name]: value }, { id: "2" }])
      expect(JSON.parse(JSON.stringify(rows))).toEqual([{ ...whole, [name]: held }, { id: "2" }])
      expect(changesOf(rows[0]!)).toEqual([{ field: name, change, reason: "SOURCE_SERIALIZATION_ERROR" }])
      expect(changesOf(rows[1]!)).toEqual([])
    })
  }
})
