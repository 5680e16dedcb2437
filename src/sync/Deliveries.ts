/**
 * Sends the rows of one stream with their files: a row is written when its file is whole, whichever of those on their way that is, so
 * that a slow one holds up nobody.
 *
 * A page's position goes ahead of its files. That is no promise: a scan which was cut off compares everything when it is resumed, and
 * all else that a state says of the whole stream is written when the files have come (`settled`). A row whose file is on its way is not
 * known to the index, or known as it was, so that whoever goes on after a kill finds it to be news.
 */
import { type Cause, Effect, Exit, Latch, type Scope } from "effect"
import type { Row } from "../confluence/Listing.ts"
import type { Output } from "../protocol/Output.ts"
import type { Courier } from "./Courier.ts"
import type { ReadFailure } from "./failures.ts"
import type { Files } from "./Files.ts"
import { withFile } from "./fileStatus.ts"
import type { StreamRun } from "./StreamRun.ts"

/** So many rows wait for their files at most, before another page is taken. */
const MOST_WAITING = 500

/** For the run of a stream that tells changes, and wants files. What is on its way ends with the scope. */
export const deliveriesOf = Effect.fnUntraced(function* (
  run: StreamRun,
  files: Files["Service"],
): Effect.fn.Return<Courier, never, Output | Scope.Scope> {
  const changes = run.changes!
  const limits = files.limits!
  const scope = yield* Effect.scope
  const context = yield* Effect.context<Output>()
  /** Ids of rows whose files are on their way, or wait for that. */
  const owed = new Set<string>()
  const waiting: Array<Row> = []
  let carriers = 0
  let failure: Cause.Cause<ReadFailure> | undefined
  const idle = Latch.makeUnsafe(true)
  const room = Latch.makeUnsafe(true)

  const deliver = Effect.fnUntraced(function* (row: Row) {
    const outcome = yield* files.fetch(run.facts.name, row, changes.lost.has(String(row["id"])))
    const before = run.counts.emitted
    yield* Effect.uninterruptible(run.take([withFile(row, outcome)], () => void owed.delete(String(row["id"]))))
    // Something may have been found out about the row meanwhile.
    if (outcome.status === "transferred" && run.counts.emitted === before) yield* files.remove(outcome.file)
  })

  const carry = Effect.gen(function* () {
    for (;;) {
      const row = failure === undefined ? waiting.shift() : undefined
      if (row === undefined) return
      if (waiting.length < MOST_WAITING) room.openUnsafe()
      yield* deliver(row)
    }
  }).pipe(
    Effect.onExit((exit) =>
      Effect.sync(() => {
        carriers--
        if (Exit.isFailure(exit)) failure ??= exit.cause
        if (failure !== undefined) room.openUnsafe()
        if (failure !== undefined || (carriers === 0 && waiting.length === 0)) idle.openUnsafe()
      }),
    ),
    Effect.exit,
    Effect.provideContext(context),
  )

  const orFailure: Effect.Effect<void, ReadFailure> = Effect.suspend(() =>
    failure === undefined ? Effect.void : Effect.failCause(failure),
  )

  const begin = Effect.suspend(() => {
    if (waiting.length === 0 || carriers >= files.atOnce) return Effect.void
    carriers++
    idle.closeUnsafe()
    return Effect.forkIn(carry, scope)
  })

  return {
    counts: files.counts,
    take: (rows, advance, mayBeMalformed) =>
      Effect.gen(function* () {
        yield* orFailure
        const now: Array<Row> = []
        for (const row of rows) {
          const id = String(row["id"])
          if (owed.has(id) || changes.awaitsFile(row)) {
            changes.expectFile(row)
            if (owed.has(id)) continue
            owed.add(id)
            waiting.push(row)
            continue
          }
          const treatment = limits.treatmentOf(row)
          now.push(treatment === "fetch" ? row : withFile(row, { status: treatment }))
        }
        if (waiting.length >= MOST_WAITING) room.closeUnsafe()
        for (let count = 0; count < files.atOnce; count++) yield* begin
        yield* run.take(now, advance, mayBeMalformed)
        yield* room.await
        yield* orFailure
      }),
    settled: Effect.andThen(idle.await, orFailure),
  }
})
