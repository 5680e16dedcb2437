/** RECORD lines: what parsers downstream would stumble over is taken out, and what is too long for them. */
import { describe, expect, test } from "vitest"
import { CHANGES, recordLines } from "../../src/protocol/recordLines.ts"
import { withLineEndsEscaped } from "../../src/protocol/wellFormed.ts"

type Row = Record<string, unknown>

const PAGES = { name: "pages" }
const recordsOf = (rows: ReadonlyArray<Row>) =>
  recordLines(PAGES, rows, 0)
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as { readonly record: { readonly data: Row; readonly meta?: unknown } })

describe("a page of records", () => {
  test("is a line for each row, in one text", () => {
    const rows = [
      { id: "1", title: "One" },
      { id: "2", title: "Zwölf → 12" },
    ]
    expect(recordsOf(rows).map(({ record }) => record)).toEqual(
      rows.map((data) => ({ stream: "pages", emitted_at: 0, data })),
    )
    expect(recordLines(PAGES, [], 0)).toBe("")
  })

  test("is not looked at row by row where it is known to hold nothing malformed", () => {
    const rows = [{ id: "1", title: "One" }]
    expect(recordLines(PAGES, rows, 0, false)).toBe(recordLines(PAGES, rows, 0, true))
  })

  test("tells of NULs and halves of surrogate pairs that were taken out, and leaves other rows as they are", () => {
    const spelt = String.raw`\ud800 and \u0000`
    const [first, second, third] = recordsOf([
      { id: "1", title: "a\ud800b", body: "a\u0000b" },
      { id: "2", title: spelt },
      { id: "3", title: "plain" },
    ])
    expect(first!.record.data).toEqual({ id: "1", title: "a\ufffdb", body: "ab" })
    expect(first!.record.meta).toEqual({
      changes: ["title", "body"].map((field) => ({ field, change: "TRUNCATED", reason: "SOURCE_SERIALIZATION_ERROR" })),
    })
    expect(second!.record).toEqual({ stream: "pages", emitted_at: 0, data: { id: "2", title: spelt } })
    expect(third!.record).toEqual({ stream: "pages", emitted_at: 0, data: { id: "3", title: "plain" } })
  })
})

describe("a record whose line is too long", () => {
  const MOST = 15_000_000
  const around = recordLines(PAGES, [{ id: "1", body: "" }], 0).length
  const nulled = (field: string) => ({ field, change: "NULLED", reason: "SOURCE_RECORD_SIZE_LIMITATION" })

  for (const [what, letter, bytes] of [
    ["of one byte", "a", 1],
    ["of two bytes", "é", 2],
    ["of three bytes", "漢", 3],
    ["that is escaped as a line end", "\u2028", 6],
  ] as const) {
    test(`by its bytes loses its largest column, and not before: letters ${what}`, () => {
      const fitting = "x".repeat((MOST - around) % bytes) + letter.repeat(Math.floor((MOST - around) / bytes))
      const whole = recordLines(PAGES, [{ id: "1", body: fitting }], 0)
      expect(withLineEndsEscaped(Buffer.from(whole)).length).toBe(MOST)
      expect(whole).not.toContain('"meta"')
      const [cut, next] = recordsOf([{ id: "1", title: "kept", body: `${fitting}x` }, { id: "2" }])
      expect(cut!.record.data).toEqual({ id: "1", title: "kept", body: null })
      expect(cut!.record.meta).toEqual({ changes: [nulled("body")] })
      expect(next!.record.data).toEqual({ id: "2" })
    })
  }

  test("loses as many columns as it must, and names each once", () => {
    const half = "a".repeat(10_000_000)
    const change = { field: "one", change: "TRUNCATED", reason: "SOURCE_SERIALIZATION_ERROR" } as const
    const row = { id: "1", one: half, two: half, three: half, [CHANGES]: [change] }
    const [only] = recordsOf([row])
    expect(only!.record.data).toEqual({ id: "1", one: null, two: null, three: half })
    expect(only!.record.meta).toEqual({ changes: [nulled("one"), nulled("two")] })
  })
})
