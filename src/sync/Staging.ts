/**
 * Where fetched files are put until a destination takes them. A file has its own name there only when it is whole: until then it is
 * under another one, which nobody is told, so that whatever ends the process at whatever byte leaves nothing wrong to be found.
 */
import { Context, Data, type Effect } from "effect"
import type { FileTarget } from "../confluence/fetchFile.ts"

/** The folder cannot be written. It costs the stream whose files these are. */
export class StagingUnusable extends Data.TaggedError("StagingUnusable")<{
  readonly message: string
  readonly internalMessage?: string | undefined
  readonly failureType: "transient_error" | "config_error"
}> {}

/** A file that is whole. */
export interface StagedFile {
  /** Absolute. */
  readonly path: string
  /** Below the folder of all files, with `/` between its parts. */
  readonly relativePath: string
  readonly bytes: number
  /** In hexadecimal digits. */
  readonly sha256: string
}

/** A file that is being written. */
export interface OpenFile extends FileTarget {
  /** Gives the file its name, which it may have had before: a newer version takes the place of an older one. */
  readonly keep: Effect.Effect<StagedFile, StagingUnusable>
  /** Gives the file up. */
  readonly drop: Effect.Effect<void>
}

export class Staging extends Context.Service<
  Staging,
  {
    /** Begins a file of the thing with this id, whose name need not be safe. */
    readonly open: (id: string, name: string) => Effect.Effect<OpenFile, StagingUnusable>
    /** Takes a file back that nobody has been told of. */
    readonly remove: (file: StagedFile) => Effect.Effect<void>
    /** What a failure to write means. */
    readonly failure: (cause: unknown) => StagingUnusable
  }
>()("source-confluence/Staging") {}
