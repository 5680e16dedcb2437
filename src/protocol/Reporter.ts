/**
 * Tells people what happens: LOG lines and TRACE ERRORs, with every secret masked.
 *
 * The level of LOG_LEVEL, or DEBUG by `--debug`, and what is graver are written; the platform shows them in the sync's log.
 */
import { Clock, Context, Effect, Layer } from "effect"
import { errorLine, type FailureReport, type LogLevel, logLine } from "./messages.ts"
import { Output, type OutputClosed } from "./Output.ts"
import type { Redactor } from "./Redactor.ts"

const GRAVITY: ReadonlyArray<LogLevel> = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"]

/** The level that an environment variable names; INFO where it names none. */
export const levelOf = (text: string | undefined): LogLevel =>
  GRAVITY.find((level) => level === text?.toUpperCase()) ?? "INFO"

const isWritten = (at: LogLevel, level: LogLevel): boolean => GRAVITY.indexOf(at) >= GRAVITY.indexOf(level)

export class Reporter extends Context.Service<
  Reporter,
  {
    readonly log: (level: LogLevel, text: string) => Effect.Effect<void, OutputClosed>
    /** Writes a TRACE ERROR: the failure of a stream, or of the whole command. */
    readonly fail: (failure: FailureReport) => Effect.Effect<void, OutputClosed>
    /** A text for people without its secrets. */
    readonly redact: (text: string) => string
  }
>()("source-confluence/Reporter") {
  static readonly layer = (redactor: Redactor, level: LogLevel): Layer.Layer<Reporter, never, Output> =>
    Layer.effect(Reporter)(
      Effect.gen(function* () {
        const output = yield* Output
        return {
          redact: redactor.redact,
          log: (at, text) => (isWritten(at, level) ? output.write(logLine(at, redactor.redact(text))) : Effect.void),
          fail: (failure) =>
            Effect.gen(function* () {
              const report = {
                ...failure,
                message: redactor.redact(failure.message),
                internalMessage:
                  failure.internalMessage === undefined ? undefined : redactor.redact(failure.internalMessage),
              }
              yield* output.write(errorLine(report, yield* Clock.currentTimeMillis))
            }),
        }
      }),
    )

  /**
   * For commands whose stdout is no protocol: what people are told is on stderr, as sentences, or where `say` puts it. Why the command
   * failed is on stdout too, as a TRACE ERROR, unless there is nobody to take it for one.
   */
  static readonly toStderr = (
    redactor: Redactor,
    level: LogLevel,
    {
      say = (text: string) => void process.stderr.write(`${text}\n`),
      alsoOnStdout = true,
    }: { readonly say?: (text: string) => void; readonly alsoOnStdout?: boolean } = {},
  ): Layer.Layer<Reporter, never, Output> =>
    Layer.effect(Reporter)(
      Effect.gen(function* () {
        const onStdout = yield* Reporter
        const tell = (text: string) => Effect.sync(() => say(redactor.redact(text)))
        return {
          redact: redactor.redact,
          log: (at, text) => (isWritten(at, level) ? tell(at === "INFO" ? text : `${at} ${text}`) : Effect.void),
          fail: (failure) => Effect.andThen(tell(failure.message), alsoOnStdout ? onStdout.fail(failure) : Effect.void),
        }
      }),
    ).pipe(Layer.provide(Reporter.layer(redactor, level)))
}
