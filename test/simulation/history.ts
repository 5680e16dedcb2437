/**
 * A history: a small site, a connection that reads it, and rounds in which people change the site, time goes by, and a sync
 * runs while faults happen, people go on changing things, and somebody may end it. All of it follows from the seed.
 */
import type { Fault } from "../../src/sample-site/faults.ts"
import type { SampleSiteOptions, SettingsChange } from "../../src/sample-site/options.ts"
import { Chance } from "./chance.ts"
import { type Change, CHANGE_WEIGHTS } from "./changes.ts"
import { type BodyFormat, INCREMENTAL_STREAMS, type IncrementalStream } from "./moments.ts"

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
}

/** How the connector signs in; with OAuth 2.0 it goes on with the config that it handed on last. */
export type SignIn = "api_token" | "oauth2.0"

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
}

const WHOLE_STREAMS = ["spaces", "users", "groups", "group_members"] as const

export const ENDPOINTS: Readonly<Record<IncrementalStream, ReadonlyArray<string>>> = {
  pages: ["/wiki/api/v2/pages"],
  blog_posts: ["/wiki/api/v2/blogposts"],
  comments: ["/wiki/api/v2/footer-comments", "/wiki/api/v2/inline-comments"],
  attachments: ["/wiki/api/v2/attachments"],
}
const SHARED_ENDPOINTS = ["/wiki/api/v2/spaces", "/wiki/api/v2/content/convert-ids-to-types"]

const drawChange = (chance: Chance, quirks: NonNullable<SettingsChange["quirks"]>): Change => {
  for (;;) {
    const kind = chance.weighted(CHANGE_WEIGHTS)
    // A comment that is neither listed itself nor below one that is cannot be found at all.
    if (quirks.repliesInCommentLists === false && kind === "delete a comment") continue
    return { kind, draw: chance.draw() }
  }
}

const drawSite = (chance: Chance, realTime: boolean): SampleSiteOptions => {
  const large = !realTime && chance.happens(0.015)
  const pages = large ? chance.between(1000, 1300) : chance.spread(realTime ? 40 : 30, realTime ? 150 : 300)
  const repliesInCommentLists = !chance.happens(0.04)
  return {
    seed: chance.between(1, 1_000_000),
    pages,
    spaces: chance.between(3, Math.min(25, Math.floor(pages / 5))),
    spaceSizes: chance.happens(0.6) ? "uneven" : "even",
    blogPosts: Math.round(pages / chance.between(4, 12)),
    footerComments: Math.round(pages / (large ? 1 : chance.between(2, 5))),
    inlineComments: Math.round(pages / chance.between(4, 8)),
    attachments: Math.round(pages / (large ? 1 : chance.between(2, 5))),
    users: 20,
    groups: 4,
    ...(large || chance.happens(0.8) ? { bodyBytes: chance.between(20, 300) } : {}),
    latencyMs: realTime ? chance.of([0, 2, 5]) : chance.of([0, 0, 3, 20, 150]),
    settings: {
      maxPageSize: large ? 100 : chance.of([3, 5, 7, 10, 20, 50, 0]),
      clockSkewMs: realTime || chance.happens(0.6) ? 0 : chance.between(-9, 9) * HOUR,
      cursorUses: chance.happens(0.06) ? chance.between(2, 6) : 0,
      tokenLifetimeSeconds: chance.of([20, 120, 3600]),
      expiredTokenAnswer: chance.of(["401", "not found"] as const),
      quirks: {
        repliesInCommentLists,
        versionOnEveryChange: chance.happens(0.15),
        orphanReplies: repliesInCommentLists && chance.happens(0.2),
        lists: chance.of(["both", "both", "repeated", "comma"] as const),
        archivedSpacesByDefault: chance.happens(0.7),
        contentOfArchivedSpaces: chance.happens(0.6),
        hangingListedInTrash: chance.happens(0.2),
        hangingListedInArchives: chance.happens(0.7),
        looksInTrash: chance.of(["404", "current", "trashed"] as const),
        looksBehindRestrictions: chance.happens(0.3),
        looksAtLostReplies: chance.happens(0.4),
        listsOfTrashed: chance.of(["404", "empty", "all"] as const),
        nextInV1: chance.of(["always", "sometimes", "never"] as const),
      },
    },
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

const drawFault = (chance: Chance, streams: ReadonlyArray<string>, realTime: boolean): Fault => {
  const own = streams.flatMap((stream) => ENDPOINTS[stream as IncrementalStream] ?? [])
  const path = chance.of([...own, ...own, ...SHARED_ENDPOINTS])
  const after = chance.spread(1, 40) - 1
  const often = { probability: 0.02 + 0.15 * chance.fraction() }
  switch (
    chance.weighted({
      "a bad answer now and then": 4,
      "a broken answer now and then": 3,
      "no answer": realTime ? 0 : 1,
      refused: 4,
      "refused once": 3,
      "broken for good": 1,
      "an empty list": 4,
      "an expired cursor": 2,
      "the same cursor again": 1,
      "a rate limit": 2,
    })
  ) {
    case "a bad answer now and then":
      return { kind: "status", status: chance.of([500, 502, 503, 504]), ...often }
    case "a broken answer now and then":
      return { kind: chance.of(["reset", "cut", "truncated-json", "html"] as const), ...often }
    case "no answer":
      return { kind: "hang", path, after, times: 1 }
    case "refused":
      return { kind: "status", status: chance.of([401, 403, 404]), path, after }
    case "refused once":
      return { kind: "status", status: chance.of([401, 403, 404]), path, after, times: 1 }
    case "broken for good":
      return { kind: "status", status: 500, path, after }
    case "an empty list":
      return {
        kind: "empty-list",
        path: chance.of([...own, "/wiki/api/v2/spaces"]),
        after,
        times: chance.of([1, 1, 2, 3]),
      }
    case "an expired cursor":
      return { kind: "expired-cursor", query: "cursor=", after, times: chance.between(1, 3) }
    case "the same cursor again":
      return { kind: "repeated-cursor", path, after }
    case "a rate limit":
      return {
        kind: "rate-limit",
        form: chance.of(["seconds", "http-date", "reset", "none"] as const),
        waitMs: realTime ? 1000 : chance.between(1, 90) * SECOND,
        after,
        times: chance.between(1, 3),
      }
  }
}

const drawMeanwhile = (chance: Chance, quirks: NonNullable<SettingsChange["quirks"]>): ReadonlyArray<Meanwhile> => {
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
    changes: Array.from({ length: chance.between(1, 3) }, () => drawChange(chance, quirks)),
  }))
  return [...hidden, ...others]
}

/** Draws the history of a seed. */
export const drawHistory = (seed: number, { realTime = false, config: fixed = {} }: HistoryOptions = {}): History => {
  const chance = new Chance(seed)
  const site = drawSite(chance, realTime)
  const quirks = site.settings!.quirks!
  const some = INCREMENTAL_STREAMS.filter(() => chance.happens(0.5))
  const incremental = chance.happens(0.75) || some.length === 0 ? INCREMENTAL_STREAMS : some
  const others = WHOLE_STREAMS.filter(() => chance.happens(0.15))
  // Users are those whom rows name: what they must be is known where all rows are read.
  const streams = others.includes("users") ? [...INCREMENTAL_STREAMS, ...WHOLE_STREAMS] : [...incremental, ...others]
  const signIn = chance.happens(0.35) ? "oauth2.0" : "api_token"
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
    changes: index === 0 ? [] : Array.from({ length: chance.spread(1, 14) - 1 }, () => drawChange(chance, quirks)),
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
        ? Array.from({ length: chance.between(1, 2) }, () => drawFault(chance, streams, realTime))
        : [],
    meanwhile: drawMeanwhile(chance, quirks),
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
  return { seed, site, signIn, syncMode, streams, config, rounds, keepsStates: seed % 4 === 3 }
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
