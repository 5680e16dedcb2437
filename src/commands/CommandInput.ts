/** What every command of the protocol is given, and how it reads its config. */
import { Effect, type FileSystem, type Layer } from "effect"
import { type ConfigInvalid, type ConnectorConfig, decodeConfig, secretsIn } from "../config/ConnectorConfig.ts"
import { unusedKeys } from "../config/unusedKeys.ts"
import { type InputInvalid, readJson } from "../protocol/inputFile.ts"
import type { FailureReport } from "../protocol/messages.ts"
import type { Redactor } from "../protocol/Redactor.ts"
import { Reporter } from "../protocol/Reporter.ts"
import type { Staging } from "../sync/Staging.ts"

export interface CommandInput {
  /** Paths by flag, without the dashes. */
  readonly files: Readonly<Record<string, string>>
  readonly redactor: Redactor
  /** The platform's DEPLOYMENT_MODE: "cloud" allows public https addresses alone. */
  readonly deploymentMode: string | undefined
  /** The platform's WORKER_JOB_ID: the attempts of one job have it in common. */
  readonly jobId: string | undefined
  /** The platform's AIRBYTE_STAGING_DIRECTORY: the folder for files. */
  readonly stagingDirectory?: string | undefined
  /** Where files go instead of the disk. */
  readonly staging?: Layer.Layer<Staging>
}

/** Whether an error has what a TRACE ERROR needs. */
export const isReportable = (error: unknown): error is FailureReport =>
  typeof error === "object" && error !== null && "failureType" in error && "message" in error

/** A config as it was given, and what it means. */
export interface GivenConfig {
  readonly config: ConnectorConfig
  /** The JSON object itself, with the keys that nobody here knows. */
  readonly given: Readonly<Record<string, unknown>>
}

/** Reads the config; from then on its secrets appear in no message, not even in one about the config itself. */
export const readConfig = (
  input: CommandInput,
): Effect.Effect<GivenConfig, InputInvalid | ConfigInvalid, FileSystem.FileSystem> =>
  readJson("--config", input.files["config"]!).pipe(
    Effect.tap((json) =>
      Effect.sync(() => {
        for (const secret of secretsIn(json)) input.redactor.add(secret)
      }),
    ),
    Effect.flatMap((json) =>
      decodeConfig(json, { deploymentMode: input.deploymentMode }).pipe(
        Effect.map((config) => ({ config, given: json as GivenConfig["given"] })),
      ),
    ),
  )

/** Names what the config holds without any effect, by WARN lines. */
export const warnOfUnused = Effect.fnUntraced(function* ({ given }: GivenConfig) {
  const reporter = yield* Reporter
  for (const sentence of unusedKeys(given)) yield* reporter.log("WARN", sentence)
})
