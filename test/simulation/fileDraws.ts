/**
 * Gives histories files: a destination that takes them, limits that change, files that get lost and are found, and faults of the host
 * that they come from. By a chance of its own, so that all else in the history of a seed is as it is without.
 */
import type { Fault } from "../../src/sample-site/Fault.ts"
import { FILE_QUIRKS } from "../../src/sample-site/quirks.ts"
import { hash32 } from "../../src/sample-site/seededChance.ts"
import { Chance } from "./chance.ts"
import type { Change } from "./changes.ts"
import type { ConnectionConfig, History, Round } from "./history.ts"

/** Share of the histories with attachments that have their files, too. */
const SHARE = 0.3
/** Bytes of the largest file: small ones, because each is made, sent and hashed. */
const LARGEST = 3_000

/** What changes files, and how likely each is relative to the others. */
export const FILE_CHANGES = { "lose a file": 1, "find a file": 1, attach: 2, "attach a new version": 2 } as const

const FILES = "/file/*"
export const DOWNLOADS = "/wiki/rest/api/content/*/download"

const drawLimits = (chance: Chance): NonNullable<ConnectionConfig["attachments"]> => ({
  max_file_size_mb: chance.of([100, 100, 0.002, 0.001, 0]),
  media_types: chance.of([[], [], ["image/*"], ["application/pdf", "text/plain"]]),
})

const drawFault = (chance: Chance): Fault => {
  const after = chance.spread(1, 15) - 1
  const times = chance.between(1, 6)
  switch (
    chance.weighted({
      refused: 3,
      "refused once": 3,
      broken: 2,
      "broken once": 3,
      cut: 3,
      lost: 1,
      odd: 3,
      slow: 1,
      api: 4,
    })
  ) {
    case "refused":
      return { kind: "status", status: chance.of([401, 403, 404]), path: FILES, after }
    case "refused once":
      return { kind: "status", status: chance.of([401, 403, 404, 416]), path: FILES, after, times }
    case "broken":
      return { kind: "status", status: 500, path: FILES, after }
    case "broken once":
      return { kind: "status", status: chance.of([500, 502, 503]), path: FILES, after, times }
    case "cut":
      return { kind: "cut", path: FILES, after, times: chance.between(1, 12) }
    case "lost":
      return { kind: "reset", path: FILES, after, times }
    case "odd":
      return { kind: chance.of(["longer", "compressed"] as const), path: FILES, after, times }
    case "slow":
      return { kind: "slow", path: FILES, after, times, waitMs: chance.between(1, 300) * 1000 }
    case "api":
      return {
        kind: "status",
        status: chance.of([401, 403, 404, 410, 500, 503]),
        path: DOWNLOADS,
        after,
        ...(chance.happens(0.5) ? { times } : {}),
      }
  }
}

/** The history with files, if it is to have some; `always` leaves that not to chance. */
export const withFiles = (history: History, always = false): History => {
  const chance = new Chance(hash32(history.seed, 7010, 0))
  const isChosen = chance.happens(SHARE)
  if (!(isChosen || always) || !history.streams.includes("attachments")) return history
  const { settings = {} } = history.site
  const quirks = {
    mediaRanges: chance.of(FILE_QUIRKS.mediaRanges),
    lostFiles: chance.of(FILE_QUIRKS.lostFiles),
    filesOfComments: chance.happens(0.3),
  }
  const isDisturbed = history.rounds.some(({ faults }) => faults.length > 0)
  const draw = (): Change => ({
    kind: chance.weighted(FILE_CHANGES),
    draw: chance.draw(),
  })
  const some = (most: number): ReadonlyArray<Change> => Array.from({ length: chance.spread(1, most) - 1 }, draw)
  const rounds = history.rounds.map((round, index): Round => {
    const isChanged = index > 0 && chance.happens(0.2)
    return {
      ...round,
      changes: index === 0 ? round.changes : [...round.changes, ...some(4)],
      meanwhile: [
        ...round.meanwhile,
        ...(round.meanwhile.length > 0 ? [{ afterRequests: chance.spread(1, 150), changes: some(3) }] : []),
      ],
      ...(isChanged ? { config: { ...round.config, attachments: drawLimits(chance) } } : {}),
      ...(isDisturbed && chance.happens(0.3) ? { faults: [...round.faults, drawFault(chance)] } : {}),
    }
  })
  return {
    ...history,
    files: true,
    site: {
      ...history.site,
      largestFile: LARGEST,
      settings: { ...settings, quirks: { ...settings.quirks, ...quirks } },
    },
    config: { ...history.config, attachments: drawLimits(chance) },
    rounds,
  }
}
