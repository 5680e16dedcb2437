/**
 * Makes the text of protocol lines safe for every parser downstream.
 *
 * - A lone surrogate is written by JSON.stringify as `\ud800`; the parsers of Airbyte's CDK and of PyAirbyte refuse the
 *   whole line, and the record would be lost. It becomes U+FFFD.
 * - U+0000 is refused as text by the common SQL destinations. It is taken out.
 * - U+0085, U+2028 and U+2029 are line ends to readers that split by Unicode rules. They are escaped.
 */

const LINE_ENDS = /[\u0085\u2028\u2029]/g
/** What JSON.stringify writes for a lone surrogate or a NUL, and for a text that merely spells one (`\\ud800`). */
const SUSPECT = /\\u(?:d[89a-f]|0000)/

/** Escapes the three line ends that JSON leaves as they are; `json` is one or more lines of JSON. */
export const escapeLineEnds = (json: string): string =>
  json.replace(LINE_ENDS, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`)

/** Whether serialised JSON may hold a lone surrogate or a NUL. False means it surely holds none. */
export const isSuspect = (json: string): boolean => SUSPECT.test(json)

const cleanText = (text: string): string => text.toWellFormed().replaceAll("\u0000", "")

/** A copy of a JSON value whose texts, keys too, are well-formed and hold no NUL. */
export const cleanValue = (value: unknown): unknown => {
  if (typeof value === "string") return cleanText(value)
  if (Array.isArray(value)) return value.map(cleanValue)
  if (value === null || typeof value !== "object") return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [cleanText(key), cleanValue(item)]))
}

/** One line of JSON for a protocol message, with its line feed. */
export const toLine = (message: unknown): string => {
  const json = JSON.stringify(message)
  return `${escapeLineEnds(isSuspect(json) ? JSON.stringify(cleanValue(message)) : json)}\n`
}
