/**
 * Cursors: opaque to clients, and good only for the endpoint and the parameters that they were made for, the limit and the body's
 * format perhaps excepted. Inside is the position after which to go on, so they cost the site nothing to keep.
 */
import { type Answer, badCursor, errorV2, html, notFound, Refusal } from "./answers.ts"
import type { Position } from "./Collection.ts"
import type { SiteSettings } from "./options.ts"
import type { Quirks } from "./quirks.ts"
import { fingerprint } from "./seededChance.ts"

interface CursorContent {
  readonly k: number | string
  readonly o: number
  /** What it belongs to. */
  readonly f: string
  /** When it was made (ms), kept only where cursors expire. */
  readonly t?: number
  /** How many answers came before it in this walk. */
  readonly n: number
  /** The epoch that it was made under. */
  readonly e: number
}

/** The parameters by which a cursor is bound, in a fixed order. */
const bond = (path: string, query: URLSearchParams, { cursorBindsLimit, cursorBindsBody }: Quirks): string =>
  fingerprint(
    `${path}?${[...query]
      .filter(
        ([name]) =>
          name !== "cursor" && (cursorBindsLimit || name !== "limit") && (cursorBindsBody || name !== "body-format"),
      )
      .map(([name, value]) => `${name}=${value}`)
      .toSorted()
      .join("&")}`,
  )

/** Where a request wants to go on, and how many answers came before. Throws a Refusal for a cursor that is not good. */
export const readCursor = (
  path: string,
  query: URLSearchParams,
  settings: SiteSettings,
  now: number,
): { readonly after: Position | undefined; readonly before: number } => {
  const cursor = query.get("cursor")
  if (cursor === null) return { after: undefined, before: 0 }
  const content = decode(cursor)
  const expired =
    content === undefined ||
    (settings.cursorLifetimeMs > 0 && now - (content.t ?? 0) > settings.cursorLifetimeMs) ||
    (settings.cursorUses > 0 && content.n > settings.cursorUses)
  if (expired || content.f !== bond(path, query, settings.quirks)) throw new Refusal(badCursor(cursor))
  const { oldCursors } = settings.quirks
  if (content.e !== settings.cursorEpoch && oldCursors !== "taken")
    throw new Refusal(oldCursor(oldCursors, path, cursor))
  return { after: { key: content.k, ordinal: content.o }, before: content.n }
}

/** The cursor for going on after a position. */
export const writeCursor = (
  path: string,
  query: URLSearchParams,
  settings: SiteSettings,
  now: number,
  after: Position,
  before: number,
): string => {
  const content: CursorContent = {
    k: after.key,
    o: after.ordinal,
    f: bond(path, query, settings.quirks),
    ...(settings.cursorLifetimeMs > 0 ? { t: now } : {}),
    n: before + 1,
    e: settings.cursorEpoch,
  }
  return Buffer.from(JSON.stringify(content)).toString("base64")
}

const oldCursor = (answer: Exclude<Quirks["oldCursors"], "taken">, path: string, cursor: string): Answer => {
  switch (answer) {
    case "400":
      return badCursor(cursor)
    case "400 without the word":
      return errorV2(400, "INVALID_REQUEST_PARAMETER", "The request is not valid")
    case "404":
      return notFound(path)
    case "410":
      return errorV2(410, "GONE", "Gone")
    case "500":
      return html(500, "Oops, an error occurred")
  }
}

const decode = (cursor: string): CursorContent | undefined => {
  try {
    const content: unknown = JSON.parse(Buffer.from(cursor, "base64").toString())
    return typeof content === "object" && content !== null && "f" in content ? (content as CursorContent) : undefined
  } catch {
    return undefined
  }
}
