/** Addresses by account: what was noted first, for the accounts that the table is about. */
import { expect, test } from "vitest"
import { AddressTable } from "../../src/site/AddressTable.ts"
import { Chance } from "../simulation/chance.ts"

test("holds the first address of each account that was added, whatever it is made of", () => {
  for (let seed = 1; seed <= 100; seed++) {
    const chance = new Chance(seed)
    const table = new AddressTable()
    const expected = new Map<string, string | undefined>()
    const ids = Array.from({ length: chance.between(0, 300) }, (_, at) => `712020:${at}`)
    for (const id of ids) {
      if (chance.between(0, 3) === 0) continue
      table.add(id)
      expected.set(id, undefined)
    }
    for (let note = 0; note < 2 * ids.length; note++) {
      const id = chance.of(ids)
      const email = `${chance.of(["p", "ü", "漢", "😀"]).repeat(chance.between(1, 60))}${note}@x.example`
      table.note(id, email)
      if (expected.has(id) && expected.get(id) === undefined) expected.set(id, email)
      // To add an account once more changes nothing.
      if (expected.has(id)) table.add(id)
    }
    expect([...table.accounts]).toEqual([...expected.keys()])
    for (const id of ids) expect([id, table.has(id), table.get(id)]).toEqual([id, expected.has(id), expected.get(id)])
  }
})

test("takes nothing for an address that is as long as a text", () => {
  const table = new AddressTable()
  table.add("a")
  table.note("a", `${"x".repeat(2000)}@x.example`)
  table.note("a", `${"漢".repeat(400)}@x.example`)
  expect(table.get("a")).toBeUndefined()
  table.note("a", "a@x.example")
  expect(table.get("a")).toBe("a@x.example")
})
