/**
 * Holds the rows of the API to what the stream's schema says of them, so that an odd row costs itself alone.
 *
 * A row without its key cannot be sent. A value of another type than its column's is made one of that type where nothing is lost by it
 * (the number 7 becomes the text "7"), else it is left out, and `meta.changes` says so. Example: where `version.createdAt` is
 * "yesterday", the record has a `version` without a time.
 */
import type { Row } from "../confluence/Listing.ts"
import { isRecord } from "../json.ts"
import { CHANGES, type Change, changesOf } from "../protocol/recordLines.ts"

/** As much of a JSON Schema as the schemas of streams use. */
interface Schema {
  readonly type?: string | ReadonlyArray<string>
  readonly format?: string
  readonly properties?: Readonly<Record<string, unknown>>
  readonly items?: unknown
}

/** What may stand in one place of a row. Null may stand everywhere. */
interface Form {
  readonly fits: (value: unknown) => boolean
  /** The value that comes nearest to one that does not fit. */
  readonly mend: (value: unknown) => unknown
}

const TIME = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/
/** The same moment in another form, such as with the offset +0000. */
const NEARLY_TIME = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d(?:\.\d+)?)(?:([Zz])|([+-]\d\d):?(\d\d)?)$/

const asTime = (value: unknown): string | null => {
  const parts = typeof value === "string" ? NEARLY_TIME.exec(value) : null
  if (parts === null) return null
  const [, date, time, zulu, hours, minutes = "00"] = parts
  return `${date}T${time}${zulu ?? `${hours}:${minutes}`}`
}

const isNone = (value: unknown): value is null | undefined => value === undefined || value === null

const ANY: Form = { fits: () => true, mend: (value) => value }

const TEXT: Form = {
  fits: (value) => typeof value === "string",
  // A number that JSON has rounded is not the one that was meant.
  mend: (value) => (Number.isSafeInteger(value) ? String(value) : null),
}
const DATE_TIME: Form = { fits: (value) => typeof value === "string" && TIME.test(value), mend: asTime }
const INTEGER: Form = {
  fits: (value) => Number.isInteger(value),
  mend: (value) => (typeof value === "string" && /^-?\d{1,15}$/.test(value) ? Number(value) : null),
}
const NUMBER: Form = { fits: (value) => typeof value === "number", mend: () => null }
const BOOLEAN: Form = { fits: (value) => typeof value === "boolean", mend: () => null }

type Forms = ReadonlyArray<readonly [name: string, form: Form]>

const formsOf = (properties: Readonly<Record<string, unknown>>): Forms =>
  Object.entries(properties).map(([name, schema]) => [name, formOf(schema as Schema)] as const)

const fitsIn = (row: Row, [name, form]: Forms[number]): boolean => isNone(row[name]) || form.fits(row[name])
const fitsAll = (row: Row, forms: Forms): boolean => forms.every((each) => fitsIn(row, each))
/** Those of its values that are of another type. */
const oddIn = (row: Row, forms: Forms): Forms => forms.filter((each) => !fitsIn(row, each))

const objectOf = (properties: Readonly<Record<string, unknown>>): Form => {
  const forms = formsOf(properties)
  return {
    fits: (value) => isRecord(value) && fitsAll(value, forms),
    mend: (value) => {
      if (!isRecord(value)) return null
      const odd = oddIn(value, forms)
      return Object.assign({ ...value }, Object.fromEntries(odd.map(([name, form]) => [name, form.mend(value[name])])))
    },
  }
}

const arrayOf = (item: Form): Form => ({
  fits: (value) => Array.isArray(value) && value.every((each) => isNone(each) || item.fits(each)),
  mend: (value) =>
    Array.isArray(value) ? value.map((each) => (isNone(each) || item.fits(each) ? each : item.mend(each))) : null,
})

const formOf = ({ type, format, properties, items }: Schema): Form => {
  const types = (Array.isArray(type) ? type : [type]).filter((name) => name !== "null")
  if (types.length !== 1) return ANY
  switch (types[0]) {
    case "string":
      return format === "date-time" ? DATE_TIME : TEXT
    case "integer":
      return INTEGER
    case "number":
      return NUMBER
    case "boolean":
      return BOOLEAN
    case "object":
      return objectOf(properties ?? {})
    case "array":
      return arrayOf(items === undefined ? ANY : formOf(items as Schema))
    default:
      return ANY
  }
}

/** Whether mending has lost something: a text for a number has not. */
const isLoss = (before: unknown, after: unknown): boolean => {
  if (isRecord(before) && isRecord(after)) return Object.keys(before).some((name) => isLoss(before[name], after[name]))
  if (Array.isArray(before) && Array.isArray(after)) return before.some((each, place) => isLoss(each, after[place]))
  return !isNone(before) && isNone(after)
}

/** What people know a row by. */
const nameOf = (row: Row): string | undefined => {
  for (const column of ["title", "name", "key", "displayName"]) {
    const value = row[column]
    if (typeof value === "string" && value !== "") return value.slice(0, MOST_OF_NAME)
  }
  return undefined
}
const MOST_OF_NAME = 100

/** The rows of one stream, as they can be sent. */
export class SoundRows {
  readonly #key: ReadonlyArray<string>
  readonly #forms: Forms
  /** A column that held a value of another type, for the log. */
  oddColumn: string | undefined
  /** A row without its key, as people know it, for the log. */
  oddRow: string | undefined

  /** `properties`: those of the stream's schema. */
  constructor(key: ReadonlyArray<string>, properties: Readonly<Record<string, unknown>>) {
    this.#key = key
    this.#forms = formsOf(properties)
  }

  #mend(row: Row): void {
    const changes: Array<Change> = []
    for (const [name, form] of oddIn(row, this.#forms)) {
      const value = row[name]
      row[name] = form.mend(value)
      if (!isLoss(value, row[name])) continue
      this.oddColumn ??= name
      const change = row[name] === null ? "NULLED" : "TRUNCATED"
      changes.push({ field: name, change, reason: "SOURCE_SERIALIZATION_ERROR" })
    }
    if (changes.length > 0) Object.assign(row, { [CHANGES]: [...changesOf(row), ...changes] })
  }

  #hasKey(row: Row): boolean {
    return this.#key.every((column) => {
      const value = row[column]
      return (typeof value === "string" && value !== "") || typeof value === "number"
    })
  }

  /** The rows that have their key, with values of the declared types. Rows are changed in place. */
  of(rows: ReadonlyArray<Row>): ReadonlyArray<Row> {
    let isWhole = true
    for (const row of rows) {
      if (!fitsAll(row, this.#forms)) this.#mend(row)
      if (this.#hasKey(row)) continue
      isWhole = false
      this.oddRow ??= nameOf(row)
    }
    return isWhole ? rows : rows.filter((row) => this.#hasKey(row))
  }
}
