/** How many rows are asked for, on lists of which some page cannot be had. */
import { describe, expect, test } from "vitest"
import { MOST_BYTES, PageSize, RowWeights } from "../../src/sync/PageSize.ts"
import { Chance } from "../simulation/chance.ts"

const MOST = 250
const LIGHT = 1_000

interface Asked {
  readonly limit: number
  readonly failed: boolean
}

/** Asks for all rows of a list. `fails` tells of a page that is not one row whether it cannot be had. */
const askForAll = (length: number, fails: (rows: ReadonlyArray<number>) => boolean, size = pageSize()) => {
  const asked: Array<Asked> = []
  let at = 0
  while (at < length && asked.length < 1_000) {
    const { limit } = size
    const rows = Array.from({ length: Math.min(limit, length - at) }, (_, each) => at + each)
    const failed = fails(rows)
    asked.push({ limit, failed })
    if (failed && limit > 1) size.failed(limit)
    else {
      if (failed) size.passed()
      else size.answered(limit, rows.length, rows.length * LIGHT)
      at += rows.length
    }
  }
  return { at, asked }
}
const pageSize = () => new PageSize("/list", MOST, new RowWeights())

describe("pages of a list in which one row spoils every page", () => {
  test("are halved until the row stands alone, those on the way being taken", () => {
    const { asked } = askForAll(250, (rows) => rows.includes(99))
    expect(asked.map(({ limit, failed }) => (failed ? -limit : limit))).toEqual([
      -250, -125, 63, 31, -16, -8, 4, -2, 1, -1, 250,
    ])
  })

  test("come to the end wherever the row is, with some twenty requests more than the list has pages", () => {
    for (let seed = 1; seed <= 200; seed++) {
      const chance = new Chance(seed)
      const length = chance.spread(1, 2_000)
      const spoiling = chance.between(0, length - 1)
      const { at, asked } = askForAll(length, (rows) => rows.includes(spoiling))
      expect(at).toBe(length)
      expect(asked.length).toBeLessThan(Math.ceil(length / MOST) + 22)
      expect(asked.filter(({ limit, failed }) => failed && limit === 1).length).toBeLessThanOrEqual(1)
    }
  })
})

describe("pages of a list of which more than some rows cannot be had", () => {
  test("stay as small as those that came, and a larger one is tried more and more seldom", () => {
    const { at, asked } = askForAll(20_000, (rows) => rows.length > 70)
    expect(at).toBe(20_000)
    const failures = asked.flatMap(({ failed }, place) => (failed ? [place] : []))
    expect(failures.length).toBeLessThan(asked.length / 8)
    const gaps = failures.slice(2).map((place, index) => place - failures[index + 1]!)
    expect(Math.max(...gaps.slice(-4))).toBeGreaterThan(Math.max(...gaps.slice(0, 3)))
  })

  test("are whole again where that was for a moment", () => {
    const size = pageSize()
    askForAll(500, (rows) => rows.length > 100, size)
    const { asked } = askForAll(20_000, () => false, size)
    expect(asked.at(-1)!.limit).toBe(MOST)
  })
})

describe("pages of heavy rows", () => {
  test("are as long as an answer of six megabytes, at least a row", () => {
    for (const [bytes, limit] of [
      [1_000, MOST],
      [24_000, MOST],
      [60_000, 100],
      [4_000_000, 1],
      [40_000_000, 1],
    ] as const) {
      const weights = new RowWeights()
      weights.note("/list", bytes)
      expect(new PageSize("/list", MOST, weights).limit).toBe(limit)
      expect(new PageSize("/other", MOST, weights).limit).toBe(MOST)
    }
  })

  test("grow smaller at once where a row is heavier, and larger by and by", () => {
    const weights = new RowWeights()
    weights.note("/list", 10_000)
    weights.note("/list", 100_000)
    expect(weights.of("/list")).toBe(100_000)
    weights.note("/list", 20_000)
    expect(weights.of("/list")).toBe(60_000)
  })

  test("that were broken off are asked for with fewer rows", () => {
    for (const limit of [2, 10, MOST]) {
      const size = pageSize()
      size.tooLong(limit)
      expect(size.limit).toBeLessThan(limit)
    }
  })

  test("are expected to be as long as may be while nothing is known", () => {
    expect(pageSize().expectedBytes).toBe(MOST_BYTES)
  })
})

describe("a list that takes a cursor with one limit alone", () => {
  test("is asked for by that limit, whatever comes", () => {
    const size = pageSize()
    size.failed(250)
    size.fix(62.5)
    expect([size.limit, size.isSearching]).toEqual([62, false])
    size.answered(62, 62, 62 * 1_000_000)
    expect(size.limit).toBe(62)
  })
})
