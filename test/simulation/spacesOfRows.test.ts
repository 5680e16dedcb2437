/** What the judge knows of the space of a row: rows that name a content alone are in the space of that. */
import { expect, test } from "vitest"
import { SampleSite } from "../../src/sample-site/SampleSite.ts"
import { placed, spaceOfRow } from "./spacesOfRows.ts"

test("what pages, blog posts and custom content have is in their spaces", () => {
  const site = new SampleSite({ seed: 97, pages: 40, spaces: 4, customContent: 40 })
  const spaces = new Map(
    (["pages", "blog_posts", "custom_content"] as const).flatMap((stream) =>
      site.truth(stream).map(({ id, spaceId }) => [id, spaceId] as const),
    ),
  )
  const rows = placed(site, site.truth("content_properties")).filter(({ contentId }) => spaces.has(contentId))
  expect(new Set(rows.map(({ contentType }) => contentType))).toEqual(new Set(["page", "blogpost", "custom-content"]))
  for (const row of rows) expect(spaceOfRow(row)).toBe(spaces.get(row["contentId"]))
})
