/**
 * Names of files that every file system takes and that lead nowhere else, made of those that people have given. A name that is safe
 * already stays as it is, so that it can be recognized.
 */
import { Buffer } from "node:buffer"
import { createHash } from "node:crypto"

/** Most bytes of a name: file systems take 255, and an object store, or whoever copies the file, may add to it. */
const MOST_BYTES = 200
/** An ending that is longer than this is none. */
const LONGEST_ENDING = 20

/** Names of devices on Windows, with any ending. */
const RESERVED = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?:\.|$)/i

/** Separators, what shells and Windows keep for themselves, control characters, and those that turn the direction of writing. */
// oxlint-disable-next-line no-control-regex
const UNSAFE = /[\u0000-\u001f\u007f-\u009f/\\:*?"<>|\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu

/** As many whole characters of a text as take no more than so many bytes. */
const shortened = (text: string, most: number): string => {
  let bytes = 0
  let kept = ""
  for (const character of text) {
    bytes += Buffer.byteLength(character)
    if (bytes > most) break
    kept += character
  }
  return kept
}

const endingOf = (name: string): string => {
  const dot = name.lastIndexOf(".")
  const ending = dot > 0 ? name.slice(dot) : ""
  return Buffer.byteLength(ending) <= LONGEST_ENDING ? ending : ""
}

/** A safe name for a file; `file` where nothing is left of the one given. */
export const safeFileName = (given: string): string => {
  const clean = given
    .toWellFormed()
    .normalize("NFC")
    .replaceAll(UNSAFE, "_")
    .replaceAll("\ufffd", "_")
    .trim()
    // Leading dashes are options to programs, leading dots hide a file or lead upwards; Windows drops dots and blanks at the end.
    .replace(/^[-.\s]+/, (found) => "_".repeat(Math.min(found.length, 1)))
    .replace(/[.\s]+$/, "")
  const named = RESERVED.test(clean) ? `_${clean}` : clean
  if (named === "" || named === "_") return "file"
  if (Buffer.byteLength(named) <= MOST_BYTES) return named
  const ending = endingOf(named)
  const stem = named.slice(0, named.length - ending.length)
  return shortened(stem, MOST_BYTES - Buffer.byteLength(ending)).replace(/[.\s]+$/, "") + ending
}

/**
 * The folder of an attachment by its id, another one for each: ids are `att` and digits, and stay as they are. What is none is told
 * apart by its hash.
 */
export const safeFolderName = (id: string): string =>
  /^(?:att)?\d{1,40}$/.test(id) ? id : `id-${createHash("sha256").update(id.toWellFormed()).digest("hex").slice(0, 40)}`
