/** Every doubt about the API is in the list, and every answer to it is drawn. */
import { globSync, readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import {
  EXPIRED_TOKEN_ANSWERS,
  ORGANIZATION_QUIRKS,
  QUIRKS,
  RESTRICTION_QUIRKS,
  ROLE_QUIRKS,
} from "../../src/sample-site/quirks.ts"
import { root } from "../support/runConnector.ts"
import { CHANGE_WEIGHTS } from "./changeWeights.ts"
import { DOUBTS } from "./doubts.ts"
import { drawHistory } from "./history.ts"
import { LATER } from "./laterDraws.ts"

const HISTORIES = 1500

const textOf = (path: string): string => readFileSync(`${root}/${path}`, "utf8")

const drawn = Array.from({ length: HISTORIES }, (_, index) => drawHistory(index + 1))
const valuesOf = (pick: (history: (typeof drawn)[number]) => unknown): ReadonlySet<unknown> => new Set(drawn.map(pick))
const faults = drawn.flatMap(({ rounds }) => rounds.flatMap((round) => round.faults))

describe("the list of doubts", () => {
  test("has every file of the sources in which a comment names one", () => {
    const missing = globSync("src/**/*.ts", { cwd: root }).filter((file) => {
      return textOf(file).includes("Doubt: ") && !DOUBTS.some(({ care }) => care.includes(file.replace(/^src\//, "")))
    })
    expect(missing).toEqual([])
  })

  test("names files that are there, tests that give the answers, and two answers at least", () => {
    for (const { doubt, option, answers, care, tests } of DOUBTS) {
      expect(answers.length, doubt).toBeGreaterThan(1)
      for (const file of care) expect(textOf(`src/${file}`), doubt).not.toBe("")
      expect(tests.map((file) => textOf(`test/${file}`)).join("\n"), doubt).toContain(option)
    }
  })
})

describe("histories draw every answer", () => {
  for (const [quirk, answers] of Object.entries({
    ...QUIRKS,
    ...RESTRICTION_QUIRKS,
    ...ROLE_QUIRKS,
    ...ORGANIZATION_QUIRKS,
  })) {
    test(`to ${quirk}`, () => {
      const values = valuesOf(({ site }) => (site.settings!.quirks as Readonly<Record<string, unknown>>)[quirk])
      expect(new Set(values)).toEqual(new Set<unknown>(answers))
    })
  }

  test("that is no quirk: ended tokens, rows dated ahead, heavy answers, ways to sign in", () => {
    expect(valuesOf(({ site }) => site.settings!.expiredTokenAnswer)).toEqual(new Set(EXPIRED_TOKEN_ANSWERS))
    expect(valuesOf(({ site }) => site.datedAheadDays)).toEqual(new Set([0, 10, 365]))
    expect(valuesOf(({ site }) => site.settings!.heavyBytes! > 0)).toEqual(new Set([true, false]))
    expect(valuesOf(({ signIn }) => signIn)).toEqual(new Set(["api_token", "oauth2.0", "service_account"]))
  })

  test("as a fault", () => {
    const kinds = new Set<string>(faults.map(({ kind }) => kind))
    for (const kind of ["not-a-list", "odd-row", "disliked-element", "rate-limit"]) expect(kinds).toContain(kind)
    const has = (fits: (fault: (typeof faults)[number]) => boolean) => faults.some(fits)
    expect(has(({ waitMs }) => waitMs === 1_800_000)).toBe(true)
    expect(has(({ query }) => query === "ids=")).toBe(true)
    for (const status of [400, 403, 404, 500])
      expect(has((fault) => fault.status === status && fault.path?.endsWith("/membersByGroupId") === true)).toBe(true)
    for (const status of [401, 403])
      expect(has((fault) => fault.status === status && fault.path === "/wiki/api/v2/attachments/*")).toBe(true)
  })

  test("as a change", () => {
    const kinds = new Set(
      drawn.flatMap(({ rounds }) => rounds.flatMap(({ changes }) => changes.map(({ kind }) => kind))),
    )
    const weights = [CHANGE_WEIGHTS, ...LATER.map(({ changes }) => changes)]
    expect(kinds).toEqual(new Set(weights.flatMap((each) => Object.keys(each))))
  })
})
