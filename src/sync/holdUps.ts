/** Shows the waits of requests as statuses of the streams that are being read, and as LOG lines. */
import { Clock, Effect } from "effect"
import type { RequestWatcher } from "../confluence/RequestLog.ts"
import { Output } from "../protocol/Output.ts"
import type { Reporter } from "../protocol/Reporter.ts"
import type { StreamRun } from "./StreamRun.ts"

export const holdUpsOf = (
  runs: ReadonlyArray<StreamRun>,
  reporter: Reporter["Service"],
  output: Output["Service"],
): Partial<RequestWatcher> => {
  const each = (what: (run: Pick<StreamRun, "writer">) => Effect.Effect<void, unknown, Output>) =>
    Effect.forEach(runs, what, { discard: true }).pipe(Effect.provideService(Output, output), Effect.ignore)
  const log = (text: string) => Effect.ignore(reporter.log("INFO", text))
  return {
    onWait: (wait) =>
      wait.reason === "backoff"
        ? log("The site is overloaded; requests pause for a moment.")
        : Effect.gen(function* () {
            const seconds = Math.ceil((wait.untilMs - (yield* Clock.currentTimeMillis)) / 1000)
            yield* log(`The site's ${wait.reason} is reached; requests go on in ${seconds} s.`)
            yield* each(({ writer }) => writer.heldUp(wait.quotaResetMs ?? wait.untilMs))
          }),
    onStillWaiting: (wait) =>
      Effect.gen(function* () {
        const seconds = Math.ceil((wait.untilMs - (yield* Clock.currentTimeMillis)) / 1000)
        yield* log(`Still waiting for the site's ${wait.reason}; requests go on in ${seconds} s.`)
        yield* each(({ writer }) => writer.heldUp(wait.quotaResetMs ?? wait.untilMs))
      }),
    onResume: () => each(({ writer }) => writer.goesOn),
  }
}
