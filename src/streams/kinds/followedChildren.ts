/**
 * The kind of streams that ask each content for what it has of its own, and tell changes: properties and versions.
 *
 * Between reconciliations only content that has a new version is asked, and what failed before. A reconciliation asks all, and so does a
 * first scan. What a content has no more, or has with it when it is gone, gets a tombstone; content that failed keeps its rows.
 */
import { Effect } from "effect"
import { Contents } from "../../sync/Contents.ts"
import type { ReadFailure } from "../../sync/failures.ts"
import { isDue } from "../../sync/Following.ts"
import type { ReadServices } from "../../sync/readServices.ts"
import { Settings } from "../../sync/services.ts"
import type { StreamDefinition } from "../../sync/StreamDefinition.ts"
import type { StreamRun } from "../../sync/StreamRun.ts"
import { ITEM_TYPES, TREE_TYPES } from "../../sync/treeContent.ts"
import { sourcesOf } from "../contentLists.ts"
import { KINDS } from "../contentParents.ts"
import { NOTHING } from "./childrenOfContent.ts"
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
  const endpoints = kinds.map(endpointOf)
  const ofTypes = sources.find((source) => source.ofTypes === true)
  const inTree = ITEM_TYPES.some((type) => kinds.includes(type))
  return {
    ...rest,
    ...(ofTypes === undefined ? {} : { ofTypes: true }),
    syncModes: ["full_refresh", "incremental"],
    endpoints: [...endpoints, ...sources.flatMap((source) => source.endpoints), ...(inTree ? TREE_ENDPOINTS : [])],
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
