/** The lists that tell of labels: which there are, what carries each, and what a content carries. */
import { Effect } from "effect"
import { type List, type Query, type Row, eachPage } from "../../confluence/Listing.ts"
import { type Endpoint, scopeNames } from "../../confluence/scopes.ts"
import type { Missed } from "../../site/Accounts.ts"
import { unasked } from "../../site/unasked.ts"
import type { ReadFailure } from "../../sync/failures.ts"
import type { Parent } from "../../sync/parents.ts"
import type { ReadServices } from "../../sync/readServices.ts"

export const LABELS: Endpoint = { path: "/wiki/api/v2/labels", scopes: [["read:label:confluence"]] }

/** What can carry labels, as the rows of content_labels call it. */
export type Labelled = "page" | "blogpost" | "attachment"

const PLURALS: Readonly<Record<Labelled, string>> = {
  page: "pages",
  blogpost: "blogposts",
  attachment: "attachments",
}
const SCOPES: Readonly<Record<Labelled, Endpoint["scopes"]>> = {
  page: [["read:page:confluence"]],
  blogpost: [["read:page:confluence"]],
  attachment: [["read:attachment:confluence"]],
}

/** What carries a label. */
export const carriersOf = (kind: Labelled): Endpoint => ({
  path: `/wiki/api/v2/labels/{id}/${PLURALS[kind]}`,
  scopes: SCOPES[kind],
})

/** What something carries. */
export const labelsOf = (kind: Labelled): Endpoint => ({
  path: `/wiki/api/v2/${PLURALS[kind]}/{id}/labels`,
  scopes: SCOPES[kind],
})

/** The list of an endpoint for one id. */
export const listOf = (endpoint: Endpoint, id: string, stream: string, query: Query = []): List => ({
  path: endpoint.path.replace("{id}", () => encodeURIComponent(id)),
  query,
  paging: "cursor",
  limit: 250,
  stream,
  scope: scopeNames(endpoint),
})

/** Such lists are many, and often empty; the few long lists of other streams go first. */
export const MANY = { oftenEmpty: true, priority: 0 } as const
/** The same, where what is no row is told of. */
export const MANY_TOLD = { ...MANY, oddAsRows: true } as const

/** A label, and what of it the rows of content_labels tell. */
export interface Label extends Parent {
  readonly told: Pick<Row, "name" | "prefix">
}

/** The labels of the site: those that can be asked for, and those that are listed without an id. */
export interface SiteLabels {
  readonly labels: ReadonlyArray<Label>
  readonly unasked: ReadonlyArray<Missed>
}

const labelsOnce = Effect.fnUntraced(function* (
  stream: string,
): Effect.fn.Return<SiteLabels, ReadFailure, ReadServices> {
  const labels = new Map<string, Label>()
  const withoutId: Array<Missed> = []
  const list: List = { ...listOf(LABELS, "", stream), query: [["sort", "id"]] }
  yield* eachPage(
    list,
    (rows) =>
      Effect.sync(() => {
        for (const { id, name, prefix } of rows) {
          if ((typeof id !== "string" || id === "") && !Number.isSafeInteger(id)) {
            withoutId.push(unasked(`the label "${String(name)}"`, LABELS.path))
            continue
          }
          const label = String(id)
          labels.set(label, { id: label, name: `the label "${String(name)}" (${label})`, told: { name, prefix } })
        }
      }),
    { oddAsRows: true },
  )
  return { labels: [...labels.values()], unasked: withoutId }
})

/** Lists all labels; once more where one came without its id. */
export const siteLabels = (stream: string): Effect.Effect<SiteLabels, ReadFailure, ReadServices> =>
  Effect.flatMap(labelsOnce(stream), (listed) =>
    listed.unasked.length === 0 ? Effect.succeed(listed) : labelsOnce(stream),
  )

/** A row of content_labels. */
export const rowOf = (
  contentType: Labelled,
  contentId: unknown,
  labelId: unknown,
  { name, prefix }: Label["told"],
) => ({
  contentId,
  labelId,
  contentType,
  name,
  prefix,
})
