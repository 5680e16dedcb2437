/** Why an extract cannot go on with its target: a sentence for whoever named the target, and whether trying again can help. */
import { Data } from "effect"

export class TargetFailed extends Data.TaggedError("TargetFailed")<{
  readonly message: string
  readonly failureType: "config_error" | "system_error"
  /** What DuckDB or the system said. */
  readonly internalMessage?: string | undefined
}> {}

const systemCode = (error: unknown): string | undefined => (error as { readonly code?: string }).code

const isFull = (text: string): boolean => /ENOSPC|EDQUOT|no space left|disk quota|file system is full/i.test(text)

/** What is said of a failure while tables are written. `name`: the target as the person named it. */
export const failedWriting = (name: string, error: unknown): TargetFailed => {
  if (error instanceof TargetFailed) return error
  const internalMessage = error instanceof Error ? error.message : String(error)
  if (isFull(`${systemCode(error)} ${internalMessage}`)) {
    return new TargetFailed({
      failureType: "config_error",
      message: `${name}: the disk is full. What had been finished before is kept; make room, and the same command goes on.`,
      internalMessage,
    })
  }
  return new TargetFailed({
    failureType: "system_error",
    message: `${name} could not be written. What had been finished before is kept; the same command goes on. (${internalMessage.split("\n")[0]})`,
    internalMessage,
  })
}

const OPENING: ReadonlyArray<readonly [RegExp, (found: RegExpExecArray) => string]> = [
  [
    /Conflicting lock is held(?: in (?<program>.*?))? ?\(?PID (?<pid>\d+)\)?/,
    ({ groups }) =>
      `it is in use by another process (${groups?.["program"] === undefined ? "" : `${groups["program"]}, `}PID ${groups?.["pid"]}). If that is another extract, let it end; if it is something that reads the file, close it there`,
  ],
  [/set lock|lock on file/, () => "it is in use by another process. Let that end, or close the file there"],
  [
    /not a valid DuckDB database|not a DuckDB/,
    () => "it is a file of another kind, not a DuckDB database. It is left as it is",
  ],
  [
    /version number (\d+)|newer version of DuckDB|storage version/,
    () => "it was made by a newer DuckDB than the one that extract has. It is left as it is: take another file",
  ],
  [/Read-only file system/i, () => "its file system takes no changes"],
  [/Permission denied/i, () => "this user may not write it"],
  [/Is a directory/i, () => "it is a folder"],
]

/** What is said of a target that cannot be opened. */
export const failedOpening = (name: string, error: unknown): TargetFailed => {
  if (error instanceof TargetFailed) return error
  const internalMessage = error instanceof Error ? error.message : String(error)
  if (isFull(`${systemCode(error)} ${internalMessage}`)) return failedWriting(name, error)
  for (const [pattern, why] of OPENING) {
    const found = pattern.exec(internalMessage)
    if (found !== null) {
      return new TargetFailed({ failureType: "config_error", message: `--to ${name}: ${why(found)}.`, internalMessage })
    }
  }
  return new TargetFailed({
    failureType: "config_error",
    message: `--to ${name}: it cannot be opened (${internalMessage.split("\n")[0]}).`,
    internalMessage,
  })
}
