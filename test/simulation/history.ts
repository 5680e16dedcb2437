/**
 * A history: a small site, a connection that reads it, and rounds in which people change the site, time goes by, and a sync
 * runs while faults happen, people go on changing things, and somebody may end it. All of it follows from the seed.
 */
import type { Fault } from "../../src/sample-site/Fault.ts"
import type { SampleSiteOptions, SettingsChange } from "../../src/sample-site/options.ts"
import type { GivenFilters } from "../support/givenFilters.ts"
import { Chance } from "./chance.ts"
import type { Change } from "./changes.ts"
import { CHANGE_WEIGHTS, POISONING } from "./changeWeights.ts"
import { drawFault } from "./drawnFaults.ts"
import { drawSite } from "./drawnSite.ts"
import { withFilters } from "./filterRounds.ts"
import { withLater } from "./laterDraws.ts"
import { withQuirks } from "./laterQuirks.ts"
import { type BodyFormat, INCREMENTAL_STREAMS } from "./moments.ts"

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Keys of the connector's config that histories set. */
export interface ConnectionConfig {
  readonly num_workers: number
  readonly reconcile_interval_hours: number
  readonly lookback_minutes: number
  readonly max_deletion_percent: number
  readonly body_format: BodyFormat
  readonly filters?: GivenFilters
}

/** How the connector signs in; with OAuth 2.0 it goes on with the config that it handed on last. */
export type SignIn = "api_token" | "oauth2.0" | "service_account"

/** Changes that happen when this many requests of the sync have been answered. */
export interface Meanwhile {
  readonly afterRequests: number
  readonly changes: ReadonlyArray<Change>
}

/** How a sync is ended from outside: the reader goes away (as SIGKILL looks to the destination), or SIGTERM. */
export interface Cut {
  readonly how: "kill" | "terminate"
  readonly afterLines: number
}

export interface Round {
  readonly changes: ReadonlyArray<Change>
  /** Time that goes by after the changes and before the sync, in milliseconds. */
  readonly pauseMs: number
  /** Settings of the site from this round on: its clock, say. */
  readonly settings: SettingsChange
  /** Settings of the connector from this round on. */
  readonly config: Partial<ConnectionConfig>
  readonly faults: ReadonlyArray<Fault>
  readonly meanwhile: ReadonlyArray<Meanwhile>
  readonly cut: Cut | undefined
  /** The platform has given up the job before and begins another one, even if it was not successful. */
  readonly newJob: boolean
  /** After a finished full refresh: the same job goes on once more with the states that it ended with. */
  readonly again: boolean
}

export interface History {
  readonly seed: number
  readonly site: SampleSiteOptions
  readonly signIn: SignIn
  readonly syncMode: "incremental" | "full_refresh"
  readonly streams: ReadonlyArray<string>
  readonly config: ConnectionConfig
  readonly rounds: ReadonlyArray<Round>
  /** Finished states of a full refresh are handed back to the next job, too, as people do by hand; the platform does not. */
  readonly keepsStates: boolean
}

/** What kind of histories to draw. */
export interface HistoryOptions {
  /** Histories for real processes: small, and without what takes hours of real time. */
  readonly realTime?: boolean
  /** Settings of the connector that are not left to chance. */
  readonly config?: Partial<ConnectionConfig>
  /** Filters in all histories, or in none, instead of by chance. */
  readonly filtered?: boolean
}

export const WHOLE_STREAMS = [
  "spaces",
  "users",
  "groups",
  "group_members",
  "space_permissions",
  "space_role_assignments",
  "space_roles",
] as const

/** What is not drawn in a history. */
type Never = (kind: Change["kind"]) => boolean

const drawChange = (chance: Chance, never: Never): Change => {
  for (;;) {
    const kind = chance.weighted(CHANGE_WEIGHTS as Record<Change["kind"], number>)
    if (never(kind)) continue
    return { kind, draw: chance.draw() }
  }
}

const drawPause = (chance: Chance): number => {
  switch (chance.weighted({ none: 2, seconds: 3, minutes: 3, hours: 3, days: 3 })) {
    case "none":
      return 0
    case "seconds":
      return chance.between(1, 50) * SECOND
    case "minutes":
      return chance.between(1, 50) * MINUTE
    case "hours":
      return chance.between(1, 20) * HOUR
    case "days":
      return chance.between(2, 4) * DAY
  }
}

const drawMeanwhile = (chance: Chance, never: Never): ReadonlyArray<Meanwhile> => {
  if (!chance.happens(0.5)) return []
  // Many spaces are hidden for a moment only: they come back within the same sync.
  const hidden: ReadonlyArray<Meanwhile> = chance.happens(0.1)
    ? [
        { afterRequests: chance.spread(1, 20), changes: [{ kind: "hide many spaces", draw: chance.draw() }] },
        { afterRequests: chance.spread(5, 60), changes: [{ kind: "show all spaces", draw: chance.draw() }] },
      ]
    : []
  const others = Array.from({ length: chance.spread(1, 5) }, () => ({
    afterRequests: chance.spread(1, 120),
    changes: Array.from({ length: chance.between(1, 3) }, () => drawChange(chance, never)),
  }))
  return [...hidden, ...others]
}

/** Draws the history of a seed. */
export const drawHistory = (
  seed: number,
  { realTime = false, config: fixed = {}, filtered }: HistoryOptions = {},
): History => {
  const chance = new Chance(seed)
  const site = drawSite(chance, realTime)
  const { repliesInCommentLists } = site.settings!.quirks!
  const hasPoison = chance.happens(0.1)
  const never: Never = (kind) =>
    (!hasPoison && POISONING.has(kind)) ||
    // A comment that is neither listed itself nor below one that is cannot be found at all.
    (repliesInCommentLists === false && kind === "delete a comment")
  const some = INCREMENTAL_STREAMS.filter(() => chance.happens(0.5))
  const incremental = chance.happens(0.75) || some.length === 0 ? INCREMENTAL_STREAMS : some
  const others = WHOLE_STREAMS.filter(() => chance.happens(0.15))
  // Users are those whom rows name: what they must be is known where all rows are read.
  const streams = others.includes("users") ? [...INCREMENTAL_STREAMS, ...WHOLE_STREAMS] : [...incremental, ...others]
  const signIn = chance.weighted({ api_token: 58, "oauth2.0": 32, service_account: 10 })
  const syncMode = chance.happens(0.85) ? "incremental" : "full_refresh"
  const config: ConnectionConfig = {
    num_workers: chance.of([1, 3, 8]),
    reconcile_interval_hours: realTime ? chance.of([0, 0, -1]) : chance.of([0, 0, 0, 24, 24, -1]),
    lookback_minutes: chance.of([0, 10]),
    max_deletion_percent: chance.of([50, 50, 50, 10, 100]),
    body_format: chance.of(["storage", "storage", "storage", "atlas_doc_format", "none"] as const),
    ...fixed,
  }
  // A third of the histories know no faults: what goes wrong in them goes wrong by itself.
  const faulty = chance.happens(0.67)
  const lines = site.pages! * 2
  let skewMs = site.settings!.clockSkewMs!
  /** Clocks are corrected by minutes and set by hours. */
  const drawClock = (): SettingsChange => {
    if (!chance.happens(0.2)) return {}
    skewMs = chance.happens(0.5) ? skewMs - chance.between(1, 9) * MINUTE : chance.between(-6, 6) * HOUR
    return { clockSkewMs: skewMs }
  }
  const drawRound = (_: unknown, index: number): Round => ({
    changes: index === 0 ? [] : Array.from({ length: chance.spread(1, 14) - 1 }, () => drawChange(chance, never)),
    pauseMs: realTime ? 0 : drawPause(chance),
    settings: realTime ? {} : drawClock(),
    config: {
      ...(chance.happens(0.1) ? { num_workers: chance.of([1, 3, 8]) } : {}),
      ...(index > 0 && chance.happens(0.04)
        ? { body_format: chance.of(["storage", "atlas_doc_format", "none"] as const) }
        : {}),
    },
    faults:
      faulty && chance.happens(0.45)
        ? Array.from({ length: chance.between(1, 2) }, () => drawFault(chance, { site, streams, realTime }))
        : [],
    meanwhile: drawMeanwhile(chance, never),
    cut: chance.happens(0.35)
      ? {
          how: chance.of(["kill", "terminate"] as const),
          afterLines: chance.happens(0.5) ? chance.spread(1, lines) : chance.between(1, lines),
        }
      : undefined,
    newJob: chance.happens(0.2),
    again: chance.happens(0.3),
  })
  const rounds = Array.from({ length: chance.between(2, 7) }, drawRound)
  const history: History = { seed, site, signIn, syncMode, streams, config, rounds, keepsStates: seed % 4 === 3 }
  return withFilters(withLater(withQuirks(history)), filtered)
}

/** The round that ends every history: nothing goes wrong, and the sync reconciles whatever the interval was. */
export const LAST_ROUND: Round = {
  changes: [],
  pauseMs: HOUR,
  settings: {},
  config: { reconcile_interval_hours: 0, max_deletion_percent: 100 },
  faults: [],
  meanwhile: [],
  cut: undefined,
  newJob: false,
  again: true,
}
