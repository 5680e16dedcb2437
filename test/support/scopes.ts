/** Compares what a destination has with what filters let in of a site, by the judge of filters. */
import { expect } from "vitest"
import { inScope } from "../simulation/inScope.ts"
import { siteRows } from "../simulation/siteRows.ts"
import { merged } from "./destination.ts"
import type { GivenFilters } from "./givenFilters.ts"
import type { Ran, Simulation } from "./inProcess.ts"

/** Ids that are missing and ids that are there by mistake, for each stream in which there are any. */
export const differences = (
  simulation: Simulation,
  filters: GivenFilters,
  runs: ReadonlyArray<Ran>,
  streams: ReadonlyArray<string>,
): ReadonlyArray<string> => {
  const truth = inScope(filters, siteRows(simulation.site))
  return streams.flatMap((stream) => {
    const has = new Set(merged(stream, runs).map(({ id }) => String(id)))
    const { rows, perhaps } = truth.get(stream)!
    const must = new Set(rows.map(({ id }) => String(id)))
    const may = new Set(perhaps.map(({ id }) => String(id)))
    return [
      ...[...must].filter((id) => !has.has(id)).map((id) => `${stream} ${id} is missing`),
      ...[...has].filter((id) => !must.has(id) && !may.has(id)).map((id) => `${stream} ${id} is too many`),
    ]
  })
}

export const expectScope = (
  simulation: Simulation,
  filters: GivenFilters,
  runs: ReadonlyArray<Ran>,
  streams: ReadonlyArray<string>,
): void => expect(differences(simulation, filters, runs, streams)).toEqual([])
