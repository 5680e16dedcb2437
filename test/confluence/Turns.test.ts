/** Whose turn it is: the most urgent first. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { Turns } from "../../src/confluence/Turns.ts"

describe("the queue for a turn", () => {
  it.effect("lets one at a time have it, the most urgent first", () =>
    Effect.gen(function* () {
      const turns = new Turns()
      const order: Array<number> = []
      const take = (priority: number) =>
        turns.withTurn(priority, () =>
          Effect.andThen(
            Effect.yieldNow,
            Effect.sync(() => void order.push(priority)),
          ),
        )
      yield* Effect.forEach([0, 1, 3, 2], take, { concurrency: "unbounded" })
      assert.deepStrictEqual(order, [0, 3, 2, 1])
      assert.strictEqual(turns.waiting, 0)
    }),
  )

  it.effect("tells the one that has it when somebody more urgent waits, and brings it back", () =>
    Effect.gen(function* () {
      const turns = new Turns()
      const order: Array<string> = []
      const patient = yield* Effect.forkChild(
        turns.withTurn(0, (turn) =>
          Effect.gen(function* () {
            while (!turn.isOvertaken()) yield* Effect.yieldNow
            order.push("gives way")
            yield* turn.giveWay
            order.push("is back")
          }),
        ),
      )
      yield* Effect.yieldNow
      const equal = yield* Effect.forkChild(turns.withTurn(0, () => Effect.sync(() => void order.push("equal"))))
      yield* Effect.yieldNow
      yield* turns.withTurn(1, () => Effect.sync(() => void order.push("urgent")))
      yield* Fiber.join(patient)
      yield* Fiber.join(equal)
      assert.deepStrictEqual(order, ["gives way", "urgent", "is back", "equal"])
    }),
  )

  it.effect("hands it on when its holder fails or is interrupted, and forgets who is interrupted while waiting", () =>
    Effect.gen(function* () {
      const turns = new Turns()
      const failed = yield* Effect.exit(turns.withTurn(0, () => Effect.fail("no")))
      assert.isTrue(Exit.isFailure(failed))
      const holder = yield* Effect.forkChild(turns.withTurn(0, () => Effect.never))
      const waiting = yield* Effect.forkChild(turns.withTurn(0, () => Effect.never))
      const last = yield* Effect.forkChild(turns.withTurn(0, () => Effect.succeed("mine")))
      yield* Effect.yieldNow
      assert.strictEqual(turns.waiting, 2)
      yield* Fiber.interrupt(waiting)
      assert.strictEqual(turns.waiting, 1)
      yield* Fiber.interrupt(holder)
      assert.strictEqual(yield* Fiber.join(last), "mine")
    }),
  )

  it.effect("goes through thousands that make nothing of it", () =>
    Effect.gen(function* () {
      const turns = new Turns()
      const all = Effect.forEach(Array(5_000), () => Effect.exit(turns.withTurn(0, () => Effect.fail("no"))), {
        concurrency: "unbounded",
      })
      const holder = yield* Effect.forkChild(turns.withTurn(1, () => Effect.sleep(1)))
      yield* Effect.yieldNow
      const waiting = yield* Effect.forkChild(all)
      yield* TestClock.adjust(1)
      yield* Fiber.join(holder)
      assert.lengthOf(yield* Fiber.join(waiting), 5_000)
      assert.strictEqual(turns.waiting, 0)
    }),
  )
})
