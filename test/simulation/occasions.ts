/** Histories that are drawn like all others, and then made to hold an occasion for a deliberate defect. */
import { Chance } from "./chance.ts"
import type { Occasion, Occasions } from "./defects/Occasion.ts"
import { occasionsOfChanges } from "./defects/occasionsOfChanges.ts"
import { occasionsOfContents } from "./defects/occasionsOfContents.ts"
import { occasionsOfRestrictions } from "./defects/occasionsOfRestrictions.ts"
import { occasionsOfStates } from "./defects/occasionsOfStates.ts"
import { occasionsOfWalks } from "./defects/occasionsOfWalks.ts"
import { drawHistory, type History, type Round } from "./history.ts"
import { INCREMENTAL_STREAMS } from "./moments.ts"
import type { Hunted } from "./mutations.ts"

export const OCCASIONS: Occasions = {
  ...occasionsOfChanges,
  ...occasionsOfWalks,
  ...occasionsOfStates,
  ...occasionsOfRestrictions,
  ...occasionsOfContents,
}

/**
 * What is read where an occasion does not name its streams: those that follow changes, and no others that the history would read.
 * Reading what each content has takes ten times as long, and shows none of these defects sooner.
 */
const FIRST: ReadonlySet<string> = new Set(INCREMENTAL_STREAMS)

/** The history of a seed with the occasion in it. */
export const historyFor = (seed: number, mutation: Hunted): History => {
  const occasion: Occasion = OCCASIONS[mutation] ?? {}
  const { syncMode = "incremental", streams, config = {}, site = {}, round = (each: Round) => each } = occasion
  const drawn = drawHistory(seed, { config })
  const chance = new Chance(seed)
  const quirks = { ...drawn.site.settings?.quirks, ...site.settings?.quirks }
  const history: History = {
    ...drawn,
    syncMode,
    streams: streams ?? drawn.streams.filter((stream) => FIRST.has(stream)),
    site: { ...drawn.site, ...site, settings: { ...drawn.site.settings, ...site.settings, quirks } },
  }
  return { ...history, rounds: history.rounds.map((each, index) => round(each, index, history, chance)) }
}
