/** What filters let in: by cases, and by properties over drawn filters and content. */
import { describe, expect, it } from "vitest"
import { type ContentFacts, makeScope, type SpaceFacts } from "../../src/site/Scope.ts"
import { Chance } from "../simulation/chance.ts"
import { filtersOf } from "../support/filtersOf.ts"
import type { GivenFilters } from "../support/givenFilters.ts"

const scopeOf = (filters: GivenFilters) => makeScope(filtersOf(filters))

const space = (key: string, type = "global", status = "current"): SpaceFacts => ({ key, type, status })
const SPACES = [
  space("ENG"),
  space("ENG2"),
  space("eng"),
  space("OPS", "collaboration"),
  space("OLDOPS", "global", "archived"),
  space("~ada", "personal"),
  space("~bob", "personal", "archived"),
  space("HOME", "personal"),
]

describe("spaces", () => {
  it.each<[GivenFilters, ReadonlyArray<string>]>([
    [{}, ["ENG", "ENG2", "eng", "OPS", "OLDOPS", "~ada", "~bob", "HOME"]],
    [{ spaces_include: ["ENG"] }, ["ENG"]],
    [{ spaces_include: ["ENG*", "~*"] }, ["ENG", "ENG2", "~ada", "~bob"]],
    [{ spaces_include: ["*"] }, ["ENG", "ENG2", "eng", "OPS", "OLDOPS", "~ada", "~bob", "HOME"]],
    [{ spaces_exclude: ["*OPS"] }, ["ENG", "ENG2", "eng", "~ada", "~bob", "HOME"]],
    [{ spaces_include: ["ENG*"], spaces_exclude: ["ENG"] }, ["ENG2"]],
    [{ spaces_include: ["ENG"], spaces_exclude: ["*"] }, []],
    [{ include_archived_spaces: false }, ["ENG", "ENG2", "eng", "OPS", "~ada", "HOME"]],
    [{ include_personal_spaces: false }, ["ENG", "ENG2", "eng", "OPS", "OLDOPS"]],
    [{ include_personal_spaces: false, include_archived_spaces: false, spaces_include: ["*O*", "~*"] }, ["OPS"]],
    [{ spaces_include: ["NONE"] }, []],
    [{ page_ids_include: ["1"], modified_after: "2026-01-01" }, SPACES.map(({ key }) => key)],
  ])("that %j lets in are %j", (filters, keys) => {
    expect(
      scopeOf(filters)
        .spaces(SPACES)
        .map(({ key }) => key),
    ).toEqual(keys)
  })

  it("are personal by their key where the site tells no type", () => {
    const untold = [{ key: "~ada", type: undefined, status: undefined }]
    expect(scopeOf({ include_personal_spaces: false }).spaces(untold)).toEqual([])
    expect(scopeOf({ include_archived_spaces: false }).spaces(untold)).toEqual(untold)
  })

  it.each<[GivenFilters, boolean]>([
    [{}, false],
    [{ spaces_include: ["*"] }, false],
    [{ page_ids_include: ["1"], include_archived: false }, false],
    [{ spaces_exclude: ["A"] }, true],
    [{ spaces_include: ["A"] }, true],
    [{ include_archived_spaces: false }, true],
    [{ include_personal_spaces: false }, true],
  ])("are narrowed by %j: %s", (filters, narrows) => {
    expect(scopeOf(filters).narrowsSpaces).toBe(narrows)
  })

  it("that no pattern finds are named once, of exclusions too, and whether the space is let in or not", () => {
    const scope = scopeOf({
      spaces_include: ["ENG", "DEV*", "Ops", "DEV*", "~*"],
      spaces_exclude: ["OLD*", "LEGACY"],
      include_archived_spaces: false,
      include_personal_spaces: false,
    })
    expect(scope.unmatched(SPACES)).toEqual([
      { setting: "filters.spaces_include", pattern: "DEV*" },
      { setting: "filters.spaces_include", pattern: "Ops" },
      { setting: "filters.spaces_exclude", pattern: "LEGACY" },
    ])
  })
})

describe("the fingerprint", () => {
  it.each<GivenFilters>([
    {},
    { spaces_include: [], include_archived: true, include_trashed: false },
    { spaces_include: ["*", "ENG"], include_archived_spaces: true, include_personal_spaces: true },
  ])("is empty where nothing is filtered: %j", (filters) => {
    const { fingerprint, isEverything } = scopeOf(filters)
    expect([fingerprint, isEverything]).toEqual(["", true])
  })

  it.each<[GivenFilters, GivenFilters]>([
    [{ spaces_include: ["A", "B"] }, { spaces_include: ["B", "A", "B"] }],
    [{ spaces_exclude: ["A*B"] }, { spaces_exclude: ["A***B"], include_archived: true }],
    [{ page_ids_include: ["2", "10"] }, { page_ids_include: ["10", "2", "10"], spaces_include: ["*"] }],
    [{ modified_after: "2026-01-31" }, { modified_after: "2026-01-31T05:30:00.000+05:30" }],
  ])("of %j is that of %j", (one, other) => {
    expect(scopeOf(one).fingerprint).toMatch(/^[\w-]{8}$/)
    expect(scopeOf(one).fingerprint).toBe(scopeOf(other).fingerprint)
  })

  it("is another for each filter and each value", () => {
    const all: ReadonlyArray<GivenFilters> = [
      {},
      { spaces_include: ["A"] },
      { spaces_include: ["A*"] },
      { spaces_include: ["A", "B"] },
      { spaces_include: ["AB"] },
      { spaces_exclude: ["A"] },
      { include_archived_spaces: false },
      { include_personal_spaces: false },
      { page_ids_include: ["1"] },
      { page_ids_include: ["1", "2"] },
      { page_ids_include: ["12"] },
      { page_ids_exclude: ["1"] },
      { blog_post_ids_include: ["1"] },
      { blog_post_ids_exclude: ["1"] },
      { modified_after: "2026-01-31" },
      { modified_before: "2026-01-31" },
      { created_after: "2026-01-31" },
      { created_before: "2026-01-31" },
      { created_before: "2026-01-31T00:00:00.001Z" },
      { include_archived: false },
      { include_trashed: true },
    ]
    expect(new Set(all.map((filters) => scopeOf(filters).fingerprint)).size).toBe(all.length)
  })
})

const at = (text: string): number => Date.parse(text)
const page = (facts: Partial<ContentFacts> = {}): ContentFacts => ({
  kind: "page",
  id: "1",
  status: "current",
  createdAt: at("2026-01-01T00:00:00Z"),
  modifiedAt: at("2026-02-01T00:00:00Z"),
  ...facts,
})
const post = (facts: Partial<ContentFacts> = {}): ContentFacts => page({ kind: "blogpost", ...facts })

describe("content", () => {
  it.each<[GivenFilters, ContentFacts, boolean]>([
    [{}, page(), true],
    [{}, page({ status: "archived" }), true],
    [{}, page({ status: "trashed" }), false],
    [{}, page({ status: "deleted" }), false],
    [{ include_trashed: true }, page({ status: "deleted" }), false],
    [{ include_trashed: true }, page({ status: "trashed" }), true],
    [{ include_trashed: true }, post({ status: "trashed" }), true],
    [{ include_archived: false }, page({ status: "archived" }), false],
    [{ include_archived: false }, page(), true],
    [{ modified_after: "2026-02-01" }, page(), true],
    [{ modified_after: "2026-02-01T00:00:00.001Z" }, page(), false],
    [{ modified_before: "2026-02-01" }, page(), false],
    [{ modified_before: "2026-02-01T00:00:00.001Z" }, post(), true],
    [{ created_after: "2026-01-01" }, post(), true],
    [{ created_after: "2026-01-02" }, page(), false],
    [{ created_before: "2026-01-01" }, page(), false],
    [{ created_after: "2026-01-01", modified_before: "2026-01-31" }, page(), false],
    [{ blog_post_ids_include: ["2"] }, post(), false],
    [{ blog_post_ids_include: ["2"] }, post({ id: "2" }), true],
    [{ blog_post_ids_include: ["2"] }, page(), true],
    [{ blog_post_ids_include: ["1", "2"], blog_post_ids_exclude: ["1"] }, post(), false],
    [{ blog_post_ids_exclude: ["1"] }, page(), true],
    [{ page_ids_include: ["2"], page_ids_exclude: ["1"] }, post(), true],
    // What lies below which page is not judged here.
    [{ page_ids_exclude: ["1"] }, page(), true],
    [{ spaces_include: ["NONE"] }, page(), true],
  ])("under %j: %j is held: %s", (filters, content, held) => {
    expect(scopeOf(filters).holds(content)).toBe(held)
  })

  it("is asked for with the statuses that the filters let in, blog posts never with archived ones", () => {
    const asked = (filters: GivenFilters) => {
      const { statuses } = scopeOf(filters)
      return [statuses("page"), statuses("blogpost")]
    }
    expect(asked({})).toEqual([["current", "archived"], ["current"]])
    expect(asked({ include_archived: false })).toEqual([["current"], ["current"]])
    expect(asked({ include_trashed: true })).toEqual([
      ["current", "archived", "trashed"],
      ["current", "trashed"],
    ])
  })

  it("lies below roots that are the ids given", () => {
    const { roots, blogPosts } = scopeOf({
      page_ids_include: ["1", "2"],
      page_ids_exclude: ["3"],
      blog_post_ids_include: ["4"],
      blog_post_ids_exclude: ["5"],
    })
    expect([roots, blogPosts]).toEqual([
      { include: new Set(["1", "2"]), exclude: new Set(["3"]) },
      { include: new Set(["4"]), exclude: new Set(["5"]) },
    ])
  })
})

describe("the order in which a list may end early", () => {
  const jan = at("2026-01-01T00:00:00Z")
  const feb = at("2026-02-01T00:00:00Z")
  it.each<[GivenFilters, { sort: string; until: number } | undefined]>([
    [{ spaces_include: ["A"] }, undefined],
    [{ modified_after: "2026-01-01" }, { sort: "-modified-date", until: jan }],
    [{ created_after: "2026-01-01" }, { sort: "-created-date", until: jan }],
    [{ modified_before: "2026-01-01" }, { sort: "modified-date", until: jan }],
    [{ created_before: "2026-01-01" }, { sort: "created-date", until: jan }],
    [
      { modified_after: "2026-01-01", created_after: "2026-02-01" },
      { sort: "-created-date", until: feb },
    ],
    [
      { modified_after: "2026-02-01", created_after: "2026-01-01" },
      { sort: "-modified-date", until: feb },
    ],
    [
      { modified_before: "2026-01-01", created_before: "2026-02-01" },
      { sort: "modified-date", until: jan },
    ],
    [
      { modified_before: "2026-02-01", created_before: "2026-01-01" },
      { sort: "created-date", until: jan },
    ],
    [
      { modified_after: "2026-01-01", modified_before: "2026-02-01" },
      { sort: "-modified-date", until: jan },
    ],
    [
      { created_after: "2026-01-01", modified_before: "2026-02-01" },
      { sort: "-created-date", until: jan },
    ],
  ])("of %j is %j", (filters, order) => {
    expect(scopeOf(filters).order).toEqual(order)
  })

  it("loses no content that the filters hold", () => {
    const chance = new Chance(3)
    const day = () => new Date(Date.UTC(2026, 0, chance.between(1, 40))).toISOString()
    let beyond = 0
    for (let round = 0; round < 2000; round++) {
      const given: Record<string, string> = {}
      for (const of of ["modified", "created"]) {
        const [first, second] = [day(), day()].toSorted()
        if (chance.happens(0.5)) given[`${of}_after`] = first!
        if (chance.happens(0.5) && first !== second) given[`${of}_before`] = second!
      }
      const { order, holds } = scopeOf(given)
      if (order === undefined) continue
      const content = page({ createdAt: Date.parse(day()), modifiedAt: Date.parse(day()) })
      const moment = order.sort.endsWith("created-date") ? content.createdAt : content.modifiedAt
      const isBeyond = order.sort.startsWith("-") ? moment < order.until : moment >= order.until
      if (!isBeyond) continue
      beyond++
      expect(holds(content), JSON.stringify([given, content])).toBe(false)
    }
    expect(beyond).toBeGreaterThan(150)
  })
})
