/** When a writer brings its rows into the table: with which states, how often, and what becomes of the rest. */
import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { Effect, Exit } from "effect"
import { TestClock } from "effect/testing"
import { describe, expect, it } from "vitest"
import { OneStream } from "../../src/extract/progress.ts"
import { TableLoad } from "../../src/extract/TableLoad.ts"
import { TableWriter } from "../../src/extract/TableWriter.ts"
import { placeOf, Target, workFile } from "../../src/extract/target.ts"
import type { TargetFailed } from "../../src/extract/TargetFailed.ts"
import { withFolder } from "../support/runConnector.ts"
import { SITE, STARTED_AT, type Thing, things } from "./support.ts"

interface Opened {
  readonly target: Target
  readonly writer: TableWriter<TargetFailed>
  readonly progress: OneStream
  readonly folder: string
}

const withWriter = <A>(whole: boolean, use: (opened: Opened) => Promise<A>): Promise<A> =>
  withFolder(async (folder) => {
    const place = placeOf(join(folder, "things.duckdb"), undefined)
    const target = await Target.open(place, new Set())
    await target.claim(SITE)
    const progress = new OneStream("things", Date.now, () => undefined)
    const load = new TableLoad(target.store, things, {
      stored: undefined,
      whole,
      resumed: false,
      startedAt: STARTED_AT,
      warn: () => undefined,
    })
    const writer = new TableWriter({
      load,
      whole,
      progress,
      name: place.name,
      file: () => workFile(place, "ndjson"),
      toLines: (rows) => rows.map((row) => `${JSON.stringify(row)}\n`),
      failed: (failure) => failure,
    })
    try {
      return await use({ target, writer, progress, folder })
    } finally {
      await target.close()
    }
  })

const thing = (id: number, more: Thing = {}): Thing => ({ id: String(id), kind: "x", ...more })

const rowsIn = ({ engine }: Target): Promise<number> =>
  engine
    .count("select count(*) from duckdb_tables() where table_name = 'things'")
    .then((tables) => (tables === 0 ? 0 : engine.count("select count(*) from target.main.things")))
const stateIn = async ({ store }: Target): Promise<unknown> => (await store.streams()).get("things")?.state

const run = <A, E>(effect: Effect.Effect<A, E>) => Effect.runPromise(effect.pipe(Effect.provide(TestClock.layer())))

describe("a stream that tells changes", () => {
  it("comes into the table when half a minute has gone by, with the state of that page", () =>
    withWriter(false, async ({ target, writer }) => {
      await run(
        Effect.gen(function* () {
          yield* writer.started
          yield* writer.page(
            () => [thing(1)],
            () => ({ at: 1 }),
            false,
          )
          expect(yield* Effect.promise(() => rowsIn(target))).toBe(0)
          expect(writer.isStateDue(29_999)).toBe(false)
          expect(writer.isStateDue(30_000)).toBe(true)
          yield* TestClock.adjust("31 seconds")
          yield* writer.page(
            () => [thing(2)],
            () => ({ at: 2 }),
            false,
          )
          expect(yield* Effect.promise(() => rowsIn(target))).toBe(2)
          expect(yield* Effect.promise(() => stateIn(target))).toEqual({ at: 2 })
          expect(writer.isStateDue(61_000)).toBe(false)
        }),
      )
    }))

  it("comes into the table when there are many bytes of it", () =>
    withWriter(false, async ({ target, writer }) => {
      const title = "t".repeat(1_000_000)
      await run(
        Effect.gen(function* () {
          for (let id = 1; id <= 40; id++)
            yield* writer.page(
              () => [thing(id, { title })],
              () => ({ id }),
              false,
            )
          expect(yield* Effect.promise(() => rowsIn(target))).toBe(32)
          expect(yield* Effect.promise(() => stateIn(target))).toEqual({ id: 32 })
        }),
      )
    }))

  it("that could not be read to its end has what a checkpoint vouches for, and takes nothing more", () =>
    withWriter(false, async ({ target, writer, progress, folder }) => {
      await run(
        Effect.gen(function* () {
          yield* writer.page(
            () => [thing(1)],
            () => ({ at: 1 }),
            false,
          )
          yield* writer.checkpoint(() => ({ at: 1 }))
          yield* writer.ended("INCOMPLETE")
          let asked = false
          yield* writer.page(
            () => ((asked = true), [thing(2)]),
            () => ({ at: 2 }),
            false,
          )
          expect(asked).toBe(false)
        }),
      )
      expect([await rowsIn(target), progress.phase, await stateIn(target)]).toEqual([1, "failed", { at: 1 }])
      expect(readdirSync(join(folder, "things.duckdb.tmp")).filter((file) => file.endsWith(".ndjson"))).toEqual([])
    }))

  it("says what has failed, and keeps what had been finished", () =>
    withWriter(false, async ({ target, writer }) => {
      await run(
        writer.page(
          () => [thing(1)],
          () => ({ at: 1 }),
          false,
        ),
      )
      await run(writer.checkpoint(() => ({ at: 1 })))
      await target.engine.run("drop table target.main.things")
      await run(
        writer.page(
          () => [thing(2)],
          () => ({ at: 2 }),
          false,
        ),
      )
      const exit = await Effect.runPromise(Effect.exit(writer.checkpoint(() => ({ at: 2 }))))
      expect(Exit.isFailure(exit)).toBe(true)
      expect(JSON.stringify(exit)).toMatch(/could not be written\. What had been finished before is kept/)
      expect(await stateIn(target)).toEqual({ at: 1 })
    }))
})

describe("a stream that is read whole", () => {
  const pages = (writer: TableWriter<TargetFailed>) =>
    Effect.gen(function* () {
      for (let id = 1; id <= 3; id++) {
        yield* writer.page(
          () => [thing(id)],
          () => ({ id }),
          false,
        )
        yield* TestClock.adjust("60 seconds")
      }
      yield* writer.checkpoint(() => ({ done: 1 }))
    })

  it("comes into the table when all has been read", () =>
    withWriter(true, async ({ target, writer, progress }) => {
      await run(pages(writer))
      expect([await rowsIn(target), writer.isStateDue(1e9)]).toEqual([0, false])
      await run(writer.ended("COMPLETE"))
      expect([await rowsIn(target), await stateIn(target), progress.phase]).toEqual([3, { done: 1 }, "done"])
    }))

  it("that could not be read to its end has no table, and not an empty one", () =>
    withWriter(true, async ({ target, writer }) => {
      await run(pages(writer))
      await run(writer.ended("INCOMPLETE"))
      expect(await target.engine.count("select count(*) from duckdb_tables() where table_name = 'things'")).toBe(0)
      expect(await stateIn(target)).toBeUndefined()
      expect(existsSync(target.place.tables)).toBe(true)
    }))
})
