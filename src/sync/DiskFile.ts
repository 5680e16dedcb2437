/**
 * A file on the disk that takes what comes over the wire: hashed while it is written, in large pieces, a few of them in memory at a time.
 */
import type { Buffer } from "node:buffer"
import { createHash } from "node:crypto"
import { type FileHandle, open as openFile } from "node:fs/promises"
import { type FileTarget, TargetFailed } from "../confluence/fetchFile.ts"

/** Pieces are written together from so many bytes on: of all open files together so many, each at least and at most so many. */
const BATCHES = 8_388_608
const SMALLEST_BATCH = 262_144
const LARGEST_BATCH = 2_097_152

/** Files that are open. */
let open = 0
const batch = (): number => Math.min(LARGEST_BATCH, Math.max(SMALLEST_BATCH, Math.floor(BATCHES / Math.max(1, open))))

/**
 * Gives the memory of a piece back at once: a gigabyte comes in sixteen thousand pieces, for which the collector of garbage would run
 * twenty times. A piece that shares its memory with others is left to it.
 */
const release = ({ buffer, byteLength }: Buffer): void => {
  if (buffer instanceof ArrayBuffer && byteLength * 2 > buffer.byteLength) buffer.transfer(0)
}

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
    const handle = await openFile(path, "wx", 0o644)
    open++
    return new DiskFile(path, handle)
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
    const most = batch()
    if (this.#waiting >= most && this.#writing === undefined) this.#flush()
    // Twice as much is in memory at most: what is being written, and what has come meanwhile.
    return this.#waiting < most ? undefined : this.#writing
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
        for (const piece of pieces) release(piece)
        this.#writing = undefined
        if (this.#waiting >= batch()) this.#flush()
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
    if (handle === undefined) return
    this.#handle = undefined
    open--
    await this.#writing?.catch(() => {})
    await handle.close()
  }
}
