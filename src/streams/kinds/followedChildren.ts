/**
 * The kind of streams that ask each content for what it has of its own, and tell changes: properties and versions.
 *
 * Between reconciliations only content that has a new version is asked, and what failed before. A reconciliation asks all, and so does a
 * first scan. What a content has no more, or has with it when it is gone, gets a tombstone; content that failed keeps its rows.
 */
import { Effect } from "effect"
import { type Row, eachPage } from "../../confluence/Listing.ts"
import { eachOnce, scopeNames } from "../../confluence/scopes.ts"
import { Contents } from "../../sync/Contents.ts"
import type { ReadFailure } from "../../sync/failures.ts"
import { isDue } from "../../sync/Following.ts"
import { LAST } from "../../sync/manyParents.ts"
import type { ReadServices } from "../../sync/readServices.ts"
import { Settings } from "../../sync/services.ts"
import type { StreamDefinition } from "../../sync/StreamDefinition.ts"
import type { StreamRun } from "../../sync/StreamRun.ts"
import { ITEM_TYPES, TREE_TYPES } from "../../sync/treeContent.ts"
import { sourcesOf } from "../contentLists.ts"
import { KINDS } from "../contentParents.ts"
import { NOTHING, pathOf } from "./childrenOfContent.ts"
import { type FollowedFacts, FollowedContents } from "./FollowedContents.ts"
import { type Facts } from "./lists.ts"
import { TREE_ENDPOINTS } from "./treeContent.ts"

type Reading<A> = Effect.Effect<A, ReadFailure, ReadServices>

const follow = (facts: FollowedFacts, run: StreamRun): Reading<void> =>
  Effect.gen(function* () {
    const changes = run.children!
    const { reconcileIntervalHours } = yield* Settings
    yield* Contents.use((contents) => contents.prepare(run.facts.name, run.facts.filteredAs))
    const following = new FollowedContents(run, facts)
    const isWhole = !changes.scanned || changes.otherScope || isDue(changes, reconcileIntervalHours)
    yield* isWhole ? following.all : following.news
  })

/** Reads the list below one content, from the endpoint of its kind; `shaped` gives a row that names its content its last columns. */
export const listBelow =
  (stream: string, endpointOf: FollowedFacts["endpointOf"], shaped: (row: Row) => Row): FollowedFacts["read"] =>
  ({ kind, contentType, id }, mayBeEmpty, onRows) => {
    const endpoint = endpointOf(kind)
    return eachPage(
      { path: pathOf(endpoint, id), query: [], paging: "cursor", limit: 250, stream, scope: scopeNames(endpoint) },
      (rows) => onRows(rows.map((row) => shaped(Object.assign(row, { contentId: id, contentType })))),
      { priority: LAST, oftenEmpty: mayBeEmpty, oddAsRows: true },
    )
  }

/** A stream of what each content of some kinds has, which tells changes. */
export const followedChildren = (facts: Facts & FollowedFacts): StreamDefinition => {
  const { kinds, what, endpointOf, key, read, told, newestOf, ...rest } = facts
  const own: FollowedFacts = {
    kinds,
    what,
    endpointOf,
    key,
    read,
    ...(told === undefined ? {} : { told }),
    ...(newestOf === undefined ? {} : { newestOf }),
  }
  const sources = sourcesOf(kinds).map(({ definition }) => definition)
  const ofTypes = sources.find((source) => source.ofTypes === true)
  const inTree = ITEM_TYPES.some((type) => kinds.includes(type))
  return {
    ...rest,
    ...(ofTypes === undefined ? {} : { ofTypes: true }),
    syncModes: ["full_refresh", "incremental"],
    endpoints: eachOnce([
      ...kinds.map(endpointOf),
      ...sources.flatMap((source) => source.endpoints),
      ...(inTree ? TREE_ENDPOINTS : []),
    ]),
    probes: [
      ...kinds.map((kind) =>
        kind === "custom-content" || (kind in TREE_TYPES && kind !== "page")
          ? { endpoint: endpointOf(kind), nothing: NOTHING, without: `${what} of ${KINDS[kind].plural} cannot be read` }
          : { endpoint: endpointOf(kind), nothing: NOTHING },
      ),
      ...sources.flatMap((source) =>
        source.ofTypes === true ? [] : source.probes.filter(({ without }) => without === undefined),
      ),
    ],
    ofContents: { key, follow: (run) => follow(own, run) },
    read: ({ run }) => follow(own, run),
  }
}
