/** What faults make of answers: errors in Confluence's shape, other links to the next page, rows that lack what they should have. */
import { type Answer, errorV1, errorV2, html, json } from "./answers.ts"
import type { Fault } from "./Fault.ts"
import { hash32 } from "./seededChance.ts"
import { TOKEN_PATH } from "./TokenEndpoint.ts"

/** A row that an answer did not give as it is. */
export interface OddRow {
  readonly path: string
  readonly id: string
  /** The field, at the top of the row. */
  readonly field: string
}

/** An error by its status. */
export const statusAnswer = (fault: Fault, path: string): Answer => {
  const status = fault.status ?? 500
  const headers = fault.headers ?? {}
  if (fault.body !== undefined)
    return { status, headers: { "content-type": "application/json", ...headers }, body: fault.body }
  const answer =
    status >= 500
      ? html(status, "Oops, an error occurred")
      : path === TOKEN_PATH
        ? json(status, { error: "invalid_request", error_description: "An error on demand" })
        : status === 410
          ? errorV1(410, "GoneException", "This deprecated endpoint has been removed.")
          : path.startsWith("/wiki/rest/")
            ? errorV1(status, "ServiceException", "An error on demand")
            : errorV2(
                status,
                status === 404 ? "NOT_FOUND" : status === 403 ? "FORBIDDEN" : "ERROR",
                "An error on demand",
              )
  return { ...answer, headers: { ...answer.headers, ...headers } }
}

/** A link with the cursor that was sent. */
export const sameCursor = (next: string, query: URLSearchParams): string => {
  const [path, rest] = next.split("?")
  const changed = new URLSearchParams(rest)
  changed.set("cursor", query.get("cursor") as string)
  return `${path}?${changed}`
}

/** Changes the link to the next page, in the body and in the Link header alike. */
export const withNext = (answer: Answer, change: (next: string, base: string) => string): Answer => {
  const value = readable(answer)
  const links = value?.["_links"] as Record<string, string> | undefined
  const next = links?.["next"]
  if (links === undefined || next === undefined) return answer
  const changed = change(next, links["base"] ?? "")
  links["next"] = changed
  const link = answer.headers?.["link"]
  const headers = link === undefined ? answer.headers : { ...answer.headers, link: link.replace(next, () => changed) }
  return { ...answer, headers: headers ?? {}, body: JSON.stringify(value) }
}

/** A list's answer in which a field of one row is missing (`value` left out) or something else; `field` may be a path of two. */
export const withOddRow = (
  answer: Answer,
  path: string,
  { field = "id", value }: Pick<Fault, "field" | "value">,
): { readonly answer: Answer; readonly odd?: OddRow } => {
  const whole = readable(answer)
  const rows = whole?.["results"]
  if (!Array.isArray(rows) || rows.length === 0) return { answer }
  const row = rows[hash32(answer.body.length, 97, rows.length) % rows.length] as Record<string, unknown>
  const id = String(row["id"])
  const [top = "", below] = field.split(".")
  const holder = below === undefined ? row : (row[top] as Record<string, unknown> | null | undefined)
  if (typeof holder !== "object" || holder === null) return { answer }
  if (value === undefined) delete holder[below ?? top]
  else holder[below ?? top] = value
  return { answer: { ...answer, body: JSON.stringify(whole) }, odd: { path, id, field: top } }
}

/** The JSON of a good answer; undefined where there is none. */
const readable = (answer: Answer): Record<string, unknown> | undefined => {
  if (answer.status !== 200) return undefined
  try {
    return JSON.parse(Buffer.from(answer.body).toString()) as Record<string, unknown>
  } catch {
    return undefined
  }
}
