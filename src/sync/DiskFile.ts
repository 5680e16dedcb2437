/**
 * A file on the disk that takes what comes over the wire: hashed while it is written, in large pieces, a few of them in memory at a time.
 */
import type { Buffer } from "node:buffer"
import { createHash } from "node:crypto"
import { type FileHandle, open } from "node:fs/promises"
import { type FileTarget, TargetFailed } from "../confluence/fetchFile.ts"

/** Pieces are written together from so many bytes on. */
const BATCH = 524_288
/** And no more are taken from so many on that are not written yet. */
const MOST_WAITING = 1_048_576

export class DiskFile implements FileTarget {
  readonly path: string
  #handle: FileHandle | undefined
  #hash = createHash("sha256")
  #length = 0
  /** Written to the disk, or on its way there. */
  #written = 0
  #pieces: Array<Buffer> = []
  #waiting = 0
  #writing: Promise<void> | undefined
  #failure: TargetFailed | undefined

  private constructor(path: string, handle: FileHandle) {
    this.path = path
    this.#handle = handle
  }

  /** Makes a new file; one that is there is another's. */
  static async create(path: string): Promise<DiskFile> {
    return new DiskFile(path, await open(path, "wx", 0o600))
  }

  get length(): number {
    return this.#length
  }

  /** Of all that was taken, in hexadecimal digits; once. */
  digest(): string {
    return this.#hash.digest("hex")
  }

  readonly write = (piece: Buffer): Promise<void> | undefined => {
    if (this.#failure !== undefined) throw this.#failure
    this.#pieces.push(piece)
    this.#length += piece.length
    this.#waiting += piece.length
    if (this.#waiting >= BATCH && this.#writing === undefined) this.#flush()
    return this.#waiting < MOST_WAITING ? undefined : this.#writing
  }

  #flush(): void {
    const pieces = this.#pieces
    const bytes = this.#waiting
    const at = this.#written
    this.#pieces = []
    this.#waiting = 0
    this.#written += bytes
    for (const piece of pieces) this.#hash.update(piece)
    this.#writing = this.#writeAll(pieces, bytes, at).then(
      () => {
        this.#writing = undefined
        if (this.#waiting >= BATCH) this.#flush()
      },
      (cause: unknown) => {
        this.#failure = new TargetFailed("the file could not be written", { cause })
        throw this.#failure
      },
    )
    // Whoever writes next, or ends the file, is told.
    this.#writing.catch(() => {})
  }

  async #writeAll(pieces: ReadonlyArray<Buffer>, bytes: number, at: number): Promise<void> {
    const { bytesWritten } = await this.#handle!.writev(pieces, at)
    let done = bytesWritten
    while (done < bytes) {
      // Rare: a disk that is nearly full takes a part, and says why with the next.
      let skip = done
      const rest = pieces.flatMap((piece) => {
        const from = Math.min(skip, piece.length)
        skip -= from
        return from === piece.length ? [] : [piece.subarray(from)]
      })
      const more = await this.#handle!.writev(rest, at + done)
      if (more.bytesWritten === 0) throw Object.assign(new Error("nothing was written"), { code: "ENOSPC" })
      done += more.bytesWritten
    }
  }

  async #settle(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing
    if (this.#failure !== undefined) throw this.#failure
  }

  readonly restart = async (): Promise<void> => {
    await this.#settle()
    try {
      await this.#handle!.truncate(0)
    } catch (cause) {
      throw new TargetFailed("the file could not be emptied", { cause })
    }
    this.#hash = createHash("sha256")
    this.#length = 0
    this.#written = 0
    this.#pieces = []
    this.#waiting = 0
  }

  /** Writes what is left, and closes the file. */
  async end(): Promise<void> {
    await this.#settle()
    if (this.#waiting > 0) this.#flush()
    await this.#settle()
    await this.close()
  }

  async close(): Promise<void> {
    const handle = this.#handle
    this.#handle = undefined
    await this.#writing?.catch(() => {})
    await handle?.close()
  }
}
