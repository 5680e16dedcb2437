/**
 * The one place that writes protocol messages: whole lines, one write at a time, waiting for the reader. What some readers would take
 * for the end of a line is escaped here, for all messages.
 *
 * A reader that sleeps holds up the writer, so it costs time and no memory. When the reader has gone away, writing
 * fails with `OutputClosed`, which ends the command quietly.
 */
import type { Writable } from "node:stream"
import { Context, Data, Effect, Latch, Layer, Semaphore } from "effect"
import { withLineEndsEscaped } from "./wellFormed.ts"

/** The reader of stdout has closed its end. */
export class OutputClosed extends Data.TaggedError("OutputClosed")<{ readonly message: string }> {}

export class Output extends Context.Service<
  Output,
  {
    /** Writes `text`, one or more whole lines each ended by a line feed, and waits until the system has taken it. */
    readonly write: (text: string) => Effect.Effect<void, OutputClosed>
    /** Waits until nothing is being written. Of several that wait, one goes on at a time as long as it writes at once. */
    readonly idle: Effect.Effect<void>
  }
>()("source-confluence/Output") {
  /** Output to a Node stream. A write is never interrupted: what was begun is written as whole lines. */
  static readonly toStream = (stream: Writable): Layer.Layer<Output> =>
    Layer.sync(Output)(() => {
      const turn = Semaphore.makeUnsafe(1)
      let closed: Error | undefined
      stream.on("error", (cause: Error) => {
        closed = cause
      })
      const writeNow = (text: string) =>
        Effect.callback<void, OutputClosed>((resume) => {
          if (closed !== undefined) return resume(Effect.fail(new OutputClosed({ message: closed.message })))
          stream.write(withLineEndsEscaped(Buffer.from(text)), (cause) => {
            resume(cause ? Effect.fail(new OutputClosed({ message: cause.message })) : Effect.void)
          })
        })
      let writes = 0
      const quiet = Latch.makeUnsafe(true)
      const begin = Effect.sync(() => {
        writes++
        quiet.closeUnsafe()
      })
      const end = Effect.sync(() => {
        if (--writes === 0) quiet.openUnsafe()
      })
      // The latch wakes all that wait; each looks again when those before it have gone on to write.
      const idle: Effect.Effect<void> = Effect.suspend(() =>
        writes === 0 ? Effect.void : quiet.await.pipe(Effect.andThen(Effect.yieldNow), Effect.andThen(idle)),
      )
      return {
        idle,
        write: (text) =>
          Effect.uninterruptible(Effect.ensuring(Effect.andThen(begin, turn.withPermits(1)(writeNow(text))), end)),
      }
    })
}
