/** How batches of rows come into a table: keys that come twice, tombstones, what comes back, what is read anew, and odd values. */
import { describe, expect, it } from "vitest"
import { tablesOf } from "../support/tables.ts"
import { STARTED_AT, type Thing, type Things, withThings } from "./support.ts"

const thing = (id: string, more: Thing = {}): Thing => ({ id, kind: "x", title: `Title of ${id}`, ...more })
const gone = (id: string, reason = "trashed"): Thing => ({
  id,
  kind: "x",
  changedAt: "2026-07-01T08:00:00.000Z",
  _ab_cdc_deleted_at: "2026-07-01T08:00:00.000Z",
  deletionReason: reason,
})

const titlesIn = async ({ path }: Things): Promise<Readonly<Record<string, unknown>>> =>
  Object.fromEntries(((await tablesOf(path)).get("things") ?? []).map(({ id, title }) => [String(id), title]))

const deletedIn = async ({ path }: Things): Promise<ReadonlyArray<unknown>> =>
  ((await tablesOf(path)).get("deleted_rows") ?? []).map(({ key, deletion_reason: reason, deleted_at: at }) => [
    (key as Thing)["id"],
    reason,
    at,
  ])

const AT = "2026-07-01T08:00:00.000Z"

describe("batches", () => {
  it("are added, then replace and delete, and what comes back is no deleted row any more", () =>
    withThings(async (target) => {
      const first = await target.extract(async (load) => {
        await load.apply(target.batch([thing("1"), thing("2"), thing("3")]), { at: 1 })
        await load.apply(target.batch([thing("4")]), { at: 2 })
        await load.finish({ at: 3 })
      })
      expect(first).toEqual({ added: 4, changed: 0, deleted: 0 })
      const second = await target.extract(async (load) => {
        await load.apply(
          target.batch([thing("2", { title: "Edited" }), gone("3"), gone("9", "purged"), thing("5")]),
          {},
        )
      })
      expect(second).toEqual({ added: 1, changed: 1, deleted: 1 })
      expect(await titlesIn(target)).toEqual({ 1: "Title of 1", 2: "Edited", 4: "Title of 4", 5: "Title of 5" })
      expect(await deletedIn(target)).toEqual([
        ["3", "trashed", AT],
        ["9", "purged", AT],
      ])
      await target.extract((load) => load.apply(target.batch([thing("3"), gone("9", "filtered")]), { at: 9 }))
      expect(await deletedIn(target)).toEqual([["9", "filtered", AT]])
      expect(await target.state()).toEqual({ at: 9 })
    }))

  it("of which the last row of a key counts, in one batch or in several, in a new table or not", () =>
    withThings(async (target) => {
      const done = await target.extract(async (load) => {
        await load.apply(target.batch([thing("1"), thing("2"), thing("1", { title: "Last" })]), {})
        await load.apply(target.batch([thing("2", { title: "Later" }), thing("2", { title: "Latest" })]), {})
        await load.apply(target.batch([thing("1", { title: "Very last" }), gone("2"), thing("3"), gone("3")]), {})
      })
      expect(await titlesIn(target)).toEqual({ 1: "Very last" })
      expect(done).toEqual({ added: 2, changed: 2, deleted: 1 })
    }))

  it("leave rows of other keys alone that have a column of the key in common", () =>
    withThings(async (target) => {
      await target.extract((load) => load.apply(target.batch([thing("1"), thing("1", { kind: "y" })]), {}))
      await target.extract((load) => load.apply(target.batch([gone("1")]), {}))
      expect((await tablesOf(target.path)).get("things")).toEqual([expect.objectContaining({ id: "1", kind: "y" })])
    }))

  it("whose writing fails leave rows, counts and state as they were", () =>
    withThings(async (target) => {
      await target.extract((load) => load.apply(target.batch([thing("1")]), { at: 1 }))
      await target.extract(async (load) => {
        const broken = { ...target.batch([thing("2")]), path: "/no/such/file" }
        await expect(load.apply(broken, { at: 2 })).rejects.toThrow(/No files found/)
        expect(load.done).toEqual({ added: 0, changed: 0, deleted: 0 })
        await load.apply(target.batch([thing("3")]), { at: 3 })
      })
      expect(await titlesIn(target)).toEqual({ 1: "Title of 1", 3: "Title of 3" })
      expect(await target.state()).toEqual({ at: 3 })
    }))
})

describe("values", () => {
  it("have the types of their columns; times lose no millisecond, and JSON nothing", () =>
    withThings(async (target) => {
      const row = thing("1", {
        title: 'He said "no" — \u2028 新 🎈 \\ \n',
        size: 9_007_199_254_740_991,
        isNew: false,
        at: "2026-07-01T10:00:00.123+02:00",
        details: { b: [1, null, { c: "1.0" }], a: 1.5, "": "\u0085" },
      })
      await target.extract((load) => load.apply(target.batch([row, thing("2")]), {}))
      const rows = (await tablesOf(target.path)).get("things")!
      expect(rows[0]).toMatchObject({ ...row, at: "2026-07-01T08:00:00.123Z" })
      expect(rows[1]).toMatchObject({ size: null, isNew: null, at: null, details: null })
    }))

  it("that are not of their column's type are left out, the row is kept, and people are told", () =>
    withThings(async (target) => {
      const odd = [thing("1", { at: "2026-02-30T00:00:00Z" }), thing("2", { size: 1e300 }), thing("3", { size: 3 })]
      const done = await target.extract((load) => load.apply(target.batch(odd), {}))
      const rows = (await tablesOf(target.path)).get("things")!
      expect(rows.map(({ id, size, at }) => [id, size, at])).toEqual([
        ["1", null, null],
        ["2", null, null],
        ["3", 3, null],
      ])
      expect(done.added).toBe(3)
      expect(target.warnings).toEqual([expect.stringMatching(/^things: values that are not of their column's type/)])
    }))

  it("may be larger than a reader of JSON expects", () =>
    withThings(async (target) => {
      const title = "long ".repeat(5_000_000)
      await target.extract((load) => load.apply(target.batch([thing("1", { title }), thing("2")]), {}))
      const rows = (await tablesOf(target.path)).get("things")!
      expect(rows.map((row) => String(row["title"]).length)).toEqual([25_000_000, "Title of 2".length])
    }))
})

describe("a stream that is read whole", () => {
  it("replaces its table by what differs, and tells what is gone", () =>
    withThings(async (target) => {
      const whole = (rows: ReadonlyArray<Thing>, full = false) =>
        target.extract((load) => load.replace(rows.length === 0 ? undefined : target.batch(rows), {}), {
          whole: true,
          full,
        })
      expect(await whole([thing("1"), thing("2"), thing("3", { details: { a: 1 } })])).toEqual({
        added: 3,
        changed: 0,
        deleted: 0,
      })
      expect(await whole([thing("1"), thing("2", { title: "Edited" }), thing("4")])).toEqual({
        added: 1,
        changed: 1,
        deleted: 1,
      })
      expect(await titlesIn(target)).toEqual({ 1: "Title of 1", 2: "Edited", 4: "Title of 4" })
      expect(await deletedIn(target)).toEqual([["3", null, new Date(STARTED_AT).toISOString()]])
      expect(await whole([])).toEqual({ added: 0, changed: 0, deleted: 3 })
      expect(await titlesIn(target)).toEqual({})
      expect(await whole([thing("3")])).toEqual({ added: 1, changed: 0, deleted: 0 })
      expect((await deletedIn(target)).length).toBe(3)
      expect(await whole([thing("5")], true)).toEqual({ added: 1, changed: 0, deleted: 1 })
      expect(await deletedIn(target)).toEqual([])
    }))
})

describe("a table that is read anew", () => {
  it.each([
    ["because that was asked for, loses what has not come, and knows of no deletion", { full: true }, []],
    [
      "because there is no state to go on from, loses what has not come, and knows it",
      { forgets: true },
      ["2", null, AT],
    ],
  ])("%s", (_, how, deleted) =>
    withThings(async (target) => {
      await target.extract(async (load) => {
        await load.apply(target.batch([thing("1"), thing("2"), thing("3"), gone("8")]), { at: 1 })
        await load.finish({ at: 1 })
      })
      // It is killed after the first batch; the next extract goes on.
      await target.extract((load) => load.apply(target.batch([thing("3", { title: "Anew" })]), { at: 2 }), how)
      expect(Object.keys(await titlesIn(target))).toEqual(["1", "2", "3"])
      const done = await target.extract(async (load) => {
        await load.apply(target.batch([thing("1"), thing("4")]), { at: 3 })
        await load.finish({ at: 4 })
      })
      expect(done).toEqual({ added: 1, changed: 1, deleted: 1 })
      expect(await titlesIn(target)).toEqual({ 1: "Title of 1", 3: "Anew", 4: "Title of 4" })
      const kept = (await deletedIn(target)).filter(([id]: any) => id !== "8")
      expect(kept).toEqual(deleted.length === 0 ? [] : [deleted])
      expect((await deletedIn(target)).length).toBe(deleted.length === 0 ? 0 : 2)
    }),
  )
})
