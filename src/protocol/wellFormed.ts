/**
 * Makes the text of protocol lines safe for every parser downstream.
 *
 * - A lone surrogate is written by JSON.stringify as `\ud800`; the parsers of Airbyte's CDK and of PyAirbyte refuse the
 *   whole line, and the record would be lost. It becomes U+FFFD.
 * - U+0000 is refused as text by the common SQL destinations. It is taken out.
 * - U+0085, U+2028 and U+2029 are line ends to readers that split by Unicode rules. They are escaped, in the bytes that are written.
 */

const LINE_ENDS = ["\u0085", "\u2028", "\u2029"].map((character) => ({
  bytes: Buffer.from(character),
  escape: Buffer.from(`\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`),
}))
/** What JSON.stringify writes for a lone surrogate or a NUL, and for a text that merely spells one (`\\ud800`). */
const SUSPECT = /\\u(?:d[89a-f]|0000)/

/** Where the three line ends are, in order. */
const placesOf = (lines: Buffer): ReadonlyArray<readonly [at: number, end: (typeof LINE_ENDS)[number]]> => {
  const places: Array<readonly [number, (typeof LINE_ENDS)[number]]> = []
  for (const end of LINE_ENDS) {
    for (let at = lines.indexOf(end.bytes); at >= 0; at = lines.indexOf(end.bytes, at + end.bytes.length)) {
      places.push([at, end])
    }
  }
  return places.sort(([one], [other]) => one - other)
}

/** Escapes the three line ends that JSON leaves as they are; `lines`: one or more lines of JSON in UTF-8. */
export const withLineEndsEscaped = (lines: Buffer): Buffer => {
  const places = placesOf(lines)
  if (places.length === 0) return lines
  const length = places.reduce((sum, [, { bytes, escape }]) => sum + escape.length - bytes.length, lines.length)
  const result = Buffer.allocUnsafe(length)
  let from = 0
  let to = 0
  for (const [at, { bytes, escape }] of places) {
    to += lines.copy(result, to, from, at)
    to += escape.copy(result, to)
    from = at + bytes.length
  }
  lines.copy(result, to, from)
  return result
}

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

/** One line of JSON for a protocol message, with its line feed; its line ends are escaped where it is written. */
export const toLine = (message: unknown): string => {
  const json = JSON.stringify(message)
  return `${isSuspect(json) ? JSON.stringify(cleanValue(message)) : json}\n`
}
