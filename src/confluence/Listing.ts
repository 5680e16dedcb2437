/**
 * One page of a list, whichever of Confluence's two ways of paging the list has.
 *
 * v2 lists give a cursor in `_links.next` and in the `Link` header. v1 lists count with `start`; their `_links.next` may be
 * missing although more rows exist, so such a list ends at its total, where it names one, or at an empty page.
 * From a next link only the position is taken: its path is relative to the site even through the gateway, and its host
 * must never be called with our credential.
 */
import { Effect } from "effect"
import { isRecord } from "../json.ts"
import { ConfluenceClient } from "./ConfluenceClient.ts"
import { type ConfluenceError, CursorLoop, UnexpectedResponse } from "./errors.ts"

export type Row = Record<string, unknown>
/** Query parameters in order; a name may be there several times. */
export type Query = ReadonlyArray<readonly [string, string]>

/** A list as it is asked for; everything but the position, which changes from page to page. */
export interface List {
  readonly path: string
  readonly query: Query
  /** The parameters that ask for bodies, which make rows heavy; the list can be read without them. */
  readonly body?: Query
  /** "none": a list that comes whole, and takes no limit. */
  readonly paging: "cursor" | "offset" | "none"
  /** Most rows a request may ask for: 250 for every v2 list, 200 for v1's groups and members. */
  readonly limit: number
  /** Of a list by offsets: the site gives a way to the next page wherever there is one, so that no empty page need tell the end. */
  readonly linked?: boolean
  /** The stream that pays for the requests, for counts and messages. */
  readonly stream: string
  /** The granular scope that the endpoint needs, for messages. */
  readonly scope: string
}

/** How a page is asked for. */
export interface PageOptions {
  /** Of the requests that wait for their turn, the one with the highest goes first. */
  readonly priority?: number
  /** Without bodies. */
  readonly light?: boolean
  readonly tries?: number | undefined
  readonly timeoutMs?: number | undefined
  readonly mostBytes?: number | undefined
  readonly expectedBytes?: number | undefined
}

/** How a list is read from its beginning to its end. */
export interface ListOptions extends PageOptions {
  /** An empty list is as likely as any, so that it need not be asked for again: the labels of a space, say. */
  readonly oftenEmpty?: boolean
  /** Entries that are no rows at all are handed over as rows without anything, so that they are told of. */
  readonly oddAsRows?: boolean
}

export interface ListPage {
  readonly rows: ReadonlyArray<Row>
  /** Entries of the list that are no rows at all. */
  readonly odd: number
  /** Where the next page begins: a cursor, or an offset as text. Undefined at the end of the list. */
  readonly next: string | undefined
  readonly bytes: number
  /** Its texts may hold a NUL or half of a surrogate pair. */
  readonly mayBeMalformed: boolean
}

/** An answer with status 200 that is no list. `found` says what it has or lacks. */
export const noList = (path: string, found: string): UnexpectedResponse =>
  new UnexpectedResponse({
    message: `Confluence answered ${path} with something other than a list (${found}). Try again later; if it stays, please report it.`,
    endpoint: `GET ${path}`,
    status: 200,
  })

/** A list whose next page is one that has been read. */
export const cursorLoop = (path: string): CursorLoop =>
  new CursorLoop({
    message: `The list ${path} leads back to a page that was read before, so it never ends. Try again later; if it stays, please report it to Atlassian.`,
    endpoint: `GET ${path}`,
  })

/** The value of one query parameter in a link, absolute or relative. */
const parameterOf = (link: string, name: string): string | undefined => {
  const query = link.slice(link.indexOf("?") + 1)
  return new URLSearchParams(query).get(name) ?? undefined
}

/** The target of `rel="next"` in a Link header. */
const nextInHeader = (header: string | undefined): string | undefined =>
  header?.match(/<([^>]*)>\s*;[^,]*rel="?next"?/)?.[1]

const offsetAfter = (body: Row, start: number, size: number): string | undefined => {
  if (size === 0) return undefined
  const end = start + size
  const total = body["totalSize"]
  // A total of 0 beside rows is the document's default for "not counted".
  return typeof total === "number" && total > 0 && end >= total ? undefined : String(end)
}

const nextOf = (list: List, body: Row, header: string | undefined, position: string | undefined, size: number) => {
  if (list.paging === "none") return undefined
  const links = body["_links"]
  const inBody = isRecord(links) ? links["next"] : undefined
  const link = typeof inBody === "string" && inBody !== "" ? inBody : nextInHeader(header)
  if (list.paging === "cursor") return link === undefined ? undefined : (parameterOf(link, "cursor") ?? "")
  const start = Number(position ?? 0)
  if (link === undefined && list.linked === true) return undefined
  const linked = link === undefined ? undefined : parameterOf(link, "start")
  return linked !== undefined && Number(linked) > start ? linked : offsetAfter(body, start, size)
}

/** So often a list is asked for that answers with something else: a proxy or an odd moment of the site may be between. */
const MOST_LOOKS = 3
const LOOK_AGAIN_MS = 1_000

const askForPage = Effect.fnUntraced(function* (
  list: List,
  position: string | undefined,
  limit: number,
  { light = false, priority = 0, ...how }: PageOptions,
): Effect.fn.Return<ListPage, ConfluenceError, ConfluenceClient> {
  const client = yield* ConfluenceClient
  const at: Query = position === undefined ? [] : [[list.paging === "cursor" ? "cursor" : "start", position]]
  const answer = yield* client.request({
    ...how,
    path: list.path,
    query: [
      ...(light ? [] : (list.body ?? [])),
      ...list.query,
      ...(list.paging === "none" ? [] : [["limit", String(limit)] as const]),
      ...at,
    ],
    stream: list.stream,
    scope: list.scope,
    priority,
  })
  // The one list that comes whole is bare.
  const body = list.paging === "none" && Array.isArray(answer.body) ? { results: answer.body } : answer.body
  const entries: unknown = isRecord(body) ? body["results"] : undefined
  if (!isRecord(body) || !Array.isArray(entries)) {
    return yield* noList(list.path, 'no "results"')
  }
  const rows: ReadonlyArray<Row> = entries.every(isRecord) ? entries : entries.filter(isRecord)
  const next = nextOf(list, body, answer.link, position, entries.length)
  if (next === "") {
    return yield* noList(list.path, "a link to the next page without a cursor")
  }
  const { bytes, mayBeMalformed } = answer
  return { rows, odd: entries.length - rows.length, next, bytes, mayBeMalformed }
})

/** Reads the page of `list` at `position` (undefined: the first), asking for `limit` rows. */
export const readPage = Effect.fnUntraced(function* (
  list: List,
  position: string | undefined,
  limit: number,
  options: PageOptions = {},
): Effect.fn.Return<ListPage, ConfluenceError, ConfluenceClient> {
  for (let look = 1; ; look++) {
    const page = yield* Effect.result(askForPage(list, position, limit, options))
    if (page._tag === "Success") return page.success
    const isNoList = page.failure._tag === "UnexpectedResponse" && page.failure.status === 200
    if (!isNoList || look >= MOST_LOOKS) return yield* page.failure
    yield* Effect.sleep(LOOK_AGAIN_MS)
  }
})

/** Reads a list from its beginning to its end, a page after the other. For lists too short to be gone on with. */
export const eachPage = Effect.fnUntraced(function* <E, R>(
  list: List,
  onRows: (rows: ReadonlyArray<Row>, bytes: number) => Effect.Effect<void, E, R>,
  { oftenEmpty = false, oddAsRows = false, ...options }: ListOptions = {},
): Effect.fn.Return<void, ConfluenceError | E, ConfluenceClient | R> {
  const seen = new Set<string>()
  let position: string | undefined
  let confirmed = oftenEmpty
  for (;;) {
    const page = yield* readPage(list, position, list.limit, { priority: Number.POSITIVE_INFINITY, ...options })
    if (list.paging === "cursor" && page.rows.length === 0 && page.next === undefined && !confirmed) {
      // Sites have been seen to answer 200 and nothing for a moment; what is not listed would be taken for gone.
      confirmed = true
      continue
    }
    const odd = oddAsRows ? Array.from({ length: page.odd }, (): Row => ({})) : []
    yield* onRows(odd.length === 0 ? page.rows : [...page.rows, ...odd], page.bytes)
    if (page.next === undefined) return
    if (seen.has(page.next)) return yield* cursorLoop(list.path)
    seen.add(page.next)
    position = page.next
  }
})
