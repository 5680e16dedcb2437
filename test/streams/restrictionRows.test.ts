/** The table of contents and the rows that are made of it. */
import { describe, expect, test } from "vitest"
import { ContentTable, compareIds } from "../../src/streams/restrictions/ContentTable.ts"
import { RestrictionRows } from "../../src/streams/restrictions/restrictionRows.ts"

const named = (id: string) => ({ type: "user" as const, id, name: id })
const LARGE = "9219043100000000232"

/** A table of contents with their parents; all are content of the stream. */
const tableOf = (parents: Readonly<Record<string, string | undefined>>) => {
  const table = new ContentTable()
  for (const [id, parent] of Object.entries(parents)) {
    const place = table.add(id, "page")
    table.place(place, "page", "7", parent === undefined ? undefined : { id: parent, type: "folder" })
    table.setContent(place, true)
  }
  return table
}

const restrict = (table: ContentTable, id: string, read: ReadonlyArray<string>, update: ReadonlyArray<string> = []) =>
  table.tell(table.find(id)!, { read: read.map(named), update: update.map(named) })

const rowsOf = (table: ContentTable) => {
  const rows = new RestrictionRows(table)
  return [...rows.places()]
    .flatMap((place) => rows.of(place))
    .map((row) =>
      [row["contentId"], row["operation"], row["restrictedById"], row["principalId"], row["inherited"]].join(" "),
    )
}

describe("rows", () => {
  test("are of the content itself, and of reading of all that lies above it", () => {
    const table = tableOf({ 1: undefined, 2: "1", 3: "2", 4: "3", 5: undefined })
    restrict(table, "1", ["a"], ["b"])
    restrict(table, "3", ["a", "c"], ["d"])
    expect(rowsOf(table)).toEqual([
      "1 read 1 a false",
      "1 update 1 b false",
      "2 read 1 a true",
      "3 read 3 a false",
      "3 read 3 c false",
      "3 update 3 d false",
      "3 read 1 a true",
      "4 read 3 a true",
      "4 read 3 c true",
      "4 read 1 a true",
    ])
  })

  test("come in the order of the ids, and those that no number holds come last", () => {
    const table = tableOf({ [LARGE]: undefined, 30: undefined, 4: undefined })
    for (const id of [LARGE, "30", "4"]) restrict(table, id, ["a"])
    expect(rowsOf(table).map((row) => row.split(" ")[0])).toEqual(["4", "30", LARGE])
    expect(["30", LARGE, "4"].toSorted(compareIds)).toEqual(["4", "30", LARGE])
  })

  test("end where something lies below itself", () => {
    const table = tableOf({ 1: "3", 2: "1", 3: "2", 4: "4" })
    restrict(table, "2", ["a"])
    restrict(table, "4", ["a"])
    expect(rowsOf(table).toSorted()).toEqual(
      ["1 read 2 a true", "2 read 2 a false", "3 read 2 a true", "4 read 4 a false"].toSorted(),
    )
  })

  test("are none of what is only a parent, nor of what is open again", () => {
    const table = tableOf({ 1: "9" })
    restrict(table, "9", ["a"])
    expect(rowsOf(table)).toEqual(["1 read 9 a true"])
    restrict(table, "9", [])
    expect(rowsOf(table)).toEqual([])
  })
})

describe("the table", () => {
  test("finds each of many contents, small ids and large ones", () => {
    const table = new ContentTable()
    const ids = Array.from({ length: 5_000 }, (_, at) =>
      at % 7 === 0 ? `92190431000000${String(100_000 + at)}` : String(7 * at),
    )
    ids.forEach((id, at) =>
      table.place(
        table.add(id, "page"),
        "page",
        `${at % 3}0`,
        at === 0 ? undefined : { id: ids[at - 1]!, type: "page" },
      ),
    )
    expect(table.size).toBe(ids.length)
    ids.forEach((id, at) => {
      const place = table.find(id)!
      expect([table.idOf(place), table.spaceOf(place)]).toEqual([id, `${at % 3}0`])
      const above = table.above(place)
      expect(above === undefined ? undefined : table.idOf(above)).toBe(ids[at - 1])
    })
    expect(table.find("12345678")).toBeUndefined()
    expect(table.find("9999999999999999999")).toBeUndefined()
  })

  test("keeps types that it does not know", () => {
    const table = new ContentTable()
    expect(table.typeOf(table.add("1", "slide"))).toBe("slide")
    expect(table.typeOf(table.add("2", "embed"))).toBe("embed")
  })
})
