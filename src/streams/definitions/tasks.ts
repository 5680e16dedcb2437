/**
 * Tasks of pages and blog posts, blank ones too, with their bodies.
 *
 * Under filters they are asked for by the content or the spaces that are let in, where that takes few requests, else the site's list is
 * read and what hangs on other content is dropped.
 */
import { Effect } from "effect"
import type { List, Query, Row } from "../../confluence/Listing.ts"
import { type Endpoint, scopeNames } from "../../confluence/scopes.ts"
import { withContainer } from "../../site/containers.ts"
import { MOST_IDS } from "../../site/manyValues.ts"
import { SiteDirectory } from "../../site/SiteDirectory.ts"
import { SPACES } from "../../site/siteLists.ts"
import { Contents } from "../../sync/Contents.ts"
import { type ReadFailure, partsUnread } from "../../sync/failures.ts"
import { type ById, batchesOf, eachById } from "../../sync/LookUp.ts"
import type { Pass } from "../../sync/Pass.ts"
import type { ReadServices } from "../../sync/readServices.ts"
import { Settings } from "../../sync/services.ts"
import type { StreamDefinition } from "../../sync/StreamDefinition.ts"
import { walkList } from "../../sync/walkList.ts"
import { ONE_ROW, bodyQuery } from "../kinds/lists.ts"
import { LiveContainers } from "../LiveContainers.ts"

const NAME = "tasks"
const TASKS: Endpoint = { path: "/wiki/api/v2/tasks", scopes: [["read:task:confluence"]] }
const CONTENT: ReadonlyArray<Endpoint> = ["/wiki/api/v2/pages", "/wiki/api/v2/blogposts"].map((path) => ({
  path,
  scopes: [["read:page:confluence"]],
}))
const LIST: ById = {
  path: TASKS.path,
  query: [["include-blank-tasks", "true"]],
  stream: NAME,
  scope: scopeNames(TASKS),
  by: "task-id",
}
/** So few requests are made without asking what the site's list would take. */
const CHEAP = 3
/** Most pages that are held. */
const MOST_HELD = 5
const PARAMETERS = { page: "page-id", blogpost: "blogpost-id" } as const

/** A task can belong to a page or a blog post. */
const row = (each: Row): Row => withContainer(each)

/** The lists that hold what the filters let in: of few contents, of few spaces, or of the whole site. */
const selections = Effect.gen(function* () {
  const { scope } = yield* Settings
  const whole: ReadonlyArray<Query> = [[]]
  if (scope.isEverything) return whole
  const contents = yield* Contents
  const several = yield* SiteDirectory.use(({ severalValues }) => severalValues)
  const most = Math.min(MOST_IDS, several.most)
  const kinds = ["page", "blogpost"] as const
  const batches = kinds.reduce((sum, kind) => sum + Math.ceil(contents.idsOf(kind).length / most), 0)
  if (batches <= CHEAP) {
    return kinds.flatMap((kind) =>
      [...contents.idsOf(kind).portions(most)].map((ids) => several.query(PARAMETERS[kind], ids)),
    )
  }
  const spaces = yield* contents.spaces.toName
  const groups = spaces === undefined ? [] : batchesOf(spaces, most)
  return groups.length === 0 || groups.length > CHEAP ? whole : groups.map((some) => several.query("space-id", some))
})

const find = Effect.fnUntraced(function* (body: Query, ids: ReadonlyArray<string>) {
  const found: Array<Row> = []
  yield* eachById({ ...LIST, body }, ids, (rows) => Effect.sync(() => void found.push(...rows)))
  return found
})

const read = Effect.fnUntraced(function* (pass: Pass): Effect.fn.Return<void, ReadFailure, ReadServices> {
  const { scope } = yield* Settings
  const body = yield* bodyQuery(pass)
  yield* Contents.use((contents) => contents.prepare(NAME, "container"))
  // Doubt: whether the list of tasks holds those of content in the trash.
  const live = new LiveContainers(NAME, "live")
  // Pages are held until there are as many containers to look for as one request takes.
  let held: ReadonlyArray<Parameters<Pass["take"]>> = []
  const flush = Effect.suspend(() => {
    const pages = held
    held = []
    return Effect.andThen(
      live.of(pages.flatMap(([rows]) => rows)),
      Effect.forEach(pages, ([rows, ...more]) => Effect.flatMap(live.of(rows), (some) => pass.take(some, ...more)), {
        discard: true,
      }),
    )
  })
  const hold: Pass["take"] = (...page) =>
    Effect.suspend(() => {
      held = [...held, page]
      const isFull = held.length >= MOST_HELD || live.unknown(held.flatMap(([rows]) => rows)) >= MOST_IDS
      return isFull ? flush : Effect.void
    })
  const ofLive: Pass = scope.isEverything ? { ...pass, take: hold } : pass
  const all = yield* selections
  const list: List = { ...LIST, body, paging: "cursor", limit: 250 }
  yield* Effect.forEach(
    all,
    (selection, at) =>
      walkList(ofLive, {
        id: selection.length === 0 ? "all" : `selected ${at}`,
        list: { ...list, query: [...list.query, ...selection] },
        // The contents that are asked for may be others in the next attempt.
        keeps: () => selection.length === 0,
        oftenEmpty: selection.length > 0,
        row,
        ...(body.length === 0 ? {} : { find: (_: unknown, ids: ReadonlyArray<string>) => find(body, ids) }),
      }),
    { concurrency: "unbounded", discard: true },
  )
  yield* flush
  const { undecided } = live
  if (undecided.length === 0) return
  // No position tells which rows these contents have: the next attempt lists all anew.
  pass.parts.clear()
  yield* partsUnread(NAME, `whether ${undecided.length} contents with tasks are in the trash`, undecided)
})

export const tasks: StreamDefinition = {
  name: NAME,
  primaryKey: ["id"],
  syncModes: ["full_refresh"],
  endpoints: [TASKS, ...CONTENT, SPACES],
  probes: [
    { endpoint: TASKS, query: [ONE_ROW] },
    ...CONTENT.map((endpoint) => ({
      endpoint,
      query: [ONE_ROW],
      without: "tasks of content in the trash may not be told from others",
    })),
    {
      endpoint: SPACES,
      query: [ONE_ROW],
      without:
        "spaces cannot be listed, so tasks of content in the trash of archived spaces may not be told from others",
    },
  ],
  filteredAs: "container",
  accountsIn: ({ createdBy, assignedTo, completedBy }) => [createdBy, assignedTo, completedBy],
  read,
}
