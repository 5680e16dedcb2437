/** Spaces are dealt into groups that take about as long to read. */
import { describe, expect, test } from "vitest"
import { balance } from "../../src/sync/SpaceGroups.ts"
import { Chance } from "../simulation/chance.ts"

const MOST = 100

describe("groups of spaces", () => {
  test("have every space once, a hundred at most each, and none is empty", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const chance = new Chance(seed)
      const ids = Array.from({ length: chance.spread(1, 700) - 1 }, (_, each) => String(each))
      const weights = ids.map(() => chance.spread(1, 10_000))
      const groups = balance(ids, (id) => weights[Number(id)]!, chance.between(1, 12))
      expect(groups.flat().toSorted((a, b) => Number(a) - Number(b))).toEqual(ids)
      expect(groups.every((group) => group.length > 0 && group.length <= MOST)).toBe(true)
    }
  })

  test("are no longer than that where one space outweighs all others", () => {
    const ids = Array.from({ length: 200 }, (_, each) => String(each))
    const groups = balance(ids, (id) => (id === "7" ? 1_000_000 : 1), 2)
    expect(groups.map((group) => group.length)).toEqual([100, 100])
  })

  test("are as many as are asked for, where there are so many spaces", () => {
    for (let count = 1; count <= 10; count++) {
      for (const spaces of [1, 5, 10, 99, 100]) {
        const ids = Array.from({ length: spaces }, (_, each) => String(each))
        expect(balance(ids, () => 1, count).length).toBe(Math.min(count, spaces))
      }
    }
    const many = Array.from({ length: 201 }, (_, each) => String(each))
    expect(balance(many, () => 1, 1).length).toBe(3)
  })

  test("differ in weight by no more than their heaviest space, while a hundred are enough", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const chance = new Chance(seed)
      const ids = Array.from({ length: chance.between(1, MOST) }, (_, each) => String(each))
      const weights = ids.map(() => chance.spread(1, 10_000))
      const weight = (id: string) => weights[Number(id)]!
      const count = chance.between(1, Math.min(8, ids.length))
      const sums = balance(ids, weight, count).map((group) => group.reduce((sum, id) => sum + weight(id), 0))
      expect(Math.max(...sums) - Math.min(...sums)).toBeLessThanOrEqual(Math.max(...weights))
    }
  })
})
