/**
 * Makes a failing history short: rounds, changes, faults and what else can be left out are left out, in ever smaller pieces, as
 * long as the same rule is broken.
 */
import type { ConnectionConfig, History, Round } from "./history.ts"
import type { Ran } from "./runHistory.ts"
import type { Violation } from "./verdict.ts"

/** Where in a history something can be left out. */
type Piece =
  | { readonly of: "round"; readonly round: number }
  | { readonly of: "change"; readonly round: number; readonly index: number }
  | { readonly of: "fault"; readonly round: number; readonly index: number }
  | { readonly of: "meanwhile"; readonly round: number; readonly index: number }
  | { readonly of: "filter"; readonly round: number | "first"; readonly setting: string }
  | { readonly of: "cut" | "settings" | "config" | "pause" | "newJob" | "again"; readonly round: number }

const filterPieces = ({ filters = {} }: Partial<ConnectionConfig>, round: number | "first"): ReadonlyArray<Piece> =>
  Object.keys(filters).map((setting) => ({ of: "filter", round, setting }))

const piecesOf = (history: History): ReadonlyArray<Piece> => [
  ...filterPieces(history.config, "first"),
  ...history.rounds.flatMap((each, round) => [
    ...filterPieces(each.config, round),
    ...(round === history.rounds.length - 1 ? [] : [{ of: "round", round } as const]),
    ...each.changes.map((_, index) => ({ of: "change", round, index }) as const),
    ...each.faults.map((_, index) => ({ of: "fault", round, index }) as const),
    ...each.meanwhile.map((_, index) => ({ of: "meanwhile", round, index }) as const),
    ...(each.cut === undefined ? [] : [{ of: "cut", round } as const]),
    ...(Object.keys(each.settings).length === 0 ? [] : [{ of: "settings", round } as const]),
    ...(Object.keys(each.config).length === 0 ? [] : [{ of: "config", round } as const]),
    ...(each.pauseMs === 0 ? [] : [{ of: "pause", round } as const]),
    ...(each.newJob ? [{ of: "newJob", round } as const] : []),
    ...(each.again ? [{ of: "again", round } as const] : []),
  ]),
]

/** The config without the settings of filters that these pieces are. */
const withoutFilters = <C extends Partial<ConnectionConfig>>(config: C, pieces: ReadonlyArray<Piece>): C => {
  const settings = new Set(pieces.flatMap((piece) => (piece.of === "filter" ? piece.setting : [])))
  if (config.filters === undefined || settings.size === 0) return config
  return {
    ...config,
    filters: Object.fromEntries(Object.entries(config.filters).filter(([key]) => !settings.has(key))),
  }
}

/** The history without these pieces. */
const without = (history: History, pieces: ReadonlyArray<Piece>): History => {
  const roundWithout = (round: Round, number: number): ReadonlyArray<Round> => {
    const here = pieces.filter((piece) => piece.round === number)
    const drops = (of: Piece["of"]) => here.some((piece) => piece.of === of)
    const left = <A>(list: ReadonlyArray<A>, of: Piece["of"]) =>
      list.filter((_, index) => !here.some((piece) => piece.of === of && "index" in piece && piece.index === index))
    if (drops("round")) return []
    return [
      {
        changes: left(round.changes, "change"),
        faults: left(round.faults, "fault"),
        meanwhile: left(round.meanwhile, "meanwhile"),
        cut: drops("cut") ? undefined : round.cut,
        settings: drops("settings") ? {} : round.settings,
        config: drops("config") ? {} : withoutFilters(round.config, here),
        pauseMs: drops("pause") ? 0 : round.pauseMs,
        newJob: round.newJob && !drops("newJob"),
        again: round.again && !drops("again"),
      },
    ]
  }
  const first = pieces.filter(({ round }) => round === "first")
  return { ...history, config: withoutFilters(history.config, first), rounds: history.rounds.flatMap(roundWithout) }
}

/** A failing history, and what is wrong in it. */
export interface Failing {
  readonly history: History
  readonly ran: Ran
}

const MOST_TRIES = 400
/** A sync without an end takes as long as it may. */
const MOST_ENDLESS_TRIES = 40

/** The rules that are broken, as what has to stay the same. */
const isSame = (violations: ReadonlyArray<Violation>, wanted: Violation): boolean =>
  violations.some(({ rule, stream }) => rule === wanted.rule && stream === wanted.stream)

/** Shortens a failing history. `run` must give the same result for the same history every time. */
export const shortestFailing = async (failing: Failing, run: (history: History) => Promise<Ran>): Promise<Failing> => {
  const wanted = failing.ran.violations[0]!
  // What comes after the failing round has not happened; where the last round failed, there is nothing after it.
  let best: Failing = {
    ...failing,
    history: { ...failing.history, rounds: failing.history.rounds.slice(0, failing.ran.round + 1) },
  }
  let triesLeft = wanted.rule === "endless" ? MOST_ENDLESS_TRIES : MOST_TRIES
  const shorter = async (pieces: ReadonlyArray<Piece>): Promise<boolean> => {
    if (pieces.length === 0 || triesLeft-- <= 0) return false
    const history = without(best.history, pieces)
    const ran = await run(history)
    if (!isSame(ran.violations, wanted)) return false
    best = { history: { ...history, rounds: history.rounds.slice(0, ran.round + 1) }, ran }
    return true
  }
  for (let size = Math.ceil(piecesOf(best.history).length / 2); size >= 1;) {
    let found = false
    for (let end = piecesOf(best.history).length; end > 0; end -= size) {
      const pieces = piecesOf(best.history).slice(Math.max(0, end - size), end)
      if (await shorter(pieces)) found = true
    }
    if (size === 1 && !found) break
    size = size === 1 ? 1 : Math.floor(size / 2)
  }
  return best
}

const secondsOf = (ms: number): string => `${Math.round(ms / 1000)} s`

const tellRound = (round: Round, number: number): ReadonlyArray<string> => [
  `round ${number}`,
  ...round.changes.map(({ kind, draw }) => `  ${kind} (${draw})`),
  ...(Object.keys(round.settings).length === 0 ? [] : [`  the site from now on: ${JSON.stringify(round.settings)}`]),
  ...(Object.keys(round.config).length === 0 ? [] : [`  the connector from now on: ${JSON.stringify(round.config)}`]),
  ...(round.pauseMs === 0 ? [] : [`  ${secondsOf(round.pauseMs)} go by`]),
  ...(round.newJob ? ["  a new job"] : []),
  ...round.faults.map((fault) => `  while it is read: ${JSON.stringify(fault)}`),
  ...round.meanwhile.map(
    ({ afterRequests, changes }) =>
      `  after ${afterRequests} requests: ${changes.map(({ kind, draw }) => `${kind} (${draw})`).join(", ")}`,
  ),
  ...(round.cut === undefined ? [] : [`  ${round.cut.how} after ${round.cut.afterLines} lines`]),
  ...(round.again ? ["  and once more with its own states, if it was a full refresh"] : []),
]

/** Tells a history and what became of it, for people. */
export const tell = ({ history, ran }: Failing): string =>
  [
    `seed ${history.seed}: ${history.syncMode} of ${history.streams.join(", ")}, signed in by ${history.signIn}`,
    `site ${JSON.stringify(history.site)}`,
    `config ${JSON.stringify(history.config)}`,
    ...history.rounds.flatMap(tellRound),
    ...(ran.round === history.rounds.length ? ["the last round, which nothing disturbs"] : []),
    ...ran.log.map((line) => `${line}`),
    ...ran.violations
      .slice(0, 5)
      .map(({ rule, stream, detail }) => `BROKEN ${rule}${stream === undefined ? "" : ` (${stream})`}: ${detail}`),
    ...(ran.violations.length > 5 ? [`… and ${ran.violations.length - 5} more`] : []),
  ].join("\n")
