/** What answers tell of restrictions: whatever does not say that nobody is named is not taken for that. */
import { describe, expect, test } from "vitest"
import { distinct, isWhole, namedIn, toldByContent, toldByHit } from "../../src/streams/restrictions/answers.ts"

const list = (results: ReadonlyArray<unknown>, limit: number | undefined = 200) => ({
  results,
  start: 0,
  ...(limit === undefined ? {} : { limit }),
  size: results.length,
})
const user = (accountId: string) => ({ type: "known", accountId, displayName: accountId.toUpperCase() })
const group = (id: string) => ({ type: "group", id, name: `the ${id}` })
const operation = (users: unknown, groups: unknown) => ({ restrictions: { user: users, group: groups } })

describe("one operation", () => {
  test("names users and groups", () => {
    expect(namedIn(operation(list([user("a")]), list([group("g")])))).toEqual({
      principals: [
        { type: "user", id: "a", name: "A" },
        { type: "group", id: "g", name: "the g" },
      ],
      next: undefined,
    })
  })

  test("goes on where a list is as long as its limit, has a next page, or does not tell its limit", () => {
    expect(namedIn(operation(list([user("a"), user("b")], 2), list([])))?.next).toBe(2)
    expect(namedIn(operation(list([]), { ...list([group("g")]), _links: { next: "/rest" } }))?.next).toBe(1)
    expect(namedIn(operation({ results: [user("a")] }, { results: [] }))?.next).toBe(1)
    expect(namedIn(operation({ results: [] }, { results: [] }))?.next).toBeUndefined()
    // Both lists go on from one place.
    expect(namedIn(operation(list([user("a"), user("b")], 2), list([group("g")], 1)))?.next).toBe(1)
  })

  test.each([
    ["nothing", undefined],
    ["no restrictions", {}],
    ["no list of groups", { restrictions: { user: list([]) } }],
    ["an expansion that was not made", { restrictions: { user: list([]), _expandable: { group: "" } } }],
    ["a list without results", operation({ size: 0 }, list([]))],
    ["a user without an account", operation(list([{ type: "unknown" }]), list([]))],
    ["a group without an id", operation(list([]), list([{ name: "g" }]))],
    ["null among the users", operation(list([null]), list([]))],
  ])("is not told by %s", (_, answer) => {
    expect(namedIn(answer)).toBeUndefined()
  })
})

describe("both operations", () => {
  const open = operation(list([]), list([]))
  const untold = { principals: [], next: 0 }

  test("are told by a hit, and one that is missing is to be asked for from its beginning", () => {
    expect(isWhole(toldByHit({ restrictions: { read: open, update: open } })!)).toBe(true)
    const half = toldByHit({ restrictions: { read: open, _expandable: { update: "" } } })!
    expect(half.update).toEqual(untold)
    expect(isWhole(half)).toBe(false)
    expect(toldByHit({ restrictions: { _expandable: { read: "", update: "" } } })).toBeUndefined()
    expect(toldByHit({})).toBeUndefined()
  })

  test("are told by the answer for one content, in any order", () => {
    const read = { operation: "read", ...operation(list([user("a")]), list([])) }
    const told = toldByContent({ results: [{ operation: "update", ...open }, read] })!
    expect(told.read.principals).toHaveLength(1)
    expect(isWhole(told)).toBe(true)
    expect(toldByContent({ results: [read] })!.update).toEqual(untold)
    expect(toldByContent({})).toBeUndefined()
    expect(toldByContent({ results: {} })).toBeUndefined()
  })

  test("name everybody once; a user and a group of one id are two", () => {
    const some = [user("x"), user("x")].map(({ accountId }) => ({ type: "user" as const, id: accountId, name: "X" }))
    expect(distinct([...some, { type: "group", id: "x", name: "X" }])).toHaveLength(2)
  })
})
