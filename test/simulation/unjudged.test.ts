/** Which content the judge takes for one that filters could not judge. */
import { expect, test } from "vitest"
import { unjudgedContent } from "./unjudged.ts"

const odd = (field: string, id = "7", path = "/wiki/api/v2/pages") => ({ path, id, field })
const CREATED = { created_after: "2020-01-01" }
const MODIFIED = { modified_before: "2020-01-01" }

test("what came without its id, or a date that filters ask for, when it was asked for again too", () => {
  expect([...unjudgedContent([odd("id"), odd("id")], {})]).toEqual(["7"])
  expect([...unjudgedContent([odd("createdAt"), odd("createdAt")], CREATED)]).toEqual(["7"])
  expect([...unjudgedContent([odd("id"), odd("version")], MODIFIED)]).toEqual(["7"])
})

test("not what came so once, each of two, without a field that filters do not ask for, or in another list than that of content", () => {
  expect([...unjudgedContent([odd("id")], CREATED)]).toEqual([])
  expect([...unjudgedContent([odd("id", "7"), odd("id", "8")], CREATED)]).toEqual([])
  expect([...unjudgedContent([odd("createdAt"), odd("createdAt")], MODIFIED)]).toEqual([])
  expect([...unjudgedContent([odd("title"), odd("title")], CREATED)]).toEqual([])
  const other = "/wiki/api/v2/attachments"
  expect([...unjudgedContent([odd("id", "7", other), odd("id", "7", other)], CREATED)]).toEqual([])
})
