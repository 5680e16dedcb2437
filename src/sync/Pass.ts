/**
 * One going through all lists of a stream: a scan, whose rows are sent and whose positions the state keeps, or a
 * reconciliation, which compares.
 */
import { Effect } from "effect"
import type { Row } from "../confluence/Listing.ts"
import { admitted } from "./admission.ts"
import type { ReadFailure } from "./failures.ts"
import type { ReadServices } from "./readServices.ts"
import { silentRun } from "./silentRun.ts"
import type { StreamFacts } from "./StreamFacts.ts"
import type { StreamRun } from "./StreamRun.ts"
import type { PartPosition } from "./StreamState.ts"

export interface Pass {
  readonly run: StreamRun
  /** How far each part has been read. */
  readonly parts: Map<string, PartPosition>
  /** Whether rows are asked for with their bodies. */
  readonly withBodies: boolean
  /** Whether every row that is listed is one to send, so that how many there are tells how much is to come. */
  readonly sendsAll: boolean
  /** Takes a page of rows, and lets `advance` note the position behind it. `mayBeMalformed`: its texts may hold a NUL or half of a surrogate pair. */
  readonly take: (
    rows: ReadonlyArray<Row>,
    advance: () => void,
    mayBeMalformed?: boolean,
  ) => Effect.Effect<void, ReadFailure, ReadServices>
}

/** Sends nothing, for lists that are read to know what is there: their requests are those of the stream, and their rows come to `take` alone. */
export const quietPass = (
  facts: StreamFacts,
  take: (rows: ReadonlyArray<Row>, run: StreamRun) => Effect.Effect<void, ReadFailure, ReadServices> = () =>
    Effect.void,
): Pass => {
  const run = silentRun({ ...facts, primaryKey: ["id"] })
  return {
    run,
    parts: new Map(),
    withBodies: false,
    sendsAll: false,
    take: (rows, advance) => Effect.map(take(rows, run), advance),
  }
}

/** Notes whom the rows name, and sends nothing. */
export const namesOf = (run: StreamRun): Pass => ({
  run,
  parts: new Map(),
  withBodies: false,
  sendsAll: false,
  take: (rows, advance) =>
    Effect.map(admitted(run, rows), (some) => {
      run.accounts?.note(some)
      advance()
    }),
})

/** Sends what is new of the rows, and keeps the positions in the stream's state. */
export const scanOf = (run: StreamRun): Pass => ({
  run,
  parts: run.parts,
  withBodies: true,
  sendsAll: true,
  take: (rows, advance, mayBeMalformed) =>
    Effect.flatMap(admitted(run, rows), (some) => run.take(some, advance, mayBeMalformed)),
})

/** Takes rows as the site gave them, and tells of those that cannot be sent. */
export const takeAsGiven = (pass: Pass, rows: ReadonlyArray<Row>): Effect.Effect<void, ReadFailure, ReadServices> =>
  Effect.suspend(() => {
    const sound = pass.run.sound(rows)
    const unsound = rows.length - sound.length
    const told = unsound > 0 || pass.run.isOdd ? pass.run.tellOdd(unsound) : Effect.void
    return Effect.andThen(
      told,
      pass.take(sound, () => {}),
    )
  })

/** Lists what has been sent before once more, from the beginning, and sends what is new of it. */
export const relistingOf = (run: StreamRun): Pass => ({ ...scanOf(run), parts: new Map(), sendsAll: false })

/** The positions of those parts whose names begin so: a stream that is read in several lists keeps each list's parts apart. */
export const partsBelow = (parts: Map<string, PartPosition>, name: string): Map<string, PartPosition> => {
  const own = `${name} `
  const named = [...parts].flatMap(([id, position]): ReadonlyArray<[string, PartPosition]> =>
    id.startsWith(own) ? [[id.slice(own.length), position]] : [],
  )
  return new WrittenThrough(parts, own, named)
}

class WrittenThrough extends Map<string, PartPosition> {
  readonly #outer: Map<string, PartPosition> | undefined
  readonly #own: string
  constructor(outer: Map<string, PartPosition>, own: string, named: ReadonlyArray<[string, PartPosition]>) {
    super()
    for (const [id, position] of named) super.set(id, position)
    this.#outer = outer
    this.#own = own
  }

  override set(id: string, position: PartPosition): this {
    this.#outer?.set(this.#own + id, position)
    return super.set(id, position)
  }

  override delete(id: string): boolean {
    this.#outer?.delete(this.#own + id)
    return super.delete(id)
  }
}
