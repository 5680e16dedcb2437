/**
 * Runs a command, most of all one of the protocol, as a process: stdout, signals, exit code.
 *
 * 0: all that was asked for was done. 1: it was not, and a TRACE ERROR says why. SIGTERM and SIGINT: what is under way is
 * flushed as whole lines, then the process ends by that signal, as PyAirbyte and the platform expect.
 */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { Cause, Effect, Exit, Fiber, type FileSystem, Layer } from "effect"
import { isCloud } from "../config/ConnectorConfig.ts"
import { numWorkers } from "../config/settings.ts"
import { proxySetting } from "../confluence/proxy.ts"
import { Transport } from "../confluence/Transport.ts"
import { errorLine, type FailureReport, type LogLevel } from "../protocol/messages.ts"
import { Output } from "../protocol/Output.ts"
import { makeRedactor, type Redactor } from "../protocol/Redactor.ts"
import { levelOf, Reporter } from "../protocol/Reporter.ts"
import { check } from "./check.ts"
import { type CommandInput, isReportable } from "./CommandInput.ts"
import { discover } from "./discover.ts"
import { read } from "./read.ts"
import { endBy, interruptBySignal } from "./signals.ts"

type Services = Output | Reporter | FileSystem.FileSystem | Transport

const commands = { check, discover, read }
type ProtocolCommand = keyof typeof commands

/** A reader that takes nothing for so long is gone: the lines that it has not taken are given up. */
const FLUSH_MS = 8_000

const reportOf = (cause: Cause.Cause<unknown>): FailureReport => {
  const error = cause.reasons.find(Cause.isFailReason)?.error
  if (isReportable(error)) return error
  return {
    message: "The connector failed by a fault of its own. Please report it with the log of this run.",
    internalMessage: Cause.pretty(cause),
    failureType: "system_error",
  }
}

const isReaderGone = (cause: Cause.Cause<unknown>): boolean =>
  cause.reasons.some(
    (reason) => Cause.isFailReason(reason) && (reason.error as { _tag?: string })._tag === "OutputClosed",
  )

type Command = Effect.Effect<number, unknown, Services>

/** A command that answers its exit code. Why it failed is written as a TRACE ERROR, as long as there is a reader. */
export const reported = (command: Command): Command =>
  command.pipe(
    Effect.catchCause((cause) =>
      isReaderGone(cause) || Cause.hasInterruptsOnly(cause)
        ? Effect.failCause(cause)
        : Reporter.use((reporter) => reporter.fail(reportOf(cause))).pipe(Effect.as(1)),
    ),
  )

export const protocolCommand = (name: ProtocolCommand, input: CommandInput): Command => reported(commands[name](input))

export const runProtocolCommand = (
  name: ProtocolCommand,
  files: Readonly<Record<string, string>>,
  debug: boolean,
): Promise<void> => runCommand((input) => protocolCommand(name, input), Reporter.layer, files, debug)

/** Runs a command, whose stdout may be no protocol, as a process. */
export const runCommand = async (
  command: (input: CommandInput) => Command,
  reporter: (redactor: Redactor, level: LogLevel) => Layer.Layer<Reporter, never, Output>,
  files: Readonly<Record<string, string>>,
  debug: boolean,
): Promise<void> => {
  const redactor = makeRedactor()
  const environment = process.env
  const input: CommandInput = {
    files,
    redactor,
    deploymentMode: environment["DEPLOYMENT_MODE"],
    jobId: environment["WORKER_JOB_ID"] || undefined,
    stagingDirectory: environment["AIRBYTE_STAGING_DIRECTORY"] || undefined,
  }
  const level = debug ? "DEBUG" : levelOf(environment["LOG_LEVEL"])
  const services = reporter(redactor, level).pipe(
    Layer.provideMerge(Output.toStream(process.stdout)),
    Layer.merge(NodeFileSystem.layer),
    Layer.merge(Transport.layer({ connections: numWorkers.maximum, publicOnly: isCloud(input.deploymentMode) })),
  )
  // What no fiber has caught would be printed by Node as it is, with whatever secrets it holds.
  const writeFailure = (cause: Cause.Cause<unknown>, then?: () => void) => {
    const failure = reportOf(cause)
    const message = redactor.redact(failure.message)
    const internalMessage = redactor.redact(failure.internalMessage ?? "")
    process.stdout.write(errorLine({ ...failure, message, internalMessage }, Date.now()), then)
  }
  process.on("uncaughtException", (error) => writeFailure(Cause.die(error), () => process.exit(1)))
  for (const secret of proxySetting(environment)?.secrets ?? []) redactor.add(secret)
  const fiber = Effect.runFork(command(input).pipe(Effect.provide(services)))
  const signal = interruptBySignal(fiber, FLUSH_MS)
  const exit = await Effect.runPromise(Fiber.await(fiber))
  const ended = signal()
  if (ended !== undefined) return endBy(ended)
  // The command says itself why it failed; what could not even be prepared for it has not been said yet.
  if (Exit.isFailure(exit) && !isReaderGone(exit.cause) && !Cause.hasInterruptsOnly(exit.cause))
    writeFailure(exit.cause)
  process.exitCode = Exit.isSuccess(exit) ? exit.value : 1
  // What may still hold the process (a socket kept alive) is not worth waiting for; all output has been taken.
  process.stdout.end(() => process.exit())
}
