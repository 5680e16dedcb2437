/** What the judge asks of a table where the site has lied about what there is, and of rows that are sent again in another format. */
import { describe, expect, test } from "vitest"
import type { Held } from "./destination.ts"
import { type BodyFormat, type Moment, noteFormat, type Row } from "./moments.ts"
import { judgeRepeats } from "./repeatRules.ts"
import { judgeTable, NOTHING } from "./tableRules.ts"
import type { StreamSeen } from "./verdict.ts"

const page = (status: string): Row => ({ id: "7", status, version: { number: 1 } })
const momentOf = (row: Row) =>
  ({ rows: new Map([["pages", new Map([["7", row]])]]), spaces: new Map() }) as unknown as Moment

describe("a row that is archived by now, and current in the table", () => {
  const judge = (lied: boolean, held: Omit<Held, "record" | "deleted">) => {
    const seen = {
      name: "pages",
      sync: { moments: [momentOf(page("archived"))], withoutId: new Set(), lied, config: { body_format: "storage" } },
      after: new Map([["7", { record: page("current"), deleted: false, ...held }]]),
    }
    const { violations, excused } = judgeTable(seen as unknown as StreamSeen, { ...NOTHING, whole: true })
    return [...violations.map(({ rule }) => rule), ...(excused > 0 ? [`${excused} excused`] : [])]
  }
  const unvouched = { vouched: false, before: undefined }

  test("is no fault of a sync that was lied to, where a killed one has sent it and no state tells", () => {
    expect(judge(true, unvouched)).toEqual(["1 excused"])
  })

  test("is a fault where a state tells of it, or told of it before", () => {
    expect(judge(true, { vouched: true, before: undefined })).toEqual(["stale"])
    expect(judge(true, { vouched: false, before: { record: page("draft"), deleted: false } })).toEqual(["stale"])
  })

  test("is a fault of a sync that was not lied to", () => {
    expect(judge(false, unvouched)).toEqual(["stale"])
  })
})

describe("a folder that is archived by now, and current in the table", () => {
  const judge = (unknown: ReadonlyArray<string>, sentBy: "this sync" | "an earlier attempt") => {
    const folder = (status: string): Row => ({ id: "7", type: "folder", status })
    const held = { record: folder("current"), deleted: false, vouched: true, before: undefined }
    const rows = new Map([["folders", new Map([["7", folder("archived")]])]])
    const moment = { rows, spaces: new Map(), tree: { unknown: new Set(unknown), named: new Set() } }
    const seen = {
      name: "folders",
      sync: { moments: [moment], withoutId: new Set(), lied: false, config: { body_format: "storage" } },
      before: new Map(sentBy === "this sync" ? [] : [["7", held]]),
      after: new Map([["7", held]]),
    }
    const { violations, excused } = judgeTable(seen as unknown as StreamSeen, { ...NOTHING, whole: true })
    return [...violations.map(({ rule }) => rule), ...(excused > 0 ? [`${excused} excused`] : [])]
  }

  test("is no fault where an earlier attempt of the job has sent it, and nothing tells of it any more", () => {
    expect(judge(["7"], "an earlier attempt")).toEqual(["1 excused"])
  })

  test("is a fault where something tells of it, or where this sync has sent it so", () => {
    expect(judge([], "an earlier attempt")).toEqual(["stale"])
    expect(judge(["7"], "this sync")).toEqual(["stale"])
  })
})

describe("a row that is sent without its body where the table has it as it is", () => {
  const sentIn = (format: BodyFormat, body: unknown): Row => {
    const row = { ...page("current"), body }
    noteFormat(row, format)
    return row
  }
  const judge = (before: Row) => {
    const seen = {
      name: "pages",
      sync: { syncMode: "incremental", config: { body_format: "none" } },
      records: [sentIn("none", {})],
      before: new Map([["7", { record: before, deleted: false, vouched: true, before: undefined }]]),
    }
    return judgeRepeats(seen as unknown as StreamSeen).map(({ rule }) => rule)
  }

  test("is news where the table has it in another format", () => {
    expect(judge(sentIn("storage", { storage: {} }))).toEqual([])
    expect(judge(sentIn("storage", null))).toEqual([])
  })

  test("is sent again where the table has it in that format", () => {
    expect(judge(sentIn("none", {}))).toEqual(["sent again"])
  })
})

describe("what is missing below content that filters could not judge", () => {
  const judge = (stream: string, unjudged: ReadonlyArray<string>, isFiltered = true) => {
    const rows = new Map([[stream, new Map([["7", { id: "7" }]])]])
    const contents = new Map([["comments", new Map([["7", "5"]])]])
    const moment = { rows, spaces: new Map(), filtered: isFiltered ? { contents, places: new Map() } : undefined }
    const seen = {
      name: stream,
      sync: { moments: [moment], withoutId: new Set(), unjudged: new Set(unjudged), lied: false },
      after: new Map(),
    }
    return judgeTable(seen as unknown as StreamSeen, { ...NOTHING, whole: true }).violations.map(({ rule }) => rule)
  }

  test("is no fault, be it the content itself or what hangs on it", () => {
    expect(judge("pages", ["7"])).toEqual([])
    expect(judge("comments", ["5"])).toEqual([])
  })

  test("is a fault below other content, and without filters", () => {
    expect(judge("pages", ["5"])).toEqual(["missing"])
    expect(judge("comments", ["7"])).toEqual(["missing"])
    expect(judge("comments", ["5"], false)).toEqual(["missing"])
  })
})
