/**
 * What is in the files of a sample site: bytes that follow from a file's id and place alone, so that a file of two gigabytes takes no
 * memory, any part of it can be given by itself, and each file and version is another.
 */
import { Buffer } from "node:buffer"
import { createHash } from "node:crypto"
import { fingerprint, hash32 } from "./seededChance.ts"

/** Each block begins with its number, and goes on as all blocks of its file do. */
const BLOCK = 65_536
const STAMP = 8
const FILE = 57
/** Blocks that are kept, for files that are being sent. */
const MOST_KEPT = 64

const kept = new Map<string, Buffer>()

/** What all blocks of a file have in common, as much of it as the file needs. */
const blockOf = (fileId: string, size: number): Buffer => {
  const known = kept.get(fileId)
  const wanted = Math.min(BLOCK, size)
  if (known !== undefined && known.length >= wanted) return known
  const words = new Uint32Array(Math.ceil(wanted / 4))
  let state = hash32(Number.parseInt(fingerprint(fileId), 36) >>> 0, FILE, 0) || 1
  for (let at = 0; at < words.length; at++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    words[at] = state
  }
  const block = Buffer.from(words.buffer)
  kept.set(fileId, block)
  if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value as string)
  return block
}

/** A file: its length, and its bytes from one place up to before another. */
export interface FileBytes {
  readonly size: number
  /** At most to the end of the block that `from` lies in. */
  readonly piece: (from: number, to: number) => Buffer
}

/** The file of an id. */
export const fileBytes = (fileId: string, size: number): FileBytes => ({
  size,
  piece: (from, to) => {
    const number = Math.floor(from / BLOCK)
    const begin = from % BLOCK
    const end = Math.min(BLOCK, to - number * BLOCK)
    const piece = Buffer.from(blockOf(fileId, size).subarray(begin, end))
    if (begin < STAMP) {
      const stamp = Buffer.alloc(STAMP)
      stamp.writeDoubleLE(number)
      stamp.copy(piece, 0, begin, Math.min(STAMP, end))
    }
    return piece
  },
})

/** All of a part of a file, in pieces. */
export const piecesOf = function* ({ piece }: FileBytes, from: number, to: number): Generator<Buffer> {
  for (let at = from; at < to;) {
    const next = piece(at, to)
    yield next
    at += next.length
  }
}

/** The SHA-256 of a file, in hexadecimal digits. */
export const sha256Of = (file: FileBytes): string => {
  const hash = createHash("sha256")
  for (const piece of piecesOf(file, 0, file.size)) hash.update(piece)
  return hash.digest("hex")
}
