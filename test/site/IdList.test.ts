/** Ids are kept in the order in which they came, whatever they are. */
import { describe, expect, test } from "vitest"
import { IdList } from "../../src/site/IdList.ts"

describe("a list of ids", () => {
  test("gives back every id once, in portions, the numbers in the order in which they came", () => {
    const list = new IdList()
    const ids = Array.from({ length: 1000 }, (_, each) => String(7_000_000_000 + ((each * 7919) % 1000)))
    for (const id of ids) list.add(id)
    expect(list.length).toBe(1000)
    const portions = [...list.portions(300)]
    expect(portions.map((portion) => portion.length)).toEqual([300, 300, 300, 100])
    expect(portions.flat()).toEqual(ids)
  })

  test("holds ids that are no exact number, or none at all", () => {
    const list = new IdList()
    const odd = ["9223372036854775807", "att12", "0012", "1e3", ""]
    for (const id of ["5", ...odd, "6"]) list.add(id)
    expect([...list.portions(2)].flat().toSorted()).toEqual(["5", "6", ...odd].toSorted())
    list.clear()
    expect(list.length).toBe(0)
    expect([...list.portions(2)]).toEqual([])
  })
})
