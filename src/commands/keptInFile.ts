/**
 * Keeps renewed tokens in the config file, for commands that a person calls: nobody takes a CONTROL message there, and a
 * refresh token works once.
 */
import { Data, Effect, FileSystem } from "effect"
import type { AuthorizeFailed } from "../authorize/AuthorizeFailed.ts"
import { targetOf, writeConfig } from "../authorize/configFile.ts"
import type { FailureReport } from "../protocol/messages.ts"
import { Reporter } from "../protocol/Reporter.ts"
import type { KeepConfig } from "./connect.ts"

class NotKept extends Data.TaggedError("NotKept")<FailureReport> {}

const asReport = ({ message }: AuthorizeFailed) => new NotKept({ message, failureType: "config_error" })

/** Finds out whether the file can be written, before a token is spent; then each renewed config replaces it. */
export const keptInFile = Effect.fnUntraced(function* (path: string) {
  const files = yield* FileSystem.FileSystem
  const reporter = yield* Reporter
  const target = yield* Effect.mapError(targetOf("--config", path), asReport)
  const keep: KeepConfig = {
    keep: (config) =>
      writeConfig(target, config, true).pipe(
        Effect.mapError(asReport),
        Effect.tapError((failure) => reporter.fail(failure)),
        Effect.provideService(FileSystem.FileSystem, files),
      ),
    where: `was written to ${path}`,
  }
  return keep
})
