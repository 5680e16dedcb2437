/** What every command of the protocol is given, and how it reads its config. */
import { Effect, type FileSystem, Redacted } from "effect"
import { type ConfigInvalid, type ConnectorConfig, decodeConfig, secretsOf } from "../config/ConnectorConfig.ts"
import { type InputInvalid, readJson } from "../protocol/inputFile.ts"
import type { FailureReport } from "../protocol/messages.ts"
import type { Redactor } from "../protocol/Redactor.ts"

export interface CommandInput {
  /** Paths by flag, without the dashes. */
  readonly files: Readonly<Record<string, string>>
  readonly redactor: Redactor
  /** The platform's DEPLOYMENT_MODE: "cloud" allows public https addresses alone. */
  readonly deploymentMode: string | undefined
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

/** Reads the config; from then on its secrets appear in no message. */
export const readConfig = (
  input: CommandInput,
): Effect.Effect<GivenConfig, InputInvalid | ConfigInvalid, FileSystem.FileSystem> =>
  readJson("--config", input.files["config"]!).pipe(
    Effect.flatMap((json) =>
      decodeConfig(json, { deploymentMode: input.deploymentMode }).pipe(
        Effect.map((config) => ({ config, given: json as GivenConfig["given"] })),
      ),
    ),
    Effect.tap(({ config }) =>
      Effect.sync(() => {
        for (const secret of secretsOf(config)) input.redactor.add(secret)
        const { credentials } = config
        // The form in which HTTP Basic sends them.
        if (credentials.auth_type === "api_token") {
          input.redactor.add(`${credentials.email}:${Redacted.value(credentials.api_token)}`)
        }
      }),
    ),
  )
