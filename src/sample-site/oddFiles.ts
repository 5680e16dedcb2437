/** What a bad media host makes of a file: more of it than there is, no end at all, or something compressed that nobody asked for. */
import { Buffer } from "node:buffer"
import { gzipSync } from "node:zlib"
import type { Answer } from "./answers.ts"
import { fileBytes, piecesOf } from "./fileBytes.ts"

/** Bytes beyond a file's end. */
const MORE = 4_096
/** Bytes that come out of a bomb. */
const SWOLLEN = 200_000_000

let bomb: Buffer | undefined

/** An answer with a file, made odd; others stay as they are. */
export const withOddFile = (answer: Answer, kind: "longer" | "endless" | "compressed" | "gzip-bomb"): Answer => {
  const { file, headers } = answer
  if (file === undefined) return answer
  const gzipped = { ...headers, "content-encoding": "gzip" }
  switch (kind) {
    case "longer": {
      const to = file.to + MORE
      // The host does not tell how long it is, or somebody would see at once.
      return { ...answer, file: { bytes: fileBytes("longer", to), from: file.from, to, isChunked: true } }
    }
    case "endless":
      return { ...answer, file: { ...file, to: Number.POSITIVE_INFINITY, isChunked: true } }
    case "compressed": {
      const { file: _file, ...rest } = answer
      return { ...rest, headers: gzipped, body: gzipSync(Buffer.concat([...piecesOf(file.bytes, file.from, file.to)])) }
    }
    case "gzip-bomb": {
      const { file: _file, ...rest } = answer
      bomb ??= gzipSync(Buffer.alloc(SWOLLEN))
      return { ...rest, status: 200, headers: gzipped, body: bomb }
    }
  }
}
