/**
 * JSON as Confluence's answers hold it. Ids are strings there by its documents; where one comes as a number that is too large to be exact, it
 * is read as the text that was sent, so that it is the same id in the next question.
 */

/** An integer of 16 digits or more in the place of a value. In a text it costs no more than time. */
const LARGE_INTEGER = /[:,[]\s*-?\d{16,}\s*[,}\]]/
const INTEGER = /^-?\d+$/
const ID_KEY = /^id$|Id$/

const withExactIds = (key: string, value: unknown, { source }: { readonly source?: string }): unknown =>
  typeof value === "number" && !Number.isSafeInteger(value) && ID_KEY.test(key) && INTEGER.test(source ?? "")
    ? source
    : value

/** Wrapped, since `null` is JSON too; undefined for what is no JSON. */
export const parseJson = (body: Buffer): { readonly value: unknown } | undefined => {
  const all = body.toString("utf8")
  const text = all.charCodeAt(0) === 0xfeff ? all.slice(1) : all
  try {
    // A function that is asked for each value takes several times as long.
    const reviver = LARGE_INTEGER.test(text) ? (withExactIds as (key: string, value: unknown) => unknown) : undefined
    return { value: JSON.parse(text, reviver) }
  } catch {
    return undefined
  }
}
