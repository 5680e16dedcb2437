/** Dates of RFC 3339 as moments: what each text names, and that of every moment each way to write it names it. */
import { describe, expect, it } from "vitest"
import { parseDate, parseDateTime } from "../../src/config/dates.ts"
import { Chance } from "../simulation/chance.ts"

describe("a date", () => {
  it.each([
    ["2026-01-31", "2026-01-31T00:00:00.000Z"],
    ["2024-02-29", "2024-02-29T00:00:00.000Z"],
    ["0099-12-31", "0099-12-31T00:00:00.000Z"],
    ["2026-01-31T23:59:59Z", "2026-01-31T23:59:59.000Z"],
    ["2026-01-31t23:59:59z", "2026-01-31T23:59:59.000Z"],
    ["2026-01-31T00:00:00+05:30", "2026-01-30T18:30:00.000Z"],
    ["2026-01-31T00:00:00-00:00", "2026-01-31T00:00:00.000Z"],
    ["2026-01-31T00:00:00.5Z", "2026-01-31T00:00:00.500Z"],
    ["2026-01-31T00:00:00.123000000Z", "2026-01-31T00:00:00.123Z"],
    ["2026-01-31T00:00:00.123000001Z", "2026-01-31T00:00:00.124Z"],
    ["2026-01-31T23:59:59.9999Z", "2026-02-01T00:00:00.000Z"],
  ])("%s names %s", (text, moment) => {
    expect(new Date(parseDate(text)!).toISOString()).toBe(moment)
  })

  it.each([
    "",
    "2026",
    "2026-01",
    "2026-1-31",
    "2026-02-29",
    "2026-13-01",
    "2026-00-10",
    "2026-01-00",
    "26-01-31",
    "+002026-01-31",
    "2026-01-31T00:00:00",
    "2026-01-31T00:00Z",
    "2026-01-31 00:00:00Z",
    "2026-01-31T24:00:00Z",
    "2026-01-31T00:60:00Z",
    "2026-01-31T00:00:60Z",
    "2026-01-31T00:00:00.Z",
    "2026-01-31T00:00:00+0530",
    "2026-01-31T00:00:00+24:00",
    "2026-01-31T00:00:00Z\n",
    "31 January 2026",
  ])("is not %j", (text) => {
    expect(parseDate(text)).toBeUndefined()
    expect(parseDateTime(text)).toBeUndefined()
  })

  it("alone is no date and time", () => {
    expect(parseDateTime("2026-01-31")).toBeUndefined()
  })

  it("is the same moment in every offset", () => {
    const chance = new Chance(1)
    for (let round = 0; round < 500; round++) {
      const moment =
        Date.UTC(chance.between(1970, 2100), chance.between(0, 11), chance.between(1, 28)) +
        chance.between(0, 86_399_999)
      const minutes = chance.between(-1439, 1439)
      const two = (value: number) => String(value).padStart(2, "0")
      const offset = `${minutes < 0 ? "-" : "+"}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`
      const local = new Date(moment + minutes * 60_000).toISOString().replace("Z", offset)
      expect(parseDate(local), local).toBe(moment)
    }
  })
})
