/** Pages of lists as the site gives them: where a list goes on, and where it ends. */
import { Effect, Layer } from "effect"
import { describe, expect, test } from "vitest"
import { ConfluenceClient } from "../../src/confluence/ConfluenceClient.ts"
import { eachPage, type List, type Row } from "../../src/confluence/Listing.ts"

const CURSORS: List = { path: "/list", query: [], paging: "cursor", limit: 250, stream: "pages", scope: "read" }
const OFFSETS: List = { ...CURSORS, paging: "offset", limit: 200 }

interface Answer {
  readonly rows: ReadonlyArray<unknown>
  readonly links?: unknown
  readonly header?: string
  readonly total?: number
}

/** Reads a list of which each page is answered by its position; answers the ids of its rows, and the positions asked for. */
const read = async (list: List, pages: Readonly<Record<string, Answer>>) => {
  const asked: Array<string> = []
  const client = Layer.succeed(ConfluenceClient, {
    idleSlots: () => 1,
    request: ({ query = [] }) =>
      Effect.sync(() => {
        const position = query.find(([name]) => name === "cursor" || name === "start")?.[1] ?? ""
        asked.push(position)
        const { rows, links, header, total } = pages[position]!
        const body = { results: rows, _links: links ?? {}, ...(total === undefined ? {} : { totalSize: total }) }
        return { status: 200, body, link: header, bytes: 1, mayBeMalformed: false } as never
      }),
  })
  const ids: Array<unknown> = []
  const keep = (rows: ReadonlyArray<Row>) => Effect.sync(() => rows.forEach(({ id }) => ids.push(id)))
  const exit = await Effect.runPromise(Effect.result(eachPage(list, keep).pipe(Effect.provide(client))))
  return { ids, asked, failure: exit._tag === "Failure" ? exit.failure._tag : undefined }
}

const rows = (...ids: ReadonlyArray<number>) => ids.map((id) => ({ id }))
const next = (cursor: string) => ({ next: `/wiki/api/v2/list?limit=250&cursor=${encodeURIComponent(cursor)}` })

describe("a list with cursors", () => {
  test("goes on after short pages and empty ones, for as long as there is a next page", async () => {
    const { ids, asked } = await read(CURSORS, {
      "": { rows: rows(1, 2), links: next("a=/+") },
      "a=/+": { rows: [], links: next("b") },
      b: { rows: rows(3) },
    })
    expect(ids).toEqual([1, 2, 3])
    expect(asked).toEqual(["", "a=/+", "b"])
  })

  test("goes on where the header alone tells of the next page", async () => {
    const header = '</x?cursor=p>; rel="prev", <https://elsewhere.example/list?cursor=n>; rel="next"'
    expect((await read(CURSORS, { "": { rows: rows(1), header }, n: { rows: rows(2) } })).ids).toEqual([1, 2])
  })

  test("that seems empty is asked for twice", async () => {
    expect((await read(CURSORS, { "": { rows: [] } })).asked).toEqual(["", ""])
  })

  test("that leads back to a page is no list that ends", async () => {
    const { failure } = await read(CURSORS, {
      "": { rows: rows(1), links: next("a") },
      a: { rows: rows(2), links: next("a") },
    })
    expect(failure).toBe("CursorLoop")
  })

  test("gives its rows without what are no rows", async () => {
    expect((await read(CURSORS, { "": { rows: [null, { id: 1 }, 7, []] } })).ids).toEqual([1])
  })
})

describe("a list that is counted", () => {
  test("goes on after short pages, and ends at an empty one", async () => {
    const { ids, asked } = await read(OFFSETS, {
      "": { rows: rows(1, 2, 3) },
      "3": { rows: rows(4) },
      "4": { rows: [] },
    })
    expect(ids).toEqual([1, 2, 3, 4])
    expect(asked).toEqual(["", "3", "4"])
  })

  test("ends at its total, without a look at an empty page", async () => {
    const { asked } = await read(OFFSETS, { "": { rows: rows(1, 2), total: 3 }, "2": { rows: rows(3), total: 3 } })
    expect(asked).toEqual(["", "2"])
  })

  test("does not believe a total of 0 beside rows", async () => {
    const { ids } = await read(OFFSETS, { "": { rows: rows(1), total: 0 }, "1": { rows: [], total: 0 } })
    expect(ids).toEqual([1])
  })

  test("goes on where its link leads, as long as that is forwards", async () => {
    const to = (start: number) => ({ next: `/rest/api/group?start=${start}` })
    const { asked } = await read(OFFSETS, {
      "": { rows: rows(1), links: to(200) },
      "200": { rows: rows(2), links: to(0) },
      "201": { rows: [] },
    })
    expect(asked).toEqual(["", "200", "201"])
  })
})
