/**
 * Reads the JSON files that the platform hands over: any extension, with or without a byte order mark.
 *
 * Every failure is one sentence that names the flag and the file; what the file holds is never repeated, not even where it was
 * given in the place of the file's name.
 */
import { Data, Effect, FileSystem, type PlatformError } from "effect"

/** A file, catalog or state that cannot be used. The failure type is always config_error: trying again will not help. */
export class InputInvalid extends Data.TaggedError("InputInvalid")<{ readonly message: string }> {
  readonly failureType = "config_error"
}

const REASONS: Readonly<Record<string, string>> = {
  NotFound: "there is no such file",
  PermissionDenied: "this user may not read it",
  BadResource: "it is not a file",
}

const reasonOf = (error: PlatformError.PlatformError): string =>
  REASONS[error.reason._tag] ?? `reading it failed (${error.reason._tag})`

/** How a file is called in a message. */
export const named = (flag: string, path: string): string =>
  /^\s*["{[]/.test(path) ? `${flag} (JSON in the place of a file's name)` : `${flag} ${path}`

/** The text of the file that `flag` names, without a byte order mark. */
export const readText = (flag: string, path: string): Effect.Effect<string, InputInvalid, FileSystem.FileSystem> =>
  FileSystem.FileSystem.use((files) => files.readFileString(path)).pipe(
    Effect.mapError((error) => new InputInvalid({ message: `${named(flag, path)}: ${reasonOf(error)}.` })),
    Effect.map((text) => (text.startsWith("\uFEFF") ? text.slice(1) : text)),
  )

/** The JSON value in `text`. */
export const parseJson = (flag: string, path: string, text: string): Effect.Effect<unknown, InputInvalid> =>
  Effect.try({
    try: (): unknown => JSON.parse(text),
    catch: () =>
      new InputInvalid({
        message:
          text.trim() === ""
            ? `${flag} ${path}: the file is empty; it must hold JSON.`
            : `${flag} ${path}: the file is not valid JSON.`,
      }),
  })

export const readJson = (flag: string, path: string): Effect.Effect<unknown, InputInvalid, FileSystem.FileSystem> =>
  readText(flag, path).pipe(Effect.flatMap((text) => parseJson(flag, path, text)))
