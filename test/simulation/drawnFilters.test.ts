/** Drawn filters: that they make sense, and that under them the judge and the product agree. */
import { describe, expect, it } from "vitest"
import { makeScope } from "../../src/site/Scope.ts"
import { filtersOf } from "../support/filtersOf.ts"
import { Chance } from "./chance.ts"
import { drawFilters } from "./drawnFilters.ts"
import { inScope } from "./inScope.ts"
import { siteRows, smallSite } from "./siteRows.ts"

const ids = (rows: ReadonlyArray<Readonly<Record<string, unknown>>>) => rows.map(({ id }) => String(id)).join(" ")

describe("the judge and the product", () => {
  it("agree on spaces, and on status, dates and blog posts, under drawn filters", () => {
    let narrowed = 0
    for (let seed = 1; seed <= 4; seed++) {
      const site = siteRows(smallSite(seed))
      const spaces = site["spaces"]!.map(({ key, type, status }) => ({
        key: String(key),
        type: String(type),
        status: String(status),
      }))
      for (let round = 0; round < 100; round++) {
        const given = drawFilters(new Chance(seed * 1000 + round), site)
        const scope = makeScope(filtersOf(given))
        const said = JSON.stringify(given)
        const ofSpaces = scope.spaces(spaces)
        expect(
          ofSpaces.map(({ key }) => key),
          said,
        ).toEqual(
          inScope(given, site)
            .get("spaces")!
            .rows.map(({ key }) => key),
        )
        // Spaces and trees are not for `holds` to judge.
        const { spaces_include: _a, spaces_exclude: _b, page_ids_include: _c, page_ids_exclude: _d, ...rest } = given
        const { include_archived_spaces: _e, include_personal_spaces: _f, ...own } = rest
        const judgement = inScope(own, site)
        for (const [stream, kind] of [
          ["pages", "page"],
          ["blog_posts", "blogpost"],
        ] as const) {
          const held = site[stream]!.filter((row) =>
            scope.holds({
              kind,
              id: String(row["id"]),
              status: String(row["status"]),
              createdAt: Date.parse(String(row["createdAt"])),
              modifiedAt: Date.parse(String((row["version"] as { createdAt: string }).createdAt)),
            }),
          )
          expect(ids(held), `${stream} ${said}`).toBe(ids(judgement.get(stream)!.rows))
          if (held.length > 0 && held.length < site[stream]!.length) narrowed++
        }
        if (ofSpaces.length > 0 && ofSpaces.length < spaces.length) narrowed++
      }
    }
    expect(narrowed).toBeGreaterThan(180)
  })
})

describe("drawn filters", () => {
  const site = siteRows(smallSite(2))
  const drawn = Array.from({ length: 600 }, (_, seed) => drawFilters(new Chance(seed), site))

  it("are taken by the connector, and name each setting", () => {
    for (const given of drawn) expect(() => filtersOf(given), JSON.stringify(given)).not.toThrow()
    expect([...new Set(drawn.flatMap((given) => Object.keys(given)))].toSorted()).toEqual(
      Object.keys(
        filtersOf({
          modified_after: "2026-01-01",
          modified_before: "2026-01-02",
          created_after: "2026-01-01",
          created_before: "2026-01-02",
        }),
      ).toSorted(),
    )
  })

  it("are mostly such that something is let in and something is not", () => {
    const shares = drawn.map((given) => inScope(given, site).get("pages")!.rows.length / site["pages"]!.length)
    const share = (which: (share: number) => boolean) => shares.filter(which).length / shares.length
    expect(share((each) => each === 0)).toBeLessThan(0.25)
    expect(share((each) => each > 0 && each < 0.9)).toBeGreaterThan(0.4)
  })

  it("are the same for the same seed", () => {
    expect(drawFilters(new Chance(7), site)).toEqual(drawFilters(new Chance(7), site))
  })
})
