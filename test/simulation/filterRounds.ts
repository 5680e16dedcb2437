/**
 * Gives some histories filters, and changes these between syncs: to others, to one more, to none, and back. What is drawn here comes
 * from a chance of its own, so that whatever else happens in the history of a seed is the same with filters and without.
 */
import type { Fault } from "../../src/sample-site/Fault.ts"
import { SampleSite } from "../../src/sample-site/SampleSite.ts"
import { hash32 } from "../../src/sample-site/seededChance.ts"
import type { GivenFilters } from "../support/givenFilters.ts"
import { Chance } from "./chance.ts"
import { drawFilters } from "./drawnFilters.ts"
import type { History, Round } from "./history.ts"
import { siteRows } from "./siteRows.ts"

/** Histories with filters. */
const SHARE = 0.4
const NONE: GivenFilters = {}

/** The site as it is when the history begins: filters name what is there then. */
const atFirst = ({ site }: History) => siteRows(new SampleSite({ ...site, now: () => Date.UTC(2026, 6, 1, 8) }))

/** Both filters together; of windows of dates, which could end before they begin, only the new ones. */
const both = (some: GivenFilters, more: GivenFilters): GivenFilters => {
  const isWindow = (key: string) => /_(?:after|before)$/.test(key)
  const hasWindow = Object.keys(more).some(isWindow)
  return { ...Object.fromEntries(Object.entries(some).filter(([key]) => !hasWindow || !isWindow(key))), ...more }
}

/** A fault of the lists that tell what lies below a page. */
const drawFault = (chance: Chance): Fault => {
  const path = "/wiki/api/v2/pages/*/descendants"
  const after = chance.spread(1, 6) - 1
  switch (chance.weighted({ empty: 3, refused: 2, "refused once": 2, broken: 1 })) {
    case "empty":
      return { kind: "empty-list", path, after, times: 1 }
    case "refused":
      return { kind: "status", status: chance.of([401, 403, 404]), path, after }
    case "refused once":
      return { kind: "status", status: chance.of([401, 403, 404, 500]), path, after, times: 1 }
    case "broken":
      return { kind: "truncated-json", path, after, times: chance.between(1, 3) }
  }
}

const hasTrees = ({ page_ids_include = [], page_ids_exclude = [] }: GivenFilters): boolean =>
  page_ids_include.length + page_ids_exclude.length > 0

/** The history with filters, if it is to have some; `always` leaves that not to chance. */
export const withFilters = (history: History, always?: boolean): History => {
  const chance = new Chance(hash32(history.seed, 7005, 0))
  const isChosen = chance.happens(SHARE)
  if (!(always ?? isChosen)) return history
  const site = atFirst(history)
  const before: Array<GivenFilters> = [chance.happens(0.25) ? NONE : drawFilters(chance, site)]
  const change = (): GivenFilters => {
    const now = before.at(-1)!
    switch (chance.weighted({ others: 4, "one more": 3, none: 2, back: 3 })) {
      case "others":
        return drawFilters(chance, site)
      case "one more":
        return both(now, drawFilters(chance, site))
      case "none":
        return NONE
      case "back":
        return chance.of(before)
    }
  }
  const isDisturbed = history.rounds.some(({ faults }) => faults.length > 0)
  const rounds = history.rounds.map((round, index): Round => {
    // Often right after a sync that was cut off.
    const isLikely = index > 0 && history.rounds[index - 1]!.cut !== undefined
    const isChanged = chance.happens(isLikely ? 0.4 : 0.2)
    if (isChanged) before.push(change())
    const filters = before.at(-1)!
    const isFaulty = chance.happens(0.25) && hasTrees(filters) && isDisturbed
    return {
      ...round,
      ...(isChanged ? { config: { ...round.config, filters } } : {}),
      ...(isFaulty ? { faults: [...round.faults, drawFault(chance)] } : {}),
    }
  })
  return { ...history, config: { ...history.config, filters: before[0]! }, rounds }
}
