/** Query parameters of Confluence's v2 API: what each endpoint declares is understood, everything else is refused with 400. */
import { badParameter, errorV2, Refusal } from "./answers.ts"
import type { Quirks } from "./quirks.ts"

/** The form of one parameter. Lists hold at most `most` values. */
export type ParameterForm =
  | { readonly form: "text" | "boolean" | "cursor" }
  | { readonly form: "whole"; readonly least?: number; readonly most?: number }
  | { readonly form: "limit"; readonly default: number }
  | { readonly form: "one of"; readonly values: readonly string[] }
  | { readonly form: "list of ids"; readonly most: number }
  | { readonly form: "list of text"; readonly most: number }
  | { readonly form: "list of"; readonly values: readonly string[] }

/** The parameters that an endpoint declares. */
export type ParameterForms = Readonly<Record<string, ParameterForm>>

/** Most rows that any v2 list gives in one answer. */
const MOST_ROWS = 250

/** Parameters of a request, checked by their forms. */
export class Parameters {
  private readonly query: URLSearchParams
  private readonly forms: ParameterForms
  private readonly lists: Quirks["lists"]

  /** Throws a Refusal when the request has a parameter that is not declared, or a bad value. */
  constructor(query: URLSearchParams, forms: ParameterForms, lists: Quirks["lists"]) {
    this.query = query
    this.forms = forms
    this.lists = lists
    for (const name of new Set(query.keys())) {
      const form = forms[name]
      if (form === undefined)
        throw new Refusal(errorV2(400, "INVALID_REQUEST_PARAMETER", `Unrecognized query parameter '${name}'`))
      this.check(name, form)
    }
  }

  /** A single value. */
  text(name: string): string | undefined {
    return this.query.get(name) ?? undefined
  }

  /** The values of a list; undefined when it is not given. */
  list(name: string): readonly string[] | undefined {
    const values = this.query.getAll(name)
    return values.length === 0 ? undefined : values.flatMap((value) => value.split(",")).map((value) => value.trim())
  }

  /** A boolean, by its default. */
  flag(name: string, unless: boolean): boolean {
    const value = this.query.get(name)
    return value === null ? unless : value === "true"
  }

  /** How many rows are asked for. */
  limit(): number {
    const form = this.forms["limit"]
    const value = this.query.get("limit")
    return value === null ? (form?.form === "limit" ? form.default : 25) : Number(value)
  }

  /** The sort field and its direction; the first value of the form is the default. */
  sort(): { readonly field: string; readonly descending: boolean } {
    const value = this.query.get("sort") ?? ""
    return { field: value.replace(/^-/, ""), descending: value.startsWith("-") }
  }

  private check(name: string, form: ParameterForm): void {
    const values = this.query.getAll(name)
    const value = values[0] as string
    const refuse = (bad: string, expected: string) => {
      throw new Refusal(badParameter(bad, name, expected))
    }
    if (form.form.startsWith("list")) return this.checkList(name, form, values)
    if (values.length > 1) refuse(values.join(","), "a single value")
    if (form.form === "boolean" && value !== "true" && value !== "false") refuse(value, "boolean")
    if (form.form === "whole") {
      const { least = 0, most = 999_999_999 } = form
      if (!/^\d{1,9}$/.test(value) || Number(value) < least || Number(value) > most)
        refuse(value, form.most === undefined ? "int" : `an int from ${least} to ${most}`)
    }
    if (form.form === "one of" && !form.values.includes(value)) refuse(value, `one of ${form.values.join(", ")}`)
    if (form.form === "limit" && !(/^\d+$/.test(value) && Number(value) >= 1 && Number(value) <= MOST_ROWS))
      refuse(value, `an int from 1 to ${MOST_ROWS}`)
  }

  private checkList(name: string, form: ParameterForm, given: readonly string[]): void {
    const refuse = (bad: string, expected: string) => {
      throw new Refusal(badParameter(bad, name, expected))
    }
    if (this.lists === "comma" && given.length > 1) refuse(given.join("&"), "a comma-separated list")
    if (this.lists === "repeated" && given.some((value) => value.includes(",")))
      refuse(given.join("&"), "a repeated parameter")
    const values = this.list(name) ?? []
    if (this.lists === "one" && values.length > 1) refuse(values.join(","), "a single value")
    if (form.form === "list of ids") {
      const bad = values.find((value) => !/^\d{1,19}$/.test(value) || BigInt(value) > 9223372036854775807n)
      if (bad !== undefined) refuse(bad, "long")
    }
    if (form.form === "list of") {
      const bad = values.find((value) => !form.values.includes(value))
      if (bad !== undefined) refuse(bad, `one of ${form.values.join(", ")}`)
    }
    if ((form.form === "list of ids" || form.form === "list of text") && values.length > form.most)
      throw new Refusal(
        errorV2(400, "INVALID_REQUEST_PARAMETER", `'${name}' holds ${values.length} values, more than ${form.most}`),
      )
  }
}
