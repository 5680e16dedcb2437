/**
 * Writes the rows in the order of their contents, from where an earlier attempt of the same job has stopped.
 *
 * The state says up to which content, in the order of the ids, rows have been sent, and what could not be asked by then: the ids of contents
 * whose own restrictions are missing, and after `above` those of contents of which it is not known what they lie below. An attempt that goes on
 * from there sends what these have left out.
 */
import { Effect } from "effect"
import type { Row } from "../../confluence/Listing.ts"
import type { ReadFailure } from "../../sync/failures.ts"
import type { Pass } from "../../sync/Pass.ts"
import type { ReadServices } from "../../sync/readServices.ts"
import { type ContentTable, compareIds } from "./ContentTable.ts"
import { RestrictionRows } from "./restrictionRows.ts"

/** Names the position in the state. */
const PART = "contents"
/** Rows that are handed over at once, about. */
const PAGE = 250
/** With more than this left out, the state does not go on, so that it stays small. */
const MOST_KEPT = 100
const ABOVE = "above "

/** What could not be asked, by places. */
export interface LeftOut {
  /** Contents whose own restrictions are not known. */
  readonly carriers: ReadonlyArray<number>
  /** Contents of which it is not known what they lie below. */
  readonly cutOff: ReadonlyArray<number>
  /** Contents may be missing from the table. */
  readonly contents: boolean
}

const partition = (left: ReadonlyArray<string>) => ({
  carriers: new Set(left.filter((entry) => !entry.startsWith(ABOVE))),
  cutOff: left.flatMap((entry) => (entry.startsWith(ABOVE) ? [entry.slice(ABOVE.length)] : [])),
})

/**
 * Which rows of contents that were passed are still to be sent; undefined where none are.
 *
 * Of what could not be followed up, nobody knew whether it is content of the stream, nor that there is something above it which nothing else
 * shows: all rows of these are still to be sent.
 */
const wantedBefore = (
  table: ContentTable,
  rows: RestrictionRows,
  left: ReadonlyArray<string>,
  isShown: (place: number) => boolean,
) => {
  if (left.length === 0) return undefined
  const { carriers, cutOff } = partition(left)
  const places = cutOff.flatMap((id) => table.find(id) ?? [])
  const wasUnknown = (place: number) =>
    places.some((other) => place === other || (!isShown(place) && rows.isBelow(other, place)))
  return (place: number) => {
    if (wasUnknown(place)) return () => true
    const below = places.filter((other) => rows.isBelow(place, other))
    return (carrier: number) =>
      carriers.has(table.idOf(carrier)) || below.some((other) => carrier !== other && rows.isBelow(other, carrier))
  }
}

/** `isShown`: whether a list or the search shows a content, so that it is known without what lies below it. */
export const writeRows = Effect.fnUntraced(function* (
  pass: Pass,
  table: ContentTable,
  leftOut: LeftOut,
  isShown: (place: number) => boolean,
): Effect.fn.Return<void, ReadFailure, ReadServices> {
  const rows = new RestrictionRows(table)
  const from = pass.parts.get(PART)
  const after = from?.f?.l
  const wanted = wantedBefore(table, rows, from?.left ?? [], isShown)
  const left = [
    ...leftOut.carriers.map((place) => table.idOf(place)),
    ...leftOut.cutOff.map((place) => ABOVE + table.idOf(place)),
  ]
  const isKept = !leftOut.contents && left.length <= MOST_KEPT
  let page: Array<Row> = []
  const write = (last: string | undefined) => {
    const some = page
    page = []
    return pass.take(some, () => {
      if (last === undefined || !isKept) return
      pass.parts.set(PART, { f: { l: last }, ...(left.length === 0 ? {} : { left }) })
    })
  }
  for (const place of rows.places()) {
    const id = table.idOf(place)
    const isPassed = after !== undefined && compareIds(id, after) <= 0
    if (isPassed && wanted === undefined) continue
    page.push(...rows.of(place, isPassed ? wanted!(place) : undefined))
    if (page.length >= PAGE) yield* write(isPassed ? undefined : id)
  }
  if (page.length > 0) yield* write(undefined)
})
