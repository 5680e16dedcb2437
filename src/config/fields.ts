/** What the schemas of a config are made of: kinds of settings, each with the end of the sentence that is said of a bad value. */
import { Effect, Schema } from "effect"

// In these sentence ends `{value}` stands for what was given, and `{type}` for its JSON type alone: texts may be secrets.

export const text = (must: string) =>
  Schema.String.annotate({ message: `${must}, but is {type}` }).check(Schema.isMinLength(1, { message: must }))

export const matching = (must: string, pattern: string) =>
  Schema.String.annotate({ message: `${must}, but is {type}` }).check(
    Schema.isPattern(new RegExp(pattern), { message: must }),
  )

export const list = <S extends Schema.Top>(item: S, must: string) =>
  Schema.Array(item)
    .annotate({ message: `${must}, but is {type}` })
    .pipe(Schema.withDecodingDefaultKey(Effect.succeed([])))

export const flag = (byDefault: boolean) =>
  Schema.Boolean.annotate({ message: "must be true or false, but is {value}" }).pipe(
    Schema.withDecodingDefaultKey(Effect.succeed(byDefault)),
  )

interface Range {
  readonly minimum: number
  readonly maximum?: number
  readonly default: number
}

export const number = (range: Range, kind: "a number" | "a whole number") => {
  const bounds =
    range.maximum === undefined ? `of ${range.minimum} or more` : `from ${range.minimum} to ${range.maximum}`
  const message = `must be ${kind} ${bounds}, but is {value}`
  return Schema.Number.annotate({ message })
    .check(
      kind === "a number" ? Schema.isFinite({ message }) : Schema.isInt({ message }),
      Schema.isBetween({ minimum: range.minimum, maximum: range.maximum ?? Number.MAX_VALUE }, { message }),
    )
    .pipe(Schema.withDecodingDefaultKey(Effect.succeed(range.default)))
}

export const oneOf = <const L extends ReadonlyArray<string>>(values: L) =>
  Schema.Literals(values).annotate({ message: `must be ${alternatives(values)}, but is {value}` })

/** "a", "b" or "c" */
export const alternatives = (values: ReadonlyArray<string>): string =>
  values.map((value, at) => `${at === 0 ? "" : at === values.length - 1 ? " or " : ", "}"${value}"`).join("")

export const group = <F extends Schema.Struct.Fields>(fields: F) =>
  Schema.Struct(fields).annotate({ message: "must be an object, but is {type}" })

/** Says, for a required setting that is not there, what to give. */
export const required =
  (hint: string) =>
  <S extends Schema.Top>(schema: S): S["Rebuild"] =>
    schema.annotateKey({ messageMissingKey: hint })
