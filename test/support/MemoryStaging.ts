/**
 * A staging folder in memory, for reads in virtual time: what the connector has put there, as a destination finds it. Bytes are hashed
 * and counted, and not kept.
 */
import { createHash } from "node:crypto"
import { Effect, Layer } from "effect"
import { TargetFailed } from "../../src/confluence/fetchFile.ts"
import { safeFileName, safeFolderName } from "../../src/sync/fileNames.ts"
import { type OpenFile, type StagedFile, Staging, StagingUnusable } from "../../src/sync/Staging.ts"

export interface MemoryFile {
  readonly bytes: number
  readonly sha256: string
}

export class MemoryStaging {
  /** By their relative paths. */
  readonly files = new Map<string, MemoryFile>()
  /** Files that are being written. */
  open = 0
  /** Files that were open at once, at most. */
  mostOpen = 0
  /** Bytes that still fit; then the disk is full. */
  room = Number.POSITIVE_INFINITY
  /** The folder cannot be written at all. */
  isBroken = false

  get layer(): Layer.Layer<Staging> {
    return Layer.succeed(Staging, {
      open: (id, name) => this.#open(id, name),
      remove: ({ relativePath }) => Effect.sync(() => void this.files.delete(relativePath)),
      failure: () => new StagingUnusable({ message: "attachments: the disk is full.", failureType: "transient_error" }),
    })
  }

  #open(id: string, name: string): Effect.Effect<OpenFile, StagingUnusable> {
    if (this.isBroken)
      return Effect.fail(new StagingUnusable({ message: "attachments: no folder.", failureType: "config_error" }))
    this.open++
    this.mostOpen = Math.max(this.mostOpen, this.open)
    let hash = createHash("sha256")
    let length = 0
    const file: OpenFile = {
      get length() {
        return length
      },
      write: (piece) => {
        this.room -= piece.length
        if (this.room < 0) throw new TargetFailed("full")
        hash.update(piece)
        length += piece.length
        return undefined
      },
      restart: () => {
        hash = createHash("sha256")
        length = 0
        return Promise.resolve()
      },
      keep: Effect.sync((): StagedFile => {
        const relativePath = `attachments/${safeFolderName(id)}/${safeFileName(name)}`
        const kept = { bytes: length, sha256: hash.digest("hex") }
        this.files.set(relativePath, kept)
        return { path: `/staging/${relativePath}`, relativePath, ...kept }
      }),
      drop: Effect.sync(() => void this.open--),
    }
    return Effect.succeed(file)
  }
}
