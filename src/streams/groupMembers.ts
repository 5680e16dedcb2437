/**
 * The members of all groups, a list for each group.
 *
 * The list of an unknown group is empty rather than an error, so a group that has just gone costs its own rows and nothing
 * else. Suspended users are left out by Confluence itself. The groups are read in the order of their ids, and what a
 * sync goes on from is the last group up to which all are done.
 */
import { Effect } from "effect"
import { eachPage, type List, type Row } from "../confluence/Listing.ts"
import { SiteDirectory } from "../sync/SiteDirectory.ts"
import type { ReadFailure, ReadServices } from "../sync/services.ts"
import { Reporter } from "../protocol/Reporter.ts"
import type { Pass } from "../sync/Pass.ts"
import { MOST_AT_ONCE, walkList } from "../sync/walk.ts"
import { type Endpoint, scopeNames } from "../confluence/scopes.ts"

export const MEMBERS: Endpoint = {
  path: "/wiki/rest/api/group/{groupId}/membersByGroupId",
  scopes: [["read:confluence-groups"], ["read:group:confluence", "read:user:confluence"]],
}
/** Above this the endpoint answers 400. */
const MOST_MEMBERS = 200

const membersPath = (groupId: string) => MEMBERS.path.replace("{groupId}", encodeURIComponent(groupId))

const membersOf = (groupId: string, stream: string): List => ({
  path: membersPath(groupId),
  // The total ends the list without a look at an empty page.
  query: [["shouldReturnTotalSize", "true"]],
  paging: "offset",
  limit: MOST_MEMBERS,
  stream,
  scope: scopeNames(MEMBERS),
})

/** Reads the members of all groups; rows of one and the same group are handed over in order. */
export const readMembers = Effect.fnUntraced(function* (
  stream: string,
  onRows: (rows: ReadonlyArray<Row>) => Effect.Effect<void, ReadFailure, ReadServices>,
): Effect.fn.Return<void, ReadFailure, ReadServices> {
  const directory = yield* SiteDirectory
  yield* Effect.forEach(yield* directory.groups, (group) => eachPage(membersOf(String(group.id), stream), onRows), {
    concurrency: MOST_AT_ONCE,
    discard: true,
  })
})

/** Sends the members of every group that no earlier sync has covered; `row` makes them rows of the stream. */
export const walkMembers = Effect.fnUntraced(function* (
  pass: Pass,
  row: (member: Row, groupId: string) => Row,
): Effect.fn.Return<void, ReadFailure, ReadServices> {
  const directory = yield* SiteDirectory
  const { run } = pass
  const ids = (yield* directory.groups).map((group) => String(group.id)).sort()
  // A group that is not there any more, or never was, says nothing of the others.
  const after = run.after !== undefined && ids.includes(run.after) ? run.after : undefined
  if (after !== run.after) {
    const reporter = yield* Reporter
    yield* reporter.log(
      "WARN",
      `${run.definition.name}: the group that the state stops at is gone; all groups are read anew.`,
    )
    run.after = undefined
  }
  const left = after === undefined ? ids : ids.filter((id) => id > after)
  const done = new Set<string>()
  let reached = 0
  yield* Effect.forEach(
    left,
    (groupId) =>
      walkList(pass, {
        id: groupId,
        list: membersOf(groupId, run.definition.name),
        row: (member) => row(member, groupId),
        oftenEmpty: true,
        keeps: () => false,
      }).pipe(
        // Promise: a parent that vanished during the sync costs its own rows and nothing else.
        Effect.catchTag("NotFound", () => Effect.sync(() => void run.counts.skipped++)),
        Effect.andThen(
          Effect.sync(() => {
            done.add(groupId)
            while (reached < left.length && done.has(left[reached]!)) run.after = left[reached++]!
          }),
        ),
      ),
    { concurrency: MOST_AT_ONCE, discard: true },
  )
})
