/** What the judge asks of `changedAt` after a killed sync has told its own start for a row, and no state tells of that. */
import { expect, test } from "vitest"
import { type Held, isTombstone } from "./destination.ts"
import type { Moment, Row } from "./moments.ts"
import { judgeRecords } from "./recordRules.ts"
import type { StreamSeen } from "./verdict.ts"

const at = (hour: number): string => `2026-07-01T${String(hour).padStart(2, "0")}:00:00.000Z`

const page = (updated: number, changed: number): Row => ({
  id: "7",
  version: { createdAt: at(updated) },
  updatedAt: at(updated),
  changedAt: at(changed),
})
const tombstone = (hour: number): Row => ({ id: "7", changedAt: at(hour), _ab_cdc_deleted_at: at(hour) })
const undated = (hour: number): Row => ({ id: "7", version: {}, updatedAt: null, changedAt: at(hour) })
const held = (record: Row, before: Held["before"]): Held => ({
  record,
  deleted: isTombstone(record),
  vouched: false,
  before,
})

/** The rules that are broken by a sync which begins at noon and sends this row, where the destination has that. */
const rulesBroken = (sent: Row, inPlace: Held): ReadonlyArray<string> => {
  const moment = { siteTime: Date.parse(at(12)), rows: new Map([["pages", new Map([["7", sent]])]]) }
  const seen = {
    name: "pages",
    sync: { moments: [moment as unknown as Moment], config: { body_format: "none" } },
    records: [sent],
    before: new Map([["7", inPlace]]),
  }
  return judgeRecords(seen as unknown as StreamSeen, Date.parse(at(23)), false).map(({ rule }) => rule)
}

const vouchedPage = { record: page(3, 3), deleted: false }

for (const [name, sent] of [
  ["a tombstone", tombstone(11)],
  ["the row without the time of its version", undated(11)],
] as const) {
  test(`a version that no sync had sent tells its own time, although a killed sync has later sent ${name}`, () => {
    expect(rulesBroken(page(8, 8), held(sent, vouchedPage))).toEqual([])
    expect(rulesBroken(page(8, 8), held(sent, undefined))).toEqual([])
  })
}

for (const [name, sent, inPlace] of [
  ["the version that was there before", page(3, 3), held(tombstone(11), vouchedPage)],
  ["another time than the version's", page(8, 9), held(tombstone(11), vouchedPage)],
  [
    "what was there before the tombstone, of a later time",
    page(8, 8),
    held(tombstone(11), { record: page(3, 9), deleted: false }),
  ],
  [
    "a tombstone before it that a state tells of",
    page(8, 8),
    held(tombstone(11), { record: tombstone(9), deleted: true }),
  ],
  ["a tombstone that a state tells of", page(8, 8), { ...held(tombstone(11), undefined), vouched: true }],
  ["the row with the time of its version", page(8, 8), held(page(8, 11), vouchedPage)],
  ["a tombstone itself", tombstone(8), held(tombstone(11), vouchedPage)],
] as const) {
  test(`changedAt goes back with or behind ${name}`, () => {
    expect(rulesBroken(sent, inPlace)).toContain("changedAt goes back")
  })
}
