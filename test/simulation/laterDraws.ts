/**
 * Gives histories what came to the simulation after its first streams: further streams, their changes, their faults and their doubts.
 * What is drawn here comes from a chance of its own, one for each stream, so that whatever else happens in the history of a seed is
 * the same with these and without.
 */
import type { Fault } from "../../src/sample-site/Fault.ts"
import type { SampleSiteOptions } from "../../src/sample-site/options.ts"
import { hash32 } from "../../src/sample-site/seededChance.ts"
import { Chance } from "./chance.ts"
import type { Change, ChangeKind } from "./changes.ts"
import type { History, Meanwhile, Round } from "./history.ts"

/** What histories draw of a stream, or of several that are drawn together. */
export interface Later {
  readonly streams: ReadonlyArray<string>
  /** Share of the histories that read them. */
  readonly share: number
  /** Its rows name accounts: then every history that reads users reads it, because what users must be depends on it. */
  readonly namesAccounts?: boolean
  /** What changes it, and how likely each is relative to the others. */
  readonly changes: Readonly<Partial<Record<ChangeKind, number>>>
  /** Endpoints that it alone needs; `*` for a part that varies. Faults hit these. */
  readonly endpoints: ReadonlyArray<string>
  /** Answers of the site's doubts, drawn where the stream is. */
  readonly quirks?: (chance: Chance) => NonNullable<SampleSiteOptions["settings"]>["quirks"]
}

const V2 = "/wiki/api/v2"

/** Each entry's chance is that of its first stream's name, so that entries can be added anywhere. */
export const LATER: ReadonlyArray<Later> = [
  {
    streams: ["space_labels", "labels"],
    share: 0.4,
    changes: { "label a space": 2, "take a label off a space": 2, "delete a label": 0.4 },
    endpoints: [`${V2}/spaces/*/labels`, `${V2}/labels`],
  },
  {
    streams: ["classification_levels"],
    share: 0.3,
    changes: { "define a level": 1, "rename a level": 1, "archive a level": 1 },
    endpoints: [`${V2}/classification-levels`],
    quirks: (chance) => ({
      classifies: chance.happens(0.7),
      levelsWithoutEdition: chance.of(["404", "501"] as const),
    }),
  },
]

const saltOf = (name: string): number => [...name].reduce((salt, letter) => hash32(salt, letter.charCodeAt(0), 0), 7006)

const drawFault = (chance: Chance, endpoints: ReadonlyArray<string>): Fault => {
  const path = chance.of(endpoints)
  const after = chance.spread(1, 20) - 1
  switch (chance.weighted({ refused: 3, "refused once": 3, broken: 2, "broken once": 3, "no list": 1, cut: 1 })) {
    case "refused":
      return { kind: "status", status: chance.of([401, 403, 404]), path, after }
    case "refused once":
      return { kind: "status", status: chance.of([401, 403, 404]), path, after, times: 1 }
    case "broken":
      return { kind: "status", status: 500, path, after }
    case "broken once":
      return { kind: "status", status: chance.of([500, 502, 503]), path, after, times: chance.between(1, 8) }
    case "no list":
      return { kind: "not-a-list", path, body: chance.of(["{}", "null", '{"results":null}']), after, times: 1 }
    case "cut":
      return { kind: "truncated-json", path, after, times: chance.between(1, 3) }
  }
}

const withOne = (history: History, later: Later): History => {
  const chance = new Chance(hash32(history.seed, saltOf(later.streams[0]!), 0))
  const isChosen = chance.happens(later.share)
  if (!isChosen && !(later.namesAccounts === true && history.streams.includes("users"))) return history
  const quirks = later.quirks?.(chance)
  const { settings = {} } = history.site
  const hasChanges = Object.keys(later.changes).length > 0
  const draw = (): Change => ({
    kind: chance.weighted(later.changes as Record<ChangeKind, number>),
    draw: chance.draw(),
  })
  const some = (most: number): ReadonlyArray<Change> =>
    hasChanges ? Array.from({ length: chance.spread(1, most) - 1 }, draw) : []
  const isDisturbed = history.rounds.some(({ faults }) => faults.length > 0)
  const rounds = history.rounds.map((round, index): Round => {
    const meanwhile: ReadonlyArray<Meanwhile> =
      hasChanges && round.meanwhile.length > 0 ? [{ afterRequests: chance.spread(1, 120), changes: some(4) }] : []
    const isFaulty = chance.happens(0.2) && isDisturbed && later.endpoints.length > 0
    return {
      ...round,
      changes: index === 0 ? round.changes : [...round.changes, ...some(6)],
      meanwhile: [...round.meanwhile, ...meanwhile],
      ...(isFaulty ? { faults: [...round.faults, drawFault(chance, later.endpoints)] } : {}),
    }
  })
  return {
    ...history,
    site:
      quirks === undefined
        ? history.site
        : { ...history.site, settings: { ...settings, quirks: { ...settings.quirks, ...quirks } } },
    streams: [...history.streams, ...later.streams.filter((stream) => !history.streams.includes(stream))],
    rounds,
  }
}

/** The history with what it draws of later streams. */
export const withLater = (history: History, all: ReadonlyArray<Later> = LATER): History => all.reduce(withOne, history)
