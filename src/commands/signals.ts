/** How a command answers SIGTERM and SIGINT: what is under way is interrupted in order, then the process ends by that signal. */
import { Effect, Fiber } from "effect"

export type EndingSignal = "SIGTERM" | "SIGINT"

/** Ends the process by `signal`, as if it had not been caught. As a container's first process that has no effect. */
export const endBy = (signal: EndingSignal): void => {
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
  setTimeout(() => process.exit(signal === "SIGTERM" ? 143 : 130), 100)
}

/**
 * Interrupts the fiber at the first signal; whatever has not ended `graceMs` later is given up. Answers which signal came, if
 * one has.
 */
export const interruptBySignal = (
  fiber: Fiber.Fiber<unknown, unknown>,
  graceMs: number,
): (() => EndingSignal | undefined) => {
  let signalled: EndingSignal | undefined
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      if (signalled !== undefined) return
      signalled = signal
      setTimeout(() => endBy(signal), graceMs).unref()
      Effect.runFork(Fiber.interrupt(fiber))
    })
  }
  return () => signalled
}
