/**
 * JSON as Confluence's answers hold it. Ids of rows are strings there by its documents; where one comes as a number that is too large to be
 * exact, it is read as the text that was sent, so that it is the same id in the next question. What lies deeper is as JSON has it.
 */
import { isRecord } from "../json.ts"

/** An integer of 16 digits or more in the place of a value. In a text it costs no more than time. */
const LARGE_INTEGER = /[:,[]\s*-?\d{16,}\s*[,}\]]/
const INTEGER = /^-?\d+$/
const ID_KEY = /^id$|Id$/

/** Each id that is no exact number, by the object that it is in: its keys with their texts. */
type Exact = Map<object, Map<string, string>>

const parseWithIds = (text: string): unknown => {
  const exact: Exact = new Map()
  const note = function (this: object, key: string, value: unknown, { source }: { readonly source?: string }): unknown {
    if (typeof value !== "number" || Number.isSafeInteger(value)) return value
    if (ID_KEY.test(key) && source !== undefined && INTEGER.test(source)) {
      const keys = exact.get(this) ?? new Map<string, string>()
      exact.set(this, keys.set(key, source))
    }
    return value
  }
  const body: unknown = JSON.parse(text, note as (this: object, key: string, value: unknown) => unknown)
  const list: unknown = isRecord(body) && Array.isArray(body["results"]) ? body["results"] : body
  for (const row of Array.isArray(list) ? list : [list]) {
    if (isRecord(row)) Object.assign(row, Object.fromEntries(exact.get(row) ?? []))
  }
  return body
}

/** Wrapped, since `null` is JSON too; undefined for what is no JSON. */
export const parseJson = (body: Buffer): { readonly value: unknown } | undefined => {
  const all = body.toString("utf8")
  const text = all.charCodeAt(0) === 0xfeff ? all.slice(1) : all
  try {
    // A function that is asked for each value takes several times as long.
    return { value: LARGE_INTEGER.test(text) ? parseWithIds(text) : JSON.parse(text) }
  } catch {
    return undefined
  }
}
