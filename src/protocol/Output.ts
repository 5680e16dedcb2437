/**
 * The one place that writes protocol messages: whole lines, one write at a time, waiting for the reader.
 *
 * A reader that sleeps holds up the writer, so it costs time and no memory. When the reader has gone away, writing
 * fails with `OutputClosed`, which ends the command quietly.
 */
import { Context, Data, Effect, Layer, Semaphore } from "effect"
import type { Writable } from "node:stream"

/** The reader of stdout has closed its end. */
export class OutputClosed extends Data.TaggedError("OutputClosed")<{ readonly message: string }> {}

export class Output extends Context.Service<
  Output,
  {
    /** Writes `text`, one or more whole lines each ended by a line feed, and waits until the system has taken it. */
    readonly write: (text: string) => Effect.Effect<void, OutputClosed>
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
          stream.write(text, (cause) => {
            resume(cause ? Effect.fail(new OutputClosed({ message: cause.message })) : Effect.void)
          })
        })
      return { write: (text) => Effect.uninterruptible(turn.withPermits(1)(writeNow(text))) }
    })
}
