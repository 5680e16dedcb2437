/** What a sync tells of itself: how much there is to come, how much it was shown, and in which order. */
import { Effect, Fiber } from "effect"
import { describe, expect, test } from "vitest"
import { Output } from "../../src/protocol/Output.ts"
import { RecordWriter } from "../../src/protocol/RecordWriter.ts"
import { pages } from "../../src/streams/definitions/pages.ts"
import { StreamRun } from "../../src/sync/StreamRun.ts"
import { Connection, STREAMS } from "../support/Connection.ts"
import { type Ran, Simulation } from "../support/inProcess.ts"

const HOUR = 3_600_000
const always = { config: { reconcile_interval_hours: 0 } }

const listedOf = (ran: Ran): ReadonlyMap<string, number> => {
  const summary = ran.messages.findLast(({ log }) => log?.message.startsWith("Read "))!.log!.message
  return new Map([...summary.matchAll(/^(\w+): listed (\d+)/gm)].map(([, name, listed]) => [name!, Number(listed)]))
}
const estimatesOf = (ran: Ran) => ran.messages.flatMap(({ trace }) => trace?.["estimate"] ?? [])

describe("a sync", () => {
  test("counts each row that it was shown once, however often it was asked for", async () => {
    const simulation = new Simulation({ seed: 71, pages: 700, spaces: 6, settings: { maxPageSize: 50 } })
    const { site, clock } = simulation
    const connection = new Connection(simulation)
    const first = await connection.sync()
    for (const stream of STREAMS) expect(listedOf(first).get(stream), stream).toBe(site.truth(stream).length)
    for (const page of site.truth("pages").slice(0, 60)) site.move(String(page["id"]), { parentId: null })
    clock.advance(HOUR)
    // Each is listed by its change, compared, and fetched: three times the same row.
    const second = await connection.sync(always)
    for (const stream of STREAMS) expect(listedOf(second).get(stream), stream).toBe(site.truth(stream).length)
  })

  test("that sends what has changed does not announce all rows of the site", async () => {
    const simulation = new Simulation({ seed: 72, pages: 3000, spaces: 3, bodyBytes: 100 })
    const connection = new Connection(simulation)
    const first = await connection.sync({ streams: ["pages"] })
    expect(estimatesOf(first).length).toBeGreaterThan(0)
    simulation.site.edit(String(simulation.site.truth("pages")[5]!["id"]), { body: "<p>one</p>" })
    simulation.clock.advance(HOUR)
    expect(estimatesOf(await connection.sync({ ...always, streams: ["pages"] }))).toEqual([])
  })
})

test("nothing of a stream is told after it is complete, however slow the reader is", async () => {
  const lines: Array<string> = []
  // A reader that takes some lines late: what was about to be written when the stream ended must not come after its end.
  const slow = {
    idle: Effect.void,
    write: (text: string) =>
      Effect.sync(() => void lines.push(...text.split("\n").slice(0, -1))).pipe(
        Effect.delay(text.includes("RUNNING") ? "20 millis" : "1 millis"),
      ),
  }
  const run = new StreamRun({
    facts: pages,
    tellsChanges: true,
    writer: new RecordWriter({ name: "pages" }),
    configured: { descriptor: { name: "pages" }, syncMode: "full_refresh", columns: undefined },
    properties: { id: { type: ["null", "string"] } },
    site: "site",
    setup: "none",
    scope: "",
    startedAt: 0,
    from: undefined,
    jobId: undefined,
    finished: false,
    accounts: undefined,
  })
  const program = Effect.gen(function* () {
    yield* run.writer.started
    yield* run.page([{ id: "1" }])
    const ending = yield* Effect.forkChild(run.complete)
    const telling = yield* Effect.forkChild(
      Effect.forEach([1, 2, 3, 4], () => Effect.andThen(run.writer.heldUp(5), run.writer.goesOn), { discard: true }),
    )
    yield* Fiber.join(ending)
    yield* Fiber.join(telling)
  })
  await Effect.runPromise(Effect.provideService(program, Output, slow))
  const statuses = lines.flatMap((line) => /"status":"(\w+)"/.exec(line)?.[1] ?? [])
  expect(statuses.filter((status) => status === "COMPLETE")).toHaveLength(1)
  expect(statuses.at(-1)).toBe("COMPLETE")
})
