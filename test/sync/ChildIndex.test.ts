/** The index of what contents have of their own, held against a Map that knows the same. */
import { describe, expect, test } from "vitest"
import { ChildIndex } from "../../src/sync/ChildIndex.ts"
import { Chance } from "../simulation/chance.ts"

const RUNS = 30

interface Known {
  digest: number
  isSent: boolean
  isShown: boolean
  isMissing: boolean
}
type Model = Map<string, { kind: number; readonly children: Map<string, Known> }>

/** Ids as they come, and some that no number holds: too large, with zeros in front, of another kind. */
const drawId = (chance: Chance): string => {
  switch (chance.weighted({ small: 8, any: 2, large: 1, odd: 1 })) {
    case "small":
      return String(chance.between(1, 120))
    case "any":
      return String(Math.floor(chance.fraction() * 1e15) + 1)
    case "large":
      return String(9_223_372_036_854_770_000n + BigInt(chance.between(0, 30)))
    case "odd":
      return chance.of(["", "0", "007", "att12", "é漢"])
  }
}

const rowsOf = (model: Model): ReadonlyArray<readonly [string, string, Known, number]> =>
  [...model].flatMap(([contentId, { kind, children }]) =>
    [...children].map(([childId, known]) => [contentId, childId, known, kind] as const),
  )

const sorted = (texts: Iterable<string>): ReadonlyArray<string> => [...texts].toSorted()
const textOf = (...parts: ReadonlyArray<unknown>): string => JSON.stringify(parts)

const expectAlike = (index: ChildIndex, model: Model): void => {
  const rows = rowsOf(model)
  expect(index.size).toBe(rows.length)
  for (const [contentId, childId, { digest }] of rows) expect(index.get(contentId, childId)).toBe(digest)
  const missing = rows.filter(([, , { isMissing }]) => isMissing)
  expect(index.missing).toBe(missing.length)
  expect(sorted(index.missingRows().map((child) => textOf(child.kind, child.contentId, child.childId)))).toEqual(
    sorted(missing.map(([contentId, childId, , kind]) => textOf(kind, contentId, childId))),
  )
  expect(sorted([...index.contents()].map(({ kind, contentId }) => textOf(kind, contentId)))).toEqual(
    sorted(
      [...model].flatMap(([contentId, { kind, children }]) => (children.size > 0 ? [textOf(kind, contentId)] : [])),
    ),
  )
  for (const [contentId, { children }] of model) {
    expect(index.has(contentId)).toBe(children.size > 0)
    expect(sorted(index.childrenOf(contentId))).toEqual(sorted(children.keys()))
  }
}

/** An index and a Map to which the same has happened. */
const drawPair = (chance: Chance, steps: number): readonly [ChildIndex, Model] => {
  const index = new ChildIndex()
  const model: Model = new Map()
  const childrenOf = (contentId: string) => model.get(contentId)?.children ?? new Map<string, Known>()
  const step = {
    set: (contentId: string, childId: string) => {
      const kind = chance.between(0, 15)
      const digest = chance.between(0, 0xffff)
      index.set(kind, contentId, childId, digest)
      const known = childrenOf(contentId)
      const row = known.get(childId)
      // The kind of a content is told by rows that are new.
      model.set(contentId, { kind: row === undefined ? kind : model.get(contentId)!.kind, children: known })
      if (row === undefined) known.set(childId, { digest, isSent: false, isShown: false, isMissing: false })
      else row.digest = digest
    },
    sent: (contentId: string, childId: string) => {
      const row = childrenOf(contentId).get(childId)
      expect(index.markSent(contentId, childId)).toBe(row !== undefined && !row.isSent)
      if (row !== undefined) row.isSent = true
    },
    shown: (contentId: string, childId: string) => {
      const row = childrenOf(contentId).get(childId)
      expect(index.markShown(contentId, childId)).toBe(row !== undefined && !row.isShown)
      if (row !== undefined) row.isShown = true
    },
    note: (contentId: string) => {
      const all = childrenOf(contentId)
      const shown = new Set([...all.keys()].filter(() => chance.fraction() < 0.5))
      index.noteAll(contentId, shown)
      for (const [childId, row] of all) row.isMissing = !shown.has(childId)
    },
    delete: (contentId: string, childId: string) => {
      index.delete(contentId, childId)
      childrenOf(contentId).delete(childId)
    },
  }
  for (let each = 0; each < steps; each++) {
    const known = rowsOf(model)
    const [contentId, childId] =
      known.length > 0 && chance.fraction() < 0.5 ? chance.of(known) : [drawId(chance), drawId(chance)]
    step[chance.weighted({ set: 10, sent: 2, shown: 2, note: 2, delete: 2 })](contentId, childId)
  }
  return [index, model]
}

describe("the index of what contents have", () => {
  test("knows what a Map knows, whatever happens to both", () => {
    for (let seed = 0; seed < RUNS; seed++) {
      const chance = new Chance(seed)
      const [index, model] = drawPair(chance, chance.between(1, 400))
      expectAlike(index, model)
      for (let each = 0; each < 50; each++) {
        const [contentId, childId] = [drawId(chance), drawId(chance)]
        expect(index.get(contentId, childId)).toBe(model.get(contentId)?.children.get(childId)?.digest)
      }
    }
  })

  test("is the same again after its text, with the marks of the sync forgotten", () => {
    for (let seed = 100; seed < 100 + RUNS; seed++) {
      const chance = new Chance(seed)
      const [index, model] = drawPair(chance, chance.between(0, 400))
      const again = ChildIndex.decode(index.encode())!
      for (const [, , row] of rowsOf(model)) row.isMissing = false
      expectAlike(again, model)
      expect(ChildIndex.decode(again.encode())!.encode()).toBe(again.encode())
      for (const [contentId, childId] of rowsOf(model)) expect(again.markSent(contentId, childId)).toBe(true)
    }
  })

  test("grows beyond its tables, and forgets digests but not rows", () => {
    const index = new ChildIndex()
    for (let each = 0; each < 20_000; each++)
      index.set(each % 5, String(1 + (each % 3000)), String(each + 1), 1 + (each % 9))
    expect(index.size).toBe(20_000)
    for (let each = 0; each < 20_000; each++)
      expect(index.get(String(1 + (each % 3000)), String(each + 1))).toBe(1 + (each % 9))
    index.forgetDigests()
    expect(index.size).toBe(20_000)
    expect(index.get("1", "1")).toBe(0)
  })

  test("is not made of a text that was cut or garbled", () => {
    const index = new ChildIndex()
    for (let each = 1; each < 200; each++) index.set(1, String(each), String(each * 3), each)
    const text = index.encode()
    expect(ChildIndex.decode(text)?.size).toBe(199)
    for (let length = 0; length < text.length; length += 7)
      expect(ChildIndex.decode(text.slice(0, length))).toBeUndefined()
    for (let at = 0; at < text.length - 4; at += 11) {
      const other = text[at] === "A" ? "B" : "A"
      expect(ChildIndex.decode(text.slice(0, at) + other + text.slice(at + 1))).toBeUndefined()
    }
  })
})

const SIZES = [
  ["of ten digits", 1_000_000n, 100_000],
  ["above 2^53", 2n ** 53n, 5000],
  ["of a shard above 2^56", 2n ** 56n, 100_000],
] as const

describe("the text of the index of what contents have", () => {
  const idsFrom = (first: bigint, distance: number, count: number): ReadonlyArray<string> => {
    const chance = new Chance(6)
    let id = first
    const ids = Array.from({ length: count }, () =>
      String((id += BigInt(1 + Math.floor(chance.fraction() * 2 * distance)))),
    )
    return ids
      .map((each) => [chance.fraction(), each] as const)
      .sort(([one], [other]) => one - other)
      .map(([, each]) => each)
  }
  for (const [what, first, distance] of SIZES)
    for (const rows of [1, 3])
      test(`takes less than 12 bytes for each of ${rows} versions or properties of contents with ids ${what}, in any order`, () => {
        const contents = idsFrom(first, distance, 10_000 / rows)
        const own = idsFrom(first, distance, 10_000)
        const chance = new Chance(7)
        for (const idOf of [
          (_: number, at: number) => String(at),
          (place: number, at: number) => own[place * rows + at - 1]!,
        ]) {
          const index = new ChildIndex()
          for (const [place, content] of contents.entries())
            for (let at = 1; at <= rows; at++) index.set(place % 5, content, idOf(place, at), chance.between(1, 0xffff))
          expect(index.encode().length / index.size).toBeLessThan(12)
        }
      })

  test("that an earlier version wrote is the same index", () => {
    const index = ChildIndex.decode(
      "AdoRCO4DBGF0dDkQOTAwNzE5OTI1NDc0MDk5MxA5MDA3MTk5MjU0NzQwOTk1BPLAASACAQAC///zwAETCgUAARETBgCeARAICAA=",
    )!
    for (const each of [index, ChildIndex.decode(index.encode())!]) {
      expect(each.size).toBe(5)
      expect([each.get("12345", "1"), each.get("12345", "2"), each.get("att9", "7")]).toEqual([1, 65_535, 5])
      expect([each.get("9007199254740993", "9007199254740995"), each.get("77", "1")]).toEqual([6, 8])
      expect([...each.contents()].find(({ contentId }) => contentId === "att9")?.kind).toBe(3)
    }
  })
})
