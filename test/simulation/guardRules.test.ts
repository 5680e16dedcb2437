/** What the judge asks of the guard under filters, row by row: what surely counts as missing or as known, and what may. */
import { describe, expect, test } from "vitest"
import type { Held } from "./destination.ts"
import { judgeGuard, mayBeGuarded } from "./guardRules.ts"
import type { Moment, Row } from "./moments.ts"
import type { StreamSeen } from "./verdict.ts"

/** Where a row is at a moment. `in archives`: on archived content, whose comments no list of the site has. */
type Place = "in" | "perhaps" | "left out" | "hidden" | "in archives"
/** So many rows, which are there at one moment after the other. */
type Rows = readonly [number, ...ReadonlyArray<Place>]

interface Told {
  /** How the destination has the last of these rows. */
  readonly lastHeld?: Held
  /** The site has given the content that the rows hang on without its dates. */
  readonly unjudged?: boolean
  readonly filtered?: boolean
}

const LIVE: Held = { record: {}, deleted: false, vouched: true, before: undefined }
const DEAD: Held = { ...LIVE, deleted: true }
const DEAD_AS_NO_STATE_TELLS: Held = { ...DEAD, vouched: false, before: { record: {}, deleted: false } }

/** A sync of comments that has deleted the first of these rows, where half may be missing. */
const seenOf = (
  rows: ReadonlyArray<Rows>,
  { lastHeld = LIVE, unjudged = false, filtered = true }: Told = {},
): StreamSeen => {
  const all = rows.flatMap(([count, ...places], kind) =>
    Array.from({ length: count }, (_, at) => ({ id: `${kind} ${at}`, places, isLast: kind === rows.length - 1 })),
  )
  const momentAt = (at: number) => {
    const those = <A>(place: Place, value: (id: string) => A) =>
      new Map([["comments", new Map(all.flatMap(({ id, places }) => (places[at] === place ? [[id, value(id)]] : [])))]])
    const row = (id: string): Row => ({ id })
    const contents = new Map([["comments", new Map(all.map(({ id }) => [id, "the page"]))]])
    return {
      rows: those("in", row),
      filtered: filtered
        ? { perhaps: those("perhaps", row), leftOut: those("left out", row), contents, places: new Map() }
        : undefined,
      fates: those("in archives", () => "left out or filtered"),
    } as unknown as Moment
  }
  return {
    name: "comments",
    sync: {
      moments: rows[0]!.slice(1).map((_, at) => momentAt(at)),
      config: { max_deletion_percent: 50 },
      unjudged: new Set(unjudged ? ["the page"] : []),
    },
    records: [{ id: "0 0", _ab_cdc_deleted_at: "2026-07-01T08:00:00Z" }],
    before: new Map(all.map(({ id, isLast }) => [id, isLast ? lastHeld : LIVE])),
  } as unknown as StreamSeen
}

const mustHold = (...given: Parameters<typeof seenOf>) => judgeGuard(seenOf(...given), true).length > 0
const mayHold = (...given: Parameters<typeof seenOf>) => mayBeGuarded(seenOf(...given))

type Case = readonly [what: string, rows: ReadonlyArray<Rows>, told?: Told]

describe("the guard must hold, and so may stop a stream", () => {
  const CASES: ReadonlyArray<Case> = [
    [
      "where most is missing",
      [
        [26, "hidden"],
        [2, "in"],
      ],
    ],
    [
      "without filters too",
      [
        [30, "hidden"],
        [20, "in"],
      ],
      { filtered: false },
    ],
    [
      "whatever the filters leave out",
      [
        [26, "hidden"],
        [2, "in"],
        [100, "left out"],
      ],
    ],
    [
      "whatever is known to be deleted",
      [
        [26, "hidden"],
        [100, "hidden"],
      ],
      { lastHeld: DEAD },
    ],
  ]
  for (const [what, ...given] of CASES) {
    test(what, () => {
      expect(mustHold(...given)).toBe(true)
      expect(mayHold(...given)).toBe(true)
    })
  }
})

describe("the guard may hold, or may not", () => {
  const CASES: ReadonlyArray<Case> = [
    [
      "where nobody can judge what else is there",
      [
        [26, "hidden"],
        [2, "in"],
        [35, "perhaps"],
      ],
    ],
    [
      "where the rest is in archives, without a list",
      [
        [26, "hidden"],
        [2, "in"],
        [35, "in archives"],
      ],
    ],
    [
      "where the rest was left out for a while",
      [
        [26, "hidden", "hidden"],
        [2, "in", "in"],
        [35, "in", "left out"],
      ],
    ],
    [
      "where the rest could not be judged by its dates",
      [
        [26, "hidden"],
        [2, "in"],
        [35, "left out"],
      ],
      { unjudged: true },
    ],
    [
      "where something was missing for a moment",
      [
        [26, "hidden", "in"],
        [2, "in", "in"],
      ],
    ],
    [
      "where what is missing is in archives, without a list",
      [
        [26, "in archives"],
        [2, "in"],
      ],
    ],
    [
      "where it is as much as is allowed",
      [
        [30, "hidden"],
        [30, "in"],
      ],
    ],
    [
      "where it is hardly more than what is always believed",
      [
        [22, "hidden"],
        [2, "in"],
      ],
    ],
    [
      "where a tombstone has come that no state tells of",
      [
        [26, "hidden"],
        [2, "in"],
        [30, "hidden"],
      ],
      { lastHeld: DEAD_AS_NO_STATE_TELLS },
    ],
    [
      "where most are such",
      [
        [1, "hidden"],
        [26, "hidden"],
      ],
      { lastHeld: DEAD_AS_NO_STATE_TELLS },
    ],
  ]
  for (const [what, ...given] of CASES) {
    test(what, () => {
      expect(mustHold(...given)).toBe(false)
      expect(mayHold(...given)).toBe(true)
    })
  }
})

describe("the guard may not stop a stream", () => {
  const CASES: ReadonlyArray<Case> = [
    [
      "where much is there",
      [
        [26, "hidden"],
        [100, "in"],
      ],
    ],
    [
      "where few are missing",
      [
        [20, "hidden"],
        [1, "in"],
      ],
    ],
    [
      "where filters leave out what was there",
      [
        [1, "hidden"],
        [100, "left out"],
        [1, "in"],
      ],
    ],
    [
      "where nobody can judge what is there",
      [
        [1, "hidden"],
        [100, "perhaps"],
        [1, "in"],
      ],
    ],
    [
      "where what is missing was deleted before",
      [
        [1, "hidden"],
        [100, "hidden"],
      ],
      { lastHeld: DEAD },
    ],
  ]
  for (const [what, ...given] of CASES) {
    test(what, () => {
      expect(mustHold(...given)).toBe(false)
      expect(mayHold(...given)).toBe(false)
    })
  }
})

test("the guard has nothing to hold where a stream is read for the first time, or nothing was deleted", () => {
  const seen = seenOf([
    [26, "hidden"],
    [2, "in"],
  ])
  expect(judgeGuard(seen, false)).toEqual([])
  expect(judgeGuard({ ...seen, records: [] }, true)).toEqual([])
})

describe("what contents have that could not be read", () => {
  const seen = { ...seenOf([[50, "hidden"]], { filtered: false }), name: "content_properties" } as StreamSeen
  const asIf = (reconcile_interval_hours: number): StreamSeen => {
    const config = { ...seen.sync.config, reconcile_interval_hours }
    return { ...seen, sync: { ...seen.sync, config } }
  }

  test("is not missed by the guard, which lets pass what little of the rest is gone", () => {
    expect(judgeGuard({ ...asIf(0), incomplete: true }, true)).toEqual([])
    expect(judgeGuard({ ...asIf(0), incomplete: false }, true)).toMatchObject([{ rule: "guard" }])
    // Between reconciliations only some contents are asked.
    expect(judgeGuard({ ...asIf(-1), incomplete: false }, true)).toEqual([])
  })
})
