import { describe, expect, it } from "vitest"
import type { GivenFilters } from "../support/givenFilters.ts"
/** The judge of filters: by a hand-made site, and by the sample site. */
import { ALL_STREAMS } from "../support/inProcess.ts"
import { inScope, type SiteRows } from "./inScope.ts"
import { siteRows, smallSite } from "./siteRows.ts"

const content = (id: string, more: object = {}) => ({
  id,
  spaceId: "S1",
  status: "current",
  createdAt: "2026-01-01T00:00:00.000Z",
  version: { createdAt: "2026-02-01T00:00:00.000Z" },
  ...more,
})

/**
 * In the space ENG: page 1 ← 2 (archived) ← folder 3 ← 4; page 1 ← 5 (in the trash) ← 6; 7 below a folder that nobody tells of.
 * In the personal space ~ada: page 8. Blog posts 20, and 21 in the trash, in ENG.
 */
const SITE: SiteRows = {
  spaces: [
    { id: "S1", key: "ENG", type: "global", status: "current" },
    { id: "S2", key: "~ada", type: "personal", status: "current" },
    { id: "S3", key: "OLD.1", type: "global", status: "archived" },
  ],
  pages: [
    content("1"),
    content("2", { parentId: "1", status: "archived" }),
    content("4", { parentId: "3" }),
    content("5", { parentId: "1", status: "trashed" }),
    content("6", { parentId: "5" }),
    content("7", { parentId: "33" }),
    content("8", { parentId: null, spaceId: "S2", version: { createdAt: "2026-03-01T00:00:00.000Z" } }),
  ],
  folders: [{ id: "3", parentId: "2", spaceId: "S1" }],
  blog_posts: [content("20"), content("21", { status: "trashed" })],
  comments: [
    { id: "c1", pageId: "1" },
    { id: "c1r", pageId: "1", parentCommentId: "c1" },
    { id: "c2", pageId: "2" },
    { id: "c5", pageId: "5" },
    { id: "c8", pageId: "8" },
    { id: "c20", blogPostId: "20" },
    { id: "c20r", parentCommentId: "c20" },
    { id: "c20rr", parentCommentId: "c20r" },
    { id: "ca8", attachmentId: "a8" },
    { id: "lost", parentCommentId: "gone" },
  ],
  attachments: [
    { id: "a1", pageId: "1" },
    { id: "a8", pageId: "8" },
    { id: "a20", blogPostId: "20" },
  ],
  users: [{ id: "u" }],
}

type Expected = Readonly<Record<string, string>>
const ids = (rows: ReadonlyArray<Readonly<Record<string, unknown>>>) => rows.map(({ id }) => String(id)).join(" ")

/** The ids that are in, by stream; those that are perhaps in stand behind a `?`. */
const judged = (given: GivenFilters): Expected =>
  Object.fromEntries(
    Object.keys(SITE).map((stream) => {
      const { rows, perhaps } = inScope(given, SITE).get(stream)!
      return [stream, `${ids(rows)}${perhaps.length === 0 ? "" : ` ? ${ids(perhaps)}`}`.trim()]
    }),
  )

const ALL: Expected = {
  spaces: "S1 S2 S3",
  pages: "1 2 4 6 7 8",
  folders: "3",
  blog_posts: "20",
  comments: "c1 c1r c2 c5 c8 c20 c20r c20rr ca8 lost",
  attachments: "a1 a8 a20",
  users: "u",
}
/** Of things on a page in the trash, and of a reply to something lost, filters cannot tell. */
const UNSURE = "? c5 lost"
const FILTERED = { ...ALL, comments: `c1 c1r c2 c8 c20 c20r c20rr ca8 ${UNSURE}` }
const IN_ENG = {
  spaces: "S1",
  pages: "1 2 4 6 7",
  comments: `c1 c1r c2 c20 c20r c20rr ${UNSURE}`,
  attachments: "a1 a20",
}
const IN_ADA = { spaces: "S2", pages: "8", folders: "", blog_posts: "", comments: "c8 ca8 ? lost", attachments: "a8" }
const NO_POST = { blog_posts: "", comments: `c1 c1r c2 c8 ca8 ${UNSURE}`, attachments: "a1 a8" }

describe("what is let in", () => {
  it.each<[string, GivenFilters, Expected]>([
    ["without filters is all that is there", {}, ALL],
    ["by defaults is all that is there", { include_trashed: false, include_archived: true, spaces_include: [] }, ALL],
    ["of a space is what lies in it", { spaces_include: ["ENG"] }, { ...FILTERED, ...IN_ENG }],
    ["by a pattern is what it stands for", { spaces_include: ["~*"] }, { ...FILTERED, ...IN_ADA }],
    ["but for spaces is all else", { spaces_exclude: ["~*"] }, { ...FILTERED, ...IN_ENG, spaces: "S1 S3" }],
    ["of keys is compared with capitals", { spaces_exclude: ["eng", "old.1"] }, FILTERED],
    ["has dots in keys for dots", { spaces_exclude: ["OLD.1", "EN."] }, { ...FILTERED, spaces: "S1 S2" }],
    [
      "is nothing of a space that is excluded and included",
      { spaces_include: ["*"], spaces_exclude: ["ENG", "OLD*"] },
      { ...FILTERED, ...IN_ADA },
    ],
    ["without archived spaces", { include_archived_spaces: false }, { ...FILTERED, spaces: "S1 S2" }],
    ["without personal spaces", { include_personal_spaces: false }, { ...FILTERED, ...IN_ENG, spaces: "S1 S3" }],
    [
      "of a page is all below it, through archive, trash and folders; not blog posts",
      { page_ids_include: ["1"] },
      { ...FILTERED, pages: "1 2 4 6 ? 7", comments: "c1 c1r c2 c20 c20r c20rr ? c5 lost", attachments: "a1 a20" },
    ],
    [
      "of a folder is what lies below it",
      { page_ids_include: ["3"] },
      { ...FILTERED, pages: "4 ? 7", comments: "c20 c20r c20rr ? lost", attachments: "a20" },
    ],
    [
      "of a folder that nobody tells of is what names it",
      { page_ids_include: ["33"] },
      { ...FILTERED, pages: "7", comments: "c20 c20r c20rr ? lost", attachments: "a20" },
    ],
    [
      "but for a page is all that does not lie below it",
      { page_ids_exclude: ["2"] },
      { ...FILTERED, pages: "1 6 8 ? 7", comments: "c1 c1r c8 c20 c20r c20rr ca8 ? c5 lost" },
    ],
    [
      "is nothing of a tree that is excluded and included",
      { page_ids_include: ["1", "8"], page_ids_exclude: ["5", "3"] },
      { ...FILTERED, pages: "1 2 8 ? 7", comments: "c1 c1r c2 c8 c20 c20r c20rr ca8 ? lost" },
    ],
    ["of blog posts leaves pages alone", { blog_post_ids_include: ["22"] }, { ...FILTERED, ...NO_POST }],
    ["but for blog posts, too", { blog_post_ids_exclude: ["20"] }, { ...FILTERED, ...NO_POST }],
    [
      "by its last version, the moment itself included",
      { modified_after: "2026-03-01" },
      { ...FILTERED, pages: "8", blog_posts: "", comments: "c8 ca8 ? lost", attachments: "a8" },
    ],
    [
      "before a last version, the moment itself not included",
      { modified_before: "2026-03-01T01:00:00+01:00" },
      { ...FILTERED, pages: "1 2 4 6 7", comments: `c1 c1r c2 c20 c20r c20rr ${UNSURE}`, attachments: "a1 a20" },
    ],
    [
      "by its creation",
      { created_after: "2026-01-01T00:00:00.001Z" },
      { ...FILTERED, pages: "", blog_posts: "", comments: "? lost", attachments: "" },
    ],
    [
      "without archived pages, but with what lies below them",
      { include_archived: false },
      { ...FILTERED, pages: "1 4 6 7 8", comments: `c1 c1r c8 c20 c20r c20rr ca8 ${UNSURE}` },
    ],
    [
      "with trash, but without what hangs on it",
      { include_trashed: true },
      { ...FILTERED, pages: "1 2 4 5 6 7 8", blog_posts: "20 21", comments: "c1 c1r c2 c8 c20 c20r c20rr ca8 ? lost" },
    ],
  ])("%s", (_, given, expected) => {
    expect(judged(given)).toEqual(expected)
  })

  it("is perhaps a page of a space that no list shows, where spaces are filtered", () => {
    const site = { ...SITE, pages: [content("9", { spaceId: "S9" })] }
    const pages = (given: GivenFilters) => inScope(given, site).get("pages")
    expect(pages({ page_ids_include: ["9"] })).toEqual({ rows: site.pages, perhaps: [] })
    expect(pages({ include_archived_spaces: false })).toEqual({ rows: [], perhaps: site.pages })
  })

  it("ends where pages lie around in a circle", () => {
    const site = { spaces: [], pages: [content("1", { parentId: "2" }), content("2", { parentId: "1" })] }
    expect(inScope({ page_ids_exclude: ["3"] }, site).get("pages")?.perhaps).toEqual(site.pages)
  })

  it("is not known of streams that nothing has been promised of", () => {
    expect(() => inScope({}, { moons: [{ id: "1" }] }).get("moons")).toThrow("moons")
  })
})

const keysOf = (judgement: ReturnType<typeof inScope>, stream: string) =>
  judgement.get(stream)!.rows.map((row) => row["id"] ?? row["accountId"])

describe("of the sample site", () => {
  const live = smallSite(1)
  const site = siteRows(live)

  it("all is let in without filters", () => {
    const judgement = inScope({}, site)
    for (const stream of ALL_STREAMS) {
      expect(judgement.get(stream)).toEqual({ rows: live.truth(stream, { bodyFormat: null }), perhaps: [] })
    }
  })

  it("filters that divide the spaces let in together what one without filters does, and nothing twice", () => {
    const keys = site["spaces"]!.map(({ key }) => String(key))
    const half = keys.filter((_, at) => at % 2 === 0)
    const [whole, one, other] = [{}, { spaces_include: half }, { spaces_exclude: half }].map((given) =>
      inScope(given, site),
    )
    for (const stream of ["spaces", "pages", "blog_posts", "comments", "attachments"]) {
      const [first, second] = [keysOf(one!, stream), keysOf(other!, stream)]
      expect(Math.min(first.length, second.length), stream).toBeGreaterThan(0)
      expect([...first, ...second].toSorted(), stream).toEqual(keysOf(whole!, stream).toSorted())
    }
  })
})
