/** Ids are kept in the order in which they came, whatever they are. */
import { describe, expect, test } from "vitest"
import { IdList } from "../../src/site/IdList.ts"
import { Chance } from "../simulation/chance.ts"

describe("a list of ids", () => {
  test("gives back every id once, in portions, the numbers in the order in which they came", () => {
    const list = new IdList()
    const ids = Array.from({ length: 3000 }, (_, each) => String(7_000_000_000 + ((each * 7919) % 3000)))
    for (const id of ids) list.add(id)
    expect(list.length).toBe(3000)
    const portions = [...list.portions(900)]
    expect(portions.map((portion) => portion.length)).toEqual([900, 900, 900, 300])
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

  test("that is put in order goes on behind any id, be it in the list or not", () => {
    const list = new IdList()
    const numbers = Array.from({ length: 500 }, (_, each) => String(10 + ((each * 7919) % 4001)))
    const odd = ["9223372036854775807", "9223372036854775806"]
    for (const id of [...numbers, ...odd]) list.add(id)
    list.sort()
    const order = [...numbers.toSorted((a, b) => Number(a) - Number(b)), ...odd.toSorted()]
    expect([...list.portions(7)].flat()).toEqual(order)
    for (const after of ["1", "10", "2000", "2001", "4010", "9999", "9223372036854775800", ...odd])
      expect([...list.portions(7, after)].flat(), after).toEqual(order.filter((id) => BigInt(id) > BigInt(after)))
    list.add("att9")
    list.add("att12")
    list.sort()
    expect([...list.portions(7, "att12")].flat()).toEqual(["att9"])
    expect([...list.portions(7, "9223372036854775806")].flat()).toEqual(["9223372036854775807", "att12", "att9"])
  })

  test("that is put in order without repeats has each id once, and knows which it has", () => {
    const chance = new Chance(7)
    for (let run = 0; run < 20; run++) {
      const list = new IdList()
      const model = new Set<string>()
      const drawn = () =>
        chance.of([
          String(chance.between(1, 400)),
          String(900_000_000_000_000 + chance.between(0, 400)),
          String(9_223_372_036_854_775_000n + BigInt(chance.between(0, 40))),
          `att${chance.between(1, 40)}`,
        ])
      for (let each = chance.between(0, 900); each > 0; each--) {
        const id = drawn()
        list.add(id)
        model.add(id)
      }
      list.sortOnce()
      expect(list.length).toBe(model.size)
      expect([...list.portions(50)].flat().toSorted()).toEqual([...model].toSorted())
      for (const id of model) expect(list.has(id)).toBe(true)
      for (let each = 0; each < 300; each++) {
        const id = drawn()
        expect(list.has(id), id).toBe(model.has(id))
      }
      for (const id of ["0", "401", "999999999999999", ""]) expect(list.has(id)).toBe(false)
    }
  })
})
