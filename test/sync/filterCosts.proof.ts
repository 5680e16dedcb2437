/**
 * What filters cost, in requests, on a site of 60 uneven spaces: at most 1.3 times the least, and 6.
 *
 * The least is, for pages and blog posts, a request for each 250 rows that are let in, at least one a list; for what hangs on them the
 * cheaper of the site's lists (as a read without filters takes them) and content by content: one request a content for its
 * attachments, two for its comments, one for each comment on it (its replies) and one for each attachment (its comments).
 */
import { beforeAll, describe, expect, test } from "vitest"
import { inScope } from "../simulation/inScope.ts"
import { siteRows } from "../simulation/siteRows.ts"
import { Connection } from "../support/Connection.ts"
import type { GivenFilters } from "../support/givenFilters.ts"
import { errorsOf, recordsOf, Simulation } from "../support/inProcess.ts"
import { expectScope } from "../support/scopes.ts"

const STREAMS = ["pages", "blog_posts", "comments", "attachments"] as const
const PAGE = 250

const site = () => new Simulation({ seed: 73, pages: 6_000, spaces: 60, bodyBytes: 40, settings: {} })
const pages = (rows: number) => Math.max(1, Math.ceil(rows / PAGE))

let simulation: Simulation
/** The lists that a read without filters asks for. */
let lists: ReadonlyArray<string>
beforeAll(async () => {
  simulation = site()
  await new Connection(simulation).sync()
  lists = simulation.exchanged.map(({ request }) => request.path)
})

const unfiltered = (list: string): number => lists.filter((path) => path === `/wiki/api/v2/${list}`).length

interface Least {
  readonly own: number
  readonly comments: number
  readonly attachments: number
}

const leastOf = (simulation: Simulation, filters: GivenFilters): Least => {
  const rows = siteRows(simulation.site)
  const letIn = inScope(filters, rows)
  const count = (stream: string) => letIn.get(stream)!.rows.length
  const contents = count("pages") + count("blog_posts")
  return {
    own: pages(count("pages")) + pages(count("blog_posts")),
    comments: Math.min(
      unfiltered("footer-comments") + unfiltered("inline-comments"),
      3 * contents + count("comments") + count("attachments"),
    ),
    attachments: Math.min(unfiltered("attachments"), contents),
  }
}

/** Spaces by how many pages they have, few first. */
const spacesBySize = () => {
  const sizes = new Map<string, number>()
  for (const { spaceId } of simulation.site.truth("pages", { bodyFormat: null })) {
    sizes.set(String(spaceId), (sizes.get(String(spaceId)) ?? 0) + 1)
  }
  const spaces = simulation.site.truth("spaces").filter(({ id, type }) => sizes.has(String(id)) && type !== "personal")
  return spaces.toSorted((one, other) => sizes.get(String(one["id"]))! - sizes.get(String(other["id"]))!)
}

/** A page with a few dozens of others below it. */
const pageWithSome = () => {
  const tree = simulation.site.truth("content_tree")
  const children = new Map<string, Array<string>>()
  for (const { id, parentId } of tree)
    children.set(String(parentId), [...(children.get(String(parentId)) ?? []), String(id)])
  const below = (id: string): number => (children.get(id) ?? []).reduce((sum, child) => sum + 1 + below(child), 0)
  const found = tree.find(({ id, type, visible, status }) => {
    const size = type === "page" && visible === true && status === "current" ? below(String(id)) : 0
    return size >= 20 && size <= 60
  })
  return String(found!["id"])
}

/** A page with comments and without others below it. */
const leaf = () => {
  const parents = new Set(simulation.site.truth("content_tree").map(({ parentId }) => parentId))
  return String(simulation.site.truth("footer_comments").find(({ pageId }) => !parents.has(pageId ?? null))!["pageId"])
}

/** The moment of the newest version of a page or blog post. */
const newest = () => {
  const rows = [...simulation.site.truth("pages"), ...simulation.site.truth("blog_posts")]
  const times = rows.map(({ version }) => Date.parse((version as { readonly createdAt: string }).createdAt))
  return new Date(Math.max(...times)).toISOString()
}

const FILTERS: Readonly<Record<string, () => GivenFilters>> = {
  "one small space": () => ({ spaces_include: [String(spacesBySize()[0]!["key"])] }),
  "one large space": () => ({ spaces_include: [String(spacesBySize().at(-1)!["key"])] }),
  "one page with what lies below it": () => ({ page_ids_include: [pageWithSome()] }),
  "one page without others below it": () => ({ page_ids_include: [leaf()] }),
  "what changed last": () => ({ modified_after: newest() }),
  "the last months": () => ({ modified_after: "2026-05-01" }),
  "all but one page with what lies below it": () => ({ page_ids_exclude: [pageWithSome()] }),
  "the first years": () => ({ created_before: "2018-06-01" }),
}

describe("on a site of 60 spaces", () => {
  for (const [what, filtersFor] of Object.entries(FILTERS)) {
    test(`${what}: at most 1.3 times the least, and 6`, async () => {
      const filters = filtersFor()
      const least = leastOf(simulation, filters)
      const connection = new Connection(simulation)
      const ran = await connection.sync({ config: { filters, max_deletion_percent: 100 } })
      expect(errorsOf(ran)).toEqual([])
      expectScope(simulation, filters, connection.runs, STREAMS)
      expect(STREAMS.some((stream) => recordsOf(ran, stream).length > 0)).toBe(true)
      const asked = new Map<string, number>()
      for (const { request } of simulation.exchanged.slice(-connection.requests)) {
        const path = request.path.replaceAll(/\/(att)?\d+/g, "/…")
        asked.set(path, (asked.get(path) ?? 0) + 1)
      }
      const total = least.own + least.comments + least.attachments
      expect(connection.requests, JSON.stringify([least, ...asked])).toBeLessThanOrEqual(1.3 * total + 6)
    })
  }

  test("a change of filters: what is let in, and what goes out by 250", async () => {
    const filters = FILTERS["one large space"]!()
    const rows = siteRows(simulation.site)
    const letIn = inScope(filters, rows)
    const known = inScope({}, rows)
    const count = (of: typeof letIn, stream: string) => of.get(stream)!.rows.length
    const own = ["pages", "blog_posts"].reduce(
      (sum, stream) => sum + pages(count(letIn, stream)) + pages(count(known, stream) - count(letIn, stream)) + 1, // the newest changes
      0,
    )
    const hanging = unfiltered("footer-comments") + unfiltered("inline-comments") + unfiltered("attachments")
    const connection = new Connection(simulation)
    await connection.sync()
    await connection.sync({ config: { filters } })
    expectScope(simulation, filters, connection.runs, STREAMS)
    // The newest changes of comments and attachments, and the containers of those rows that go out.
    const least = own + hanging + 3 + pages(count(known, "pages")) + pages(count(known, "blog_posts"))
    expect(connection.requests).toBeLessThanOrEqual(1.3 * least + 6)
  })
})
