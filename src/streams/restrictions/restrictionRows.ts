/**
 * The rows of the stream, made as they are written: for each content, in the order of the ids, those whom it names itself, and those whom
 * each content above it names for reading.
 */
import type { Row } from "../../confluence/Listing.ts"
import { type Operation, OPERATIONS } from "./answers.ts"
import type { ContentTable } from "./ContentTable.ts"

const UNKNOWN = -3
const UNDER_WAY = -2
const NOBODY = -1

export class RestrictionRows {
  readonly #table: ContentTable
  /** For each content the nearest one, itself or above it, that says who alone may read it. */
  readonly #nearest: Int32Array

  constructor(table: ContentTable) {
    this.#table = table
    this.#nearest = new Int32Array(table.size).fill(UNKNOWN)
  }

  #nearestTo(place: number): number {
    const nearest = this.#nearest
    const path: Array<number> = []
    let found = NOBODY
    for (let at: number | undefined = place; at !== undefined; at = this.#table.above(at)) {
      const known = nearest[at]!
      // Something lies below itself: it was moved while the lists were read.
      if (known === UNDER_WAY) break
      if (known !== UNKNOWN || this.#table.restrictions.isReadRestricted(at)) {
        found = known === UNKNOWN ? (nearest[at] = at) : known
        break
      }
      nearest[at] = UNDER_WAY
      path.push(at)
    }
    for (const at of path) nearest[at] = found
    return found
  }

  /** The contents that restrict who may read a content, from the lowest to the highest. */
  #carriersOf(place: number): ReadonlyArray<number> {
    const carriers = new Set<number>()
    let at: number | undefined = place
    while (at !== undefined) {
      const carrier = this.#nearestTo(at)
      if (carrier === NOBODY || carriers.has(carrier)) break
      carriers.add(carrier)
      at = this.#table.above(carrier)
    }
    return [...carriers]
  }

  /** The places of all content that has rows, in the order of the ids. */
  places(): Uint32Array {
    const table = this.#table
    let count = 0
    const places = new Uint32Array(table.size)
    for (let place = 0; place < table.size; place++) {
      if (!table.isContent(place)) continue
      if (table.restrictions.has(place) || this.#nearestTo(place) !== NOBODY) places[count++] = place
    }
    return places.subarray(0, count).sort((one, other) => table.compare(one, other))
  }

  /** The rows of one content. `isWanted`: by what content carries the restriction. */
  of(place: number, isWanted: (carrier: number) => boolean = () => true): ReadonlyArray<Row> {
    const table = this.#table
    const rows: Array<Row> = []
    const content = {
      contentId: table.idOf(place),
      contentType: table.typeOf(place),
      spaceId: table.spaceOf(place) || null,
    }
    const add = (carrier: number, operation: Operation) => {
      for (const { type, id, name } of table.restrictions.of(carrier, operation)) {
        rows.push({
          ...content,
          operation,
          restrictedById: table.idOf(carrier),
          restrictedByType: table.typeOf(carrier) || null,
          inherited: carrier !== place,
          principalType: type,
          principalId: id,
          principalName: name ?? null,
        })
      }
    }
    if (isWanted(place)) for (const operation of OPERATIONS) add(place, operation)
    for (const carrier of this.#carriersOf(place)) if (carrier !== place && isWanted(carrier)) add(carrier, "read")
    return rows
  }

  /** Whether a content is this one, or lies below it. */
  isBelow(place: number, other: number): boolean {
    let steps = 0
    for (let at: number | undefined = place; at !== undefined; at = this.#table.above(at)) {
      if (at === other) return true
      if (steps++ > this.#table.size) return false
    }
    return false
  }
}
