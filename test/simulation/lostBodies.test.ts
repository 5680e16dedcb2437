/** Which bodies the judge takes for ones that cannot be had: no more than there are. */
import { expect, test } from "vitest"
import { type Quirks, QUIRKS } from "../../src/sample-site/quirks.ts"
import { SampleSite } from "../../src/sample-site/SampleSite.ts"
import { momentOf } from "./moments.ts"

/** A site with one comment that is poisoned, and others on a page in the trash, which lists show and no look by their ids finds. */
const siteWith = (quirks: Partial<Quirks>) => {
  const settings = { quirks: { hangingListedInTrash: true, looksInTrash: "404", ...quirks } } as const
  const site = new SampleSite({
    seed: 110,
    pages: 100,
    footerComments: 120,
    inlineComments: 40,
    varied: false,
    settings,
  })
  const [poisoned, ...others] = site.truth("footer_comments").filter((row) => typeof row["pageId"] === "string")
  const other = others.find((row) => row["pageId"] !== poisoned!["pageId"])
  return { site, poisoned: String(poisoned!["id"]), page: String(other!["pageId"]) }
}

const BOUND = [
  ["any limit, with and without bodies", { cursorBindsLimit: false, cursorBindsBody: false }, false],
  ["its own limit alone", { cursorBindsLimit: true, cursorBindsBody: false }, true],
  ["no list without bodies", { cursorBindsLimit: false, cursorBindsBody: true }, true],
] as const

for (const [cursors, quirks, isBound] of BOUND) {
  for (const listsOfTrashed of QUIRKS.listsOfTrashed) {
    const isLost = isBound && listsOfTrashed !== "all"
    test(`comments in the trash ${isLost ? "are" : "are not"} lost with another, where a cursor takes ${cursors}, and their own list answers: ${listsOfTrashed}`, () => {
      const { site, poisoned, page } = siteWith({ ...quirks, listsOfTrashed })
      site.trash(page)
      const lostNow = () => momentOf(site, ["comments"], "storage").poisoned.get("comments")!
      expect([...lostNow()]).toEqual([])
      site.poisonComment(poisoned)
      const inTrash = site.truth("footer_comments").filter((row) => row["pageId"] === page)
      expect(inTrash.length).toBeGreaterThan(0)
      for (const { id } of inTrash) expect(lostNow().has(String(id))).toBe(isLost)
      // The other list has no such row.
      const inline = site.truth("inline_comments").map(({ id }) => String(id))
      expect(inline.filter((id) => lostNow().has(id))).toEqual([])
    })
  }
}
