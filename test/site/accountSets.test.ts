/** Sets of account ids as text. */
import { describe, expect, test } from "vitest"
import { packAccounts, unpackAccounts } from "../../src/site/accountSets.ts"
import { Chance } from "../simulation/chance.ts"

const hex = (chance: Chance, digits: number): string =>
  Array.from({ length: digits }, () => chance.between(0, 15).toString(16)).join("")
const uuid = (chance: Chance): string => [8, 4, 4, 4, 12].map((digits) => hex(chance, digits)).join("-")

/** Ids as Atlassian makes them, of each age, and some that are none. */
const drawAccount = (chance: Chance): string => {
  switch (chance.weighted({ old: 3, new: 6, guest: 1, odd: 1 })) {
    case "old":
      return hex(chance, 24)
    case "new":
      return `${chance.of(["712020", "557058", "70121"])}:${uuid(chance)}`
    case "guest":
      return `qm:${uuid(chance)}:${uuid(chance)}`
    case "odd":
      return chance.of(["unknown", "é\n漢", "", '"', uuid(chance).toUpperCase(), hex(chance, 23), `\n${uuid(chance)}`])
  }
}

const drawSet = (chance: Chance): ReadonlySet<string> =>
  new Set(Array.from({ length: chance.spread(1, 200) - 1 }, () => drawAccount(chance)))

describe("a set of accounts", () => {
  test("is the same after it was text", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const ids = drawSet(new Chance(seed))
      expect(unpackAccounts(packAccounts(ids))).toEqual(ids)
    }
  })

  test("has the same text in whichever order its accounts came", () => {
    for (let seed = 1; seed <= 30; seed++) {
      const ids = drawSet(new Chance(seed))
      expect(packAccounts([...ids].toReversed())).toBe(packAccounts(ids))
    }
  })

  test("takes less than 26 characters an account where there are many", () => {
    const chance = new Chance(1)
    const ids = new Set(Array.from({ length: 2_000 }, () => `712020:${uuid(chance)}`))
    expect(packAccounts(ids).length / ids.size).toBeLessThan(26)
  })
})

describe("the text of a set of accounts", () => {
  const text = packAccounts(drawSet(new Chance(5)))

  test("is none where it was cut anywhere", () => {
    for (let length = 0; length < text.length - 3; length++)
      expect(unpackAccounts(text.slice(0, length))).toBeUndefined()
  })

  test("is none, or means the same, where any of its bits is another", () => {
    const bytes = Buffer.from(text, "base64")
    const ids = unpackAccounts(text)
    for (let at = 0; at < bytes.length; at++) {
      const other = Buffer.from(bytes)
      other[at]! ^= 1 << (at % 8)
      const read = unpackAccounts(other.toString("base64"))
      if (read !== undefined) expect(read, `byte ${at}`).toEqual(ids)
    }
  })

  test("is none where it was made by others", () => {
    for (const other of ["", "e30=", "no base64!", "eJwDAAAAAAE="]) expect(unpackAccounts(other)).toBeUndefined()
  })
})
