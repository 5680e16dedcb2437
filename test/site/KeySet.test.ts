/** A set of keys holds what was put into it, and nothing else. */
import { describe, expect, test } from "vitest"
import { KeySet } from "../../src/site/KeySet.ts"

describe("the keys that were sent", () => {
  test("are known again, and no others are", () => {
    const keys = new KeySet()
    const model = new Set<string>()
    // Keys as streams have them: an id, an account, a pair of both; each met about twice.
    for (let each = 0; each < 200_000; each++) {
      const number = (each * 48_271) % 100_003
      const key = number % 3 === 0 ? String(number) : number % 3 === 1 ? `712020:${number}` : `["g","${number}"]`
      expect(keys.add(key)).toBe(!model.has(key))
      model.add(key)
    }
    expect(keys.size).toBe(model.size)
    for (const key of model) expect(keys.has(key)).toBe(true)
    for (let each = 0; each < 20_000; each++) expect(keys.has(`no ${each}`)).toBe(false)
  })
})
