/** Patterns for keys of spaces: what they match, against a model that tries every way, and that none keeps them busy. */
import { describe, expect, it } from "vitest"
import { matches, simplified } from "../../src/site/spacePattern.ts"
import { Chance } from "../simulation/chance.ts"

/** Tries every run of characters that a `*` could stand for. */
const model = (pattern: string, key: string): boolean => {
  if (pattern === "") return key === ""
  if (pattern[0] !== "*") return key !== "" && pattern[0] === key[0] && model(pattern.slice(1), key.slice(1))
  return Array.from({ length: key.length + 1 }, (_, taken) => taken).some((taken) =>
    model(pattern.slice(1), key.slice(taken)),
  )
}

describe("a pattern", () => {
  it.each([
    ["ENG", "ENG", true],
    ["ENG", "ENG2", false],
    ["ENG", "eng", false],
    ["eng", "ENG", false],
    ["OLD*", "OLD", true],
    ["OLD*", "OLDER", true],
    ["OLD*", "BOLD", false],
    ["*OLD", "BOLD", true],
    ["~*", "~712020abc", true],
    ["~*", "ENG", false],
    ["*", "", true],
    ["A*A", "A", false],
    ["A*A", "AA", true],
    ["A**B", "A-B", true],
    ["E.G", "ENG", false],
    ["E?G", "ENG", false],
    ["[A-Z]*", "ENG", false],
    ["a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false],
  ])("%s on the key %s: %s", (pattern, key, expected) => {
    expect(matches(pattern, key)).toBe(expected)
  })

  it("matches as the model does, also when it is simplified", () => {
    const chance = new Chance(2)
    const text = (letters: string, most: number) =>
      Array.from({ length: chance.between(0, most) }, () => chance.of([...letters])).join("")
    const seen = { true: 0, false: 0 }
    for (let round = 0; round < 20_000; round++) {
      const [pattern, key] = [text("ab**", 7), text("ab", 8)]
      const expected = model(pattern, key)
      seen[`${expected}`]++
      expect([matches(pattern, key), matches(simplified(pattern), key)], `${pattern} ${key}`).toEqual([
        expected,
        expected,
      ])
    }
    expect(Math.min(seen.true, seen.false)).toBeGreaterThan(1000)
  })

  it("of the greatest length and with the most wildcards is answered for every key of a large site", () => {
    const patterns = ["a*".repeat(127), `${"a*".repeat(127)}b`, `*${"aa*".repeat(84)}`]
    const keys = Array.from({ length: 1500 }, (_, at) => `${"a".repeat(254)}${at % 2 === 0 ? "a" : "c"}`)
    expect(patterns.map((pattern) => keys.filter((key) => matches(pattern, key)).length)).toEqual([1500, 0, 1500])
  })
})
