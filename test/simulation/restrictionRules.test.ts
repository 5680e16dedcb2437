/** The judge of restrictions can fail: rows that are missing, invented or passed over are found, and what nobody can know is excused. */
import { describe, expect, test } from "vitest"
import { SampleSite } from "../../src/sample-site/SampleSite.ts"
import { knowableRows } from "../support/knowableTree.ts"
import type { ProtocolMessage } from "../support/runConnector.ts"
import { type Falsehood, falsified, first, historyOf, none, withData, withMessages, withStatus } from "./falsehoods.ts"
import { keyOf, momentOf } from "./moments.ts"
import { hasMovedUp, knowable, mayBeMixed, RESTRICTIONS } from "./restrictions.ts"
import { runHistory } from "./runHistory.ts"
import { inProcess } from "./worlds.ts"

const isRow =
  (inherited: boolean) =>
  ({ record }: ProtocolMessage) =>
    record?.stream === RESTRICTIONS && record.data["inherited"] === inherited

const RESTRICTION = "/wiki/rest/api/content/*/restriction"

const FALSEHOODS: Readonly<Record<string, readonly [rule: string, falsehood: Falsehood]>> = {
  "a restriction that is left out": [
    "missing",
    { falsify: (result) => withMessages(result, first(isRow(false), none)) },
  ],
  "one that is not inherited": ["missing", { falsify: (result) => withMessages(result, first(isRow(true), none)) }],
  "one that names somebody else": [
    "record of no moment",
    { falsify: (result) => withMessages(result, first(isRow(true), withData({ principalId: "somebody" }))) },
  ],
  "one that is said to be inherited": [
    "record of no moment",
    { falsify: (result) => withMessages(result, first(isRow(false), withData({ inherited: true }))) },
  ],
  "content whose restrictions were refused, and passes for open": [
    "missing",
    {
      round: { faults: [{ kind: "status", status: 403, path: RESTRICTION }] },
      falsify: (result) => withStatus("INCOMPLETE", "COMPLETE", { ...result, ended: "done" }),
    },
  ],
}

describe("the judge finds", () => {
  for (const [what, [rule, falsehood]] of Object.entries(FALSEHOODS)) {
    test(what, async () => {
      const history = historyOf({ ...falsehood, streams: [RESTRICTIONS] }, false)
      const { violations } = await runHistory(history, falsified(inProcess(history), falsehood))
      expect(violations.map((violation) => violation.rule)).toContain(rule)
    })
  }

  test("nothing where nothing is told falsely", async () => {
    const history = historyOf({ streams: [RESTRICTIONS], falsify: () => ({}) }, false)
    expect((await runHistory(history, inProcess(history))).violations).toEqual([])
  })
})

const siteOf = (seed: number) =>
  new SampleSite({ seed, pages: 120, spaces: 6, users: 40, now: () => Date.UTC(2026, 6, 1) })
const look = (site: SampleSite) => momentOf(site, [RESTRICTIONS], "none")

test("what can be known of a site is what is shown, and what that lies below", () => {
  for (const seed of [3, 4, 5]) {
    const site = siteOf(seed)
    const rows = site.truth(RESTRICTIONS)
    const { uncertain } = knowable(site, rows)
    const keys = (some: ReadonlyArray<Readonly<Record<string, unknown>>>) =>
      some.map((row) => keyOf(RESTRICTIONS, row)).toSorted()
    expect(keys(rows.filter((row) => !uncertain.has(row)))).toEqual(keys(knowableRows(site, RESTRICTIONS)))
  }
})

describe("a mixture of moments", () => {
  const site = siteOf(3)
  const spaceId = String(site.truth("spaces").find(({ status }) => status === "current")!["id"])
  const users = [site.users[0]!.accountId]
  const [top, middle, low] = [0, 1, 2].map(() => site.create({ spaceId }))
  site.move(low!, { parentId: middle! })
  const before = look(site)
  site.move(low!, { parentId: null })
  site.move(middle!, { parentId: top! })
  site.setRestriction(top!, { users })
  const after = look(site)
  const key = (contentId: string, operation = "read") =>
    keyOf(RESTRICTIONS, {
      contentId,
      operation,
      restrictedById: top,
      principalType: "user",
      principalId: users[0],
    })

  test("may be seen of what lay below something that was moved later", () => {
    expect(mayBeMixed([before, after], key(low!))).toBe(true)
    expect(hasMovedUp([before, after], key(low!))).toBe(true)
  })

  test("is none of one moment, of another operation, or of content that never lay there", () => {
    expect(mayBeMixed([after], key(low!))).toBe(false)
    expect(mayBeMixed([after], key(middle!))).toBe(true)
    expect(mayBeMixed([before, after], key(low!, "update"))).toBe(false)
    expect(mayBeMixed([before, after], key(String(site.truth("blog_posts")[0]!["id"])))).toBe(false)
    expect(hasMovedUp([after, after], key(low!))).toBe(false)
  })
})
