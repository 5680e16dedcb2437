/** What the judge asks of rows of folders and the like that searches may not have shown. */
import { expect, test } from "vitest"
import { mayBeUnfound } from "./findable.ts"
import type { Moment, Row } from "./moments.ts"
import type { StreamSeen } from "./verdict.ts"

const SPACES = new Map([
  ["1", "current"],
  ["2", "archived"],
  ["3", "current"],
])

/** Whether a row may be missing of content that is in these spaces, one after the other. */
const judge = (name: string, contentType: string, ...spaceIds: ReadonlyArray<string>) => {
  const moments = spaceIds.map((spaceId): Partial<Moment> => {
    const row: Row = { id: "7", contentId: "7", contentType, spaceId }
    const rows = new Map([[name, new Map([["7", row]])]])
    return { rows, spaces: SPACES, tree: { unknown: new Set(), named: new Set() } }
  })
  return mayBeUnfound({ name, sync: { moments } } as unknown as StreamSeen, "7")
}

test("what passes between an archived space and one in use may be in neither search", () => {
  expect(judge("folders", "folder", "2", "1")).toBe(true)
  expect(judge("content_properties", "folder", "2", "1")).toBe(true)
  expect(judge("content_properties", "embed", "3", "2")).toBe(true)
})

test("what stays among those, or among these, is in one of the searches", () => {
  expect(judge("folders", "folder", "1", "3")).toBe(false)
  expect(judge("content_properties", "folder", "1", "3")).toBe(false)
  expect(judge("content_properties", "folder", "2", "2")).toBe(false)
})

test("what lists show is found wherever it is moved", () => {
  expect(judge("content_properties", "page", "2", "1")).toBe(false)
  expect(judge("pages", "page", "2", "1")).toBe(false)
})
