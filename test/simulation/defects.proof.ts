/** The proof can fail: each deliberate defect of the engine is found by the judge in few histories that give it an occasion. */
import { describe, expect, test } from "vitest"
import type { Defect } from "../../src/sync/defects.ts"
import { Chance } from "./chance.ts"
import { ENDPOINTS } from "./drawnFaults.ts"
import { type ConnectionConfig, drawHistory, type History, type Round } from "./history.ts"
import type { IncrementalStream } from "./moments.ts"
import { runHistory } from "./runHistory.ts"
import { inProcess } from "./worlds.ts"

/** What a defect needs to show itself. */
interface Occasion {
  readonly config?: Partial<ConnectionConfig>
  readonly site?: History["site"]
  readonly round?: (round: Round, index: number, history: History, chance: Chance) => Round
}

const MOST_HISTORIES = 40
const MINUTE = 60_000

/** Neither faults nor an end from outside. */
const CALM = { faults: [], cut: undefined, config: {} } as const

const edits = (chance: Chance, count: number): Round["changes"] =>
  Array.from({ length: count }, () => ({ kind: "edit", draw: chance.draw() }))

const OCCASIONS: Readonly<Record<Defect, Occasion>> = {
  "watermark-local-clock": {
    config: { reconcile_interval_hours: -1, lookback_minutes: 0 },
    site: { settings: { clockSkewMs: -5 * 60 * MINUTE } },
    round: (round) => ({ ...round, ...CALM, settings: {} }),
  },
  "watermark-of-scan-end": {
    config: { reconcile_interval_hours: -1, lookback_minutes: 0, num_workers: 1 },
    site: { latencyMs: 100, settings: { maxPageSize: 5 } },
    round: (round, index, _, chance) => ({
      ...round,
      ...CALM,
      settings: {},
      meanwhile:
        index > 0
          ? []
          : Array.from({ length: 20 }, (_, each) => ({ afterRequests: each * 3, changes: edits(chance, 2) })),
    }),
  },
  "no-lookback": {
    config: { reconcile_interval_hours: -1, lookback_minutes: 10 },
    round: (round, index, _, chance) => ({
      ...round,
      ...CALM,
      settings: { clockSkewMs: -2 * MINUTE * index },
      pauseMs: 1000,
      changes: edits(chance, 4),
    }),
  },
  "no-guard": {
    config: { reconcile_interval_hours: 0, max_deletion_percent: 10 },
    round: (round, index, _, chance) => ({
      ...round,
      ...CALM,
      meanwhile: [],
      changes: index === 1 ? [{ kind: "hide many spaces", draw: chance.draw() }] : round.changes,
    }),
  },
  "digest-without-parent": {
    config: { reconcile_interval_hours: 0 },
    round: (round, _index, _history, chance) => ({
      ...round,
      ...CALM,
      changes: [...round.changes, { kind: "move", draw: chance.draw() }],
    }),
  },
  // The lists of spaces are refused from their middle on, and what has come back to the site is in the part that was not read.
  "tombstone-on-403": {
    config: { reconcile_interval_hours: 0, max_deletion_percent: 100 },
    site: { settings: { maxPageSize: 10 } },
    round: (round, index, { streams }, chance) => ({
      ...round,
      ...CALM,
      meanwhile: [],
      changes: (["restore", "reveal", "restore", "reveal", "reveal a space"] as const).map((kind) => ({
        kind,
        draw: chance.draw(),
      })),
      faults:
        index === 0
          ? []
          : [
              {
                kind: "status",
                status: 403,
                path: ENDPOINTS[streams[0] as IncrementalStream][0]!,
                query: "space-id",
                after: chance.between(1, 4),
              },
            ],
    }),
  },
  "state-before-records": { round: (round) => ({ ...round, cut: round.cut && { ...round.cut, how: "kill" } }) },
  "index-not-written-on-cut": {
    round: (round, _index, _history, chance) => ({
      ...round,
      cut: { how: "terminate", afterLines: chance.between(20, 80) },
    }),
  },
  "deleted-without-confirmation": { config: { reconcile_interval_hours: 0 } },
  "changed-at-goes-back": { config: { reconcile_interval_hours: 0 } },
  "resumed-scan-does-not-reconcile": {
    config: { reconcile_interval_hours: -1 },
    round: (round, index, { site }, chance) => ({
      ...round,
      faults: [],
      cut: index === 0 ? { how: "terminate", afterLines: chance.between(20, site.pages!) } : undefined,
    }),
  },
}

const historyFor = (seed: number, { config = {}, site = {}, round = (each) => each }: Occasion): History => {
  const drawn = drawHistory(seed, { config })
  const chance = new Chance(seed)
  const history: History = {
    ...drawn,
    syncMode: "incremental",
    site: { ...drawn.site, ...site, settings: { ...drawn.site.settings, ...site.settings } },
  }
  return { ...history, rounds: history.rounds.map((each, index) => round(each, index, history, chance)) }
}

const isClean = async (history: History, defects: ReadonlyArray<Defect>): Promise<boolean> =>
  (await runHistory(history, inProcess(history, defects))).violations.length === 0

describe("the judge finds", () => {
  for (const [defect, occasion] of Object.entries(OCCASIONS) as ReadonlyArray<[Defect, Occasion]>) {
    test(
      `the defect ${defect} within ${MOST_HISTORIES} histories, and nothing where it is not`,
      { timeout: 120_000 },
      async () => {
        let found = 0
        for (let seed = 1; seed <= MOST_HISTORIES && found === 0; seed++) {
          const history = historyFor(seed, occasion)
          if (await isClean(history, [defect])) continue
          expect(await isClean(history, []), `seed ${seed}`).toBe(true)
          found = seed
        }
        expect(found).toBeGreaterThan(0)
      },
    )
  }
})
