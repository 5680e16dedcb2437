/**
 * The dates of content, by which filters judge it. Content that a list gave without one that they ask for is looked up by its id: it
 * is neither inside of a date nor outside.
 */
import { Effect } from "effect"
import type { Row } from "../confluence/Listing.ts"
import { isRecord } from "../json.ts"
import { Reporter } from "../protocol/Reporter.ts"
import { LISTED_CONTAINERS } from "../site/containers.ts"
import type { FilteredKind } from "../site/Scope.ts"
import type { ReadFailure } from "./failures.ts"
import { eachLive, idOf, withTrash } from "./LookUp.ts"
import type { AskServices } from "./services.ts"

/** In epoch milliseconds, NaN where the row does not say. */
export interface ContentDates {
  readonly createdAt: number
  readonly modifiedAt: number
}

const timeOf = (value: unknown): number => (typeof value === "string" ? Date.parse(value) : Number.NaN)

export const datesOf = ({ createdAt, version }: Row): ContentDates => ({
  createdAt: timeOf(createdAt),
  modifiedAt: timeOf(isRecord(version) ? version["createdAt"] : undefined),
})

export const isUndated = ({ createdAt, modifiedAt }: ContentDates): boolean =>
  Number.isNaN(createdAt) || Number.isNaN(modifiedAt)

/** The dates of content that a list gave without, by its ids. What has none there either is named. */
export const askForDates = Effect.fnUntraced(function* (
  kind: FilteredKind,
  stream: string,
  ids: ReadonlyArray<string>,
): Effect.fn.Return<ReadonlyMap<string, ContentDates>, ReadFailure, AskServices> {
  const found = new Map<string, ContentDates>()
  if (ids.length === 0) return found
  const list = { ...LISTED_CONTAINERS[kind], query: [], stream }
  yield* eachLive(withTrash(list), ids, (rows) =>
    Effect.sync(() => rows.forEach((row) => found.set(idOf(row), datesOf(row)))),
  )
  const undated = [...found.keys()].find((id) => isUndated(found.get(id)!))
  if (undated !== undefined) {
    const reporter = yield* Reporter
    yield* reporter.log(
      "WARN",
      `${stream}: Confluence gave no dates of some content, such as ${kind === "page" ? "the page" : "the blog post"} ${undated}, and the filters ask for them; ` +
        `until it does, that content stays as the destination has it.`,
    )
  }
  return found
})
