/** Digests of rows: they differ where a row has changed, and are the same where it has only come another way. */
import { describe, expect, test } from "vitest"
import { digestOf } from "../../src/sync/digest.ts"
import { Chance } from "../simulation/chance.ts"

const COLUMNS = ["id", "title", "parentId", "version", "body", "labels", "updatedAt", "changedAt"]
const digest = digestOf(COLUMNS)

const ROW = { id: "1", title: "One", parentId: "2", version: { number: 3 }, labels: ["a"] }

describe("the digest of a row", () => {
  test("does not depend on the order in which its columns came", () => {
    const reversed = Object.fromEntries(Object.entries(ROW).toReversed())
    expect(digest(reversed)).toBe(digest(ROW))
  })

  test("is the same for a value that is null and one that is not there", () => {
    const { parentId: _, ...without } = ROW
    expect(digest({ ...ROW, parentId: null })).toBe(digest(without))
    expect(digest({ ...ROW, parentId: undefined })).toBe(digest(without))
  })

  test("is without the body, and what is not the row's own", () => {
    const more = {
      body: { storage: { value: "<p>" } },
      updatedAt: "2026",
      changedAt: "2026",
      _links: {},
      deletionReason: "x",
    }
    expect(digest({ ...ROW, ...more })).toBe(digest(ROW))
  })

  for (const [name, value] of [
    ["id", "11"],
    ["title", "one"],
    ["title", "One "],
    ["title", "Öne"],
    ["title", ""],
    ["title", null],
    ["parentId", null],
    ["parentId", "3"],
    ["version", { number: 4 }],
    ["version", { number: 3, message: "" }],
    ["labels", []],
    ["labels", ["a", "b"]],
  ] as const) {
    test(`is another where ${name} is ${JSON.stringify(value)}`, () => {
      expect(digest({ ...ROW, [name]: value })).not.toBe(digest(ROW))
    })
  }

  test("is another where a value moves from a column to the next", () => {
    expect(digest({ id: "1", title: "ab" })).not.toBe(digest({ id: "1a", title: "b" }))
    expect(digest({ title: "a" })).not.toBe(digest({ parentId: "a" }))
  })

  test("tells characters beyond the first 65,536 apart, and halves of them", () => {
    const texts = ["😀", "😁", "\ud83d", "\ude00", "a\ud83d", "漢", "e\u0301", "é"]
    expect(new Set(texts.map((title) => digest({ title }))).size).toBe(texts.length)
  })

  test("is 32 bits, never 0, and no two of ten thousand rows have the same but for chance", () => {
    const chance = new Chance(1)
    const digests = Array.from({ length: 10_000 }, (_, each) => digest({ id: String(each), title: `${chance.draw()}` }))
    expect(digests.every((each) => Number.isInteger(each) && each > 0 && each < 2 ** 32)).toBe(true)
    expect(new Set(digests).size).toBeGreaterThan(9_997)
  })
})
