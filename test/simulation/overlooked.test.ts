/** What the judge asks of rows that a sync could not come upon: not the version that was hidden just then, but every newer one. */
import { describe, expect, test } from "vitest"
import type { ChangeKind } from "./changes.ts"
import type { History, Round } from "./history.ts"
import { runHistory } from "./runHistory.ts"
import { inProcess, type World } from "./worlds.ts"

const CALM: Round = {
  changes: [],
  pauseMs: 6000,
  settings: {},
  config: {},
  faults: [],
  meanwhile: [],
  cut: undefined,
  newJob: false,
  again: false,
}

const all = (kind: ChangeKind, draws: ReadonlyArray<number>) => draws.map((draw) => ({ kind, draw }))

const EDITED = Array.from({ length: 12 }, (_, index) => 100 + index)

/** Six seconds before a sync pages are edited. While it asks for what is new others are edited, and some pages are hidden. */
const HIDDEN_FOR_A_MOMENT: Round = {
  ...CALM,
  changes: all("edit", EDITED),
  meanwhile: [
    { afterRequests: 1, changes: [...all("hide many spaces", [2]), ...all("edit", [900, 901, 902, 903, 904, 905])] },
    { afterRequests: 6, changes: all("show all spaces", [1]) },
  ],
}

const historyOf = (changes: Round["changes"]): History => ({
  seed: 1,
  site: { seed: 5, pages: 80, blogPosts: 0, spaces: 6, bodyBytes: 100, settings: { maxPageSize: 5 } },
  signIn: "api_token",
  syncMode: "incremental",
  keepsStates: false,
  streams: ["pages"],
  config: {
    num_workers: 1,
    reconcile_interval_hours: -1,
    lookback_minutes: 0,
    max_deletion_percent: 100,
    body_format: "storage",
  },
  rounds: [CALM, HIDDEN_FOR_A_MOMENT, { ...CALM, changes }],
})

const versionAt = (row: Readonly<Record<string, unknown>>): string =>
  (row["version"] as { createdAt: string }).createdAt

/** Lets the history happen. `loses`: of what the third sync sends, the pages that the second has overlooked do not arrive. */
const run = async (history: History, loses: boolean) => {
  const world = inProcess(history)
  let syncs = 0
  let overlooked: ReadonlyArray<unknown> = []
  const watched: World = {
    ...world,
    sync: async (input) => {
      const editedAt = world.now() - CALM.pauseMs
      const result = await world.sync(input)
      const sent = new Set(result.messages.map(({ record }) => record?.data["id"]))
      if (++syncs === 2) {
        const edited = world.site.truth("pages").filter((row) => Date.parse(versionAt(row)) === editedAt)
        overlooked = edited.flatMap(({ id }) => (sent.has(id) ? [] : [id]))
      }
      if (syncs !== 3 || !loses) return result
      return { ...result, messages: result.messages.filter(({ record }) => !overlooked.includes(record?.data["id"])) }
    },
  }
  const { violations } = await runHistory(history, watched)
  return { overlooked, violations }
}

describe("a sync that does not reconcile, after one from which edited pages were hidden for a moment", () => {
  test("need not bring the version of them that was there by then", async () => {
    const { overlooked, violations } = await run(historyOf([]), false)
    expect(overlooked.length).toBeGreaterThan(0)
    expect(violations).toEqual([])
  })

  test("has to bring their next one", async () => {
    const { overlooked, violations } = await run(historyOf(all("edit", EDITED)), true)
    expect(overlooked.length).toBeGreaterThan(0)
    expect(violations.map(({ rule, detail }) => [rule, detail.split(":")[0]])).toEqual(
      overlooked.map((id) => ["newer version", id]),
    )
  })
})
