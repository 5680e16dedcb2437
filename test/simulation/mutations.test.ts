/** Each deliberate defect still has its place in the code: what moves there is noticed here, and not when the proof is run. */
import { existsSync, readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { mutated } from "./defects/mutating.ts"
import { MUTATIONS } from "./mutations.ts"
import { OCCASIONS } from "./occasions.ts"

const ROOT = `${import.meta.dirname}/../..`

describe("the deliberate defect", () => {
  for (const mutation of MUTATIONS) {
    test(`"${mutation.name}" changes its module`, () => {
      const source = readFileSync(`${ROOT}/${mutation.file}`, "utf8")
      expect(mutated(source, mutation)).not.toBe(source)
      if (mutation.foundBy !== "histories") expect(existsSync(`${ROOT}/${mutation.foundBy}`)).toBe(true)
    })
  }

  test("is one that histories are to find, where it is given an occasion", () => {
    const hunted = new Set<string>(MUTATIONS.flatMap(({ name, foundBy }) => (foundBy === "histories" ? [name] : [])))
    expect(Object.keys(OCCASIONS).filter((name) => !hunted.has(name))).toEqual([])
  })

  test("has a name of its own", () => {
    const names = MUTATIONS.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
  })

  const moved = { name: "a defect", file: "src/a.ts", text: "b", instead: "c", foundBy: "histories" } as const
  for (const [source, why] of [
    ["a", "does not stand there any more"],
    ["abab", "stands there 2 times"],
  ] as const) {
    test(`is refused where its text ${why}`, () => {
      expect(() => mutated(source, moved)).toThrow(`one text in src/a.ts, but that ${why}: b`)
    })
  }
})
