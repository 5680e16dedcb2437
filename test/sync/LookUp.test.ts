/** Rows are found by their ids in batches; those whose bodies cannot be had spoil their batches, and cost themselves alone. */
import { Effect, Layer } from "effect"
import { describe, expect, test } from "vitest"
import { type ApiRequest, ConfluenceClient } from "../../src/confluence/ConfluenceClient.ts"
import { SiteUnavailable } from "../../src/confluence/errors.ts"
import type { Row } from "../../src/confluence/Listing.ts"
import { REPEATED } from "../../src/site/manyValues.ts"
import { SiteDirectory } from "../../src/site/SiteDirectory.ts"
import { batchesOf, eachById } from "../../src/sync/LookUp.ts"
import { lacksBody } from "../../src/sync/lostBodies.ts"
import { RowWeights } from "../../src/sync/PageSize.ts"
import { WalkBoard } from "../../src/sync/WalkBoard.ts"
import { Chance } from "../simulation/chance.ts"

const LIST = { path: "/pages", query: [], body: [["body-format", "storage"]], stream: "pages", scope: "read" } as const

/** A site that has the rows of even ids, and cannot answer with the bodies of some. */
const lookUp = async (ids: ReadonlyArray<string>, spoiling: ReadonlySet<string>, suspects?: ReadonlySet<string>) => {
  const asked: Array<ReadonlyArray<string>> = []
  const answer = ({ query = [] }: ApiRequest) => {
    const some = query.flatMap(([name, value]) => (name === "id" ? [value] : []))
    const withBodies = query.some(([name]) => name === "body-format")
    asked.push(some)
    if (withBodies && some.some((id) => spoiling.has(id))) {
      const details = { message: "no", endpoint: "GET /pages", internalMessage: undefined }
      return Effect.fail(new SiteUnavailable({ ...details, kind: "server error", status: 500, tries: 1 }))
    }
    const there = some.filter((id) => Number(id) % 2 === 0)
    const results = there.map((id) => (withBodies ? { id, body: {} } : { id }))
    return Effect.succeed({ status: 200, body: { results, _links: {} }, bytes: 1000, mayBeMalformed: false } as never)
  }
  const services = Layer.mergeAll(
    Layer.succeed(ConfluenceClient, { idleSlots: () => 1, request: answer }),
    Layer.succeed(SiteDirectory, { severalValues: Effect.succeed(REPEATED) } as never),
    Layer.succeed(WalkBoard, { weights: new RowWeights() } as never),
  )
  const found: Array<Row> = []
  const keep = (rows: ReadonlyArray<Row>) => Effect.sync(() => void found.push(...rows))
  const program = eachById(LIST, ids, keep, suspects) as Effect.Effect<void, unknown, ConfluenceClient>
  await Effect.runPromise(program.pipe(Effect.provide(services)))
  return { asked, found }
}

const idsTo = (count: number) => Array.from({ length: count }, (_, each) => String(each + 1))

describe("rows that are looked up", () => {
  test("are asked for 250 at a time, and those that are there are found", async () => {
    const { asked, found } = await lookUp(idsTo(600), new Set())
    expect(
      asked
        .filter((some) => some.length > 0)
        .map((some) => some.length)
        .toSorted((a, b) => a - b),
    ).toEqual([100, 250, 250])
    expect(found.length).toBe(300)
  })

  test("are each found once, without a body only where that cannot be had", async () => {
    for (let seed = 1; seed <= 40; seed++) {
      const chance = new Chance(seed)
      const ids = idsTo(chance.spread(2, 500))
      const spoiling = new Set(Array.from({ length: chance.between(0, 4) }, () => chance.of(ids)))
      const { found } = await lookUp(ids, spoiling)
      const there = ids.filter((id) => Number(id) % 2 === 0)
      expect(found.map(({ id }) => Number(id)).toSorted((a, b) => a - b)).toEqual(there.map(Number))
      expect(new Set(found.flatMap((row) => (lacksBody(row) ? [row["id"]] : [])))).toEqual(
        new Set(there.filter((id) => spoiling.has(id))),
      )
    }
  })

  test("are halved: one that spoils a batch of 250 costs some twenty requests", async () => {
    for (const id of ["1", "2", "100", "128", "249", "250"]) {
      const { asked } = await lookUp(idsTo(250), new Set([id]))
      expect(asked.length).toBeLessThanOrEqual(20)
    }
  })

  test("are asked for alone where their bodies could not be had before", async () => {
    const { asked } = await lookUp(idsTo(20), new Set(["4"]), new Set(["4", "6"]))
    expect(asked.filter((some) => some.includes("4")).every((some) => some.length === 1)).toBe(true)
    expect(asked.some((some) => some.length === 18)).toBe(true)
  })
})

describe("batches", () => {
  test("have every id once, in order, and no more than are taken at once", () => {
    for (const [count, size] of [
      [0, 5],
      [5, 5],
      [11, 5],
      [3, 250],
    ] as const) {
      const batches = batchesOf(idsTo(count), size)
      expect(batches.flat()).toEqual(idsTo(count))
      expect(batches.length).toBe(Math.ceil(count / size))
    }
  })
})
